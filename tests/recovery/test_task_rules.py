"""Transfers of state and tasks, rule by rule."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staros_cli.chassis import rct
from staros_cli.chassis.hardware import Card, CardState, Cpu, Hardware
from staros_cli.chassis.invariants import violations
from staros_cli.chassis.placement import TaskPlacement, place, place_at
from staros_cli.chassis.platform import CARD_KINDS, PLATFORMS, Role
from staros_cli.chassis.state_transfer import Result
from staros_cli.chassis.task_control import STANDBY_TASK_TIME
from staros_cli.chassis.tasks import (
    AAAMGR,
    CPU_TASKS,
    CRITICAL,
    CRITICAL_ON_CPU,
    MANAGEMENT_TASKS,
    RESTART_TIME,
    SESSMGR,
    STANDBY_FIRST,
    TaskTable,
)
from tests.lab import Lab, service_lines
from tests.recovery.support import (
    ONE_KIND,
    PAIR,
    active,
    events,
    of_sessmgr,
    recovering,
    task,
)

# Transfers


@pytest.mark.proves("SR-02", "SR-04")
@pytest.mark.parametrize("facility", PAIR)
def test_while_a_manager_is_filled_it_is_not_up_and_then_it_is(facility: str) -> None:
    lab = recovering(groups=ONE_KIND)
    lab.chassis.task_faults.kill(facility, 2)
    (transfer,) = lab.chassis.transfers.running
    successor = task(lab, facility, 2)
    assert transfer.task is successor
    assert transfer.source is lab.chassis.tasks.peer(successor)
    assert (successor.recovering, successor.standby) == (True, False)
    assert not successor.is_up(lab.chassis.now)
    lab.wait(1.4)
    assert successor.recovering
    lab.wait(0.2)
    assert successor.is_up(lab.chassis.now)
    assert lab.chassis.transfers.running == []
    told = events(lab, "SessMgrRecoveryComplete")
    assert [v["milliseconds"] for v in told] == ([1500] if facility == SESSMGR else [])


@pytest.mark.proves("SR-04")
def test_an_aaamgr_that_loses_its_source_begins_anew() -> None:
    """It is no peer until it runs again; then it knows the calls that are checkpointed to it."""
    lab = recovering(groups=ONE_KIND)
    lab.chassis.task_faults.kill(AAAMGR, 2)
    lab.wait(0.5)
    lab.chassis.task_faults.kill(SESSMGR, 2)
    aaamgr = task(lab, AAAMGR, 2)
    assert not aaamgr.is_up(lab.chassis.now)
    assert not aaamgr.recovering
    lab.wait(RESTART_TIME - 0.1)
    assert not aaamgr.is_up(lab.chassis.now)
    lab.wait(0.2)
    assert aaamgr.is_up(lab.chassis.now)
    assert lab.chassis.sessions.statistics.aaamgr(2).filled == 0
    assert of_sessmgr(lab, 2) == {}
    (told,) = events(lab, "SessMgrRecoveryComplete")
    assert (told["fetched"], told["recovered"]) == (0, 0)
    assert violations(lab.chassis) == []


@pytest.mark.proves("SR-02", "SR-29")
@pytest.mark.parametrize("facility", PAIR)
def test_without_a_standby_task_a_manager_starts_again_where_it_was(facility: str) -> None:
    """An aaamgr is then filled by its sessmgr; a sessmgr has lost its calls."""
    lab = recovering(groups=ONE_KIND)
    there, cpu = len(of_sessmgr(lab, 2)), task(lab, facility, 2).cpu
    for standby in lab.chassis.tasks.of(facility, standby=True):
        standby.ready_at = lab.chassis.now + 1000
    lab.chassis.task_faults.kill(facility, 2)
    successor = task(lab, facility, 2)
    assert successor.cpu == cpu
    lab.wait(RESTART_TIME - 0.1)
    assert not successor.is_up(lab.chassis.now)
    lab.wait(2.5)
    assert successor.is_up(lab.chassis.now)
    assert len(of_sessmgr(lab, 2)) == (there if facility == AAAMGR else 0)
    assert lab.chassis.sessions.statistics.aaamgr(2).filled == (there if facility == AAAMGR else 0)


@pytest.mark.proves("SR-35")
def test_the_result_of_a_recovery_is_told_to_who_asked() -> None:
    lab = recovering(groups=ONE_KIND)
    found: list[Result] = []
    chassis = lab.chassis
    there = len(of_sessmgr(lab, 2))
    sessmgr, aaamgr = task(lab, SESSMGR, 2), task(lab, AAAMGR, 2)
    chassis.transfers.task_died(sessmgr)
    chassis.transfers.begin(sessmgr, aaamgr, 1.0, chassis.now, found.append)
    lab.wait(1.1)
    assert (found[0].task, found[0].recovered, found[0].lost) == (sessmgr, there, 0)
    assert found[0].cause == ""
    chassis.transfers.task_died(aaamgr)
    chassis.transfers.begin(aaamgr, sessmgr, 1.0, chassis.now, found.append)
    lab.wait(1.1)
    assert (found[1].recovered, found[1].lost, found[1].cause) == (there, 0, "")
    chassis.transfers.begin(sessmgr, aaamgr, 1.0, chassis.now, found.append)
    chassis.task_faults.kill(SESSMGR, 2)
    assert (found[2].recovered, found[2].lost, found[2].cause) == (0, there, rct.FAIL_TASK_LOST)
    assert len(found) == 3


# Tasks


@pytest.mark.proves("SR-01")
def test_standby_mode_tasks_are_numbered_from_5001_and_never_taken_for_others() -> None:
    table = TaskTable()
    first = table.start_standby(SESSMGR, Cpu(1, 0), 5.0)
    second = table.start_standby(SESSMGR, Cpu(1, 0), 5.0)
    other = table.start_standby(AAAMGR, Cpu(1, 0), 5.0)
    numbers = (first.instance, second.instance, other.instance)
    assert numbers == (STANDBY_FIRST, STANDBY_FIRST + 1, STANDBY_FIRST)
    table.remove(first)
    assert not table.is_alive(first)
    assert table.is_alive(second)
    assert table.start_standby(SESSMGR, Cpu(1, 0), 5.0).instance == STANDBY_FIRST
    assert table.get(SESSMGR, STANDBY_FIRST) is None
    pids = [task.pid for task in table.tasks]
    assert len(set(pids)) == len(pids)


@pytest.mark.proves("SR-02", "SR-27")
def test_tasks_and_their_peers_and_counts() -> None:
    table = TaskTable()
    sessmgr = table.start(SESSMGR, 1, Cpu(1, 0), 5.0)
    aaamgr = table.start(AAAMGR, 1, Cpu(2, 0), 6.0)
    vpnmgr = table.start("vpnmgr", 1, Cpu(5, 0), 0.0)
    demux = table.start("egtpinmgr", 1, Cpu(3, 0), 0.0)
    table.start_standby(SESSMGR, Cpu(1, 0), 7.0)
    table.start_standby(AAAMGR, Cpu(1, 0), 0.0)
    assert table.peer(sessmgr) is aaamgr
    assert table.peer(aaamgr) is sessmgr
    assert table.peer(vpnmgr) is None
    assert (sessmgr.is_up(4.9), sessmgr.is_up(5.0)) == (False, True)
    sessmgr.recovering = True
    assert not sessmgr.is_up(5.0)
    sessmgr.recovering = False
    assert table.on_card(2) == [aaamgr]
    counts = table.counts(5.5)
    assert list(counts) == [Cpu(1, 0), Cpu(2, 0), Cpu(3, 0)]
    one, two, three = counts.values()
    assert (one.sessmgr_active, one.sessmgr_standby) == (1, 0)
    assert (one.aaamgr_active, one.aaamgr_standby, one.demux) == (0, 1, 0)
    assert (two.aaamgr_active, three.demux) == (0, 1)
    assert table.counts(7.0)[Cpu(1, 0)].sessmgr_standby == 1
    assert table.counts(7.0)[Cpu(2, 0)].aaamgr_active == 1
    assert [(t.cpu.slot, t.facility, t.instance) for t in table.in_order()] == [
        (1, SESSMGR, STANDBY_FIRST),
        (1, SESSMGR, 1),
        (1, AAAMGR, STANDBY_FIRST),
        (2, AAAMGR, 1),
        (3, "egtpinmgr", 1),
        (5, "vpnmgr", 1),
    ]
    assert [t.facility for t in (vpnmgr, demux) if t.is_manager] == ["vpnmgr", "egtpinmgr"]


@pytest.mark.proves("SR-12")
def test_which_tasks_are_critical() -> None:
    """Those of the system as a whole, and three on every CPU of every card."""
    lab = recovering()
    critical = {t.facility for t in lab.chassis.tasks.tasks if t.is_critical}
    assert critical == {*CRITICAL, *CRITICAL_ON_CPU}
    assert set(CRITICAL) <= set(MANAGEMENT_TASKS)
    for card in lab.chassis.hardware.running:
        for number in card.kind.cpus:
            there = [t.facility for t in lab.chassis.tasks.tasks if t.cpu == Cpu(card.slot, number)]
            assert all(there.count(name) == 1 for name in CPU_TASKS)
    for name in MANAGEMENT_TASKS:
        assert task(lab, name, 0).cpu == Cpu(5, 0)
    npumgrs = {(t.instance, t.cpu) for t in lab.chassis.tasks.of("npumgr")}
    assert npumgrs == {(slot, Cpu(slot, 0)) for slot in (1, 2, 3)}


def standby_counts(lab: Lab, facility: str) -> dict[Cpu, int]:
    """How many standby-mode tasks of a facility each CPU has."""
    found: dict[Cpu, int] = defaultdict(int)
    for standby in lab.chassis.tasks.of(facility, standby=True):
        found[standby.cpu] += 1
    return dict(found)


@pytest.mark.proves("SR-01", "SR-05", "SR-21")
@pytest.mark.parametrize("platform", ["asr5000", "asr5500", "vpc-di"])
def test_one_standby_task_beside_active_ones_and_a_standby_card_as_full_as_the_fullest(
    platform: str,
) -> None:
    lab = recovering(platform, change=lambda text: text.replace("sessmgr = 6", "sessmgr = 13"))
    for facility in PAIR:
        load: dict[Cpu, int] = defaultdict(int)
        for found in lab.chassis.tasks.of(facility, standby=False):
            load[found.cpu] += 1
        expected = dict.fromkeys(load, 1)
        for card in lab.chassis.hardware.standby_packet:
            for number in card.kind.cpus:
                fullest = max((n for cpu, n in load.items() if cpu.number == number), default=0)
                if fullest:
                    expected[Cpu(card.slot, number)] = fullest
        assert standby_counts(lab, facility) == expected
        assert max(load.values()) > min(load.values()) or len(load) == 1


@pytest.mark.proves("SR-01", "SR-21")
def test_standby_tasks_that_were_used_are_made_up_for() -> None:
    lab = recovering(groups=ONE_KIND)
    before = standby_counts(lab, SESSMGR)
    lab.chassis.task_faults.kill(SESSMGR, 2)
    assert standby_counts(lab, SESSMGR) == before
    (fresh,) = [
        t
        for t in lab.chassis.tasks.of(SESSMGR, standby=True)
        if t.ready_at > 0 and not t.is_up(lab.chassis.now)
    ]
    assert fresh.ready_at == lab.chassis.now + STANDBY_TASK_TIME
    lab.wait(STANDBY_TASK_TIME)
    assert fresh.is_up(lab.chassis.now)


@pytest.mark.proves("SR-21")
def test_the_tasks_of_sessions_come_up_one_after_the_other_in_their_time() -> None:
    """Two seconds after the start, within five; standby-mode ones after that, within four."""
    lab = recovering()
    lab.reload(settle=2.0)
    booted = lab.chassis.booted_at
    for facility in PAIR:
        active_at = [t.ready_at - booted for t in lab.chassis.tasks.of(facility, standby=False)]
        assert active_at == sorted(active_at)
        assert 2.0 < active_at[0] < active_at[-1] == pytest.approx(7.0)
    standby_at = sorted(
        t.ready_at - booted for f in PAIR for t in lab.chassis.tasks.of(f, standby=True)
    )
    assert 7.0 < standby_at[0] < standby_at[-1] == pytest.approx(11.0)
    assert len(set(standby_at)) == len(standby_at)


@pytest.mark.proves("SR-01", "SR-21")
def test_the_tasks_of_contexts_and_services_begin_and_end_with_them() -> None:
    lab = recovering(groups=ONE_KIND)

    def running(name: str) -> list[int]:
        return [t.instance for t in lab.chassis.tasks.of(name)]

    assert running("vpnmgr") == [1, 2]
    lab.configure("context B", "interface J")
    assert running("vpnmgr") == [1, 2, 3]
    assert task(lab, "vpnmgr", 3).cpu == Cpu(5, 0)
    lab.configure("no context B -noconfirm")
    assert running("vpnmgr") == [1, 2]
    assert running("hamgr") == [1]
    assert running("egtpinmgr") == []
    demux = task(lab, "hamgr", 1)
    lab.configure("context A", *service_lines("pgw", "P", "192.0.2.1"))
    assert running("egtpinmgr") == running("gtpumgr") == [1]
    assert not task(lab, "egtpinmgr", 1).is_up(lab.chassis.now)
    lab.wait(2)
    assert task(lab, "egtpinmgr", 1).is_up(lab.chassis.now)
    assert task(lab, "hamgr", 1) is demux
    lab.configure("context A", "no pgw-service P")
    assert running("egtpinmgr") == running("gtpumgr") == []
    sessmgrs = list(lab.chassis.tasks.of(SESSMGR))
    lab.configure("context A", "no ha-service ha")
    assert running("hamgr") == []
    assert list(lab.chassis.tasks.of(SESSMGR)) == sessmgrs


@pytest.mark.proves("SR-21", "SR-27")
@pytest.mark.parametrize("platform", ["asr5000", "asr5500", "vpc-di"])
def test_the_cpus_of_the_demux_card_are_kept_free(platform: str) -> None:
    lab = recovering(platform)
    last = max(active(lab, Role.PACKET))
    reserved = {Cpu(last, n) for n in PLATFORMS[platform].demux_cpus}
    managers = {t.cpu for f in PAIR for t in lab.chassis.tasks.of(f, standby=False)}
    assert not managers & reserved
    if PLATFORMS[platform].demux_card_only:
        assert last not in {cpu.slot for cpu in managers}
    without = recovering(platform, feature=False)
    managers = {t.cpu for f in PAIR for t in without.chassis.tasks.of(f, standby=False)}
    assert last in {cpu.slot for cpu in managers}


def platform_cards(platform: str, kind: str, count: int) -> Hardware:
    slots = [slot for slot, kinds in PLATFORMS[platform].slots.items() if kind in kinds]
    states = [CardState.ACTIVE] * count
    cards = [Card(s, CARD_KINDS[kind], x, "") for s, x in zip(slots, states, strict=False)]
    return Hardware(PLATFORMS[platform], cards)


@pytest.mark.proves("SR-02", "SR-21")
@given(
    st.sampled_from([("asr5000", "PSC"), ("asr5500", "DPC2"), ("vpc-di", "SF")]),
    st.integers(1, 6),
    st.integers(0, 40),
    st.booleans(),
)
def test_where_pairs_are_placed(
    of: tuple[str, str], count: int, instances: int, reserve: bool
) -> None:
    """In turn over the CPUs, the aaamgr on another card where there is one, each load even."""
    hardware = platform_cards(*of, count)
    platform = hardware.platform
    placed = place(hardware, instances, reserve)
    kept = reserve and count > (2 if platform.demux_card_only else 1)
    last = hardware.active_packet[-1].slot
    free = [
        Cpu(card.slot, number)
        for card in hardware.active_packet
        for number in card.kind.session_cpus
        if not (
            kept
            and card.slot == last
            and (platform.demux_card_only or number in platform.demux_cpus)
        )
    ]
    if kept:
        assert placed.demux == tuple(Cpu(last, number) for number in platform.demux_cpus)
    else:
        assert placed.demux == tuple(free[:1])
    assert set(placed.sessmgr) == set(placed.aaamgr) == set(range(1, instances + 1))
    assert {*placed.sessmgr.values(), *placed.aaamgr.values()} <= set(free)
    in_turn = sorted(free, key=lambda cpu: (cpu.number, cpu.slot))
    assert [placed.sessmgr[n] for n in sorted(placed.sessmgr)] == [
        in_turn[n % len(in_turn)] for n in range(instances)
    ]
    load: dict[Cpu, int] = dict.fromkeys(free, 0)
    for instance in sorted(placed.aaamgr):
        cpu = placed.aaamgr[instance]
        choice = [c for c in free if c.slot != placed.sessmgr[instance].slot] or free
        assert cpu == min(choice, key=lambda c: (load[c], c))
        load[cpu] += 1


@pytest.mark.proves("SR-27")
def test_what_a_definition_asks_for_is_done_pair_by_pair() -> None:
    one, two, three = Cpu(1, 0), Cpu(2, 0), Cpu(3, 0)
    placed = place_at(
        [
            TaskPlacement(one, sessmgr=2, aaamgr=1),
            TaskPlacement(two, sessmgr=1, aaamgr=1),
            TaskPlacement(three, demux=2),
        ]
    )
    assert placed.sessmgr == {1: one, 2: one, 3: two}
    assert placed.aaamgr == {1: two, 2: one}
    assert placed.demux == (three, three)
