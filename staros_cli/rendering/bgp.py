"""Layouts about BGP neighbors."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli.chassis import calendar
from staros_cli.chassis.peers.bgp import ESTABLISHED, BgpNeighbor
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Column, Fields, Lines, Screen, Table, blocks, screen

_DAY, _WEEK = 86400, 604800
_Row = tuple[BgpNeighbor, float]
_NEIGHBORS = Table[_Row](
    Column("Neighbor", 15, lambda row: row[0].settings.address),
    Column("V", 1, lambda _: 4),
    Column("AS", 5, lambda row: row[0].settings.remote, right=True),
    Column("MsgRcvd", 7, lambda row: row[0].messages(row[1]), right=True),
    Column("MsgSent", 7, lambda row: row[0].messages(row[1]), right=True),
    Column("TblVer", 8, lambda _: 1, right=True),
    Column("InQ", 4, lambda _: 0, right=True),
    Column("OutQ", 4, lambda _: 0, right=True),
    Column("Up/Down", 8, lambda row: _since(*row)),
    Column("State/PfxRcd", 12, lambda row: _prefixes(row[0]), right=True),
    heads=("Neighbor        V    AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd",),
)


def _since(neighbor: BgpNeighbor, now: float) -> str:
    """How long the session has been up or down; `never` before the first."""
    if not neighbor.sessions:
        return "never"
    return _span(now - neighbor.up_since)


def _span(seconds: float) -> str:
    """`00:05:10`, from a day on `3d02h10m`, from a week on `02w3d04h`."""
    whole = int(seconds)
    if whole < _DAY:
        return calendar.elapsed(seconds)
    days, hours = whole // _DAY, whole // 3600 % 24
    if whole < _WEEK:
        return f"{days}d{hours:02d}h{whole // 60 % 60:02d}m"
    return f"{days // 7:02d}w{days % 7}d{hours:02d}h"


def _prefixes(neighbor: BgpNeighbor) -> str | int:
    return 0 if neighbor.state == ESTABLISHED else neighbor.state


@layout(
    "show ip bgp summary",
    "chosen",
    "The shape of common BGP software. No routes are exchanged: prefixes and paths are zero.",
)
def summary(router_id: str, own: int, found: Sequence[BgpNeighbor], now: float) -> Screen:
    """The neighbors of a system, with its number, a line each."""
    head = Lines(
        [
            f"BGP router identifier {router_id}, local AS number {own}",
            "BGP table version is 1",
            "0 BGP AS-PATH entries",
            "0 BGP community entries",
            "",
        ],
        {"router_id": router_id, "as": own},
    )
    total = Lines(["", f"Total number of neighbors {len(found)}"], {"neighbors": len(found)})
    return screen(head, _NEIGHBORS.of([(neighbor, now) for neighbor in found]), total)


@layout("show ip bgp neighbors", "chosen", "Few lines: what the model knows of a session.")
def neighbors(found: Sequence[BgpNeighbor], now: float) -> Screen:
    """Neighbors in full."""
    return blocks(_neighbor(neighbor, now) for neighbor in found)


def _neighbor(neighbor: BgpNeighbor, now: float) -> Fields:
    settings = neighbor.settings
    state = neighbor.state
    if neighbor.up:
        state = f"{state}, up for {_since(neighbor, now)}"
    link = "internal" if settings.own == settings.remote else "external"
    return Fields(
        (
            ("BGP state", state),
            ("BGP version", 4),
            ("Hold time", f"{settings.hold:.0f} seconds"),
            ("Keepalive interval", f"{settings.keepalive:.0f} seconds"),
            ("Messages received", neighbor.messages(now)),
            ("Messages sent", neighbor.messages(now)),
            ("Connections established", neighbor.sessions),
            ("Connections dropped", neighbor.failures),
        ),
        f"BGP neighbor is {settings.address}, remote AS {settings.remote}, "
        f"local AS {settings.own}, {link} link",
        width=24,
        between=": ",
    )


@layout("show ip bgp", "chosen", "The shape of common BGP software. No routes are exchanged.")
def routes(router_id: str) -> Lines:
    """The routes that BGP has learned: none."""
    lines = [
        f"BGP table version is 1, local router ID is {router_id}",
        "Total number of prefixes 0",
    ]
    return Lines(lines, {"router_id": router_id, "prefixes": 0})
