"""The clock of the chassis and what is due on it."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

C = TypeVar("C")


class Clock(Protocol):
    """Tells the time of the chassis, in seconds since 1970 UTC."""

    def now(self) -> float:
        """The time of the chassis."""
        ...


_INSTANT = 1e-6
"""Seconds that are certain to bring an event about that rounding keeps from being due."""


class ManualClock:
    """A clock that moves only when told to; for tests and transcripts."""

    def __init__(self, start: float) -> None:
        self._now = start

    def now(self) -> float:
        """The time it was set to."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move on by `seconds`, which must not be negative; raises ValueError otherwise."""
        if seconds < 0:
            raise ValueError("a clock does not run backwards")
        self._now += seconds

    def advance_to_event(self, seconds: float) -> None:
        """Move on to an event that is due in `seconds`, and surely so far that it is due."""
        self.advance(max(seconds, _INSTANT))


class ScaledClock:
    """A clock that follows `source`, a monotonic count of seconds, `rate` times as fast."""

    def __init__(self, start: float, source: Callable[[], float], rate: float = 1.0) -> None:
        self._start = start
        self._source = source
        self._origin = source()
        self.rate = rate

    def now(self) -> float:
        """The time of the chassis."""
        return self._start + (self._source() - self._origin) * self.rate


class Periodic:
    """Something that is due again and again, and of which only the latest time matters.

    It is computed when it is looked at: however much time has passed, `look` is called once, with
    the time, in seconds since 1970 UTC, at which it was due last.
    """

    def __init__(self, first: float, period: float, look: Callable[[float], None]) -> None:
        self._next = first
        self._period = period
        self._look = look

    def look(self, now: float) -> None:
        """Look as of the last time that was due by `now`, unless that was done."""
        if now < self._next:
            return
        last = self._next + (now - self._next) // self._period * self._period
        self._next = last + self._period
        self._look(last)


class Timeline:
    """Future events of the chassis, in order of time.

    Nothing runs by itself: `catch_up` runs what has become due, each event at its own time.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.now = clock.now()
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._periodic: list[Periodic] = []
        self._count = 0
        self._subscribers: dict[type, list[Callable[[Any], object]]] = {}

    def at(self, time: float, event: Callable[[], None]) -> None:
        """Have `event` happen at `time`; events of the same time happen in the order given."""
        self._count += 1
        heapq.heappush(self._events, (time, self._count, event))

    def after(self, seconds: float, event: Callable[[], None]) -> None:
        """Have `event` happen `seconds` from now."""
        self.at(self.now + seconds, event)

    def every(self, period: float, first: float, look: Callable[[float], None]) -> None:
        """Look at something at `first` and every `period` seconds after it; see Periodic."""
        self._periodic.append(Periodic(first, period, look))

    def subscribe(self, kind: type[C], handler: Callable[[C], object]) -> None:
        """Call `handler` with every change of a kind, in the order of subscription."""
        self._subscribers.setdefault(kind, []).append(handler)

    def publish(self, change: object) -> None:
        """Pass a change that happens now to those who have subscribed to its kind, at once."""
        for handler in self._subscribers.get(type(change), ()):
            handler(change)

    def clear(self) -> None:
        """Forget everything that was to happen: the system went down. Subscriptions stay."""
        self._events.clear()
        self._periodic.clear()

    @property
    def next_due(self) -> float | None:
        """When the next event is due, or None when there is none."""
        return self._events[0][0] if self._events else None

    def catch_up(self) -> None:
        """Let everything happen that has become due, then take the time of the clock."""
        target = self.clock.now()
        while self._events and self._events[0][0] <= target:
            time, _, event = heapq.heappop(self._events)
            self._look(time)
            self.now = max(self.now, time)
            event()
        self._look(target)
        self.now = max(self.now, target)

    def _look(self, now: float) -> None:
        """Look at what is periodic, before an event at `now` changes what there is to see."""
        for periodic in self._periodic:
            periodic.look(now)
