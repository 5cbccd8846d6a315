"""Commands about contexts, interfaces, services and ports."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis.access import SESSION_TYPE_OF_SERVICE
from staros_cli.commands import ports
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.commands.interfaces import context_of
from staros_cli.commands.suspension import Steps
from staros_cli.rendering import contexts as layouts


@handles("context")
def context(invocation: Invocation) -> list[str] | None:
    """Create a context or enter it.

    The first puts the system in service: where session recovery is configured and not licensed, the
    system says now that it runs without it (SR-24).
    """
    chassis = invocation.chassis
    first = not chassis.in_service
    chassis.create_context(invocation.command.text("context_name"))
    if first and chassis.in_service and not chassis.reading and chassis.runs_without_recovery:
        return messages.RUNS_WITHOUT().split("\n")
    return None


@handles("no_context")
def no_context(invocation: Invocation) -> Steps[None]:
    """Remove a context."""
    name = invocation.command.text("context_name")
    invocation.chassis.contexts.removable(name)
    yield from invocation.confirm()
    ports.release(invocation, name, invocation.chassis.contexts.get(name).interfaces)
    invocation.chassis.remove_context(name)


def named_kind(invocation: Invocation, default: str = "") -> str:
    """The kind of service that a command names by its word `…-service`."""
    words = invocation.command.words
    found = (word.removesuffix("-service") for word in words if word.endswith("-service"))
    return next(found, default)


@handles("ipsg_service", "service")
def service(invocation: Invocation) -> None:
    """Create a service or enter it."""
    name = invocation.command.text("service_name")
    invocation.chassis.contexts.add_service(context_of(invocation), name, named_kind(invocation))


@handles("no_service")
def no_service(invocation: Invocation) -> None:
    """Remove a service."""
    name = invocation.command.text("service_name")
    invocation.chassis.contexts.remove_service(context_of(invocation), name, named_kind(invocation))
    invocation.chassis.services_changed()


@handles("show_context")
def show_context(invocation: Invocation) -> Output:
    """Show the contexts."""
    contexts = invocation.chassis.contexts
    if invocation.command.has("name"):
        return layouts.table([contexts.get(invocation.command.text("context_name"))])
    return layouts.table(list(contexts))


@handles("show_service")
def show_service(invocation: Invocation) -> Output:
    """Show the services."""
    chassis, now = invocation.chassis, invocation.now
    rows = [
        layouts.ServiceRow(
            context,
            service,
            chassis.contexts.is_started(context, service),
            chassis.license.session_limit(SESSION_TYPE_OF_SERVICE.get(service.kind, ""), now),
        )
        for context, service in chassis.contexts.services()
    ]
    return layouts.services(rows) if rows else [messages.NO_SERVICES()]


@handles("show_resources")
def show_resources(invocation: Invocation) -> Output:
    """Show sessions in use and allowed."""
    return layouts.resources(invocation.chassis.session_use())
