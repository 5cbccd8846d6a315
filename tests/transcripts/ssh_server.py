"""An SSH server on loopback with a chassis behind it, and ways to misbehave."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncssh

from staros_cli.chassis.privilege import Privilege
from staros_cli.shell.line_terminal import LineTerminal
from staros_cli.shell.session import CliSession
from tests.support import make_system

PASSWORD = "lab password"


class Server(asyncssh.SSHServer):
    """Takes every user with the one password."""

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return password == PASSWORD


class Behind:
    """The chassis; `silent_after` and `hang_up_after` are commands at which it misbehaves."""

    def __init__(self, silent_after: str, hang_up_after: str) -> None:
        self._system, _ = make_system()
        self._silent_after = silent_after
        self._hang_up_after = hang_up_after

    async def serve(self, process: asyncssh.SSHServerProcess[str]) -> None:
        user = str(process.get_extra_info("username"))
        level = Privilege.OPERATOR if user == "operator" else Privilege.SECURITY
        session = CliSession(self._system, user, level, "/dev/pts/0", console=False)
        terminal = LineTerminal(session)
        process.stdout.write("Cisco Systems ASR5500 Intelligent Mobile Gateway\r\n")
        process.stdout.write(terminal.begin())
        while not terminal.closed:
            data = await process.stdin.read(1024)
            if not data:
                break
            before = terminal.typed
            if self._silent_after and before + data == self._silent_after + "\r":
                process.stdout.write("thinking\r\n")
                continue
            if self._hang_up_after and before + data == self._hang_up_after + "\r":
                break
            process.stdout.write(terminal.feed(data))
        session.close()
        process.exit(0)


@contextmanager
def ssh_server(
    directory: Path, *, silent_after: str = "", hang_up_after: str = ""
) -> Iterator[int]:
    """Run a server; gives its port."""
    loop = asyncio.new_event_loop()
    behind = Behind(silent_after, hang_up_after)

    async def start() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=Server,
            server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
            process_factory=behind.serve,
            line_editor=False,
        )

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    acceptor = asyncio.run_coroutine_threadsafe(start(), loop).result(20)
    try:
        yield acceptor.get_port()
    finally:
        loop.call_soon_threadsafe(acceptor.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
        loop.close()
