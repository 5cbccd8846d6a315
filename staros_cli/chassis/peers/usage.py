"""Which calls need which servers, and the requests that these were sent for calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from msgspec import Struct

from staros_cli.chassis.peers.diameter import DiameterPeer
from staros_cli.chassis.peers.peer import Peer
from staros_cli.chassis.peers.servers import GtppServer, RadiusServer
from staros_cli.chassis.peers.settings import (
    ACCOUNTING,
    AUTHENTICATION,
    DEFAULT_GROUP,
    ImsAuthorization,
    PeerConfiguration,
)
from staros_cli.chassis.sessions import SessionTable
from staros_cli.chassis.subscribers import Group

AUTHENTICATION_FAILED, AUTHORIZATION_FAILED = "Auth-failed", "ims-authorization-failed"
_CHARGED = frozenset(("ggsn", "pgw", "sgw", "saegw"))
"""The kinds of services that write records for charging gateways."""

Pool = tuple[str, str]
"""A context and a group of servers in it."""


_P = TypeVar("_P", bound=Peer)


class Use(Struct, frozen=True):
    """The groups of servers that calls of a kind use, None where they use none."""

    authentication: Pool | None = None
    accounting: Pool | None = None
    gtpp: Pool | None = None
    ims: ImsAuthorization | None = None


def use_of(group: Group, configuration: PeerConfiguration) -> Use:
    """The servers that the calls of a group of subscribers use.

    Their APN says so where it is configured. Where it is not, it is the servers of the context of
    the service that are in no group. Those of user planes were let in by their control plane.
    """
    if group.kind.is_user_plane:
        return Use()
    context, charged = group.place[0], group.kind.service in _CHARGED
    apn = configuration.apns.get(group.apn) if group.apn else None
    if apn is None:
        pool = (context, DEFAULT_GROUP)
        local = context in configuration.subscribers_local
        return Use(None if local else pool, None if local else pool, pool if charged else None)
    pool = (apn.context, apn.group)
    authorized = apn.ims and not group.schema.authenticating
    return Use(
        pool if apn.authenticated else None,
        pool if apn.accounting == "radius-diameter" else None,
        (apn.gtpp[0] or apn.context, apn.gtpp[1]) if apn.accounting == "gtpp" else None,
        configuration.ims.get(apn.ims) if authorized else None,
    )


class Servers:
    """The servers that are configured, by the groups that calls use."""

    def __init__(self) -> None:
        self.radius: list[RadiusServer] = []
        self.gtpp: list[GtppServer] = []
        self.diameter: list[DiameterPeer] = []

    def of_radius(self, pool: Pool, use: str) -> list[RadiusServer]:
        """The RADIUS servers of a group for a use that are enabled, the first choice first."""
        found = [
            server
            for server in self.radius
            if (server.settings.context, server.settings.group) == pool
            and server.settings.use == use
            and server.settings.enabled
        ]
        return sorted(found, key=lambda server: server.settings.priority)

    def of_gtpp(self, pool: Pool) -> list[GtppServer]:
        """The charging gateways of a group, the first choice first."""
        found = [s for s in self.gtpp if (s.settings.context, s.settings.group) == pool]
        return sorted(found, key=lambda server: server.settings.priority)

    def of_endpoint(self, name: str) -> list[DiameterPeer]:
        """The peers of a Diameter endpoint, in the order of configuration."""
        return [peer for peer in self.diameter if peer.settings.endpoint == name]

    def refusal(self, use: Use, lenient: frozenset[Pool]) -> str:
        """Why a call that uses these servers cannot be connected now; empty when it can."""
        pool = use.authentication
        if pool is not None and pool not in lenient:
            servers = self.of_radius(pool, AUTHENTICATION)
            if servers and not any(server.serves for server in servers):
                return AUTHENTICATION_FAILED
        if use.ims is not None and use.ims.endpoint and not use.ims.goes_on:
            peers = self.of_endpoint(use.ims.endpoint)
            if peers and not any(peer.serves for peer in peers):
                return AUTHORIZATION_FAILED
        return ""


class Meter:
    """Counts the requests that servers are sent for calls, from those that came and went.

    `look` is to be called before another server takes the requests: what has come since the last
    look went to the one that took them until now.
    """

    def __init__(self, sessions: SessionTable, servers: Servers) -> None:
        self._sessions = sessions
        self._servers = servers
        self.clear()

    def clear(self) -> None:
        """No call was counted: the system went down."""
        groups = len(self._sessions.groups)
        self._seen = [(0, 0)] * groups

    def look(self, uses: Sequence[Use]) -> None:
        """Count what has come and gone since the last look, for the groups of subscribers."""
        for index, use in enumerate(uses):
            total = self._sessions.by_group.told(index)
            before, self._seen[index] = self._seen[index], total
            came, went = total[0] - before[0], total[1] - before[1]
            if came or went:
                self._count(use, came, went)

    def _count(self, use: Use, came: int, went: int) -> None:
        servers = self._servers
        if use.authentication is not None:
            taker = taker_of(servers.of_radius(use.authentication, AUTHENTICATION))
            if taker is not None:
                taker.count(came, 0, taker.serves)
        if use.accounting is not None:
            taker = taker_of(servers.of_radius(use.accounting, ACCOUNTING))
            if taker is not None:
                taker.count(came, went, taker.serves)
        if use.gtpp is not None:
            gateway = taker_of(servers.of_gtpp(use.gtpp))
            if gateway is not None:
                gateway.count(went, gateway.serves)


def taker_of(peers: Sequence[_P]) -> _P | None:
    """The peer that takes requests: the first that serves, else the first; None without any."""
    return next((peer for peer in peers if peer.serves), peers[0] if peers else None)
