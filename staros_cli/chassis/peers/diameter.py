"""Diameter peers: connections that are opened, watched, and opened again."""

from __future__ import annotations

from zlib import crc32

from msgspec import Struct

from staros_cli.chassis.peers.peer import Change, Obstacle, Peer, next_after
from staros_cli.chassis.peers.settings import DiameterSettings

CONNECTED_AFTER, CAPABLE_AFTER = 0.1, 0.1
"""Seconds until a connection stands, and from then until capabilities are exchanged (chosen)."""
IDLE, WAIT_CONN_ACK, WAIT_CEA, OPEN, CLOSED = "IDLE", "WAIT_CONN_ACK", "WAIT_CEA", "OPEN", "CLOSED"
_FIRST_PORT, _PORTS = 32768, 28232
"""The ports that connections come from."""
_IDLE = (Obstacle.LOCAL, Obstacle.DISABLED)
"""No connection is tried then."""


class DiameterCounts(Struct, frozen=True):
    """What was sent to a peer and received from it since the counts were cleared."""

    attempts: int = 0
    cer: int = 0
    cea: int = 0
    dwr: int = 0
    dwa: int = 0
    disconnects: int = 0
    requests: int = 0
    answers: int = 0
    timeouts: int = 0

    def less(self, before: DiameterCounts) -> DiameterCounts:
        """The counts since other, earlier ones."""
        pairs = zip(_values(self), _values(before), strict=True)
        return DiameterCounts(*(max(0, now - then) for now, then in pairs))

    def plus(self, other: DiameterCounts) -> DiameterCounts:
        """The counts of both."""
        return DiameterCounts(*map(sum, zip(_values(self), _values(other), strict=True)))


def _values(counts: DiameterCounts) -> list[int]:
    return [getattr(counts, name) for name in DiameterCounts.__struct_fields__]


class DiameterPeer(Peer):
    """A peer of an endpoint.

    While it cannot be reached, connections are tried one after the other: each is waited for, and
    the next follows after the time to retry. `attempts_from` is when the first of them begins.
    """

    def __init__(
        self, settings: DiameterSettings, now: float, obstacle: Obstacle, up: bool
    ) -> None:
        self.settings = settings
        self.attempts_from = now
        self._attempts = self._opened = int(up)
        self._cleared = DiameterCounts()
        self.requests = self.timeouts = 0
        super().__init__(now, obstacle, up)

    @property
    def local_port(self) -> int:
        """The port of this system that its connection comes from."""
        seed = f"{self.settings.key} {self.up_since}".encode()
        return _FIRST_PORT + crc32(seed) % _PORTS

    def configure(self, settings: DiameterSettings) -> None:
        """Go on with other settings."""
        self.settings = settings

    @property
    def _cycle(self) -> float:
        return self.settings.connect + self.settings.retry

    def fails_at(self) -> float:
        """At once where the own address is gone, else when the watchdog has no answer."""
        if self.obstacle is not Obstacle.FAULT:
            return self.obstacle_since
        settings = self.settings
        asked = next_after(self.obstacle_since, settings.watchdog, self.up_since)
        return asked + settings.watchdog * (1 + settings.watchdog_retries)

    def returns_at(self) -> float:
        """When the attempt that is under way, or the next one, has succeeded."""
        begin = max(self.obstacle_since, self.attempts_from)
        phase = (begin - self.attempts_from) % self._cycle
        attempt = begin if phase < self.settings.connect else begin + self._cycle - phase
        return attempt + CONNECTED_AFTER + CAPABLE_AFTER

    def meet(self, obstacle: Obstacle, now: float) -> None:
        """Note what stands in the way; with the own address back it is called at once."""
        if obstacle is not self.obstacle and not self.up:
            if self.obstacle in _IDLE:
                self.attempts_from = now
            elif obstacle in _IDLE:
                self._attempts = self.attempts(now)
        super().meet(obstacle, now)

    def turn(self, now: float) -> None:
        """The connection is open, or it is closed and opened again after the time to retry."""
        if self.up:
            self.attempts_from = now + self.settings.retry
        else:
            self._attempts = self.attempts(now)
            self._opened += 1
        super().turn(now)
        self.history.append(Change(now, self.state(now)))

    def reset(self, now: float, retry: float = 0.0) -> None:
        """Close an open connection; the next one is tried `retry` seconds later."""
        self.turn(now)
        self.attempts_from = now + retry
        self.plan()

    def _tries(self, now: float) -> int:
        """How many connections were tried since the last was open."""
        if self.up or self.obstacle in _IDLE or now < self.attempts_from:
            return 0
        return int((now - self.attempts_from) // self._cycle) + 1

    def attempts(self, now: float) -> int:
        """How many connections were tried in all."""
        return self._attempts + self._tries(now)

    def state(self, now: float) -> str:
        """The state of the connection."""
        if self.up:
            return OPEN
        if self.obstacle in _IDLE:
            return IDLE
        if now < self.attempts_from:
            return CLOSED
        if self.answers and now >= self.turn_at - CAPABLE_AFTER:
            return WAIT_CEA
        phase = (now - self.attempts_from) % self._cycle
        return WAIT_CONN_ACK if phase < self.settings.connect else CLOSED

    def _all(self, now: float) -> DiameterCounts:
        watched = int(self.seconds_up(now) // self.settings.watchdog)
        unanswered = (1 + self.settings.watchdog_retries) * self.failures
        return DiameterCounts(
            attempts=self.attempts(now),
            cer=self._opened,
            cea=self._opened,
            dwr=watched,
            dwa=max(0, watched - unanswered),
            disconnects=self.failures,
            requests=self.requests,
            answers=self.requests - self.timeouts,
            timeouts=self.timeouts,
        )

    def counts(self, now: float) -> DiameterCounts:
        """What was sent and received since the counts were cleared."""
        return self._all(now).less(self._cleared)

    def clear_counts(self, now: float) -> None:
        """Count from zero."""
        self._cleared = self._all(now)

    def count(self, requests: int, answered: bool) -> None:
        """Count requests of calls that were sent to it."""
        self.requests += requests
        self.timeouts += 0 if answered else requests
