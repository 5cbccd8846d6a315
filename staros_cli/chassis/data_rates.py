"""The data rates of several subscribers together."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import nlargest, nsmallest

from msgspec import Struct

from staros_cli.chassis.sessions import SessionTable
from staros_cli.chassis.traffic import PACKET

SHORT, LONG = 300.0, 900.0
"""Seconds over which the sustained and the average rate are taken (chosen)."""

Rate = tuple[float, float]
"""Octets a second from and to the subscribers."""


class DataRates(Struct, frozen=True):
    """How many subscribers, how many of them are connected, and their rates.

    `peak` is that of subscribers who are all busy at the same time.
    """

    total: int
    active: int
    peak: Rate
    short: Rate
    long: Rate
    packet: int = PACKET

    def and_(self, other: DataRates) -> DataRates:
        """Those of the subscribers of both together."""
        return DataRates(
            self.total + other.total,
            self.active + other.active,
            _sum(self.peak, other.peak),
            _sum(self.short, other.short),
            _sum(self.long, other.long),
        )


def _sum(first: Rate, second: Rate) -> Rate:
    return first[0] + second[0], first[1] + second[1]


def data_rates(sessions: SessionTable, rows: Iterable[int], now: float) -> DataRates:
    """The rates of the sessions of some rows; each is looked at once and forgotten."""
    total = active = 0
    peak = short = long = (0.0, 0.0)
    for row in rows:
        session = sessions.session(row, now)
        total += 1
        short, long = _plus(short, session.rate(SHORT)), _plus(long, session.rate(LONG))
        if session.is_connected(now):
            active += 1
            found = session.pattern
            peak = _plus(peak, (found.rate, found.rate * found.ratio))
    return DataRates(total, active, peak, short, long)


def _plus(one: Rate, other: Rate) -> Rate:
    return one[0] + other[0], one[1] + other[1]


MOST_EXTREMES = 10
"""How many subscribers with the highest or the lowest rates are told (chosen)."""


def extremes(
    sessions: SessionTable, rows: Iterable[int], now: float, *, highest: bool
) -> list[int]:
    """The rows of the sessions with the highest or the lowest peak rates in both directions.

    Only those that are connected have a rate.
    """
    connected = (row for row in rows if sessions.connected_at(row) <= now)

    def rate(row: int) -> float:
        found = sessions.pattern_of(row)
        return found.rate * (1 + found.ratio)

    return (nlargest if highest else nsmallest)(MOST_EXTREMES, connected, key=rate)
