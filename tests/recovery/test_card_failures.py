"""Failures of cards, rule by rule."""

from __future__ import annotations

from itertools import pairwise

import pytest

from staros_cli.chassis import rct
from staros_cli.chassis.card_faults import FIRST_TRANSFER, failover_time
from staros_cli.chassis.hardware import CardState, Cpu
from staros_cli.chassis.invariants import violations
from staros_cli.chassis.rct import Action
from staros_cli.chassis.tasks import (
    AAAMGR,
    CPU_TASKS,
    CRITICAL,
    DEMUX,
    MANAGEMENT_TASKS,
    RESTART_TIME,
    SESSMGR,
)
from tests.lab import service_lines
from tests.recovery.card_support import COVERED, managers_on, state, told
from tests.recovery.support import (
    PAIR,
    UNUSABLE,
    events,
    lines_of,
    recovering,
    sessions_of,
    task,
    traps,
)

# Failures


@pytest.mark.proves("SR-12")
@pytest.mark.parametrize("platform", ["vpc-si", "asr5500"])
def test_a_failure_that_nothing_can_take_over_from_restarts_the_system(platform: str) -> None:
    """The only card, and the last management card."""
    lab = recovering(platform)
    if platform == "asr5500":
        lab.chassis.card_faults.fail(6, UNUSABLE)
    before = len(lab.chassis.rct.records)
    lab.chassis.card_faults.fail(1 if platform == "vpc-si" else 5)
    assert not lab.chassis.is_up
    assert len(lab.chassis.rct.records) == before
    assert told(lab).count("System restart") == told(lab).count("SystemReboot") == 1
    assert "SwitchoverStart" not in told(lab)
    lab.wait(3)
    assert lab.chassis.is_up
    assert violations(lab.chassis) == []


@pytest.mark.proves("SR-31", "SR-35")
def test_recoveries_of_two_cards_are_two() -> None:
    """Only the one is cut short whose card fails."""
    lab = recovering("asr5000", groups=COVERED)
    lab.chassis.card_faults.fail(1)
    lab.chassis.card_faults.fail(3)
    targets = [recovery.target.slot for recovery in lab.chassis.card_faults.running]
    assert sorted(targets) == [4, 5]
    lab.wait(0.5)
    lab.chassis.card_faults.fail(targets[1])
    lab.wait(10)
    status = {(r.source, r.target): r.status for r in lab.chassis.rct.records}
    assert status[1, targets[0]] == rct.SUCCESS
    assert status[3, targets[1]] == rct.FAIL_CARD_LOST
    assert violations(lab.chassis) == []


@pytest.mark.proves("SR-02", "SR-31")
def test_a_standby_card_takes_over_that_nothing_is_being_done_with() -> None:
    lab = recovering("asr5000", groups=COVERED)
    lab.chassis.card_actions.migrate(1, 4)
    lab.chassis.card_faults.fail(2)
    lab.wait(30)
    done = {(r.source, r.target): (r.planned, r.status) for r in lab.chassis.rct.records}
    assert done == {(1, 4): (True, rct.SUCCESS), (2, 5): (False, rct.SUCCESS)}


@pytest.mark.proves("SR-02", "SR-31")
@pytest.mark.parametrize("target", [4, 5])
def test_the_target_of_a_migration_takes_over_from_its_source(target: int) -> None:
    lab = recovering("asr5000", groups=COVERED)
    total = len(lab.chassis.sessions)
    lab.chassis.card_actions.migrate(1, target)
    lab.wait(2)
    lab.chassis.card_faults.fail(1)
    lab.wait(30)
    assert state(lab, target) is CardState.ACTIVE
    assert len(lab.chassis.sessions) == total
    statuses = [(r.target, r.status) for r in lab.chassis.rct.records]
    assert statuses == [(target, rct.FAIL_CARD_LOST), (target, rct.SUCCESS)]


@pytest.mark.proves("SR-31")
def test_the_target_of_a_migration_fails_before_anything_was_moved() -> None:
    lab = recovering(groups=COVERED)
    lab.chassis.card_actions.migrate(1, 4)
    lab.chassis.card_faults.fail(4)
    lab.wait(20)
    first, second = lab.chassis.rct.records
    assert (first.action, first.planned, first.status) == (
        Action.MIGRATION,
        True,
        rct.FAIL_CARD_LOST,
    )
    assert (second.action, second.source, second.target) == (Action.SHUTDOWN, 4, 0)
    assert (second.planned, second.status) == (False, rct.SUCCESS)
    assert second.started_at == first.started_at
    assert traps(lab).count("MigrateStart") == 1


@pytest.mark.proves("SR-02", "SR-35")
def test_the_tasks_of_a_failed_card_and_only_those_are_told_of() -> None:
    lab = recovering(groups=COVERED)
    there = {
        (t.facility, t.instance)
        for t in lab.chassis.tasks.on_card(1)
        if not t.standby and t.facility not in CPU_TASKS
    }
    lab.chassis.card_faults.fail(1)
    failed = {(v["facility"], v["instance"]) for v in events(lab, "TaskFailed")}
    assert failed == there
    assert ("npumgr", 1) in there
    lab.wait(10)
    restarted = {(v["facility"], v["instance"]) for v in events(lab, "TaskRestart")}
    assert restarted == {("npumgr", 4) if key == ("npumgr", 1) else key for key in there}
    assert all(v["card"] == 4 for v in events(lab, "TaskRestart"))
    about = [name for name in traps(lab) if name.startswith(("Card", "Migrate"))]
    assert [name for name in about if "SPOF" not in name] == [
        "CardDown",
        "CardActive",
        "MigrateStart",
        "MigrateComplete",
    ]


@pytest.mark.proves("SR-31")
def test_the_tasks_of_the_system_go_on_with_the_other_management_card() -> None:
    lab = recovering()
    names = {
        (t.facility, t.instance)
        for t in lab.chassis.tasks.on_card(5)
        if t.facility in (*MANAGEMENT_TASKS, "vpnmgr")
    }
    lab.chassis.card_faults.fail(5)
    assert state(lab, 6) is CardState.ACTIVE
    assert {task(lab, *name).cpu for name in names} == {Cpu(6, 0)}
    lab.wait(3)
    plain = {name for name in names if name[0] not in CRITICAL}
    for kind in ("TaskFailed", "TaskRestart"):
        told = {(v["facility"], v["instance"]) for v in events(lab, kind)}
        assert {name for name in told if name[0] != "cli"} == plain  # sessions end with the card
    assert events(lab, "CritTaskFailed") == []
    assert [v["card"] for v in events(lab, "CardActive")] == [6]
    assert violations(lab.chassis) == []


@pytest.mark.proves("SR-35")
def test_a_recovery_takes_less_than_five_seconds_and_follows_the_calls() -> None:
    """The managers are filled one after the other, each the later the more calls it has."""
    assert failover_time(0) == 2.5
    assert failover_time(0) < failover_time(1000) < failover_time(10**9) < 5
    groups = ((20, "mme", "sessmgr = 1\n"), (2, "pgw-gtp-ipv4", "sessmgr = 3\n"))
    lab = recovering(groups=groups)
    slot = task(lab, SESSMGR, 1).cpu.slot
    began = lab.chassis.now
    lab.chassis.card_faults.fail(slot)
    lab.wait(6)
    times = {
        (event.values["facility"], event.values["instance"]): event.time - began
        for event in lab.chassis.events.log
        if event.kind.name == "TaskRestart" and event.values["facility"] in PAIR
    }
    order = sorted(times, key=lambda key: times[key])
    moments = [FIRST_TRANSFER, *(times[key] for key in order)]
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    gap = dict(zip(order, gaps, strict=True))
    assert gap.pop((SESSMGR, 1)) == max(gaps) > 5 * max(gap.values())
    assert min(gaps) > 0
    assert max(times.values()) == pytest.approx(failover_time(22), abs=0.001)


@pytest.mark.proves("SR-03", "SR-35")
def test_where_the_feature_is_off_the_managers_of_a_failed_card_start_empty() -> None:
    lab = recovering(feature=False, groups=COVERED)
    there = managers_on(lab, 1)
    lab.chassis.card_faults.fail(1)
    lab.wait(RESTART_TIME - 0.1)
    assert not any(task(lab, *key).is_up(lab.chassis.now) for key in there)
    assert lab.chassis.rct.records == []
    lab.wait(0.1)
    assert all(task(lab, *key).is_up(lab.chassis.now) for key in there)
    (record,) = lab.chassis.rct.records
    assert record.duration == RESTART_TIME
    assert record.recovered == ()
    assert {t.facility for t in record.lost} == {SESSMGR}
    assert "Readdress requested" not in told(lab)
    assert not any(line.recovered for s in sessions_of(lab) for line in lines_of(lab, s) if line)


@pytest.mark.proves("SR-29", "SR-35")
def test_an_aaamgr_of_a_failed_card_without_its_sessmgr_is_blamed() -> None:
    """Its sessmgr is starting anew: there is nothing to fill the aaamgr from."""
    lab = recovering(groups=COVERED)
    victim = min(n for facility, n in managers_on(lab, 1) if facility == AAAMGR)
    for standby in lab.chassis.tasks.of(SESSMGR, standby=True):
        standby.ready_at = lab.chassis.now + 100
    lab.chassis.task_faults.kill(SESSMGR, victim)
    lab.chassis.card_faults.fail(1)
    lab.wait(10)
    (record,) = lab.chassis.rct.records
    blamed = {(t.facility, t.instance) for t in record.recovered}
    assert (AAAMGR, victim) not in blamed
    assert record.status in (rct.FAIL_NO_PEER, rct.FAIL_NO_STANDBY_TASK)
    assert task(lab, AAAMGR, victim).is_up(lab.chassis.now)
    assert violations(lab.chassis) == []


@pytest.mark.proves("SR-04", "SR-31")
def test_without_a_standby_card_the_record_blames_the_first_manager_that_lost_calls() -> None:
    lab = recovering(groups=COVERED)
    lab.chassis.card_faults.fail(4, UNUSABLE)
    lab.chassis.card_faults.fail(1)
    record = lab.chassis.rct.records[-1]
    assert len(record.lost) > 1
    assert (record.facility, record.instance) == (SESSMGR, record.lost[0].instance)
    told_of = events(lab, "SessMgrRecoveryComplete")
    assert [(v["fetched"], v["recovered"]) for v in told_of] == [(0, 0)] * len(record.lost)
    assert {v["lost"]: v["milliseconds"] for v in told_of} == {
        task.calls: 0 for task in record.lost
    }


@pytest.mark.proves("SR-31", "SR-35")
@pytest.mark.parametrize("planned", [True, False])
def test_the_cpus_reserved_for_demux_tasks_go_with_their_card(planned: bool) -> None:
    """A demux task that starts later starts on the card that took over."""
    lab = recovering(groups=COVERED)
    slots = {t.cpu.slot for name in DEMUX for t in lab.chassis.tasks.of(name)}
    (slot,) = slots
    if planned:
        lab.chassis.card_actions.migrate(slot, 4)
    else:
        lab.chassis.card_faults.fail(slot)
    lab.wait(30)
    lab.configure("context A", "no mme-service mme")
    assert not [t for name in DEMUX for t in lab.chassis.tasks.of(name)]
    lab.configure("context A", *service_lines("mme", "mme", "192.0.2.1"))
    lab.wait(5)
    assert {t.cpu.slot for name in DEMUX for t in lab.chassis.tasks.of(name)} == {4}
