"""Odd moments: two things at once, one in the middle of another, one just in time.

Here is also what subscribers do whose calls were lost: they call again.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from staros_cli.chassis import rct
from staros_cli.chassis.card_actions import PlannedFailure
from staros_cli.chassis.cards import REBOOT_TIME
from staros_cli.chassis.hardware import CardState, Cpu
from staros_cli.chassis.invariants import violations
from staros_cli.chassis.manager_statistics import SessmgrStatistics
from staros_cli.chassis.placement import TaskPlacement, place_at
from staros_cli.chassis.storage import locate
from staros_cli.chassis.tasks import AAAMGR, CPU_TASKS, DEMUX, NPUMGR, SESSMGR, Task
from staros_cli.commands.configuration_file import SLICE
from tests.commands.test_outside import Elsewhere
from tests.lab import START, Lab
from tests.recovery.card_support import COVERED, managers_on
from tests.recovery.support import (
    NOT_ENABLED,
    NOT_READY,
    ONE_KIND,
    PAIR,
    READY,
    UNUSABLE,
    of_sessmgr,
    recovering,
    sessions_of,
    table_of,
    task,
)
from tests.recovery.test_figures import placed
from tests.recovery.test_reading import applied, hostnames, reading


def busy(lab: Lab, slot: int) -> list[Task]:
    """The tasks of a card that only an active one has."""
    tasks = lab.chassis.tasks.on_card(slot)
    return [t for t in tasks if not t.standby and t.facility not in CPU_TASKS]


def until_moved(lab: Lab, facility: str) -> Task:
    """Begin a migration from card 1 to 4, and wait until a task of a facility has been moved."""
    lab.chassis.card_actions.migrate(1, 4)
    for _ in range(400):
        lab.wait(0.02)
        moved = [t for t in busy(lab, 4) if t.facility == facility]
        if moved:
            return moved[0]
    raise AssertionError(f"no {facility} was moved")


def calling(feature: bool = True) -> Lab:
    """A chassis whose subscribers call when they have no call; all have one, and nothing is due."""
    lab = recovering(
        feature=feature, change=lambda text: text.replace("attach-rate = 0.0", "attach-rate = 10.0")
    )
    lab.wait(2)
    assert lab.chassis.timeline.next_due is None
    return lab


# Migrations that are given up


def fails_with_its_last_task(lab: Lab) -> None:
    """The migration fails with the last task that is still to move."""
    lab.chassis.card_actions.plan_failure(
        PlannedFailure(rct.FAIL_RENAME, SESSMGR, max(n for f, n in managers_on(lab, 1)))
    )
    lab.chassis.card_actions.current.failure = lab.chassis.card_actions.next_failure  # type: ignore[union-attr]


def target_is_needed_elsewhere(lab: Lab) -> None:
    """Another card fails, and the target of the migration is the only one to take over."""
    lab.chassis.card_faults.fail(2)


@pytest.mark.proves("SR-34")
@pytest.mark.parametrize("given_up", [fails_with_its_last_task, target_is_needed_elsewhere])
@pytest.mark.parametrize("facility", [*PAIR, NPUMGR])
def test_a_task_that_was_started_anew_on_the_target_goes_back_as_well(
    facility: str, given_up: Callable[[Lab], None]
) -> None:
    """The one that was moved died there, and the target is an active card for a while only."""
    lab = recovering(groups=COVERED)
    there = {t.facility for t in busy(lab, 1)}
    moved = until_moved(lab, facility)
    for standby in lab.chassis.tasks.of(facility, standby=True):
        standby.ready_at = lab.chassis.now + 1000
    lab.chassis.task_faults.kill(facility, moved.instance)
    (successor,) = [t for t in busy(lab, 4) if (t.facility, t.instance) == key_of(moved)]
    assert successor is not moved
    given_up(lab)
    lab.wait(20)
    assert lab.chassis.card_actions.current is None
    statuses = [record.status for record in lab.chassis.rct.records]
    assert statuses[0] in (rct.FAIL_RENAME, rct.FAIL_CARD_LOST)
    assert successor.cpu.slot == 1
    assert {t.facility for t in busy(lab, 1)} == there
    if given_up is fails_with_its_last_task:
        assert busy(lab, 4) == []
        assert lab.chassis.hardware.cards[4].state is CardState.STANDBY
    assert violations(lab.chassis) == []


def key_of(task: Task) -> tuple[str, int]:
    """The name of a task."""
    return task.facility, task.instance


# Two faults


@pytest.mark.proves("SR-04", "SR-26")
def test_a_sessmgr_that_loses_its_source_runs_at_once_and_the_system_gets_ready_again() -> None:
    lab = recovering()
    lab.chassis.task_faults.kill(SESSMGR, 3)
    lab.wait(0.5)
    assert not task(lab, SESSMGR, 3).is_up(lab.chassis.now)
    lab.chassis.task_faults.kill(AAAMGR, 3)
    assert task(lab, SESSMGR, 3).is_up(lab.chassis.now)
    lab.wait(30)
    assert lab.status() == READY


@pytest.mark.proves("SR-04")
def test_an_aaamgr_whose_sessmgr_waits_for_another_card_begins_with_nothing() -> None:
    """There is nobody to fill it, and so nobody is asked."""
    lab = recovering(groups=ONE_KIND)
    lab.chassis.card_faults.fail(4, UNUSABLE)
    there = {slot: managers_on(lab, slot) for slot in (1, 2)}
    alone = {n for f, n in there[1] if f == AAAMGR and (SESSMGR, n) in there[2]}
    assert alone
    lab.chassis.card_faults.fail(1)
    lab.chassis.card_faults.fail(2, UNUSABLE)
    told = len(lab.chassis.events.log)
    lab.wait(REBOOT_TIME + 0.1)
    asked = {
        event.values["instance"]
        for event in list(lab.chassis.events.log)[told:]
        if event.kind.name == "Readdress requested"
    }
    assert asked.isdisjoint(alone)
    for instance in alone:
        assert task(lab, AAAMGR, instance).cpu.slot == 1
        assert not task(lab, AAAMGR, instance).recovering


@pytest.mark.proves("SR-27", "SR-31")
def test_a_demux_task_that_was_started_elsewhere_meanwhile_is_not_started_twice() -> None:
    """Its card was down, nothing took over, and another of the CPUs for demux tasks was there."""

    def change(text: str) -> str:
        placements = placed("1/1 2 2", "2/1 2 2", "3/1 2 2")
        placements += (
            '[[placement]]\ncpu = "1/0"\ndemux = 1\n[[placement]]\ncpu = "2/0"\ndemux = 1\n'
        )
        return text.replace("[files]", placements + "[files]")

    lab = recovering(change=change)
    demux = [t for t in lab.chassis.tasks.tasks if t.facility in DEMUX]
    assert {t.cpu.slot for t in demux} == {1, 2}
    lab.chassis.card_faults.fail(4, UNUSABLE)
    lab.chassis.card_faults.fail(1)
    lab.configure("context B")
    lab.wait(REBOOT_TIME + 5)
    assert lab.chassis.hardware.cards[1].state is CardState.ACTIVE
    again = [t for t in lab.chassis.tasks.tasks if t.facility in DEMUX]
    assert sorted(t.facility for t in again) == sorted(t.facility for t in demux)
    assert {t.cpu.slot for t in again} == {2}
    assert violations(lab.chassis) == []


@pytest.mark.proves("SR-05", "SR-26", "SR-27")
def test_a_task_that_ends_leaves_its_room_to_a_standby_task_that_there_was_none_for() -> None:
    """Until that is up the system is not ready."""
    lab = recovering("vpc-si", change=lambda text: text.replace("sessmgr = 6", "sessmgr = 9"))
    lab.configure("context B")
    (standby,) = lab.chassis.tasks.of(SESSMGR, standby=True)
    lab.chassis.task_faults.kill(SESSMGR, standby.instance)
    assert lab.status() == "Not Ready For Recovery (no CPU time on CPU 1/0 for standby-mode tasks)"
    lab.wait(30)
    lab.chassis.remove_context("B")
    (standby,) = lab.chassis.tasks.of(SESSMGR, standby=True)
    assert violations(lab.chassis) == []
    lab.wait(11)
    assert lab.status() == NOT_READY
    lab.wait(11)
    assert lab.status() == READY


@pytest.mark.proves("SR-31", "SR-34")
def test_the_tasks_of_a_card_that_fails_do_not_crash() -> None:
    """They go down with it; only the critical task is recorded that took it down."""
    lab = recovering()
    lab.chassis.card_faults.fail(1)
    assert lab.chassis.crashes.records == []
    lab.wait(30)
    lab.chassis.card_faults.fail_cpu(2, 1)
    assert [crash.facility for crash in lab.chassis.crashes.records] == ["sitmain"]


@pytest.mark.proves("SR-02")
@pytest.mark.parametrize(
    "counts", [((2, 2), (2, 2), (2, 2)), ((3, 1), (1, 3), (1, 1)), ((1, 1), (1, 2), (2, 1))]
)
def test_a_placement_keeps_peers_on_two_cards_wherever_it_leaves_the_choice(
    counts: tuple[tuple[int, int], ...],
) -> None:
    wanted = [TaskPlacement(Cpu(slot, 1), *pair) for slot, pair in enumerate(counts, 1)]
    found = place_at(wanted)
    for placed_at, (sessmgrs, aaamgrs) in zip(wanted, counts, strict=True):
        assert list(found.sessmgr.values()).count(placed_at.cpu) == sessmgrs
        assert list(found.aaamgr.values()).count(placed_at.cpu) == aaamgrs
    assert all(cpu.slot != found.aaamgr[n].slot for n, cpu in found.sessmgr.items())


@pytest.mark.proves("SR-02")
def test_where_a_placement_leaves_no_choice_peers_stand_as_it_says() -> None:
    found = place_at([TaskPlacement(Cpu(1, 1), 2, 2), TaskPlacement(Cpu(2, 1), 0, 0)])
    assert found.sessmgr == found.aaamgr == {1: Cpu(1, 1), 2: Cpu(1, 1)}


# The same moment


@pytest.mark.proves("SR-06", "SR-11")
def test_a_call_is_connected_from_the_very_moment_it_is() -> None:
    table = table_of(2)
    row = table.connect(1, 0, 0, 1, 5.0, 0.0)
    table.connect(2, 0, 1, 1, 5.5, 0.0)
    counts = [table.count_kinds(None, now) for now in (4.9, 5.0, 5.4, 5.5)]
    assert [sum(count.connected for count in kinds) for kinds in counts] == [0, 1, 1, 2]
    table.disconnect(row, 5.0)
    assert table.statistics.sessmgr(1) == SessmgrStatistics(2, 0, 1, 0)


# Subscribers who call again


@pytest.mark.proves("SR-08", "SR-11")
def test_subscribers_whose_calls_were_not_recovered_call_again() -> None:
    """They wait for nothing but the sessmgr: it runs once it has been filled."""
    lab = calling()
    before = of_sessmgr(lab, 2)
    total = len(lab.chassis.sessions)
    lab.chassis.task_faults.kill(SESSMGR, 2)
    assert len(lab.chassis.sessions) == total
    lab.wait(1.7)
    lost = total - len(lab.chassis.sessions)
    assert 0 < lost < len(before)
    lab.wait(5)
    assert len(lab.chassis.sessions) == total


@pytest.mark.proves("SR-03")
@pytest.mark.parametrize("what", ["sessmgr", "card"])
def test_subscribers_who_lost_their_calls_call_again(what: str) -> None:
    lab = calling(feature=False)
    total = len(lab.chassis.sessions)
    if what == "card":
        lab.chassis.card_faults.fail(1)
    else:
        lab.chassis.task_faults.kill(SESSMGR, 2)
    assert len(lab.chassis.sessions) < total
    lab.wait(15)
    assert len(lab.chassis.sessions) == total


@pytest.mark.proves("SR-20", "SR-21")
def test_subscribers_call_again_after_a_restart() -> None:
    lab = calling()
    names = {session.username for session in sessions_of(lab)}
    lab.reload(settle=0.5)
    assert len(lab.chassis.sessions) == 0
    lab.wait(60)
    assert {session.username for session in sessions_of(lab)} == names


@pytest.mark.proves("SR-16", "SR-22")
def test_subscribers_call_once_a_file_has_started_their_service() -> None:
    lab = calling()
    context = lab.chassis.storage.read(locate("/flash/c")).decode()
    lab.chassis.storage.write(locate("/flash/c"), b"config\nend\n", START)
    lab.reload()
    assert len(lab.chassis.sessions) == 0
    applied(lab, context)
    lab.wait(60)
    assert len(lab.chassis.sessions) == 29


# Files


@pytest.mark.proves("SR-19", "SR-22")
def test_what_a_file_claimed_is_forgotten_when_the_system_restarts_amid_it() -> None:
    lab = recovering(feature=False)
    licensed, _, _ = lab.chassis.storage.read(locate("/flash/c")).decode().partition("  context A")
    lab.chassis.storage.write(locate("/flash/c"), f"{licensed}end\n".encode(), START)
    lab.reload()
    assert lab.chassis.license.license is not None
    found = reading(lab, "require session recovery\ncontext A\nexit\n" + hostnames(SLICE + 1))
    assert not found.step()
    assert lab.chassis.recovery.claimed
    lab.reload()
    assert not lab.chassis.recovery.in_effect
    assert lab.status() == NOT_ENABLED


@pytest.mark.proves("SR-22")
def test_an_empty_line_is_a_line_of_a_file_wherever_it_stands() -> None:
    lab = Lab("asr5500-oos")
    problems = applied(lab, "\n\nsystem hostname first\n\nbogus\n")
    assert [(problem.number, problem.line) for problem in problems] == [(5, "bogus")]
    assert lab.chassis.hostname == "first"


@pytest.mark.proves("SR-22")
def test_a_line_that_waits_is_told_with_its_number_when_it_is_refused() -> None:
    """Its hash is made elsewhere, and its context is removed meanwhile."""
    lab = Lab("asr5500-oos")
    elsewhere = Elsewhere()
    lab.system.outside = elsewhere
    found = reading(lab, "context B\nadministrator ann password p\nsystem hostname last\n")
    assert not found.step()
    lab.chassis.remove_context("B")
    lab.system.running.drop("context B")
    elsewhere.begun[0].finish()
    while not found.step():
        assert len(elsewhere.begun) == 1
    problem = found.problems[0]
    assert (problem.number, problem.line) == (2, "administrator ann password p")
    assert "removed meanwhile" in problem.text
    assert lab.chassis.users.find("ann") is None


@pytest.mark.proves("SR-22")
def test_a_file_that_is_abandoned_while_a_line_waits_gives_that_up() -> None:
    lab = Lab("asr5500-oos")
    elsewhere = Elsewhere()
    lab.system.outside = elsewhere
    found = reading(lab, "context local\nadministrator ann password p\nsystem hostname last\n")
    assert not found.step()
    found.abandon()
    assert elsewhere.begun[0].cancelled
    assert found.problems == []
    assert found.step()


@pytest.mark.proves("SR-22")
def test_a_line_that_waits_is_gone_on_with_once() -> None:
    """Not again with the next slice, which stands in another mode."""
    lab = Lab("asr5500-oos")
    elsewhere = Elsewhere()
    lab.system.outside = elsewhere
    users = "".join(f"administrator u{n} password p{n}\n" for n in range(2))
    found = reading(lab, f"context local\n{users}exit\n" + hostnames(2 * SLICE))
    for number in range(2):
        for _ in range(2):
            assert not found.step()
            assert len(elsewhere.begun) == number + 1
        elsewhere.begun[-1].finish()
    while not found.step():
        assert len(elsewhere.begun) == 2
    assert found.problems == []
    assert [account.name for account in lab.chassis.users] == ["u0", "u1"]
    assert lab.typed("show configuration").count("administrator u1") == 1
    assert lab.chassis.hostname == f"n{2 * SLICE}"
