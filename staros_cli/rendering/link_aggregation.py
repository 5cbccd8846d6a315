"""Layouts about ports that carry VLANs together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from staros_cli.chassis.lacp import DOWN, SWITCH, SWITCH_PRIORITY, Exchanged
from staros_cli.chassis.port_traffic import Octets, Place
from staros_cli.chassis.ports import SWITCHED, Group
from staros_cli.rendering.layout import layout
from staros_cli.rendering.ports import (
    UTILIZATION_HEADS,
    PortRow,
    megabits,
    utilization_columns,
)
from staros_cli.rendering.values import Column, Lines, Rows, Screen, Table, blocks, screen

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


class Member(Struct, frozen=True):
    """A port of a group: whether it carries frames, and the LACPDUs that it exchanged."""

    group: Group
    port: PortRow
    state: str
    exchanged: Exchanged

    @property
    def peer(self) -> str:
        """The system at the other end, which is known while there is a link."""
        return f"{SWITCH_PRIORITY:04X} {SWITCH}" if self.state != DOWN else "-"


@layout(
    "show link-aggregation info",
    "chosen",
    "States are words of a document. The switch at the other end is always the same; the hold time "
    "is shown and does not delay a change of cards.",
)
def info(groups: Sequence[Group], members: Sequence[Member]) -> Screen:
    """Groups in full."""
    return blocks(_info(group, [one for one in members if one.group is group]) for group in groups)


def _info(group: Group, members: Sequence[Member]) -> Lines:
    peer = next((one.peer for one in members if one.state != DOWN), "-")
    fields = [
        ("LACP", _lacp(group)),
        ("Redundancy", _redundancy(group)),
        ("Minimum Links", str(group.least)),
        ("System ID", _system(group, members)),
        ("Key", str(group.number)),
        ("Peer System ID", peer),
        *(
            ("" if number else "Ports", f"{one.port.name} {one.state}")
            for number, one in enumerate(members)
        ),
    ]
    lines = [_title(group), *(f"  {label:<24}: {value}" for label, value in fields)]
    values = {
        "group": group.number,
        "master": _master(group),
        "peer": peer,
        "ports": [{"port": one.port.name, "state": one.state} for one in members],
    }
    return Lines(lines, values)


def _master(group: Group) -> str:
    return f"{group.master[0]}/{group.master[1]}"


def _title(group: Group) -> str:
    return f"Group {group.number} (global): Master {_master(group)}"


def _lacp(group: Group) -> str:
    lacp = group.lacp
    return ", ".join(word.title() for word in (lacp.mode, lacp.rate, lacp.timeout))


def _redundancy(group: Group) -> str:
    redundancy = group.redundancy
    if redundancy.mode != SWITCHED:
        return redundancy.mode.title()
    slot = redundancy.preferred or "none"
    return f"Switched, hold-time {redundancy.hold_time}, preferred slot {slot}"


def _system(group: Group, members: Sequence[Member]) -> str:
    master = next(one.port for one in members if one.port.at == group.master)
    return f"{group.priority:04X} {master.hardware}"


_LACP = Table[Member](
    Column("Port", 5, lambda one: one.port.place),
    Column("State", 12, lambda one: one.state, gap=2),
    Column("Key", 5, lambda one: one.group.number, right=True),
    Column("Peer System ID", 22, lambda one: one.peer, gap=2),
    Column("Peer Key", 8, lambda one: one.group.number if one.state != DOWN else "-", right=True),
    Column("Rx", 8, lambda one: one.exchanged.received, right=True),
    Column("Tx", 8, lambda one: one.exchanged.sent, right=True),
)


@layout(
    "show link-aggregation lacp info",
    "chosen",
    "The switch at the other end has the number of the group as its key.",
)
def lacp_info(groups: Sequence[Group], members: Sequence[Member]) -> Screen:
    """What the ports of groups and the switch behind them agree on."""
    return blocks(
        screen(
            _title(group),
            f"  {'LACP':<24}: {_lacp(group)}",
            f"  {'System ID':<24}: {_system(group, found)}",
            _LACP.of(found),
        )
        for group in groups
        for found in [[one for one in members if one.group is group]]
    )


_STATISTICS = Table[Member](
    Column("Group", 5, lambda one: one.group.number),
    Column("Port", 5, lambda one: one.port.place, gap=2),
    Column("LACP Rx", 9, lambda one: one.exchanged.received, gap=2, right=True),
    Column("LACP Tx", 9, lambda one: one.exchanged.sent, right=True),
    Column("Marker Rx", 10, lambda _: 0, right=True),
    Column("Marker Tx", 10, lambda _: 0, right=True),
    Column("Illegal Rx", 11, lambda _: 0, right=True),
)


@layout(
    "show link-aggregation statistics",
    "chosen",
    "Neither side sends markers or illegal frames.",
)
def statistics(members: Sequence[Member]) -> Rows:
    """How often the ports of groups have sent, and received."""
    return _STATISTICS.of(members)


_Utilization = tuple[str, str, tuple[int, ...]]
_UTILIZATION = Table[_Utilization](
    Column("Port", 5, lambda row: row[0]),
    Column("Type", 24, lambda row: row[1]),
    *utilization_columns(lambda row: row[2]),
    heads=UTILIZATION_HEADS,
)


@layout(
    "show link-aggregation utilization table",
    "chosen",
    "The table of ports, with a row of the sums above the ports of each group.",
)
def utilization(
    groups: Sequence[Group], rows: Sequence[_Row], rates: Sequence[Mapping[Place, Octets]]
) -> Rows:
    """How many megabits a second groups and their ports carry: now, in 5 and in 15 minutes."""
    found: list[_Utilization] = []
    for group in groups:
        ports = [(row, megabits(row, rates)) for one, row in rows if one is group]
        total = tuple(map(sum, zip(*(figures for _, figures in ports), strict=True)))
        found.append((f"{group.number:>3}", "LAG", total))
        found += [(row.place, row.kind, figures) for row, figures in ports]
    return _UTILIZATION.of(found)
