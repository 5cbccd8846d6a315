"""Commands about ports and what they carry."""

from __future__ import annotations

from collections.abc import Container

from staros_cli.chassis.ports import UNTAGGED
from staros_cli.commands.engine import Invocation, handles


def _place(invocation: Invocation) -> tuple[int, int]:
    """Slot and number of the port that the session configures, or that is named."""
    text = invocation.command.text("slot/port") or invocation.state.configured("port")
    slot, number = (int(part) for part in text.split("/"))
    return slot, number


def _vlan(invocation: Invocation) -> int:
    """The VLAN that the session configures."""
    return int(invocation.state.configured("vlan") or UNTAGGED)


def release(invocation: Invocation, context: str, interfaces: Container[str]) -> None:
    """Let ports carry interfaces of a context no more that are removed, and remove these lines."""
    chassis, running = invocation.chassis, invocation.system.running
    for port, vlan, interface in list(chassis.contexts.ports.carriers(context)):
        if interface in interfaces:
            chassis.ports.release(port.slot, port.number, vlan)
            keys = (f"port ethernet {port.slot}/{port.number}", f"vlan {vlan}")
            node = running.find(*keys) if vlan else running.find(keys[0])
            if node is not None:
                node.drop("bind interface")


@handles("port")
def port(invocation: Invocation) -> None:
    """Enter the configuration of a port."""
    invocation.chassis.ports.configure(*_place(invocation))


@handles("no_port")
def no_port(invocation: Invocation) -> None:
    """Remove the configuration of a port."""
    chassis = invocation.chassis
    chassis.ports.remove(*_place(invocation), quiet=chassis.reading)
    chassis.services_changed()


@handles("vlan")
def vlan(invocation: Invocation) -> None:
    """Enter the configuration of a VLAN."""


@handles("no_vlan")
def no_vlan(invocation: Invocation) -> None:
    """Remove the configuration of a VLAN."""
    number = invocation.command.number("vlan_id")
    invocation.chassis.ports.remove_vlan(*_place(invocation), number)
    invocation.chassis.services_changed()


@handles("bind_interface")
def bind_interface(invocation: Invocation) -> None:
    """Let a port or a VLAN carry an interface."""
    command = invocation.command
    context, interface = command.text("context_name"), command.text("interface_name")
    invocation.chassis.ports.bind(*_place(invocation), _vlan(invocation), context, interface)
    invocation.chassis.services_changed()


@handles("no_bind_interface")
def no_bind_interface(invocation: Invocation) -> None:
    """Let a port or a VLAN carry nothing."""
    invocation.chassis.ports.release(*_place(invocation), _vlan(invocation))
    invocation.chassis.services_changed()


@handles("shutdown", "no_shutdown")
def shutdown(invocation: Invocation) -> None:
    """Put a port or a VLAN in use or out of use."""
    chassis = invocation.chassis
    enabled = invocation.command.has("no")
    chassis.ports.enable(*_place(invocation), _vlan(invocation), enabled, quiet=chassis.reading)
    chassis.services_changed()
