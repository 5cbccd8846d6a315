"""Layouts about ports: their states, and what they carry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from msgspec import Struct

from staros_cli.chassis.hardware import RUNNING, CardState
from staros_cli.chassis.port_traffic import Octets, Place
from staros_cli.chassis.ports import Group
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Column, Fields, Lines, Rows, Screen, Table, blocks, screen

_UP, _DOWN = "Up", "Down"
_MEGABIT = 1e6


class PortRow(Struct, frozen=True):
    """A port of a card; `pair` is the slot of the card that takes over, 0 for none.

    It is `enabled` with its pair where nothing else is said about it. It has a link where it
    `is_cabled`, carries the frames of its pair where it `acts`, and those of its group where it
    `distributes`.
    """

    slot: int
    number: int
    kind: str
    serves: bool
    enabled: bool
    card: CardState
    pair: int
    vlans: tuple[int, ...]
    description: str
    virtual: bool
    group: Group | None
    is_cabled: bool
    acts: bool
    distributes: bool = False

    @property
    def name(self) -> str:
        """Slot and number."""
        return f"{self.slot}/{self.number}"

    @property
    def at(self) -> Place:
        """Slot and number, as the model has them."""
        return self.slot, self.number

    @property
    def place(self) -> str:
        """Slot and number, the slot in two columns."""
        return f"{self.slot:>2}/{self.number}"

    @property
    def linked(self) -> bool:
        """Whether it has its link."""
        return self.is_cabled and self.card in RUNNING

    @property
    def works(self) -> bool:
        """Whether it carries frames."""
        return self.linked and self.acts

    @property
    def state(self) -> str:
        """Its state in its pair."""
        if self.acts:
            return "Active"
        return "Standby" if self.card in RUNNING else _DOWN

    @property
    def partner(self) -> str:
        """The port that takes over."""
        return f"{self.pair:>2}/{self.number}" if self.pair else "-"

    @property
    def leads(self) -> bool:
        """Whether it is the master of a group, whose VLANs carry the traffic."""
        return self.group is not None and self.group.master == (self.slot, self.number)

    @property
    def is_logical(self) -> bool:
        """Whether its frames count as those of its group: the master, and its pair in the group."""
        if self.group is None or not self.enabled:
            return False
        mirrored = (self.pair, self.number) == self.group.master and self.distributes
        return self.leads or mirrored

    @property
    def admin(self) -> str:
        """Whether it is meant to be in use."""
        return "Enabled" if self.enabled else "Disabled"

    @property
    def operation(self) -> str:
        """Whether it carries frames itself."""
        if self.is_logical:
            return "-"
        return _UP if self.works else _DOWN

    @property
    def link(self) -> str:
        """Whether it has its link."""
        return _UP if self.linked else _DOWN

    @property
    def shown_state(self) -> str:
        """Its state, which a logical port has none of."""
        return "-" if self.is_logical else self.state

    @property
    def redundancy(self) -> str:
        """How others take over."""
        if self.group is not None:
            slot, number = self.group.master
            return f"LA{'+' if self.distributes else '-'} {slot:>2}/{number}"
        return "L2 Link" if self.pair else ""

    @property
    def index(self) -> int:
        """The index of the interface."""
        return (self.slot << 24) + (self.number << 16)

    @property
    def hardware(self) -> str:
        """The hardware address, made of slot and number."""
        return f"02-05-47-00-{self.slot:02X}-{self.number:02X}"


_TABLE = Table[PortRow](
    Column("Port", 5, lambda row: row.place),
    Column("Role", 4, lambda row: "Srvc" if row.serves else "Mgmt"),
    Column("Type", 24, lambda row: row.kind),
    Column("Admin", 8, lambda row: row.admin, gap=2),
    Column("Oper", 4, lambda row: row.operation),
    Column("Link", 4, lambda row: row.link),
    Column("State", 7, lambda row: row.shown_state),
    Column("Pair", 5, lambda row: row.partner, gap=2),
    Column("Redundant", 9, lambda row: row.redundancy),
    heads=(
        "Port  Role Type                      Admin    Oper Link State    Pair  Redundant",
        "----- ---- ------------------------  -------- ---- ---- -------  ----- ---------",
    ),
    filled=True,
)


@layout(
    "show port table",
    "capture",
    "Pair and redundancy of virtual ports are chosen, and that a port about which nothing is "
    "configured is enabled with its pair.",
)
def table(rows: Sequence[PortRow]) -> Rows:
    """The ports of the cards and their states."""
    return _TABLE.of(rows)


@layout(
    "show port info",
    "client",
    "`Port` and `Interface MAC Address` are labels that clients look for, the others remembered.",
)
def info(rows: Sequence[PortRow]) -> Screen:
    """Ports in full."""
    return blocks(_info(row) for row in rows)


def _group(row: PortRow) -> str:
    if row.group is None:
        return "None"
    return f"{row.group.number} (global, {'master' if row.leads else 'member'})"


def _info(row: PortRow) -> Fields:
    up, fast = row.linked, row.kind.startswith("10G")
    state = f"{_UP if row.works else _DOWN}, {row.state}"
    redundant = [("Redundant With", f"{row.pair}/{row.number}")] if row.pair else []
    vlans = [("Number of VLANs", len(row.vlans))] if row.vlans else []
    fields = [
        ("Port Type", row.kind),
        ("Role", "Service Port" if row.serves else "Management Port"),
        ("Description", row.description or "(None Set)"),
        ("Redundancy Mode", "Port Mode" if row.pair else "None"),
        *redundant,
        ("Physical ifIndex", row.index),
        ("Administrative State", "Enabled" if row.enabled else "Disabled"),
        ("Configured Duplex", "Auto"),
        ("Configured Speed", "Auto"),
        ("Interface MAC Address", row.hardware),
        ("Link State", _UP if up else _DOWN),
        ("Link Duplex", "Full" if up else "Unknown"),
        ("Link Speed", ("10 Gb" if fast or row.virtual else "1000 Mb") if up else "Unknown"),
        ("Link Aggregation Group", _group(row)),
        ("Logical ifIndex", row.index + 1),
        ("Operational State", state),
        *vlans,
        *((f"VLAN: VID {vlan}", "Enabled") for vlan in row.vlans),
    ]
    return Fields(tuple(fields), f"Port: {row.name}", width=25, between=": ")


UTILIZATION_HEADS = (
    "                                ------ Average Port Utilization (in mbps) ------",
    "Port   Type                       Current           5min             15min    ",
    "                                 Rx      Tx      Rx       Tx       Rx     Tx",
    "----- ------------------------  ------- -------  ------- -------  ------- -------",
)
_UTILIZATION_COLUMNS = (
    ("Current Rx", 8, 2, ""),
    ("Current Tx", 9, 0, ""),
    ("5min Rx", 8, 0, "rx_5min"),
    ("5min Tx", 9, 0, "tx_5min"),
    ("15min Rx", 8, 0, "rx_15min"),
    ("15min Tx", 7, 0, "tx_15min"),
)
"""The columns behind a port and its type: heads, widths, gaps and keys."""
_Row = TypeVar("_Row")


def _place(number: int, figures: Callable[[_Row], tuple[int, ...]]) -> Callable[[_Row], int]:
    return lambda row: figures(row)[number]


def utilization_columns(figures: Callable[[_Row], tuple[int, ...]]) -> tuple[Column[_Row], ...]:
    """The columns of a table about how much is carried, whose rows have these figures."""
    return tuple(
        Column(head, width, _place(number, figures), gap=gap, key=key)
        for number, (head, width, gap, key) in enumerate(_UTILIZATION_COLUMNS)
    )


_UtilizationRow = tuple[PortRow, tuple[int, ...]]
_UTILIZATION = Table[_UtilizationRow](
    Column("Port", 5, lambda row: row[0].place),
    Column("Type", 24, lambda row: row[0].kind),
    *utilization_columns(lambda row: row[1]),
    heads=UTILIZATION_HEADS,
)


@layout("show port utilization table", "capture")
def utilization(rows: Sequence[PortRow], rates: Sequence[Mapping[Place, Octets]]) -> Rows:
    """How many megabits a second ports in use carry: now, in 5 and in 15 minutes."""
    return _UTILIZATION.of(
        [(row, megabits(row, rates)) for row in rows if row.enabled or row.works]
    )


def megabits(row: PortRow, rates: Sequence[Mapping[Place, Octets]]) -> tuple[int, ...]:
    """How many megabits a second a port receives and sends, for each of the rates."""
    octets = [rate.get(row.at, Octets()) for rate in rates]
    figures = (number for one in octets for number in (one.received, one.sent))
    return tuple(round(8 * figure / _MEGABIT) for figure in figures)


_NOT_COUNTED = "n/a"
_DATALINK_RX = (
    "Unicast frames",
    "Multicast frames",
    "Broadcast frames",
    "Size   64 frames",
    "Size   65 ..  127 fr",
    "Size  128 ..  255 fr",
    "Size  256 ..  511 fr",
    "Size  512 .. 1023 fr",
    "Size 1024 .. 1522 fr",
    "Size > 1522 frames",
    "Bytes OK",
    "Bytes BAD",
    "SHORT OK",
    "SHORT CRC",
    "OVF",
    "NORM CRC",
    "LONG OK",
    "LONG CRC",
    "PAUSE",
    "FALS CRS",
    "SYM ERR",
)
_DATALINK_TX = (*_DATALINK_RX[:12], "PAUSE", "ERR")
_ZERO = ("Multicast frames", "OVF", "NORM CRC", "ERR")
_RULE = "-----------------------  -------------- + -----------------------  -------------"


@layout(
    "show port datalink counters",
    "capture",
    "What is not modelled is `n/a`, as on virtual ports; so are the sizes of frames.",
)
def datalink_counters(rows: Sequence[tuple[PortRow, Octets]]) -> Screen:
    """What ports have carried, by frames of the data link."""
    return screen(*(_datalink(row, octets) for row, octets in rows))


def _datalink(row: PortRow, octets: Octets) -> Lines:
    received, sent = octets.frames
    rx = [(f"RX {name}", _counted(name, received, octets.received)) for name in _DATALINK_RX]
    tx = [(f"TX {name}", _counted(name, sent, octets.sent)) for name in _DATALINK_TX]
    lines = [
        f"Counters for port {row.name}:",
        f"Line Card  {row.kind} Port",
        "Rx Counter                        Data  |  Tx Counter                       Data",
        _RULE,
    ]
    for place, (name, value) in enumerate(rx):
        other = f" {tx[place][0]:<23}  {tx[place][1]:>13}" if place < len(tx) else ""
        lines.append(f"{name:<23}  {value:>14} |{other}")
    values = {
        "port": row.name,
        "rx_frames": received,
        "rx_bytes": int(octets.received),
        "tx_frames": sent,
        "tx_bytes": int(octets.sent),
    }
    return Lines([*lines, _RULE], values)


def _counted(name: str, frames: int, octets: float) -> str:
    if name == "Unicast frames":
        return str(frames)
    if name == "Bytes OK":
        return str(int(octets))
    return "0" if name in _ZERO else _NOT_COUNTED


_BOTH, _ONLY_RX, _ONLY_TX = "both", "rx", "tx"
_NPU_COUNTERS = (
    ("Unicast", _BOTH),
    ("Multicast", _BOTH),
    ("Broadcast", _BOTH),
    ("IPv4 unicast", _BOTH),
    ("IPv4 non-unicast", _BOTH),
    ("Fragments received", _ONLY_RX),
    ("Packets reassembled", _ONLY_RX),
    ("Fragments to kernel", _ONLY_RX),
    ("HW error", _ONLY_RX),
    ("Port non-operational", _BOTH),
    ("SRC MAC is multicast", _ONLY_RX),
    ("Unknown VLAN tag", _ONLY_RX),
    ("Other protocols", _ONLY_RX),
    ("Not IPv4", _ONLY_RX),
    ("Bad IPv4 header", _ONLY_RX),
    ("IPv4 MRU exceeded", _ONLY_RX),
    ("TCP tiny fragment", _BOTH),
    ("No ACL match", _BOTH),
    ("Filtered by ACL", _BOTH),
    ("TTL expired", _ONLY_RX),
    ("Flow lookup twice", _ONLY_RX),
    ("Unknown IPv4 class", _ONLY_RX),
    ("Too short: IP", _ONLY_RX),
    ("Too short: ICMP", _BOTH),
    ("Too short: IGMP", _BOTH),
    ("Too short: TCP", _BOTH),
    ("Too short: UDP", _BOTH),
    ("Too short: IPIP", _ONLY_RX),
    ("Too short: GRE", _ONLY_RX),
    ("Too short: GRE key", _ONLY_RX),
    ("Don't frag discards", _ONLY_TX),
    ("Fragment packets", _ONLY_TX),
    ("Fragment fragments", _ONLY_TX),
    ("IPv4VlanMap dropped", _ONLY_RX),
    ("IPSec NATT keep alive", _ONLY_RX),
    ("Size    0 ..   63", _BOTH),
    ("Size   64 ..  127", _BOTH),
    ("Size  128 ..  255", _BOTH),
    ("Size  256 ..  511", _BOTH),
    ("Size  512 .. 1023", _BOTH),
    ("Size 1024 .. 2047", _BOTH),
    ("Size 2048 .. 4095", _BOTH),
    ("Size 4096 .. 8191", _BOTH),
    ("Size >= 8192", _BOTH),
)
_CARRIED = ("Unicast", "IPv4 unicast", "Size  256 ..  511")
"""Rows that packets of subscribers count in; they have 500 octets each."""
_NPU_HEADS = (
    "        Counter             Rx Frames             Rx Bytes              Tx Frames"
    "            Tx Bytes",
    "---------------------- -------------------- -------------------- --------------------"
    " --------------------",
)


@layout("show port npu counters", "capture", "The words of a VLAN in the heading are chosen.")
def npu_counters(rows: Sequence[tuple[PortRow, Octets]], of: str = "") -> Screen:
    """What ports, or a VLAN of them, have carried, as the network processors count it."""
    return screen(*(_npu(row, octets, of) for row, octets in rows))


def _npu(row: PortRow, octets: Octets, of: str) -> Lines:
    received, sent = octets.frames
    carried = (received, int(octets.received), sent, int(octets.sent))
    lines = [f"Counters for port {row.name}{of}", *_NPU_HEADS]
    for name, sides in _NPU_COUNTERS:
        figures = [str(figure) for figure in (carried if name in _CARRIED else (0, 0, 0, 0))]
        if sides == _ONLY_RX:
            figures[2:] = [_NOT_COUNTED, _NOT_COUNTED]
        elif sides == _ONLY_TX:
            figures[:2] = [_NOT_COUNTED, _NOT_COUNTED]
        lines.append(" ".join([f"{name:<22}", *(f"{figure:>20}" for figure in figures)]))
    values = dict(zip(("rx_frames", "rx_bytes", "tx_frames", "tx_bytes"), carried, strict=True))
    return Lines(lines, {"port": row.name, **values})


_NPU_UNITS = 2
"""Network processors of a card with ports (chosen)."""
_LCORES = 2


@layout("show npu utilization table", "capture", "How busy they are follows from the traffic.")
def npus(ports: Sequence[int], cards: Sequence[int], percents: Sequence[int]) -> Screen:
    """How busy the network processors are: now, in 5 and in 15 minutes."""
    first = _units("npu", "     npu", ports, _NPU_UNITS, percents)
    lines = [
        "",
        "       ---------npu--------",
        "card     now   5min  15min",
        "----  ------ ------ ------",
    ]
    lines += [f"{slot:>4}  {_figures(percents)}" for slot in cards]
    values = {"cards": [{"card": slot, **_named(percents)} for slot in cards]}
    return screen(first, Lines(lines, values))


@layout(
    "show npu utilization table (VPC)", "capture", "How busy they are follows from the traffic."
)
def lcores(cards: Sequence[int], percents: Sequence[int]) -> Lines:
    """How busy the cores are that forward packets: now, in 5 and in 15 minutes."""
    return _units("iftask", "   lcore", cards, _LCORES, percents)


def _units(
    name: str, head: str, slots: Sequence[int], count: int, percents: Sequence[int]
) -> Lines:
    title = f"{'':10}{name.center(20, '-')}"
    lines = [title, f"{head}     now   5min  15min", "--------  ------ ------ ------"]
    units = [f"{slot:02}/0/{number:02}" for slot in slots for number in range(1, count + 1)]
    lines += [f" {unit}  {_figures(percents)}" for unit in units]
    return Lines(lines, {"units": [{"unit": unit, **_named(percents)} for unit in units]})


def _figures(percents: Sequence[int]) -> str:
    return " ".join(f"{f'{percent}%':>6}" for percent in percents)


def _named(percents: Sequence[int]) -> dict[str, int]:
    return dict(zip(("now", "5min", "15min"), percents, strict=True))
