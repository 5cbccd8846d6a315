"""Fans, power, temperatures and disks: a fault shows in all screens, traps and alarms."""

from __future__ import annotations

import pytest

from staros_cli.chassis.invariants import violations
from staros_cli.messages import Refused
from tests.lab import Lab

FANS = """\
Lower Rear   Fan Tray: State=Normal                    Speed=65% Temp=27 C
Lower Front  Fan Tray: State=Normal                    Speed=65% Temp=27 C
Upper Rear   Fan Tray: State=Normal                    Speed=70% Temp=28 C
Upper Front  Fan Tray: State=Normal                    Speed=70% Temp=28 C
"""
RAID = """\
HD RAID:
  State                     : Available (clean)
  Degraded                  : No
  UUID                      : d1b6e51d:d8e47c8a:4e8e76d2:49adb883
  Size                      : 1.2TB (1200265371648 bytes)
  Action                    : Idle
"""
CARD = """\
Card 1:
  Card Type               : Data Processing Card 2
  Description             : DPC2
  UDI Serial Number       : LAB0000D001
  UDI Product ID          : ASR55-DPC2-K9
  UDI Version ID          : V01
  Card Programmables      : up to date
  CPU 0 Type/Memory       : 64 GB
  CPU 1 Type/Memory       : 64 GB
"""


def alarms(lab: Lab) -> set[str]:
    return {alarm.name for alarm in lab.chassis.events.outstanding}


def traps(lab: Lab) -> list[str]:
    return [event.kind.name for event in lab.chassis.events.history][1:]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("show fans", FANS),
        ("show power", "All power sources are good\n"),
        ("show hd raid", RAID),
        ("show card hardware 1", CARD),
    ],
)
def test_the_layouts_of_a_system_that_is_well(line: str, shown: str) -> None:
    assert Lab().typed(line) == shown


def test_temperatures_of_cards_and_trays() -> None:
    lab = Lab()
    shown = lab.typed("show temperature")
    assert shown.startswith("Card  1:   Normal\nCard  2:   Normal\n")
    assert shown.endswith("Fan Lower Rear: 27 C\nFan Lower Front: 27 C\n"
                          "Fan Upper Rear: 28 C\nFan Upper Front: 28 C\n")  # fmt: skip
    degrees = lab.reply("show temperature verbose").data["cards"]
    assert all(30 <= value <= 50 for value in degrees.values())


def test_a_fan_tray_that_fails_is_seen_everywhere_until_it_is_restored() -> None:
    lab = Lab()
    before = lab.reply("show temperature verbose").data["cards"]["1"]
    lab.device.fail_fan("upper-rear")
    lab.device.fail_fan("upper-rear")  # nothing new
    shown = lab.typed("show fans")
    assert "Upper Rear   Fan Tray: State=Multiple fans failed" in shown
    assert shown.count("Speed=100%") == 3
    assert lab.reply("show temperature verbose").data["cards"]["1"] > before
    assert alarms(lab) == {"FanFailed"}
    lab.device.fail_fan("upper-rear", removed=True)
    assert "Upper Rear   Fan Tray: State=Not present" in lab.typed("show fans")
    lab.chassis.environment.restore_fan("upper-rear")
    assert traps(lab) == ["FanFailed", "FanRemoved", "FanInserted"]
    assert alarms(lab) == set()
    assert lab.typed("show fans") == FANS
    with pytest.raises(Refused, match="Nothing is wrong with fan tray upper-rear"):
        lab.chassis.environment.restore_fan("upper-rear")
    with pytest.raises(Refused, match="expected one of lower-rear"):
        lab.device.fail_fan("upper")


def test_a_power_unit_that_fails() -> None:
    lab = Lab()
    lab.device.fail_power("A")
    assert lab.typed("show power") == "Power Filter Unit A: Not OK\n"
    assert alarms(lab) == {"PowerFilterUnitUnavail"}
    lab.chassis.environment.restore_power("A")
    assert alarms(lab) == set()


def test_a_card_that_stays_too_hot_goes_down_and_its_calls_are_taken_over() -> None:
    lab = Lab()
    lab.configure("require session recovery")
    lab.typed("save configuration -noconfirm")
    lab.reload(120)
    calls = len(lab.chassis.sessions)
    lab.device.overheat(2)
    assert "Card  2:   Over Temperature\n" in lab.typed("show temperature")
    lab.wait(50)
    assert "Run/Fail: Green" in lab.typed("show leds 2")
    lab.wait(60)
    assert "Run/Fail: Red" in lab.typed("show leds 2")
    assert "CARD_OVER_TEMPERATURE" in lab.typed("show rct stats verbose")
    assert len(lab.chassis.sessions) == calls
    assert "CardTempOverheat" in alarms(lab)
    lab.chassis.environment.cool(2)
    assert "CardTempOverheat" not in alarms(lab)
    assert violations(lab.chassis) == []


def test_a_card_that_cools_in_time_stays() -> None:
    lab = Lab()
    lab.device.overheat(2)
    lab.wait(30)
    lab.chassis.environment.cool(2)
    lab.wait(25)
    lab.device.overheat(2)  # for a minute from now on
    lab.wait(20)
    lab.chassis.environment.cool(2)
    lab.wait(120)
    assert "Run/Fail: Green  | Active: Green" in lab.typed("show leds 2")


def test_the_array_is_degraded_by_a_disk_or_a_card_and_fails_with_two() -> None:
    lab = Lab()
    lab.device.fail_disk(14)
    shown = lab.typed("show hd raid verbose")
    assert "  State                     : Available (degraded)\n" in shown
    assert "  Card 14\n    State                   : Not in array\n" in shown
    assert alarms(lab) == {"RaidDegraded"}
    lab.device.fail_disk(15)
    assert "  State                     : Not Available\n" in lab.typed("show hd raid")
    lab.chassis.environment.restore_disk(14)
    lab.chassis.environment.restore_disk(15)
    assert lab.typed("show hd raid") == RAID
    assert alarms(lab) == set()
    with pytest.raises(Refused, match="Card 1 has no disk of the array"):
        lab.device.fail_disk(1)


def test_a_virtual_system_has_disks_only() -> None:
    lab = Lab("vpc-di")
    for line in ("show fans", "show power", "show temperature", "show leds all"):
        assert lab.typed(line).startswith("Failure: A virtual system has no fans")
    assert "  Card 1\n" in lab.typed("show hd raid verbose")


def test_every_part_is_listed_with_its_identifier_on_the_next_line() -> None:
    lines = Lab().typed("show inventory").splitlines()
    names = [place for place, line in enumerate(lines) if line.startswith("NAME:")]
    assert len(names) == 13
    assert all(lines[place + 1].startswith("PID:") for place in names)
    assert lines[names[1]] == 'NAME: "Card 1", DESCR: "Data Processing Card 2"'


def test_the_hidden_command_does_the_same() -> None:
    lab = Lab()
    lab.configure("cli hidden", "tech-support test-commands password x")
    lab.typed("cli test-commands password x")
    for words, trap in (
        ("fan lower-front fail", "FanFailed"),
        ("fan lower-front restore", "FanInserted"),
        ("power B fail", "PowerFilterUnitUnavail"),
        ("power B restore", "PowerFilterUnitAvail"),
        ("temperature card 3 high", "CardTempOverheat"),
        ("temperature card 3 normal", "CardTempOK"),
        ("disk card 13 fail", "RaidDegraded"),
        ("disk card 13 restore", "RaidRecovered"),
    ):
        assert lab.typed(f"test environment {words}") == ""
        assert traps(lab)[-1] == trap
    assert alarms(lab) == set()
