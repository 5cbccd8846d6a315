"""Configuring ports: what they carry, and the traps of those that are put in and out of use."""

from __future__ import annotations

from collections.abc import Callable

from staros_cli import messages
from staros_cli.chassis.clock import Timeline
from staros_cli.chassis.contexts import Contexts
from staros_cli.chassis.events import EventStream
from staros_cli.chassis.hardware import Card, Hardware
from staros_cli.chassis.interfaces import ETHERNET
from staros_cli.chassis.ports import UNTAGGED, Group
from staros_cli.messages import Refused

FIRST_FAST = 10
"""Ports from this number on are of 10 Gbit/s, those before it are for management."""
FAST_CARDS = ("XGLC",)


class PortControl:
    """Configures the ports of the cards.

    A port that is put in use has its link at once. Changes are told by traps, but for those that
    are `quiet`: of a configuration that is being read.
    """

    def __init__(
        self, hardware: Hardware, contexts: Contexts, events: EventStream, timeline: Timeline
    ) -> None:
        self._hardware = hardware
        self._contexts = contexts
        self._events = events
        self._timeline = timeline
        self.read: Callable[[], tuple[Group, ...]] = lambda: ()

    def look(self) -> bool:
        """Look which ports are configured to belong together; returns whether that has changed."""
        return self._contexts.ports.aggregate(self.read())

    def numbers(self, slot: int) -> tuple[int, ...]:
        """The numbers of the ports of the card in a slot; none when there is no card."""
        card = self._hardware.cards.get(slot)
        return card.kind.ports if card else ()

    def configure(self, slot: int, number: int) -> None:
        """Begin to configure a port. Raises Refused when the chassis has no such port."""
        self.check(slot, number)
        self._contexts.ports.port(slot, number)

    def check(self, slot: int, number: int) -> None:
        """Raise Refused when the chassis has no such port."""
        numbers = self.numbers(slot)
        if number not in numbers:
            slots = self._hardware.platform.slots
            if slot not in slots:
                expected = f"slots are {min(slots)} to {max(slots)}"
            elif numbers:
                expected = f"1 to {numbers[-1]} on card {slot}"
            else:
                expected = "that card has no ports"
            raise Refused(messages.NO_SUCH_PORT, port=f"{slot}/{number}", expected=expected)

    def enable(self, slot: int, number: int, vlan: int, enabled: bool, *, quiet: bool) -> None:
        """Put a port or a VLAN of it in use, or out of use."""
        changed = self._contexts.ports.port(slot, number).enable(vlan, enabled)
        if changed and vlan == UNTAGGED and not quiet:
            self._notify(slot, number, enabled)

    def bind(self, slot: int, number: int, vlan: int, context: str, interface: str) -> None:
        """Let a port or a VLAN of it carry an interface.

        Raises Refused when there is no such interface, or when another port carries it.
        """
        group = self._contexts.ports.group_of((slot, number))
        if group is not None and group.master != (slot, number):
            master = f"{group.master[0]}/{group.master[1]}"
            raise Refused(messages.BINDS_AT_MASTER, port=f"{slot}/{number}", master=master)
        kind = self._contexts.get(context).interface(interface).kind
        if kind != ETHERNET:
            raise Refused(messages.NEEDS_NO_PORT, name=interface, kind=kind)
        carrier = self._contexts.ports.carrier(context, interface)
        if carrier is not None and carrier != (slot, number, vlan):
            place = f"{carrier[0]}/{carrier[1]}"
            raise Refused(messages.INTERFACE_BOUND, name=interface, port=place)
        self._contexts.ports.port(slot, number).bind(vlan, context, interface)

    def release(self, slot: int, number: int, vlan: int) -> None:
        """Let a port or a VLAN of it carry nothing."""
        self._contexts.ports.port(slot, number).bind(vlan, "", "")

    def remove_vlan(self, slot: int, number: int, vlan: int) -> None:
        """Forget the configuration of a VLAN."""
        self._contexts.ports.port(slot, number).vlans.pop(vlan, None)

    def remove(self, slot: int, number: int, *, quiet: bool) -> None:
        """Forget the configuration of a port, which is out of use then."""
        port = self._contexts.ports.remove(slot, number)
        if port is not None and port.enabled and not quiet:
            self._notify(slot, number, False)

    def _notify(self, slot: int, number: int, up: bool) -> None:
        name = "PortUp" if up else "PortDown"
        now = self._timeline.now
        self._events.add(now, name, card=slot, port=number, kind=self.kind(slot, number))

    def kind(self, slot: int, number: int) -> str:
        """What kind of port it is, as traps name it."""
        return "10G Ethernet" if self.is_service_port(slot, number) else "1000 Ethernet"

    def is_service_port(self, slot: int, number: int) -> bool:
        """Whether a port carries traffic of subscribers, and not only management."""
        return number >= FIRST_FAST or self._hardware.cards[slot].kind.name in FAST_CARDS

    def pair(self, slot: int) -> int:
        """The slot of the card whose ports take over from those of another; 0 for none."""
        card = self._hardware.cards.get(slot)
        if card is None or self._hardware.platform.virtual:
            return 0
        return slot - 1 if card.kind.name in _EVEN_FIRST and slot % 2 else _other(slot, card)


_EVEN_FIRST = ("SPIO",)
"""Cards of which the first of a pair has an even slot."""


def _other(slot: int, card: Card) -> int:
    first_is_odd = card.kind.name not in _EVEN_FIRST
    return slot + 1 if bool(slot % 2) is first_is_odd else slot - 1
