"""The link to the other chassis of the Service Redundancy Protocol, and servers that it probes."""

from __future__ import annotations

from math import inf

from staros_cli.chassis.peers.peer import Obstacle, Peer, next_after
from staros_cli.chassis.peers.settings import ProbeSettings, SrpLinkSettings

RESTART_TIME = 120.0
"""Seconds that the other chassis does not answer when it restarts (chosen)."""


class SrpLink(Peer):
    """The connection to the other chassis; with `up` it has stood for long.

    `absent_until` is until when the other chassis restarts, in seconds since 1970 UTC.
    """

    def __init__(self, settings: SrpLinkSettings, now: float, obstacle: Obstacle, up: bool) -> None:
        self.settings = settings
        self.absent_until = self._heard_at = -inf
        self._received = 0
        super().__init__(now, obstacle, up)

    def configure(self, settings: SrpLinkSettings) -> None:
        """Go on with other settings."""
        if settings != self.settings:
            self.settings = settings
            self.plan()

    def fails_at(self) -> float:
        """At once where the own interface is gone, else when the dead interval is over."""
        if self.obstacle is not Obstacle.FAULT:
            return self.obstacle_since
        return self.last_hello(self.obstacle_since) + self.settings.dead

    def returns_at(self) -> float:
        """When the next Hello arrives."""
        return max(self.obstacle_since, self.absent_until) + self.settings.hello

    def turn(self, now: float) -> None:
        """The connection is lost, or stands again."""
        self._received, self._heard_at = self.hellos_received(now), self.last_hello(now)
        super().turn(now)

    def restart(self, now: float) -> None:
        """The other chassis restarts: the connection is closed until it is back."""
        self.absent_until = now + RESTART_TIME
        if self.up:
            self.turn(now)
        self.plan()

    def is_there(self, now: float) -> bool:
        """Whether the other chassis runs, whether or not it can be reached."""
        return self.obstacle is not Obstacle.FAULT and now >= self.absent_until

    def last_hello(self, now: float) -> float:
        """When a Hello was received last, in seconds since 1970 UTC; before the first: never."""
        if not self.up:
            return self._heard_at
        heard_until = now if self.answers else min(now, self.obstacle_since)
        age = max(0.0, heard_until - self.up_since)
        return self.up_since + age // self.settings.hello * self.settings.hello

    def hellos_received(self, now: float) -> int:
        """How many Hellos were received; the first one brought the connection up."""
        if not self.up:
            return self._received
        since = self.last_hello(now) - self.up_since
        return self._received + 1 + round(since / self.settings.hello)


class AuthenticationProbe(Peer):
    """A server that is asked for an authentication now and then, which tells whether it is up."""

    def __init__(self, settings: ProbeSettings, now: float, obstacle: Obstacle) -> None:
        self.settings = settings
        super().__init__(now, obstacle, obstacle is Obstacle.NONE)

    def fails_at(self) -> float:
        """When a probe and its repetitions were not answered."""
        settings = self.settings
        asked = next_after(self.obstacle_since, settings.interval)
        return asked + settings.timeout * (1 + settings.retries)

    def returns_at(self) -> float:
        """When the next probe is answered."""
        return next_after(self.obstacle_since, self.settings.interval)
