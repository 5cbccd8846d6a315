"""Commands about what services have counted."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis.contexts import Context, Service
from staros_cli.chassis.service_statistics import ServiceStatistics
from staros_cli.commands.contexts import named_kind
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.messages import Refused
from staros_cli.rendering import service_statistics as layouts


def _services(invocation: Invocation, kind: str) -> list[tuple[Context, Service]]:
    """The services of a kind that a command asks for. Raises Refused without any."""
    wanted = invocation.command.text("service_name")
    found = [
        (context, service)
        for context, service in invocation.chassis.contexts.services()
        if service.kind == kind and wanted in ("", service.name)
    ]
    if not found:
        raise Refused(messages.NO_SERVICE_OF_KIND, kind=kind, name=f" {wanted}" if wanted else "")
    return found


def _statistics(invocation: Invocation) -> ServiceStatistics:
    """What has been counted until now."""
    chassis = invocation.chassis
    chassis.callers.count_refusals()
    return ServiceStatistics(chassis.sessions, chassis.callers.history, invocation.now)


def _groups(invocation: Invocation, context: Context, service: Service) -> list[int]:
    """The groups of subscribers of a service."""
    groups = enumerate(invocation.chassis.sessions.groups)
    place = context.name, service.name
    return [n for n, group in groups if (group.place, group.kind.service) == (place, service.kind)]


@handles("show_service_statistics")
def show_service_statistics(invocation: Invocation) -> Output:
    """Show how many subscribers have come to services of a kind, and what they carry."""
    statistics, all_groups = _statistics(invocation), invocation.chassis.sessions.groups
    rows = []
    for context, service in _services(invocation, named_kind(invocation)):
        groups = _groups(invocation, context, service)
        by_version = [
            statistics.of(n for n in groups if all_groups[n].kind.is_ipv6 is is_ipv6)
            for is_ipv6 in (False, True)
        ]
        rows.append(layouts.ServiceRow(context.name, service.name, *by_version))
    return layouts.services(rows)


@handles("show_mme_statistics")
def show_mme_statistics(invocation: Invocation) -> Output:
    """Show how many subscribers have come to MME services, and what became of them."""
    command, statistics = invocation.command, _statistics(invocation)
    places = _services(invocation, "mme")
    groups = [n for place in places for n in _groups(invocation, *place)]
    wanted = [block for block in layouts.MME_BLOCKS if command.has(block)]
    reasons = statistics.rejections(groups) if command.has("verbose") else None
    return layouts.mme(statistics.of(groups), wanted or list(layouts.MME_BLOCKS), reasons)
