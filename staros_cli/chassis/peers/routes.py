"""Which nodes calls come through, over which services: the paths of GTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from msgspec import Struct

from staros_cli.chassis.access import USER_PLANE
from staros_cli.chassis.contexts import Context, Contexts, Service
from staros_cli.chassis.peers.control_planes import ControlPlanes
from staros_cli.chassis.peers.paths import SIDES, nodes_of_group
from staros_cli.chassis.peers.settings import (
    ECHO_OF_GTPC,
    ECHO_OF_GTPU,
    GTPC,
    GTPU,
    Key,
    PathSettings,
    PeerConfiguration,
)
from staros_cli.chassis.sessions import SessionTable

NO_GTP = (0,)


class End(Struct, frozen=True):
    """The end of a path on this system: the service that sends the messages, and its address."""

    kind: str
    context: Context
    service: Service
    local: str


class Routes:
    """The paths that the calls of groups of subscribers take."""

    def __init__(self, contexts: Contexts, sessions: SessionTable) -> None:
        self._contexts = contexts
        self._sessions = sessions
        self.control_planes = ControlPlanes(contexts, sessions)
        self._nodes = [
            ()
            if group.kind.is_user_plane
            else tuple(group.schema.nodes) or nodes_of_group(index, group.count)
            for index, group in enumerate(sessions.groups)
        ]
        self._through: dict[Key, list[tuple[int, int]]] = {}
        self._kinds: dict[Key, str] = {}

    def paths(self, configuration: PeerConfiguration) -> Iterator[PathSettings]:
        """The paths that calls have taken, of services that are started, and those of Sx."""
        self._through, self._kinds = {}, {}
        self.control_planes.configure(configuration)
        for settings, through in self.control_planes.paths():
            self._kinds[settings.key] = USER_PLANE
            if settings.key not in self._through:
                yield settings
            self._through.setdefault(settings.key, []).extend(through)
        for index, group in enumerate(self._sessions.groups):
            seen = [
                (node, address)
                for node, address in enumerate(self._nodes[index])
                if self._sessions.by_group.most_of_node(index, node)
            ]
            for end in self._ends(index) if seen else ():
                for node, address in seen:
                    settings = _settings(end, group.kind.service, address, configuration)
                    first = settings.key not in self._through
                    self._through.setdefault(settings.key, []).append((index, node))
                    self._kinds.setdefault(settings.key, group.kind.service)
                    if first:
                        yield settings

    def _ends(self, index: int) -> list[End]:
        """The ends of the paths of a group of subscribers; none while the service is stopped."""
        group = self._sessions.groups[index]
        context = self._contexts.by_name.get(group.place[0])
        service = context.services.get(group.place[1]) if context else None
        if context is None or service is None or group.kind.service not in SIDES:
            return []
        if service.kind != group.kind.service or not self._contexts.is_started(context, service):
            return []
        if service.kind == "ggsn":
            local = service.bindings[""]
            return [End(GTPC, context, service, local), End(GTPU, context, service, local)]
        return self._ends_of_egtp(context, service)

    def _ends_of_egtp(self, context: Context, service: Service) -> list[End]:
        used = self._used(service, "sgw") if service.kind == "saegw" else (context, service)
        egtp = self._used(used[1], "egtp") if used else None
        if egtp is None:
            return []
        ends = [End(GTPC, *egtp, egtp[1].bindings[GTPC])]
        gtpu = self._used(egtp[1], "gtpu")
        return ends if gtpu is None else [*ends, End(GTPU, *gtpu, gtpu[1].bindings[""])]

    def of_call(
        self, group: int, node: int, configuration: PeerConfiguration
    ) -> PathSettings | None:
        """The path of the control plane that a call takes, None without one."""
        service, nodes = self._sessions.groups[group].kind.service, self._nodes[group]
        found = (end for end in self._ends(group) if end.kind == GTPC and node < len(nodes))
        end = next(found, None)
        return None if end is None else _settings(end, service, nodes[node], configuration)

    def _used(self, service: Service, kind: str) -> tuple[Context, Service] | None:
        place, name = service.associations.get(kind, ("", ""))
        context = self._contexts.by_name.get(place)
        found = context.services.get(name) if context else None
        return (context, found) if context and found and found.kind == kind else None

    def kind_of(self, path: PathSettings) -> str:
        """The kind of the service whose calls take a path."""
        return self._kinds[path.key]

    def sessions(self, path: PathSettings) -> tuple[int, int]:
        """How many calls take a path, and the most that ever did at a time."""
        counts = self._sessions.by_group
        through = self._through.get(path.key, [])
        return (
            sum(counts.of_node(*place) for place in through),
            sum(counts.most_of_node(*place) for place in through),
        )

    def begun_at(self, path: PathSettings) -> float:
        """When the first call took a path, in seconds since 1970 UTC."""
        counts = self._sessions.by_group
        return min(counts.first_of_node(*place) for place in self._through[path.key])

    def groups_of(self, path: PathSettings) -> set[int]:
        """The groups of subscribers whose calls take a path."""
        return {group for group, _ in self._through.get(path.key, [])}

    def forget_idle(self, path: PathSettings) -> None:
        """Forget a path that no call takes now."""
        for place in self._through.get(path.key, []):
            self._sessions.by_group.forget_idle(*place)

    def rows(self, path: PathSettings, most: int) -> list[int]:
        """The rows of calls that take a path, some of them when there are more than `most`."""
        through = self._through.get(path.key, [])
        rows = (row for place in through for row in self._sessions.rows_of_node(*place))
        return list(islice(rows, most))

    def rows_without_control(self) -> list[int]:
        """The rows of the sessions of control planes that are configured no more."""
        places = list(self.control_planes.forgotten())
        counts, rows_of = self._sessions.by_group, self._sessions.rows_of_node
        return [row for place in places if counts.of_node(*place) for row in rows_of(*place)]

    def usable(self, index: int, sends: Callable[[Key, str], bool]) -> tuple[int, ...]:
        """The nodes of a group all of whose paths are such that calls come; NO_GTP without GTP."""
        if self.control_planes.has(index):
            return self.control_planes.usable(index, sends)
        ends = self._ends(index)
        if not ends:
            return NO_GTP
        return tuple(
            node
            for node, address in enumerate(self._nodes[index])
            if all(sends((e.kind, e.context.name, e.service.name, address), address) for e in ends)
        )


def _settings(end: End, kind: str, address: str, configuration: PeerConfiguration) -> PathSettings:
    side = SIDES[kind]
    default = ECHO_OF_GTPC if end.kind == GTPC else ECHO_OF_GTPU
    echo = configuration.echoes.get((end.kind, end.context.name, end.service.name), default)
    return PathSettings(
        end.kind,
        end.context.name,
        end.service.name,
        end.service.number,
        end.service.kind,
        address,
        end.local,
        echo.interface or side.interface,
        side.node,
        echo.interval,
        echo.timeout,
        echo.retries,
    )
