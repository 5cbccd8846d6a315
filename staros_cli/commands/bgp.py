"""Commands about BGP neighbors."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis.peers.bgp import BgpNeighbor
from staros_cli.commands import peers
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.messages import Refused
from staros_cli.rendering import bgp as layouts


def _neighbors(invocation: Invocation) -> list[BgpNeighbor]:
    """The neighbors of the context of the prompt, or the one that is named. Raises Refused."""
    context, address = invocation.state.context, invocation.command.text("neighbor")
    found = [one for one in peers.current(invocation).neighbors if one.settings.context == context]
    if not found:
        raise Refused(messages.NO_BGP, context=context)
    vrf = invocation.command.text("vrf_name")
    found = [one for one in found if one.settings.vrf == vrf]
    wanted = [one for one in found if address in ("", one.settings.address)]
    if address and not wanted:
        raise Refused(messages.NO_NEIGHBOR, address=address, context=context)
    return wanted


def _router_id(invocation: Invocation, neighbors: list[BgpNeighbor]) -> str:
    """The identifier that is configured, else the highest address of the context."""
    configured = next((one.settings.router_id for one in neighbors if one.settings.router_id), "")
    context = invocation.chassis.contexts.get(invocation.state.context)
    own = [
        tuple(int(part) for part in address.ip.split("."))
        for interface in context.interfaces.values()
        for address in interface.addresses
        if not address.is_ipv6
    ]
    return configured or ".".join(map(str, max(own, default=(0, 0, 0, 0))))


@handles("show_ip_bgp")
def show_ip_bgp(invocation: Invocation) -> Output:
    """Show the BGP neighbors of the context of the prompt."""
    found = _neighbors(invocation)
    if invocation.command.has("neighbors"):
        return layouts.neighbors(found, invocation.now)
    return layouts.summary(_router_id(invocation, found), found, invocation.now)


@handles("clear_ip_bgp")
def clear_ip_bgp(invocation: Invocation) -> None:
    """End sessions with BGP neighbors; they open anew."""
    for neighbor in _neighbors(invocation):
        invocation.chassis.peers.close_session(neighbor)
