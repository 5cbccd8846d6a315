"""Receivers of bulk statistics: they are reached or not, which nobody notices before a transfer."""

from __future__ import annotations

from staros_cli.chassis.peers.peer import Obstacle, Peer
from staros_cli.chassis.peers.settings import ReceiverSettings


class BulkstatsReceiver(Peer):
    """A server that files are sent to."""

    def __init__(self, settings: ReceiverSettings, now: float, obstacle: Obstacle) -> None:
        self.settings = settings
        super().__init__(now, obstacle, obstacle is Obstacle.NONE)

    def fails_at(self) -> float:
        """At once: no timer runs for it."""
        return self.obstacle_since

    def returns_at(self) -> float:
        """At once."""
        return self.obstacle_since
