"""What comes from outside: how many subscribers want calls, a key that runs out, lost memory."""

from __future__ import annotations

import pytest

from staros_cli.chassis.tasks import SESSMGR
from staros_cli.commands.injection import inject
from staros_cli.language.parser import parse_test_command
from tests.lab import Lab


def happen(lab: Lab, line: str) -> str:
    """Carry a test command out, and return what it answers."""
    lab.chassis.catch_up()
    command = parse_test_command(line)
    assert command is not None
    return "\n".join(inject(lab.system, command).lines)


def test_subscribers_who_want_no_call_end_theirs_and_come_back() -> None:
    lab = Lab()
    everybody = lab.chassis.callers.total
    assert len(lab.chassis.sessions) == everybody
    happen(lab, "test calls share 25")
    lab.wait(10)
    some = len(lab.chassis.sessions)
    assert everybody / 4 < some < everybody
    lab.wait(600)
    assert abs(len(lab.chassis.sessions) - everybody / 4) <= len(lab.chassis.sessions.groups)
    assert "Remote-disconnect" in lab.typed("show session disconnect-reasons")
    lab.reload(60)
    lab.wait(600)
    assert abs(len(lab.chassis.sessions) - everybody / 4) <= len(lab.chassis.sessions.groups)
    happen(lab, "test calls restore")
    lab.wait(600)
    assert len(lab.chassis.sessions) == everybody


def test_calls_come_and_go_as_often_as_it_is_said() -> None:
    lab = Lab()
    happen(lab, "test calls churn 5")
    before = lab.chassis.callers.history.reasons.total()
    lab.wait(60)
    ended = lab.chassis.callers.history.reasons.total() - before
    assert 290 <= ended <= 310
    happen(lab, "test calls rate 0")
    lab.wait(60)
    assert len(lab.chassis.sessions) < lab.chassis.callers.total - 290


def test_a_license_runs_out_before_its_time_and_lasts_again() -> None:
    lab = Lab()
    written = lab.typed("show license key")
    happen(lab, "test license expire in 60")
    assert "Expires" in lab.typed("show license information")
    lab.wait(61)
    assert "(LicenseExpired)" in lab.typed("show snmp trap history")
    assert lab.typed("show license key") == written
    happen(lab, "test calls churn 5")
    lab.wait(60)
    assert len(lab.chassis.sessions) < lab.chassis.callers.total - 250
    lab.reload(60)
    assert len(lab.chassis.sessions) == 0
    happen(lab, "test license restore")
    lab.wait(600)
    assert "License" not in lab.typed("show alarm outstanding")
    assert len(lab.chassis.sessions) > lab.chassis.callers.total - 10
    assert "Nothing is wrong with the license key" in happen(lab, "test license restore")


def test_a_sessmgr_that_loses_memory_is_warned_of_then_over_then_aborts() -> None:
    lab = Lab()
    assert happen(lab, "test task leak facility sessmgr instance 2 rate 100") == ""
    states = []
    for _ in range(20):
        lab.wait(60)
        line = lab.typed("show task resources facility sessmgr instance 2").splitlines()
        active = next(x for x in line if x.split()[3:4] == ["2"] or " sessmgr" in x)
        states.append(active.split()[-1])
    order = list(dict.fromkeys(states))
    assert order[:3] == ["good", "warn", "over"]
    traps = lab.typed("show snmp trap history")
    assert "(MemWarn) facility sessmgr instance 2" in traps
    assert "(MemOver) facility sessmgr instance 2" in traps
    assert "(TaskFailed)" in traps
    assert states[-1] == "good"
    assert len(lab.chassis.sessions) == lab.chassis.callers.total


def test_killing_the_process_ends_the_leak() -> None:
    lab = Lab()
    happen(lab, "test task leak facility sessmgr instance 2")
    lab.wait(600)
    task = next(t for t in lab.chassis.tasks.of(SESSMGR, standby=False) if t.instance == 2)
    assert lab.chassis.loads.memory(task) > 600
    lab.device.fail_task(SESSMGR, 2)
    lab.wait(30)
    task = next(t for t in lab.chassis.tasks.of(SESSMGR, standby=False) if t.instance == 2)
    assert lab.chassis.loads.memory(task) < 300


@pytest.mark.parametrize("line", ["test task leak facility sessmgr instance 999"])
def test_what_is_not_there_cannot_lose_memory(line: str) -> None:
    assert "Failure" in happen(Lab(), line)


def test_a_new_churn_does_not_wait_for_the_old_one() -> None:
    lab = Lab()
    lab.chassis.callers.demand.churn = 0.001
    lab.chassis.callers.demand_changed()
    before = lab.chassis.callers.history.reasons.total()
    happen(lab, "test calls churn 10")
    lab.wait(10)
    assert lab.chassis.callers.history.reasons.total() - before > 90
    happen(lab, "test calls churn 0")
    ended = lab.chassis.callers.history.reasons.total()
    lab.wait(60)
    assert lab.chassis.callers.history.reasons.total() == ended


def test_the_end_of_a_license_is_told_once() -> None:
    lab = Lab()
    key = lab.typed("show license key").strip().splitlines()
    happen(lab, "test license expire in 100")
    happen(lab, "test license restore")
    happen(lab, "test license expire in 100")
    lab.wait(200)
    assert key
    assert lab.typed("show snmp trap history").count("(LicenseExpired)") == 1


def test_another_rate_gives_no_memory_back() -> None:
    lab = Lab()
    happen(lab, "test task leak facility sessmgr instance 2 rate 100")
    lab.wait(300)
    task = next(t for t in lab.chassis.tasks.of(SESSMGR, standby=False) if t.instance == 2)
    before = lab.chassis.loads.memory(task)
    happen(lab, "test task leak facility sessmgr instance 2 rate 1")
    assert lab.chassis.loads.memory(task) == pytest.approx(before)
