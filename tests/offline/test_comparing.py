"""Comparing two configurations by what they mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from staros_cli.app import main
from staros_cli.offline import texts
from staros_cli.offline.checking import loaded
from staros_cli.offline.comparing import commands, differences, lines
from tests.lab import Lab

BEFORE = """\
config
  context A
    apn one
      timeout idle 30
    exit
    apn two
    exit
    ip access-list L
      permit tcp any any
      deny udp any any
    #exit
    interface I
      ip address 192.0.2.1 255.255.255.0
    #exit
  #exit
  context B
  #exit
end
"""
AFTER = """\
config
  context B
    aaa group g
    #exit
  #exit
  context A
    interface I
      ip address 192.0.2.1/24
    #exit
    apn one
      timeout idle 60
    exit
    ip access-list L
      deny udp any any
      permit tcp any any
    #exit
  #exit
end
"""


def compared(before: str, after: str) -> list[str]:
    """The differences, as they are shown."""
    first, second = (loaded(texts.find(text, "x"), "asr5500") for text in (before, after))
    for made in (first, second):
        made.system.running.drop("license key")
    return list(lines(list(differences(first.system.running, second.system.running))))


def test_differences_stand_within_their_modes() -> None:
    found = compared(BEFORE, AFTER)
    assert "-   apn two" in found
    place = found.index("-     timeout idle 30")
    assert found[place - 1 : place + 2] == [
        "    apn one",
        "-     timeout idle 30",
        "+     timeout idle 60",
    ]
    assert "+   aaa group g" in found
    assert not any("ip address" in line for line in found)  # another spelling of the same


def test_order_counts_where_the_device_heeds_it() -> None:
    found = compared(BEFORE, AFTER)
    assert [line for line in found if line.startswith("~")] == [
        "~     deny udp any any",
        "~     permit tcp any any",
    ]
    assert not any("context" in line for line in found if line.startswith("~"))


@pytest.mark.parametrize("text", [BEFORE, AFTER])
def test_a_configuration_differs_from_itself_in_nothing(text: str) -> None:
    assert compared(text, text) == []


def test_the_commands_lead_from_one_to_the_other() -> None:
    after = AFTER.replace(
        "      deny udp any any\n      permit tcp any any\n",
        "      permit tcp any any\n      deny udp any any\n",
    )
    first, second = (loaded(texts.find(text, "x"), "asr5500") for text in (BEFORE, after))
    for made in (first, second):
        made.system.running.drop("license key")
    way = list(commands(list(differences(first.system.running, second.system.running))))
    assert not any(line.strip().startswith("#") for line in way)
    lab = Lab(first.system.chassis.definition)
    assert lab.configure(*(line.strip() for line in way[1:-1])) == ""
    lab.system.running.drop("license key")
    assert list(differences(lab.system.running, second.system.running)) == []


def test_the_status_is_for_automation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in (("a", BEFORE), ("b", AFTER)):
        (tmp_path / name).write_text(text)
    a, b = str(tmp_path / "a"), str(tmp_path / "b")
    assert main(["config", "diff", a, a]) == 0
    assert capsys.readouterr().out == ""
    assert main(["config", "diff", a, b]) == 1
    assert "+     timeout idle 60\n" in capsys.readouterr().out
