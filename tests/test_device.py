"""The public face: a device with its sessions, clock, failures and events."""

from __future__ import annotations

import inspect
import pkgutil
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import pytest

import staros_cli
from staros_cli import CommandFailed, DefinitionError, Device, Refused, StarosError, StateError
from staros_cli.chassis.clock import ScaledClock
from staros_cli.shell.replies import Awaits

INTERNAL = {"Declined", "_Astray", "Unfit", "MissingQuote", "Leave"}
"""Exceptions that never leave the package."""


@pytest.fixture
def device() -> Device:
    return Device()


def test_every_public_name_is_there() -> None:
    for name in staros_cli.__all__:
        assert getattr(staros_cli, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = staros_cli.Nothing


def test_all_errors_have_one_root() -> None:
    for module in pkgutil.walk_packages(staros_cli.__path__, "staros_cli."):
        if module.name.endswith("__main__"):
            continue
        for name, found in inspect.getmembers(import_module(module.name), inspect.isclass):
            ours = found.__module__.startswith("staros_cli")
            if ours and issubclass(found, Exception) and name not in INTERNAL:
                assert issubclass(found, StarosError), f"{found.__module__}.{name}"


def test_the_story_of_the_chapter_in_ten_lines(tmp_path: Path) -> None:
    with Device("asr5500", state=tmp_path / "state") as device:
        device.configure("require session recovery")
        device.save()
        device.reload()
        assert "Ready For Recovery" in device.run("show session recovery status").text
        before = len(device.chassis.sessions)
        assert device.fail_task("sessmgr", 1) == 1
        device.advance(10)
        assert len(device.chassis.sessions) == before
        names = [event.kind.name for event in device.events]
        assert "SessMgrRecoveryComplete" in names
    with Device("asr5500", state=tmp_path / "state") as again:
        assert "require session recovery" in again.run("show configuration").text


def test_the_same_acts_give_the_same_bytes() -> None:
    def life(seed: int) -> str:
        device = Device("vpc-si", seed=seed)
        device.fail_task("sessmgr", 1)
        device.advance(7)
        device.configure("context local", "operator joe password secret")
        return "".join(
            device.run(line).text
            for line in (
                "show configuration",
                "show task resources",
                "show snmp trap history",
            )
        )

    assert life(1) == life(1)
    assert life(1) != life(2)


def test_a_refused_line_is_an_error_that_names_it(device: Device) -> None:
    with pytest.raises(CommandFailed, match="show nothing: Unknown command") as caught:
        device.run("show clock", "show nothing", "show version")
    assert caught.value.line == "show nothing"
    assert caught.value.reply.failed
    assert device.run("show nothing", check=False).failed


def test_a_refused_line_leaves_configuration_mode(device: Device) -> None:
    with pytest.raises(CommandFailed):
        device.configure("context a", "nothing", "context b")
    assert device.console.prompt == "[local]asr5500# "
    assert [c.name for c in device.chassis.contexts if c.name in "ab"] == ["a"]


def test_a_save_that_takes_time_is_waited_for(device: Device) -> None:
    device.save("/flash/other.cfg")
    assert "other.cfg" in device.run("directory /flash").text


@pytest.mark.parametrize("settle", [0.5, 30.0])
def test_a_restart_closes_sessions_whenever_they_notice_it(device: Device, settle: float) -> None:
    session = device.session()
    device.reload(settle)
    session.poll()
    assert session.awaits is Awaits.NOTHING


def test_sessions_of_any_privilege(device: Device) -> None:
    inspector = device.session("joe", staros_cli.Privilege.INSPECTOR)
    assert inspector.prompt == "[local]asr5500> "
    assert inspector.handle("configure").failed
    device.reload()
    inspector.poll()
    assert inspector.awaits is Awaits.NOTHING
    assert device.run("show clock").text


def test_the_clock_moves_when_it_is_told_to() -> None:
    start = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    device = Device(start=start)
    assert device.now == start.timestamp()
    device.advance(60)
    assert "03:05:05" in device.run("show clock").text
    with pytest.raises(ValueError, match="backwards"):
        device.advance(-1)


def test_a_clock_that_runs_by_itself_is_not_moved() -> None:
    device = Device(clock=ScaledClock(0.0, lambda: 5.0))
    with pytest.raises(ValueError, match="runs by itself"):
        device.advance(1)


def test_readers_are_told_of_every_event_until_they_leave(device: Device) -> None:
    names: list[str] = []
    end = device.subscribe(lambda event: names.append(event.kind.name))
    device.fail_card(1)
    assert "CardFailed" in names or names
    end()
    end()
    count = len(names)
    device.advance(100)
    assert len(names) == count


def test_failures_of_cpus_and_hosts() -> None:
    asr, vpc = Device("asr5500"), Device("vpc-di")
    with pytest.raises(Refused):
        asr.fail_host(1)
    vpc.fail_host(3, usable=False)
    vpc.advance(300)
    assert vpc.chassis.hardware.cards[3].state.value == "Offline"
    asr.fail_cpu(1, 0)
    with pytest.raises(Refused):
        asr.fail_card(1)


def test_a_definition_that_cannot_be_used() -> None:
    with pytest.raises(DefinitionError, match="nowhere"):
        Device("nowhere")


def test_a_state_directory_is_of_one_chassis(tmp_path: Path) -> None:
    with Device("asr5500", state=tmp_path / "state"):
        pass
    with pytest.raises(StateError, match="belongs to chassis"):
        Device("vpc-si", state=tmp_path / "state")


@pytest.mark.parametrize(
    ("level", "end"), [("security", "# "), ("administrator", "# "), ("operator", "> ")]
)
def test_a_session_takes_the_word_of_a_level(level: str, end: str) -> None:
    with Device() as device:
        assert device.session("bob", level).prompt.endswith(end)


@pytest.mark.parametrize("level", ["root", "", "OPERATOR"])
def test_another_word_is_refused_with_those_there_are(level: str) -> None:
    with Device() as device, pytest.raises(ValueError, match="expected one of inspector, operator"):
        device.session("bob", level)


def test_a_command_that_takes_time_lets_it_pass() -> None:
    device = Device()
    device.run("context SAEGW")
    before = device.now
    shown = device.run("ping 198.51.100.1 count 3").lines
    assert shown[0] == "PING 198.51.100.1 (198.51.100.1): 56 data bytes"
    assert [line.partition(" ttl")[0][-10:] for line in shown[1:4]] == [
        f"icmp_seq={number}" for number in range(3)
    ]
    assert "3 packets transmitted, 3 packets received, 0% packet loss" in shown
    assert device.now == before + 2
    assert device.run("show clock").lines
