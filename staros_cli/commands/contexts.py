"""Commands about contexts, interfaces, services and ports."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis.contexts import Context
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.commands.suspension import Steps
from staros_cli.messages import Refused
from staros_cli.rendering import contexts as layouts


def _context(invocation: Invocation) -> Context:
    """The context that the session configures."""
    return invocation.chassis.contexts.get(invocation.state.configured("context"))


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
    invocation.chassis.remove_context(name)


@handles("interface", "interface_loopback", "interface_tunnel")
def interface(invocation: Invocation) -> None:
    """Create an interface or enter it."""
    _context(invocation).add_interface(invocation.command.text("interface_name"))


@handles("no_interface")
def no_interface(invocation: Invocation) -> None:
    """Remove an interface."""
    _context(invocation).remove_interface(invocation.command.text("interface_name"))
    invocation.chassis.services_changed()


@handles("ip_address")
def ip_address(invocation: Invocation) -> None:
    """Give an interface its address."""
    _context(invocation).set_address(
        invocation.state.frames[-1].subject, invocation.command.text("ip_address")
    )
    invocation.chassis.services_changed()


@handles("no_ip_address")
def no_ip_address(invocation: Invocation) -> None:
    """Take the address of an interface away."""
    _context(invocation).set_address(invocation.state.frames[-1].subject, "")
    invocation.chassis.services_changed()


def _kind(invocation: Invocation) -> str:
    """The kind of service that a command names by its word `…-service`."""
    words = invocation.command.words
    return next(word.removesuffix("-service") for word in words if word.endswith("-service"))


@handles("service")
def service(invocation: Invocation) -> None:
    """Create a service or enter it."""
    name = invocation.command.text("service_name")
    invocation.chassis.contexts.add_service(_context(invocation), name, _kind(invocation))


@handles("no_service")
def no_service(invocation: Invocation) -> None:
    """Remove a service."""
    name = invocation.command.text("service_name")
    invocation.chassis.contexts.remove_service(_context(invocation), name, _kind(invocation))
    invocation.chassis.services_changed()


@handles("bind_address")
def bind_address(invocation: Invocation) -> None:
    """Bind a service to an address, which starts it."""
    name = invocation.state.frames[-1].subject
    _context(invocation).bind(name, invocation.command.text("ip_address"))
    invocation.chassis.services_changed()


@handles("no_bind_address")
def no_bind_address(invocation: Invocation) -> None:
    """Release the address of a service, which stops it."""
    _context(invocation).release(invocation.state.frames[-1].subject)
    invocation.chassis.services_changed()


@handles("port")
def port(invocation: Invocation) -> None:
    """Enter the configuration of a port."""
    text = invocation.command.text("slot/port")
    slot, number = (int(part) for part in text.split("/"))
    ports = invocation.chassis.ports(slot)
    if number not in ports:
        slots = invocation.chassis.platform.slots
        if slot not in slots:
            expected = f"slots are {min(slots)} to {max(slots)}"
        else:
            expected = f"1 to {ports[-1]} on card {slot}" if ports else "that card has no ports"
        raise Refused(messages.NO_SUCH_PORT, port=text, expected=expected)


@handles("no_port")
def no_port(invocation: Invocation) -> None:
    """Remove the configuration of a port."""


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
    rows = [
        layouts.ServiceRow(
            context,
            service,
            context.is_started(service),
            invocation.chassis.sessions.count_of_service(context.name, service.name),
        )
        for context, service in invocation.chassis.contexts.services()
    ]
    return layouts.services(rows) if rows else [messages.NO_SERVICES()]


@handles("show_resources")
def show_resources(invocation: Invocation) -> Output:
    """Show sessions in use and allowed."""
    return layouts.resources(invocation.chassis.session_use())
