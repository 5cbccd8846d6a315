"""Commands about the time and the servers that it is taken from."""

from __future__ import annotations

from ipaddress import ip_address

from staros_cli import messages
from staros_cli.chassis.peers.ntp import NtpServer, system_peer
from staros_cli.commands import peers
from staros_cli.commands.engine import Invocation, Output, checks, handles
from staros_cli.messages import Refused
from staros_cli.rendering import ntp as layouts


@checks("ntp_server")
def server_is_a_host(invocation: Invocation) -> None:
    """A time server has a name, or an address of one system. Raises Refused."""
    text = invocation.command.words[1]
    try:
        ip_address(text)
    except ValueError:
        return
    peers.check_host(text)


def _servers(invocation: Invocation) -> list[NtpServer]:
    """The time servers. Raises Refused where none is asked."""
    found = peers.current(invocation)
    if found.configuration.ntp is None:
        raise Refused(messages.NTP_NOT_RUNNING)
    return found.time_servers


@handles("show_ntp_associations")
def show_ntp_associations(invocation: Invocation) -> Output:
    """Show the servers that the time is taken from."""
    servers = _servers(invocation)
    wanted = invocation.command.text("peer_address")
    shown = [server for server in servers if wanted in ("", server.settings.address)]
    chosen = system_peer(servers)
    return layouts.associations([layouts.row(s, chosen, invocation.now) for s in shown])


@handles("show_ntp_status")
def show_ntp_status(invocation: Invocation) -> Output:
    """Show whether the clock follows a server."""
    return layouts.status(system_peer(_servers(invocation)), invocation.now)
