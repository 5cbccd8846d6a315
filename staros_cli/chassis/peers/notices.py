"""The traps about peers: which one tells what of which kind of peer."""

from __future__ import annotations

from staros_cli.chassis.events import EventStream
from staros_cli.chassis.peers.diameter import DiameterPeer
from staros_cli.chassis.peers.paths import Failure, Path
from staros_cli.chassis.peers.peer import Peer
from staros_cli.chassis.peers.servers import GtppServer, RadiusServer
from staros_cli.chassis.peers.settings import ACCOUNTING, GTPC

ECHO = "echo-req"
"""Why the failure of a path is over, as the trap says it (capture)."""


class PeerNotices:
    """Adds the traps about peers, and ends the alarms about those that are configured no more."""

    def __init__(self, events: EventStream) -> None:
        self._events = events

    def turned(self, peer: Peer, now: float) -> None:
        """A server counts as down, or as up again."""
        if isinstance(peer, DiameterPeer):
            self._diameter(peer, now)
        elif isinstance(peer, RadiusServer):
            name = f"{_radius(peer)}Svr{'R' if peer.up else 'Unr'}eachable"
            server, address = peer.settings.index, peer.settings.address
            self._events.add(now, name, server=server, peer=address)
        elif isinstance(peer, GtppServer):
            settings = peer.settings
            self._events.add(
                now,
                "CGFAlive" if peer.up else "CGFDead",
                context=settings.context,
                port=settings.port,
                peer=settings.address,
            )

    def _diameter(self, peer: DiameterPeer, now: float) -> None:
        settings = peer.settings
        version = "Ipv6" if ":" in settings.address else ""
        names = [f"Diameter{version}PeerDown"]
        if peer.up:
            names = ["DiameterCapabilitiesExchangeSuccess", f"Diameter{version}PeerUp"]
        for name in names:
            self._events.add(
                now,
                name,
                context=settings.context,
                peer=settings.address,
                endpoint=settings.endpoint,
            )

    def path_failed(self, path: Path, failure: Failure) -> None:
        """A path of GTP failed."""
        extra = {"old": failure.old_counter, "new": failure.new_counter, "reason": failure.reason}
        if path.settings.service_kind == "ggsn":
            name = "GtpcPathFailure" if path.settings.kind == GTPC else "GtpuPathFailure"
        else:
            name = _of_path(path, "Fail")
        self._add_path(path, failure.time, name, sessions=failure.sessions, **extra)

    def path_returned(self, path: Path, now: float, sessions: int) -> None:
        """A path of GTP is there again."""
        if path.settings.service_kind != "ggsn":
            counter = path.restart_counter
            name = _of_path(path, "FailClear")
            self._add_path(path, now, name, counter=counter, sessions=sessions, reason=ECHO)

    def _add_path(self, path: Path, now: float, name: str, **values: object) -> None:
        settings = path.settings
        self._events.add(
            now,
            name,
            context=settings.context,
            service=settings.service,
            interface=settings.interface,
            own=settings.local,
            peer=settings.address,
            **values,
        )

    def removed(self, peer: Peer) -> None:
        """A peer is configured no more: no alarm is about it."""
        for name, about in alarms_of(peer):
            self._events.end_alarm(name, about)


def _radius(peer: RadiusServer) -> str:
    return "AAAAcc" if peer.settings.use == ACCOUNTING else "AAAAuth"


def _of_path(path: Path, end: str) -> str:
    return f"EGTP{'C' if path.settings.kind == GTPC else 'U'}Path{end}"


def alarms_of(peer: Peer) -> list[tuple[str, str]]:
    """The kinds of alarms that a peer can have, with the object that each is about."""
    if isinstance(peer, DiameterPeer):
        about = f"Peer {peer.settings.address} {peer.settings.endpoint}"
        return [("DiameterPeerDown", about), ("DiameterIpv6PeerDown", about)]
    if isinstance(peer, RadiusServer):
        settings = peer.settings
        return [(f"{_radius(peer)}SvrUnreachable", f"Server {settings.index} {settings.address}")]
    if isinstance(peer, GtppServer):
        return [("CGFDead", f"CGF {peer.settings.address}:{peer.settings.port}")]
    assert isinstance(peer, Path)
    return [(_of_path(peer, "Fail"), f"Peer {peer.settings.address} {peer.settings.service}")]

