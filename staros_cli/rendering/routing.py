"""Layouts about interfaces, routes and neighbours, and what a ping prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from ipaddress import ip_network

from msgspec import Struct

from staros_cli.chassis.interfaces import ETHERNET, LOOPBACK, Address, Interface
from staros_cli.chassis.ports import UNTAGGED
from staros_cli.chassis.routing import InterfaceSettings, Neighbor, Route
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Column, Lines, Rows, Screen, Table, blocks, screen

_KINDS = {ETHERNET: "Broadcast", LOOPBACK: "Loopback"}


class InterfaceRow(Struct, frozen=True):
    """An interface with its settings, whether it is up, and the port that carries it."""

    interface: Interface
    settings: InterfaceSettings
    up: bool
    carrier: tuple[int, int, int] | None

    @property
    def port(self) -> str:
        """The port and the VLAN that carry it."""
        if self.carrier is None:
            return "NONE"
        slot, number, vlan = self.carrier
        tag = "untagged" if vlan == UNTAGGED else f"vlan {vlan}"
        return f"{slot}/{number} {tag}"

    @property
    def bound(self) -> str:
        """The port, with the index of the interface, made of slot, port and VLAN."""
        if self.carrier is None:
            return self.port
        slot, number, vlan = self.carrier
        return f"{self.port}, ifIndex {(slot << 24) + (number << 16) + vlan + 1}"

    @property
    def primary(self) -> Address | None:
        """Its first address of IPv4, or of IPv6 where it has no other."""
        mine = [address for address in self.interface.addresses if not address.secondary]
        return min(mine, key=lambda address: address.is_ipv6, default=None)


@layout(
    "show ip interface",
    "client",
    "The labels in front are those that clients look for, the others are remembered.",
)
def interfaces(rows: Sequence[InterfaceRow]) -> Screen:
    """Interfaces of a context, a block each."""
    total = Lines([f"Total interface count: {len(rows)}"], {"interfaces": len(rows)})
    return screen(*(part for row in rows for part in (_interface(row), "")), total)


def _interface(row: InterfaceRow) -> Lines:
    interface, settings = row.interface, row.settings
    fours = [address for address in interface.addresses if not address.is_ipv6]
    sixes = [address for address in interface.addresses if address.is_ipv6]
    primary = [address for address in fours if not address.secondary]
    others = [address for address in fours if address.secondary]
    state = "UP" if row.up else "DOWN"
    lines = [
        f"Intf Name:        {interface.name}",
        f"Intf Type:        {_KINDS.get(interface.kind, 'Tunnel')}",
        f"Description:      {settings.description}",
        f"VRF:              {settings.vrf or 'None'}",
        f"IP State:         {state} (Bound to {row.bound})",
        *(line for address in primary for line in _address(address, interface, settings)),
        "L3 monitor LC-port switchover:       Disabled",
        f"Number of Secondary Addresses: {len(others)}",
        *(f"  Secondary Address: {one.ip}  Subnet Mask: {_mask(one)}" for one in others),
        *(f"IPv6 Address:     {one.ip}/{one.length}" for one in sixes),
    ]
    values = {
        "name": interface.name,
        "kind": interface.kind,
        "up": row.up,
        "port": row.port,
        "vrf": settings.vrf,
        "addresses": [f"{address.ip}/{address.length}" for address in interface.addresses],
    }
    return Lines(lines, values)


def _address(address: Address, interface: Interface, settings: InterfaceSettings) -> list[str]:
    network = ip_network(f"{address.ip}/{address.length}", strict=False)
    lines = [f"IP Address:       {address.ip:<20}Subnet Mask:    {_mask(address)}"]
    if interface.kind == ETHERNET:
        broadcast = str(network.broadcast_address)
        lines += [
            f"Bcast Address:    {broadcast:<20}MTU:            {settings.mtu}",
            f"Resoln Type:      {'ARP':<20}ARP timeout:    {settings.arp_timeout} secs",
        ]
    return lines


def _mask(address: Address) -> str:
    return str(ip_network(f"{address.ip}/{address.length}", strict=False).netmask)


def _place(row: InterfaceRow) -> str:
    return row.port if row.interface.kind == ETHERNET else _KINDS.get(row.interface.kind, "Tunnel")


def _first_address(row: InterfaceRow) -> str:
    return f"{row.primary.ip}/{row.primary.length}" if row.primary else ""


_SUMMARY = Table[InterfaceRow](
    Column("Interface Name", 30, lambda row: row.interface.name),
    Column("Address/Mask", 19, _first_address),
    Column("Port", 18, _place),
    Column("Status", 6, lambda row: "UP" if row.up else "DOWN"),
    heads=(
        "Interface Name                 Address/Mask        Port               Status",
        "============================== =================== ================== ======",
    ),
)


@layout("show ip interface summary", "client", "The heading is chosen.")
def interface_summary(rows: Sequence[InterfaceRow]) -> Screen:
    """Interfaces of a context, a line each."""
    total = Lines([f"Total interface count: {len(rows)}"], {"interfaces": len(rows)})
    table: Rows = _SUMMARY.of(rows)
    return screen(table, "", total)


def _routes_table(width: int) -> Table[Route]:
    return Table[Route](
        Column("Used", 1, lambda route: "*" if route.used else " ", key="used"),
        Column("Destination", width, lambda route: str(route.destination), gap=0),
        Column("Nexthop", 17, lambda route: route.next_hop, gap=0),
        Column("Protocol", 11, lambda route: route.protocol, gap=0),
        Column("Prec", 5, lambda route: route.precedence, gap=0),
        Column("Cost", 5, lambda route: route.cost, gap=0),
        Column("Interface", 20, lambda route: route.interface, gap=0),
        heads=(
            '"*" indicates the Best or Used route.  S indicates Stale.',
            "",
            f" {'Destination':<{width}}Nexthop          Protocol   Prec Cost Interface",
        ),
        filled=True,
    )


_ROUTES = _routes_table(20)
_ROUTES6 = _routes_table(44)


@layout("show ip route", "capture", "Of IPv6 the destination is wider, which is chosen.")
def routes(found: Sequence[Route], version: int) -> Screen:
    """The routes of a context."""
    return screen((_ROUTES if version == 4 else _ROUTES6).of(found), "", route_totals(found))


@layout("show ip route summary", "capture")
def route_totals(found: Sequence[Route]) -> Lines:
    """How many routes a table has."""
    unique = len({route.destination for route in found})
    counts = Counter(route.protocol for route in found)
    lines = [
        f"Total route count : {len(found)}",
        f"Unique route count: {unique}",
        f"Connected: {counts['connected']} (Framed Route: 0) Static: {counts['static']}",
    ]
    values = {"routes": len(found), "unique": unique, **counts}
    return Lines(lines, values)


_ARP_HEAD = (
    "Flags codes:",
    "I - Incomplete, R - Reachable, M - Permanent, S - Stale, ",
    "D - Delay,      P - Probe,     F - Failed",
    "# Indicate vpn  and npu audit result is success ",
    "^ Indicate vpn  and npu audit result is failure ",
    "",
    "  Address         Link Type Link Address      Flags  Mask            Interface",
)
_ARP = Table[Neighbor](
    Column("", 2, lambda one: "", key="audit"),
    Column("Address", 16, lambda one: one.address, gap=1),
    Column("Link Type", 10, lambda one: "ether", gap=0),
    Column("Link Address", 18, lambda one: one.hardware, gap=0),
    Column("Flags", 7, lambda one: one.flag, gap=0),
    Column("Mask", 16, lambda one: "", gap=0),
    Column("Interface", 10, lambda one: one.interface, gap=0),
    heads=_ARP_HEAD,
)


@layout("show ip arp", "capture")
def arp(found: Sequence[Neighbor]) -> Screen:
    """The neighbours of a context."""
    total = Lines([f"Total number of arps: {len(found):<4}"], {"entries": len(found)})
    return screen(_ARP.of(found), total)


_NEIGHBORS = Table[Neighbor](
    Column("Address", 40, lambda one: one.address),
    Column("Link Address", 18, lambda one: one.hardware),
    Column("State", 10, lambda one: "Permanent" if one.flag == "M" else "Reachable"),
    Column("Interface", 20, lambda one: one.interface),
)


@layout("show ipv6 neighbors", "chosen")
def neighbors(found: Sequence[Neighbor]) -> Screen:
    """The neighbours of a context that have IPv6 addresses."""
    total = Lines([f"Total number of neighbors: {len(found)}"], {"entries": len(found)})
    return screen(_NEIGHBORS.of(found), "", total)


class VrfRow(Struct, frozen=True):
    """A VRF, its interfaces and how many routes it has."""

    name: str
    interfaces: tuple[str, ...]
    routes: int


@layout("show ip vrf", "chosen")
def vrfs(rows: Sequence[VrfRow]) -> Screen:
    """The VRFs of a context."""
    total = Lines([f"Total VRF count: {len(rows)}"], {"vrfs": len(rows)})
    return screen(blocks(_vrf(row) for row in rows), *([""] if rows else []), total)


def _vrf(row: VrfRow) -> Lines:
    values = {"name": row.name, "interfaces": list(row.interfaces), "routes": row.routes}
    lines = [
        f"VRF Name:         {row.name}",
        f"Interfaces:       {', '.join(row.interfaces) or 'None'}",
        f"Route count:      {row.routes}",
    ]
    return Lines(lines, values)


# Pings

OWN_TTL = 255
_FIRST, _LATER = 0.4, 0.2
"""Milliseconds to the first answer and to those after it, which need no ARP (chosen)."""


class Ping(Struct, frozen=True):
    """A ping: its address, how many octets it carries, and on what kind of system it runs."""

    address: str
    size: int
    virtual: bool


@layout(
    "ping",
    "chosen",
    "As remembered; virtual systems print the form of Linux. The times are made up.",
)
def ping_head(ping: Ping) -> str:
    """The first line."""
    size = f"{ping.size}({ping.size + 28})" if ping.virtual else f"{ping.size}"
    word = "bytes of data." if ping.virtual else "data bytes"
    return f"PING {ping.address} ({ping.address}){'' if ping.virtual else ':'} {size} {word}"


def ping_answer(ping: Ping, number: int) -> str:
    """The line of an answer; the first has the number 0."""
    sequence = number + 1 if ping.virtual else number
    return (
        f"{ping.size + 8} bytes from {ping.address}: icmp_seq={sequence} ttl={OWN_TTL} "
        f"time={_time(number)} ms"
    )


def _time(number: int) -> float:
    return _LATER if number else _FIRST


def ping_end(ping: Ping, sent: int, received: int) -> Lines:
    """The statistics."""
    lost = 100 - 100 * received // sent if sent else 0
    lines = ["", f"--- {ping.address} ping statistics ---"]
    answered = "received" if ping.virtual else "packets received"
    lines.append(f"{sent} packets transmitted, {received} {answered}, {lost}% packet loss")
    if received:
        times = [_time(number) for number in range(received)]
        mean = sum(times) / len(times)
        name = "rtt min/avg/max/mdev" if ping.virtual else "round-trip min/avg/max"
        last = f"/{0:.3f}" if ping.virtual else ""
        digits = 3 if ping.virtual else 1
        figures = "/".join(f"{figure:.{digits}f}" for figure in (min(times), mean, max(times)))
        lines.append(f"{name} = {figures}{last} ms")
    return Lines(lines, {"address": ping.address, "sent": sent, "received": received})


_TIMES = (0.446, 0.235, 0.178)


@layout("traceroute", "chosen", "As remembered. The times are made up.")
def traceroute_head(address: str, most: int, size: int) -> str:
    """The first line."""
    return f"traceroute to {address} ({address}), {most} hops max, {size} byte packets"


def traceroute_hop(number: int, hop: str, probes: int) -> str:
    """A system that answers."""
    times = (f"{_TIMES[min(probe, len(_TIMES) - 1)]:.3f} ms" for probe in range(probes))
    return f"{number:>2}  {hop}  {'  '.join(times)}"


def traceroute_silence(number: int, probes: int) -> str:
    """A system that does not answer."""
    return f"{number:>2}  {' '.join('*' * probes)}"
