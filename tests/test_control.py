"""A served chassis whose time is moved over a socket."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import stat
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from staros_cli.app import main
from staros_cli.control.server import BY_HAND, ControlledServer, listening
from staros_cli.errors import UsageError
from staros_cli.network.limits import Limits
from staros_cli.network.listeners import LOOPBACK, Address, Listeners, rules_of
from staros_cli.transcripts import directives
from staros_cli.transcripts.directives import Settings
from tests.network.wire import PATIENCE, complete, shell

pytestmark = pytest.mark.end_to_end


class Controlled:
    """A test that steers."""

    def __init__(self, controlled: ControlledServer, ssh: Address, control: Path) -> None:
        self.controlled = controlled
        self.ssh = ssh
        self.control = control

    async def order(self, *lines: str) -> str:
        """Give lines; returns the answer to the last."""
        reader, writer = await asyncio.open_unix_connection(self.control)
        answer = b""
        for line in lines:
            writer.write(f"{line}\n".encode())
            answer = await asyncio.wait_for(reader.readline(), PATIENCE)
        writer.close()
        return answer.decode().rstrip("\n")


@asynccontextmanager
async def steering(host_key: Path, control: Path) -> AsyncIterator[Controlled]:
    controlled = ControlledServer(Settings(chassis="asr5000-chapter"), rules_of(Limits(), None))
    listeners = Listeners(LOOPBACK, Limits(), host_key)
    try:
        ssh, _ = await listeners.open("controlled", lambda: controlled.endpoint)
        async with listening(control, controlled):
            yield Controlled(controlled, ssh, control)
    finally:
        await listeners.close([controlled.endpoint])


def test_time_stands_still_until_it_is_moved(host_key: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with steering(host_key, tmp_path / "c") as held, shell(held) as line:
            first = await line.run("show clock")
            assert await line.run("show clock") == first == "Friday March 27 17:12:25 UTC 2026"
            assert (await held.order("advance 65")).startswith("ok ")
            assert await line.run("show clock") == "Friday March 27 17:13:30 UTC 2026"

    complete(scenario())


def test_a_card_fails_when_it_is_told_to(host_key: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with steering(host_key, tmp_path / "c") as held, shell(held) as line:
            line.prompt = b"host_name# "
            assert (await held.order("fault test card 1 fail", "advance 30")).startswith("ok ")
            assert "Unplanned" in await line.run("show rct stats")

    complete(scenario())


def test_answers_count_what_each_session_was_sent(host_key: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with steering(host_key, tmp_path / "c") as held:
            assert await held.order("advance 1") == "ok"
            async with shell(held) as one, shell(held):
                first = len("\r\n[local]host_name# ")
                last_login = "Last login: Fri Mar 27 17:12:26 2026 from 127.0.0.1\r\n"
                second = len(f"{last_login}[local]host_name# ")
                assert await held.order("advance 1") == f"ok {first} {second}"
                shown = len(await one.type("show clock\r"))
                assert await held.order("advance 1") == f"ok {first + shown} {second}"

    complete(scenario())


def test_all_lines_are_listed_for_who_asks(host_key: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        control = tmp_path / "c"
        async with steering(host_key, control) as held:
            reader, writer = await asyncio.open_unix_connection(control)
            writer.write(b"help\n")
            lines: list[str] = []
            while not (lines and lines[-1] == "ok"):
                answer = await asyncio.wait_for(reader.readline(), PATIENCE)
                lines.append(answer.decode().rstrip("\n"))
            writer.close()
            names = [line.split()[0] for line in lines[:-1]]
            assert names == [
                *("help", "lab", "chassis", "host", "seed", "clock", "terminal", "user"),
                *("timestamps", "begin", "advance", "fault", "scenario", "put", "user"),
            ]
            assert await held.order("dance") == (
                "refused dance is not known; expected help, begin, lab, chassis, host, seed, clock,"
                " terminal, user, timestamps, advance, fault, scenario, put"
            )

    complete(scenario())


def test_the_documents_name_all_lines() -> None:
    text = (Path(__file__).parent.parent / "docs/network.md").read_text()
    section = text.partition("## Time in your hands")[2].partition("\n## ")[0]
    for name in ("help", "begin", *directives.HEADER_FORMS, *directives.STEP_FORMS):
        assert name in BY_HAND or f"`{name}" in section, name


def test_a_new_chassis_begins_on_the_same_port(host_key: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with steering(host_key, tmp_path / "c") as held:
            async with shell(held) as line:
                await line.run("configure")
                await line.run("system hostname renamed")
                header = ("chassis vpc-si", "clock 2030-01-01T00:00:00Z", "user guest operator")
                assert await held.order(*header, "begin") == "ok"
                await line.rest()
            async with shell(held, "guest", first=b"> ") as line:
                line.prompt = b"> "
                assert await line.run("show clock") == "Tuesday January 01 00:00:00 UTC 2030"
            assert await held.order("begin") == "ok"
            async with shell(held) as line:
                assert "host_name" in await line.run("show configuration | grep hostname")

    complete(scenario())


def test_files_of_the_host_are_put_there_by_its_owner_only(host_key: Path, tmp_path: Path) -> None:
    file = tmp_path / "a file"
    file.write_text("config\nend\n")

    async def scenario() -> None:
        control = tmp_path / "c"
        async with steering(host_key, control) as held, shell(held) as line:
            assert stat.S_IMODE(os.stat(control).st_mode) == 0o600
            assert (await held.order(f"put '{file}' /flash/a.cfg")).startswith("ok ")
            assert await line.run("show file url /flash/a.cfg") == "config\nend"

    complete(scenario())


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "a directive is missing"),
        ("advance soon", "expected up to a year"),
        ("fault show version", "invalid test command"),
        ("fault test card 9999 fail", "fault: "),
        ("put /nowhere/at-all /flash/a", "No such file"),
        ("put /etc/hostname ../../x", "put: "),
        ("session second", "is done by logging in"),
        ("type q", "is done by logging in"),
        ("chassis 'unclosed", "quote is missing"),
        ("begin now", "is not known"),
        ("\udcff\x00", "is not known"),
    ],
)
def test_what_cannot_be_done_is_refused_and_changes_nothing(
    host_key: Path, tmp_path: Path, line: str, words: str
) -> None:
    async def scenario() -> None:
        async with steering(host_key, tmp_path / "c") as held, shell(held) as shown:
            text = line.encode(errors="surrogateescape").decode(errors="replace")
            answer = await held.order(text)
            assert answer.startswith("refused ")
            assert words in answer
            assert await shown.run("show clock") == "Friday March 27 17:12:25 UTC 2026"

    complete(scenario())


def test_a_chassis_that_there_is_not_leaves_the_one_there_is(
    host_key: Path, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with steering(host_key, tmp_path / "c") as held, shell(held) as line:
            assert "no-such" in await held.order("chassis no-such", "begin")
            assert await line.run("show clock") == "Friday March 27 17:12:25 UTC 2026"

    complete(scenario())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--count", "2"], "one chassis"),
        (["asr5500", "vpc-si"], "one chassis"),
        (["--state", "/tmp/x"], "--state"),
        (["--clock-rate", "5"], "--clock-rate"),
        (["--require-auth"], "--require-auth"),
        (["no-such"], "no-such"),
    ],
)
def test_what_does_not_go_with_it(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", "--control", str(tmp_path / "c"), *words]) == 2
    assert said in capsys.readouterr().err


def test_the_socket_is_gone_when_the_program_has_ended(host_key: Path, tmp_path: Path) -> None:
    control = tmp_path / "c"
    command = ["staros-cli", "serve", "--json", "--control", str(control)]
    from staros_cli.transcripts.spawned import installed_program

    command[:1] = installed_program()
    with subprocess.Popen(
        [*command, "--host-key", str(host_key)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        (found,) = json.loads(process.stdout.readline())
        assert found["login"] == {"user": "admin", "password": "admin"}
        assert control.exists()
        process.terminate()
        assert process.wait(PATIENCE) == 0
    assert not control.exists()


def test_a_file_in_the_way_of_the_socket_is_left_alone(
    tmp_path: Path, host_key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine"
    file.write_text("precious")
    assert main(["serve", "--control", str(file), "--host-key", str(host_key), "--json"]) == 2
    assert str(file) in capsys.readouterr().err
    assert file.read_text() == "precious"


def test_a_directory_in_the_way_of_the_socket(
    tmp_path: Path, host_key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", "--control", str(tmp_path), "--host-key", str(host_key)]) == 2
    assert "no socket" in capsys.readouterr().err


def test_nobody_takes_the_socket_of_another_server(host_key: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        control = tmp_path / "c"
        async with steering(host_key, control) as held:
            with pytest.raises(UsageError, match="somebody listens there"):
                async with listening(control, held.controlled):
                    pass
            assert await held.order("advance 1") == "ok"
        assert not control.exists()

    complete(scenario())


def test_a_socket_that_was_left_is_taken_over(host_key: Path, tmp_path: Path) -> None:
    control = tmp_path / "c"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(control))

    async def scenario() -> None:
        async with steering(host_key, control) as held:
            assert await held.order("advance 1") == "ok"

    complete(scenario())


def test_who_comes_first_sits_at_the_console(host_key: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with steering(host_key, tmp_path / "c") as held, shell(held), shell(held) as two:
            shown = await two.run("show administrators")
            assert ["/dev/console" in shown, "/dev/pts/0" in shown] == [True, True]

    complete(scenario())
