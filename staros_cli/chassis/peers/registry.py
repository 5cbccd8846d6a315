"""All peers of the chassis: those that are configured, and the paths that calls have opened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from math import inf

from staros_cli import messages
from staros_cli.chassis.clock import Timeline
from staros_cli.chassis.contexts import Contexts
from staros_cli.chassis.disconnect_reasons import LOCAL
from staros_cli.chassis.events import EventStream
from staros_cli.chassis.findings import AAA, Finding, Severity, finding
from staros_cli.chassis.findings import DIAMETER as DIAMETER_SECTION
from staros_cli.chassis.peers.bgp import BgpNeighbor
from staros_cli.chassis.peers.changes import PathFailed, PeersChanged
from staros_cli.chassis.peers.control_planes import ControlPlane
from staros_cli.chassis.peers.diameter import DiameterPeer
from staros_cli.chassis.peers.kinds import AnyPeer, made
from staros_cli.chassis.peers.notices import PeerNotices
from staros_cli.chassis.peers.ntp import NtpServer
from staros_cli.chassis.peers.obstacles import Obstacles, Settings
from staros_cli.chassis.peers.paths import NO_RESPONSE, SIDES, Path
from staros_cli.chassis.peers.policies import Policies
from staros_cli.chassis.peers.receivers import BulkstatsReceiver, NameServer
from staros_cli.chassis.peers.routes import Routes
from staros_cli.chassis.peers.servers import GtppServer, RadiusServer
from staros_cli.chassis.peers.settings import (
    GTPC,
    SX,
    BgpSettings,
    DiameterSettings,
    GtppSettings,
    Key,
    NtpSettings,
    PathSettings,
    PeerConfiguration,
    SrpLinkSettings,
)
from staros_cli.chassis.peers.srp import SrpLink
from staros_cli.chassis.peers.usage import Meter, Servers, Use, use_of
from staros_cli.chassis.session import Session
from staros_cli.chassis.sessions import SessionTable
from staros_cli.messages import Refused

ENDED_AT_A_TIME, ENDED_EVERY = 20_000, 0.02
"""How many calls of a path end at a time, and after how many seconds the next (chosen)."""
_NAMED_IN_REFUSAL = 8


class Peers:
    """The peers, what stands in their way, and when that is noticed.

    `read` has what is configured, `policies` the calls that policy servers have authorized. Faults
    are of addresses, for all protocols or for one; they belong to the other systems and outlive a
    restart of this one.
    """

    def __init__(
        self, timeline: Timeline, contexts: Contexts, events: EventStream, sessions: SessionTable
    ) -> None:
        self._timeline = timeline
        self._sessions = sessions
        self._notices = PeerNotices(events)
        self._routes = Routes(contexts, sessions)
        self.control_planes = self._routes.control_planes
        self._obstacles = Obstacles(contexts)
        self.read: Callable[[], PeerConfiguration] = PeerConfiguration
        self._servers = Servers()
        self._meter = Meter(sessions, self._servers)
        self.policies = Policies(sessions, self._servers)
        self._by_key: dict[Key, AnyPeer] = {}
        self._counting: list[Callable[[], None]] = []
        self.clear()

    def clear(self) -> None:
        """No peer is known, and no alarm is about one: the system went down. Faults stay."""
        for peer in self._by_key.values():
            self._notices.removed(peer, None)
        self._notices.clear()
        self._by_key = {}
        self.control_planes.clear()
        self._due: dict[Key, float] = {}
        self._ending: set[Key] = set()
        self._begun_at: float | None = None
        self.configuration = PeerConfiguration()
        self._uses: list[Use] = []
        self._created_before: dict[tuple[str, int], int] = {}
        self._sort()
        self._meter.clear()
        self.policies.forget()

    # What there is

    def __iter__(self) -> Iterator[AnyPeer]:
        return iter(self._by_key.values())

    def start(self, at: float, quiet: bool) -> None:
        """The system is up since a time; with `quiet` its peers have been so as well."""
        self._begun_at = at
        self._look(at, quiet)

    def look(self) -> None:
        """Look at the configuration and at the own addresses: one of them may have changed."""
        if self._begun_at is not None:
            self._look(self._timeline.now, quiet=False)

    def _look(self, at: float, quiet: bool) -> None:
        self._obstacles.look()
        configuration = self.configuration = self.read()
        self._uses = [use_of(group, configuration) for group in self._sessions.groups]
        self.count()
        wanted: dict[Key, Settings] = {}
        servers: tuple[tuple[Settings, ...], ...] = (
            configuration.diameter,
            configuration.radius,
            configuration.gtpp,
            configuration.bgp,
            configuration.ntp or (),
            configuration.receivers,
            configuration.name_servers,
            configuration.srp,
            configuration.probes,
            tuple(self._routes.paths(configuration)),
        )
        for settings in (found for kind in servers for found in kind):
            wanted.setdefault(settings.key, settings)
        for key in [key for key in self._by_key if key not in wanted]:
            self._notices.removed(self._by_key.pop(key), self._timeline.now)
            self._due.pop(key, None)
        for key, settings in wanted.items():
            self._put(key, settings, at, quiet)
        self._by_key = {key: self._by_key[key] for key in wanted}
        self._sort()
        self._configure_radius()
        self._settle(self._by_key)
        self._watch_time(quiet=quiet)
        self._release()
        self._timeline.publish(PeersChanged())

    def _release(self) -> None:
        """End the sessions of control planes that are configured no more."""
        if rows := self._routes.rows_without_control():
            self._timeline.publish(PathFailed(rows, LOCAL))

    def _put(self, key: Key, settings: Settings, at: float, quiet: bool) -> None:
        """Make a peer, or give one its settings."""
        match self._by_key.get(key), settings:
            case None, _:
                self._by_key[key] = self._made(settings, at, quiet)
            case GtppServer() as gateway, GtppSettings():
                gateway.configure(settings)
            case NtpServer() as server, NtpSettings():
                server.configure(settings)
            case SrpLink() as link, SrpLinkSettings():
                link.configure(settings)
            case BgpNeighbor() as neighbor, BgpSettings():
                if neighbor.settings.remote != settings.remote:
                    self.close_session(neighbor)
                neighbor.configure(settings)
            case DiameterPeer() as peer, DiameterSettings():
                self._reconnect(peer, settings)
            case Path() as path, PathSettings():
                path.configure(settings)

    def _watch_time(self, *, quiet: bool = False) -> None:
        asked = self.configuration.ntp is not None
        servers = self.time_servers if asked else None
        self._notices.watch_time(self._timeline.now, servers, quiet=quiet)

    def _made(self, settings: Settings, at: float, quiet: bool) -> AnyPeer:
        """A new peer."""
        obstacle = self._obstacles.of(settings)
        if isinstance(settings, PathSettings) and settings.kind == SX:
            control_plane = ControlPlane(settings, at, obstacle)
            self._notices.associated(control_plane, at, quiet=quiet)
            return control_plane
        if isinstance(settings, PathSettings):
            begun_at = min(self._routes.begun_at(settings), self._timeline.now)
            return Path(settings, begun_at, obstacle)
        return made(settings, at, obstacle, quiet)

    def _reconnect(self, peer: DiameterPeer, settings: DiameterSettings) -> None:
        """Give a peer its settings; a connection to or from another place is another one."""
        before = peer.settings
        moved = (before.port, before.local) != (settings.port, settings.local)
        if moved and peer.up:
            peer.reset(self._timeline.now)
            self._notices.turned(peer, self._timeline.now)
        peer.configure(settings)

    def _configure_radius(self) -> None:
        """Give RADIUS servers their settings, and note which are alone in their group."""
        for settings in self.configuration.radius:
            server = self._by_key[settings.key]
            if isinstance(server, RadiusServer):
                pool = (settings.context, settings.group)
                others = [
                    other
                    for other in self.configuration.radius
                    if (other.context, other.group) == pool
                    and other.use == settings.use
                    and other.enabled
                ]
                server.configure(settings, alone=len(others) < 2)

    def _sort(self) -> None:
        servers = self._servers
        servers.diameter[:] = [p for p in self if isinstance(p, DiameterPeer)]
        servers.radius[:] = [p for p in self if isinstance(p, RadiusServer)]
        servers.gtpp[:] = [p for p in self if isinstance(p, GtppServer)]

    @property
    def servers(self) -> Servers:
        """The servers, by the groups that calls use."""
        return self._servers

    def path_of(self, session: Session) -> PathSettings | None:
        """The path of the control plane that a call has taken, None where there is none."""
        place = self._sessions.place_of(session.row)
        return self._routes.of_call(*place, self.configuration)

    @property
    def neighbors(self) -> list[BgpNeighbor]:
        """The BGP neighbors, in the order of the configuration."""
        return [peer for peer in self if isinstance(peer, BgpNeighbor)]

    @property
    def time_servers(self) -> list[NtpServer]:
        """The servers that the time is taken from, in the order of the configuration."""
        return [peer for peer in self if isinstance(peer, NtpServer)]

    @property
    def srp_link(self) -> SrpLink | None:
        """The connection to the other chassis of a pair, None where none is configured."""
        return next((peer for peer in self if isinstance(peer, SrpLink)), None)

    def with_key(self, key: Key) -> AnyPeer | None:
        """The peer with a key, None where there is none."""
        return self._by_key.get(key)

    @property
    def paths(self) -> list[Path]:
        """The paths of GTP, by service and address."""
        return [peer for peer in self if isinstance(peer, Path)]

    def name_servers(self, context: str) -> list[NameServer]:
        """The servers that names are looked up at in a context, the first choice first."""
        among = [peer for peer in self if isinstance(peer, NameServer)]
        return [server for server in among if server.settings.context == context]

    def sessions_of(self, path: Path) -> tuple[int, int]:
        """How many calls go through a path, and the most that ever did at a time."""
        return self._routes.sessions(path.settings)

    def created(self, paths: Iterable[Path]) -> int:
        """How many calls have come over the services of paths since they were cleared."""
        totals = self._sessions.by_group.told
        places = {
            (path.settings.service, group)
            for path in paths
            for group in self._routes.groups_of(path.settings)
        }
        return sum(totals(place[1])[0] - self._created_before.get(place, 0) for place in places)

    def clear_paths(self, paths: Iterable[Path]) -> None:
        """Count messages of paths, and calls over their services, from zero."""
        for path in paths:
            path.clear_counts(self._timeline.now)
            for group in self._routes.groups_of(path.settings):
                place = path.settings.service, group
                self._created_before[place] = self._sessions.by_group.told(group)[0]

    def forget_idle(self) -> None:
        """Forget the paths that no call takes now."""
        for path in self.paths:
            if not self.sessions_of(path)[0]:
                self._routes.forget_idle(path.settings)
        self.look()

    # What stands in the way

    def _settle(self, keys: Iterable[Key]) -> None:
        """Let peers meet what stands in their way now, and see to it that they notice."""
        now = self._timeline.now
        for key in tuple(keys):
            peer = self._by_key[key]
            peer.meet(self._obstacles.of(peer.settings), now)
            self._wait_for(key, peer)

    def _wait_for(self, key: Key, peer: AnyPeer) -> None:
        """See to it that the next change of a peer happens when it is due."""
        while peer.turn_at <= self._timeline.now:
            self._turn(peer)
        if peer.turn_at != self._due.get(key, inf):
            self._due[key] = peer.turn_at
            if peer.turn_at < inf:
                self._timeline.at(peer.turn_at, partial(self._come_due, key, peer.turn_at))

    def _come_due(self, key: Key, at: float) -> None:
        peer = self._by_key.get(key)
        if peer is None or peer.turn_at != at:
            return
        self._due.pop(key, None)
        self._turn(peer)
        self._wait_for(key, peer)
        self._timeline.publish(PeersChanged())

    def _turn(self, peer: AnyPeer) -> None:
        now = self._timeline.now
        self.count()
        peer.turn(now)
        if not isinstance(peer, Path):
            self._notices.turned(peer, now)
            self._watch_time()
        elif peer.up:
            self._notices.path_returned(peer, now, self.sessions_of(peer)[0])
        else:
            self._fail_path(peer, NO_RESPONSE)

    def _fail_path(self, path: Path, reason: str) -> None:
        sessions = self.sessions_of(path)[0]
        failure = path.fail(self._timeline.now, reason, sessions)
        self._notices.path_failed(path, failure)
        self._end_calls(path)

    def _end_calls(self, path: Path) -> None:
        """End the calls of a path that failed, so many at a time; no others come meanwhile."""
        key = path.settings.key
        if self._by_key.get(key) is not path:
            self._ending.discard(key)
            return
        rows = self._routes.rows(path.settings, ENDED_AT_A_TIME)
        side = SIDES[self._routes.kind_of(path.settings)]
        if len(rows) < ENDED_AT_A_TIME:
            self._ending.discard(key)
        else:
            self._ending.add(key)
            self._timeline.after(ENDED_EVERY, partial(self._end_calls, path))
        self._timeline.publish(PathFailed(rows, side.reason(path.settings.kind)))

    def is_ending(self, path: Path) -> bool:
        """Whether calls of a path that failed are still being ended."""
        return path.settings.key in self._ending

    # Faults

    def fail(self, address: str, kind: str = "") -> None:
        """Let a peer fall silent, for one protocol or for all of them.

        Raises Refused when there is no such peer.
        """
        self._known(address, kind)
        self._obstacles.hold(address, kind)
        self.look()

    def restore(self, address: str, kind: str = "") -> None:
        """Let a peer answer again. Raises Refused when nothing holds it down."""
        self._obstacles.release(address, kind)
        self.look()

    def restart(self, address: str, kind: str = "") -> None:
        """Let a peer restart: connections to it are closed, paths notice by its restart counter.

        Raises Refused when there is no such peer.
        """
        for peer in self._known(address, kind):
            if isinstance(peer, DiameterPeer) and peer.up:
                self._close(peer, peer.settings.retry)
            elif isinstance(peer, BgpNeighbor):
                self.close_session(peer)
            elif isinstance(peer, SrpLink):
                peer.restart(self._timeline.now)
                self._wait_for(peer.settings.key, peer)
                self._timeline.publish(PeersChanged())
            elif isinstance(peer, Path) and peer.serves and peer.settings.kind in (GTPC, SX):
                at = peer.next_echo(self._timeline.now)
                if at < inf:
                    self._timeline.at(at, partial(self._restarted, peer.settings.key, peer))

    def _restarted(self, key: Key, path: Path) -> None:
        """An echo tells that a node has restarted: its calls are gone, the path is there."""
        if self._by_key.get(key) is path and path.serves:
            now = self._timeline.now
            self._fail_path(path, path.restart_reason)
            self._notices.path_returned(path, now, 0)

    def reset_connections(self, endpoint: str = "", name: str = "") -> int:
        """Close the Diameter connections of an endpoint or a peer, or all; they open anew.

        Returns how many were open.
        """
        found = [
            peer
            for peer in self._servers.diameter
            if endpoint in ("", peer.settings.endpoint)
            and name in ("", peer.settings.name)
            and peer.up
        ]
        for peer in found:
            self._close(peer)
        return len(found)

    def _close(self, peer: DiameterPeer, retry: float = 0.0) -> None:
        self.count()
        peer.reset(self._timeline.now, retry)
        self._notices.turned(peer, self._timeline.now)
        self._wait_for(peer.settings.key, peer)
        self._timeline.publish(PeersChanged())

    def close_session(self, neighbor: BgpNeighbor) -> None:
        """Close the session with a BGP neighbor, if there is one; it opens anew."""
        if neighbor.up:
            now = self._timeline.now
            neighbor.turn(now)
            self._notices.turned(neighbor, now)
            self._wait_for(neighbor.settings.key, neighbor)

    def _known(self, address: str, kind: str) -> list[AnyPeer]:
        """The peers of an address. Raises Refused when there are none."""
        self.look()
        among = [peer for peer in self if kind in ("", peer.settings.key[0])]
        found = [peer for peer in among if peer.settings.address == address]
        if not found:
            names = sorted({peer.settings.address for peer in among})
            listed = ", ".join(names[:_NAMED_IN_REFUSAL]) or "none"
            listed += ", ..." if len(names) > _NAMED_IN_REFUSAL else ""
            raise Refused(messages.NO_SUCH_PEER, address=address, known=listed)
        return found

    def reaches(self, address: str) -> bool:
        """Whether a peer with an address answers; an address that no peer has does not."""
        return any(peer.settings.address == address and peer.answers for peer in self)

    def receives(self, address: str) -> bool:
        """Whether a receiver of bulk statistics answers."""
        receivers = (peer for peer in self if isinstance(peer, BulkstatsReceiver))
        return any(peer.settings.address == address and peer.answers for peer in receivers)

    def findings(self) -> Iterator[Finding]:
        """What is wrong with the configuration of peers."""
        self._obstacles.look()
        configuration = self.read()
        for endpoint in configuration.endpoints:
            if not endpoint.routes:
                text = messages.NO_ROUTES(endpoint=endpoint.name)
                yield finding(DIAMETER_SECTION, text, Severity.INFO)
        places = {(s.context, s.group): s.local for s in configuration.radius}
        for (context, group), local in places.items():
            if not local:
                text = messages.NO_NAS_IP(group=group, context=context)
                yield finding(AAA, text, Severity.WARNING)
        agents = {(s.context, s.group): s for s in configuration.gtpp}
        for (context, group), settings in agents.items():
            if not self._obstacles.local_is_up(settings):
                text = messages.AGENT_NOT_ACTIVE(
                    agent=settings.local or "0.0.0.0", group=group, context=context
                )
                yield finding(AAA, text, Severity.WARNING)

    # Calls

    def nodes(self, group: int) -> tuple[int, ...]:
        """Those nodes of a group of subscribers that send calls now; (0,) without GTP."""
        return self._routes.usable(group, self._sends_calls)

    def _sends_calls(self, key: Key, address: str) -> bool:
        path = self._by_key.get(key)
        if key in self._ending or self._obstacles.is_held(address, key[0]):
            return False
        return path is None or path.up

    def refusal(self, group: int) -> str:
        """Why calls of a group of subscribers are refused now, by the name of the reason."""
        if group >= len(self._uses):
            return ""
        return self._servers.refusal(self._uses[group], self.configuration.lenient)

    def use(self, group: int) -> Use:
        """The servers that the calls of a group of subscribers use."""
        return self._uses[group]

    def count(self) -> None:
        """Count the requests for calls that have come and gone until now."""
        if self._uses:
            self._meter.look(self._uses)
            self.policies.look(self._uses, self._timeline.now)
        for counting in self._counting:
            counting()

    def count_with(self, counting: Callable[[], None]) -> None:
        """Let `counting` count before other servers take the requests for calls."""
        self._counting.append(counting)
