"""The data rates of several subscribers together."""

from __future__ import annotations

from collections.abc import Iterable

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
