"""How long the calls of each group have lasted together, now and a while ago.

What calls carry together follows from that: the calls of a group carry so much a second on average.
"""

from __future__ import annotations

from collections import deque

from msgspec import Struct

KEPT = 1000.0
"""Seconds back to which a moment can be asked for."""
_STEP = 10.0
"""Seconds between two moments that are kept."""


class _Moment(Struct, frozen=True):
    """The calls of a group at a time: how many, and their seconds until then."""

    time: float
    calls: int
    seconds: float


class CallSeconds:
    """The calls of one group. Calls count from the moment at which they are connected."""

    def __init__(self) -> None:
        self.calls = 0
        self._began = 0.0
        self._ended = 0.0
        self._moments: deque[_Moment] = deque()
        self._changed_at = 0.0

    def connected(self, now: float, connected_at: float) -> None:
        """A call is connected, or will be soon; one that came long ago was always there."""
        if connected_at > now - _STEP:
            self._keep(now)
        self.calls += 1
        self._began += connected_at

    def ended(self, now: float, connected_at: float) -> None:
        """A call that counted has ended."""
        self._keep(now)
        self.calls -= 1
        self._began -= connected_at
        self._ended += now - connected_at

    def at(self, time: float) -> float:
        """The seconds of all calls until now."""
        return self._ended + self.calls * time - self._began

    def before(self, time: float) -> float:
        """The seconds of all calls until a time, which is known up to KEPT seconds ago."""
        if time >= self._changed_at or not self._moments:
            return self.at(time)
        after, after_seconds = self._changed_at, self.at(self._changed_at)
        for moment in reversed(self._moments):
            if moment.time <= time:
                part = (time - moment.time) / max(after - moment.time, 1e-9)
                return moment.seconds + part * (after_seconds - moment.seconds)
            after, after_seconds = moment.time, moment.seconds
        first = self._moments[0]
        return max(0.0, first.seconds - first.calls * (first.time - time))

    def _keep(self, now: float) -> None:
        """Keep the moment before something happens."""
        moments = self._moments
        self._changed_at = now
        if moments and now - moments[-1].time < _STEP:
            return
        moments.append(_Moment(now, self.calls, self.at(now)))
        while len(moments) > 1 and moments[1].time < now - KEPT:
            moments.popleft()
