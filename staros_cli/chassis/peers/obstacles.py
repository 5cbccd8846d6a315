"""What stands in the way to peers: faults of theirs, and own addresses that pass no packets."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_interface

from staros_cli import messages
from staros_cli.chassis.contexts import Context, Contexts
from staros_cli.chassis.peers.peer import Obstacle
from staros_cli.chassis.peers.settings import (
    BgpSettings,
    DiameterSettings,
    GtppSettings,
    Key,
    NameServerSettings,
    NtpSettings,
    PathSettings,
    ProbeSettings,
    RadiusSettings,
    ReceiverSettings,
    SrpLinkSettings,
)
from staros_cli.messages import Refused

ServerSettings = (
    DiameterSettings
    | RadiusSettings
    | GtppSettings
    | NtpSettings
    | BgpSettings
    | ReceiverSettings
    | NameServerSettings
    | SrpLinkSettings
    | ProbeSettings
)
_FROM_ANY = RadiusSettings | NtpSettings | ReceiverSettings | NameServerSettings | ProbeSettings
"""Servers that are reached from any interface of their context."""
Settings = ServerSettings | PathSettings
MOST_FAULTS = 1000
"""How many peers can be held down at a time."""


class Obstacles:
    """Tells what stands in the way to a peer. Faults are of an address, for all kinds or for one.

    `look` is to be called when interfaces may have changed.
    """

    def __init__(self, contexts: Contexts) -> None:
        self._contexts = contexts
        self._faults: set[tuple[str, str]] = set()
        self._local_up: dict[Key, bool] = {}
        self._networks: dict[str, _Networks] = {}

    def look(self) -> None:
        """Look anew at which own addresses pass packets."""
        self._local_up.clear()
        self._networks.clear()

    def of(self, settings: Settings) -> Obstacle:
        """What stands in the way to a peer."""
        if isinstance(settings, RadiusSettings | BgpSettings) and not settings.enabled:
            return Obstacle.DISABLED
        if not isinstance(settings, PathSettings) and not self.local_is_up(settings):
            return Obstacle.LOCAL
        return Obstacle.FAULT if self.is_held(settings.address, settings.key[0]) else Obstacle.NONE

    # Faults

    def is_held(self, address: str, kind: str) -> bool:
        """Whether a fault holds a peer down."""
        return bool({(address, ""), (address, kind)} & self._faults)

    def hold(self, address: str, kind: str) -> None:
        """Hold a peer down. Raises Refused when too many are."""
        if (address, kind) not in self._faults and len(self._faults) >= MOST_FAULTS:
            raise Refused(messages.TOO_MANY_PEERS_DOWN, limit=MOST_FAULTS)
        self._faults.add((address, kind))

    def release(self, address: str, kind: str) -> None:
        """Hold a peer down no more. Raises Refused when nothing does."""
        mine = {f for f in self._faults if f[0] == address and kind in ("", f[1])}
        if not mine:
            raise Refused(messages.PEER_NOT_DOWN, address=address)
        self._faults -= mine

    # Own addresses

    def local_is_up(self, settings: ServerSettings) -> bool:
        """Whether the own address of a peer passes packets; asked once a look for each address."""
        matters = isinstance(settings, BgpSettings | SrpLinkSettings)
        near = settings.address if matters else ""
        place = settings.context, settings.local, settings.key[0], near
        if place not in self._local_up:
            self._local_up[place] = self._find_local(settings)
        return self._local_up[place]

    def _find_local(self, settings: ServerSettings) -> bool:
        context = self._contexts.by_name.get(settings.context)
        if context is None:
            return False
        if isinstance(settings, BgpSettings):
            return self._is_next_to(context, settings.address)
        if isinstance(settings, SrpLinkSettings) and not self._are_two(context, settings):
            return False
        if settings.local:
            return not self._contexts.obstacle_of_address(context, settings.local)
        return isinstance(settings, _FROM_ANY) and self._any_is_up(context)

    @staticmethod
    def _are_two(context: Context, settings: SrpLinkSettings) -> bool:
        """Whether the ends of a link are addresses of one family, and the far one is not ours."""
        same_family = (":" in settings.address) == (":" in settings.local)
        return same_family and context.with_address(settings.address) is None

    def _is_next_to(self, context: Context, address: str) -> bool:
        """Whether another system of a network of an interface that is up can have an address."""
        networks = self._networks.get(context.name)
        if networks is None:
            networks = self._networks[context.name] = _Networks(self._contexts, context)
        return networks.has_neighbor(ip_address(address))

    def _any_is_up(self, context: Context) -> bool:
        up = (i for i in context.interfaces.values() if self._contexts.is_up(context, i))
        return any(interface.addresses for interface in up)


class _Networks:
    """The networks of the interfaces of a context that are up, found by their lengths."""

    def __init__(self, contexts: Contexts, context: Context) -> None:
        self._own: set[IPv4Address | IPv6Address] = set()
        self._by_length: dict[tuple[int, int], set[int]] = {}
        for interface in context.interfaces.values():
            for one in interface.addresses if contexts.is_up(context, interface) else ():
                own = ip_interface(f"{one.ip}/{one.length}")
                self._own.add(own.ip)
                first = int(own.network.network_address)
                self._by_length.setdefault((own.version, one.length), set()).add(first)

    def has_neighbor(self, address: IPv4Address | IPv6Address) -> bool:
        """Whether an address is one of another system in one of the networks."""
        if address in self._own:
            return False
        for (version, length), networks in self._by_length.items():
            host_bits = address.max_prefixlen - length
            first = int(address) >> host_bits << host_bits
            if version != address.version or first not in networks:
                continue
            last = first + (1 << host_bits) - 1
            whole = version == 4 and host_bits > 1
            return not (whole and int(address) in (first, last))
        return False
