"""Whose turn it is: lines with costly commands come one after the other, and seldom.

The server does one thing at a time, so that what takes long keeps everybody waiting. A line whose
turns are cheap has one whenever it has something to do. A line that had a costly turn waits in a
queue with all others of that kind: one of them has a turn at a time, and the longer that took, the
longer all of them rest afterwards. So however many there are, the others hardly notice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Protocol

from msgspec import Struct

CHEAP = 0.01
"""Seconds of work that a turn may take without being costly."""

MOST_REST = 25
"""How many times as long as a costly turn the costly lines rest at most."""

LONGEST_REST = 2.5
"""Seconds of a rest at most: a chassis that is large has costly commands by itself."""

REMEMBERED = 60.0
"""Seconds for which a line counts as costly after its last costly turn."""


def _later(seconds: float, work: Callable[[], None]) -> None:
    """Do something in the event loop, soon or after so many seconds."""
    loop = asyncio.get_running_loop()
    if seconds:
        loop.call_later(seconds, work)
    else:
        loop.call_soon(work)


class Taker(Protocol):
    """Has turns."""

    @property
    def origins(self) -> tuple[str, ...]:
        """Whose it is and where it comes from."""
        ...


def rest_after(cost: float) -> float:
    """How long costly lines rest after a turn that took so many seconds, in seconds.

    A turn that is hardly costly is followed by a short rest, and one that others notice by one that
    leaves them 96 percent of the time.
    """
    return min(cost * min((cost / CHEAP) ** 2, MOST_REST), LONGEST_REST)


class _Waiting(Struct, eq=False):
    """A line that waits for its turn, and what it does then."""

    taker: Taker
    work: Callable[[], None]


class Turns:
    """The turns of all lines of a server. Without `rations` every line has one when it wants.

    `clock` counts seconds; `later` does something after so many of them.
    """

    def __init__(
        self,
        *,
        rations: bool = True,
        clock: Callable[[], float] = monotonic,
        later: Callable[[float, Callable[[], None]], object] = _later,
    ) -> None:
        self._rations = rations
        self._clock = clock
        self._later = later
        self._free_at = 0.0
        self._costly: dict[Taker, float] = {}
        self._origins: dict[str, float] = {}
        self._known: set[Taker] = set()
        self._queue: list[_Waiting] = []
        self._waits = False

    def has_to_queue(self, taker: Taker) -> bool:
        """Whether a line has to wait for its turn.

        A new one does when there is a costly line of the same origin: else costly commands would
        come on a new line each.
        """
        now = self._clock()
        if taker in self._known:
            return self._costly.get(taker, 0.0) > now
        return any(self._origins.get(origin, 0.0) > now for origin in taker.origins)

    def ask(self, taker: Taker, work: Callable[[], None]) -> None:
        """Do `work` soon, when it is the turn of `taker`."""
        if self.has_to_queue(taker):
            waiting = _Waiting(taker, work)
            # Of a new line nobody knows whether it is costly: it comes before those that are.
            new = sum(other.taker not in self._known for other in self._queue)
            self._queue.insert(len(self._queue) if taker in self._known else new, waiting)
            self._wait()
        else:
            self._later(0.0, work)

    def took(self, taker: Taker, seconds: float) -> None:
        """A turn of `taker` is over, which took so many seconds of work."""
        self._known.add(taker)
        if seconds <= CHEAP or not self._rations:
            return
        now = self._clock()
        self._free_at = max(now, self._free_at) + rest_after(seconds)
        self._origins = {name: until for name, until in self._origins.items() if until > now}
        self._costly[taker] = now + REMEMBERED
        self._origins.update(dict.fromkeys(taker.origins, now + REMEMBERED))

    def forget(self, taker: Taker) -> None:
        """A line is gone; what it waited for is not done."""
        self._known.discard(taker)
        self._costly.pop(taker, None)
        self._queue = [waiting for waiting in self._queue if waiting.taker is not taker]

    def _wait(self) -> None:
        if not self._waits and self._queue:
            self._waits = True
            self._later(max(0.0, self._free_at - self._clock()), self._next)

    def _next(self) -> None:
        self._waits = False
        if self._queue and self._free_at <= self._clock():
            self._queue.pop(0).work()
        self._wait()
