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
    invocation.chassis.callers.count_refusals()
    return invocation.chassis.service_statistics


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
            statistics.of(among, invocation.now)
            for among in (
                [n for n in groups if not all_groups[n].kind.is_ipv6],
                [n for n in groups if all_groups[n].kind.is_ipv6],
            )
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
    counts = statistics.of(groups, invocation.now)
    return layouts.mme(counts, wanted or list(layouts.MME_BLOCKS), reasons)


@handles("clear_service_statistics")
def clear_service_statistics(invocation: Invocation) -> None:
    """Count the calls of services anew."""
    statistics = _statistics(invocation)
    for place in _services(invocation, named_kind(invocation)):
        statistics.count_anew(_groups(invocation, *place), invocation.now)
