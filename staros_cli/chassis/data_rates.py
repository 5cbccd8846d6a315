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
    """The rates of the sessions of some rows."""
    found = [sessions.session(row, now) for row in rows]

    def rate(seconds: float) -> Rate:
        rates = [session.rate(seconds) for session in found]
        return sum(first for first, _ in rates), sum(second for _, second in rates)

    connected = [session for session in found if session.is_connected(now)]
    peak = (
        sum(session.pattern.rate for session in connected),
        sum(session.pattern.rate * session.pattern.ratio for session in connected),
    )
    return DataRates(len(found), len(connected), peak, rate(SHORT), rate(LONG))


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
