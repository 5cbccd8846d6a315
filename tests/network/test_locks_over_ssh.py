"""Several administrators on one chassis, each at a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

import staros_cli
from staros_cli.chassis import definition
from staros_cli.chassis.definition import Definition
from tests.network.wire import complete, eventually, shell, telnet

pytestmark = pytest.mark.end_to_end


def slow_saves() -> Definition:
    """The default chassis, where a save takes a minute."""
    schema = replace(definition.load("asr5500").schema, save_seconds=60)
    return Definition("asr5500", schema)


def test_a_message_appears_at_once_and_gives_the_line_back(host_key: Path) -> None:
    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key, clock_rate=1.0) as lab:
            (served,) = lab
            async with shell(served) as holder, shell(served) as asking:
                await holder.run("configure")
                holder.process.stdin.write(b"system host")
                await holder.until(b"system host")
                shown = await asking.type("configure lock warn\r", b"......\r\n")
                assert shown.endswith(
                    b"please wait for this message to be sent to the other administrators......\r\n"
                )
                assert await holder.until(b"system host") == (
                    b"\r\nAdministrator admin requires exclusive access to configuration mode\r\n"
                    b">>> You need to exit from configuration mode as soon as possible <<<\r\n"
                    b"[local]asr5500(config)# system host"
                )
                holder.process.stdin.write(b"\x15end\r")
                assert await asking.until() == (
                    b"Info: No one else can access config mode while you have the exclusive lock"
                    b"\r\n[local]asr5500(config)# "
                )

    complete(scenario())


def test_a_restart_waits_for_the_save_of_another(host_key: Path) -> None:
    async def scenario() -> None:
        async with staros_cli.serve(slow_saves(), host_key_file=host_key, clock_rate=30) as lab:
            (served,) = lab
            async with shell(served) as saving, shell(served) as going:
                saving.process.stdin.write(b"save configuration /flash/new.cfg\r")
                await saving.until(b"new.cfg\r\n")
                shown = await going.type("reload -noconfirm\r", b"ended\r\n")
                assert b"The system goes down when the running saves have ended" in shown
                await saving.rest()
                await going.rest()
            await eventually(lambda: served._endpoint.is_up)
            async with shell(served) as line:
                assert "new.cfg" in await line.run("directory /flash")

    complete(scenario())


def test_who_hangs_up_a_telnet_line_gives_its_save_up(host_key: Path) -> None:
    async def scenario() -> None:
        async with staros_cli.serve(slow_saves(), host_key_file=host_key) as lab:
            (served,) = lab
            async with telnet(served.telnet) as line:
                await line.log_in()
                await line.type(b"save configuration /flash/half.cfg\r\0", b"half.cfg\r\n")
                assert served.system.saves.end_at is not None
                line.writer.write_eof()
                await line.rest()
            assert served.system.saves.end_at is None
            assert served.sessions == 0

    complete(scenario())


def test_warn_waits_no_longer_than_ten_seconds(host_key: Path) -> None:
    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key, clock_rate=100.0) as lab:
            (served,) = lab
            async with shell(served) as holder, shell(served) as asking:
                await holder.run("configure")
                shown = await asking.run("configure lock warn")
                assert shown.endswith(
                    "Failure: Another administrator is still in configuration "
                    "mode\n- please enter 'show administrators' for more information"
                )

    complete(scenario())


def test_force_sends_the_others_out_in_mid_line(host_key: Path) -> None:
    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key) as lab:
            (served,) = lab
            async with shell(served) as victim, shell(served) as taker:
                await victim.run("configure")
                await victim.run("context local")
                assert "exclusive lock" in await taker.run("configure lock force")
                shown = await victim.until(b"asr5500# ")
                assert shown.endswith(b"exclusive access\r\n[local]asr5500# ")
                assert (await victim.run("configure")).startswith(
                    "Failure: User admin has the exclusive lock\n"
                )

    complete(scenario())


@pytest.mark.parametrize(
    ("keys", "seen"),
    [
        ("system host", b"system host"),
        ("end\rshow subscribers all | more\r", b")---"),
        ("end\rreload\r", b"[Yes|No]: "),
        ("context local\r", b"(config-ctx)# "),
        ("end\rsave configuration /flash/half.cfg\r", b"half.cfg\r\n"),
    ],
    ids=["in mid-line", "in mid-pager", "in mid-question", "in a mode", "in mid-save"],
)
def test_a_client_that_disappears_leaves_nothing(host_key: Path, keys: str, seen: bytes) -> None:
    async def scenario() -> None:
        async with staros_cli.serve(slow_saves(), host_key_file=host_key) as lab:
            (served,) = lab
            async with shell(served) as staying:
                async with shell(served) as line:
                    await line.run("configure lock")
                    await line.type(keys, seen)
                    line.process.channel.get_connection().abort()
                await eventually(lambda: served.sessions == 1)
                assert (await staying.run("show administrators")).count("\n") == 2
                assert "lock" in await staying.run("configure lock")
                assert len(served._endpoint.connections) == 1
                assert served._endpoint._driving is None or served._endpoint._driving.done()
                assert served.system.saves.end_at is None
                assert "half.cfg" not in await staying.run("directory /flash")

    complete(scenario())


def test_idle_and_absolute_limits_close_sessions(host_key: Path) -> None:
    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key, clock_rate=100.0) as lab:
            (served,) = lab
            async with shell(served) as line:
                await line.run("configure")
                await line.run("context local")
                await line.run("operator idle password secret timeout-idle 20")
                await line.run("operator brief password secret timeout-absolute 20")
            async with shell(served, "idle", "secret", first=b"> ") as line:
                assert b"after 20 seconds (idle timeout)" in await line.rest()
            async with shell(served, "brief", "secret", first=b"> ") as line:
                assert b"after 20 seconds (absolute timeout)" in await line.rest()

    complete(scenario())
