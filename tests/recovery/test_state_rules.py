"""The rules of state: sessions, lines, transfers, standby-mode tasks and a start of the system."""

from __future__ import annotations

from collections import Counter, defaultdict
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from staros_cli.chassis import rct
from staros_cli.chassis.access import Fsm
from staros_cli.chassis.allocations import SYSTEM_MEMORY, Room, allocation, most_pairs, room
from staros_cli.chassis.call_lines import FULL_PERIOD, MICRO_PERIOD, NEVER, LineTable
from staros_cli.chassis.card_faults import FIRST_TRANSFER
from staros_cli.chassis.cards import CardFault
from staros_cli.chassis.definition import load
from staros_cli.chassis.definition_schema import SubscribersSchema
from staros_cli.chassis.hardware import Card, CardState, Cpu, Hardware
from staros_cli.chassis.invariants import violations
from staros_cli.chassis.manager_statistics import AaamgrStatistics, SessmgrStatistics
from staros_cli.chassis.placement import TaskPlacement, place, place_at
from staros_cli.chassis.platform import CARD_KINDS, PLATFORMS, Role
from staros_cli.chassis.rct import LIMIT, Action, RctRecord, RctStats
from staros_cli.chassis.recovery import all_up, cpu_is_good
from staros_cli.chassis.session import REGISTRATION_LIFETIME
from staros_cli.chassis.sessions import SessionTable
from staros_cli.chassis.state_transfer import Result
from staros_cli.chassis.subscribers import Group
from staros_cli.chassis.task_control import STANDBY_TASK_TIME
from staros_cli.chassis.task_faults import refill_time
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
from staros_cli.chassis.traffic import Traffic, Usage, counters, pattern
from staros_cli.messages import Refused
from tests.lab import Lab
from tests.recovery.support import (
    PAIR,
    READY,
    events,
    lines_of,
    of_sessmgr,
    recovering,
    sessions_of,
    task,
    traps,
)

UNUSABLE = CardFault(usable=False)
ONE_KIND = ((12, "ha-mobile-ipv4", ""),)


# A start of the system


def active(lab: Lab, role: Role) -> set[int]:
    """The slots of the active cards of a role."""
    return {card.slot for card in lab.chassis.hardware.in_state(role, CardState.ACTIVE)}


@pytest.mark.proves("SR-20", "SR-21")
def test_every_card_that_can_run_comes_up_with_the_system() -> None:
    """One that was halted or is restarting as well, not one that is beyond use."""
    lab = recovering("asr5000")
    lab.chassis.card_actions.halt(4)
    lab.chassis.card_faults.fail(5)
    lab.chassis.card_faults.fail(9, UNUSABLE)
    lab.reload()
    states = {slot: card.state for slot, card in lab.chassis.hardware.cards.items()}
    assert (states[4], states[5], states[9]) == (
        CardState.STANDBY,
        CardState.STANDBY,
        CardState.OFFLINE,
    )
    told = traps(lab)[traps(lab).index("SystemStartup") :]
    assert told.count("CardUp") == len(states) - 1
    log = list(lab.chassis.events.log)
    start = max(n for n, event in enumerate(log) if event.kind.name == "SystemStartup")
    for name, state in (("CardActive", CardState.ACTIVE), ("CardStandby", CardState.STANDBY)):
        said = {event.values["card"] for event in log[start:] if event.kind.name == name}
        assert said == {slot for slot in states if states[slot] is state}
    for card in lab.chassis.hardware.running:
        for number in card.kind.cpus:
            names = {t.facility for t in lab.chassis.tasks.tasks if t.cpu == Cpu(card.slot, number)}
            assert set(CPU_TASKS) <= names


@pytest.mark.proves("SR-21")
def test_a_standby_card_takes_the_role_at_a_start_that_nobody_fills() -> None:
    """Of a packet card that failed with nothing to take over, and of a management card."""
    lab = recovering("asr5000")
    for slot in (4, 5, 1):
        lab.chassis.card_faults.fail(slot, UNUSABLE if slot == 5 else CardFault())
    assert active(lab, Role.PACKET) == {2, 3}
    lab.reload()
    assert active(lab, Role.PACKET) == {1, 2, 3}
    assert active(lab, Role.MANAGEMENT) == {8}
    assert lab.chassis.cards.waiting == {}
    assert lab.status() == READY
    assert violations(lab.chassis) == []
    lab.chassis.card_faults.fail(9)
    lab.chassis.card_faults.fail(8, UNUSABLE)
    assert not lab.chassis.is_up
    lab.wait(3)
    assert active(lab, Role.MANAGEMENT) == {9}


@pytest.mark.proves("SR-21", "SR-31")
@pytest.mark.parametrize("seconds", [0.5, 2.5])
def test_a_reload_in_the_midst_of_a_migration_leaves_every_card_in_its_role(seconds: float) -> None:
    lab = recovering()
    lab.chassis.card_actions.migrate(1, 4)
    lab.wait(seconds)
    lab.reload()
    assert lab.status() == READY
    assert not any(card.taking_over for card in lab.chassis.hardware.cards.values())
    assert active(lab, Role.PACKET) == {1, 2, 3}
    assert violations(lab.chassis) == []


@pytest.mark.proves("SR-20")
def test_nothing_of_before_goes_on_after_a_reload() -> None:
    """Neither recoveries, nor what was to be told, nor cards that come up, nor calls."""
    lab = recovering(groups=ONE_KIND)
    lab.chassis.task_faults.kill(SESSMGR, 1)
    lab.chassis.task_faults.kill("vpnmgr", 1)
    lab.chassis.card_faults.fail(4)
    lab.typed("reload -noconfirm")
    assert len(lab.chassis.sessions) == 0
    assert lab.chassis.tasks.tasks == []
    assert lab.chassis.transfers.running == []
    count = len(lab.chassis.events.log)
    lab.wait(70)
    later = {event.kind.name for event in list(lab.chassis.events.log)[count:]}
    assert not later & {"SessMgrRecoveryComplete", "TaskRestart", "ManagerRestart"}
    assert lab.status() == READY
    assert violations(lab.chassis) == []


@pytest.mark.proves("SR-12")
def test_a_halted_card_runs_no_tasks_and_one_that_comes_up_runs_those_of_its_cpus() -> None:
    lab = recovering()
    lab.chassis.card_actions.halt(4)
    assert lab.chassis.tasks.on_card(4) == []
    lab.chassis.card_actions.reboot(4)
    lab.wait(61)
    names = {t.facility for t in lab.chassis.tasks.on_card(4) if not t.standby}
    assert names == set(CPU_TASKS)
    assert {v["card"] for v in events(lab, "CardUp")} == {4}


@pytest.mark.proves("SR-04", "SR-31")
def test_the_tasks_of_a_failed_card_start_again_on_the_next_that_comes_up() -> None:
    lab = recovering(groups=ONE_KIND)
    lab.chassis.card_faults.fail(4, UNUSABLE)
    there = {
        (t.facility, t.instance)
        for t in lab.chassis.tasks.on_card(1)
        if not t.standby and t.facility not in CPU_TASKS
    }
    lab.chassis.card_faults.fail(1)
    assert lab.chassis.cards.sessions_wait
    lab.wait(60)
    assert not lab.chassis.cards.sessions_wait
    assert active(lab, Role.PACKET) == {1, 2, 3}
    assert [v["card"] for v in events(lab, "CardActive")] == [1]
    for facility, instance in there:
        found = task(lab, facility, instance)
        assert found.cpu.slot == 1
        assert not found.is_up(lab.chassis.now)
    lab.wait(RESTART_TIME)
    restarted = {(v["facility"], v["instance"]) for v in events(lab, "TaskRestart")}
    assert there <= restarted
    assert violations(lab.chassis) == []


@pytest.mark.proves("SR-05")
def test_only_where_a_second_card_could_help_one_is_a_single_point_of_failure() -> None:
    assert recovering("vpc-si").chassis.events.outstanding == []
    lab = recovering()
    lab.chassis.card_actions.halt(4)
    spofs = [v["card"] for v in events(lab, "CardSPOFAlarm")]
    assert spofs == [1, 2, 3]
    lab.chassis.card_actions.reboot(4)
    lab.wait(61)
    assert [v["card"] for v in events(lab, "CardSPOFClear")] == spofs


# Hardware


@pytest.mark.proves("SR-05")
def test_what_is_standby_for_what() -> None:
    cards = [
        Card(1, CARD_KINDS["PSC"], CardState.ACTIVE, ""),
        Card(2, CARD_KINDS["PSC"], CardState.STANDBY, "", taking_over=True),
        Card(3, CARD_KINDS["PSC"], CardState.STANDBY, ""),
        Card(8, CARD_KINDS["SMC"], CardState.ACTIVE, ""),
        Card(9, CARD_KINDS["SMC"], CardState.OFFLINE, ""),
        Card(24, CARD_KINDS["SPIO"], CardState.ACTIVE, ""),
    ]
    hardware = Hardware(PLATFORMS["asr5000"], reversed(cards))
    assert list(hardware.cards) == [1, 2, 3, 8, 9, 24]
    assert [card.slot for card in hardware.standby_packet] == [3]
    assert hardware.active_management.slot == 8
    assert hardware.standby_for(cards[0]) is cards[2]
    assert hardware.standby_for(cards[3]) is None
    points = [c.slot for c in hardware.cards.values() if hardware.single_point_of_failure(c)]
    assert points == [8]
    assert [card.slot for card in hardware.running] == [1, 2, 3, 8, 24]
    cards[2].taking_over = True
    assert hardware.standby_for(cards[0]) is None
    assert hardware.single_point_of_failure(cards[0])
    assert not hardware.single_point_of_failure(cards[1])
    assert {cpu.slot for cpu in hardware.cpus()} == {1, 2, 3, 8}


# Lines


def line_table(begins_at: float = 0.0) -> LineTable:
    table = LineTable()
    for column, value in zip(table.columns, LineTable.values(begins_at, 0.0), strict=True):
        column.append(value)
    return table


@pytest.mark.proves("SR-28")
def test_a_line_is_checkpointed_when_it_begins_and_not_before() -> None:
    table = line_table(100.0)
    assert table.checkpoints(0, 1, 99.0)[0].attempts == 0
    assert table.last_success(0, 1, 99.0) == NEVER
    full, micro = table.checkpoints(0, 1, 100.0)
    assert (full.attempts, full.success, micro.attempts) == (1, 1, 0)
    assert table.last_success(0, 1, 100.0) == 100.0
    assert table.last_success(0, 1, 100.0 + MICRO_PERIOD) == 100.0 + MICRO_PERIOD
    assert table.last_success(0, 1, 100.0 + MICRO_PERIOD, full=True) == 100.0


@pytest.mark.proves("SR-28", "SR-29")
def test_nothing_succeeds_while_the_other_side_is_away() -> None:
    table = line_table()
    table.other_side_left(1, 50.0)
    table.other_side_left(1, 95.0)
    assert table.last_success(0, 1, 200.0) == MICRO_PERIOD
    assert table.last_success(0, 1, 200.0, full=True) == 0.0
    full, micro = table.checkpoints(0, 1, 200.0)
    assert (full.attempts, full.success) == (3, 1)
    assert (micro.attempts, micro.success) == (6, 1)
    table.other_side_returned(1, [0], 200.0)
    full, micro = table.checkpoints(0, 1, 215.0)
    assert (micro.attempts, micro.success) == (7, 2)
    assert (full.attempts, full.success) == (3, 1)
    assert table.last_success(0, 1, 215.0) == 210.0
    table.begin_again(0, 215.0)
    assert table.recovered[0]
    for made in table.checkpoints(0, 1, 215.0):
        assert (made.attempts, made.success, made.last_attempt, made.last_success) == (0, 0, 0, 0)
    full, _ = table.checkpoints(0, 1, 215.0 + FULL_PERIOD)
    assert (full.attempts, full.success, full.last_success) == (1, 1, 0)


@pytest.mark.proves("SR-28")
def test_who_never_left_does_not_return_and_who_is_forgotten_is_not_away() -> None:
    table = line_table()
    table.other_side_returned(1, [0], 1000.0)
    assert table.last_success(0, 1, 1000.0) == 990.0
    table.other_side_left(1, 1010.0)
    table.forget(1)
    full, micro = table.checkpoints(0, 1, 1200.0)
    assert (full.success, micro.success) == (full.attempts, micro.attempts)


@pytest.mark.proves("SR-28")
def test_the_peer_line_is_that_of_an_aaamgr_that_is_there() -> None:
    lab = recovering(groups=ONE_KIND)
    session = sessions_of(lab, lab.chassis.sessions.rows_of_sessmgr(2))[0]
    assert lines_of(lab, session)[1] is not None
    lab.chassis.task_faults.kill(AAAMGR, 2)
    assert lines_of(lab, session)[1] is None
    other = sessions_of(lab, lab.chassis.sessions.rows_of_sessmgr(3))[0]
    assert lines_of(lab, other)[1] is not None
    lab.wait(5)
    assert lines_of(lab, session)[1] is not None


# Sessions


def groups(*counts: int) -> list[Group]:
    schema = load("asr5500").schema.subscribers[0]
    return [
        Group(
            SubscribersSchema(
                count=count,
                access=access,
                context="A",
                service=service,
                username=f"{n}-{{number}}",
                msid=f"0010{n}00000001",
                address=schema.address,
            )
        )
        for n, (count, access, service) in enumerate(
            zip(counts, ("ha-mobile-ipv4", "pgw-gtp-ipv4"), ("H", "P"), strict=True)
        )
    ]


class Sessions(RuleBasedStateMachine):
    """The table of sessions beside a plain list of them."""

    @initialize()
    def begin(self) -> None:
        self.table = SessionTable(groups(6, 5))
        self.plain: dict[int, tuple[int, int, int, int]] = {}
        self.counts: Counter[tuple[str, int]] = Counter()
        self.next = 1
        self.now = 1000.0

    @rule(group=st.integers(0, 1), number=st.integers(0, 4), sessmgr=st.integers(1, 3))
    def connect(self, group: int, number: int, sessmgr: int) -> None:
        if self.table.is_attached(group, number):
            return
        row = self.table.connect(self.next, group, number, sessmgr, self.now + 1, 0.0)
        assert row not in self.plain
        assert row < 11  # rows that were given back are used again
        self.plain[row] = (self.next, group, number, sessmgr)
        self.counts["arrived", sessmgr] += 1
        self.next += 1

    @rule(data=st.data())
    def disconnect(self, data: st.DataObject) -> None:
        if self.plain:
            row = data.draw(st.sampled_from(sorted(self.plain)))
            _, group, number, sessmgr = self.plain.pop(row)
            connected = self.table.session(row, self.now).is_connected(self.now)
            assert self.table.disconnect(row, self.now) == (group, number)
            self.counts["disconnected" if connected else "failed", sessmgr] += 1

    @rule(seconds=st.sampled_from([0.5, 1.0, 40.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def clear(self) -> None:
        self.table.clear()
        self.plain.clear()
        self.counts.clear()

    @invariant()
    def agree(self) -> None:
        if not hasattr(self, "table"):
            return
        table, plain = self.table, self.plain
        assert len(table) == len(plain)
        assert set(table.rows()) == set(plain)
        assert set(table.callids()) == {callid for callid, *_ in plain.values()}
        by_sessmgr: dict[int, list[int]] = defaultdict(list)
        for row, (callid, group, number, sessmgr) in plain.items():
            by_sessmgr[sessmgr].append(row)
            session = table.session(row, self.now)
            assert (session.callid, session.number, session.sessmgr) == (callid, number, sessmgr)
            assert session.group is table.groups[group]
            assert table.group_of(row) == group
            assert table.with_callid(callid) == [row]
        for sessmgr in (1, 2, 3):
            rows = list(table.rows_of_sessmgr(sessmgr))
            assert sorted(rows) == sorted(by_sessmgr[sessmgr])
            found = [plain[row][0] for row in rows]
            assert found == sorted(found, reverse=True)
            assert table.count_of_sessmgr(sessmgr) == len(rows)
            connecting = [r for r in rows if not table.session(r, self.now).is_connected(self.now)]
            assert table.connecting(sessmgr, self.now) == len(connecting)
            load_of = sum(table.groups[plain[row][1]].load for row in rows)
            assert table.load_of(sessmgr) == pytest.approx(load_of)
            arrived, ended, failed = (
                self.counts[name, sessmgr] for name in ("arrived", "disconnected", "failed")
            )
            assert table.statistics.sessmgr(sessmgr) == SessmgrStatistics(arrived, failed, ended)
            assert table.statistics.aaamgr(sessmgr) == AaamgrStatistics(arrived, failed, ended)
        if plain:
            assert {table.random_row(Random(seed)) for seed in range(5)} <= set(plain)
        everything = sorted(row for rows in by_sessmgr.values() for row in rows)
        assert sorted(row for n in (1, 2, 3) for row in table.rows_of_sessmgr(n)) == everything
        for group, service in enumerate("HP"):
            there = [row for row in plain if plain[row][1] == group]
            assert table.count_of_service("A", service) == len(there)
            assert table.count_of_kind(table.groups[group].kind) == len(there)
            assert table.count_of_type(("HA", "PGW")[group]) == len(there)
            assert sorted(table.rows_of_places({("A", service)})) == sorted(there)
        numbers = {(group, number) for _, group, number, _ in plain.values()}
        for group, group_of in enumerate(table.groups):
            for number in range(group_of.count):
                assert table.is_attached(group, number) == ((group, number) in numbers)


TestSessions = pytest.mark.proves("SR-02", "SR-03", "SR-06")(Sessions.TestCase)


@pytest.mark.proves("SR-09", "SR-10")
def test_the_timers_of_a_call() -> None:
    """Duration runs on, registration counts down from its maximum, idle time follows the calls."""
    table = SessionTable(groups(1, 1))
    row = table.connect(0x1234, 0, 0, 1, 1000.0, 0.0)
    session = table.session(row, 1000.0)
    assert session.duration(999.0) == session.duration(1000.0) == 0.0
    assert session.duration(1500.0) == 500.0
    for age, left in ((0, 1800.0), (100, 1700.0), (899, 901.0), (900, 1800.0), (950, 1750.0)):
        assert session.registration_left(1000.0 + age) == left
    assert session.registration_left(990.0) == REGISTRATION_LIFETIME
    for age in range(0, 2000, 37):
        now = 1000.0 + age
        idle = table.session(row, now).idle(now)
        assert idle == min(session.pattern.idle(now), age)


@pytest.mark.proves("SR-06", "SR-09", "SR-10")
def test_a_recovered_call_counts_anew_and_keeps_what_was_checkpointed() -> None:
    table = SessionTable(groups(1, 1))
    table.covered, table.checkpointing = frozenset({0, 1}), True
    row = table.connect(0x1234, 0, 0, 1, 1000.0, 0.0)
    table.sessmgr_left(1, 2000.0)
    away = table.session(row, 2001.0)
    assert away.until == 2000.0
    assert away.usage() == table.session(row, 2000.0).usage()
    good, bad = table.recoverable(1, 2000.0)
    assert (good, bad) == ([row], [])
    table.recover(1, good, 2000.0, 2002.0)
    after = table.session(row, 2002.0)
    assert (after.connected_at, after.counted_from, after.recovered) == (1000.0, 2002.0, True)
    assert after.idle(2002.0) == 0.0
    assert after.registration_left(2002.0) == REGISTRATION_LIFETIME
    known_at = 1000.0 + 33 * MICRO_PERIOD  # the last micro checkpoint before the failure
    assert after.usage().received == after.pattern.octets(1000.0, known_at)
    assert table.statistics.sessmgr(1).recovered == 1
    later = table.session(row, 2602.0)
    carried = after.usage().received + after.pattern.octets(2002.0, 2602.0)
    assert later.usage().received == carried
    table.sessmgr_left(1, 3000.0)
    table.recover(1, [row], 3000.0, 3001.0)
    second = table.session(row, 3001.0).usage().received
    assert after.usage().received < second <= table.session(row, 3001.0).received + carried


@pytest.mark.proves("SR-07", "SR-11", "SR-28")
def test_what_a_peer_can_give_back() -> None:
    """Covered, fully connected when the sessmgr failed, and checkpointed in full or filled."""
    table = SessionTable(groups(2, 2))
    table.covered, table.checkpointing = frozenset({0}), True
    covered = table.connect(1, 0, 0, 1, 1000.0, 0.0)
    late = table.connect(2, 0, 1, 1, 1000.5, 0.0)
    other = table.connect(3, 1, 0, 1, 1000.0, 0.0)
    assert table.recoverable(1, 1000.0) == ([covered], [other, late])
    assert table.lines(covered, 1000.0)[0].state is Fsm.CONNECTED
    assert table.lines(late, 1000.0)[0].state is Fsm.LINE_CONNECTED
    assert table.recoverable(1, 1000.5)[0] == [late, covered]
    assert table.recovery_records(1, 1000.5) == 2
    assert table.recoverable(2, 1000.5) == ([], [])
    table.checkpointing = False
    assert table.recoverable(1, 1000.5)[0] == []
    assert table.recovery_records(1, 1000.5) == 0
    table.checkpointing = True
    table.aaamgr_left(1, 1001.0)
    assert table.recovery_records(1, 1001.0) == 0
    assert table.recover_peers(1, 1003.0) == 2
    assert table.recovery_records(1, 1003.0) == 2
    assert table.statistics.aaamgr(1).filled == 2
    _, peer = table.lines(late, 1003.0)
    assert peer is not None
    assert peer.recovered


@pytest.mark.proves("SR-29")
def test_a_call_that_connects_while_the_aaamgr_is_filled_is_not_filled() -> None:
    table = SessionTable(groups(3, 2))
    table.covered, table.checkpointing = frozenset({0}), True
    first = table.connect(1, 0, 0, 1, 1000.0, 0.0)
    table.aaamgr_left(1, 1001.0)
    second = table.connect(2, 0, 1, 1, 1004.0, 0.0)
    other = table.connect(3, 1, 0, 1, 1000.0, 0.0)
    third = table.connect(4, 0, 2, 1, 1003.0, 0.0)
    assert table.recoverable(1, 1003.0)[0] == [first]
    assert table.recover_peers(1, 1003.0) == 2
    assert table.recoverable(1, 1003.0)[0] == [third, first]
    flags = []
    for row in (first, second, other):
        _, peer = table.lines(row, 1010.0)
        assert peer is not None
        flags.append(peer.recovered)
    assert flags == [True, False, False]


@pytest.mark.proves("SR-28")
def test_what_the_lines_count_of_packets() -> None:
    """The primary line since the call was connected or recovered, the peer line since it began."""
    traffic = Traffic(reordered=100_000, fragmented=50_000, fragments_lost=10_000, redirected=True)
    found = pattern(0x1234, traffic)
    made = counters(found, traffic, 1000.0, 9000.0)
    much = counters(found, traffic, 0.0, 9_000_000.0)
    all_octets = found.octets(0.0, 9_000_000.0)
    all_packets = Usage(all_octets, all_octets * found.ratio).packets
    assert (much.out_of_sequence, much.reassembled, much.reassembly_timeouts) == (
        all_packets // 10,
        all_packets // 20,
        all_packets // 100,
    )
    packets = Usage(
        found.octets(1000.0, 9000.0), found.octets(1000.0, 9000.0) * found.ratio
    ).packets
    assert (made.out_of_sequence, made.reassembled) == (packets // 10, packets // 20)
    assert made.reassembly_timeouts == packets // 100
    starts = sum((t + found.phase) % found.cycle == 0 for t in range(1001, 9001))
    assert made.redirections_added == starts + 1  # with the one that had begun before
    assert made.redirections_current == found.is_busy(9000.0)
    busy = next(float(t) for t in range(1000, 2000) if found.is_busy(t) and found.is_busy(t + 1))
    short = counters(found, traffic, busy, busy + 1)
    assert (short.redirections_added, short.redirections_current) == (1, 1)
    nothing = counters(found, traffic, 9000.0, 9000.0)
    assert (nothing.out_of_sequence, nothing.redirections_added) == (0, 0)
    assert nothing.redirections_current == 0
    plain = counters(found, Traffic(), 1000.0, 9000.0)
    assert (plain.out_of_sequence, plain.redirections_added, plain.redirections_current) == (
        0,
        0,
        0,
    )
    silent = Traffic(rate=0.0, redirected=True)
    none = counters(pattern(0x1234, silent), silent, 1000.0, 9000.0)
    assert (none.redirections_added, none.redirections_current) == (0, 0)


def busy_seconds(callid: int, first: int, last: int) -> float:
    """Busy seconds of a call, counted in tenths of a second."""
    found = pattern(callid, Traffic())
    return sum(found.is_busy(first + n / 10) for n in range((last - first) * 10)) / 10


@pytest.mark.proves("SR-06")
@given(st.integers(1, 0xFFFFFFFF), st.integers(0, 2_000_000), st.integers(0, 700))
def test_what_a_call_carries_is_what_it_carries_while_it_is_busy(
    callid: int, first: int, seconds: int
) -> None:
    found = pattern(callid, Traffic())
    last = first + seconds
    busy = found.busy_between(first, last)
    assert busy == pytest.approx(busy_seconds(callid, first, last), abs=0.11 * (2 + seconds / 30))
    assert found.octets(first, last) == int(busy * found.rate)
    assert found.busy_between(last, first) == 0
    usage = Usage(found.octets(first, last), found.octets(first, last) * found.ratio)
    assert usage.packets == (usage.received + usage.sent) // 500


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
    order = [(t.cpu.slot, t.facility) for t in table.in_order()]
    assert order == sorted(order)
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
    lab.configure("context A", "pgw-service P", "bind address 192.0.2.1")
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
    lab.configure("context A", "mme-service M", "bind address 192.0.2.1")
    assert lab.chassis.not_covered(0) != ""
    assert lab.chassis.sessions.covered == frozenset()
    lab.configure("context A", "no mme-service M")
    assert lab.chassis.sessions.covered == {0}


# What is lost


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
