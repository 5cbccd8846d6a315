"""Targets at the other end of SSH: live ones, and chassis that are served under control."""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from staros_cli.transcripts import directives, protocol
from staros_cli.transcripts.directives import Directive, Login, Settings
from staros_cli.transcripts.errors import DirectiveError, TargetError
from staros_cli.transcripts.format import FIRST_SESSION
from staros_cli.transcripts.prompts import is_question, prompt_line, waiting
from staros_cli.transcripts.protocol import Orders
from staros_cli.transcripts.spawned import TIMEOUT, Child, installed_program

PAUSE = 0.2
"""Seconds between two tries to reach a target that restarts."""

_LOST = 255
"""The exit status of `ssh` when the connection did not end as agreed."""

TO_OURS = (
    "StrictHostKeyChecking=no",
    "UserKnownHostsFile=/dev/null",
    "PubkeyAuthentication=no",
)
"""Options for a chassis that we serve ourselves on loopback."""


class SshAddress:
    """Where a live target is: `user@host:port`."""

    def __init__(self, text: str) -> None:
        """Raises ValueError when the text is not an address."""
        found = re.fullmatch(
            r"(?P<user>[^@\s-][^@\s]*)@(?P<host>\[[0-9A-Fa-f:.]+\]|[^:@\s-][^:@\s]*)(?::(?P<port>\d+))?",
            text,
        )
        if found is None or not 1 <= int(found["port"] or 22) <= 65535:
            raise ValueError(f"expected user@host:port, got {text!r}")
        self.user = found["user"]
        self.host = found["host"].strip("[]")
        self.port = int(found["port"] or 22)


class _OutOfReach(TargetError):
    """Nobody answers, or not for long."""


class SshTarget:
    """Anything reachable by SSH, through the `ssh` client and its configuration.

    `password` is given when the target asks for one, `options` are passed to `ssh -o`. `control` is
    the socket of a `staros-cli serve --control` behind the address: the chassis then begins as the
    transcript says and its time is moved; without, the target is taken as it is. A connection that
    is lost by a restart is made again.
    """

    def __init__(
        self,
        address: SshAddress,
        password: str | None = None,
        options: Sequence[str] = (),
        timeout: float = TIMEOUT,
        control: Path | None = None,
    ) -> None:
        self._address = address
        self._password = password
        self._options = options
        self._timeout = timeout
        self._control = control
        self._orders: Orders | None = None
        self._settings = Settings()
        self._sessions: dict[str, Child] = {}
        self._ahead: dict[str, int] = {}
        self._current = FIRST_SESSION
        self.live = control is None
        self.came_back = False

    @property
    def _child(self) -> Child:
        return self._sessions[self._current]

    @property
    def closed(self) -> bool:
        """Whether all connections have ended."""
        return bool(self._sessions) and self._child.closed

    def begin(self, settings: Settings) -> str:
        """Connect."""
        self._settings = settings
        if self._control is not None:
            self._orders = Orders.to(self._control, self._timeout)
            for directive in settings.directives():
                self._orders.give(directive.text)
            self._orders.give(protocol.BEGIN)
        text = self._connect(FIRST_SESSION, self._user(settings.login))
        if settings.timestamps:
            self._child.write("timestamps\r")
            text = self._child.wait_for(waiting())[1]
        return text

    def _user(self, login: Login) -> str:
        return self._address.user if login == Login() else login.user

    # Connecting

    def _connect(self, name: str, user: str) -> str:
        """Open a session; returns what it shows."""
        address = self._address
        command = ["ssh", "-e", "none", "-o", "NumberOfPasswordPrompts=1", "-o", "LogLevel=ERROR"]
        command += [word for option in self._options for word in ("-o", option)]
        command += ["-p", str(address.port), "-l", user, address.host]
        settings = self._settings
        child = Child(command, length=settings.length, width=settings.width, timeout=self._timeout)
        # The sessions stand in the order in which they were opened, as they do on the other side.
        before = self._sessions.pop(name, None)
        if before is not None:
            before.close()
        self._sessions[name] = child
        self._current = name
        text = self._log_in(child, user)
        if self._orders is not None:
            self._ahead[name] = child.received - self._orders.give("advance 0")[-1]
        return text

    def _log_in(self, child: Child, user: str) -> str:
        password = re.compile(r"(?i)password[^\r\n]*: *\Z")
        host_key = re.compile(r"\(yes/no[^\r\n]*\)\? *\Z")
        asked = False
        index, text = child.wait_for(waiting(first=True), password, host_key)
        if index == 1:
            if self._password is None:
                raise TargetError(
                    f"{self._address.host} asks {user} for a password; "
                    "STAROS_CLI_PASSWORD can hold it"
                )
            asked = True
            child.write(f"{self._password}\r")
            index, text = child.wait_for(waiting(first=True), password, host_key)
        if index == 2:
            raise TargetError(
                f"the host key of {self._address.host} is not known; connect once by hand, "
                "or give --ssh-option StrictHostKeyChecking=accept-new"
            )
        if index != 0:
            place = f"no session on {self._address.host} for {user}"
            if asked:
                raise TargetError(f"{place}: the password was refused")
            raise _OutOfReach(f"{place}: {text.strip() or 'the login was refused'}")
        return text

    def _connect_again(self) -> str:
        """Reach a target again that restarts. Raises TargetError when that takes too long."""
        until = time.monotonic() + self._timeout
        while True:
            try:
                return self._connect(self._current, self._user(self._settings.login))
            except _OutOfReach:
                if time.monotonic() > until:
                    raise
            time.sleep(PAUSE)

    # Typing

    def type(self, keys: str, given_back: str = "", *, more: bool = False) -> str:
        """Type keys; returns what comes until the target waits."""
        self.came_back = False
        child = self._child
        text = child.type(keys, given_back, more=more)
        if not child.closed:
            return text
        if child.status == _LOST:
            # A system that restarts has lost the others as well.
            for other in self._sessions.values():
                other.close()
            self.came_back = True
            return f"{text}\r\n{_last_line(self._connect_again())}"
        others = [name for name, other in self._sessions.items() if not other.closed]
        if others:
            self._current = others[-1]
            return text + ("" if text.endswith("\n") else "\r\n") + self._child.tail
        return text

    # Between commands

    def direct(self, directive: Directive) -> str:
        """Carry out what stands between commands, as far as it is in our power."""
        directives.check_step(directive)
        if directive.name == "session":
            return self._turn_to(*directives.session(directive))
        if directive.name == "user":
            login = directives.login(directive)
            self._announce(login)
            self._settings.login = login
            return "\r\n" + _last_line(self._connect(self._current, login.user))
        if directive.name == "type":
            return self.type(directives.key(directive))
        if self._orders is not None:
            return self._order(directive)
        if directive.name == "advance":
            return self._child.listen(directives.advance(directive))
        raise DirectiveError(f"# {directive.name} is not possible on a live target")

    def _turn_to(self, name: str, login: Login) -> str:
        known = self._sessions.get(name)
        if known is not None and not known.closed:
            self._current = name
            found = prompt_line(known.tail)
            if found is not None and not found.text and not is_question(known.tail):
                # Others may have changed the prompt meanwhile.
                return "\r\n" + _last_line(self.type("\r"))
            return "\r\n" + known.tail
        self._announce(login)
        return "\r\n" + _last_line(self._connect(name, self._user(login)))

    def _announce(self, login: Login) -> None:
        """Have somebody let in."""
        if self._orders is not None:
            level = login.privilege.name.lower()
            self._orders.give(Directive("user", (login.user, level)).text)

    def _order(self, directive: Directive) -> str:
        """Have the server carry it out; returns what the terminal shows by it."""
        assert self._orders is not None
        sent = self._orders.give(directive.text)
        names = [name for name, child in self._sessions.items() if not child.closed]
        place = names.index(self._current) - len(names)
        return self._child.read(sent[place] + self._ahead[self._current] - self._child.received)

    def close(self) -> None:
        """Close every connection."""
        for child in self._sessions.values():
            child.close()
        if self._orders is not None:
            self._orders.close()


class ServedTarget(SshTarget):
    """A chassis that `staros-cli serve` puts on loopback for one transcript.

    `program` is the command that runs the program.
    """

    def __init__(self, program: Sequence[str] | None = None, timeout: float = TIMEOUT) -> None:
        """Raises TargetError when the program does not serve."""
        self._directory = tempfile.mkdtemp(prefix="staros-cli-")
        control = Path(self._directory) / "control"
        command = [*(program or installed_program()), "serve", "--json", "--control", str(control)]
        try:
            self._server = subprocess.Popen(command, stdout=subprocess.PIPE)
        except OSError as error:
            shutil.rmtree(self._directory, ignore_errors=True)
            raise TargetError(f"{command[0]}: {error.strerror or error}") from None
        said = _first_line(self._server, timeout)
        try:
            (found,) = json.loads(said)
            login, ssh = found["login"], found["ssh"]
            address = SshAddress(f"{login['user']}@{ssh['host']}:{ssh['port']}")
        except (ValueError, TypeError, KeyError):
            self._end_server()
            raise TargetError(
                f"{' '.join(command)} did not start; it said:\n{said or 'nothing'}"
            ) from None
        super().__init__(address, login["password"], TO_OURS, timeout, control)

    def close(self) -> None:
        """Close every connection and end the server."""
        super().close()
        self._end_server()

    def _end_server(self) -> None:
        self._server.kill()
        self._server.communicate()
        shutil.rmtree(self._directory, ignore_errors=True)


def _first_line(server: subprocess.Popen[bytes], timeout: float) -> str:
    """The output of a program until its first line ends, it ends itself or it takes too long."""
    assert server.stdout is not None
    source, line = server.stdout.fileno(), b""
    until = time.monotonic() + timeout
    while not line.endswith(b"\n") and (left := until - time.monotonic()) > 0:
        if select.select([source], [], [], left)[0]:
            piece = os.read(source, 65536)
            if not piece:
                break
            line += piece
    return line.decode(errors="replace")


def _last_line(text: str) -> str:
    return re.split(r"[\r\n]", text)[-1]
