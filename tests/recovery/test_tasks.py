"""Tasks that die, and what takes their place: SR-01 to SR-04, SR-11, SR-12."""

from __future__ import annotations

import pytest

from staros_cli.chassis.cards import CardFault
from staros_cli.chassis.hardware import CardState, Cpu
from staros_cli.chassis.invariants import violations
from staros_cli.chassis.tasks import AAAMGR, SESSMGR
from tests.lab import Lab
from tests.recovery.support import (
    PAIR,
    events,
    lost_in_traps,
    of_sessmgr,
    recoverable,
    recovering,
    sessions_of,
    task,
    traps,
)


@pytest.mark.proves("SR-01")
def test_standby_mode_managers_stand_beside_active_ones_and_hold_nothing() -> None:
    lab = recovering()
    for facility in PAIR:
        standby = list(lab.chassis.tasks.of(facility, standby=True))
        active = {task.cpu for task in lab.chassis.tasks.of(facility, standby=False)}
        assert active <= {task.cpu for task in standby}
    assert all(
        lab.chassis.sessions.count_of_sessmgr(task.instance) == 0
        for task in lab.chassis.tasks.of(SESSMGR, standby=True)
    )
    without = recovering(feature=False)
    assert not [task for task in without.chassis.tasks.tasks if task.standby]


@pytest.mark.proves("SR-02")
def test_a_sessmgr_aborts_and_no_connected_user_is_lost() -> None:
    lab = recovering()
    before = recoverable(lab, 2)
    assert len(before) > 2
    standby = {task.pid for task in lab.chassis.tasks.of(SESSMGR, standby=True)}
    lab.chassis.task_faults.kill(SESSMGR, 2)
    successor = task(lab, SESSMGR, 2)
    assert successor.pid in standby
    assert successor.recovering
    lab.wait(3)
    assert of_sessmgr(lab, 2) == before
    assert task(lab, SESSMGR, 2) is successor
    assert lab.typed("show crash list").count("sessmgr") == 1


@pytest.mark.proves("SR-02")
def test_the_traps_of_a_sessmgr_come_in_the_order_of_the_device() -> None:
    lab = recovering()
    lab.chassis.task_faults.kill(SESSMGR, 2)
    lab.wait(3)
    assert traps(lab) == [
        "ManagerFailure",
        "TaskFailed",
        "TaskRestart",
        "SessMgrRecoveryComplete",
        "ManagerRestart",
    ]


@pytest.mark.proves("SR-02")
def test_the_log_tells_the_death_and_the_recovery_step_by_step() -> None:
    lab = recovering()
    kept = len(recoverable(lab, 2))
    lab.chassis.task_faults.kill(SESSMGR, 2)
    lab.wait(3)
    newest_first = lab.typed("show logs").splitlines()
    shown = [line for line in reversed(newest_first) if "instance 2 " in line]
    steps = (
        "Death notification",
        "Readdress requested",
        "AAA client recovery started",
        "Readdress successful",
        "AAA client recovery finished",
    )
    found = [step for line in shown for step in steps if f"] {step}: " in line]
    assert found == list(steps)
    assert events(lab, "AAA client recovery finished")[0]["calls"] == kept


@pytest.mark.proves("SR-02")
@pytest.mark.parametrize("facility", PAIR)
def test_the_nearest_standby_task_that_is_up_takes_over(facility: str) -> None:
    """On the same CPU, else on the same card, else on another active card; never one starting."""
    lab = recovering()
    tasks = lab.chassis.tasks
    dead = task(lab, facility, 2)
    away = task(lab, AAAMGR if facility == SESSMGR else SESSMGR, 2).cpu.slot
    active = {card.slot for card in lab.chassis.hardware.active_packet}
    order = []
    while (found := lab.chassis.task_control.replacement(dead, away)) is not None:
        order.append((found.cpu != dead.cpu, found.cpu.slot != dead.cpu.slot))
        assert found.is_up(lab.chassis.now)
        assert found.cpu.slot in active - {away}
        found.ready_at = lab.chassis.now + 1
    assert order == sorted(order)
    fit = [t for t in tasks.of(facility, standby=True) if t.cpu.slot in active - {away}]
    assert len(order) == len(fit) > 1
    assert order[0] == (False, False)


@pytest.mark.proves("SR-02")
def test_a_standby_task_on_the_card_of_the_peer_takes_over_only_where_there_is_no_other() -> None:
    lab = recovering("vpc-si")
    kept = recoverable(lab, 1)
    assert kept
    lab.chassis.task_faults.kill(SESSMGR, 1)
    lab.wait(3)
    assert of_sessmgr(lab, 1) == kept


@pytest.mark.proves("SR-02")
def test_without_a_standby_task_that_is_up_the_calls_are_lost() -> None:
    lab = recovering("vpc-si")
    there = len(of_sessmgr(lab, 1))
    for standby in lab.chassis.tasks.of(SESSMGR, standby=True):
        standby.ready_at = lab.chassis.now + 60
    lab.chassis.task_faults.kill(SESSMGR, 1)
    lab.wait(5)
    assert of_sessmgr(lab, 1) == {}
    assert lost_in_traps(lab) == there


@pytest.mark.proves("SR-03")
def test_without_the_feature_the_sessions_of_that_sessmgr_are_lost_and_only_those() -> None:
    lab = recovering(feature=False)
    gone = len(of_sessmgr(lab, 2))
    total = len(lab.chassis.sessions)
    lab.chassis.task_faults.kill(SESSMGR, 2)
    lab.wait(5)
    assert gone
    assert len(lab.chassis.sessions) == total - gone
    assert of_sessmgr(lab, 2) == {}
    assert task(lab, SESSMGR, 2).is_up(lab.chassis.now)
    assert "SessMgrRecoveryComplete" not in traps(lab)


@pytest.mark.proves("SR-04")
@pytest.mark.parametrize("victim", [AAAMGR, SESSMGR])
def test_a_second_fault_during_the_recovery_loses_the_sessions(victim: str) -> None:
    lab = recovering()
    lost = len(of_sessmgr(lab, 3))
    total = len(lab.chassis.sessions)
    lab.chassis.task_faults.kill(SESSMGR, 3)
    lab.wait(0.5)
    lab.chassis.task_faults.kill(victim, 3)
    lab.wait(5)
    assert len(lab.chassis.sessions) == total - lost
    assert lost_in_traps(lab) == lost
    told = events(lab, "SessMgrRecoveryComplete")
    assert told[0]["recovered"] == 0
    assert {values["instance"] for values in told} == {3}
    assert violations(lab.chassis) == []


@pytest.mark.proves("SR-04")
@pytest.mark.parametrize("order", [(SESSMGR, AAAMGR), (AAAMGR, SESSMGR)])
@pytest.mark.parametrize("between", [0.0, 0.5, 1.0])
def test_both_of_a_pair_die_and_their_sessions_are_lost(
    order: tuple[str, str], between: float
) -> None:
    """Whichever dies first, nothing is filled from a manager that holds nothing."""
    lab = recovering()
    lab.wait(5)
    there = lab.chassis.sessions.count_of_sessmgr(3)
    assert there
    for facility in order:
        lab.chassis.task_faults.kill(facility, 3)
        lab.wait(between)
    lab.wait(10)
    assert lab.chassis.sessions.count_of_sessmgr(3) == 0
    told = events(lab, "SessMgrRecoveryComplete")
    assert [(values["recovered"], values["lost"]) for values in told] == [(0, there)]
    assert violations(lab.chassis) == []


@pytest.mark.proves("SR-04")
def test_the_peer_on_a_card_that_fails_meanwhile() -> None:
    lab = recovering()
    peer = task(lab, AAAMGR, 1)
    lost = len(of_sessmgr(lab, 1))
    lab.chassis.task_faults.kill(SESSMGR, 1)
    lab.chassis.card_faults.fail(peer.cpu.slot)
    lab.wait(10)
    assert of_sessmgr(lab, 1) == {}
    told = [v for v in events(lab, "SessMgrRecoveryComplete") if v["instance"] == 1]
    assert [(values["recovered"], values["lost"]) for values in told] == [(0, lost)]


@pytest.mark.proves("SR-04")
def test_a_card_fails_without_a_standby_card_and_the_traps_count_the_loss() -> None:
    lab = recovering()
    lab.chassis.card_faults.fail(4, CardFault(usable=False))
    lab.wait(30)
    instances = {t.instance for t in lab.chassis.tasks.on_card(1) if t.facility == SESSMGR}
    there = sum(map(lab.chassis.sessions.count_of_sessmgr, instances))
    total = len(lab.chassis.sessions)
    assert there
    lab.chassis.card_faults.fail(1, CardFault(usable=False))
    lab.wait(1)
    assert len(lab.chassis.sessions) == total - there
    assert lost_in_traps(lab) == there


@pytest.mark.proves("SR-11")
def test_a_partially_connected_call_is_not_recovered() -> None:
    lab = recovering()
    now = lab.chassis.now
    partial = next(s for s in sessions_of(lab) if not s.is_connected(now))
    shown = lab.typed(f"show subscribers debug-info callid {partial.callid:08x}")
    assert "Current state: SMGR_STATE_LINE_CONNECTED" in shown
    assert "SMGR_EVT_AUTH_REQ" in shown
    assert "SMGR_EVT_AUTH_SUCCESS" not in shown.split("Peer")[0]
    assert "(the call is not fully connected)" in lab.typed(
        f"show subscribers full callid {partial.callid:08x}"
    )
    kept = recoverable(lab, partial.sessmgr)
    there = of_sessmgr(lab, partial.sessmgr)
    lab.chassis.task_faults.kill(SESSMGR, partial.sessmgr)
    lab.wait(3)
    assert lab.chassis.sessions.with_callid(partial.callid) == []
    (told,) = events(lab, "SessMgrRecoveryComplete")
    assert (told["fetched"], told["recovered"]) == (len(kept), len(kept))
    assert told["lost"] == len(there) - len(kept)


@pytest.mark.proves("SR-11")
def test_a_call_that_connects_during_the_recovery_was_not_connected_when_it_began() -> None:
    lab = recovering(change=lambda text: text.replace("attach-rate = 0.0", "attach-rate = 100.0"))
    victim = sessions_of(lab)[0]
    lab.chassis.callers.end(victim.row)
    lab.chassis.callers.wake()
    lab.wait(1.1)
    arrived = next(s for s in sessions_of(lab) if s.username == victim.username)
    assert not arrived.is_connected(lab.chassis.now)
    lab.chassis.task_faults.kill(SESSMGR, arrived.sessmgr)
    lab.wait(0.7)
    assert arrived.connected_at <= lab.chassis.now
    assert task(lab, SESSMGR, arrived.sessmgr).recovering
    lab.wait(1)
    assert lab.chassis.sessions.with_callid(arrived.callid) == []


@pytest.mark.proves("SR-12")
@pytest.mark.parametrize("facility", ["sct", "sessctrl", "vpnctrl", "hatsystem"])
def test_a_critical_task_restarts_staros(facility: str) -> None:
    lab = recovering()
    lab.chassis.task_faults.kill(facility, 0)
    assert not lab.chassis.is_up
    assert len(lab.chassis.sessions) == 0
    assert "is up" in lab.wait(2.5)
    assert f"reason critical task {facility} failed" in lab.typed("show logs")
    told = traps(lab)
    assert told[:2] == ["CritTaskFailed", "SystemReboot"]
    assert "SystemStartup" in told
    assert facility[:8] in lab.typed("show crash list")


@pytest.mark.proves("SR-12", "SR-34")
@pytest.mark.parametrize("facility", ["sitmain", "sitparent", "hatcpu"])
def test_a_critical_task_of_a_cpu_takes_its_card_down(facility: str) -> None:
    lab = recovering()
    lab.chassis.task_faults.kill(facility, 11)
    assert lab.chassis.is_up
    assert lab.chassis.hardware.cards[1].state is CardState.BOOTING
    lab.wait(5)
    (record,) = lab.chassis.rct.records
    assert (record.reason, record.device) == ("CPU_CRITICAL_TASK_FAILURE", "CPU_1")


@pytest.mark.proves("SR-12")
def test_other_tasks_of_a_cpu_just_restart() -> None:
    lab = recovering()
    lab.chassis.task_faults.kill("rmmgr", 11)
    assert lab.chassis.hardware.cards[1].state is CardState.ACTIVE
    lab.wait(3)
    assert task(lab, "rmmgr", 11).cpu == Cpu(1, 1)
    assert traps(lab) == ["ManagerFailure", "TaskFailed", "TaskRestart", "ManagerRestart"]


@pytest.mark.proves("SR-01")
@pytest.mark.parametrize("facility", PAIR)
def test_a_killed_standby_task_restarts_too(facility: str) -> None:
    lab = recovering()
    victim = next(lab.chassis.tasks.of(facility, standby=True))
    lab.chassis.task_faults.fail(victim)
    lab.wait(15)
    assert traps(lab) == ["ManagerFailure", "TaskFailed", "TaskRestart", "ManagerRestart"]
    told = events(lab, "TaskFailed", "TaskRestart")
    assert [(v["instance"], v["card"], v["cpu"]) for v in told] == [
        (victim.instance, victim.cpu.slot, victim.cpu.number)
    ] * 2


@pytest.mark.proves("SR-27")
def test_demux_tasks_wait_for_a_card_when_theirs_is_gone_and_none_takes_over() -> None:
    lab = recovering("vpc-di")
    lab.chassis.card_faults.fail_cpu(3, 0)
    lab.chassis.card_faults.fail_cpu(5, 0)
    lab.configure("context B")
    assert violations(lab.chassis) == []
    assert "egtpegmgr" not in lab.typed("show task table")
    lab.wait(90)
    assert "egtpegmgr" in lab.typed("show task table")
    assert violations(lab.chassis) == []


@pytest.mark.proves("SR-12")
def test_without_any_management_card_the_first_is_tried_again() -> None:
    """The system restarts when no management card is left; without one nothing starts."""
    lab = recovering("vpc-di")
    for slot in (1, 2):
        lab.chassis.card_faults.fail(slot, CardFault(usable=False))
    lab.wait(20)
    assert lab.chassis.is_up
    states = [lab.chassis.hardware.cards[slot].state for slot in (1, 2)]
    assert states == [CardState.ACTIVE, CardState.OFFLINE]
    assert violations(lab.chassis) == []


@pytest.mark.proves("SR-04")
def test_tasks_that_lost_their_card_wait_for_one_each() -> None:
    """When all packet cards failed, no pair of managers comes to stand on one card."""
    lab = recovering("asr5000")
    for slot, usable in ((1, False), (2, False), (3, True), (4, False), (5, True)):
        lab.chassis.card_faults.fail(slot, CardFault(usable=usable))
        lab.wait(0.5)
    lab.wait(70)
    active = {card.slot for card in lab.chassis.hardware.active_packet}
    assert active == {3, 5}
    assert violations(lab.chassis) == []
    managers = [t for t in lab.chassis.tasks.tasks if t.facility in PAIR]
    assert {task.cpu.slot for task in managers} == {5}


def test_similar_crashes_share_a_record_and_120_records_are_kept() -> None:
    lab = recovering()
    for _ in range(3):
        lab.chassis.task_faults.kill("vpnmgr", 1)
        lab.wait(3)
    lab.chassis.task_faults.kill("snmp", 0)
    shown = lab.typed("show crash list")
    assert shown.count("vpnmgr") == 1
    assert "Total Crashes : 4" in shown
    assert "Similar Crash Count : 3\n" in lab.typed("show crash number 1")
    crashes = lab.chassis.crashes
    place = crashes.records[0].place
    for number in range(130):
        crashes.add(lab.chassis.now, "vpnmgr", 1, place, f"Assertion failure {number}")
    assert len(crashes.records) == 120
    assert crashes.records[0].number == 13


@pytest.mark.proves("SR-35")
def test_the_evidence_outlives_a_restart_and_can_be_cleared() -> None:
    lab: Lab = recovering()
    lab.chassis.task_faults.kill(SESSMGR, 1)
    lab.chassis.card_faults.fail(4)
    lab.reload()
    assert "Total Crashes : 1" in lab.typed("show crash list")
    assert lab.typed("show crash number 2") == "Failure: Crash record 2 does not exist\n"
    assert "ManagerFailure" in lab.typed("show snmp notifies")
    assert lab.typed("clear crash list") == ""
    assert lab.typed("clear rct stats") == ""
    lab.typed("clear snmp trap history")
    lab.typed("clear snmp trap statistics")
    assert lab.typed("show crash list") == "No crash record found\n"
    assert "Last 0 Actions" in lab.typed("show rct stats")
    assert lab.typed("show snmp trap history") == "No traps were raised\n"
