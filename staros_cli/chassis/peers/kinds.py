"""The kinds of peers, and how one is made of its settings."""

from __future__ import annotations

from staros_cli.chassis.peers.bgp import BgpNeighbor
from staros_cli.chassis.peers.diameter import DiameterPeer
from staros_cli.chassis.peers.ntp import NtpServer
from staros_cli.chassis.peers.obstacles import ServerSettings
from staros_cli.chassis.peers.paths import Path
from staros_cli.chassis.peers.peer import Obstacle
from staros_cli.chassis.peers.receivers import BulkstatsReceiver, NameServer
from staros_cli.chassis.peers.servers import GtppServer, RadiusServer
from staros_cli.chassis.peers.settings import (
    BgpSettings,
    DiameterSettings,
    NameServerSettings,
    NtpSettings,
    ProbeSettings,
    RadiusSettings,
    ReceiverSettings,
    SrpLinkSettings,
)
from staros_cli.chassis.peers.srp import AuthenticationProbe, SrpLink

AnyPeer = (
    DiameterPeer
    | RadiusServer
    | GtppServer
    | NtpServer
    | BgpNeighbor
    | BulkstatsReceiver
    | NameServer
    | SrpLink
    | AuthenticationProbe
    | Path
)


def made(settings: ServerSettings, at: float, obstacle: Obstacle, quiet: bool) -> AnyPeer:
    """A new peer other than a path; with `quiet` a connection has been open."""
    if isinstance(settings, DiameterSettings):
        return DiameterPeer(settings, at, obstacle, quiet and obstacle is Obstacle.NONE)
    if isinstance(settings, RadiusSettings):
        return RadiusServer(settings, at, obstacle)
    if isinstance(settings, NtpSettings):
        return NtpServer(settings, at, obstacle, quiet and obstacle is Obstacle.NONE)
    if isinstance(settings, ReceiverSettings):
        return BulkstatsReceiver(settings, at, obstacle)
    if isinstance(settings, NameServerSettings):
        return NameServer(settings, at, obstacle)
    if isinstance(settings, SrpLinkSettings):
        return SrpLink(settings, at, obstacle, quiet and obstacle is Obstacle.NONE)
    if isinstance(settings, ProbeSettings):
        return AuthenticationProbe(settings, at, obstacle)
    if isinstance(settings, BgpSettings):
        return BgpNeighbor(settings, at, obstacle, quiet and obstacle is Obstacle.NONE)
    return GtppServer(settings, at, obstacle)
