"""What ports carry: the traffic of calls, by the ports of the contexts that it goes through.

Packets of a subscriber come in through the ports of the context of its service and go out through
those of the context of its addresses, and the other way round; several ports share them evenly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from staros_cli.chassis.call_history import CallHistory
from staros_cli.chassis.contexts import Contexts
from staros_cli.chassis.pools import Pools
from staros_cli.chassis.subscribers import Group
from staros_cli.chassis.traffic import PACKET, mean_octets

Place = tuple[int, int]
"""Slot and number of a port."""
NPU = "npu"
"""The counters of network processors."""
WINDOWS = (0.0, 300.0, 900.0)
"""Seconds over which utilization is shown; the first is that of now."""
_NOW = 10.0
"""Seconds that count as now."""


class Octets(Struct):
    """Octets that a port has received and sent."""

    received: float = 0.0
    sent: float = 0.0

    @property
    def frames(self) -> tuple[int, int]:
        """Frames received and sent."""
        return int(self.received // PACKET), int(self.sent // PACKET)


class _Share(Struct, frozen=True):
    """What a port carries of each octet that a group of subscribers sends, and of each it gets.

    It does so in some VLANs, evenly (chosen).
    """

    port: Place
    vlans: tuple[int, ...]
    up: tuple[float, float]
    down: tuple[float, float]


class PortTraffic:
    """Counts what ports carry. `now` is the time of the chassis."""

    def __init__(
        self,
        groups: Sequence[Group],
        contexts: Contexts,
        pools: Pools,
        history: CallHistory,
        now: Callable[[], float],
    ) -> None:
        self._groups = groups
        self._contexts = contexts
        self._pools = pools
        self._history = history
        self._now = now
        self.clear()

    def clear(self) -> None:
        """No port has carried anything: the system went down."""
        self._counted = [0.0] * len(self._groups)
        self._shares: list[list[_Share]] = [[] for _ in self._groups]
        self._octets: dict[Place, Octets] = {}
        self._cleared: dict[tuple[Place, str], Octets] = {}
        self._of_vlans: dict[tuple[Place, int], Octets] = {}
        self._cleared_vlans: dict[tuple[Place, int], Octets] = {}

    def look(self) -> None:
        """Count until now, and look anew at which ports carry what."""
        now = self._now()
        for index, seconds in enumerate(self._history.seconds):
            total = seconds.at(now)
            passed, self._counted[index] = total - self._counted[index], total
            up, down = self._rates(index)
            for share in self._shares[index]:
                found = self._octets.setdefault(share.port, Octets())
                received = max(0.0, passed) * (up * share.up[0] + down * share.down[0])
                sent = max(0.0, passed) * (up * share.up[1] + down * share.down[1])
                found.received += received
                found.sent += sent
                for vlan in share.vlans:
                    part = self._of_vlans.setdefault((share.port, vlan), Octets())
                    part.received += received / len(share.vlans)
                    part.sent += sent / len(share.vlans)
        self._shares = [self._find(index) for index in range(len(self._groups))]

    def _rates(self, index: int) -> tuple[float, float]:
        """Octets a second from and to a subscriber of a group, on average."""
        return mean_octets(1.0, self._groups[index].traffic)

    def _ports(self, context: str) -> dict[Place, tuple[int, ...]]:
        """The ports in use that carry interfaces of a context, with the VLANs of these."""
        found = self._contexts.by_name.get(context)
        places: dict[Place, tuple[int, ...]] = {}
        for port, vlan, interface in self._contexts.ports.carriers(context):
            it = found.interfaces.get(interface) if found else None
            if found and it and self._contexts.is_up(found, it):
                for place in self._acting((port.slot, port.number)):
                    places[place] = (*places.get(place, ()), vlan)
        return places

    def _acting(self, place: Place) -> list[Place]:
        """The ports that carry the frames of a port: those of its group, or the one that acts."""
        ports = self._contexts.ports
        group = ports.group_of(place)
        if group is not None:
            return ports.aggregated(group)
        return [ports.acting(place) or place]

    def _find(self, index: int) -> list[_Share]:
        group, template = self._groups[index], self._pools.template(index)
        other = (template.pool_context or template.context) if template else group.place[0]
        near, far = self._ports(group.place[0]), self._ports(other)
        here, there = 1 / max(1, len(near)), 1 / max(1, len(far))
        shares = [_Share(port, vlans, (here, 0.0), (0.0, here)) for port, vlans in near.items()]
        return shares + [
            _Share(port, vlans, (0.0, there), (there, 0.0)) for port, vlans in far.items()
        ]

    def octets(self, place: Place) -> Octets:
        """What a port has carried since the system started."""
        self.look()
        return self._octets.get(place, Octets())

    def of_all(self) -> dict[Place, Octets]:
        """What ports have carried since the system started; others have carried nothing."""
        self.look()
        return dict(self._octets)

    def since_cleared(self, place: Place, counters: str) -> Octets:
        """What a port has carried since some counters of it were cleared."""
        total = self.octets(place)
        base = self._cleared.get((place, counters), Octets())
        return Octets(total.received - base.received, total.sent - base.sent)

    def clear_counters(self, place: Place, counters: str) -> None:
        """Count for some counters of a port anew."""
        total = self.octets(place)
        self._cleared[place, counters] = Octets(total.received, total.sent)
        if counters == NPU:
            for key, octets in self._of_vlans.items():
                if key[0] == place:
                    self._cleared_vlans[key] = Octets(octets.received, octets.sent)

    def of_vlan(self, place: Place, vlan: int) -> Octets:
        """What a VLAN, or frames without a tag, carried since counters of NPUs were cleared."""
        self.look()
        total = self._of_vlans.get((place, vlan), Octets())
        base = self._cleared_vlans.get((place, vlan), Octets())
        return Octets(total.received - base.received, total.sent - base.sent)

    def rates(self, window: float) -> dict[Place, Octets]:
        """Octets a second that each port carried in the last so many seconds, on average."""
        self.look()
        now, length = self._now(), window or _NOW
        found: dict[Place, Octets] = {}
        for index, seconds in enumerate(self._history.seconds):
            calls = (seconds.at(now) - seconds.before(now - length)) / length
            up, down = (rate * max(0.0, calls) for rate in self._rates(index))
            for share in self._shares[index]:
                octets = found.setdefault(share.port, Octets())
                octets.received += up * share.up[0] + down * share.down[0]
                octets.sent += up * share.up[1] + down * share.down[1]
        return found
