"""One client does nothing to others, whatever it sends and however it behaves."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest

import staros_cli
from staros_cli.commands import engine
from staros_cli.network import telnet as telnet_server
from staros_cli.network.limits import Limits, LoginGate
from staros_cli.shell.line_terminal import STEP_OUTPUT, LineTerminal
from tests.network.wire import PATIENCE, complete, connected, eventually, shell, telnet
from tests.support import make_session

pytestmark = pytest.mark.end_to_end

KEY = asyncssh.generate_private_key("ssh-ed25519")


def test_line_editing_that_shows_much_goes_on_in_the_next_step() -> None:
    session, _ = make_session()
    terminal = LineTerminal(session)
    terminal.feed("a" * 16_000)
    terminal.receive("\x01\x05" * 5_000)
    shown = steps = 0
    while terminal.has_work:
        output = terminal.step()
        assert len(output) < STEP_OUTPUT + 40_000
        shown, steps = shown + len(output), steps + 1
    assert shown == 16_000 * 2 * 5_000
    assert steps > 1_000


def test_a_client_that_edits_and_does_not_read_is_cut_off(host_key: Path) -> None:
    async def scenario() -> None:
        limits = Limits(held_output=100_000)
        async with staros_cli.serve(host_key_file=host_key, limits=limits) as lab:
            (served,) = lab
            async with telnet(served.telnet) as line:
                await line.log_in()
                line.writer.write(b"a" * 16_000 + b"\x01\x05" * 16_000)
                await eventually(lambda: served.sessions == 0)

    complete(scenario())


def test_nobody_types_at_a_login_for_ever(host_key: Path) -> None:
    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key) as lab:
            (served,) = lab
            async with telnet(served.telnet) as line:
                await line.until(b"login: ")
                line.writer.write(b"a" * 100_000)
                await line.rest()
            async with telnet(served.telnet) as line:
                assert b"asr5500# " in await line.log_in()

    complete(scenario())


def test_a_key_that_was_not_proved_forgives_no_failed_password(host_key: Path) -> None:
    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key) as lab:
            (served,) = lab
            public = KEY.export_public_key().decode().strip()
            async with shell(served) as line:
                await line.run("configure")
                await line.run("local-user username ann password secret99")
                await line.run("context local")
                await line.run(f'authorized-key username ann key "{public}"')
            account = served.system.chassis.users.find("ann")
            assert account is not None
            text = " ".join(public.split()[:2])
            for failures in (1, 2):
                assert served._endpoint.account_of_key("ann", text) is account
                assert await served._endpoint.check_password("peer", "ann", "wrong") is None
                assert account.failures == failures
            async with connected(served, "ann", None, client_keys=[KEY]):
                await eventually(lambda: account.failures == 0)

    complete(scenario())


def test_tries_at_once_count_as_tries_one_after_the_other(host_key: Path) -> None:
    async def scenario() -> None:
        limits = Limits(failed_logins=3)
        async with staros_cli.serve(host_key_file=host_key, limits=limits) as lab:
            (served,) = lab
            async with shell(served) as line:
                await line.run("configure")
                await line.run("context local")
                await line.run("administrator ann password secret99")
            tries = ["wrong"] * 6 + ["secret99"]
            check = served._endpoint.check_password
            found = await asyncio.gather(*(check("peer", "ann", word) for word in tries))
            assert found == [None] * 7
            assert await check("elsewhere", "ann", "secret99") is not None

    complete(scenario())


def test_a_gate_keeps_no_turn_that_nobody_waits_for() -> None:
    gate = LoginGate(1, lambda: 0.0)
    turn = gate.turn("here")
    assert gate.turn("here") is turn
    del turn
    assert not gate._turns


def test_shells_at_once_keep_the_limit_of_sessions(host_key: Path) -> None:
    async def scenario() -> None:
        limits = Limits(sessions=2)
        async with staros_cli.serve(host_key_file=host_key, limits=limits) as lab:
            (served,) = lab
            async with connected(served) as connection:

                async def one() -> str:
                    try:
                        process: Any = await connection.create_process(term_type="vt100")
                        return str(await process.stdout.readuntil("# "))
                    except (asyncssh.ChannelOpenError, asyncio.IncompleteReadError):
                        return ""

                shown = await asyncio.wait_for(asyncio.gather(*(one() for _ in range(8))), PATIENCE)
                assert sum(text.endswith("# ") for text in shown) == 2
                assert served.sessions == 2

    complete(scenario())


def test_a_connection_has_so_many_channels(host_key: Path) -> None:
    async def scenario() -> None:
        limits = Limits(channels=2)
        async with (
            staros_cli.serve(host_key_file=host_key, limits=limits) as lab,
            connected(lab["asr5500"]) as connection,
        ):
            for _ in range(2):
                await connection.start_sftp_client()
            with pytest.raises(asyncssh.ChannelOpenError):
                await connection.start_sftp_client()

    complete(scenario())


def test_a_chassis_has_so_many_connections(host_key: Path) -> None:
    async def scenario() -> None:
        limits = Limits(connections=1)
        async with staros_cli.serve(host_key_file=host_key, limits=limits) as lab:
            (served,) = lab
            async with connected(served):
                with pytest.raises((OSError, asyncssh.Error)):
                    async with connected(served):
                        pass

    complete(scenario())


def test_the_end_of_one_shell_leaves_the_others_of_its_connection(host_key: Path) -> None:
    async def scenario() -> None:
        async with (
            staros_cli.serve(host_key_file=host_key) as lab,
            connected(lab["asr5500"]) as connection,
        ):
            files = await connection.start_sftp_client()
            one: Any = await connection.create_process(term_type="vt100")
            two: Any = await connection.create_process(term_type="vt100")
            for process in (one, two):
                await process.stdout.readuntil("# ")
            one.stdin.write("exit\r")
            await asyncio.wait_for(one.wait(), PATIENCE)
            two.stdin.write("show clock\r")
            assert "UTC" in await asyncio.wait_for(two.stdout.readuntil("# "), PATIENCE)
            assert "system.cfg" in await files.listdir("/flash")

    complete(scenario())


@pytest.fixture
def broken() -> Iterator[None]:
    """`show clock` has a defect."""
    from staros_cli import commands

    commands.load()
    before = engine.HANDLERS["show_clock"]

    def fails(call: engine.Invocation) -> list[str]:
        raise RuntimeError("a defect")

    engine.HANDLERS["show_clock"] = fails
    yield
    engine.HANDLERS["show_clock"] = before


@pytest.mark.usefixtures("broken")
def test_a_defect_ends_its_session_and_no_other(
    host_key: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key) as lab:
            (served,) = lab
            async with shell(served) as staying:
                async with connected(served) as connection:
                    found = await asyncio.wait_for(connection.run("show clock"), PATIENCE)
                    assert found.exit_status is None
                async with telnet(served.telnet) as line:
                    await line.log_in()
                    line.writer.write(b"show clock\r\0")
                    await line.rest()
                await eventually(lambda: served.sessions == 1)
                assert "Number" in await staying.run("show version | grep Number")
        assert "a fault of this program" in caplog.text

    complete(scenario())


def test_who_does_not_take_what_is_left_is_cut_off(
    host_key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telnet_server, "LINGER", 0.0)

    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key) as lab:
            (served,) = lab
            async with telnet(served.telnet) as line:
                await line.log_in()
                line.writer.write(b"terminal length 0\r\0" + b"show subscribers all\r\0" * 40)
                line.writer.write(b"exit\r\0")
                await eventually(lambda: not served._endpoint.connections)

    complete(scenario())


@pytest.mark.parametrize("answers", ["yes\r\nyes\r\n", "yes\nyes\n", "yes\ryes\r"])
def test_every_line_end_is_one(host_key: Path, answers: str) -> None:
    async def scenario() -> None:
        async with (
            staros_cli.serve(host_key_file=host_key) as lab,
            connected(lab["asr5500"]) as connection,
        ):
            lines = "save configuration /flash/a.cfg\nsave configuration /flash/b.cfg\n"
            await connection.run(lines)
            removed = await connection.run(
                "delete /flash/a.cfg\ndelete /flash/b.cfg", input=answers
            )
            assert "aborted" not in str(removed.stdout)
            left = str((await connection.run("directory /flash")).stdout)
            assert "a.cfg" not in left
            assert "b.cfg" not in left

    complete(scenario())


def test_a_command_alone_has_no_pages(host_key: Path) -> None:
    async def scenario() -> None:
        async with (
            staros_cli.serve(host_key_file=host_key) as lab,
            connected(lab["asr5500"]) as connection,
        ):
            whole = str((await connection.run("show configuration")).stdout)
            more = str((await connection.run("show configuration | more")).stdout)
            assert more == whole
            short = await connection.run("terminal length 5\nshow version\nshow clock")
            assert "UTC" in str(short.stdout).splitlines()[-1]

    complete(scenario())


def test_a_command_alone_is_declined_by_an_interrupt(host_key: Path) -> None:
    async def scenario() -> None:
        async with (
            staros_cli.serve(host_key_file=host_key) as lab,
            connected(lab["asr5500"]) as connection,
        ):
            found = await connection.run("reload", input="y\x03")
            assert "Action aborted" in str(found.stdout)
            assert lab["asr5500"].system.chassis.is_up

    complete(scenario())


def test_a_client_that_sends_much_has_to_wait_and_is_served(host_key: Path) -> None:
    async def scenario() -> None:
        limits = Limits(held_input=1024)
        async with (
            staros_cli.serve(host_key_file=host_key, limits=limits) as lab,
            connected(lab["asr5500"]) as connection,
        ):
            found = await connection.run("show clock\n" * 50, input="x" * 600_000, timeout=PATIENCE)
            assert str(found.stdout).count("UTC") == 50
            assert found.exit_status == 0

    complete(scenario())
