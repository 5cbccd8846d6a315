"""Subscribers' sessions.

Kept in columns, one array a property: a chassis carries a million of them, and most questions look
at one or two properties of many. Names, identities and addresses are not kept at all; they follow
from the group and number of the subscriber.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

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
from staros_cli.chassis.definition import CheckpointsForm
from staros_cli.chassis.subscribers import Group, Wildcard

FULL_PERIOD = 90.0
MICRO_PERIOD = 30.0
"""Seconds between two checkpoints of a session to its peer; their ratio follows from the example
of the chapter, where 69 full ones stand beside 206 micro ones."""

REGISTRATION_LIFETIME = 1800.0
"""The most that a re-registration timer shows, in seconds (SR-10)."""

NEVER = float("inf")
_RECOVERED, _PEER_RECOVERED = 1, 2


class Checkpoints(Struct, frozen=True):
    """Checkpoints of one kind: attempts, successes, and the age of the last in milliseconds."""

    attempts: int
    success: int
    age: int


NO_CHECKPOINTS = Checkpoints(0, 0, 0)


class CallLine(Struct, frozen=True):
    """One of the two lines of a call: that of its sessmgr or that of the peer (SR-28, SR-29)."""

    recovered: bool
    full: Checkpoints
    micro: Checkpoints
    state: Fsm
    trace: Trace


class Session(Struct, frozen=True):
    """One session, as it stands at the moment of asking. Times are seconds since 1970 UTC."""

    row: int
    callid: int
    group: Group
    number: int
    sessmgr: int
    connected_at: float
    active_at: float
    registered_at: float
    recovered: bool

    @property
    def kind(self) -> AccessKind:
        """Its kind of access."""
        return self.group.kind

    @property
    def username(self) -> str:
        """The name of its subscriber."""
        return self.group.username(self.number)

    @property
    def msid(self) -> str:
        """The identity of its subscriber."""
        return self.group.msid(self.number)

    @property
    def address(self) -> str:
        """The address of its subscriber."""
        return self.group.address(self.number)

    def is_connected(self, now: float) -> bool:
        """Whether the call is fully connected (SR-11)."""
        return self.connected_at <= now

    def idle(self, now: float) -> float:
        """Seconds since the subscriber last sent something; each has an interval of its own."""
        return max(0.0, now - self.active_at) % (60 + self.callid % 240)

    def registration_left(self, now: float) -> float:
        """Seconds on the re-registration timer; a subscriber registers again at half of it."""
        return REGISTRATION_LIFETIME - (now - self.registered_at) % (REGISTRATION_LIFETIME / 2)

    def octets(self, now: float) -> tuple[int, int]:
        """Octets received from and sent to the subscriber: what accounting bills (SR-06)."""
        seconds = max(0.0, now - self.connected_at)
        received = int(seconds * (100 + self.callid % 1900))
        return received, received * (3 + self.callid % 5)


class SessmgrStatistics(Struct):
    """What one sessmgr has counted since it began (SR-06)."""

    arrived: int = 0
    ended: int = 0


class SessionTable:
    """All sessions of the chassis, by row. A row without sessmgr is free."""

    def __init__(self, groups: Sequence[Group]) -> None:
        self.groups = groups
        self.clear()

    def clear(self) -> None:
        """No session is left: the system went down."""
        self._callid = array("I")
        self._group = array("H")
        self._number = array("I")
        self._sessmgr = array("H")
        self._flags = array("B")
        self._missed = array("H")
        self._connected_at = array("d")
        self._active_at = array("d")
        self._registered_at = array("d")
        self._full_since = array("d")
        self._micro_since = array("d")
        self._peer_since = array("d")
        columns: tuple[array[Any], ...] = (
            self._callid,
            self._group,
            self._number,
            self._sessmgr,
            self._flags,
            self._missed,
            self._connected_at,
            self._active_at,
            self._registered_at,
            self._full_since,
            self._micro_since,
            self._peer_since,
        )
        self._columns = columns
        self._free: list[int] = []
        self._row_of_callid: dict[int, int] = {}
        self._row_of_number = [array("i", b"\xff" * 4) * group.count for group in self.groups]
        self._by_group = [0] * len(self.groups)
        self._by_sessmgr: dict[int, int] = {}
        self._statistics: dict[int, SessmgrStatistics] = {}

    def __len__(self) -> int:
        return len(self._row_of_callid)

    # Coming and going

    def connect(
        self,
        callid: int,
        group: int,
        number: int,
        sessmgr: int,
        connected_at: float,
        active_at: float,
        micro_phase: float,
    ) -> int:
        """Add a call and return its row.

        `connected_at` may lie in the future: until then the call is only partially connected.
        """
        values = (
            callid,
            group,
            number,
            sessmgr,
            0,
            0,
            connected_at,
            active_at,
            active_at,
            connected_at,
            connected_at + micro_phase,
            connected_at,
        )
        if self._free:
            row = self._free.pop()
            for column, value in zip(self._columns, values, strict=True):
                column[row] = value
        else:
            row = len(self._callid)
            for column, value in zip(self._columns, values, strict=True):
                column.append(value)
        self._row_of_callid[callid] = row
        self._row_of_number[group][number] = row
        self._by_group[group] += 1
        self._by_sessmgr[sessmgr] = self._by_sessmgr.get(sessmgr, 0) + 1
        self._counted(sessmgr).arrived += 1
        return row

    def disconnect(self, row: int) -> tuple[int, int]:
        """End the session of a row; returns group and number of its subscriber."""
        group, number, sessmgr = self._group[row], self._number[row], self._sessmgr[row]
        del self._row_of_callid[self._callid[row]]
        self._row_of_number[group][number] = -1
        self._sessmgr[row] = 0
        self._by_group[group] -= 1
        self._by_sessmgr[sessmgr] -= 1
        self._counted(sessmgr).ended += 1
        self._free.append(row)
        return group, number

    def _counted(self, sessmgr: int) -> SessmgrStatistics:
        found = self._statistics.get(sessmgr)
        if found is None:
            found = self._statistics[sessmgr] = SessmgrStatistics()
        return found

    # Recovery

    def split(
        self, rows: Iterable[int], covered: set[int], failed_at: float
    ) -> tuple[list[int], list[int]]:
        """Part rows into those that can be recovered and those that cannot.

        Recoverable are fully connected calls (SR-11) of the groups `covered`.
        """
        good: list[int] = []
        bad: list[int] = []
        group, connected_at = self._group, self._connected_at
        for row in rows:
            fit = connected_at[row] <= failed_at and group[row] in covered
            (good if fit else bad).append(row)
        return good, bad

    def recover(self, rows: Iterable[int], now: float) -> None:
        """Fill sessions of a new sessmgr from their peer (SR-09, SR-10, SR-29).

        Idle time begins at zero, the re-registration timer at its maximum, checkpoints are counted
        anew. Call duration and accounting go on.
        """
        flags, missed = self._flags, self._missed
        active, registered = self._active_at, self._registered_at
        full, micro = self._full_since, self._micro_since
        for row in rows:
            flags[row] |= _RECOVERED
            missed[row] = 0
            active[row] = registered[row] = full[row] = micro[row] = now

    def recover_peers(self, rows: Iterable[int], now: float) -> None:
        """Fill the peer lines of sessions anew from their sessmgr."""
        flags, peer = self._flags, self._peer_since
        for row in rows:
            flags[row] |= _PEER_RECOVERED
            peer[row] = now

    def describe(self, row: int, now: float, form: CheckpointsForm) -> None:
        """Put the checkpoints of a session into the state that a definition gives."""
        self._connected_at[row] = self._full_since[row] = now - form.age
        self._micro_since[row] = now - form.age + form.micro_phase
        self._missed[row] = form.missed
        if form.peer_recovered:
            self.recover_peers([row], now)

    def statistics_of(self, sessmgr: int) -> SessmgrStatistics:
        """What a sessmgr has counted since it began."""
        return self._counted(sessmgr)

    def begin_statistics(self, sessmgr: int) -> None:
        """Let a sessmgr count from zero (SR-06)."""
        self._statistics[sessmgr] = SessmgrStatistics()

    # Asking

    def session(self, row: int) -> Session:
        """The session of a row."""
        return Session(
            row,
            self._callid[row],
            self.groups[self._group[row]],
            self._number[row],
            self._sessmgr[row],
            self._connected_at[row],
            self._active_at[row],
            self._registered_at[row],
            bool(self._flags[row] & _RECOVERED),
        )

    def lines(self, row: int, now: float, checkpointing: bool) -> tuple[CallLine, CallLine]:
        """The primary and the peer line of a session.

        Without `checkpointing`, which is without session recovery in effect, no checkpoint is made.
        """
        connected = self._connected_at[row] <= now
        state = Fsm.CONNECTED if connected else Fsm.LINE_CONNECTED
        flags, missed = self._flags[row], self._missed[row]
        recovered, peer_recovered = bool(flags & _RECOVERED), bool(flags & _PEER_RECOVERED)
        trace = CALL_TRACE if connected else CALL_TRACE[:AUTHENTICATING]
        full = micro = peer_full = peer_micro = NO_CHECKPOINTS
        if checkpointing:
            full = _checkpoints(now - self._full_since[row], FULL_PERIOD, missed)
            micro = _checkpoints(now - self._micro_since[row], MICRO_PERIOD, 0)
            peer_full, peer_micro = full, micro
        if checkpointing and peer_recovered:
            peer_age = now - self._peer_since[row]
            peer_full = _checkpoints(peer_age, FULL_PERIOD, 0)
            peer_micro = _checkpoints(peer_age, MICRO_PERIOD, 0)
        primary = CallLine(recovered, full, micro, state, RECOVERED_TRACE if recovered else trace)
        peer = CallLine(
            peer_recovered,
            peer_full,
            peer_micro,
            state,
            RECOVERED_TRACE if peer_recovered else PEER_TRACE,
        )
        return primary, peer

    def rows(self) -> Iterator[int]:
        """The rows of all sessions."""
        return iter(self._row_of_callid.values())

    def rows_of_sessmgrs(self, instances: set[int]) -> list[int]:
        """The rows of the sessions that these sessmgr instances hold."""
        if not any(self._by_sessmgr.get(instance) for instance in instances):
            return []
        return [row for row, owner in enumerate(self._sessmgr) if owner in instances]

    def rows_of_places(self, places: set[tuple[str, str]]) -> list[int]:
        """The rows of the sessions of these contexts and services."""
        groups = {n for n, group in enumerate(self.groups) if group.place in places}
        return [row for row in self.rows() if self._group[row] in groups]

    def has_callid(self, callid: int) -> bool:
        """Whether a session has this call identifier."""
        return callid in self._row_of_callid

    def is_attached(self, group: int, number: int) -> bool:
        """Whether a subscriber has a session."""
        return self._row_of_number[group][number] >= 0

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

    def count_of_kind(self, kind: AccessKind) -> int:
        """How many sessions have that kind of access."""
        return sum(
            count
            for group, count in zip(self.groups, self._by_group, strict=True)
            if group.kind is kind
        )

    def count_of_type(self, session_type: str) -> int:
        """How many sessions count against that session limit of the licence."""
        return sum(
            count
            for group, count in zip(self.groups, self._by_group, strict=True)
            if group.kind.session_type == session_type
        )

    def count_of_sessmgr(self, instance: int) -> int:
        """How many sessions a sessmgr instance holds."""
        return self._by_sessmgr.get(instance, 0)

    def count_of_service(self, context: str, service: str) -> int:
        """How many sessions a service carries."""
        return sum(
            count
            for group, count in zip(self.groups, self._by_group, strict=True)
            if group.place == (context, service)
        )

    def kinds(self) -> list[tuple[AccessKind, int]]:
        """Every kind of access with the number of its sessions."""
        return [(kind, self.count_of_kind(kind)) for kind in ACCESS_KINDS]


def _checkpoints(age: float, period: float, missed: int) -> Checkpoints:
    """The checkpoints of a line that was begun `age` seconds ago."""
    attempts = int(max(0.0, age) // period)
    last = round(age % period * 1000) if attempts else 0
    return Checkpoints(attempts, max(0, attempts - missed), last)
