"""The table of subscribers' sessions.

Kept in columns, one array a property: a chassis carries a million of them, and most questions look
at one or two properties of many. Names, identities and addresses are not kept at all; they follow
from the group and number of the subscriber. What a call has carried follows from its traffic.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import Struct

from staros_cli.chassis.access import (
    ACCESS_KINDS,
    AUTHENTICATING,
    CALL_TRACE,
    PEER_TRACE,
    RECOVERED_TRACE,
    AccessKind,
    Fsm,
    Trace,
)
from staros_cli.chassis.call_lines import NO_CHECKPOINTS, CallLine, LineTable
from staros_cli.chassis.definition_schema import CheckpointsSchema
from staros_cli.chassis.pools import Pools
from staros_cli.chassis.session import Session
from staros_cli.chassis.session_columns import PEER_DELAY, SessionColumns
from staros_cli.chassis.subscribers import Group, Wildcard
from staros_cli.chassis.traffic import LineCounters, Pattern, counters, pattern


class KindCount(Struct, frozen=True):
    """How many sessions of a kind of access there are, and how many of them are connected."""

    kind: AccessKind
    total: int
    connected: int


NEVER = float("inf")
"""When a call is connected that never gets further than to its authentication."""


class SessionTable(SessionColumns):
    """All sessions of the chassis, and what is asked about them.

    `covered` are the groups that session recovery covers, `checkpointing` whether it is in effect,
    so that checkpoints are made.
    """

    def __init__(self, groups: Sequence[Group], pools: Pools) -> None:
        self.covered: frozenset[int] = frozenset()
        self.checkpointing = False
        super().__init__(groups, pools)

    # Recovery

    def cover(self, groups: Iterable[int]) -> None:
        """Note which groups session recovery covers (SR-07, SR-08)."""
        self.covered = frozenset(groups)

    def checkpoint(self, in_effect: bool) -> None:
        """Make checkpoints from now on, or make none."""
        self.checkpointing = in_effect

    def sessmgr_left(self, instance: int, now: float) -> None:
        """A sessmgr died: its calls carry nothing, and their peer lines checkpoint in vain."""
        self._peer.other_side_left(instance, now)

    def aaamgr_left(self, instance: int, now: float) -> None:
        """An aaamgr died: the checkpoints of the calls of its instance fail."""
        self._primary.other_side_left(instance, now)

    def recoverable(self, instance: int, failed_at: float) -> tuple[list[int], list[int]]:
        """The calls of a sessmgr that its peer can give back, and those that it cannot.

        The peer holds what was checkpointed: calls of the groups covered that were fully connected
        when the sessmgr failed (SR-07, SR-08, SR-11).
        """
        good: list[int] = []
        bad: list[int] = []
        for row in self.rows_of_sessmgr(instance):
            fit = self._connected_at[row] <= failed_at and self._is_held(row, failed_at)
            (good if fit else bad).append(row)
        return good, bad

    def _is_held(self, row: int, now: float) -> bool:
        """Whether the peer of a call holds its state."""
        if not self._is_checkpointed(row):
            return False
        if self._primary.recovered[row] or self._peer.recovered[row]:
            return True  # one side was filled from the other
        instance = self._sessmgr[row]
        return self._primary.last_success(row, instance, now, full=True) != float("-inf")

    def _is_checkpointed(self, row: int) -> bool:
        return self.checkpointing and self._group[row] in self.covered

    def recover(self, instance: int, rows: Sequence[int], failed_at: float, now: float) -> None:
        """Fill the calls of a new sessmgr from its peer (SR-06, SR-09, SR-10, SR-29).

        Idle time begins at zero, the re-registration timer at its maximum, checkpoints are counted
        anew. Call duration goes on; of what was carried, the peer knows what the last checkpoint
        told it.
        """
        self._peer.other_side_returned(instance, rows, now)
        primary = self._primary
        for row in rows:
            self.take_over(row, primary.last_success(row, instance, failed_at), now)
        self.statistics.begin_sessmgr(instance, len(rows))

    def take_over(self, row: int, known_at: float, now: float) -> None:
        """Go on with a call of which is known what it had carried until a time."""
        counted_from = self._counted_from[row]
        octets = self.pattern_of(row).octets(counted_from, max(counted_from, known_at))
        self._received[row] += octets
        self._counted_from[row] = now
        self._primary.begin_again(row, now)

    def recover_peers(self, instance: int, now: float) -> int:
        """Fill the peer lines of an instance anew from its sessmgr; returns how many calls."""
        rows = list(self.rows_of_sessmgr(instance))
        self._primary.other_side_returned(instance, rows, now)
        filled = 0
        for row in rows:
            if self._connected_at[row] <= now and self._is_checkpointed(row):
                self._peer.begin_again(row, now)
                filled += 1
        self.statistics.begin_aaamgr(instance, filled)
        return filled

    def begin_empty(self, instance: int) -> None:
        """A sessmgr goes on without any call of its instance: it counts from zero (SR-06)."""
        self._peer.forget(instance)
        self.statistics.begin_sessmgr(instance)

    def begin_empty_aaamgr(self, instance: int, now: float) -> None:
        """An aaamgr goes on that was not filled: it knows the calls by their next checkpoint."""
        self._primary.other_side_returned(instance, list(self.rows_of_sessmgr(instance)), now)
        self.statistics.begin_aaamgr(instance)

    def describe(self, row: int, now: float, schema: CheckpointsSchema) -> None:
        """Put the checkpoints of a session into the state that a definition gives."""
        begins_at = now - schema.age
        self._connected_at[row] = self._counted_from[row] = begins_at
        for table in (self._primary, self._peer):
            table.full.since[row] = begins_at
            table.micro.since[row] = begins_at + schema.micro_phase
        self._primary.full.missed[row] = schema.missed
        if schema.peer_recovered:
            self._peer.begin_again(row, now)

    # Asking

    def session(self, row: int, now: float) -> Session:
        """The session of a row as it stands now."""
        callid, sessmgr = self._callid[row], self._sessmgr[row]
        group = self.groups[self._group[row]]
        return Session(
            row,
            callid,
            group,
            self._number[row],
            sessmgr,
            self._connected_at[row],
            self._counted_from[row],
            bool(self._primary.recovered[row]),
            self._received[row],
            min(now, self._peer.away.get(sessmgr, now)),
            self.pattern_of(row),
            self.pools.address(self._pool[row], self._offset[row]) if self._pool[row] else "",
        )

    def pattern_of(self, row: int) -> Pattern:
        """The rhythm of the traffic of the call of a row."""
        return pattern(self._callid[row], self.groups[self._group[row]].traffic)

    def lines(self, row: int, now: float) -> tuple[CallLine, CallLine | None]:
        """The primary and the peer line of a session; no peer line while its aaamgr is away."""
        connected = self._connected_at[row] <= now
        state = Fsm.CONNECTED if connected else Fsm.LINE_CONNECTED
        trace = CALL_TRACE if connected else CALL_TRACE[:AUTHENTICATING]
        primary = self._line(self._primary, row, now, state, trace)
        if self._sessmgr[row] in self._primary.away:
            return primary, None
        return primary, self._line(self._peer, row, now, state, PEER_TRACE)

    def _line(self, table: LineTable, row: int, now: float, state: Fsm, trace: Trace) -> CallLine:
        recovered = bool(table.recovered[row])
        full = micro = NO_CHECKPOINTS
        if self._is_checkpointed(row):
            full, micro = table.checkpoints(row, self._sessmgr[row], now)
        return CallLine(recovered, full, micro, state, RECOVERED_TRACE if recovered else trace)

    def checkpoint_times(self, row: int) -> tuple[tuple[float, float], ...]:
        """When the first full and the first micro checkpoint of a call are due, and their periods.

        In seconds since 1970 UTC and seconds; nothing where there are no checkpoints.
        """
        return self._primary.checkpoint_times(row) if self._is_checkpointed(row) else ()

    def aaamgr_was_back(self, instance: int, time: float) -> bool:
        """Whether the aaamgr of an instance, which had been away, took checkpoints at a time."""
        return self._primary.other_side_was_back(instance, time)

    def counters(self, row: int, now: float) -> tuple[LineCounters, LineCounters]:
        """The packet counters of both lines, each since it began."""
        session = self.session(row, now)
        peer_from = max(session.connected_at, self._peer.full.since[row] - PEER_DELAY)
        first, second = (
            counters(session.pattern, session.group.traffic, begin, session.until)
            for begin in (session.counted_from, peer_from)
        )
        return first, second

    def connected_at(self, row: int) -> float:
        """When the call of a row is or was connected, in seconds since 1970 UTC."""
        return self._connected_at[row]

    def group_of(self, row: int) -> int:
        """The number of the group of the subscriber of a row."""
        return self._group[row]

    def place_of(self, row: int) -> tuple[int, int]:
        """The numbers of the group and of the node that a call comes through."""
        return self._group[row], self._node[row]

    def rows(self) -> Iterator[int]:
        """The rows of all sessions."""
        return iter(self._row_of_callid.values())

    def identified(self, rows: Iterable[int]) -> list[tuple[int, int]]:
        """Some rows with the identifiers of their calls, for `those_there`."""
        return [(row, self._callid[row]) for row in rows]

    def those_there(self, calls: Iterable[tuple[int, int]]) -> Iterator[int]:
        """The rows of those calls that are still there when their turn comes."""
        for row, callid in calls:
            if self._row_of_callid.get(callid) == row:
                yield row

    def while_there(self, rows: Iterable[int]) -> Iterator[int]:
        """Those of some rows whose call is still the one of now when their turn comes."""
        return self.those_there(self.identified(rows))

    def callids(self) -> Iterator[int]:
        """The call identifiers of all sessions."""
        return iter(self._row_of_callid)

    def rows_of_sessmgr(self, instance: int) -> Iterator[int]:
        """The rows of the sessions that a sessmgr instance holds, the latest first."""
        return self._lists.rows(instance)

    def random_row(self, rng: random.Random) -> int:
        """The row of a session drawn by chance; there must be one."""
        if len(self) * 64 < len(self._callid):
            return rng.choice(list(self.rows()))
        while True:
            row = rng.randrange(len(self._callid))
            if self._sessmgr[row]:
                return row

    def connecting(self, instance: int, now: float) -> int:
        """How many calls of an instance are only partially connected."""
        return len(self._connecting(instance, now))

    def _connecting(self, instance: int, now: float) -> list[int]:
        if self._lists.all_connected_at(instance) <= now:
            return []
        return [row for row in self.rows_of_sessmgr(instance) if self._connected_at[row] > now]

    def recovery_records(self, instance: int, now: float) -> int:
        """How many calls the aaamgr of an instance holds the state of."""
        if instance in self._primary.away:
            return 0
        if self.checkpointing and self._primary.reached_all(instance, now):
            begun = self._lists.count_in(instance, self.covered)
            return begun - sum(map(self._is_checkpointed, self._connecting(instance, now)))
        return sum(self._is_held(row, now) for row in self.rows_of_sessmgr(instance))

    def load_of(self, instance: int) -> float:
        """The percent of a CPU that the calls of a sessmgr take."""
        return self._lists.load(instance)

    def rows_of_places(self, places: set[tuple[str, str]]) -> list[int]:
        """The rows of the sessions of these contexts and services."""
        return self.in_groups(self.rows(), lambda group: group.place in places)

    def rows_of_node(self, group: int, node: int) -> Iterator[int]:
        """The rows of the sessions of a group that come through one of its nodes."""
        groups, nodes = self._group, self._node
        return (row for row in self.rows() if nodes[row] == node and groups[row] == group)

    def in_groups(self, rows: Iterable[int], fits: Callable[[Group], bool]) -> list[int]:
        """Those of some rows whose groups fit."""
        groups = {n for n, group in enumerate(self.groups) if fits(group)}
        return [row for row in rows if self._group[row] in groups]

    def row_of(self, group: int, number: int) -> int:
        """The row of a subscriber, less than 0 where there is no session."""
        return self._row_of_number[group][number]

    def with_callid(self, callid: int) -> list[int]:
        """The row of a call identifier, or nothing."""
        row = self._row_of_callid.get(callid)
        return [] if row is None else [row]

    def with_username(self, wanted: Wildcard) -> list[int]:
        """The rows of the sessions whose username fits."""
        return self._with(wanted, Group.number_of_username, Group.usernames)

    def with_msid(self, wanted: Wildcard) -> list[int]:
        """The rows of the sessions whose msid fits."""
        return self._with(wanted, Group.number_of_msid, Group.msids)

    def with_msisdn(self, wanted: Wildcard) -> list[int]:
        """The rows of the sessions whose telephone number fits."""
        found = self._with(wanted, Group.number_of_msisdn, Group.msisdns)
        return self.in_groups(found, lambda group: group.msisdn(0) != "")

    def with_address(self, address: str) -> list[int]:
        """The rows of the sessions with that address."""
        pairs = zip(self.groups, self._row_of_number, strict=True)
        numbers = ((g, rows, g.number_of_address(address)) for g, rows in pairs)
        found = ((g, rows[number]) for g, rows, number in numbers if number is not None)
        own = [r for g, r in found if r >= 0 and (not self._pool[r] or g.has_second(address))]
        return [*own, *self.pools.rows_with(address)]

    def _with(
        self,
        wanted: Wildcard,
        find: Callable[[Group, str], int | None],
        names: Callable[[Group, Iterable[int]], Iterator[str]],
    ) -> list[int]:
        found: list[int] = []
        for group, rows in zip(self.groups, self._row_of_number, strict=True):
            if wanted.is_exact:
                number = find(group, wanted.text)
                found += [] if number is None else [rows[number]]
            else:
                pairs = zip(rows, names(group, range(group.count)), strict=True)
                matches = wanted.matches
                found += [row for row, name in pairs if row >= 0 and matches(name)]
        return [row for row in found if row >= 0]

    def count_kinds(self, rows: Sequence[int] | None, now: float) -> list[KindCount]:
        """How many sessions of each kind of access there are, of some rows or of all."""
        at, group = self._connected_at, self._group
        among = self._row_of_callid.values() if rows is None else rows
        by_group = Counter(group[row] for row in rows) if rows is not None else self._by_group
        waiting = Counter(group[row] for row in among if at[row] > now)
        found = {kind: KindCount(kind, 0, 0) for kind in ACCESS_KINDS}
        for number, its_group in enumerate(self.groups):
            kind, total = its_group.kind, by_group[number]
            before = found[kind]
            connected = before.connected + total - waiting[number]
            found[kind] = KindCount(kind, before.total + total, connected)
        return list(found.values())

    def count_of_type(self, session_type: str) -> int:
        """How many sessions count against that session limit of the licence."""
        return self._count_of(lambda group: group.kind.session_type == session_type)

    def _count_of(self, fits: Callable[[Group], bool]) -> int:
        return sum(n for group, n in zip(self.groups, self._by_group, strict=True) if fits(group))

    def count_of_sessmgr(self, instance: int) -> int:
        """How many sessions a sessmgr instance holds."""
        return self._lists.count(instance)

    def count_of_service(self, context: str, service: str) -> int:
        """How many sessions a service carries."""
        return self._count_of(lambda group: group.place == (context, service))

    def kinds(self) -> list[tuple[AccessKind, int]]:
        """Every kind of access with the number of its sessions."""
        counts = Counter[AccessKind]()
        for group, count in zip(self.groups, self._by_group, strict=True):
            counts[group.kind] += count
        return [(kind, counts[kind]) for kind in ACCESS_KINDS]
