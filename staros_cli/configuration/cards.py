"""What the running configuration says about cards."""

from __future__ import annotations

from staros_cli.configuration.reading import Part, number_in
from staros_cli.configuration.tree import Node


def shut_down(root: Node) -> frozenset[int]:
    """The slots of the cards that are to be out of use."""
    cards = Part(root).within("card")
    off = (card for card in cards if next(card.lines("shutdown"), None) is not None)
    return frozenset(int(number_in(card.name, 0)) for card in off)
