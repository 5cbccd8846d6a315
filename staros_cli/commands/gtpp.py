"""Commands about charging gateways."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis.peers.servers import GtppCounts, GtppServer
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.commands.peers import current, is_shown, wait
from staros_cli.commands.suspension import Steps
from staros_cli.messages import Refused
from staros_cli.rendering import gtpp as layouts
from staros_cli.rendering.values import Screen, screen


def _servers(invocation: Invocation) -> list[GtppServer]:
    """The charging gateways that the command asks for. Raises Refused when there are none."""
    command, group = invocation.command, invocation.command.text("group_name")
    address = command.text("server_address")
    found = [
        server
        for server in current(invocation).servers.gtpp
        if is_shown(invocation, server.settings.context)
        and group in ("", server.settings.group)
        and address in ("", server.settings.address)
    ]
    if not found:
        raise Refused(messages.NO_GTPP_SERVERS)
    return found


@handles("show_gtpp_servers")
def show_gtpp_servers(invocation: Invocation) -> Output:
    """Show the charging gateways and their states."""
    servers = invocation.chassis.peers.servers
    rows = []
    for server in _servers(invocation):
        settings = server.settings
        place = servers.of_gtpp((settings.context, settings.group)).index(server)
        counts = server.counts(invocation.now)
        rows.append(layouts.GatewayRow(settings, server.state(), place, counts))
    return layouts.servers(rows)


@handles("show_gtpp_statistics")
def show_gtpp_statistics(invocation: Invocation) -> Output:
    """Show what charging gateways were sent and have sent, by group."""
    groups: dict[tuple[str, str], GtppCounts] = {}
    for server in _servers(invocation):
        place = server.settings.context, server.settings.group
        found, before = server.counts(invocation.now), groups.get(place, GtppCounts())
        groups[place] = before.plus(found)
    return layouts.statistics([(name, counts) for (_, name), counts in groups.items()])


@handles("show_gtpp_counters")
def show_gtpp_counters(invocation: Invocation) -> Output:
    """Show the records that wait, of all gateways or of those that are named."""
    if not invocation.command.has("all"):
        _servers(invocation)
    return layouts.counters()


@handles("clear_gtpp_statistics")
def clear_gtpp_statistics(invocation: Invocation) -> None:
    """Count what charging gateways are sent from zero."""
    for server in _servers(invocation):
        server.clear_counts(invocation.now)


@handles("clear_gtpp_counters")
def clear_gtpp_counters(invocation: Invocation) -> None:
    """Count records that wait from zero; there are none."""


@handles("gtpp_test")
def gtpp_test(invocation: Invocation) -> Steps[Screen]:
    """Send an echo to charging gateways and see whether they answer."""
    found = _servers(invocation)
    answered = [server.answers for server in found]
    waits = (
        server.settings.echo_timeout * (1 + server.settings.echo_retries)
        for server in found
        if not server.answers
    )
    yield from wait(invocation, max(waits, default=0.0))
    pairs = zip(found, answered, strict=True)
    return screen(*(layouts.tested(server.settings, came) for server, came in pairs))
