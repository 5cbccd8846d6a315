"""What is kept of switchovers, audits and comparisons."""

from __future__ import annotations

from collections import Counter, deque

from msgspec import Struct

from staros_cli.chassis.srp.states import Reason

MOST_SWITCHOVERS = 10
"""How many switchovers are kept (chosen)."""


class Switchover(Struct):
    """A switchover: when it began, in seconds since 1970 UTC, why, how long it took, what was lost.

    `never_sent` are the calls that were lost because no checkpoint had been made of them.
    """

    number: int
    started_at: float
    reason: Reason
    took: float | None = None
    active: int = 0
    lost: int = 0
    never_sent: int = 0


class Audit(Struct, frozen=True):
    """A comparison of the calls of both chassis; times are in seconds since 1970 UTC."""

    number: int
    state: str
    reason: str
    began_at: float
    synchronized_at: float
    ready_at: float
    sessions: int


class Validation(Struct, frozen=True):
    """The outcome of a check, and when it was known, in seconds since 1970 UTC."""

    text: str
    at: float


class SrpCounts:
    """What is counted since the counts were cleared."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Count from zero."""
        self.established = 0
        self.lost = 0
        self.switchovers: Counter[Reason] = Counter()
        self.requested = 0
        self.failed = 0

    def connected(self, up: bool) -> None:
        """The connection is established, or lost."""
        self.established += up
        self.lost += not up

    def compared(self, differs: bool, times: int) -> None:
        """The configurations were compared, so many times."""
        self.requested += times
        self.failed += times * differs


class Switchovers:
    """The latest switchovers, and the one that is under way."""

    def __init__(self) -> None:
        self._count = 0
        self.kept: deque[Switchover] = deque(maxlen=MOST_SWITCHOVERS)

    def clear(self) -> None:
        """Forget them."""
        self._count = 0
        self.kept.clear()

    def begin(self, now: float, reason: Reason, active: int) -> Switchover:
        """A switchover begins, with so many calls."""
        self._count += 1
        found = Switchover(self._count, now, reason, active=active)
        self.kept.append(found)
        return found


def lose(switchover: Switchover, calls: int, *, never_sent: bool) -> None:
    """Note that calls are lost by a switchover."""
    switchover.lost += calls
    if never_sent:
        switchover.never_sent += calls


def end(switchover: Switchover, now: float) -> None:
    """Note that a switchover is over."""
    switchover.took = now - switchover.started_at
