"""Routes, neighbours and the addresses that answer, computed from what is configured and up.

A route is used while its interface is up and its next hop lies in a network of that interface.
Where several lead to the same network the one with the lowest precedence is used, then that with
the lowest cost.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from msgspec import Struct
from msgspec.structs import replace

from staros_cli.chassis.contexts import Contexts
from staros_cli.chassis.interfaces import ETHERNET, Interface

CONNECTED, STATIC = "connected", "static"
PRECEDENCE = {CONNECTED: 0, STATIC: 1}
"""The precedence of routes that have none of their own (chosen but for these two)."""
MOST_ROUTES = 20_000
"""How many static routes of a context are looked at."""
DEFAULT_MTU = 1500
DEFAULT_ARP_TIMEOUT = 60

Network = IPv4Network | IPv6Network


class InterfaceSettings(Struct, frozen=True):
    """What is configured of an interface beside its addresses; the time is in seconds."""

    description: str = ""
    mtu: int = DEFAULT_MTU
    arp_timeout: int = DEFAULT_ARP_TIMEOUT
    vrf: str = ""


class StaticRoute(Struct, frozen=True):
    """A route that is configured. Without a next hop it leads to the interface itself."""

    destination: Network
    interface: str
    next_hop: str = ""
    precedence: int = PRECEDENCE[STATIC]
    cost: int = 0
    vrf: str = ""


class FixedNeighbor(Struct, frozen=True):
    """An entry of ARP that is configured."""

    address: str
    hardware: str
    vrf: str = ""


class RoutingConfiguration(Struct, frozen=True):
    """What is configured in a context: routes, fixed neighbours, VRFs, settings of interfaces."""

    routes: tuple[StaticRoute, ...] = ()
    neighbors: tuple[FixedNeighbor, ...] = ()
    vrfs: tuple[str, ...] = ()
    interfaces: dict[str, InterfaceSettings] = {}

    def of(self, interface: str) -> InterfaceSettings:
        """The settings of an interface."""
        return self.interfaces.get(interface, InterfaceSettings())


class Route(Struct, frozen=True):
    """A route of a table; `used` tells whether packets take it."""

    destination: Network
    next_hop: str
    protocol: str
    precedence: int
    cost: int
    interface: str
    used: bool


class Neighbor(Struct, frozen=True):
    """An address of a network that this system is connected to, and its hardware address."""

    address: str
    hardware: str
    flag: str
    interface: str


REACHABLE, PERMANENT = "R", "M"


class Routing:
    """The tables of all contexts. `read` has what is configured in one.

    `reaches` tells of an address of another system whether it answers.
    """

    def __init__(self, contexts: Contexts, reaches: Callable[[str], bool]) -> None:
        self._contexts = contexts
        self._reaches = reaches
        self.read: Callable[[str], RoutingConfiguration] = lambda context: RoutingConfiguration()

    def table(self, context: str, version: int, vrf: str = "") -> list[Route]:
        """The routes of a context, in the order of their networks."""
        configuration = self.read(context)
        found = [
            *self._connected(context, version, vrf, configuration),
            *self._static(context, version, vrf, configuration),
        ]
        found.sort(key=_order)
        best: set[Network] = set()
        table: list[Route] = []
        for route in found:
            used = route.used and route.destination not in best
            if used:
                best.add(route.destination)
            table.append(replace(route, used=used))
        return table

    def _up(
        self, context: str, vrf: str, configuration: RoutingConfiguration
    ) -> Iterator[Interface]:
        """The interfaces of a VRF of a context that are up."""
        found = self._contexts.by_name.get(context)
        for interface in found.interfaces.values() if found else ():
            of_vrf = configuration.of(interface.name).vrf == vrf
            if found and of_vrf and self._contexts.is_up(found, interface):
                yield interface

    def _connected(
        self, context: str, version: int, vrf: str, configuration: RoutingConfiguration
    ) -> Iterator[Route]:
        """The networks of interfaces that are up, and their own addresses."""
        local = "0.0.0.0" if version == 4 else "::"
        for interface in self._up(context, vrf, configuration):
            for address in interface.addresses:
                if address.is_ipv6 is not (version == 6):
                    continue
                whole = 128 if address.is_ipv6 else 32
                for length in dict.fromkeys((address.length, whole)):
                    network = ip_network(f"{address.ip}/{length}", strict=False)
                    yield Route(network, local, CONNECTED, 0, 0, interface.name, True)

    def _static(
        self, context: str, version: int, vrf: str, configuration: RoutingConfiguration
    ) -> Iterator[Route]:
        up = {found.name: found for found in self._up(context, vrf, configuration)}
        for route in configuration.routes[:MOST_ROUTES]:
            if route.vrf != vrf or route.destination.version != version:
                continue
            interface = up.get(route.interface)
            used = interface is not None and (
                not route.next_hop or _has_neighbor(interface, route.next_hop)
            )
            hop = route.next_hop or ("0.0.0.0" if version == 4 else "::")
            yield Route(
                route.destination,
                hop,
                STATIC,
                route.precedence,
                route.cost,
                route.interface,
                used,
            )

    def lookup(self, context: str, address: str, vrf: str = "") -> Route | None:
        """The route that packets to an address take, None where there is none."""
        wanted = ip_address(address)
        fitting = [
            route
            for route in self.table(context, wanted.version, vrf)
            if route.used and wanted in route.destination
        ]
        return max(fitting, key=lambda route: route.destination.prefixlen, default=None)

    def neighbors(self, context: str, version: int, vrf: str = "") -> list[Neighbor]:
        """The neighbours that this system knows: next hops of routes in use, and fixed ones."""
        configuration = self.read(context)
        fixed = {entry.address: entry for entry in configuration.neighbors if entry.vrf == vrf}
        found: dict[str, Neighbor] = {}
        hops = [
            (route.next_hop, route.interface)
            for route in self.table(context, version, vrf)
            if route.used and route.protocol == STATIC and int(ip_address(route.next_hop))
        ]
        for interface in self._up(context, vrf, configuration):
            if interface.kind != ETHERNET:
                continue
            hops += [(ip, interface.name) for ip in fixed if _has_neighbor(interface, ip)]
        for ip, name in hops:
            entry = fixed.get(ip)
            hardware = entry.hardware if entry else hardware_of(ip)
            flag = PERMANENT if entry else REACHABLE
            found.setdefault(ip, Neighbor(ip, hardware, flag, name))
        return sorted(found.values(), key=lambda one: int(ip_address(one.address)))

    def is_own(self, context: str, address: str) -> bool:
        """Whether an address is one of this context, and up."""
        found = self._contexts.by_name.get(context)
        interface = found.with_address(str(ip_address(address))) if found else None
        return bool(found and interface and self._contexts.is_up(found, interface))

    def answers(self, context: str, address: str, vrf: str = "") -> bool:
        """Whether an address that a route leads to answers.

        That is known of the own ones, of neighbours, and of peers.
        """
        text = str(ip_address(address))
        if self.is_own(context, text):
            return True
        version = ip_address(address).version
        known = {neighbor.address for neighbor in self.neighbors(context, version, vrf)}
        return text in known or self._reaches(text)

    def way(self, context: str, address: str, vrf: str = "") -> list[str]:
        """The systems that packets to an address pass, as far as they are known."""
        route = self.lookup(context, address, vrf)
        if route is None:
            return []
        text = str(ip_address(address))
        through = route.protocol == STATIC and int(ip_address(route.next_hop)) != 0
        hops = [route.next_hop] if through and route.next_hop != text else []
        return [*hops, text] if self.answers(context, address, vrf) else hops


def _order(route: Route) -> tuple[int, int, int, int]:
    destination = route.destination
    network = int(destination.network_address)
    return network, destination.prefixlen, route.precedence, route.cost


def _has_neighbor(interface: Interface, ip: str) -> bool:
    """Whether an address lies in a network of an interface."""
    wanted = ip_address(ip)
    return any(
        wanted in ip_network(f"{address.ip}/{address.length}", strict=False)
        for address in interface.addresses
        if address.is_ipv6 is (wanted.version == 6)
    )


def hardware_of(ip: str) -> str:
    """The hardware address that another system with an address has here, the same at any time."""
    digest = hashlib.sha256(ip.encode()).digest()
    return ":".join(f"{byte:02X}" for byte in (0x02, 0x00, 0x5E, *digest[:3]))
