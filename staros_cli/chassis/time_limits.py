"""Time limits of calls: how long they may last, and how long their subscribers may be idle."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from staros_cli.chassis.calls import Callers
from staros_cli.chassis.clock import Timeline
from staros_cli.chassis.disconnect_reasons import ABSOLUTE_TIMEOUT, IDLE_TIMEOUT
from staros_cli.chassis.pools import Pools
from staros_cli.chassis.sessions import SessionTable
from staros_cli.chassis.traffic import LONGEST_IDLE

CALLS_A_SECOND = 20_000
"""How many calls are looked at in a second: with more of them, limits are exact to some seconds."""


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
        self._is_due = False

    def clear(self) -> None:
        """Nothing is due: the system went down."""
        self._is_due = False

    def look(self) -> None:
        """Limits or calls may have changed: see to it that calls end in time."""
        if not self._is_due and self._limited():
            self._is_due = True
            period = max(1.0, len(self._sessions) / CALLS_A_SECOND)
            self._timeline.after(period, self._end_those_over)

    def _limited(self) -> dict[int, tuple[float, float]]:
        """The groups whose calls have limits, with these: of the duration, and of being idle."""
        found: dict[int, tuple[float, float]] = {}
        for index in range(len(self._sessions.groups)):
            template = self._pools.template(index)
            if template is not None and (template.absolute or template.idle):
                found[index] = template.absolute or float("inf"), template.idle or float("inf")
        return found

    def _end_those_over(self) -> None:
        self._is_due = False
        limits = self._limited()
        over = list(self._over(limits))
        for row, reason in over:
            self._callers.end(row, reason)
        if over:
            self._changed()
            self._callers.wake()
        if len(self._sessions):
            self.look()

    def _over(self, limits: dict[int, tuple[float, float]]) -> Iterator[tuple[int, str]]:
        """The calls whose limits are over, and which limit that is."""
        sessions = self._sessions
        for row in sessions.rows():
            found = limits.get(sessions.group_of(row))
            reason = self._limit_over(row, *found) if found else ""
            if reason:
                yield row, reason

    def _limit_over(self, row: int, duration: float, idle: float) -> str:
        """The reason for which a call ends now; empty when it goes on."""
        now, sessions = self._timeline.now, self._sessions
        if now - sessions.connected_at(row) >= duration:
            return ABSOLUTE_TIMEOUT
        carries = sessions.groups[sessions.group_of(row)].traffic.rate > 0
        can_be = not carries or idle <= LONGEST_IDLE
        over = can_be and sessions.session(row, now).idle(now) >= idle
        return IDLE_TIMEOUT if over else ""
