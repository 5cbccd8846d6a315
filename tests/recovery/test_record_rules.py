"""Records, the coverage and losses, rule by rule."""

from __future__ import annotations

import pytest

from staros_cli.chassis.allocations import SYSTEM_MEMORY, Room, allocation, most_pairs, room
from staros_cli.chassis.card_faults import FIRST_TRANSFER
from staros_cli.chassis.hardware import CardState, Cpu
from staros_cli.chassis.invariants import violations
from staros_cli.chassis.manager_statistics import AaamgrStatistics, SessmgrStatistics
from staros_cli.chassis.platform import CARD_KINDS, Role
from staros_cli.chassis.rct import LIMIT, Action, RctRecord, RctStats
from staros_cli.chassis.recovery import all_up, cpu_is_good
from staros_cli.chassis.task_faults import refill_time
from staros_cli.chassis.tasks import (
    AAAMGR,
    RESTART_TIME,
    SESSMGR,
    STANDBY_FIRST,
    TaskTable,
)
from staros_cli.messages import Refused
from tests.lab import Lab, service_lines
from tests.recovery.support import (
    ONE_KIND,
    PAIR,
    READY,
    UNUSABLE,
    active,
    events,
    lines_of,
    of_sessmgr,
    recovering,
    sessions_of,
    task,
)

# Records


@pytest.mark.proves("SR-31", "SR-32")
def test_the_latest_hundred_records_are_kept_and_summed_up() -> None:
    stats = RctStats()
    for n in range(LIMIT + 5):
        action = Action.MIGRATION if n % 2 else Action.SWITCHOVER
        stats.add(RctRecord(action, True, 1, 2, float(n), float(n), management=n % 4 == 1))
    assert [record.started_at for record in stats.records] == [float(n) for n in range(5, 105)]
    summary = stats.summary()
    means = {
        "migrations": [n for n in range(5, 105) if n % 2],
        "management": [n for n in range(5, 105) if n % 4 == 1],
        "packet": [n for n in range(5, 105) if n % 4 == 3],
        "switchovers": [n for n in range(5, 105) if n % 2 == 0],
    }
    for name, expected in means.items():
        found = getattr(summary, name)
        assert found.count == len(expected)
        assert found.seconds == pytest.approx(sum(expected) / len(expected))
    stats.clear()
    assert stats.summary().migrations.count == 0
    assert stats.summary().migrations.seconds == 0.0
    defaults = RctRecord(Action.SHUTDOWN, None, 1, 0, 0.0, 0.0)
    assert (defaults.management, defaults.usable, defaults.graceful) == (False, True, True)


# The coverage


@pytest.mark.proves("SR-07", "SR-17", "SR-23")
def test_checkpoints_are_made_as_long_as_the_feature_is_in_effect() -> None:
    lab = recovering(groups=ONE_KIND)
    session = sessions_of(lab)[0]
    lab.configure("no require session recovery")
    lab.wait(200)
    line, peer = lines_of(lab, session)
    assert peer is not None
    assert line.full.attempts == line.full.success >= 2
    lab.typed("save configuration -noconfirm")
    lab.reload(settle=60)
    again = sessions_of(lab)
    assert all(lines_of(lab, s)[0].full.attempts == 0 for s in again)


@pytest.mark.proves("SR-07")
def test_an_ipsg_call_is_covered_while_nothing_else_runs() -> None:
    lab = recovering(groups=((6, "ipsg", ""),))
    assert lab.chassis.not_covered(0) == ""
    assert lab.chassis.sessions.covered == {0}
    lab.configure("context A", *service_lines("mme", "M", "192.0.2.1"))
    assert lab.chassis.not_covered(0) != ""
    assert lab.chassis.sessions.covered == frozenset()
    lab.configure("context A", "no mme-service M")
    assert lab.chassis.sessions.covered == {0}


# Losses


@pytest.mark.proves("SR-03", "SR-06")
@pytest.mark.parametrize("feature", [True, False])
def test_a_sessmgr_that_starts_empty_counts_from_zero(feature: bool) -> None:
    lab = recovering(feature=feature, groups=ONE_KIND)
    statistics = lab.chassis.sessions.statistics
    assert statistics.sessmgr(2).arrived > 0
    for standby in lab.chassis.tasks.of(SESSMGR, standby=True):
        standby.ready_at = lab.chassis.now + 1000
    lab.chassis.task_faults.kill(SESSMGR, 2)
    lab.wait(5)
    assert statistics.sessmgr(2) == SessmgrStatistics()
    assert statistics.sessmgr(3).arrived > 0


@pytest.mark.proves("SR-03", "SR-06", "SR-28")
def test_an_aaamgr_that_is_not_filled_counts_from_zero_and_is_a_peer_again() -> None:
    lab = recovering(feature=False, groups=ONE_KIND)
    session = sessions_of(lab, lab.chassis.sessions.rows_of_sessmgr(2))[0]
    there = of_sessmgr(lab, 2)
    lab.chassis.task_faults.kill(AAAMGR, 2)
    assert lines_of(lab, session)[1] is None
    lab.wait(RESTART_TIME)
    assert lines_of(lab, session)[1] is not None
    assert lab.chassis.sessions.statistics.aaamgr(2) == AaamgrStatistics()
    assert [v["instance"] for v in events(lab, "TaskRestart")] == [2]
    assert of_sessmgr(lab, 2) == there
    assert violations(lab.chassis) == []


@pytest.mark.proves("SR-02", "SR-31")
def test_a_standby_task_is_renamed_into_the_one_that_a_migration_moves() -> None:
    lab = recovering(groups=ONE_KIND)
    waiting = {f: [t.pid for t in lab.chassis.tasks.of(f, standby=True)] for f in PAIR}
    moving = [t for t in lab.chassis.tasks.on_card(1) if t.facility in PAIR and not t.standby]
    lab.chassis.card_actions.migrate(1, 4)
    lab.wait(30)
    for found in moving:
        assert found.cpu.slot == 4
        assert found.pid in waiting[found.facility]
    npumgrs = {(t.instance, t.cpu.slot) for t in lab.chassis.tasks.of("npumgr")}
    assert npumgrs == {(slot, slot) for slot in (2, 3, 4)}
    assert violations(lab.chassis) == []


@pytest.mark.proves("SR-05")
@pytest.mark.parametrize(
    ("platform", "sessmgr"), [("asr5500", 220), ("asr5500", 320), ("vpc-si", 15)]
)
def test_standby_tasks_are_started_only_where_they_fit(platform: str, sessmgr: int) -> None:
    lab = recovering(
        platform, change=lambda text: text.replace("sessmgr = 6", f"sessmgr = {sessmgr}")
    )
    tasks = lab.chassis.tasks.tasks
    for cpu in {t.cpu for t in tasks if t.standby}:
        kind = lab.chassis.hardware.cards[cpu.slot].kind
        left = room(kind, (t for t in tasks if t.cpu == cpu))
        assert left.memory >= 0
        assert left.cpu >= 0
        assert cpu.slot != 4 or sessmgr == 220 or left.cpu < 50
    missing = lab.chassis.task_control.shortage()
    assert bool(missing) == (lab.status() != READY)


@pytest.mark.proves("SR-05")
def test_what_fits_just_fits() -> None:
    needs = allocation(SESSMGR, standby=True)
    assert needs.memory < allocation(SESSMGR).memory
    assert Room(needs.cpu, needs.memory).lacks(needs) == ""
    assert Room(needs.cpu, needs.memory - 1).lacks(needs) == "memory"
    assert Room(needs.cpu - 1, needs.memory).lacks(needs) == "CPU time"
    left = Room(3.0 * needs.cpu, 2.5 * needs.memory)
    left.take(needs)
    left.take(needs)
    assert (left.cpu, left.memory) == (needs.cpu, 0.5 * needs.memory)
    kind = CARD_KINDS["DPC2"]
    empty = room(kind, ())
    assert (empty.cpu, empty.memory) == (100.0 * kind.cores, kind.memory - SYSTEM_MEMORY)
    table = TaskTable()
    table.start(SESSMGR, 1, Cpu(1, 0), 0.0)
    table.start_standby(SESSMGR, Cpu(1, 0), 0.0)
    taken = room(kind, table.tasks)
    assert empty.memory - taken.memory == allocation(SESSMGR).memory + needs.memory
    pair = allocation(SESSMGR).memory + allocation(AAAMGR).memory
    most = most_pairs(kind)
    assert most * pair <= empty.memory < (most + 1) * pair


@pytest.mark.proves("SR-21", "SR-27")
def test_a_placement_that_a_definition_asks_for_needs_its_cards() -> None:
    """At a start without one of them, the tasks go where the rules put them."""
    lab = Lab("asr5000-chapter")
    wanted = {placed.cpu.slot for placed in lab.chassis.definition.placements()}
    lost = min(wanted)
    for card in lab.chassis.hardware.standby_packet:
        lab.chassis.card_faults.fail(card.slot, UNUSABLE)
    lab.chassis.card_faults.fail(lost, UNUSABLE)
    lab.reload()
    used = {t.cpu.slot for f in PAIR for t in lab.chassis.tasks.of(f)}
    assert used <= {card.slot for card in lab.chassis.hardware.active_packet}
    assert used
    assert lost not in used
    assert violations(lab.chassis) == []


@pytest.mark.proves("SR-05", "SR-31")
def test_a_card_that_took_over_from_another_can_be_standby_again() -> None:
    lab = recovering(groups=ONE_KIND)
    for source, target in ((1, 4), (4, 1)):
        lab.chassis.card_actions.migrate(source, target)
        lab.wait(30)
        assert not any(card.taking_over for card in lab.chassis.hardware.cards.values())
        assert lab.status() == READY
    assert active(lab, Role.PACKET) == {1, 2, 3}


@pytest.mark.proves("SR-29", "SR-35")
def test_an_aaamgr_of_a_failed_card_without_a_standby_task_is_started_and_then_filled() -> None:
    lab = recovering(groups=ONE_KIND)
    for standby in lab.chassis.tasks.of(AAAMGR, standby=True):
        standby.ready_at = lab.chassis.now + 1000
    instances = [t.instance for t in lab.chassis.tasks.on_card(1) if t.facility == AAAMGR]
    there = [n for n in instances if n < STANDBY_FIRST]
    lab.chassis.card_faults.fail(1)
    lab.wait(RESTART_TIME + FIRST_TRANSFER - 0.1)
    assert not any(task(lab, AAAMGR, n).is_up(lab.chassis.now) for n in there)
    lab.wait(10)
    for instance in there:
        assert task(lab, AAAMGR, instance).is_up(lab.chassis.now)
        assert lab.chassis.sessions.statistics.aaamgr(instance).filled > 0


@pytest.mark.proves("SR-26")
def test_without_any_standby_task_nothing_is_ready() -> None:
    table = TaskTable()
    assert not all_up(table, 10.0)
    sessmgr = table.start(SESSMGR, 1, Cpu(1, 0), 1.0)
    table.start(AAAMGR, 1, Cpu(2, 0), 1.0)
    assert not all_up(table, 10.0)
    standby = table.start_standby(SESSMGR, Cpu(1, 0), 2.0)
    assert all_up(table, 10.0)
    assert not all_up(table, 1.5)
    assert not cpu_is_good(table, Cpu(1, 0), 1.5)
    assert cpu_is_good(table, Cpu(2, 0), 1.5)
    sessmgr.recovering = True
    assert not all_up(table, 10.0)
    sessmgr.recovering = False
    table.start(SESSMGR, 2, Cpu(1, 0), 1.0)
    assert not all_up(table, 10.0)
    table.remove(standby)


@pytest.mark.proves("SR-03", "SR-28")
def test_calls_that_come_after_a_loss_are_checkpointed_and_carry() -> None:
    lab = recovering(
        groups=ONE_KIND, change=lambda text: text.replace("attach-rate = 0.0", "attach-rate = 50.0")
    )
    for standby in lab.chassis.tasks.of(SESSMGR, standby=True):
        standby.ready_at = lab.chassis.now + 1000
    lab.chassis.task_faults.kill(SESSMGR, 2)
    lab.wait(10)
    lab.typed("clear subscribers all -noconfirm")
    lab.wait(600)
    fresh = sessions_of(lab, lab.chassis.sessions.rows_of_sessmgr(2))
    assert fresh
    for session in fresh:
        assert session.until == lab.chassis.now
        for line in lines_of(lab, session):
            assert line is not None
            assert line.full.success == line.full.attempts > 0
            assert not line.recovered


@pytest.mark.proves("SR-12")
def test_of_many_tasks_that_are_killed_only_those_abort_that_still_run() -> None:
    """A card goes down with the first of its critical tasks, the system with the last card."""
    lab = recovering()
    slots = {card.slot for card in lab.chassis.hardware.running}
    starts = lab.chassis.starts
    lab.chassis.task_faults.kill("sitmain")
    crashed = [v["card"] for v in events(lab, "Death notification") if v["facility"] == "sitmain"]
    assert sorted(crashed) == sorted(slots)
    assert lab.chassis.starts == starts + 1
    for facility, instance in (("bogus", None), (SESSMGR, 77)):
        with pytest.raises(Refused):
            lab.chassis.task_faults.kill(facility, instance)
    lab.wait(30)
    assert lab.chassis.task_faults.kill(AAAMGR, 1) == 1


@pytest.mark.proves("SR-02")
def test_filling_a_manager_takes_up_to_three_seconds() -> None:
    assert refill_time(0) == 1.5
    assert refill_time(0) < refill_time(1000) < refill_time(10**6) == 3.0


@pytest.mark.proves("SR-04")
def test_a_task_that_dies_while_it_starts_again_is_told_to_run_once() -> None:
    lab = recovering(feature=False, groups=ONE_KIND)
    for facility, instance in (("vpnmgr", 1), (AAAMGR, 2)):
        for _ in range(2):
            lab.chassis.task_faults.kill(facility, instance)
            lab.wait(RESTART_TIME / 2)
            assert violations(lab.chassis) == []
        lab.wait(0.2)
        assert not task(lab, facility, instance).is_up(lab.chassis.now)
        assert violations(lab.chassis) == []
        lab.wait(5)
        for name, count in (("TaskFailed", 2), ("TaskRestart", 1), ("ManagerRestart", 1)):
            assert [v["facility"] for v in events(lab, name)].count(facility) == count


@pytest.mark.proves("SR-12", "SR-34")
def test_a_management_card_beyond_use_is_tried_again_when_there_is_no_other() -> None:
    lab = recovering()
    for slot in (5, 6):
        lab.chassis.card_faults.fail(slot, UNUSABLE)
    lab.wait(3)
    assert lab.chassis.is_up
    first, second = (lab.chassis.hardware.cards[slot] for slot in (5, 6))
    assert (first.state, second.state) == (CardState.ACTIVE, CardState.OFFLINE)
    assert lab.chassis.cards.is_usable(first)
    assert not lab.chassis.cards.is_usable(second)
