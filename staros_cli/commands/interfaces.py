"""Commands about interfaces and their addresses."""

from __future__ import annotations

from ipaddress import ip_interface

from staros_cli.chassis.contexts import Context
from staros_cli.chassis.interfaces import ETHERNET, LOOPBACK, TUNNEL, Address, Interface
from staros_cli.commands import ports
from staros_cli.commands.engine import Invocation, handles
from staros_cli.commands.state import Frame

_KINDS = {
    "interface": ETHERNET,
    "interface_loopback": LOOPBACK,
    "interface_tunnel": TUNNEL,
}


def context_of(invocation: Invocation) -> Context:
    """The context that the session configures."""
    return invocation.chassis.contexts.get(invocation.state.configured("context"))


@handles(*_KINDS)
def interface(invocation: Invocation) -> None:
    """Create an interface or enter it."""
    kind = _KINDS[invocation.command.rule.name]
    context_of(invocation).add_interface(invocation.command.text("interface_name"), kind)


@handles("no_interface")
def no_interface(invocation: Invocation) -> None:
    """Remove an interface."""
    context, name = context_of(invocation), invocation.command.text("interface_name")
    context.remove_interface(name)
    ports.release(invocation, context.name, (name,))
    invocation.chassis.services_changed()


@handles("ip_address", "ip_address_secondary")
def ip_address(invocation: Invocation) -> None:
    """Give an interface an address; the configuration holds it with its mask."""
    command = invocation.command
    text = command.text("ip_address")
    if "/" not in text:
        text = f"{text}/{command.text('mask')}"
    address = _put(invocation, text)
    mask = ip_interface(text).netmask
    words = [word for word in ("secondary", "srp-activate") if command.has(word)]
    invocation.kept_line = " ".join(["ip address", address.ip, str(mask), *words])


@handles("ipv6_address", "ipv6_address_secondary")
def ipv6_address(invocation: Invocation) -> None:
    """Give an interface an IPv6 address."""
    _put(invocation, invocation.command.text("ipv6_address"))


def _put(invocation: Invocation, text: str) -> Address:
    address = Address.read(text, invocation.command.has("secondary"))
    frame = invocation.state.frames[-1]
    context = context_of(invocation)
    before = list(context.interface(frame.subject).addresses)
    context.put_address(frame.subject, address)
    invocation.kept_key = _key(address)
    gone = [other for other in before if _key(other) != invocation.kept_key]
    _drop_lines(frame, gone, context.interface(frame.subject))
    invocation.chassis.services_changed()
    return address


def _key(address: Address) -> str:
    """The key of the line that holds an address."""
    words = "ipv6 address" if address.is_ipv6 else "ip address"
    return f"{words} {address.ip}" if address.secondary else words


def _drop_lines(frame: Frame, before: list[Address], interface: Interface) -> None:
    """Remove the lines of addresses that an interface has no more."""
    for address in before:
        if address not in interface.addresses:
            frame.node.drop(_key(address))


@handles("no_ip_address", "no_ipv6_address")
def no_ip_address(invocation: Invocation) -> None:
    """Take addresses of an interface away."""
    frame = invocation.state.frames[-1]
    interface = context_of(invocation).interface(frame.subject)
    ip = invocation.command.text("address").partition("/")[0]
    before = list(interface.addresses)
    interface.remove(ip, ipv6=invocation.command.rule.name == "no_ipv6_address")
    _drop_lines(frame, before, interface)
    invocation.chassis.services_changed()
