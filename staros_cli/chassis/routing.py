"""Routes, neighbours and the addresses that answer, computed from what is configured and up.

A route is used while its interface is up and its next hop lies in a network of that interface.
Where several lead to the same network the one with the lowest precedence is used, then that with
the lowest cost.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from msgspec import Struct
from msgspec.structs import replace

from staros_cli.chassis.access_lists import ECHO, ECHO_REPLY, IN, OUT, AccessLists, Packet
from staros_cli.chassis.contexts import Contexts
from staros_cli.chassis.interfaces import ETHERNET, Interface

CONNECTED, STATIC = "connected", "static"
PRECEDENCE = {CONNECTED: 0, STATIC: 1}
"""The precedence of routes that have none of their own (chosen but for these two)."""
MOST_ROUTES = 20_000
"""How many static routes of a context are looked at."""
DEFAULT_MTU = 1500
DEFAULT_ARP_TIMEOUT = 60

Address = IPv4Address | IPv6Address
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
    """What is configured in a context: routes, fixed neighbours, VRFs, interfaces, access lists."""

    routes: tuple[StaticRoute, ...] = ()
    neighbors: tuple[FixedNeighbor, ...] = ()
    vrfs: tuple[str, ...] = ()
    interfaces: dict[str, InterfaceSettings] = {}
    access_lists: AccessLists = AccessLists()

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


class _Index:
    """What is configured in a context, in a form in which it is found quickly."""

    def __init__(self, configuration: RoutingConfiguration) -> None:
        self.configuration = configuration
        self.routes = configuration.routes[:MOST_ROUTES]
        self._by_network: dict[Network, list[StaticRoute]] = {}
        self._by_hop: dict[str, list[StaticRoute]] = {}
        for route in self.routes:
            self._by_network.setdefault(route.destination, []).append(route)
            if route.next_hop:
                self._by_hop.setdefault(route.next_hop, []).append(route)
        lengths = {(net.version, net.prefixlen) for net in self._by_network}
        self._lengths = sorted(lengths, reverse=True)

    def around(self, address: Address) -> Iterator[list[StaticRoute]]:
        """The routes to networks that an address lies in, the smallest network first."""
        for version, length in self._lengths:
            if version == address.version:
                found = self._by_network.get(network_of(address, length))
                if found:
                    yield found

    def over(self, next_hop: str) -> list[StaticRoute]:
        """The routes over a next hop."""
        return self._by_hop.get(next_hop, [])


class Routing:
    """The tables of all contexts. `read` has what is configured in one.

    `changed` is to be called after lines about it were changed; `reaches` tells of an address of
    another system whether it answers.
    """

    def __init__(self, contexts: Contexts, reaches: Callable[[str], bool]) -> None:
        self._contexts = contexts
        self._reaches = reaches
        self._indexes: dict[str, _Index] = {}
        self.read: Callable[[str], RoutingConfiguration] = lambda context: RoutingConfiguration()

    def changed(self) -> None:
        """Lines have changed: what is configured has to be read again."""
        self._indexes.clear()

    def _index(self, context: str) -> _Index:
        if context not in self._indexes:
            self._indexes[context] = _Index(self.read(context))
        return self._indexes[context]

    def configuration(self, context: str) -> RoutingConfiguration:
        """What is configured in a context."""
        return self._index(context).configuration

    def table(self, context: str, version: int, vrf: str = "") -> list[Route]:
        """The routes of a context, in the order of their networks."""
        up = self._up(context, vrf)
        found = list(_connected(up.values(), version))
        found += [
            _route(route, up)
            for route in self._index(context).routes
            if route.vrf == vrf and route.destination.version == version
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

    def _up(self, context: str, vrf: str) -> dict[str, Interface]:
        """The interfaces of a VRF of a context that are up, by their names."""
        found = self._contexts.by_name.get(context)
        of = self._index(context).configuration.of
        return {
            interface.name: interface
            for interface in (found.interfaces.values() if found else ())
            if found and of(interface.name).vrf == vrf and self._contexts.is_up(found, interface)
        }

    def lookup(self, context: str, address: str, vrf: str = "") -> Route | None:
        """The route that packets to an address take, None where there is none."""
        wanted, up = ip_address(address), self._up(context, vrf)
        found = [
            route
            for route in _connected(up.values(), wanted.version)
            if wanted in route.destination
        ]
        for routes in self._index(context).around(wanted):
            here = [_route(route, up) for route in routes if route.vrf == vrf]
            used = [route for route in here if route.used]
            if used:
                found += used
                break
        return min(found, key=_preference, default=None)

    def neighbors(self, context: str, version: int, vrf: str = "") -> list[Neighbor]:
        """The neighbours that this system knows: next hops of routes in use, and fixed ones."""
        fixed = self._fixed(context, vrf)
        found: dict[str, Neighbor] = {}
        hops = [
            (route.next_hop, route.interface)
            for route in self.table(context, version, vrf)
            if route.used and route.protocol == STATIC and int(ip_address(route.next_hop))
        ]
        for interface in self._up(context, vrf).values():
            if interface.kind == ETHERNET:
                hops += [(ip, interface.name) for ip in fixed if _has_neighbor(interface, ip)]
        for ip, name in hops:
            entry = fixed.get(ip)
            hardware = entry.hardware if entry else hardware_of(ip)
            flag = PERMANENT if entry else REACHABLE
            found.setdefault(ip, Neighbor(ip, hardware, flag, name))
        return sorted(found.values(), key=lambda one: int(ip_address(one.address)))

    def _fixed(self, context: str, vrf: str) -> dict[str, FixedNeighbor]:
        entries = self.configuration(context).neighbors
        return {entry.address: entry for entry in entries if entry.vrf == vrf}

    def is_own(self, context: str, address: str, vrf: str = "") -> bool:
        """Whether an address is one of a VRF of this context, and up."""
        wanted = str(ip_address(address))
        return any(
            str(ip_address(one.ip)) == wanted
            for interface in self._up(context, vrf).values()
            for one in interface.addresses
        )

    def answers(self, context: str, address: str, vrf: str = "") -> bool:
        """Whether an address that a route leads to answers.

        That is known of the own ones, of neighbours, and of peers.
        """
        text = str(ip_address(address))
        if self.is_own(context, text, vrf):
            return True
        there = self._is_neighbor(context, text, vrf) or self._reaches(text)
        return there and self._passes(context, text, vrf)

    def _passes(self, context: str, address: str, vrf: str) -> bool:
        """Whether access lists let echo requests to an address out, and their answers in."""
        route, wanted = self.lookup(context, address, vrf), ip_address(address)
        interface = self._up(context, vrf).get(route.interface) if route else None
        own = [one.ip for one in interface.addresses] if interface else []
        own = [ip for ip in own if ip_address(ip).version == wanted.version]
        if interface is None or not own:
            return True
        lists, version = self.configuration(context).access_lists, wanted.version
        request = Packet(own[0], address, ECHO[version])
        answer = Packet(address, own[0], ECHO_REPLY[version])
        name = interface.name
        return lists.passes(name, OUT, request) and lists.passes(name, IN, answer)

    def _is_neighbor(self, context: str, address: str, vrf: str) -> bool:
        up = self._up(context, vrf)
        if address in self._fixed(context, vrf):
            ethernet = (interface for interface in up.values() if interface.kind == ETHERNET)
            return any(_has_neighbor(interface, address) for interface in ethernet)
        routes = self._index(context).over(address)
        return any(route.vrf == vrf and _route(route, up).used for route in routes)

    def way(self, context: str, address: str, vrf: str = "") -> list[str]:
        """The systems that packets to an address pass, as far as they are known."""
        route = self.lookup(context, address, vrf)
        if route is None:
            return []
        text = str(ip_address(address))
        through = route.protocol == STATIC and int(ip_address(route.next_hop)) != 0
        hops = [route.next_hop] if through and route.next_hop != text else []
        return [*hops, text] if self.answers(context, address, vrf) else hops


def _connected(up: Iterable[Interface], version: int) -> Iterator[Route]:
    """The networks of interfaces that are up, and their own addresses."""
    local = "0.0.0.0" if version == 4 else "::"
    for interface in up:
        for address in interface.addresses:
            if address.is_ipv6 is not (version == 6):
                continue
            whole = 128 if address.is_ipv6 else 32
            for length in dict.fromkeys((address.length, whole)):
                network = network_of(ip_address(address.ip), length)
                yield Route(network, local, CONNECTED, 0, 0, interface.name, True)


def _route(route: StaticRoute, up: Mapping[str, Interface]) -> Route:
    """A route that is configured, as it is with the interfaces that are up."""
    interface = up.get(route.interface)
    used = interface is not None and (
        not route.next_hop or _has_neighbor(interface, route.next_hop)
    )
    nowhere = "0.0.0.0" if route.destination.version == 4 else "::"
    return Route(
        route.destination,
        route.next_hop or nowhere,
        STATIC,
        route.precedence,
        route.cost,
        route.interface,
        used,
    )


def _preference(route: Route) -> tuple[int, int, int]:
    """The smallest network goes first, then the lowest precedence, then the lowest cost."""
    return -route.destination.prefixlen, route.precedence, route.cost


def network_of(address: Address, length: int) -> Network:
    """The network of a length that an address lies in."""
    shift = address.max_prefixlen - length
    first = int(address) >> shift << shift
    return IPv4Network((first, length)) if address.version == 4 else IPv6Network((first, length))


def _order(route: Route) -> tuple[int, int, int, int]:
    destination = route.destination
    network = int(destination.network_address)
    return network, destination.prefixlen, route.precedence, route.cost


def _has_neighbor(interface: Interface, ip: str) -> bool:
    """Whether an address lies in a network of an interface."""
    wanted = ip_address(ip)
    return any(
        wanted in network_of(ip_address(address.ip), address.length)
        for address in interface.addresses
        if address.is_ipv6 is (wanted.version == 6)
    )


def hardware_of(ip: str) -> str:
    """The hardware address that another system with an address has here, the same at any time."""
    digest = hashlib.sha256(ip.encode()).digest()
    return ":".join(f"{byte:02X}" for byte in (0x02, 0x00, 0x5E, *digest[:3]))
