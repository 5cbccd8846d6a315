"""Ports of the cards and what they carry."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from staros_cli.chassis.links import Links, Place

UNTAGGED = 0
"""Stands among the VLANs of a port for frames without a tag."""


class Carried(Struct):
    """Frames of a VLAN of a port, or its untagged ones: the interface they belong to.

    They pass while it is `enabled`, and its port is.
    """

    enabled: bool = False
    context: str = ""
    interface: str = ""


class Port(Struct):
    """A port that is configured: what it carries, by VLAN. It is shut down until it is enabled.

    `decided` tells whether it was ever enabled or shut down.
    """

    slot: int
    number: int
    vlans: dict[int, Carried] = {}
    decided: bool = False

    def vlan(self, number: int) -> Carried:
        """What a VLAN carries; it is there from now on."""
        return self.vlans.setdefault(number, Carried())

    def enable(self, vlan: int, enabled: bool) -> None:
        """Put a VLAN in use, or out of use."""
        self.vlan(vlan).enabled = enabled
        self.decided = self.decided or vlan == UNTAGGED

    def bind(self, vlan: int, context: str, interface: str) -> None:
        """Let a VLAN carry an interface, or nothing with empty names."""
        carried = self.vlan(vlan)
        carried.context, carried.interface = context, interface

    @property
    def enabled(self) -> bool:
        """Whether it is in use."""
        return UNTAGGED in self.vlans and self.vlans[UNTAGGED].enabled


class Lacp(Struct, frozen=True):
    """How links are agreed on: who begins, how often LACPDUs are sent, and asked for."""

    mode: str = "active"
    rate: str = "auto"
    timeout: str = "long"


SWITCHED = "switched"
"""How a group uses the ports of one card at a time."""


class Redundancy(Struct, frozen=True):
    """How ports of two cards stand in for one another, the slot preferred (0 for none)."""

    mode: str = "standard"
    hold_time: int = 0
    preferred: int = 0


class Group(Struct, frozen=True):
    """Ports that carry the VLANs of one of them, the master, together.

    At least `least` of them have to be in use. `priority` is that of the system in LACPDUs.
    """

    number: int
    master: tuple[int, int]
    members: tuple[tuple[int, int], ...] = ()
    least: int = 1
    lacp: Lacp = Lacp()
    redundancy: Redundancy = Redundancy()
    priority: int = 0x8000

    @property
    def places(self) -> tuple[tuple[int, int], ...]:
        """Slots and numbers of the master and the members."""
        return (self.master, *self.members)


class Ports:
    """All ports that are configured, and the groups of them."""

    def __init__(self, links: Links) -> None:
        self.links = links
        self.by_place: dict[tuple[int, int], Port] = {}
        self.groups: tuple[Group, ...] = ()

    def aggregate(self, groups: tuple[Group, ...]) -> bool:
        """Let ports carry VLANs together; returns whether these are other groups than before."""
        changed, self.groups = groups != self.groups, groups
        return changed

    def group_of(self, place: Place) -> Group | None:
        """The group that a port belongs to."""
        return next((group for group in self.groups if place in group.places), None)

    def in_use(self, place: Place) -> bool:
        """Whether a port is in use and it, or its pair, has a link."""
        port = self.by_place.get(place)
        acting = self.acting(place)
        return port is not None and port.enabled and acting is not None and self.serves(acting)

    def pair(self, place: Place) -> Place | None:
        """The port that takes over from a port; those that belong to a group have none."""
        pair = self.links.pair(place)
        if pair is None or self.group_of(place) is not None or self.group_of(pair) is not None:
            return None
        return pair

    def serves(self, place: Place) -> bool:
        """Whether a port is enabled: it, or where nothing is said about it its pair."""
        places = (place, self.pair(place))
        found = [self.by_place[one] for one in places if one in self.by_place]
        return next((port.enabled for port in found if port.decided), False)

    def acting(self, place: Place) -> Place | None:
        """The port that acts for a port and its pair; None when they have no link.

        Of two with links the one of the active card does. Where no card of the two is up, or there
        is no other, the link alone counts.
        """
        pair = self.pair(place)
        if pair is None or not (self.links.runs(place) or self.links.runs(pair)):
            return None if place in self.links.lost else place
        able = [one for one in (place, pair) if self.links.works(one)]
        return min(able, key=lambda one: not self.links.is_active(one), default=None)

    def is_up(self, group: Group) -> bool:
        """Whether enough ports of a group are in use."""
        return bool(self.aggregated(group))

    def able(self, group: Group) -> list[Place]:
        """The ports of a group that are in use; those of cards that are down only with all down."""
        able = [place for place in group.places if self.in_use(place)]
        return [place for place in able if self.links.runs(place)] or able

    def aggregated(self, group: Group) -> list[Place]:
        """The ports that carry the frames of a group; none when too few are in use.

        A group that switches between two cards uses those of the card with the most in use; of two
        with as many that of the slot preferred, else that of the master.
        """
        able = self.able(group)
        if able and group.redundancy.mode == SWITCHED:
            order = (group.redundancy.preferred, group.master[0])
            slots = [place[0] for place in able]
            best = max(
                sorted(set(slots)), key=lambda one: (slots.count(one), *map(one.__eq__, order))
            )
            able = [place for place in able if place[0] == best]
        return able if len(able) >= max(1, group.least) else []

    def __iter__(self) -> Iterator[Port]:
        return iter(self.by_place.values())

    def port(self, slot: int, number: int) -> Port:
        """A port; it is configured from now on."""
        return self.by_place.setdefault((slot, number), Port(slot, number))

    def remove(self, slot: int, number: int) -> Port | None:
        """Forget the configuration of a port; returns what it was."""
        return self.by_place.pop((slot, number), None)

    def carriers(self, context: str) -> Iterator[tuple[Port, int, str]]:
        """The ports that carry interfaces of a context, with the VLAN and the interface."""
        for port in self:
            for vlan, carried in port.vlans.items():
                if carried.interface and carried.context == context:
                    yield port, vlan, carried.interface

    def carrier(self, context: str, interface: str) -> tuple[int, int, int] | None:
        """The slot, number and VLAN of the port that an interface is bound to."""
        for port, vlan, carried in self.carriers(context):
            if carried == interface:
                return port.slot, port.number, vlan
        return None

    def carries(self, context: str, interface: str) -> bool:
        """Whether a port that is in use carries an interface."""
        carrier = self.carrier(context, interface)
        if carrier is None:
            return False
        slot, number, vlan = carrier
        port, group = self.by_place[slot, number], self.group_of((slot, number))
        if group is not None and group.master == (slot, number):
            # The others carry its frames when it is shut down.
            return self.is_up(group) and (vlan == UNTAGGED or port.vlans[vlan].enabled)
        return self.in_use((slot, number)) and port.vlans[vlan].enabled
