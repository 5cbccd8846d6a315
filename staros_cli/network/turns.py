"""Whose turn it is: who asks for much waits, so that everybody else hardly does.

The server does one thing at a time, so that what takes long keeps everybody waiting. A line has a
turn whenever it has something to do, as long as it does not use much. Busy lines wait in a queue,
of which one has a turn at a time, between those of the others. Lines that had costly turns wait in
another queue; after such a turn all of that queue rest, the longer the more the turn took. So
however many there are, the others hardly notice.
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

BUDGET = 0.02
"""Seconds of work, or of costly work and its rests, that a line may have had at once."""

REFILL = 0.02
"""How much of that is forgotten in a second."""

LONGEST_MEMORY = 60.0
"""Seconds after which all of it is forgotten."""


Later = Callable[[float, Callable[[], None]], object]


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
    if cost <= CHEAP:
        return 0.0
    return min(cost * min((cost / CHEAP) ** 2, MOST_REST), LONGEST_REST)


class _Waiting(Struct, eq=False):
    """A line that waits for its turn, and what it does then."""

    taker: Taker
    work: Callable[[], None]


class _Use(Struct):
    """The use by a moment; both in seconds."""

    seconds: float = 0.0
    at: float = 0.0

    def is_too_much(self, now: float) -> bool:
        """Whether the work that is not forgotten by now exceeds the budget."""
        return self._left(now) > BUDGET

    def is_forgotten(self, now: float) -> bool:
        """Whether nothing of it counts any more."""
        return self._left(now) <= 0

    def _left(self, now: float) -> float:
        return self.seconds - REFILL * (now - self.at)

    def add(self, seconds: float, now: float) -> None:
        """Use up some more."""
        most = BUDGET + REFILL * LONGEST_MEMORY
        self.seconds, self.at = min(max(0.0, self._left(now)) + seconds, most), now


class _Queue:
    """Lines that wait; one has a turn when it is time, then the next.

    `free_at` is when the next may have one, by `clock`.
    """

    def __init__(self, clock: Callable[[], float], later: Later) -> None:
        self.free_at = 0.0
        self._clock = clock
        self._later = later
        self._waiting: list[_Waiting] = []
        self._new = 0
        self._goes_on = False

    def put(self, waiting: _Waiting, first: bool) -> None:
        """Wait at the end of the queue, or behind those only that were `first` as well."""
        if first:
            self._waiting.insert(self._new, waiting)
            self._new += 1
        else:
            self._waiting.append(waiting)
        self._go_on()

    def forget(self, taker: Taker) -> None:
        """A line waits no longer."""
        self._new -= sum(waiting.taker is taker for waiting in self._waiting[: self._new])
        self._waiting = [waiting for waiting in self._waiting if waiting.taker is not taker]

    def _go_on(self) -> None:
        if not self._goes_on and self._waiting:
            self._goes_on = True
            self._later(max(0.0, self.free_at - self._clock()), self._next)

    def _next(self) -> None:
        self._goes_on = False
        if self._waiting and self.free_at <= self._clock():
            self._new = max(0, self._new - 1)
            self._waiting.pop(0).work()
        self._go_on()


class Turns:
    """The turns of all lines of a server. Without `rations` every line has one when it wants.

    `clock` counts seconds; `later` does something after so many of them.
    """

    def __init__(
        self,
        *,
        rations: bool = True,
        clock: Callable[[], float] = monotonic,
        later: Later = _later,
    ) -> None:
        self.rations = rations
        self._clock = clock
        self._later = later
        self._work: dict[Taker, _Use] = {}
        self._costly: dict[Taker | str, _Use] = {}
        self._busy_lines = _Queue(clock, later)
        self._costly_lines = _Queue(clock, later)

    def has_to_queue(self, taker: Taker) -> bool:
        """Whether a line has to wait for its turn."""
        return self._queue_of(taker) is not None

    def _queue_of(self, taker: Taker) -> _Queue | None:
        """The queue that a line has to wait in.

        A new one waits where others of the same origin do that are costly: else costly commands
        would come on a new line each.
        """
        now = self._clock()
        names = (taker,) if taker in self._work else taker.origins
        if any(name in self._costly and self._costly[name].is_too_much(now) for name in names):
            return self._costly_lines
        work = self._work.get(taker)
        return self._busy_lines if work is not None and work.is_too_much(now) else None

    def ask(self, taker: Taker, work: Callable[[], None], *, long: bool = False) -> None:
        """Do `work` soon, when it is the turn of `taker`.

        `long` tells that it is part of something long, so that the line counts as busy.
        """
        queue = self._queue_of(taker)
        if queue is None and long:
            queue = self._busy_lines
        if queue is None:
            self._later(0.0, work)
        else:
            # Of a new line nobody knows what it will use: it comes before the others.
            queue.put(_Waiting(taker, work), taker not in self._work)

    def took(self, taker: Taker, seconds: float) -> None:
        """A turn of `taker` is over, which took so many seconds of work."""
        if not self.rations:
            return
        now, rest = self._clock(), rest_after(seconds)
        self._work.setdefault(taker, _Use()).add(seconds, now)
        if rest:
            queue = self._costly_lines
            queue.free_at = max(now, queue.free_at) + rest
            names: tuple[Taker | str, ...] = (taker, *taker.origins)
            for name in names:
                self._costly.setdefault(name, _Use()).add(seconds + rest, now)
            self._costly = {
                n: used for n, used in self._costly.items() if not used.is_forgotten(now)
            }

    def forget(self, taker: Taker) -> None:
        """A line is gone; what it waited for is not done."""
        self._work.pop(taker, None)
        self._costly.pop(taker, None)
        self._busy_lines.forget(taker)
        self._costly_lines.forget(taker)
