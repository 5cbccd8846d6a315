"""Commands about cards and CPUs."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis import rct, usage
from staros_cli.chassis.card_actions import PlannedFailure
from staros_cli.chassis.cards import CardFault
from staros_cli.chassis.hardware import Card, CardState
from staros_cli.chassis.platform import Role
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.commands.suspension import Steps
from staros_cli.messages import Refused
from staros_cli.rendering import cards as layouts


@handles("show_card_table")
def show_card_table(invocation: Invocation) -> Output:
    """Show the cards."""
    return layouts.card_table(invocation.chassis.hardware)


@handles("show_cpu_table")
def show_cpu_table(invocation: Invocation) -> Output:
    """Show the CPUs."""
    return layouts.cpu_table(usage.cpus(invocation.chassis))


def _cards(invocation: Invocation) -> list[Card]:
    """The card that the command names, or all there are."""
    cards = invocation.chassis.hardware.cards
    if "card_number" not in invocation.command.values:
        return list(cards.values())
    slot = invocation.command.number("card_number")
    if slot not in cards:
        raise Refused(messages.NO_CARD, slot=slot)
    return [cards[slot]]


@handles("show_card_info")
def show_card_info(invocation: Invocation) -> Output:
    """Show cards in detail."""
    return layouts.card_info(invocation.chassis, _cards(invocation))


@handles("show_card_diag")
def show_card_diag(invocation: Invocation) -> Output:
    """Show what the diagnostics of cards say."""
    return layouts.card_diag(invocation.chassis, _cards(invocation))


@handles("card_migrate")
def card_migrate(invocation: Invocation) -> Steps[None]:
    """Move everything from an active packet card to a standby one."""
    slots = invocation.command.number("from_card"), invocation.command.number("to_card")
    invocation.chassis.card_actions.check_pair(*slots, Role.PACKET)
    yield from invocation.confirm()
    invocation.chassis.card_actions.migrate(*slots)


@handles("card_switch")
def card_switch(invocation: Invocation) -> Steps[None]:
    """Hand over between the management cards."""
    slots = invocation.command.number("from_card"), invocation.command.number("to_card")
    invocation.chassis.card_actions.check_pair(*slots, Role.MANAGEMENT)
    yield from invocation.confirm()
    invocation.chassis.card_actions.switch(*slots)


@handles("card_halt")
def card_halt(invocation: Invocation) -> Steps[None]:
    """Take a card out of service."""
    slot = invocation.command.number("card_number")
    invocation.chassis.card_actions.check_stop(slot)
    yield from invocation.confirm()
    invocation.chassis.card_actions.halt(slot)


@handles("card_reboot")
def card_reboot(invocation: Invocation) -> Steps[None]:
    """Restart a card."""
    slot = invocation.command.number("card_number")
    invocation.chassis.card_actions.check_reboot(slot)
    yield from invocation.confirm()
    invocation.chassis.card_actions.reboot(slot)


@handles("test_card")
def test_card(invocation: Invocation) -> None:
    """Let a card fail."""
    command = invocation.command
    fault = CardFault(
        command.text("reason", rct.CARD_FAILURE),
        command.text("device"),
        usable=not command.has("unusable"),
        graceful=command.has("graceful"),
    )
    invocation.chassis.card_faults.fail(command.number("card_number"), fault)


@handles("test_cpu")
def test_cpu(invocation: Invocation) -> None:
    """Let a critical task of a CPU fail, and the card with it."""
    command = invocation.command
    invocation.chassis.card_faults.fail_cpu(
        command.number("card_number"), command.number("cpu_number"), command.has("graceful")
    )


@handles("test_host")
def test_host(invocation: Invocation) -> None:
    """Let the host of a virtual card fail."""
    command = invocation.command
    invocation.chassis.card_faults.fail_host(
        command.number("card_number"), usable=not command.has("unusable")
    )


@handles("test_migration")
def test_migration(invocation: Invocation) -> None:
    """Let the next planned migration fail."""
    command = invocation.command
    status = rct.FAIL_PREMIGRATE if command.has("premigrate") else rct.FAIL_RENAME
    invocation.chassis.card_actions.plan_failure(
        PlannedFailure(status, command.text("facility_name"), command.number("instance_number"))
    )


@handles("card_shutdown", "no_card_shutdown")
def card_shutdown(invocation: Invocation) -> None:
    """Take a card out of use or into use; when a file was read, that is done at its end."""
    chassis = invocation.chassis
    command = invocation.command
    off = not (command.has("no") or command.has("default"))
    invocation.kept_line = "shutdown" if off else "no shutdown"
    card = chassis.hardware.cards.get(int(invocation.state.configured("card")))
    if card is None or chassis.reading or not chassis.is_up:
        return
    if off and card in chassis.hardware.running:
        chassis.card_actions.halt(card.slot)
    elif not off and card.state is CardState.OFFLINE:
        chassis.card_actions.reboot(card.slot)


@handles("card_mode")
def card_mode(invocation: Invocation) -> None:
    """Set the role of a packet card; an active one that is to be standby hands over at once."""
    chassis = invocation.chassis
    card = chassis.hardware.cards.get(int(invocation.state.configured("card")))
    if card is None or not card.is_packet or chassis.reading or not chassis.is_up:
        return
    if invocation.command.has("standby") and card.state is CardState.ACTIVE:
        standby = chassis.hardware.standby_for(card)
        if standby is None:
            raise Refused(messages.NO_STANDBY_FOR, slot=card.slot)
        chassis.card_actions.migrate(card.slot, standby.slot)


@handles("no_card_mode")
def no_card_mode(invocation: Invocation) -> None:
    """Leave the role of a card as it is by default."""
