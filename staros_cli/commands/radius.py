"""Commands about RADIUS servers."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis.peers.servers import RadiusServer
from staros_cli.chassis.peers.settings import ACCOUNTING, AUTHENTICATION
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.commands.peers import current, is_shown, wait
from staros_cli.commands.suspension import Steps
from staros_cli.messages import Refused
from staros_cli.rendering import radius as layouts
from staros_cli.rendering.values import Screen, screen


def _servers(invocation: Invocation, *uses: str) -> list[RadiusServer]:
    """The servers that the command asks for. Raises Refused when the session sees none."""
    command, group = invocation.command, invocation.command.text("group_name")
    address, port = command.text("server_address"), command.number("port_number")
    found = [
        server
        for server in current(invocation).servers.radius
        if is_shown(invocation, server.settings.context)
        and server.settings.use in uses
        and group in ("", server.settings.group)
        and address in ("", server.settings.address)
        and port in (0, server.settings.port)
    ]
    if not found:
        raise Refused(messages.NO_RADIUS_SERVERS)
    return found


def _row(invocation: Invocation, server: RadiusServer) -> layouts.ServerRow:
    settings, now = server.settings, invocation.now
    group = invocation.chassis.peers.servers.of_radius(
        (settings.context, settings.group), settings.use
    )
    return layouts.ServerRow(
        settings,
        server.state(now),
        bool(group) and group[0] is server,
        server.consecutive_failures(now),
        server.counts(now),
        tuple(server.history_until(now)),
    )


@handles("show_radius_servers")
def show_radius_servers(invocation: Invocation) -> Output:
    """Show the servers of a use and their states."""
    use = ACCOUNTING if invocation.command.has(ACCOUNTING) else AUTHENTICATION
    rows = [_row(invocation, server) for server in _servers(invocation, use)]
    return layouts.servers(rows, detail=invocation.command.has("detail"))


@handles("show_radius_counters")
def show_radius_counters(invocation: Invocation) -> Output:
    """Show what servers were sent and have sent."""
    found = _servers(invocation, AUTHENTICATION, ACCOUNTING)
    rows = [_row(invocation, server) for server in found]
    if invocation.command.has("summary"):
        return layouts.summary(rows)
    return layouts.counters(rows)


@handles("clear_radius_counters")
def clear_radius_counters(invocation: Invocation) -> None:
    """Count what servers are sent from zero."""
    for server in _servers(invocation, AUTHENTICATION, ACCOUNTING):
        server.clear_counts(invocation.now)


@handles("radius_test_authentication", "radius_test_accounting")
def radius_test(invocation: Invocation) -> Steps[Screen]:
    """Send a request to servers and see whether they answer, which takes as long as it does."""
    use = ACCOUNTING if invocation.command.has(ACCOUNTING) else AUTHENTICATION
    found = [server for server in _servers(invocation, use) if server.settings.enabled]
    answered = {id(server): server.answers for server in found}
    silent = (s.settings.given_up_after for s in found if not s.answers)
    yield from wait(invocation, max(silent, default=0.0))
    return screen(*(layouts.tested(s.settings, answered[id(s)]) for s in found))
