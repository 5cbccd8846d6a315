"""The table of sessions, rule by rule."""

from __future__ import annotations

from collections import Counter, defaultdict
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from staros_cli.chassis.access import Fsm
from staros_cli.chassis.call_lines import FULL_PERIOD, MICRO_PERIOD
from staros_cli.chassis.definition import load
from staros_cli.chassis.definition_schema import SubscribersSchema
from staros_cli.chassis.manager_statistics import AaamgrStatistics, SessmgrStatistics
from staros_cli.chassis.session import REGISTRATION_LIFETIME
from staros_cli.chassis.sessions import SessionTable
from staros_cli.chassis.subscribers import Group
from staros_cli.chassis.traffic import Traffic, Usage, counters, pattern
from tests.recovery.support import no_pools

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


def table_of(*counts: int) -> SessionTable:
    """A table for groups of two kinds of access."""
    found = groups(*counts)
    return SessionTable(found, no_pools(found))


class Sessions(RuleBasedStateMachine):
    """The table of sessions beside a plain list of them."""

    @initialize()
    def begin(self) -> None:
        self.table = table_of(6, 5)
        self.plain: dict[int, tuple[int, int, int, int]] = {}
        self.counts: Counter[tuple[str, int]] = Counter()
        self.next = 1
        self.now = 1000.0

    @rule(group=st.integers(0, 1), number=st.integers(0, 4), sessmgr=st.integers(1, 3))
    def connect(self, group: int, number: int, sessmgr: int) -> None:
        if self.table.row_of(group, number) >= 0:
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
            assert dict(table.kinds())[table.groups[group].kind] == len(there)
            assert table.count_of_type(("HA", "PGW")[group]) == len(there)
            assert sorted(table.rows_of_places({("A", service)})) == sorted(there)
        numbers = {(group, number) for _, group, number, _ in plain.values()}
        for group, group_of in enumerate(table.groups):
            for number in range(group_of.count):
                assert (table.row_of(group, number) >= 0) == ((group, number) in numbers)


TestSessions = pytest.mark.proves("SR-02", "SR-03", "SR-06")(Sessions.TestCase)


class Records(RuleBasedStateMachine):
    """How many calls aaamgrs know, beside a look at each call."""

    @initialize(covered=st.sampled_from([{0}, {1}, {0, 1}]))
    def begin(self, covered: set[int]) -> None:
        self.table = table_of(6, 5)
        self.table.cover(covered)
        self.table.checkpoint(True)
        self.now = 1000.0
        self.next = 1

    @rule(group=st.integers(0, 1), number=st.integers(0, 4), sessmgr=st.integers(1, 2))
    def connect(self, group: int, number: int, sessmgr: int) -> None:
        if self.table.row_of(group, number) < 0:
            self.table.connect(self.next, group, number, sessmgr, self.now + 1, 0.0)
            self.next += 1

    @rule(seconds=st.sampled_from([1.0, 40.0, FULL_PERIOD, 200.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule(instance=st.integers(1, 2))
    def aaamgr_fails(self, instance: int) -> None:
        self.table.aaamgr_left(instance, self.now)

    @rule(instance=st.integers(1, 2), filled=st.booleans())
    def aaamgr_is_back(self, instance: int, filled: bool) -> None:
        if filled:
            self.table.recover_peers(instance, self.now)
        else:
            self.table.begin_empty_aaamgr(instance, self.now)

    @invariant()
    def agree(self) -> None:
        for instance in (1, 2) if hasattr(self, "table") else ():
            held = len(self.table.recoverable(instance, self.now)[0])
            counted = self.table.recovery_records(instance, self.now)
            assert counted in (0, held) if self._is_away(instance) else counted == held

    def _is_away(self, instance: int) -> bool:
        return not self.table.aaamgr_was_back(instance, self.now)


TestRecords = pytest.mark.proves("SR-06", "SR-28")(Records.TestCase)


@pytest.mark.proves("SR-09", "SR-10")
def test_the_timers_of_a_call() -> None:
    """Duration runs on, registration counts down from its maximum, idle time follows the calls."""
    table = table_of(1, 1)
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
    table = table_of(1, 1)
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
    table = table_of(2, 2)
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
    table = table_of(3, 2)
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
