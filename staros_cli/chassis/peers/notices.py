"""The traps about peers: which one tells what of which kind of peer."""

from __future__ import annotations

from staros_cli.chassis import calendar
from staros_cli.chassis.event_kinds import KINDS
from staros_cli.chassis.events import EventStream
from staros_cli.chassis.peers.bgp import BgpNeighbor
from staros_cli.chassis.peers.control_planes import ControlPlane
from staros_cli.chassis.peers.diameter import DiameterPeer
from staros_cli.chassis.peers.ntp import NtpServer
from staros_cli.chassis.peers.paths import Failure, Path
from staros_cli.chassis.peers.peer import Peer
from staros_cli.chassis.peers.receivers import AskedServer
from staros_cli.chassis.peers.servers import GtppServer, RadiusServer
from staros_cli.chassis.peers.settings import ACCOUNTING, GTPC
from staros_cli.chassis.peers.srp import AuthenticationProbe, SrpLink

_TOLD_OTHERWISE = AskedServer | SrpLink | AuthenticationProbe
"""Peers without traps of their own here: others tell of them."""
ECHO = "echo-req"
"""Why the failure of a path is over, as the trap says it (capture)."""


HEARTBEAT = "heartbeat-rsp-received"
"""Why the failure of a path to a control plane is over, as the MIB says it."""


def _stamp(seconds: int) -> str:
    return calendar.crash_date(seconds)


class PeerNotices:
    """Adds the traps about peers, and ends the alarms about those that are configured no more."""

    def __init__(self, events: EventStream) -> None:
        self._events = events
        self._synchronized = False

    def clear(self) -> None:
        """The system went down: no time comes from anywhere, and nothing tells of that."""
        self._synchronized = False
        self._events.end_alarm("NTPSyncLost")

    def turned(self, peer: Peer, now: float) -> None:
        """A server counts as down, or as up again."""
        for name in _names(peer):
            self._events.add(now, name, **about(peer))

    def watch_time(self, now: float, servers: list[NtpServer] | None, *, quiet: bool) -> None:
        """Tell when the time has a server that it comes from, and when it has none any more.

        `servers` are None where none is asked. What is so from the beginning is `quiet`.
        """
        synchronized = any(server.up for server in servers or ())
        if servers is None:
            self._events.end_alarm("NTPSyncLost")
        elif synchronized is not self._synchronized and not quiet:
            self._events.add(now, "NTPSyncEstablished" if synchronized else "NTPSyncLost")
        self._synchronized = synchronized

    def path_failed(self, path: Path, failure: Failure) -> None:
        """A path of GTP failed."""
        extra: dict[str, object] = {"reason": failure.reason}
        extra |= {"old": failure.old_counter, "new": failure.new_counter}
        if isinstance(path, ControlPlane):
            extra |= {"old": _stamp(failure.old_counter), "new": _stamp(failure.new_counter)}
            name = "SxPathFailure"
        elif path.settings.service_kind == "ggsn":
            name = "GtpcPathFailure" if path.settings.kind == GTPC else "GtpuPathFailure"
        else:
            name = _of_path(path, "Fail")
        self._add_path(path, failure.time, name, sessions=failure.sessions, **extra)

    def path_returned(self, path: Path, now: float, sessions: int) -> None:
        """A path of GTP is there again."""
        if isinstance(path, ControlPlane):
            stamp = _stamp(path.restart_counter)
            self._add_path(path, now, "SxPathFailureClear", new=stamp, reason=HEARTBEAT)
        elif path.settings.service_kind != "ggsn":
            counter = path.restart_counter
            name = _of_path(path, "FailClear")
            self._add_path(path, now, name, counter=counter, sessions=sessions, reason=ECHO)

    def associated(self, control_plane: ControlPlane, now: float, *, quiet: bool) -> None:
        """A control plane is configured; one that answers has an association from now on."""
        if control_plane.up and not quiet:
            self._add_path(control_plane, now, "SxPeerAssociated")

    def _add_path(self, path: Path, now: float, name: str, **values: object) -> None:
        self._events.add(now, name, **about(path), **values)

    def removed(self, peer: Peer, now: float | None) -> None:
        """A peer is configured no more: no alarm is about it. A session with it ends, at `now`."""
        if isinstance(peer, BgpNeighbor) and peer.up and now is not None:
            peer.turn(now)
            self.turned(peer, now)
        if isinstance(peer, ControlPlane) and peer.up and now is not None:
            self._add_path(peer, now, "SxPeerAssociationRelease")
        for name, thing in alarms_of(peer):
            self._events.end_alarm(name, thing)


def _names(peer: Peer) -> list[str]:
    """The traps about a server that counts as down, or as up again."""
    if isinstance(peer, _TOLD_OTHERWISE):
        return []
    if isinstance(peer, DiameterPeer):
        version = "Ipv6" if ":" in peer.settings.address else ""
        if peer.up:
            return ["DiameterCapabilitiesExchangeSuccess", f"Diameter{version}PeerUp"]
        return [f"Diameter{version}PeerDown"]
    if isinstance(peer, RadiusServer):
        return [f"{_radius(peer)}Svr{'R' if peer.up else 'Unr'}eachable"]
    if isinstance(peer, NtpServer):
        return ["NTPPeerReachable" if peer.up else "NTPPeerUnreachable"]
    if isinstance(peer, BgpNeighbor):
        version = "IPv6" if ":" in peer.settings.address else ""
        return [f"BGPPeerSession{version}{'Up' if peer.up else 'Down'}"]
    return ["CGFAlive" if peer.up else "CGFDead"]


def _radius(peer: RadiusServer) -> str:
    return "AAAAcc" if peer.settings.use == ACCOUNTING else "AAAAuth"


def _of_path(path: Path, end: str) -> str:
    return f"EGTP{'C' if path.settings.kind == GTPC else 'U'}Path{end}"


def alarms_of(peer: Peer) -> list[tuple[str, str]]:
    """The kinds of alarms that a peer can have, with the object that each is about.

    Those about the other chassis of a pair are not among them.
    """
    if isinstance(peer, _TOLD_OTHERWISE):
        return []
    values = about(peer)
    if isinstance(peer, DiameterPeer):
        names = ["DiameterPeerDown", "DiameterIpv6PeerDown"]
    elif isinstance(peer, RadiusServer):
        names = [f"{_radius(peer)}SvrUnreachable"]
    elif isinstance(peer, GtppServer):
        names = ["CGFDead"]
    elif isinstance(peer, BgpNeighbor):
        names = ["BGPPeerSessionDown", "BGPPeerSessionIPv6Down"]
    elif isinstance(peer, NtpServer):
        names = ["NTPPeerUnreachable"]
    elif isinstance(peer, ControlPlane):
        names = ["SxPathFailure"]
    else:
        assert isinstance(peer, Path)
        names = [] if peer.settings.service_kind == "ggsn" else [_of_path(peer, "Fail")]
    return [(name, KINDS[name].about.format(**values)) for name in names]


def about(peer: Peer) -> dict[str, object]:
    """What traps and alarms tell of a peer."""
    if isinstance(peer, DiameterPeer):
        found = peer.settings
        return {
            "context": found.context,
            "peer": found.address,
            "endpoint": found.endpoint,
            "host": found.host,
        }
    if isinstance(peer, RadiusServer):
        server = peer.settings
        return {"context": server.context, "peer": server.address, "server": server.index}
    if isinstance(peer, GtppServer):
        gateway = peer.settings
        return {
            "context": gateway.context,
            "peer": gateway.address,
            "port": gateway.port,
            "group": gateway.group,
        }
    if isinstance(peer, NtpServer):
        return {"peer": peer.settings.address}
    if isinstance(peer, BgpNeighbor):
        neighbor = peer.settings
        where = f"{neighbor.context}/{neighbor.vrf}" if neighbor.vrf else neighbor.context
        return {"context": neighbor.context, "peer": neighbor.address, "where": where}
    assert isinstance(peer, Path)
    path = peer.settings
    return {
        "context": path.context,
        "service": path.service,
        "interface": path.interface,
        "own": path.local,
        "peer": path.address,
        "group": path.group,
    }
