"""Commands about BGP neighbors."""

from __future__ import annotations

from ipaddress import ip_address

from staros_cli import messages
from staros_cli.chassis.peers.bgp import BgpNeighbor
from staros_cli.chassis.peers.settings import BgpSystem
from staros_cli.commands import peers
from staros_cli.commands.engine import Invocation, Output, checks, handles
from staros_cli.messages import Refused
from staros_cli.rendering import bgp as layouts


@checks("neighbor_remote_as")
def neighbor_is_a_host(invocation: Invocation) -> None:
    """A neighbor has an address of one system. Raises Refused."""
    peers.check_host(invocation.command.text("neighbor"))


def _neighbors(invocation: Invocation) -> list[BgpNeighbor]:
    """The neighbors of the context of the prompt and its VRFs, or one by its address.

    Raises Refused without them.
    """
    context, address = invocation.state.context, invocation.command.text("neighbor")
    found = peers.current(invocation)
    if not any(system.context == context for system in found.configuration.systems):
        raise Refused(messages.NO_BGP, context=context)
    here = [one for one in found.neighbors if one.settings.context == context]
    wanted = [one for one in here if address in ("", one.settings.address)]
    if address and not wanted:
        raise Refused(messages.NO_NEIGHBOR, address=address, context=context)
    return wanted


def _system(invocation: Invocation) -> BgpSystem:
    """The system of the context of the prompt, or of the VRF that is named. Raises Refused."""
    context, vrf = invocation.state.context, invocation.command.text("vrf_name")
    systems = peers.current(invocation).configuration.systems
    for system in systems:
        if (system.context, system.vrf) == (context, vrf):
            return system
    if vrf:
        raise Refused(messages.NO_BGP_IN_VRF, vrf=vrf, context=context)
    raise Refused(messages.NO_BGP, context=context)


def _router_id(invocation: Invocation, system: BgpSystem) -> str:
    """The identifier that is configured, else the highest address of the context."""
    own = [
        ip_address(address.ip)
        for interface in invocation.chassis.contexts.get(system.context).interfaces.values()
        for address in interface.addresses
        if not address.is_ipv6
    ]
    return system.router_id or str(max(own, key=int, default="0.0.0.0"))


@handles("show_ip_bgp")
def show_ip_bgp(invocation: Invocation) -> Output:
    """Show the BGP neighbors of the context of the prompt."""
    if invocation.command.has("neighbors"):
        return layouts.neighbors(_neighbors(invocation), invocation.now)
    system = _system(invocation)
    found = [one for one in _neighbors(invocation) if one.settings.vrf == system.vrf]
    found = [one for one in found if one.settings.own == system.own]
    return layouts.summary(_router_id(invocation, system), system.own, found, invocation.now)


@handles("clear_ip_bgp")
def clear_ip_bgp(invocation: Invocation) -> None:
    """End sessions with BGP neighbors; they open anew."""
    for neighbor in _neighbors(invocation):
        invocation.chassis.peers.close_session(neighbor)


@handles("show_ip_bgp_routes")
def show_ip_bgp_routes(invocation: Invocation) -> Output:
    """Show the routes that BGP has learned."""
    return layouts.routes(_router_id(invocation, _system(invocation)))
