"""A peer: whether it answers, and what this system has noticed of that.

Nothing runs while a peer is watched. When it stops to answer, or answers again, the moment follows
at which the timers of its protocol notice; what happens until then is computed when it is shown.
"""

from __future__ import annotations

from collections import deque
from enum import Enum
from math import inf

from msgspec import Struct

HISTORY = 10
"""How many changes of its state are kept of a peer."""


class Obstacle(Enum):
    """Why a peer cannot be reached."""

    NONE = ""
    DISABLED = "disabled by the configuration"
    LOCAL = "the own address is missing or down"
    FAULT = "the peer does not answer"


_SILENT = (Obstacle.LOCAL, Obstacle.FAULT)


class Change(Struct, frozen=True):
    """A change of the state of a peer, at a time in seconds since 1970 UTC."""

    time: float
    state: str


class Peer:
    """A peer of any kind.

    `up` is what this system takes it for, since `up_since`. `obstacle` is why it cannot be reached,
    since `obstacle_since`, whatever the reason. `turn_at` is when that is noticed, infinite when
    nothing is to come.
    """

    def __init__(self, now: float, obstacle: Obstacle, up: bool) -> None:
        self.up = up
        self.up_since = now
        self.obstacle = obstacle
        self.obstacle_since = now
        self.turn_at = inf
        self.history: deque[Change] = deque(maxlen=HISTORY)
        self.failures = 0
        self.restarts = 0
        self._seconds_up = 0.0
        self.plan()

    @property
    def answers(self) -> bool:
        """Whether it can be reached."""
        return self.obstacle is Obstacle.NONE

    @property
    def serves(self) -> bool:
        """Whether requests are sent to it and answered."""
        return self.up and self.answers

    def meet(self, obstacle: Obstacle, now: float) -> None:
        """Note that something stands in the way from now on, or nothing more."""
        if obstacle is not self.obstacle:
            if not self.stays_silent(obstacle):
                self.obstacle_since = now
            self.obstacle = obstacle
            self.plan()

    def stays_silent(self, obstacle: Obstacle) -> bool:
        """Whether it does not answer for another reason than before."""
        return self.obstacle in _SILENT and obstacle in _SILENT

    def plan(self) -> None:
        """Set when it is noticed that the peer does not answer any more, or answers again."""
        if self.up == self.answers:
            self.turn_at = inf
        else:
            self.turn_at = self.returns_at() if self.answers else self.fails_at()

    def fails_at(self) -> float:
        """When it is noticed that it does not answer any more."""
        raise NotImplementedError

    def returns_at(self) -> float:
        """When it is noticed that it answers again."""
        raise NotImplementedError

    def turn(self, now: float) -> None:
        """It is noticed now: the peer counts as down, or as up again."""
        if self.up:
            self._seconds_up += now - self.up_since
            self.failures += 1
        self.up, self.up_since = not self.up, now
        self.plan()

    def seconds_up(self, now: float) -> float:
        """How many seconds it has been up in all."""
        return self._seconds_up + (now - self.up_since if self.up else 0.0)


def next_after(time: float, interval: float, phase: float = 0.0) -> float:
    """The first time from `time` on of something that happens every `interval` seconds."""
    return time + (phase - time) % interval
