"""The cards in the slots and their CPUs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

from msgspec import Struct

from staros_cli.chassis.platform import CardKind, Platform, Role


class CardState(Enum):
    """The operational state of a card, as `show card table` names it."""

    ACTIVE = "Active"
    STANDBY = "Standby"
    OFFLINE = "Offline"
    BOOTING = "Booting"


RUNNING = (CardState.ACTIVE, CardState.STANDBY)
"""The states of cards that are up."""


class Card(Struct):
    """A card in its slot.

    `taking_over` is a standby card that tasks are being migrated to: it is standby for no other.
    """

    slot: int
    kind: CardKind
    state: CardState
    serial: str
    taking_over: bool = False

    def enter(self, state: CardState) -> None:
        """Go into a state."""
        self.state = state

    def reserve(self) -> None:
        """Wait as standby for the tasks of one card only: a migration to this one has begun."""
        self.taking_over = True

    def release(self) -> None:
        """Be standby for any card of the kind again: the migration to this one has ended."""
        self.taking_over = False

    @property
    def is_packet(self) -> bool:
        """Whether the card processes packets."""
        return self.kind.role is Role.PACKET


class Cpu(Struct, frozen=True, order=True):
    """One CPU of a card."""

    slot: int
    number: int

    def __str__(self) -> str:
        return f"{self.slot}/{self.number}"


_EVEN_FIRST = ("SPIO",)
"""Cards of which the first of a pair has an even slot."""


class Hardware:
    """All cards of a chassis, by slot."""

    def __init__(self, platform: Platform, cards: Iterable[Card]) -> None:
        self.platform = platform
        self.cards = {card.slot: card for card in sorted(cards, key=lambda card: card.slot)}

    def in_state(self, role: Role, state: CardState) -> list[Card]:
        """The cards of a role that are in a state, lowest slot first."""
        return [
            card for card in self.cards.values() if card.kind.role is role and card.state is state
        ]

    @property
    def active_packet(self) -> list[Card]:
        """The packet cards that carry calls."""
        return self.in_state(Role.PACKET, CardState.ACTIVE)

    @property
    def standby_packet(self) -> list[Card]:
        """The packet cards that wait to take over."""
        return [c for c in self.in_state(Role.PACKET, CardState.STANDBY) if not c.taking_over]

    @property
    def active_management(self) -> Card:
        """The card that the system is managed from; on VPC-SI the only one."""
        cards = self.in_state(Role.MANAGEMENT, CardState.ACTIVE)
        return cards[0] if cards else next(iter(self.cards.values()))

    @property
    def running(self) -> list[Card]:
        """The cards that are up, active or standby."""
        return [card for card in self.cards.values() if card.state in RUNNING]

    def cpus(self) -> Iterator[Cpu]:
        """Every CPU of a card that runs."""
        for card in self.running:
            for number in card.kind.cpus:
                yield Cpu(card.slot, number)

    def standby_for(self, card: Card) -> Card | None:
        """The card that would take over from this one."""
        for other in self.cards.values():
            waits = other.state is CardState.STANDBY and not other.taking_over
            if waits and other.kind is card.kind:
                return other
        return None

    def pair(self, slot: int) -> int:
        """The slot of the card whose ports take over from those of another; 0 for none."""
        card = self.cards.get(slot)
        if card is None or self.platform.virtual:
            return 0
        first_is_odd = card.kind.name not in _EVEN_FIRST
        other = slot + 1 if bool(slot % 2) is first_is_odd else slot - 1
        return other if other in self.cards else 0

    def single_point_of_failure(self, card: Card) -> bool:
        """Whether nothing could take over from this active card."""
        if card.state is not CardState.ACTIVE or card.kind.role is Role.SUPPORT:
            return False
        return self.standby_for(card) is None
