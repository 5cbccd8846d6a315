"""Congestion: from when on there is too much to do, and what becomes of new calls then."""

from __future__ import annotations

import re

import pytest

from staros_cli.chassis import congestion
from staros_cli.chassis.definition import parse, shipped
from tests.commands.test_outside_conditions import happen
from tests.lab import Lab

SOURCE = (shipped() / "asr5500.toml").read_text()
ALL, SOME = 800, 560
"""The calls of the PGW when all subscribers have one, and when 70 percent do."""


def node(action: str) -> Lab:
    """A node with 70 percent of the calls that its licence allows, congested from 80 on."""
    text, count = re.subn(r"PGW = \d+", f"PGW = {ALL}", SOURCE)
    assert count == 1
    lab = Lab(parse("small", text, "small"))
    happen(lab, "test calls share 70")
    lab.wait(120)
    lab.configure(
        "congestion-control",
        "congestion-control threshold license-utilization 80",
        f"congestion-control policy pgw-service action {action}",
    )
    return lab


def calls(lab: Lab) -> int:
    """How many calls of the PGW there are."""
    data = lab.reply("show subscribers summary").data
    return int(data["pgw_gtp_ipv4"]) + int(data["pgw_gtp_ipv6"])


def rejected(lab: Lab) -> int:
    return sum(row["rejected"] for row in lab.reply("show session counters historical all").data)


def test_the_screen_has_what_is_configured() -> None:
    lab = Lab()
    lab.configure(
        "congestion-control threshold license-utilization 70",
        "congestion-control policy pgw-service action reject",
    )
    text = lab.typed("show congestion-control configuration")
    head = "Congestion-control: disabled\n\nCongestion-control Threshold parameters\n"
    assert text.startswith(head)
    assert "   license utilization:                 70%\n" in text
    assert "   message queue wait time:             10 seconds\n" in text
    assert "   pgw-service:        reject\n" in text
    lab.configure("congestion-control", "default congestion-control policy pgw-service")
    text = lab.typed("show congestion-control configuration")
    assert text.startswith("Congestion-control: enabled\n")
    assert "   pgw-service:        none\n" in text


@pytest.mark.parametrize("action", ["reject", "redirect", "drop"])
def test_no_new_calls_are_taken_from_the_threshold_on(action: str) -> None:
    lab = node(action)
    assert calls(lab) == SOME
    happen(lab, "test calls share 100")
    lab.wait(300)
    assert 0.8 * ALL <= calls(lab) < 0.8 * ALL + 50
    assert bool(rejected(lab)) is (action != "drop")
    trap = f"(Congestion) service type pgw congestion policy {action} resource type license"
    assert trap in lab.typed("show snmp trap history")
    assert "service type ggsn" not in lab.typed("show snmp trap history")
    assert "Service type pgw" in lab.typed("show alarm outstanding")


def test_below_the_tolerance_calls_are_taken_again() -> None:
    lab = node("reject")
    happen(lab, "test calls share 100")
    lab.wait(300)
    happen(lab, "test calls share 75")
    lab.wait(120)
    assert "(CongestionClear)" not in lab.typed("show snmp trap history")
    happen(lab, "test calls share 60")
    lab.wait(120)
    assert "(CongestionClear) service type pgw" in lab.typed("show snmp trap history")
    assert "Service type pgw" not in lab.typed("show alarm outstanding")


def test_without_a_policy_calls_are_taken_and_the_trap_tells() -> None:
    lab = node("none")
    happen(lab, "test calls share 100")
    lab.wait(300)
    assert calls(lab) == ALL
    assert "congestion policy none" in lab.typed("show snmp trap history")


def test_it_ends_when_nobody_asks_any_more() -> None:
    lab = node("reject")
    happen(lab, "test calls share 100")
    lab.wait(300)
    lab.configure("no congestion-control")
    assert "Service type pgw" not in lab.typed("show alarm outstanding")
    lab.wait(120)
    assert calls(lab) == ALL


def test_ports_can_be_too_busy() -> None:
    lab = Lab()
    lab.configure("congestion-control", "congestion-control threshold port-tx-utilization 0")
    lab.wait(60)
    assert "resource type txportutil" in lab.typed("show snmp trap history")


def test_a_tolerance_that_is_larger_than_the_threshold_does_not_hold_for_ever() -> None:
    lab = Lab(parse("small", re.sub(r"PGW = \d+", f"PGW = {ALL}", SOURCE), "small"))
    lab.configure(
        *("congestion-control", "congestion-control threshold license-utilization 10"),
        "congestion-control policy pgw-service action reject",
    )
    assert "(Congestion)" in lab.typed("show snmp trap history")
    happen(lab, "test calls share 0")
    lab.wait(300)
    assert "Service type pgw" not in lab.typed("show alarm outstanding")
    happen(lab, "test calls share 5")
    lab.wait(300)
    assert calls(lab) > 0


def test_it_ends_although_no_call_comes_or_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = Lab()
    lab.wait(60)
    monkeypatch.setattr(congestion, "FAST_SPEED", 60e6)
    lab.configure(
        *("congestion-control", "congestion-control threshold port-tx-utilization 50"),
        *("congestion-control policy pgw-service action reject",),
        *("congestion-control policy ggsn-service action reject",),
    )
    assert "resource type txportutil" in lab.typed("show snmp trap history")
    lab.typed("clear subscribers all -noconfirm")
    lab.wait(900)
    assert "(CongestionClear)" in lab.typed("show snmp trap history")
    assert len(lab.chassis.sessions) > 0


def statistics(lab: Lab, name: str, line: str = "all") -> dict[str, str]:
    blocks = lab.typed(f"show congestion-control statistics {line}").split("\n\n")
    block = next(block for block in blocks if block.startswith(f"{name}:\n"))
    pairs = (line.split(": ") for line in block.splitlines()[1:] if ": " in line)
    return {label.strip(): value for label, value in pairs}


def test_statistics_tell_what_is_too_much_and_the_calls_refused() -> None:
    lab = node("reject")
    idle = statistics(lab, "pgw-service")
    assert idle["Current congestion status"] == "Cleared"
    assert (idle["Congestion applied"], idle["New calls rejected"]) == ("0 times", "0")
    happen(lab, "test calls share 100")
    lab.wait(300)
    found = statistics(lab, "pgw-service")
    assert found["Current congestion status"] == "Applied"
    assert found["Current congestion type"] == "license"
    assert found["Congestion policy"] == "reject"
    assert found["license use exceeded"] == "Yes"
    assert found["port rx use exceeded"] == "No"
    assert int(found["New calls rejected"]) == rejected(lab) > 0
    of_task = statistics(lab, "egtpinmgr instance 1", "egtpinmgr all")
    assert of_task["New calls rejected"] == found["New calls rejected"]
    assert statistics(lab, "sessmgr instance 1", "sessmgr instance 1")["New calls rejected"] == "0"
    assert statistics(lab, "ggsn-service")["Current congestion status"] == "Cleared"
    happen(lab, "test calls share 50")
    lab.wait(300)
    over = statistics(lab, "pgw-service")
    assert over["Current congestion status"] == "Cleared"
    assert int(over["New calls rejected"]) == rejected(lab)
    lab.typed("clear congestion-control statistics")
    cleared = statistics(lab, "pgw-service")
    assert (cleared["Congestion applied"], cleared["New calls rejected"]) == ("0 times", "0")


def test_statistics_are_those_of_tasks_that_take_calls() -> None:
    lab = Lab()
    assert lab.typed("show congestion-control statistics cli all") == (
        "Failure: Tasks of facility cli take no calls\n"
    )
