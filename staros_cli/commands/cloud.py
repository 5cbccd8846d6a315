"""Commands about virtual cards and what they run on."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis.hardware import Card
from staros_cli.chassis.port_traffic import WINDOWS
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.messages import Refused
from staros_cli.rendering import cloud as layouts


def _cards(invocation: Invocation) -> list[Card]:
    """The running cards of a virtual system, or the one that is named. Raises Refused."""
    chassis = invocation.chassis
    if not chassis.platform.virtual:
        raise Refused(messages.NOT_VIRTUAL)
    slot = invocation.command.number("card_number")
    found = [card for card in chassis.hardware.running if slot in (0, card.slot)]
    if not found:
        slots = ", ".join(str(card.slot) for card in chassis.hardware.running)
        raise Refused(messages.NO_SUCH_CARD, slot=slot, slots=slots)
    return found


@handles("show_cloud_performance")
def show_cloud_performance(invocation: Invocation) -> Output:
    """Show what cards carry."""
    slots = [card.slot for card in _cards(invocation)]
    traffic, command = invocation.chassis.card_traffic, invocation.command
    between = [traffic.between_cards(window) for window in WINDOWS]
    over_ports = [traffic.over_ports(window) for window in WINDOWS]
    if command.has("summary"):
        return layouts.performance_summary(slots, between, over_ports)
    if command.has("dinet"):
        return layouts.between_cards(slots, between)
    return layouts.over_ports(slots, over_ports)


@handles("show_cloud_configuration")
def show_cloud_configuration(invocation: Invocation) -> Output:
    """Show how cards were told what they are."""
    return layouts.configuration(_cards(invocation))


@handles("show_cloud_hardware")
def show_cloud_hardware(invocation: Invocation) -> Output:
    """Show what cards have of the machines that they run on."""
    return layouts.hardware(_cards(invocation))


@handles("show_cloud_monitor")
def show_cloud_monitor(invocation: Invocation) -> Output:
    """Show whether cards reach each other."""
    cards, running = _cards(invocation), invocation.chassis.hardware.running
    return layouts.network(cards, running, detail=invocation.command.has("detail"))
