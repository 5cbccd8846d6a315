"""BGP neighbors: when sessions with them come up and go down. No routes are exchanged here."""

from __future__ import annotations

from staros_cli.chassis.peers.peer import Change, Obstacle, Peer
from staros_cli.chassis.peers.settings import BgpSettings

SESSION_AFTER = 5.0
"""Seconds until a session with a neighbor that can be reached is up (chosen)."""
IDLE, ACTIVE, ESTABLISHED = "Idle", "Active", "Established"
_FIRST_MESSAGES = 2
"""Messages before the first that keeps a session alive: OPEN, and the end of the routes."""


class BgpNeighbor(Peer):
    """A neighbor; with `up` there has been a session."""

    def __init__(self, settings: BgpSettings, now: float, obstacle: Obstacle, up: bool) -> None:
        self.settings = settings
        self.sessions = int(up)
        self._closed_at = now
        super().__init__(now, obstacle, up)
        self.history.append(Change(now, self.state))

    def configure(self, settings: BgpSettings) -> None:
        """Go on with other settings."""
        if settings != self.settings:
            self.settings = settings
            self.plan()

    def fails_at(self) -> float:
        """At once where the own interface is gone, else when the hold time is over."""
        if self.obstacle is not Obstacle.FAULT:
            return self.obstacle_since
        return self.obstacle_since + self.settings.hold

    def returns_at(self) -> float:
        """When a session is up again."""
        return max(self.obstacle_since, self._closed_at) + SESSION_AFTER

    def turn(self, now: float) -> None:
        """A session comes up, or goes down."""
        self._closed_at = now
        super().turn(now)
        self.sessions += self.up
        self.history.append(Change(now, self.state))

    @property
    def state(self) -> str:
        """The state of the session."""
        if self.up:
            return ESTABLISHED
        return IDLE if self.obstacle in (Obstacle.LOCAL, Obstacle.DISABLED) else ACTIVE

    def messages(self, now: float) -> int:
        """How many messages each side has sent in sessions so far."""
        kept_alive = int(self.seconds_up(now) // self.settings.keepalive)
        return self.sessions * _FIRST_MESSAGES + kept_alive
