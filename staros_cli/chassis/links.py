"""Links of ports: cables and what is at their other end."""

from __future__ import annotations

from staros_cli.chassis.hardware import RUNNING, CardState, Hardware

Place = tuple[int, int]
"""Slot and number of a port."""


class Links:
    """Which ports have lost their link; that outlasts restarts of the system.

    Ports of cards that stand by for each other are pairs: one carries the frames of both, that of
    the active card while it has its link. Without `hardware` no port has a pair.
    """

    def __init__(self, hardware: Hardware | None = None) -> None:
        self._hardware = hardware
        self.lost: set[Place] = set()

    def pair(self, place: Place) -> Place | None:
        """The port that takes over from a port."""
        slot = self._hardware.pair(place[0]) if self._hardware else 0
        return (slot, place[1]) if slot else None

    def is_active(self, place: Place) -> bool:
        """Whether a port is one of an active card."""
        return self._state(place) is CardState.ACTIVE

    def works(self, place: Place) -> bool:
        """Whether a port has its link, and its card is up."""
        return place not in self.lost and self.runs(place)

    def runs(self, place: Place) -> bool:
        """Whether the card of a port is up."""
        return self._state(place) in RUNNING

    def _state(self, place: Place) -> CardState:
        card = self._hardware.cards.get(place[0]) if self._hardware else None
        return card.state if card else CardState.OFFLINE
