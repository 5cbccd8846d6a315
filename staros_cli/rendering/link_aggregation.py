"""Layouts about ports that carry VLANs together."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli.chassis.ports import Group
from staros_cli.rendering.layout import layout
from staros_cli.rendering.ports import PortRow
from staros_cli.rendering.values import Column, Lines, Rows, Screen, Table, blocks

_Row = tuple[Group, PortRow]
_TABLE = Table[_Row](
    Column("Grp", 4, lambda row: row[0].number),
    Column("Port", 5, lambda row: row[1].place),
    Column("Type", 24, lambda row: row[1].kind, gap=2),
    Column("Admin", 8, lambda row: row[1].admin, gap=2),
    Column("Oper", 4, lambda row: row[1].operation),
    Column("Link", 4, lambda row: row[1].link),
    Column("State", 7, lambda row: row[1].shown_state),
    Column("Pair", 5, lambda row: row[1].partner, gap=2),
    Column("Redundant", 9, lambda row: row[1].redundancy),
    heads=(
        "Grp  Port   Type                      Admin    Oper Link State    Pair  Redundant",
        "---- -----  ------------------------  -------- ---- ---- -------  ----- ---------",
    ),
    filled=True,
)


@layout("show link-aggregation table", "capture")
def table(rows: Sequence[_Row]) -> Rows:
    """The ports of groups."""
    return _TABLE.of(rows)


@layout("show link-aggregation info", "chosen", "What peers say is not modelled and left out.")
def info(groups: Sequence[Group], rows: Sequence[_Row]) -> Screen:
    """Groups in full."""
    return blocks(_group(group, [port for one, port in rows if one is group]) for group in groups)


def _group(group: Group, ports: Sequence[PortRow]) -> Lines:
    master = f"{group.master[0]}/{group.master[1]}"
    lines = [
        f"Group {group.number} (global): Master {master}",
        f"  LACP                    : {group.lacp.title()}",
        f"  Minimum Links           : {group.least}",
    ]
    for number, port in enumerate(ports):
        label = "Ports" if not number else ""
        state = "Distributing" if port.distributes else "Down"
        lines.append(f"  {label:<24}: {port.name} {state}")
    values = {"group": group.number, "master": master, "ports": [port.name for port in ports]}
    return Lines(lines, values)
