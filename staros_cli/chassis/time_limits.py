"""Time limits of calls: how long they may last, and how long their subscribers may be idle.

When a limit ends a call follows from its beginning and its traffic. So each call is entered under
the second in which that will be, or under a time somewhat before it when that is far away, and is
looked at then. Between two looks nothing is due for it.
"""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Callable
from functools import partial
from math import ceil, inf

from msgspec import Struct

from staros_cli.chassis.calls import Callers
from staros_cli.chassis.clock import Timeline
from staros_cli.chassis.disconnect_reasons import ABSOLUTE_TIMEOUT, IDLE_TIMEOUT
from staros_cli.chassis.pools import Pools
from staros_cli.chassis.session import Session
from staros_cli.chassis.sessions import SessionTable

CALLS_A_TURN = 10_000
"""How many calls are entered or ended at once; those behind them follow a second later."""
_FINE = 6
"""Two to this power is how many seconds ahead calls are entered under a second of their own."""


class Left(Struct, frozen=True):
    """Seconds until limits end a call: that of its duration, and that of being idle."""

    duration: float | None = None
    idle: float | None = None


class TimeLimits:
    """Ends the calls whose limits are over.

    The limits are those of the APN of a call, or of the subscriber template. `changed` is called
    after calls have ended.
    """

    def __init__(
        self,
        timeline: Timeline,
        sessions: SessionTable,
        pools: Pools,
        callers: Callers,
        changed: Callable[[], None],
    ) -> None:
        self._timeline = timeline
        self._sessions = sessions
        self._pools = pools
        self._callers = callers
        self._changed = changed
        self.clear()
        callers.tell(self._arrived)

    def clear(self) -> None:
        """Nothing is due: the system went down."""
        self._wakes_at = inf
        self._forget({})

    def _forget(self, limits: dict[int, tuple[float, float]]) -> None:
        """Begin anew with other limits; no call is entered."""
        self._limits = limits
        self._due: dict[int, array[int]] = {}
        self._seconds: list[int] = []
        self._before = array("I")
        self._count = 0

    def look(self) -> None:
        """Limits may have changed: if so, enter all calls anew."""
        limits = self._limited()
        if limits != self._limits:
            self._begin(limits)

    def left(self, session: Session) -> Left:
        """How long the limits of a call leave it; None for one that it does not have."""
        now = self._timeline.now
        duration, idle = self._limits.get(self._sessions.group_of(session.row), (inf, inf))
        return Left(
            max(0.0, duration - session.duration(now)) if duration < inf else None,
            max(0.0, idle - session.idle(now)) if idle < inf else None,
        )

    def _limited(self) -> dict[int, tuple[float, float]]:
        """The groups whose calls have limits, with these: of the duration, and of being idle."""
        found: dict[int, tuple[float, float]] = {}
        for index in range(len(self._sessions.groups)):
            template = self._pools.template(index)
            if template is not None and (template.absolute or template.idle):
                found[index] = template.absolute or inf, template.idle or inf
        return found

    # Entering calls

    def _begin(self, limits: dict[int, tuple[float, float]]) -> None:
        self._forget(limits)
        if limits:
            self._before = array("I", self._sessions.callids())
            self._enter_more(self._before)

    def _enter_more(self, before: array[int]) -> None:
        """Enter calls that were there before."""
        if before is not self._before:
            return  # other limits count by now
        for callid in before[-CALLS_A_TURN:]:
            self._enter(callid, self._timeline.now)
        del before[-CALLS_A_TURN:]
        if before:
            self._timeline.after(1.0, partial(self._enter_more, before))
        self._arm()

    def _arrived(self, row: int) -> None:
        """Enter a call that came; anew all of them, when most of those entered have ended."""
        if self._sessions.group_of(row) not in self._limits:
            return
        if self._count > 2 * len(self._sessions) + CALLS_A_TURN:
            self._begin(self._limits)
        else:
            self._enter(self._sessions.session(row, self._timeline.now).callid, self._timeline.now)
            self._arm()

    def _enter(self, callid: int, since: float) -> None:
        """Enter a call under the second in which it ends, or under one on the way there."""
        for row in self._sessions.with_callid(callid):
            at, _ = self._over_at(row, since)
            if at == inf:
                return
            second, first = ceil(at), ceil(since)
            second -= second % (1 << max(0, (second - first).bit_length() - _FINE))
            if second not in self._due:
                self._due[second] = array("I")
                heapq.heappush(self._seconds, second)
            self._due[second].append(callid)
            self._count += 1

    def _over_at(self, row: int, since: float) -> tuple[float, str]:
        """When a limit ends a call, not before `since`, and which; infinite where none does."""
        sessions = self._sessions
        duration, idle = self._limits.get(sessions.group_of(row), (inf, inf))
        ends = max(since, sessions.connected_at(row) + duration), ABSOLUTE_TIMEOUT
        if idle == inf:
            return ends
        session = sessions.session(row, since)
        first = max(since, session.counted_from + idle)
        rests = session.pattern.idle_for(idle, first) if first < inf else inf
        return min(ends, (rests, IDLE_TIMEOUT))

    # Ending calls

    def _arm(self) -> None:
        """See to it that the next calls are looked at."""
        if self._seconds and self._seconds[0] < self._wakes_at:
            self._wake_at(max(float(self._seconds[0]), self._timeline.now))

    def _wake_at(self, time: float) -> None:
        self._wakes_at = time
        self._timeline.at(time, partial(self._end_those_over, time))

    def _end_those_over(self, at: float) -> None:
        if at != self._wakes_at:
            return  # an earlier time took its place
        self._wakes_at = inf
        ended, room = False, CALLS_A_TURN
        while room and self._seconds and self._seconds[0] <= self._timeline.now:
            second = self._seconds[0]
            entries = self._due[second]
            while entries and room:
                ended |= self._look_at(entries.pop(), second)
                room -= 1
            if not entries:
                del self._due[heapq.heappop(self._seconds)]
        if self._seconds:
            next_turn = self._timeline.now + (0.0 if room else 1.0)
            self._wake_at(max(float(self._seconds[0]), next_turn))
        if ended:
            self._changed()
            self._callers.wake()

    def _look_at(self, callid: int, second: int) -> bool:
        """End a call whose limit is over by a second, or enter it anew; returns whether it ended.

        A call that was recovered meanwhile has been idle for no longer than since then.
        """
        self._count -= 1
        for row in self._sessions.with_callid(callid):
            at, reason = self._over_at(row, second - 1.0)
            if at <= second:
                self._callers.end(row, reason)
                return True
            self._enter(callid, second)
        return False
