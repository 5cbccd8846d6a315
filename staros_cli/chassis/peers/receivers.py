"""Servers that are reached or not, which nobody notices before they are asked."""

from __future__ import annotations

from staros_cli.chassis.peers.peer import Obstacle, Peer
from staros_cli.chassis.peers.settings import NameServerSettings, ReceiverSettings


class AskedServer(Peer):
    """A server that no timer watches."""

    settings: ReceiverSettings | NameServerSettings

    def __init__(
        self, settings: ReceiverSettings | NameServerSettings, now: float, obstacle: Obstacle
    ) -> None:
        self.settings = settings
        super().__init__(now, obstacle, obstacle is Obstacle.NONE)

    def fails_at(self) -> float:
        """At once: no timer runs for it."""
        return self.obstacle_since

    def returns_at(self) -> float:
        """At once."""
        return self.obstacle_since


class BulkstatsReceiver(AskedServer):
    """A server that files are sent to."""


class NameServer(AskedServer):
    """A server that names are looked up at."""
