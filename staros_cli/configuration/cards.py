"""What the running configuration says about cards."""

from __future__ import annotations

from staros_cli.chassis.cards import CardsWanted
from staros_cli.configuration.reading import Part, number_in
from staros_cli.configuration.tree import Node


def read(root: Node) -> CardsWanted:
    """Which cards are to be out of use, active or standby, by their slots."""
    cards = [(int(number_in(card.name, 0)), card) for card in Part(root).within("card")]
    return CardsWanted(
        frozenset(slot for slot, card in cards if next(card.lines("shutdown"), None) is not None),
        frozenset(slot for slot, card in cards if card.value("mode") == "active"),
        frozenset(slot for slot, card in cards if card.value("mode") == "standby"),
    )
