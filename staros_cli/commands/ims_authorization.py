"""Commands about sessions that are authorized by policy servers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from staros_cli import messages
from staros_cli.chassis.diameter_messages import session_id
from staros_cli.chassis.exchanges import Interface
from staros_cli.chassis.peers.policies import POLICY_CONTROL, SERVICE, ImsCounts
from staros_cli.chassis.peers.settings import ImsAuthorization
from staros_cli.chassis.peers.usage import taker_of
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.commands.peers import current
from staros_cli.commands.subscriber_filters import matching_rows, rows_of
from staros_cli.commands.suspension import Steps
from staros_cli.messages import Refused
from staros_cli.rendering import ims_authorization as layouts


def _services(invocation: Invocation) -> list[ImsAuthorization]:
    """The services that the command asks for.

    Raises Refused when a service is named that there is not.
    """
    wanted = invocation.command.text("service_name")
    known = current(invocation).configuration.ims
    found = [service for name, service in known.items() if wanted in ("", name)]
    if wanted and not found:
        raise Refused(messages.NO_IMS_SERVICE)
    return found


def _counts(invocation: Invocation, statistics: str) -> list[tuple[ImsAuthorization, ImsCounts]]:
    """The services that the command asks for, with what was counted of them."""
    policies = invocation.chassis.peers.policies
    return [(each, policies.counts(each.name, statistics)) for each in _services(invocation)]


@handles("show_ims_sessions")
def show_ims_sessions(invocation: Invocation) -> Steps[Output]:
    """Show the sessions that are authorized, or how many there are."""
    command = invocation.command
    if command.has("summary"):
        counted = _counts(invocation, POLICY_CONTROL)
        return layouts.summary(sum(counts.current for _, counts in counted))
    names = {service.name for service in _services(invocation)}
    service_of = invocation.chassis.peers.policies.service_of
    found = yield from matching_rows(invocation)
    rows = yield from rows_of(invocation, found, lambda row: service_of(row) in names)
    sessions = _sessions(invocation, rows)
    return layouts.records(sessions) if command.has("full") else layouts.sessions(sessions)


def _sessions(invocation: Invocation, rows: Iterable[int]) -> Iterator[layouts.AuthorizedCall]:
    services = {service.name: service for service in _services(invocation)}
    chassis, now = invocation.chassis, invocation.now
    servers = {
        name: taker_of(chassis.peers.servers.of_endpoint(service.endpoint))
        for name, service in services.items()
    }
    for row in chassis.sessions.while_there(rows):
        name = chassis.peers.policies.service_of(row)
        if name in services:
            session, server = chassis.sessions.session(row, now), servers[name]
            host = server.settings.origin if server else ""
            identity = session_id(Interface.GX, host, session)
            peer = server.settings.name if server else ""
            yield layouts.AuthorizedCall(session, name, identity, peer)


@handles("show_ims_service")
def show_ims_service(invocation: Invocation) -> Output:
    """Show services that authorize sessions, or what they have authorized."""
    found = _counts(invocation, SERVICE)
    if not found:
        raise Refused(messages.NO_IMS_SERVICE)
    if invocation.command.has("statistics"):
        return layouts.service_statistics(found)
    peers = invocation.chassis.peers.servers
    realms = {peer.settings.endpoint: peer.settings.origin_realm for peer in peers.diameter}
    return layouts.services(found, realms)


@handles("show_ims_statistics")
def show_ims_statistics(invocation: Invocation) -> Output:
    """Show what policy servers were asked."""
    found = _counts(invocation, POLICY_CONTROL)
    return layouts.statistics(found, named=invocation.command.has("service"))


@handles("clear_ims_statistics")
def clear_ims_statistics(invocation: Invocation) -> None:
    """Count what policy servers are asked, or what services authorize, from zero."""
    is_policy = invocation.command.has(POLICY_CONTROL)
    current(invocation).policies.clear(POLICY_CONTROL if is_policy else SERVICE)
