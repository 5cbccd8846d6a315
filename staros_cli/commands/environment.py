"""Commands about fans, power, temperatures, disks and the hardware of cards."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis.environment import FAILED, REMOVED
from staros_cli.chassis.hardware import Card
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.messages import Refused
from staros_cli.rendering import environment as layouts


def _cards(invocation: Invocation) -> list[Card]:
    """The cards of the system, or the one that is named. Raises Refused without that one."""
    cards = invocation.chassis.hardware.cards
    slot = invocation.command.number("card_number")
    if slot and slot not in cards:
        raise Refused(messages.NO_SUCH_CARD, slot=slot, slots=", ".join(map(str, cards)))
    return [card for card in cards.values() if slot in (0, card.slot)]


@handles("show_fans")
def show_fans(invocation: Invocation) -> Output:
    """Show the fan trays."""
    environment = invocation.chassis.environment
    if environment.is_virtual:
        raise Refused(messages.NO_ENVIRONMENT)
    return layouts.fans(environment.fans())


@handles("show_temperature")
def show_temperature(invocation: Invocation) -> Output:
    """Show the temperatures of cards and fan trays."""
    environment = invocation.chassis.environment
    if environment.is_virtual:
        raise Refused(messages.NO_ENVIRONMENT)
    rows = [
        layouts.Warmth(card.slot, environment.temperature(card), environment.is_hot(card.slot))
        for card in _cards(invocation)
    ]
    return layouts.temperatures(rows, environment.fans(), degrees=invocation.command.has("verbose"))


@handles("show_power")
def show_power(invocation: Invocation) -> Output:
    """Show whether the system has power."""
    environment = invocation.chassis.environment
    if environment.is_virtual:
        raise Refused(messages.NO_ENVIRONMENT)
    if invocation.command.has("all"):
        return layouts.card_power(_cards(invocation))
    return layouts.power(environment.failed_power())


@handles("show_leds")
def show_leds(invocation: Invocation) -> Output:
    """Show the lights of cards."""
    chassis = invocation.chassis
    if chassis.environment.is_virtual:
        raise Refused(messages.NO_ENVIRONMENT)
    return layouts.leds(
        [
            layouts.Lights(
                card,
                chassis.cards.is_usable(card),
                chassis.hardware.single_point_of_failure(card),
            )
            for card in _cards(invocation)
        ]
    )


@handles("show_hd_raid")
def show_hd_raid(invocation: Invocation) -> Output:
    """Show the array of disks."""
    chassis = invocation.chassis
    array = layouts.Array(
        chassis.environment.disks(),
        chassis.environment.array_is_available,
        chassis.definition.schema.serial,
        chassis.booted_at,
    )
    return layouts.raid(array, verbose=invocation.command.has("verbose"))


@handles("show_card_hardware")
def show_card_hardware(invocation: Invocation) -> Output:
    """Show the hardware of cards."""
    return layouts.hardware(_cards(invocation))


@handles("show_inventory")
def show_inventory(invocation: Invocation) -> Output:
    """Show the parts of the system."""
    chassis = invocation.chassis
    return layouts.inventory(
        chassis.platform.title, chassis.definition.schema.serial, _cards(invocation)
    )


@handles("show_hardware_inventory")
def show_hardware_inventory(invocation: Invocation) -> Output:
    """Show the hardware of the system as a table."""
    return layouts.hardware_inventory(_cards(invocation))


@handles("test_environment")
def test_environment(invocation: Invocation) -> None:
    """Let something around the cards fail, or be well again."""
    command, environment = invocation.command, invocation.chassis.environment
    words, slot = command.words, command.number("card_number")
    if command.has("fan"):
        _test_fan(invocation, words[3])
    elif command.has("power"):
        unit = words[3]
        environment.restore_power(unit) if command.has("restore") else environment.fail_power(unit)
    elif command.has("temperature"):
        environment.cool(slot) if command.has("normal") else environment.overheat(slot)
    else:
        environment.restore_disk(slot) if command.has("restore") else environment.fail_disk(slot)


def _test_fan(invocation: Invocation, name: str) -> None:
    command, environment = invocation.command, invocation.chassis.environment
    if command.has("restore"):
        environment.restore_fan(name)
    else:
        environment.fail_fan(name, REMOVED if command.has("remove") else FAILED)
