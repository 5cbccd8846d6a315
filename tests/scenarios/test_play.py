"""Scenarios that are played: over restarts, day after day, and what comes of those that ship."""

from __future__ import annotations

from math import inf
from pathlib import Path

import pytest

from staros_cli.chassis import calendar
from staros_cli.device import Device
from staros_cli.messages import Refused
from staros_cli.scenarios.play import MOST
from staros_cli.scenarios.schema import Scenario, built_in_names, load, parse
from tests.lab import Lab


def scenario(*steps: tuple[str, str], name: str = "x", daily: bool = False) -> Scenario:
    """A scenario with a test command at each of some times."""
    text = f'title = "T"\nsummary = "S"\ndaily = {str(daily).lower()}\n'
    for at, line in steps:
        text += f'[[steps]]\nat = "{at}"\nnote = "{line}"\ndo = ["{line}"]\n'
    return parse(name, text, name)


def traps(device: Device) -> list[str]:
    return [event.kind.name for event in device.events if event.kind.trap]


def test_steps_happen_at_their_times() -> None:
    device = Device()
    began = device.now
    play = device.play(scenario(("10s", "test port 5/10 fail"), ("1m", "test port 5/10 restore")))
    device.advance(9.9)
    assert traps(device) == []
    device.advance(0.1)
    assert traps(device) == ["PortLinkDown"]
    device.advance(1000)
    assert [entry.time - began for entry in play.log] == [10.0, 60.0]
    assert play.next_at == inf


def test_a_step_that_falls_into_a_restart_happens_after_it() -> None:
    device = Device()
    play = device.play(scenario(("5s", "test port 5/10 fail"), ("1m", "test port 6/10 fail")))
    device.run("reload -noconfirm")
    device.advance(1)
    assert play.done == 0
    device.advance(30)
    assert play.done == 1
    device.advance(60)
    assert play.done == 2


def test_a_step_may_restart_the_system() -> None:
    device = Device()
    play = device.play(
        scenario(("1s", "test card 6 fail"), ("2s", "test card 5 fail"), ("9s", "test card 2 fail"))
    )
    device.advance(120)
    assert device.chassis.starts == 1
    assert play.done == 3
    assert play.refused == 0


def test_what_is_refused_is_kept_and_the_rest_goes_on() -> None:
    device = Device()
    play = device.play(scenario(("1s", "test card 48 fail"), ("2s", "test port 5/10 fail")))
    device.advance(3)
    assert play.refused == 1
    assert play.log[0].refused[0].startswith("test card 48 fail: Failure:")
    assert traps(device) == ["PortLinkDown"]


def test_lines_are_typed_in_global_configuration() -> None:
    device = Device()
    text = """
title = "T"
summary = "S"
[[steps]]
at = "1s"
note = "N"
configure = ["context NEW", "interface I loopback", "exit", "nonsense", "exit"]
"""
    play = device.play(parse("x", text, "x"))
    device.advance(2)
    assert "context NEW" in device.run("show configuration").text
    assert play.refused == 1
    assert play.log[0].refused[0].startswith("nonsense: Unknown command")


def test_a_daily_one_begins_with_what_holds_now_and_goes_on_for_ever() -> None:
    device = Device(start=calendar.moment("2026-03-27T12:00:00Z"))
    play = device.play(
        scenario(("06:00", "test calls share 50"), ("18:00", "test calls share 100"), daily=True)
    )
    assert [entry.step.note for entry in play.log] == ["test calls share 50"]
    device.advance(86400 * 2)
    hours = [calendar.iso(entry.time)[8:16] for entry in play.log]
    assert hours == ["27T12:00", "27T18:00", "28T06:00", "28T18:00", "29T06:00"]
    before = Device(start=calendar.moment("2026-03-27T02:00:00Z"))
    play = before.play(scenario(("06:00", "test calls share 50"), daily=True))
    assert play.done == 0


def test_one_is_not_played_twice_and_not_too_many_are() -> None:
    device = Device()
    device.play(scenario(("1h", "test calls restore")))
    with pytest.raises(Refused, match="Scenario x is being played"):
        device.play(scenario(("1h", "test calls restore")))
    for number in range(MOST - 1):
        device.play(scenario(("1h", "test calls restore"), name=f"y{number}"))
    with pytest.raises(Refused, match="no more can be"):
        device.play(scenario(("1h", "test calls restore"), name="z"))
    device.advance(3601)
    device.play(scenario(("1h", "test calls restore"), name="z"))
    assert len(device.system.scenarios.plays) == MOST


def test_one_that_is_stopped_does_nothing_more() -> None:
    device = Device()
    play = device.play(scenario(("10s", "test port 5/10 fail")))
    device.system.scenarios.stop("x")
    device.advance(60)
    assert play.done == 0
    with pytest.raises(Refused, match="Scenario x is not being played"):
        device.system.scenarios.stop("x")


def test_the_commands_play_show_and_stop_one() -> None:
    lab = Lab()
    lab.configure("tech-support test-commands password x")
    lab.typed("cli test-commands password x")
    assert lab.typed("test scenario fibre-cut") == ""
    assert "Failure: Scenario fibre-cut is being played" in lab.typed("test scenario fibre-cut")
    lab.wait(61)
    row = lab.typed("show emulator scenarios").splitlines()[-1]
    assert row.split()[0] == "fibre-cut"
    assert row.split()[6:8] == ["4", "1"]
    assert "Failure: There is no scenario none, expected one of a-day" in lab.typed(
        "test scenario none"
    )
    assert lab.typed("test scenario fibre-cut stop") == ""
    lab.wait(3600)
    assert "(PortDown)" not in lab.typed("show snmp trap history")


def test_a_chassis_may_have_one_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        'title = "T"\nsummary = "S"\n[[steps]]\nat = "0s"\nnote = "N"\ndo = ["test calls share 0"]'
    )
    definition = Device().definition.with_scenario(str(file))
    device = Device(definition)
    device.advance(60)
    assert len(device.chassis.sessions) == 0


STORIES = {
    "fan-failure": ["FanFailed", "CardTempOverheat", "CardDown", "MigrateComplete", "FanInserted"],
    "fibre-cut": ["PortLinkDown", "PortLinkDown", "PortDown", "PortLinkUp", "PortUp"],
    "license-expiry": ["LicenseExpired"],
    "memory-leak": ["MemWarn", "MemOver", "TaskFailed", "MemWarnClear", "TaskRestart"],
    "morning-traffic": [],
    "overload": [],
    "peer-restart": ["EGTPCPathFail", "EGTPCPathFailClear", "EGTPCPathFail"],
}


@pytest.mark.parametrize("name", [name for name in built_in_names() if not load(name).daily])
def test_those_that_ship_tell_their_story_and_leave_nobody_without_a_call(name: str) -> None:
    device = Device()
    play = device.play(name)
    device.advance(load(name).lasts)
    assert play.refused == 0
    assert play.next_at == inf
    told = iter(traps(device))
    assert all(trap in told for trap in STORIES[name])
    assert len(device.chassis.sessions) == device.chassis.callers.total


def test_a_day_has_its_fewest_calls_in_the_small_hours_and_its_most_in_the_evening() -> None:
    device = Device(start=calendar.moment("2026-03-27T03:30:00Z"))
    device.play("a-day")
    device.advance(600)
    night = len(device.chassis.sessions)
    device = Device(start=calendar.moment("2026-03-27T18:30:00Z"))
    device.play("a-day")
    device.advance(600)
    evening = len(device.chassis.sessions)
    assert night < 0.3 * device.chassis.callers.total < 0.95 * device.chassis.callers.total
    assert evening > 0.95 * device.chassis.callers.total


def lines_of(*lines: str) -> Scenario:
    """A scenario with lines of Global Configuration."""
    quoted = ", ".join(f"'{line}'" for line in lines)
    text = f'title = "T"\nsummary = "S"\n[[steps]]\nat = "1s"\nnote = "N"\nconfigure = [{quoted}]\n'
    return parse("x", text, "x")


def test_without_configuration_no_line_is_typed() -> None:
    device = Device()
    device.run("configure lock force")
    play = device.play(lines_of("clear subscribers all"))
    device.advance(2)
    assert play.log[0].refused[0].startswith("configure: Failure: ")
    assert play.refused == 1
    assert len(device.chassis.sessions) == device.chassis.callers.total


def test_lines_of_other_modes_are_refused() -> None:
    device = Device()
    play = device.play(lines_of("show version", "end", "reload", "system hostname x"))
    device.advance(2)
    assert [line.partition(":")[0] for line in play.log[0].refused][:1] == ["show version"]
    assert any(line.startswith("reload: ") for line in play.log[0].refused)
    assert device.chassis.starts == 0


def test_nobody_is_left_in_configuration() -> None:
    device = Device()
    device.play(lines_of("system hostname x"))
    device.advance(2)
    assert "Info: No one else can access config mode" in device.run("configure lock").text
    assert "(config)" in device.console.prompt
