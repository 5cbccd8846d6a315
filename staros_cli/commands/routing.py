"""Commands about interfaces, routes and neighbours, and those that try whether addresses answer."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from staros_cli import messages
from staros_cli.chassis.contexts import Context
from staros_cli.chassis.interfaces import Interface
from staros_cli.chassis.routing import RoutingConfiguration
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.commands.suspension import Steps, Until
from staros_cli.messages import Refused
from staros_cli.rendering import routing as layouts
from staros_cli.rendering.routing import InterfaceRow, Ping, VrfRow

DEFAULT_COUNT, DEFAULT_SIZE = 5, 56
HOPS, PROBE_SIZE, PROBES, PATIENCE = 30, 40, 3, 5
"""How `traceroute` asks: at most so many hops away, octets, times, and seconds to wait for each."""
_INTERVAL, _FLOOD = 1.0, 0.01
"""Seconds between two pings, and between two of a flood."""


def _context(invocation: Invocation) -> Context:
    """The context of the prompt."""
    return invocation.chassis.contexts.get(invocation.state.context)


def _of_version(address: str, version: int) -> str:
    """An address, which has to be of that version of IP. Raises Refused."""
    if ip_address(address).version != version:
        raise Refused(messages.OTHER_VERSION, address=address, version=version)
    return address


def _target(invocation: Invocation) -> str:
    """The address that a command asks, of IPv6 where its name says so. Raises Refused.

    What it comes from has to be an own address.
    """
    command = invocation.command
    address, source = command.text("address"), command.text("source_address")
    version = 6 if command.words[0].endswith("6") else ip_address(address).version
    context = _context(invocation).name
    for each in filter(None, (address, source)):
        _of_version(each, version)
    if source and not invocation.chassis.routing.is_own(context, source, _vrf(invocation)):
        raise Refused(messages.NOT_AN_OWN_ADDRESS, address=source)
    return address


def _version(invocation: Invocation) -> int:
    return 6 if invocation.command.has("ipv6") else 4


def _vrf(invocation: Invocation) -> str:
    """The VRF that a command names. Raises Refused when there is none of the name."""
    name = invocation.command.text("vrf_name")
    context = _context(invocation).name
    if name and name not in invocation.chassis.routing.configuration(context).vrfs:
        raise Refused(messages.NO_SUCH_VRF, name=name, context=context)
    return name


def _row(
    invocation: Invocation, interface: Interface, configuration: RoutingConfiguration
) -> InterfaceRow:
    contexts, context = invocation.chassis.contexts, _context(invocation)
    return InterfaceRow(
        interface,
        configuration.of(interface.name),
        contexts.is_up(context, interface),
        contexts.ports.carrier(context.name, interface.name),
    )


@handles("show_ip_interface")
def show_ip_interface(invocation: Invocation) -> Output:
    """Show the interfaces of the context of the prompt."""
    command, context = invocation.command, _context(invocation)
    configuration = invocation.chassis.routing.configuration(context.name)
    name = command.text("interface_name")
    wanted = [context.interface(name)] if name else list(context.interfaces.values())
    if _version(invocation) == 6:
        wanted = [one for one in wanted if any(address.is_ipv6 for address in one.addresses)]
    rows = [_row(invocation, interface, configuration) for interface in wanted]
    return layouts.interface_summary(rows) if command.has("summary") else layouts.interfaces(rows)


@handles("show_ip_route")
def show_ip_route(invocation: Invocation) -> Output:
    """Show the routes of the context of the prompt, or of a VRF of it."""
    command, version = invocation.command, _version(invocation)
    context = _context(invocation).name
    found = invocation.chassis.routing.table(context, version, _vrf(invocation))
    for word in ("static", "connected", "bgp", "ospf"):
        if command.has(word):
            found = [route for route in found if route.protocol == word]
    network = command.text("network")
    if network:
        wanted = ip_network(network, strict=False)
        found = [route for route in found if route.destination == wanted]
    address = command.text("ip_address")
    if address:
        taken = invocation.chassis.routing.lookup(context, _of_version(address, version))
        found = [] if taken is None else [taken]
    if command.has("summary"):
        return layouts.route_totals(found)
    return layouts.routes(found, version)


@handles("show_ip_arp")
def show_ip_arp(invocation: Invocation) -> Output:
    """Show the neighbours of the context of the prompt, or of a VRF of it."""
    context, address = _context(invocation).name, invocation.command.text("ip_address")
    found = invocation.chassis.routing.neighbors(context, 4, _vrf(invocation))
    return layouts.arp([one for one in found if address in ("", one.address)])


@handles("clear_ip_arp")
def clear_ip_arp(invocation: Invocation) -> None:
    """Have the hardware address of a neighbour asked for again, which answers at once."""
    context, address = _context(invocation).name, invocation.command.text("ip_address")
    found = invocation.chassis.routing.neighbors(context, 4, _vrf(invocation))
    if address not in [neighbor.address for neighbor in found]:
        raise Refused(messages.NO_ARP_ENTRY, address=address, context=context)


@handles("show_ipv6_neighbors")
def show_ipv6_neighbors(invocation: Invocation) -> Output:
    """Show the neighbours with IPv6 addresses."""
    context = _context(invocation).name
    return layouts.neighbors(invocation.chassis.routing.neighbors(context, 6))


@handles("show_ip_vrf")
def show_ip_vrf(invocation: Invocation) -> Output:
    """Show the VRFs of the context of the prompt."""
    context, routing = _context(invocation), invocation.chassis.routing
    configuration = routing.configuration(context.name)
    rows = [
        VrfRow(
            name,
            tuple(one for one in context.interfaces if configuration.of(one).vrf == name),
            len(routing.table(context.name, 4, name)),
        )
        for name in configuration.vrfs
    ]
    return layouts.vrfs(rows)


@handles("ping")
def ping(invocation: Invocation) -> Steps[list[str]]:
    """Try whether an address answers, once a second."""
    command = invocation.command
    address, vrf, context = _target(invocation), _vrf(invocation), _context(invocation).name
    routing = invocation.chassis.routing
    this = Ping(
        address, command.number("octets", DEFAULT_SIZE), invocation.chassis.platform.virtual
    )
    lines, received = [layouts.ping_head(this)], 0
    count = command.number("packets", DEFAULT_COUNT)
    for number in range(count):
        if routing.lookup(context, address, vrf) is None:
            lines.append(messages.UNREACHABLE())
        elif routing.answers(context, address, vrf):
            lines.append(layouts.ping_answer(this, received))
            received += 1
        if number + 1 < count:
            pause = _FLOOD if command.has("flood") else _INTERVAL
            until = invocation.now + pause
            while invocation.now < until:
                yield Until(until, lines)
                lines = []
    return [*lines, *layouts.ping_end(this, count, received).lines]


@handles("traceroute")
def traceroute(invocation: Invocation) -> Steps[list[str]]:
    """Show the systems on the way to an address, as far as they are known."""
    command, vrf = invocation.command, _vrf(invocation)
    context, address = _context(invocation).name, _target(invocation)
    routing = invocation.chassis.routing
    if routing.lookup(context, address, vrf) is None:
        raise Refused(messages.NO_ROUTE, address=address)
    most, size = command.number("hops", HOPS), command.number("octets", PROBE_SIZE)
    probes, patience = command.number("packets", PROBES), command.number("seconds", PATIENCE)
    lines = [layouts.traceroute_head(address, most, size)]
    for number in range(command.number("first_hop", 1), most + 1):
        hops = routing.way(context, address, vrf)
        if number <= len(hops):
            lines.append(layouts.traceroute_hop(number, hops[number - 1], probes))
        if address in hops[:number]:
            break
        if number > len(hops):
            until = invocation.now + probes * patience
            while invocation.now < until:
                yield Until(until, lines)
                lines = []
            lines.append(layouts.traceroute_silence(number, probes))
    return lines


@handles("login_elsewhere")
def login_elsewhere(invocation: Invocation) -> Output:
    """Open no connection to another machine: none of a chassis in software leads out."""
    raise Refused(messages.NO_WAY_OUT, word=invocation.command.words[0])
