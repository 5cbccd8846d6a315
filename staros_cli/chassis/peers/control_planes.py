"""Control planes: the systems that set up the sessions of user planes, over Sx."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from staros_cli.chassis.access import USER_PLANE
from staros_cli.chassis.contexts import Context, Contexts, Service
from staros_cli.chassis.peers.paths import SIDES, Path
from staros_cli.chassis.peers.peer import Obstacle
from staros_cli.chassis.peers.settings import (
    HEARTBEAT_OF_SX,
    SX,
    ControlPlaneGroup,
    Key,
    PathSettings,
    PeerConfiguration,
)
from staros_cli.chassis.service_needs import PGW_INGRESS, SGW_EGRESS, SGW_INGRESS, association_of
from staros_cli.chassis.sessions import SessionTable

RESTARTED_OVER_SX = "recovery-timestamp-change-in-heartbeat-rsp-msg"
"""Why a path failed whose other end has restarted, as the MIB says it."""
_MOST_NODES = 250
"""How many control planes of a user plane are known, with those that were configured before."""
_NOBODY = ControlPlaneGroup()

Place = tuple[int, int]
"""The numbers of a group of subscribers and of a node that their calls come through."""


class ControlPlane(Path):
    """A control plane with which a user plane has an association; it is tried by heartbeats."""

    def __init__(self, settings: PathSettings, now: float, obstacle: Obstacle) -> None:
        self._recovered_at = now
        super().__init__(settings, now, obstacle, up=obstacle is Obstacle.NONE)

    @property
    def restart_counter(self) -> int:
        """The recovery time stamp that it tells, in seconds since 1970 UTC.

        It is the begin of the association until it restarts (chosen).
        """
        return int(self._recovered_at)

    @property
    def restart_reason(self) -> str:
        """Why the path fails when it has restarted."""
        return RESTARTED_OVER_SX

    def note_restart(self, now: float) -> None:
        """It has restarted: its time stamp is another one."""
        super().note_restart(now)
        self._recovered_at = now


def interface_of(service: Service) -> str:
    """The Sx interface of a user plane, by the sides that it has."""
    sides = {PGW_INGRESS: "b", SGW_EGRESS: "a", SGW_INGRESS: "a"}
    there = {sides[side] for side in sides if association_of("gtpu", side) in service.associations}
    return "sx" + "".join(sorted(there))


class ControlPlanes:
    """The control planes of user planes, and which of them sessions come from.

    A control plane that was configured once keeps its number for the sessions of a group, so that
    those come back to it which another chassis has held.
    """

    def __init__(self, contexts: Contexts, sessions: SessionTable) -> None:
        self._contexts = contexts
        self._places = {
            index: group.place
            for index, group in enumerate(sessions.groups)
            if group.kind.is_user_plane
        }
        self._groups: dict[tuple[str, str], list[int]] = {}
        for index, place in self._places.items():
            self._groups.setdefault(place, []).append(index)
        self._known: dict[int, list[str]] = {index: [] for index in self._places}
        self._numbers: dict[int, dict[str, int]] = {index: {} for index in self._places}
        self.clear()

    def clear(self) -> None:
        """None is configured: the system went down."""
        self._configuration = PeerConfiguration()
        self._wanted: dict[tuple[str, str], frozenset[str]] = {}

    def configure(self, configuration: PeerConfiguration) -> None:
        """Take what is configured now."""
        self._configuration = configuration
        groups = configuration.control_planes
        self._wanted = {place: frozenset(group.addresses) for place, group in groups.items()}
        for index, place in self._places.items():
            known, numbers = self._known[index], self._numbers[index]
            for address in groups.get(place, _NOBODY).addresses:
                if address not in numbers and len(known) < _MOST_NODES:
                    numbers[address] = len(known)
                    known.append(address)

    def paths(self) -> Iterator[tuple[PathSettings, list[Place]]]:
        """The paths to control planes, and the places of the sessions that take each."""
        for place, group in self._configuration.control_planes.items():
            found = self._sx_of(place)
            if found is None:
                continue
            for address in group.addresses:
                through = [
                    (index, self._numbers[index][address])
                    for index in self._groups.get(place, ())
                    if address in self._numbers[index]
                ]
                yield self._settings(*found, group.name, address), through

    def _sx_of(self, place: tuple[str, str]) -> tuple[str, Context, Service] | None:
        """The interface, and the Sx service with its context, of a user plane that is started."""
        context = self._contexts.by_name.get(place[0])
        service = context.services.get(place[1]) if context else None
        if context is None or service is None or service.kind != USER_PLANE:
            return None
        if not self._contexts.is_started(context, service):
            return None
        where, name = service.associations[association_of(SX)]
        used = self._contexts.by_name[where]
        return interface_of(service), used, used.services[name]

    def _settings(
        self, interface: str, context: Context, service: Service, group: str, address: str
    ) -> PathSettings:
        place = (SX, context.name, service.name)
        beats = self._configuration.echoes.get(place, HEARTBEAT_OF_SX)
        return PathSettings(
            *place,
            service.number,
            service.kind,
            address,
            service.bindings[""],
            interface,
            SIDES[USER_PLANE].node,
            beats.interval,
            beats.timeout,
            beats.retries,
            group,
        )

    def has(self, index: int) -> bool:
        """Whether the calls of a group come from control planes."""
        return index in self._places

    def usable(self, index: int, sends: Callable[[Key, str], bool]) -> tuple[int, ...]:
        """Those control planes of a group that set up sessions now."""
        place = self._places[index]
        found, numbers = self._sx_of(place), self._numbers[index]
        if found is None:
            return ()
        _, context, service = found
        wanted = self._configuration.control_planes.get(place, _NOBODY).addresses
        return tuple(
            numbers[address]
            for address in wanted
            if address in numbers and sends((SX, context.name, service.name, address), address)
        )

    def address_of(self, index: int, node: int) -> str:
        """The address of the control plane that a session of a group comes from."""
        return self._known[index][node]

    def knows(self, index: int, node: int) -> bool:
        """Whether the control plane of a session of a group is configured, if it has one."""
        if index not in self._places:
            return True
        return self._known[index][node] in self._wanted.get(self._places[index], ())

    def forgotten(self) -> Iterator[Place]:
        """The places of control planes that are configured no more."""
        places = (
            (index, node) for index in self._places for node in range(len(self._known[index]))
        )
        return (place for place in places if not self.knows(*place))
