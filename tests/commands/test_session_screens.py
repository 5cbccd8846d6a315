"""Screens about the ends of calls by intervals, the sums of managers, and tasks in full."""

from __future__ import annotations

from tests.commands.test_outside_conditions import happen
from tests.lab import Lab

HEAD = (
    "Disconnect Reason                                      "
    + "  Num Disc  Percentage  " * 3
    + "  Num Disc  Percentage"
)
RULE = "-" * 53 + "  ----------  ----------" * 4


def test_reasons_of_four_intervals_stand_beside_each_other() -> None:
    lab = Lab()
    happen(lab, "test calls churn 1")
    lab.wait(900)
    lab.typed("clear subscribers username 1* -noconfirm")
    text = lab.typed("show session disconnect-reasons buckets").splitlines()
    assert text[:2] == [HEAD, RULE]
    assert [line.split()[0] for line in text[2:]] == sorted(
        (line.split()[0] for line in text[2:]), key=["Admin-disconnect", "Remote-disconnect"].index
    )
    buckets = lab.reply("show session disconnect-reasons buckets").data["buckets"]
    ended = sum(sum(counts.values()) for counts in buckets)
    assert f"Total Disconnects: {ended}\n" in lab.typed("show session disconnect-reasons")
    assert len([counts for counts in buckets if counts]) == 2
    lab.wait(3600)
    happen(lab, "test calls churn 0")
    buckets = lab.reply("show session disconnect-reasons buckets").data["buckets"]
    assert sum(sum(counts.values()) for counts in buckets) < ended + 3600
    lab.typed("clear session disconnect-reasons")
    assert lab.typed("show session disconnect-reasons buckets").splitlines() == [HEAD, RULE]


def test_the_managers_are_summed_up() -> None:
    lab = Lab()
    text = lab.typed("show session subsystem")
    assert text.startswith("40 Session Managers\n")
    assert "\n\n40 AAA Managers\n" in text
    assert "       1024 Current sessions\n" in text
    each = lab.typed("show session subsystem facility sessmgr all")
    arrived = [int(x.split()[0]) for x in each.splitlines() if "Total calls arrived" in x]
    assert f"{sum(arrived):>11} Total calls arrived" in text


def test_a_task_is_shown_in_full() -> None:
    lab = Lab()
    text = lab.typed("show task resources facility sessmgr instance 4 verbose")
    lines = text.splitlines()
    assert lines[0].endswith("facility sessmgr instance 4")
    assert lines[1].startswith("  task pid                : ")
    assert lines[5].endswith(" / 12000")
    assert lines[6] == "  status                  : good"
    both = lab.typed("show task resources facility vpnctrl all card 5 verbose")
    assert "  sessions used/allocated : --\n" in both


def test_no_call_comes_through_a_packet_control_function() -> None:
    assert Lab().typed("show session counters pcf-summary") == "No PCF data available\n"
