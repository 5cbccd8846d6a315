"""One session: its subscriber, its timers and what it has carried."""

from __future__ import annotations

from msgspec import Struct

from staros_cli.chassis.access import AccessKind
from staros_cli.chassis.subscribers import Group
from staros_cli.chassis.traffic import Pattern, Usage

REGISTRATION_LIFETIME = 1800.0
"""The most that a re-registration timer shows, in seconds (SR-10)."""


class Session(Struct, frozen=True):
    """One session, as it stands at the moment of asking. Times are seconds since 1970 UTC.

    `counted_from` is when its timers and counts began: when it was connected, or recovered last.
    `until` is when it stopped carrying anything because its sessmgr is away, or the moment of
    asking. `allotted` is its address from a pool, empty where the subscriber has one.
    """

    row: int
    callid: int
    group: Group
    number: int
    sessmgr: int
    connected_at: float
    counted_from: float
    recovered: bool
    received: int
    until: float
    pattern: Pattern
    allotted: str = ""

    @property
    def kind(self) -> AccessKind:
        """Its kind of access."""
        return self.group.kind

    @property
    def username(self) -> str:
        """The name of its subscriber."""
        return self.group.username(self.number)

    @property
    def msid(self) -> str:
        """The identity of its subscriber."""
        return self.group.msid(self.number)

    @property
    def msisdn(self) -> str:
        """The telephone number of its subscriber, empty where there is none."""
        return self.group.msisdn(self.number)

    @property
    def address(self) -> str:
        """The address of its subscriber."""
        return self.allotted or self.group.address(self.number)

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses of its subscriber: two where it has one of each version."""
        second = self.group.second_address(self.number)
        return (self.address, second) if second else (self.address,)

    def is_connected(self, now: float) -> bool:
        """Whether the call is fully connected (SR-11)."""
        return self.connected_at <= now

    def duration(self, now: float) -> float:
        """Seconds since the call was connected; it runs on through a recovery (SR-09)."""
        return max(0.0, now - self.connected_at)

    def idle(self, now: float) -> float:
        """Seconds since the subscriber last sent something, or since the recovery (SR-10).

        While the sessmgr is away nothing is carried, and the call is idle.
        """
        away = now - self.until
        return max(0.0, min(self.pattern.idle(self.until), self.until - self.counted_from) + away)

    def registration_left(self, now: float) -> float:
        """Seconds on the re-registration timer; a subscriber registers again at half of it."""
        age = max(0.0, now - self.counted_from)
        return REGISTRATION_LIFETIME - age % (REGISTRATION_LIFETIME / 2)

    def usage(self) -> Usage:
        """Octets from and to the subscriber: what accounting bills (SR-06)."""
        received = self.received + self.pattern.octets(self.counted_from, self.until)
        return Usage(received, received * self.pattern.ratio)

    def rate(self, seconds: float) -> tuple[float, float]:
        """Octets a second from and to the subscriber, over the last so many seconds."""
        found = self.pattern
        first = max(self.counted_from, self.until - seconds)
        received = found.busy_between(first, self.until) * found.rate / seconds
        return received, received * found.ratio
