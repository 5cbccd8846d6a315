"""Time servers: how they are polled, and which of them the time is taken from.

A server is polled often at first and more seldom while it answers; when it does not, it is polled
often again (both chosen). It counts as unreachable once the last eight polls had no answer.
"""

from __future__ import annotations

from staros_cli.chassis.peers.peer import Obstacle, Peer
from staros_cli.chassis.peers.settings import NtpSettings

FIRST_ANSWER = 2.0
"""Seconds until a server that can be reached has answered first (chosen)."""
POLLS_KEPT = 8
"""How many polls the reach of a server tells of."""
_LONGER_AFTER = 8
"""How many polls that were answered double the interval (chosen)."""


class NtpServer(Peer):
    """A time server; with `up` it has answered for long."""

    def __init__(self, settings: NtpSettings, now: float, obstacle: Obstacle, up: bool) -> None:
        self.settings = settings
        super().__init__(now, obstacle, up)

    def configure(self, settings: NtpSettings) -> None:
        """Go on with other settings."""
        if settings != self.settings:
            self.settings = settings
            self.plan()

    def fails_at(self) -> float:
        """When the last eight polls had no answer."""
        return self.obstacle_since + POLLS_KEPT * self.settings.shortest

    def returns_at(self) -> float:
        """When it has answered."""
        return self.obstacle_since + FIRST_ANSWER

    def interval(self, now: float) -> int:
        """Seconds between two polls."""
        shortest, longest = self.settings.shortest, self.settings.longest
        if not self.serves:
            return shortest
        interval, passed = shortest, now - self.up_since
        while interval < longest and passed >= _LONGER_AFTER * interval:
            passed -= _LONGER_AFTER * interval
            interval *= 2
        return interval

    def last_poll(self, now: float) -> float:
        """When it was polled last, in seconds since 1970 UTC."""
        since = self.up_since if self.serves else self.obstacle_since
        interval = self.interval(now)
        return max(since, now - (now - since) % interval)

    def reach(self, now: float) -> int:
        """Which of the last eight polls were answered: a bit each, the lowest for the latest."""
        if not self.up:
            return 0
        every = (1 << POLLS_KEPT) - 1
        missed = 0
        if not self.answers:
            missed = int((now - self.obstacle_since) // self.settings.shortest)
        until = now if self.answers else self.obstacle_since
        answered = 1 + int(max(0.0, until - self.up_since) // self.settings.shortest)
        return ((1 << min(answered, POLLS_KEPT)) - 1) << missed & every


def system_peer(servers: list[NtpServer]) -> NtpServer | None:
    """The server that the time is taken from: the one preferred, else the first that is there."""
    able = [server for server in servers if server.up]
    return min(able, key=lambda server: not server.settings.preferred, default=None)
