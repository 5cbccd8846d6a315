"""Commands about contexts, interfaces, services and ports."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis.contexts import Context
from staros_cli.commands.engine import Call, handles
from staros_cli.messages import Refused
from staros_cli.rendering import contexts as layouts


def _context(call: Call) -> Context:
    """The context that the session configures."""
    return call.chassis.contexts.get(call.state.configured("context"))


@handles("context")
def context(call: Call) -> list[str] | None:
    """Create a context or enter it.

    The first puts the system in service: where session recovery is configured and not licensed, the
    system says now that it runs without it (SR-24).
    """
    chassis = call.chassis
    first = not chassis.in_service
    chassis.create_context(call.command.text("context_name"))
    if first and chassis.in_service and not chassis.reading and chassis.runs_without_recovery:
        return messages.RUNS_WITHOUT().split("\n")
    return None


@handles("no_context")
def no_context(call: Call) -> None:
    """Remove a context."""
    name = call.command.text("context_name")
    call.chassis.contexts.removable(name)
    call.confirm()
    call.chassis.remove_context(name)


@handles("interface")
def interface(call: Call) -> None:
    """Create an interface or enter it."""
    _context(call).add_interface(call.command.text("interface_name"))


@handles("no_interface")
def no_interface(call: Call) -> None:
    """Remove an interface."""
    _context(call).remove_interface(call.command.text("interface_name"))
    call.chassis.services_changed()


@handles("ip_address")
def ip_address(call: Call) -> None:
    """Give an interface its address."""
    _context(call).set_address(call.state.configured("interface"), call.command.text("ip_address"))
    call.chassis.services_changed()


@handles("no_ip_address")
def no_ip_address(call: Call) -> None:
    """Take the address of an interface away."""
    _context(call).set_address(call.state.configured("interface"), "")
    call.chassis.services_changed()


def _kind(call: Call) -> str:
    """The kind of service that a command names by its word `…-service`."""
    words = call.command.words
    return next(word.removesuffix("-service") for word in words if word.endswith("-service"))


@handles("service")
def service(call: Call) -> None:
    """Create a service or enter it."""
    name = call.command.text("service_name")
    call.chassis.contexts.add_service(_context(call), name, _kind(call))


@handles("no_service")
def no_service(call: Call) -> None:
    """Remove a service."""
    name = call.command.text("service_name")
    call.chassis.contexts.remove_service(_context(call), name, _kind(call))
    call.chassis.services_changed()


@handles("bind_address")
def bind_address(call: Call) -> None:
    """Bind a service to an address, which starts it."""
    name = call.state.frames[-1].subject
    _context(call).bind(name, call.command.text("ip_address"))
    call.chassis.services_changed()


@handles("no_bind_address")
def no_bind_address(call: Call) -> None:
    """Release the address of a service, which stops it."""
    _context(call).release(call.state.frames[-1].subject)
    call.chassis.services_changed()


@handles("port")
def port(call: Call) -> None:
    """Enter the configuration of a port."""
    text = call.command.text("slot/port")
    slot, number = (int(part) for part in text.split("/"))
    ports = call.chassis.ports(slot)
    if number not in ports:
        expected = f"1 to {ports[-1]} on card {slot}" if ports else "that card has no ports"
        raise Refused(messages.NO_SUCH_PORT, port=text, expected=expected)


@handles("no_port")
def no_port(call: Call) -> None:
    """Remove the configuration of a port."""


@handles("show_context")
def show_context(call: Call) -> list[str]:
    """Show the contexts."""
    contexts = call.chassis.contexts
    if call.command.has("name"):
        return layouts.table([contexts.get(call.command.text("context_name"))])
    return layouts.table(list(contexts))


@handles("show_service")
def show_service(call: Call) -> list[str]:
    """Show the services."""
    rows = [
        (
            context,
            service,
            context.is_started(service),
            call.chassis.sessions.count_of_service(context.name, service.name),
        )
        for context, service in call.chassis.contexts.services()
    ]
    return layouts.services(rows) if rows else [messages.NO_SERVICES()]


@handles("show_resources")
def show_resources(call: Call) -> list[str]:
    """Show sessions in use and allowed."""
    return layouts.resources(call.chassis.session_use())
