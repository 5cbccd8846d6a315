"""Commands about Diameter peers."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis.peers.diameter import OPEN, DiameterCounts, DiameterPeer
from staros_cli.chassis.tasks import SESSMGR
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.commands.peers import current
from staros_cli.commands.suspension import Steps
from staros_cli.messages import Refused
from staros_cli.rendering import diameter as layouts

_PROXY = "diamproxy"


def _peers(invocation: Invocation) -> list[DiameterPeer]:
    """The peers of the endpoint that the command names, or of all.

    Raises Refused when no such endpoint has peers.
    """
    wanted = invocation.command.text("endpoint_name")
    found = [p for p in current(invocation).servers.diameter if wanted in ("", p.settings.endpoint)]
    if wanted and not found:
        raise Refused(messages.NO_PEERS_OF_ENDPOINT, name=wanted)
    return found


@handles("show_diameter_peers")
def show_diameter_peers(invocation: Invocation) -> Output:
    """Show the peers and the state of their connections."""
    rows = [_row(invocation, peer) for peer in _peers(invocation)]
    if invocation.command.has("full"):
        return layouts.records(rows)
    return layouts.peers(rows)


def _row(invocation: Invocation, peer: DiameterPeer) -> layouts.PeerRow:
    now, tasks = invocation.now, invocation.chassis.tasks
    of_proxy = [task for task in tasks.of(_PROXY, standby=False) if task.is_up(now)]
    running = of_proxy or [task for task in tasks.of(SESSMGR, standby=False) if task.is_up(now)]
    task = min(running, key=lambda task: task.instance, default=None)
    return layouts.PeerRow(
        peer.settings,
        peer.state(now),
        peer.local_port,
        f"{task.cpu.slot}/{task.cpu.number}" if task else "",
        f"{task.facility}-{task.instance}" if task else "",
    )


@handles("show_diameter_endpoints")
def show_diameter_endpoints(invocation: Invocation) -> Output:
    """Show the endpoints, and how many of their connections are open."""
    peers, wanted = current(invocation), invocation.command.text("endpoint_name")
    found = [each for each in peers.configuration.endpoints if wanted in ("", each.name)]
    if wanted and not found:
        raise Refused(messages.NO_DIAMETER_ENDPOINT, name=wanted)
    rows = []
    for endpoint in found:
        known = peers.servers.of_endpoint(endpoint.name)
        own = [peer for peer in known if peer.settings.context == endpoint.context]
        opened = sum(peer.state(invocation.now) == OPEN for peer in own)
        rows.append(layouts.EndpointRow(endpoint, len(own), opened))
    return layouts.endpoints(rows)


@handles("show_diameter_tps_statistics")
def show_diameter_tps_statistics(invocation: Invocation) -> Output:
    """Show how many requests a second go over the interfaces of calls."""
    rates = invocation.chassis.message_rates
    return layouts.tps_statistics({seconds: rates.of_last(seconds) for seconds in (1, 10, 30, 60)})


@handles("show_diameter_statistics")
def show_diameter_statistics(invocation: Invocation) -> Output:
    """Show what peers were sent and have sent."""
    found, now = _peers(invocation), invocation.now
    total = DiameterCounts()
    for peer in found:
        total = total.plus(peer.counts(now))
    is_open = sum(peer.state(now) == OPEN for peer in found)
    name = invocation.command.text("endpoint_name", "all")
    return layouts.statistics(name, total, is_open, len(found))


@handles("show_diameter_aaa_statistics")
def show_diameter_aaa_statistics(invocation: Invocation) -> Output:
    """Show what authentication servers were sent."""
    return layouts.aaa_statistics()


@handles("clear_diameter_statistics")
def clear_diameter_statistics(invocation: Invocation) -> None:
    """Count what peers are sent from zero."""
    for peer in _peers(invocation):
        peer.clear_counts(invocation.now)


@handles("clear_diameter_aaa_statistics")
def clear_diameter_aaa_statistics(invocation: Invocation) -> None:
    """Count what authentication servers are sent from zero, which they are not sent."""


@handles("diameter_reset")
def diameter_reset(invocation: Invocation) -> Steps[None]:
    """Close connections, which are opened anew."""
    _peers(invocation)
    yield from invocation.confirm()
    command = invocation.command
    invocation.chassis.peers.reset_connections(
        command.text("endpoint_name"), command.text("peer_name")
    )
