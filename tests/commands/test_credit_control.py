"""Screens about credit control, and the command that clears."""

from __future__ import annotations

import re
from pathlib import Path

from tests.chassis.credit.labs import charged, connected
from tests.lab import Lab

IDLE = (Path(__file__).parent / "screens" / "credit_control_statistics.txt").read_text()
LINE = "show active-charging credit-control statistics"


def test_without_a_group_the_screen_is_that_of_an_idle_device() -> None:
    assert Lab().typed(LINE) == IDLE


def test_a_group_has_a_block_of_its_own() -> None:
    lab = charged("diameter peer-select peer ocs1 secondary-peer ocs2")
    lab.wait(1000)
    text = lab.typed(f"{LINE} group gy")
    assert text.startswith("  Credit Control Group  : gy\n\n    CC Session Stats:\n")
    assert "      Total ECS Adds:          1024          Total CC Starts:         1024\n" in text
    assert text.count("\n") == IDLE.count("\n")
    assert re.sub(r"\d+ *", "0 ", text.replace("gy", "Nil - (Uncorrelated)", 1)) == re.sub(
        r"\d+ *", "0 ", IDLE
    )
    assert lab.typed(LINE).endswith(f"\n\n{IDLE}")
    assert lab.typed(LINE).startswith(text)


def test_what_is_shown_adds_up() -> None:
    lab = charged("quota validity-time 300")
    lab.wait(2000)
    lab.typed("clear subscribers username user1* -noconfirm")
    data = lab.reply(f"{LINE} group gy").data
    blocks = {row["title"]: row for row in data if "title" in row}
    messages, sessions = blocks["CC Message Stats"], blocks["CC Session Stats"]
    requests = sum(messages[f"ccr_{kind}"] for kind in ("initial", "update", "final"))
    assert messages["total_cc_requests"] == requests == messages["total_messages_sent"]
    assert sessions["total_current_sessions"] == connected(lab)
    assert sessions["total_cc_starts"] - sessions["total_terminated"] == connected(lab)
    reasons = blocks["CC Update Reporting Reason Stats"]
    assert reasons["validity_time"] == messages["ccr_update"]
    assert reasons["final"] == messages["ccr_final"]
    categories = blocks["CC Traffic Category Stats"]
    granted = messages["cca_initial"] + messages["cca_update"]
    assert categories["category_success"] == granted
    lasting = categories["category_creates"] - categories["category_deletes"]
    assert lasting == connected(lab)


def test_servers_are_told_apart() -> None:
    lab = charged("diameter peer-select peer ocs1 secondary-peer ocs2", "quota validity-time 60")
    assert "CCR-Initial:             1024 " in lab.typed(f"{LINE} server ocs1")
    lab.device.peer_down("192.0.2.20")
    lab.wait(100)
    assert "CCR-Initial:             0 " in lab.typed(f"{LINE} server ocs2")
    assert "Total Current Sessions:  1024\n" in lab.typed(f"{LINE} server ocs2")
    assert "Total Current Sessions:  0\n" in lab.typed(f"{LINE} server ocs1")
    assert lab.reply(f"{LINE} server nothing").failed
    assert lab.reply(f"{LINE} group nothing").failed


def test_counts_are_cleared_and_sessions_stay() -> None:
    lab = charged()
    lab.typed("clear active-charging credit-control statistics")
    text = lab.typed(f"{LINE} group gy")
    assert "Total Current Sessions:  1024\n" in text
    assert "CCR-Initial:             0 " in text


def test_groups_that_are_missing_are_errors() -> None:
    lab = charged()
    assert "is not configured" not in lab.typed("show configuration errors")
    lab.configure("active-charging service acs", "no credit-control group gy")
    lab.configure("context SAEGW", "subscriber default", "credit-control-group other")
    text = lab.typed("show configuration errors")
    assert "Error   : apn lab.example\n- credit-control group gy is not configured\n" in text
    assert "Error   : subscriber default\n- credit-control group other is not" in text


def test_a_record_tells_whether_a_call_has_credit_control() -> None:
    lab = charged()
    line = "show active-charging sessions full username user1@lab.example"
    on = f"  Credit-Control:{'On':>58}\n"
    assert on in lab.typed(line)
    lab.configure("active-charging service acs", "no credit-control group gy")
    lab.wait(2)
    assert on.replace(" On", "Off") in lab.typed(line)
