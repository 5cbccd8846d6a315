"""The two lines of a call, and the checkpoints that are made of them.

Every call has a line at its sessmgr and a peer line at the aaamgr of the same instance number. Each
is checkpointed to the other side: in full when the call is connected and periodically after that,
and in between by micro checkpoints. While the other side is away, checkpoints are attempted and
fail. Nothing is stepped through: the counters of a line follow from the time since it began, and
from the times at which the other side was away.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from staros_cli.chassis.access import Fsm, Trace

FULL_PERIOD = 91.0
MICRO_PERIOD = 30.0
"""Seconds between two checkpoints (chosen). A call that has been connected for 6217.8 s, and whose
micro checkpoints began 17.7 s later, then shows the 69 and 206 attempts of the chapter's example,
the last of them 29.8 s and 20.1 s ago."""

NEVER = float("-inf")
_MOST_MISSED = 0xFFFF


class Checkpoints(Struct, frozen=True):
    """Checkpoints of one kind: attempts, successes, the ages of the last of each in milliseconds.

    An age is 0 where there was none.
    """

    attempts: int
    success: int
    last_attempt: int
    last_success: int


NO_CHECKPOINTS = Checkpoints(0, 0, 0, 0)


class CallLine(Struct, frozen=True):
    """One of the two lines of a call (SR-28, SR-29)."""

    recovered: bool
    full: Checkpoints
    micro: Checkpoints
    state: Fsm
    trace: Trace


class _Series:
    """One kind of checkpoint of all lines: since when, how many failed, the last that succeeded.

    `at_once` is 1 where a line that was not recovered is checkpointed when it begins.
    """

    def __init__(self, period: float, at_once: int) -> None:
        self.period = period
        self.at_once = at_once
        self.since = array("d")
        self.missed = array("H")
        self.succeeded_at = array("d")

    @property
    def columns(self) -> tuple[array[Any], ...]:
        """The columns, one value a call each."""
        return (self.since, self.missed, self.succeeded_at)

    def attempts(self, row: int, now: float, recovered: bool) -> int:
        """How many checkpoints were attempted by `now`."""
        age = now - self.since[row]
        if age < 0:
            return 0
        return int(age // self.period) + (0 if recovered else self.at_once)

    def first_attempt(self, row: int, recovered: bool) -> float:
        """When the first one is attempted."""
        return self.since[row] + (0.0 if self.at_once and not recovered else self.period)

    def last_attempt(self, row: int, now: float, recovered: bool) -> float:
        """When the last one was attempted, NEVER when none was."""
        if not self.attempts(row, now, recovered):
            return NEVER
        return self.since[row] + (now - self.since[row]) // self.period * self.period


class LineTable:
    """The lines of all calls at one side: those at the sessmgrs, or their peers at the aaamgrs.

    `away` are the instances whose other side is away, with the time since when, in seconds since
    1970 UTC. `_back` holds when it came back last: what was attempted after that has succeeded.
    """

    def __init__(self) -> None:
        self.full = _Series(FULL_PERIOD, 1)
        self.micro = _Series(MICRO_PERIOD, 0)
        self.recovered = array("B")
        self.away: dict[int, float] = {}
        self._back: dict[int, float] = {}

    @property
    def columns(self) -> tuple[array[Any], ...]:
        """The columns, one value a call each, in the order of `values`."""
        return (*self.full.columns, *self.micro.columns, self.recovered)

    @staticmethod
    def values(begins_at: float, micro_phase: float) -> tuple[float | int, ...]:
        """The values of a new line; its micro checkpoints begin `micro_phase` seconds later."""
        return (begins_at, 0, NEVER, begins_at + micro_phase, 0, NEVER, 0)

    def begin_again(self, row: int, now: float) -> None:
        """Let a line begin anew as a recovered one: its checkpoints count from zero (SR-29)."""
        self.recovered[row] = 1
        for series in (self.full, self.micro):
            series.since[row] = now
            series.missed[row] = 0
            series.succeeded_at[row] = NEVER

    def other_side_left(self, instance: int, now: float) -> None:
        """The other side of an instance is away from now on: checkpoints to it fail."""
        self.away.setdefault(instance, now)

    def other_side_returned(self, instance: int, rows: Iterable[int], now: float) -> None:
        """The other side of an instance is back; `rows` are the calls of the instance."""
        left = self.away.pop(instance, None)
        if left is None:
            return
        for row in rows:
            recovered = bool(self.recovered[row])
            for series in (self.full, self.micro):
                before = series.attempts(row, left, recovered)
                failed = series.attempts(row, now, recovered) - before
                series.succeeded_at[row] = self._succeeded_at(series, row, left, instance)
                series.missed[row] = min(_MOST_MISSED, series.missed[row] + failed)
        self._back[instance] = now

    def other_side_was_back(self, instance: int, time: float) -> bool:
        """Whether the other side of an instance is not away, and had come back by a time."""
        return instance not in self.away and self._back.get(instance, time) <= time

    def reached_all(self, instance: int, now: float) -> bool:
        """Whether each line of an instance that has begun has had a full checkpoint succeed.

        So it is where the other side is there, and has been for a whole period if it was away.
        """
        back = self._back.get(instance, NEVER)
        return instance not in self.away and back <= now - self.full.period

    def checkpoint_times(self, row: int) -> tuple[tuple[float, float], ...]:
        """When the first full and the first micro checkpoint are attempted, and their periods."""
        recovered = bool(self.recovered[row])
        return tuple(
            (series.first_attempt(row, recovered), series.period)
            for series in (self.full, self.micro)
        )

    def forget(self, instance: int) -> None:
        """The instance goes on without any call: nothing is known of the other side."""
        self.away.pop(instance, None)
        self._back.pop(instance, None)

    def _succeeded_at(self, series: _Series, row: int, now: float, instance: int) -> float:
        attempt = series.last_attempt(row, now, bool(self.recovered[row]))
        if attempt > self._back.get(instance, NEVER):
            return attempt
        return series.succeeded_at[row]

    def last_success(self, row: int, instance: int, now: float, *, full: bool = False) -> float:
        """When a checkpoint succeeded last by `now`, NEVER when none did; only full ones if so."""
        until = min(now, self.away.get(instance, now))
        found = self._succeeded_at(self.full, row, until, instance)
        if full:
            return found
        return max(found, self._succeeded_at(self.micro, row, until, instance))

    def checkpoints(self, row: int, instance: int, now: float) -> tuple[Checkpoints, Checkpoints]:
        """The full and the micro checkpoints of a line by `now`."""
        return (
            self._checkpoints(self.full, row, instance, now),
            self._checkpoints(self.micro, row, instance, now),
        )

    def _checkpoints(self, series: _Series, row: int, instance: int, now: float) -> Checkpoints:
        recovered = bool(self.recovered[row])
        attempts = series.attempts(row, now, recovered)
        until = min(now, self.away.get(instance, now))
        failed = series.missed[row] + attempts - series.attempts(row, until, recovered)
        return Checkpoints(
            attempts,
            max(0, attempts - failed),
            _age(series.last_attempt(row, now, recovered), now),
            _age(self._succeeded_at(series, row, until, instance), now),
        )


def _age(moment: float, now: float) -> int:
    """How long ago a moment is, in milliseconds; 0 for NEVER."""
    return 0 if moment == NEVER else round((now - moment) * 1000)
