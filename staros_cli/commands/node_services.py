"""Commands about services that take calls."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis.contexts import Context, Service
from staros_cli.commands.contexts import named_kind
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.configuration.reading import Part, option_of
from staros_cli.configuration.tree import Node
from staros_cli.messages import Refused
from staros_cli.rendering import node_services as layouts
from staros_cli.rendering.node_services import NodeService

_FIRST_COUNTER = 1
_SETUP_TIMEOUT = 60


@handles("show_node_service")
def show_node_service(invocation: Invocation) -> Output:
    """Show services of a kind: how they are configured and whether they are started."""
    kind, wanted = named_kind(invocation), invocation.command.text("service_name")
    found = [
        _row(invocation, context, service)
        for context, service in invocation.chassis.contexts.services()
        if service.kind == kind and wanted in ("", service.name)
    ]
    if not found:
        raise Refused(messages.NO_SERVICE_OF_KIND, kind=kind, name=f" {wanted}" if wanted else "")
    return layouts.ggsn(found) if kind == "ggsn" else layouts.services(found)


def _row(invocation: Invocation, context: Context, service: Service) -> NodeService:
    chassis = invocation.chassis
    keys = (f"context {context.name}", f"{service.kind}-service {service.name}")
    part = Part(invocation.system.running.find(*keys) or Node())
    networks = tuple(
        f"MCC: {option_of(words, 'mcc')}, MNC: {option_of(words, 'mnc')}"
        for words in part.lines("plmn id")
    )
    return NodeService(
        context,
        service,
        chassis.contexts.is_started(context, service),
        (_FIRST_COUNTER + chassis.starts) % 256,
        networks,
        int(part.number("setup-timeout", _SETUP_TIMEOUT)),
        part.value("newcall policy", "None"),
        _user(invocation, context, service),
        chassis.sessions.count_of_service(context.name, service.name),
    )


def _user(invocation: Invocation, context: Context, service: Service) -> str:
    """The SAE gateway that uses a service, empty where none does."""
    for place, other in invocation.chassis.contexts.services():
        used = other.associations.get(service.kind)
        if other.kind == "saegw" and used == (context.name, service.name) and place is context:
            return other.name
    return ""
