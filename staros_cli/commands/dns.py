"""Commands about DNS clients."""

from __future__ import annotations

from staros_cli.chassis.dns import DnsSettings
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.commands.peers import current, wait
from staros_cli.commands.suspension import Steps
from staros_cli.configuration import dns
from staros_cli.rendering import dns as layouts

_TYPES = ("AAAA", "A", "NAPTR", "SRV")


def _client(invocation: Invocation) -> DnsSettings:
    """The client that is named, of the context of the session. Raises Refused without it."""
    name = invocation.command.text("client_name")
    return invocation.system.dns.settings(invocation.state.context, name)


def _kind(invocation: Invocation) -> str:
    """The kind of answers that is asked for, empty for all."""
    return next((kind for kind in _TYPES if invocation.command.has(kind)), "")


@handles("show_dns_query")
def show_dns_query(invocation: Invocation) -> Steps[Output]:
    """Look a name up, which takes time when servers do not answer."""
    current(invocation)
    settings, name = _client(invocation), invocation.command.text("query_name")
    kind = _kind(invocation)
    answer = invocation.system.dns.query(settings, kind, name)
    yield from wait(invocation, answer.waited)
    return layouts.answer(name, kind, answer)


@handles("show_dns_cache")
def show_dns_cache(invocation: Invocation) -> Output:
    """Show the answers that clients remember."""
    clients, context = invocation.system.dns, invocation.state.context
    wanted = invocation.command.text("client_name")
    names = [wanted] if wanted else dns.names(invocation.system.running, context)
    name, kind = invocation.command.text("query_name").lower(), _kind(invocation)
    found = [
        (client, one)
        for client in names
        for one in clients.cached(clients.settings(context, client))
        if name in ("", one.name) and kind in ("", one.kind)
    ]
    return layouts.cache(found, invocation.now)


@handles("show_dns_statistics")
def show_dns_statistics(invocation: Invocation) -> Output:
    """Show how often a client was asked, and asked others."""
    settings, clients = _client(invocation), invocation.system.dns
    return layouts.statistics(clients.counts(settings), clients.servers(settings))


@handles("clear_dns_client")
def clear_dns_client(invocation: Invocation) -> None:
    """Forget answers, or count from zero."""
    settings, clients = _client(invocation), invocation.system.dns
    if invocation.command.has("cache"):
        clients.clear_cache(settings)
    else:
        clients.clear_counts(settings)
