"""Cards and tasks: details in passing."""

from __future__ import annotations

from collections import Counter

import pytest

from staros_cli import messages
from staros_cli.chassis import rct
from staros_cli.chassis.card_faults import CardRecovery
from staros_cli.chassis.cards import REBOOT_TIME, CardFault
from staros_cli.chassis.hardware import Card, CardState
from staros_cli.chassis.invariants import violations
from staros_cli.chassis.manager_statistics import AaamgrStatistics
from staros_cli.chassis.platform import CARD_KINDS
from staros_cli.chassis.rct import Action, TaskRef
from staros_cli.chassis.state_transfer import Result
from staros_cli.chassis.tasks import AAAMGR, DEMUX, PEER, RESTART_TIME, SESSMGR
from staros_cli.messages import Refused
from tests.recovery.card_support import COVERED, managers_on
from tests.recovery.support import (
    ONE_KIND,
    PAIR,
    UNUSABLE,
    events,
    lost_in_traps,
    of_sessmgr,
    recovering,
    task,
)

# Cards


@pytest.mark.proves("SR-31")
def test_a_standby_card_hands_nothing_over() -> None:
    """Neither to another standby card, nor when it is halted: it just stops."""
    lab = recovering("asr5000")
    for source, target in ((4, 5), (5, 4)):
        with pytest.raises(Refused) as found:
            lab.chassis.card_actions.migrate(source, target)
        assert found.value.message is messages.NOT_IN_STATE
    lab.chassis.card_actions.halt(4)
    assert lab.chassis.card_actions.current is None
    assert lab.chassis.hardware.cards[4].state is CardState.OFFLINE
    (record,) = lab.chassis.rct.records
    assert (record.action, record.source, record.target) == (Action.SHUTDOWN, 4, 0)
    assert record.duration == 0
    lab.chassis.card_actions.halt(5)
    assert lab.chassis.hardware.cards[5].state is CardState.OFFLINE


@pytest.mark.proves("SR-31", "SR-35")
@pytest.mark.parametrize("facility", PAIR)
def test_a_task_that_dies_before_it_is_moved_is_not_among_those_that_were(facility: str) -> None:
    lab = recovering(groups=COVERED)
    lab.chassis.card_actions.migrate(1, 4)
    current = lab.chassis.card_actions.current
    for _ in range(300):
        lab.wait(0.02)
        assert current is not None
        if current.moving is not None and current.moving.facility == facility:
            break
    victim = current.moving
    assert victim is not None
    pid = victim.pid
    lab.chassis.task_faults.kill(facility, victim.instance)
    lab.wait(30)
    (record,) = lab.chassis.rct.records
    assert pid not in {ref.pid for ref in record.recovered}
    assert victim not in [moved for moved, _ in current.moved]


@pytest.mark.proves("SR-02", "SR-31")
def test_while_tasks_move_a_standby_task_waits_for_each_that_is_still_to_come() -> None:
    lab = recovering(groups=COVERED)
    lab.chassis.card_actions.migrate(1, 4)
    seen = set()
    for _ in range(400):
        lab.wait(0.05)
        if lab.chassis.card_actions.current is None:
            break
        tasks = lab.chassis.tasks
        pids = [t.pid for t in tasks.tasks]
        assert len(pids) == len(set(pids))
        for facility in PAIR:
            to_come = Counter(
                t.cpu.number for t in tasks.of(facility, standby=False) if t.cpu.slot == 1
            )
            waiting = Counter(
                t.cpu.number for t in tasks.of(facility, standby=True) if t.cpu.slot == 4
            )
            assert waiting == to_come
            seen.add(to_come.total())
    assert len(seen) > 2


@pytest.mark.proves("SR-34")
def test_a_cpu_that_fails_leaves_no_time_to_hand_over_unless_it_is_said_so() -> None:
    for arguments, planned in (((1, 0), False), ((1, 0, True), True)):
        lab = recovering(groups=COVERED)
        lab.chassis.card_faults.fail_cpu(*arguments)
        assert (lab.chassis.hardware.cards[1].state is CardState.ACTIVE) is planned
        lab.wait(60)
        (record,) = lab.chassis.rct.records
        assert (record.planned, record.reason, record.device) == (
            planned,
            rct.CRITICAL_TASK,
            "CPU_0",
        )


@pytest.mark.proves("SR-12")
def test_a_host_that_dies_starts_its_card_again() -> None:
    lab = recovering("vpc-di")
    lab.chassis.card_faults.fail_host(4)
    assert lab.chassis.cards.is_usable(lab.chassis.hardware.cards[4])
    lab.wait(REBOOT_TIME + 1)
    assert lab.chassis.hardware.cards[4].state is CardState.STANDBY


@pytest.mark.proves("SR-35")
def test_a_manager_that_was_not_filled_is_blamed_also_when_it_had_no_calls() -> None:
    """Unless the feature is not in effect: then nothing was to be filled."""
    card = Card(1, CARD_KINDS["PSC"], CardState.OFFLINE, "")
    ref = TaskRef(SESSMGR, 1, 1, 0, 4711)
    lab = recovering()
    found = task(lab, SESSMGR, 1)
    for cause, lost, status, blamed in (
        (rct.FAIL_NO_PEER, 0, rct.FAIL_NO_PEER, ref),
        (rct.NOT_IN_EFFECT, 0, rct.SUCCESS, None),
        (rct.NOT_IN_EFFECT, 3, rct.NOT_IN_EFFECT, ref),
        ("", 0, rct.SUCCESS, None),
    ):
        recovery = CardRecovery(Action.MIGRATION, card, card, CardFault(), 0.0, 2.0, pending=2)
        recovery.receive(ref, Result(found, 0, lost, cause))
        assert recovery.pending == 1
        assert recovery.status == (status, blamed)
        assert [r.calls for r in recovery.lost] == ([lost] if lost else [])
        assert bool(recovery.recovered) is (cause == "")


@pytest.mark.proves("SR-35")
def test_a_recovery_lasts_until_the_tasks_of_the_card_run_again() -> None:
    """Also when everything that was to be filled lost its peer at once."""
    lab = recovering(groups=ONE_KIND)
    there = managers_on(lab, 1)
    lab.chassis.card_faults.fail(1)
    lab.wait(0.5)
    for facility, instance in sorted(there):
        lab.chassis.task_faults.kill(PEER[facility], instance)
    assert lab.chassis.rct.records == []
    lab.wait(10)
    (record,) = lab.chassis.rct.records
    assert record.duration >= RESTART_TIME
    assert record.status == rct.FAIL_NO_PEER


@pytest.mark.proves("SR-04", "SR-31")
def test_a_management_card_takes_no_tasks_of_a_packet_card() -> None:
    lab = recovering()
    lab.chassis.card_faults.fail(4, UNUSABLE)
    lab.chassis.card_faults.fail(1, UNUSABLE)
    lab.chassis.card_actions.reboot(6)
    lab.wait(REBOOT_TIME + 1)
    assert lab.chassis.hardware.cards[6].state is CardState.STANDBY
    assert list(lab.chassis.cards.waiting) == [1]
    lab.chassis.card_actions.reboot(4)
    lab.wait(REBOOT_TIME + 1)
    assert lab.chassis.hardware.cards[4].state is CardState.ACTIVE
    assert lab.chassis.cards.waiting == {}


@pytest.mark.proves("SR-04", "SR-29")
@pytest.mark.parametrize("feature", [True, False])
def test_on_a_card_that_comes_up_an_aaamgr_is_filled_and_a_sessmgr_is_empty(feature: bool) -> None:
    """Each on the CPU of its number. Without the feature nothing is filled."""
    lab = recovering(feature=feature, groups=ONE_KIND)
    lab.chassis.card_faults.fail(4, UNUSABLE)
    before = {
        (t.facility, t.instance): t.cpu.number
        for t in lab.chassis.tasks.on_card(1)
        if t.facility in PAIR and not t.standby
    }
    assert {facility for facility, _ in before} == set(PAIR)
    assert len(set(before.values())) > 1
    held = {n: len(of_sessmgr(lab, n)) for f, n in before if f == AAAMGR}
    lab.chassis.card_faults.fail(1)
    told = len(lab.chassis.events.log)
    lab.wait(REBOOT_TIME + 0.1)
    for (facility, instance), number in before.items():
        found = task(lab, facility, instance)
        assert (found.cpu.slot, found.cpu.number) == (1, number)
        assert found.recovering is (feature and facility == AAAMGR)
    filled = {
        (event.values["facility"], event.values["instance"])
        for event in list(lab.chassis.events.log)[told:]
        if event.kind.name == "Readdress requested"
    }
    assert filled == ({key for key in before if key[0] == AAAMGR} if feature else set())
    lab.wait(10)
    for instance, count in held.items():
        assert lab.chassis.sessions.statistics.aaamgr(instance).filled == (count if feature else 0)
        if feature:
            assert lab.chassis.sessions.recovery_records(instance, lab.chassis.now) == count
    assert violations(lab.chassis) == []


@pytest.mark.proves("SR-27", "SR-31")
def test_demux_tasks_go_with_their_cpus_to_the_card_that_comes_up() -> None:
    """And those of a service that was stopped meanwhile do not come back."""
    lab = recovering("vpc-di")
    demux = {t.cpu.slot for name in DEMUX for t in lab.chassis.tasks.of(name)}
    (slot,) = demux
    lab.chassis.card_faults.fail(6, UNUSABLE)
    lab.chassis.card_faults.fail(slot, UNUSABLE)
    assert not lab.chassis.cards.sessions_wait
    lab.configure("context A", "no epdg-service epdg")
    lab.chassis.card_actions.reboot(6)
    lab.wait(REBOOT_TIME + 5)
    running = {t.facility: t.cpu.slot for name in DEMUX for t in lab.chassis.tasks.of(name)}
    assert set(running.values()) == {6}
    assert "egtpegmgr" not in running
    lab.configure("context A", "epdg-service epdg", "bind address 192.0.2.1")
    assert {t.cpu.slot for t in lab.chassis.tasks.of("egtpegmgr")} == {6}
    assert violations(lab.chassis) == []


# Tasks


@pytest.mark.proves("SR-04")
def test_a_sessmgr_that_dies_before_it_runs_has_its_loss_told_once() -> None:
    lab = recovering()
    lost = len(of_sessmgr(lab, 2))
    for standby in lab.chassis.tasks.of(SESSMGR, standby=True):
        standby.ready_at = lab.chassis.now + 1000
    lab.chassis.task_faults.kill(SESSMGR, 2)
    assert events(lab, "SessMgrRecoveryComplete") == []
    lab.wait(0.5)
    lab.chassis.task_faults.kill(SESSMGR, 2)
    lab.wait(10)
    told = [
        (v["fetched"], v["recovered"], v["lost"]) for v in events(lab, "SessMgrRecoveryComplete")
    ]
    assert told == [(0, 0, lost), (0, 0, 0)]
    assert lost_in_traps(lab) == lost > 0


@pytest.mark.proves("SR-04")
def test_of_a_sessmgr_that_dies_while_it_is_filled_nothing_was_fetched() -> None:
    lab = recovering()
    lost = len(of_sessmgr(lab, 2))
    lab.chassis.task_faults.kill(SESSMGR, 2)
    lab.wait(0.5)
    lab.chassis.task_faults.kill(SESSMGR, 2)
    (told, *_) = events(lab, "SessMgrRecoveryComplete")
    assert (told["fetched"], told["recovered"], told["lost"]) == (0, 0, lost)


@pytest.mark.proves("SR-03", "SR-04")
def test_a_sessmgr_whose_aaamgr_waits_for_a_card_starts_empty() -> None:
    lab = recovering(groups=ONE_KIND)
    lab.chassis.card_faults.fail(4, UNUSABLE)
    peers = [n for facility, n in managers_on(lab, 1) if facility == AAAMGR]
    lab.chassis.card_faults.fail(1, UNUSABLE)
    alive = [n for n in peers if lab.chassis.tasks.get(SESSMGR, n) is not None]
    assert alive
    lost = len(of_sessmgr(lab, alive[0]))
    assert lab.chassis.task_faults.kill(SESSMGR, alive[0]) == 1
    lab.wait(RESTART_TIME + 1)
    assert of_sessmgr(lab, alive[0]) == {}
    told = [v for v in events(lab, "SessMgrRecoveryComplete") if v["instance"] == alive[0]]
    assert [(v["recovered"], v["lost"]) for v in told] == [(0, lost)]


@pytest.mark.proves("SR-04")
def test_an_aaamgr_without_its_source_is_told_to_run_and_counts_from_zero() -> None:
    lab = recovering(groups=ONE_KIND)
    lab.chassis.task_faults.kill(AAAMGR, 2)
    lab.wait(0.5)
    lab.chassis.task_faults.kill(SESSMGR, 2)
    lab.wait(RESTART_TIME + 0.1)
    restarted = [v["instance"] for v in events(lab, "TaskRestart") if v["facility"] == AAAMGR]
    assert restarted == [2]
    assert lab.chassis.sessions.statistics.aaamgr(2) == AaamgrStatistics()


@pytest.mark.proves("SR-35")
def test_the_record_of_a_crash_names_card_cpu_and_process() -> None:
    lab = recovering()
    victim = task(lab, SESSMGR, 2)
    assert victim.cpu.slot != victim.cpu.number
    lab.chassis.task_faults.kill(SESSMGR, 2)
    (record,) = lab.chassis.crashes.records
    place = record.place
    assert (place.slot, place.cpu, place.pid) == (victim.cpu.slot, victim.cpu.number, victim.pid)
