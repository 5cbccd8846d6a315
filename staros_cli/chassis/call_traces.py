"""Traces: what happens to calls that somebody watches, as it happens.

A trace costs nothing while nobody watches. It is told of calls that come, end and are recovered;
checkpoints follow from the lines of a call and are looked up when the trace is read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from enum import Enum
from math import inf
from typing import Protocol

from msgspec import Struct

from staros_cli.chassis.clock import Timeline
from staros_cli.chassis.exchanges import Exchange
from staros_cli.chassis.session import Session
from staros_cli.chassis.sessions import SessionTable
from staros_cli.chassis.tasks import AAAMGR, SESSMGR, Task

MOST_EVENTS = 1000
"""How many events a trace keeps until they are read; the oldest go first."""

MOST_CALLS = 11
"""How many calls are traced at a time (chosen)."""


class Happening(Enum):
    """The kinds of events of a call."""

    FOUND = "it was there when the trace began"
    ARRIVED = "it has come"
    CONNECTED = "it is connected"
    FULL = "a full checkpoint"
    MICRO = "a micro checkpoint"
    MANAGER_LOST = "its sessmgr has failed"
    PEER_LOST = "its aaamgr has failed"
    RECOVERED = "a sessmgr has it again"
    PEER_RECOVERED = "an aaamgr has its state again"
    QUOTA = "it asks a server of credit control for quota"
    ENDED = "it has ended"


CHECKPOINTS = (Happening.FULL, Happening.MICRO)


class CallEvent(Struct, frozen=True):
    """Something that happened to a call, at a time in seconds since 1970 UTC.

    `session` is the call as it was then, `success` tells whether a checkpoint reached the aaamgr,
    `reason` why a call ended. With `instead` the call takes the place of another that was traced.
    `exchanges` are what servers are asked because of it.
    """

    time: float
    happening: Happening
    session: Session
    success: bool = True
    reason: str = ""
    instead: bool = False
    exchanges: tuple[Exchange, ...] = ()


class Exchanges(Protocol):
    """Knows what servers are asked for calls."""

    def of(self, row: int, happening: Happening, time: float, reason: str) -> tuple[Exchange, ...]:
        """What is asked when something happens to a call at a time, in its order."""
        ...

    def quota_times(self, row: int) -> tuple[float, float] | None:
        """When a call first asks for more quota, and every how many seconds; None for never."""
        ...


class NoExchanges:
    """No servers are asked."""

    def of(self, row: int, happening: Happening, time: float, reason: str) -> tuple[Exchange, ...]:
        """Nothing."""
        return ()

    def quota_times(self, row: int) -> tuple[float, float] | None:
        """Never."""
        return None


class _Traced(Struct):
    """A call that is traced, with its row, and whether its sessmgr is away."""

    row: int
    sessmgr: int
    connected_at: float
    seen_until: float
    away: bool = False


class Trace:
    """The events of the calls that somebody watches, those of `wanted`; `tell` is called for news.

    With `several` calls that match are traced together, else one at a time. Without
    `takes_new_calls` none is traced that comes later. A trace that does not `follow` calls is told
    only how they come and end.
    """

    def __init__(
        self,
        sessions: SessionTable,
        timeline: Timeline,
        wanted: Callable[[Session], bool],
        tell: Callable[[], None],
        end: Callable[[Trace], None],
        exchanges: Exchanges,
        follow: bool = True,
    ) -> None:
        self._sessions = sessions
        self._timeline = timeline
        self._wanted = wanted
        self._tell = tell
        self._end = end
        self._exchanges = exchanges
        self._follow = follow
        self._calls: dict[int, _Traced] = {}
        self._events: deque[CallEvent] = deque()
        self._left: dict[int, float] = {}
        self._over = False
        self.several = not follow
        self.takes_new_calls = True

    @property
    def is_over(self) -> bool:
        """Whether nothing is traced any more."""
        return self._over

    def end(self) -> None:
        """Trace no more."""
        self._over = True
        self._calls.clear()
        self._end(self)

    def cut_off(self) -> None:
        """The system went down: trace no more, and tell that."""
        self.end()
        self._tell()

    @property
    def calls(self) -> int:
        """How many calls are traced at the moment."""
        return len(self._calls)

    # Reading

    @property
    def next_time(self) -> float:
        """When something will happen to a call that is traced, as far as that is known."""
        return min((self._next_of(call) for call in self._calls.values()), default=inf)

    def _next_of(self, call: _Traced) -> float:
        if call.away:
            return inf
        if call.connected_at > call.seen_until:
            return call.connected_at
        return min(
            (
                _next_after(since, period, call.seen_until)
                for _, since, period in self._series(call)
            ),
            default=inf,
        )

    def _series(self, call: _Traced) -> Iterator[tuple[Happening, float, float]]:
        """What happens to a call again and again: since when, and every how many seconds."""
        times = self._sessions.checkpoint_times(call.row)
        for happening, (since, period) in zip(CHECKPOINTS, times, strict=False):
            yield happening, since, period
        quota = self._exchanges.quota_times(call.row)
        if quota is not None:
            yield Happening.QUOTA, *quota

    def read(self) -> list[CallEvent]:
        """The events since the last time, in their order."""
        self._advance()
        events = sorted(self._events, key=lambda event: event.time)
        self._events.clear()
        return events

    def _advance(self) -> None:
        """Note what has happened by itself to the calls until now."""
        now = self._timeline.now
        for call in tuple(self._calls.values()):
            if not call.away:
                self._look_at(call, now)
            call.seen_until = max(call.seen_until, now)
            if not self._follow and call.connected_at <= now:
                del self._calls[call.row]

    def _look_at(self, call: _Traced, now: float) -> None:
        if call.seen_until < call.connected_at <= now:
            self._note(call.row, call.connected_at, Happening.CONNECTED)
        if not self._follow:
            return
        most = max(1, MOST_EVENTS // len(self._calls))
        for happening, since, period in self._series(call):
            first = max(call.seen_until, now - most * period)
            time = _next_after(since, period, first)
            while time <= now:
                held = happening is Happening.QUOTA or self._is_held(call.sessmgr, time)
                self._note(call.row, time, happening, success=held)
                time += period

    def _is_held(self, instance: int, time: float) -> bool:
        """Whether the aaamgr of an instance took checkpoints at a time."""
        left = self._left.get(instance)
        return left is None or time < left or self._sessions.aaamgr_was_back(instance, time)

    # What happens

    def begin_with(self, row: int) -> None:
        """Trace a call that is there."""
        self._take(row, Happening.FOUND)

    def arrived(self, row: int) -> None:
        """A call has come."""
        most = MOST_CALLS if self._follow else MOST_EVENTS
        full = self.several and len(self._calls) >= most
        if self.takes_new_calls and not full and self._wanted(self._session(row)):
            instead = not self.several and bool(self._calls)
            if instead:
                self._calls.clear()
            self._take(row, Happening.ARRIVED, instead)
            self._tell()

    def _take(self, row: int, happening: Happening, instead: bool = False) -> None:
        session = self._session(row)
        now = self._timeline.now
        self._calls[row] = _Traced(row, session.sessmgr, session.connected_at, now)
        asked = self._exchanges.of(row, happening, now, "")
        self._add(CallEvent(now, happening, session, instead=instead, exchanges=asked))

    def ending(self, row: int, reason: str) -> None:
        """A call is about to end."""
        if row in self._calls or not self._follow:
            self._advance()
            session, now = self._session(row), self._timeline.now
            asked = self._exchanges.of(row, Happening.ENDED, now, reason)
            event = CallEvent(now, Happening.ENDED, session, reason=reason, exchanges=asked)
            self._add(event)
            self._calls.pop(row, None)
            self._tell()

    def task_died(self, task: Task) -> None:
        """A sessmgr or an aaamgr is gone: its calls carry nothing, or checkpoint in vain."""
        self._advance()
        if task.facility == AAAMGR:
            self._left[task.instance] = self._timeline.now
        self._note_all(
            task, Happening.MANAGER_LOST if task.facility == SESSMGR else Happening.PEER_LOST
        )
        self._set_away(task, True)

    def task_filled(self, task: Task) -> None:
        """A sessmgr or an aaamgr has the state of the one before it."""
        if task.facility == SESSMGR:
            self._set_away(task, False)
        else:
            self._advance()
        self._note_all(
            task,
            Happening.RECOVERED if task.facility == SESSMGR else Happening.PEER_RECOVERED,
        )

    def _set_away(self, task: Task, away: bool) -> None:
        if task.facility == SESSMGR:
            for call in self._calls.values():
                if call.sessmgr == task.instance:
                    call.away, call.seen_until = away, self._timeline.now

    def _note_all(self, task: Task, happening: Happening) -> None:
        found = [call for call in self._calls.values() if call.sessmgr == task.instance]
        for call in found:
            self._note(call.row, self._timeline.now, happening)
        if found:
            self._tell()

    def _session(self, row: int) -> Session:
        return self._sessions.session(row, self._timeline.now)

    def _note(self, row: int, time: float, happening: Happening, *, success: bool = True) -> None:
        asked = self._exchanges.of(row, happening, time, "")
        session = self._sessions.session(row, time)
        self._add(CallEvent(time, happening, session, success, exchanges=asked))

    def _add(self, event: CallEvent) -> None:
        if len(self._events) >= MOST_EVENTS:
            self._events.popleft()
        self._events.append(event)


def _next_after(since: float, period: float, time: float) -> float:
    """The first moment after a time at which a checkpoint is due."""
    return since + period * max(0.0, (time - since) // period + 1)


class CallTraces:
    """All traces of a chassis."""

    def __init__(self, sessions: SessionTable, timeline: Timeline) -> None:
        self._sessions = sessions
        self._timeline = timeline
        self._exchanges: Exchanges = NoExchanges()
        self._traces: list[Trace] = []

    def tell_of(self, exchanges: Exchanges) -> None:
        """Let events tell what servers are asked, as `exchanges` knows it."""
        self._exchanges = exchanges

    def begin(
        self, wanted: Callable[[Session], bool], tell: Callable[[], None], *, follow: bool = True
    ) -> Trace:
        """Trace calls that `wanted` takes; `tell` is called when there is something to read.

        Calls that come later are traced; those that are there only where the trace begins with one.
        """
        trace = Trace(
            self._sessions, self._timeline, wanted, tell, self._remove, self._exchanges, follow
        )
        self._traces.append(trace)
        return trace

    @property
    def count(self) -> int:
        """How many traces there are."""
        return len(self._traces)

    def clear(self) -> None:
        """No call is traced any more: the system went down."""
        for trace in tuple(self._traces):
            trace.cut_off()

    def _remove(self, trace: Trace) -> None:
        if trace in self._traces:
            self._traces.remove(trace)

    def arrived(self, row: int) -> None:
        """A call has come."""
        for trace in tuple(self._traces):
            trace.arrived(row)

    def ending(self, row: int, reason: str) -> None:
        """A call is about to end."""
        for trace in tuple(self._traces):
            trace.ending(row, reason)

    def task_died(self, task: Task) -> None:
        """A task is gone; nothing has been done about it yet."""
        if task.facility in (SESSMGR, AAAMGR) and not task.standby:
            for trace in tuple(self._traces):
                trace.task_died(task)

    def task_filled(self, task: Task) -> None:
        """A task was filled in the place of one that died."""
        for trace in tuple(self._traces):
            trace.task_filled(task)
