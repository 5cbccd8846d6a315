"""Configuring ports: what they carry, and the traps of those that are put in and out of use."""

from __future__ import annotations

from collections.abc import Callable

from staros_cli import messages
from staros_cli.chassis.changes import LinksChanged
from staros_cli.chassis.clock import Timeline
from staros_cli.chassis.contexts import Contexts
from staros_cli.chassis.events import EventStream
from staros_cli.chassis.hardware import Hardware
from staros_cli.chassis.interfaces import ETHERNET
from staros_cli.chassis.lacp import LinkAgreements
from staros_cli.chassis.links import Place
from staros_cli.chassis.ports import Group
from staros_cli.messages import Refused

FIRST_FAST = 10
"""Ports from this number on are of 10 Gbit/s, those before it are for management."""
FAST_CARDS = ("XGLC",)
FAST_SPEED, SLOW_SPEED = 10e9, 1e9
"""Bits a second of ports that carry traffic of subscribers, and of those for management."""


class PortControl:
    """Configures the ports of the cards.

    A port that is put in use has its link at once, unless a fault took it. Changes are told by
    traps, but for those that are `quiet`: of a configuration that is being read.
    """

    def __init__(
        self, hardware: Hardware, contexts: Contexts, events: EventStream, timeline: Timeline
    ) -> None:
        self._hardware = hardware
        self._contexts = contexts
        self._events = events
        self._timeline = timeline
        self.read: Callable[[], tuple[Group, ...]] = lambda: ()
        self.lacp = LinkAgreements(contexts, timeline)
        self._up: set[Place] = set()
        self._without_link: set[Place] = set()

    def look(self) -> bool:
        """Look which ports are configured to belong together; returns whether that has changed."""
        changed = self._contexts.ports.aggregate(self.read())
        self.lacp.look()
        return changed

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
        self._contexts.ports.port(slot, number).enable(vlan, enabled)
        self._watch(quiet=quiet)

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
        self._contexts.ports.remove(slot, number)
        self._watch(quiet=quiet)

    # Links

    def fail_link(self, slot: int, number: int) -> None:
        """Let a port lose its link, until it is restored. Raises Refused without that port."""
        self.check(slot, number)
        self._contexts.ports.links.lost.add((slot, number))
        self._links_changed()

    def restore_link(self, slot: int, number: int) -> None:
        """Let a port have its link again. Raises Refused when it has not lost it."""
        self.check(slot, number)
        lost = self._contexts.ports.links.lost
        if (slot, number) not in lost:
            raise Refused(messages.NOTHING_FAILED, name=f"the link of port {slot}/{number}")
        lost.remove((slot, number))
        self._links_changed()

    def cards_changed(self) -> None:
        """Cards have come up or gone down: other ports may act, or none."""
        self._watch()

    def _links_changed(self) -> None:
        self._watch()
        self._timeline.publish(LinksChanged())

    def system_started(self, at: float) -> None:
        """The system is up since a time: tell of ports that have no link."""
        ports = self._contexts.ports
        self.lacp.start(at)
        self._up = {(port.slot, port.number) for port in ports if port.enabled}
        self._without_link = set()
        for name in ("PortDown", "PortLinkDown"):
            self._events.end_alarm(name)
        self._watch()

    def _watch(self, *, quiet: bool = False) -> None:
        """Tell which ports have come up or gone down since the last time."""
        self.lacp.look()
        ports = self._contexts.ports
        enabled = {(port.slot, port.number) for port in ports if port.enabled}
        pairs = {pair for place in enabled if (pair := ports.links.pair(place))}
        without_link = ports.links.lost & (enabled | pairs)
        up = {place for place in enabled if ports.in_use(place)}
        gone = self._without_link - without_link
        for slot, number in gone & ports.links.lost:
            self._events.end_alarm("PortLinkDown", f"Port {slot}/{number}")
        changes = (
            ("PortLinkDown", without_link - self._without_link),
            ("PortLinkUp", gone - ports.links.lost),
            ("PortDown", self._up - up),
            ("PortUp", up - self._up),
        )
        self._up, self._without_link = up, without_link
        for name, places in changes:
            for slot, number in () if quiet else sorted(places):
                kind = self.kind(slot, number)
                self._events.add(self._timeline.now, name, card=slot, port=number, kind=kind)

    def kind(self, slot: int, number: int) -> str:
        """What kind of port it is, as traps name it."""
        return "10G Ethernet" if self.is_service_port(slot, number) else "1000 Ethernet"

    def is_service_port(self, slot: int, number: int) -> bool:
        """Whether a port carries traffic of subscribers, and not only management."""
        return number >= FIRST_FAST or self._hardware.cards[slot].kind.name in FAST_CARDS
