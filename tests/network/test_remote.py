"""`copy` from and to other machines, and that it stays off unless allowed."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer

import pytest

import staros_cli
from staros_cli.network.limits import Limits
from tests.network.wire import complete, eventually, shell

pytestmark = pytest.mark.end_to_end


class Handler(BaseHTTPRequestHandler):
    """One file, a large one, and a redirection to a file of the host."""

    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "ftp://127.0.0.1/etc/passwd")
            self.end_headers()
            return
        found = {"/new.cfg": b"config\nend\n", "/large": b"x" * 5000}.get(self.path)
        if self.path in ("/short", "/endless"):
            self.send_response(200)
            if self.path == "/short":
                self.send_header("Content-Length", "500")
            self.end_headers()
            self.wfile.write(b"config\n")
            return
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", str(len(found or b"")))
        self.end_headers()
        self.wfile.write(found or b"")

    def log_message(self, *words: object) -> None:
        """Say nothing."""


@pytest.fixture
def web() -> Iterator[str]:
    """The address of a web server."""
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_off_by_default(host_key: Path, web: str) -> None:
    async def scenario() -> None:
        async with (
            staros_cli.serve(host_key_file=host_key) as lab,
            shell(lab["asr5500"]) as line,
        ):
            for command in (
                f"copy {web}/new.cfg /flash/new.cfg",
                f"copy /flash/system.cfg {web}/new.cfg",
                f"configure {web}/new.cfg",
            ):
                assert "is remote" in await line.run(command)

    complete(scenario())


def test_from_a_web_server(host_key: Path, web: str) -> None:
    async def scenario() -> None:
        limits = Limits(upload=4096)
        async with (
            staros_cli.serve(host_key_file=host_key, allow_remote_copy=True, limits=limits) as lab,
            shell(lab["asr5500"], size=(200, 24)) as line,
        ):
            assert await line.run(f"copy {web}/new.cfg /flash") == ""
            assert await line.run("show file url /flash/new.cfg") == "config\nend"
            for path, text in (
                ("nothing", "404"),
                ("moved", "302"),
                ("large", "it is larger than 4096 bytes"),
            ):
                shown = await line.run(f"copy {web}/{path} /flash/other.cfg")
                assert shown.startswith("Failure: ")
                assert text in shown
            assert "tftp is not spoken" in await line.run("copy tftp://127.0.0.1/x /flash/x")
            assert "does not exist" in await line.run("show file url /flash/other.cfg")

    complete(scenario())


class FileTransfers(BaseRequestHandler):
    """A server of FTP that gives half of a file and says so, or all of another."""

    def handle(self) -> None:
        words = self.request.makefile("rwb", 0)
        data = socket.create_server(("127.0.0.1", 0))
        port = data.getsockname()[1]
        words.write(b"220 hello\r\n")
        for line in words:
            verb, _, rest = line.decode().strip().partition(" ")
            if verb in ("EPSV", "PASV"):
                place = f"(127,0,0,1,{port >> 8},{port & 255})"
                words.write(f"227 {place}\r\n".encode() if verb == "PASV" else b"500 no\r\n")
            elif verb == "RETR":
                words.write(b"150 here\r\n")
                with data.accept()[0] as connection:
                    connection.sendall(b"config\n")
                broken = rest == "/half"
                words.write(b"426 broken off\r\n" if broken else b"226 done\r\n")
            else:
                words.write(b"221 bye\r\n" if verb == "QUIT" else b"230 good\r\n")
        data.close()


@pytest.fixture
def ftp() -> Iterator[str]:
    """The address of a server of FTP."""
    with ThreadingTCPServer(("127.0.0.1", 0), FileTransfers) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"ftp://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_download_that_breaks_off_leaves_the_old_file(host_key: Path, web: str, ftp: str) -> None:
    async def scenario() -> None:
        async with (
            staros_cli.serve(host_key_file=host_key, allow_remote_copy=True) as lab,
            shell(lab["asr5500"], size=(200, 24)) as line,
        ):
            assert await line.run("copy /flash/system.cfg /flash/kept.cfg") == ""
            before = await line.run("show file url /flash/kept.cfg | grep -c .")
            for url, said in (
                (f"{web}/short", "broke off after 7 of 500 bytes"),
                (f"{web}/endless", "does not say how long"),
                (f"{ftp}/half", "426"),
            ):
                shown = await line.run(f"copy {url} /flash/kept.cfg -noconfirm")
                assert shown.startswith("Failure: ")
                assert said in shown
                assert await line.run("show file url /flash/kept.cfg | grep -c .") == before
            assert await line.run(f"copy {ftp}/whole /flash/kept.cfg -noconfirm") == ""
            assert await line.run("show file url /flash/kept.cfg") == "config"

    complete(scenario())


def test_from_and_to_another_chassis_by_sftp(host_key: Path) -> None:
    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key, count=2, allow_remote_copy=True) as lab:
            first, second = lab
            other = f"sftp://admin:admin@127.0.0.1:{second.ssh.port}"
            async with shell(first, size=(200, 24)) as line, shell(second) as there:
                assert await line.run(f"copy /flash/system.cfg {other}/flash/sent.cfg") == ""
                assert "config" in await there.run("show file url /flash/sent.cfg | grep ^config")
                assert await line.run(f"copy {other}/flash/sent.cfg /flash/back.cfg") == ""
                assert await line.run("show file url /flash/back.cfg | grep ^end") == "end"
                await line.type(f"copy {other}/flash/sent.cfg /flash/back.cfg\r", b"[Yes|No]: ")
                assert (await line.type("y\r")).endswith(b"y\r\n[local]asr5500# ")
                wrong = other.replace("admin:admin", "admin:wrong")
                shown = await line.run(f"copy {wrong}/flash/sent.cfg /flash/x")
                assert shown.startswith("Failure: ")

    complete(scenario())


def test_a_client_that_disappears_ends_its_transfer(host_key: Path) -> None:
    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key, allow_remote_copy=True) as lab:
            (served,) = lab
            remote = served.system.remote
            async with shell(served) as line:
                # Nobody answers there: the address is kept for documentation.
                line.process.stdin.write(b"copy sftp://192.0.2.1/x /flash/x\r")
                await eventually(lambda: len(remote._running) == 1)
                assert (await line.type("\x03")).endswith(b"\r\n[local]asr5500# ")
                await eventually(lambda: not remote._running)
                line.process.stdin.write(b"copy sftp://192.0.2.1/x /flash/x\r")
                await eventually(lambda: len(remote._running) == 1)
                line.process.channel.get_connection().abort()
            await eventually(lambda: not remote._running and not served.sessions)

    complete(scenario())


def test_no_link_leads_a_command_out(host_key: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("config\nsystem hostname broken\nend\n")
    state = tmp_path / "state"

    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key, state=state) as lab:
            (state / "flash/file.cfg").symlink_to(secret)
            (state / "flash/directory").symlink_to(tmp_path)
            async with shell(lab["asr5500"], size=(200, 24)) as line:
                for url in ("/flash/file.cfg", "/flash/directory/secret", "/flash/../../secret"):
                    for command in (
                        f"copy {url} /flash/out.cfg",
                        f"copy /flash/system.cfg {url} -noconfirm",
                        f"configure {url}",
                        f"save configuration {url} -noconfirm",
                        f"show file url {url}",
                        f"delete {url} -noconfirm",
                    ):
                        assert "Failure: " in await line.run(command), command
                assert lab["asr5500"].hostname == "asr5500"
        assert secret.read_text() == "config\nsystem hostname broken\nend\n"
        assert not (state / "flash/out.cfg").exists()

    complete(scenario())


def test_an_address_that_is_none_is_refused(host_key: Path) -> None:
    async def scenario() -> None:
        async with (
            staros_cli.serve(host_key_file=host_key, allow_remote_copy=True) as lab,
            shell(lab["asr5500"]) as line,
        ):
            assert (await line.run("copy http://[1/x /flash/z")).startswith("Failure: ")

    complete(scenario())
