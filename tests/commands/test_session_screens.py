"""Screens about the ends of calls by intervals, the sums of managers, and tasks in full."""

from __future__ import annotations

import pytest

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


def test_counts_of_durations_end_in_one_column() -> None:
    lab = Lab()
    lines = lab.typed("show session duration").splitlines()
    assert lines[0] == "    In-Progress Call Duration Statistics"
    assert lines[-1] == "         >24hr           1006"
    assert {len(line) for line in lines[1:]} == {29}
    assert lab.typed("show session setuptime").splitlines()[-1] == "         >18s               0"


def test_the_managers_are_summed_up() -> None:
    lab = Lab()
    text = lab.typed("show session subsystem")
    assert text.startswith("40 Session Managers\n")
    assert "\n\n40 AAA Managers\n" in text
    assert "       1024 Current sessions\n" in text
    each = lab.typed("show session subsystem facility sessmgr all")
    arrived = [int(x.split()[0]) for x in each.splitlines() if "Total calls arrived" in x]
    assert f"{sum(arrived):>11} Total calls arrived" in text
    assert "          0 Total calls rejected\n" in text
    lab.configure("context SAEGW", "apn other.example")
    happen(lab, "test calls churn 5")
    lab.wait(300)
    text = lab.typed("show session subsystem")
    counts = {line[12:42].strip(): int(line[:11]) for line in text.splitlines()[1:6] if line}
    rows = lab.reply("show session counters historical all").data
    came = counts["Total calls arrived"] + counts["Total calls rejected"]
    assert came == lab.chassis.callers.history.total.arrived
    assert counts["Total calls rejected"] == sum(row["rejected"] for row in rows) > 0


def test_rows_of_aaa_managers_stand_in_the_order_of_the_device() -> None:
    text = Lab().typed("show session subsystem facility aaamgr instance 1")
    lines = [line[12:] for line in text.splitlines()[5:9]]
    assert [line.split("  ")[0] for line in lines] == [
        "Total aaa auth purged",
        "Total aaa auth DMU challenged",
        "Total null-username auth requests (rejected)",
        "Total aaa acct completed",
    ]
    assert "\n          0 Total aaa acct cancelled\n" in text


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


def test_counters_of_a_call_are_those_of_its_record() -> None:
    lab = Lab()
    text = lab.typed("show subscribers counters msid 001010000000100")
    assert text.startswith("Username: user100@lab.example\n  input pkts: ")
    (data, _) = (x for x in lab.reply("show subscribers counters msid 001010000000100").data if x)
    full = next(
        x for x in lab.reply("show subscribers full msid 001010000000100").data if "callid" in x
    )
    assert data["input_bytes"] == full["input_bytes"] > 0
    assert "No subscribers match" in lab.typed("show subscribers counters msid 9")


def test_files_of_the_standby_management_card_are_up_to_date() -> None:
    lab = Lab()
    assert lab.typed("filesystem synchronize all") == "0 updated on card 6\n"
    assert lab.typed("filesystem synchronize /flash checkonly") == "0 updated on card 6\n"
    assert "Failure" in lab.typed("filesystem synchronize /nothing")
    assert "There is no standby management card" in Lab("vpc-si").typed(
        "filesystem synchronize all"
    )


@pytest.mark.parametrize("counted", ["arrived", "callops", "disconnected", "failed", "rejected"])
def test_one_count_by_intervals_is_a_column_of_all(counted: str) -> None:
    lab = Lab()
    lab.typed("clear subscribers all -noconfirm")
    lab.wait(2000)
    everything = lab.reply("show session counters historical all").data
    key = {"disconnected": "disconn"}.get(counted, counted)
    one = lab.reply(f"show session counters historical {counted}").data
    assert [row[key] for row in one] == [row[key] for row in everything]
    assert set(one[0]) == {"intv", "timestamp", key}
    (latest,) = lab.reply(f"show session counters historical {counted} recent-interval").data
    assert latest == one[0]


@pytest.mark.parametrize("form", ["full", "counters", "aaa-configuration"])
@pytest.mark.parametrize("wanted", ["username user5@lab.example", "username user*"])
def test_records_as_data_are_a_list_with_their_number_at_its_end(form: str, wanted: str) -> None:
    lab = Lab()
    reply = lab.reply(f"show subscribers {form} {wanted}")
    *records, total = reply.data
    assert total == {"total": len(records)}
    assert all(isinstance(record, dict) for record in records)
