"""Comparing two configurations by what they mean."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from staros_cli.app import main
from staros_cli.chassis.definition import from_table, with_base
from staros_cli.offline import texts
from staros_cli.offline.chassis import as_toml
from staros_cli.offline.checking import loaded
from staros_cli.offline.comparing import commands, differences, lines
from staros_cli.shell.replies import Awaits
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


def led(before: str, after: str) -> list[str]:
    """What still differs when the commands were typed on a chassis that was made of the first."""
    first, second = (loaded(texts.find(text, "x"), "asr5500") for text in (before, after))
    for made in (first, second):
        made.system.running.drop("license key")
    way = list(commands(list(differences(first.system.running, second.system.running))))
    table = tomllib.loads(as_toml(first.table))
    lab = Lab(from_table("mine", with_base(table, "mine.toml"), "mine.toml"))
    lab.typed("configure", "autoconfirm")
    for line in way[1:-1]:
        assert not line.strip().startswith("#"), line
        reply = lab.reply(line.strip())
        while reply.awaits is Awaits.ANSWER:
            reply = lab.reply("yes")
        assert not reply.failed, (line, reply.text)
    lab.typed("no autoconfirm", "end")
    lab.system.running.drop("license key")
    lab.system.running.drop("autoconfirm")
    return list(lines(list(differences(lab.system.running, second.system.running))))


def within(context: str) -> str:
    return f"config\n  context A\n{context}  #exit\nend\n"


def list_of(*entries: str) -> str:
    inner = "".join(f"      {entry}\n" for entry in entries)
    return within(f"    ip access-list L\n{inner}    #exit\n")


def test_what_is_inserted_into_a_list_stands_there() -> None:
    one, two, three = (f"permit host 192.0.2.{number}" for number in (1, 2, 3))
    assert led(list_of(one, three), list_of(one, two, three)) == []
    assert led(list_of(one, two, three), list_of(three, one)) == []


def test_a_line_is_removed_in_one_place_though_it_changes_in_another() -> None:
    i, j = "    interface I loopback\n", "    interface J loopback\n"
    one, two, three = (f"      description {text}\n" for text in ("one", "two", "three"))
    end = "    #exit\n"
    assert led(within(i + one + end + j + two + end), within(i + end + j + three + end)) == []


def test_what_is_opened_another_way_is_made_anew() -> None:
    address = "      ip address 192.0.2.1 255.255.255.255\n    #exit\n"
    before, after = (within(f"    interface I{kind}\n{address}") for kind in (" loopback", ""))
    assert led(before, after) == []
    assert led(after, before) == []


def test_unknown_lines_and_blocks_are_removed() -> None:
    before = "config\n  zz one\n  zz b\n    x 1\n    x 1\n    y 2\n    x 1\n  #exit\nend\n"
    after = "config\n  zz b\n    x 1\n    y 2\n  #exit\nend\n"
    assert led(before, after) == []
    assert led(before, "config\n  zz one\nend\n") == []


ENTRIES = st.permutations([f"      permit host 192.0.2.{n}\n" for n in range(4)])
UNKNOWN = st.lists(st.sampled_from(["x 1", "x 2", "y 1"]), unique=True)


@st.composite
def configurations(draw: st.DrawFn) -> str:
    parts = [
        f"    interface {name} loopback\n{draw(st.sampled_from(['', text, text * 2]))}    #exit\n"
        for name, text in (("I", "      description one\n"), ("J", "      ip mtu 1400\n"))
        if draw(st.booleans())
    ]
    entries = draw(ENTRIES)[: draw(st.integers(0, 4))]
    parts.append(f"    ip access-list L\n{''.join(entries)}    #exit\n")
    inner = "".join(f"      {line}\n" for line in draw(UNKNOWN))
    parts.append(f"    zz-block b\n{inner}    #exit\n")
    return within("".join(parts))


@settings(max_examples=40, deadline=None)
@given(configurations(), configurations())
def test_the_commands_lead_from_any_one_to_any_other(before: str, after: str) -> None:
    assert led(before, after) == []


def test_the_status_is_for_automation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in (("a", BEFORE), ("b", AFTER)):
        (tmp_path / name).write_text(text)
    a, b = str(tmp_path / "a"), str(tmp_path / "b")
    assert main(["config", "diff", a, a]) == 0
    assert capsys.readouterr().out == ""
    assert main(["config", "diff", a, b]) == 1
    assert "+     timeout idle 60\n" in capsys.readouterr().out
