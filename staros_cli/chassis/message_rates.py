"""How many requests went to policy servers and servers of credit control in the last minute."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from msgspec import Struct

from staros_cli.chassis.credit.control import CreditControl
from staros_cli.chassis.peers.registry import Peers

KEPT = 60.0
"""Seconds of which requests are known."""


class Rates(Struct, frozen=True):
    """Requests a second to policy servers, and to servers of credit control."""

    gx: float
    gy: float


class _Second(Struct):
    """Requests of one second, until a time."""

    time: float
    gx: int
    gy: int


class MessageRates:
    """The requests for calls that came and ended, by seconds.

    `look` is to be called after calls have come or gone. Requests for quota are not among them:
    they go on evenly, and so are added at the rate of the moment.
    """

    def __init__(self, peers: Peers, credit: CreditControl, now: Callable[[], float]) -> None:
        self._peers = peers
        self._credit = credit
        self._now = now
        self.clear()

    def clear(self) -> None:
        """Nothing was sent: the system went down. What is there at the first look came before."""
        self._seconds: deque[_Second] = deque()
        self._before: tuple[int, int] | None = None

    def look(self) -> None:
        """Note what was sent since the last look."""
        if not (self._peers.policies.in_use or self._credit.in_use):
            return
        self._peers.count()
        totals = self._peers.policies.requests, self._credit.requests
        before, self._before = self._before, totals
        gx, gy = (0, 0) if before is None else (totals[0] - before[0], totals[1] - before[1])
        if not (gx or gy):
            return
        now, seconds = self._now(), self._seconds
        if seconds and int(seconds[-1].time) == int(now):
            last = seconds.pop()
            gx, gy = gx + last.gx, gy + last.gy
        seconds.append(_Second(now, gx, gy))
        while seconds[0].time < now - KEPT:
            seconds.popleft()

    def of_last(self, seconds: float) -> Rates:
        """The rates of the last so many seconds, up to KEPT."""
        self.look()
        since = self._now() - seconds
        found = [each for each in self._seconds if each.time > since]
        gx, gy = (sum(each.gx for each in found), sum(each.gy for each in found))
        return Rates(gx / seconds, gy / seconds + self._credit.update_rate)
