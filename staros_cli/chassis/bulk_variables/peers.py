"""The variables of the servers that calls need.

Names of counters are remembered for RADIUS, chosen for the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from msgspec import Struct

from staros_cli.chassis.bulk_variables.catalog import Kind, Variable
from staros_cli.chassis.chassis import Chassis
from staros_cli.chassis.contexts import Context
from staros_cli.chassis.peers.diameter import OPEN, DiameterCounts, DiameterPeer
from staros_cli.chassis.peers.policies import ImsCounts
from staros_cli.chassis.peers.servers import GtppServer, RadiusServer
from staros_cli.chassis.peers.settings import ACCOUNTING, AUTHENTICATION


class ServerFigures(Struct, frozen=True):
    """Servers of a context that are counted together, and what they were sent and have sent."""

    context: Context
    servers: tuple[RadiusServer | GtppServer, ...]
    now: float

    @property
    def settings(self) -> Any:
        """The settings of the first."""
        return self.servers[0].settings

    def total(self, use: str, name: str) -> int:
        """A count of the servers of a use, or of all without one."""
        servers = (s for s in self.servers if use in ("", getattr(s.settings, "use", "")))
        return sum(getattr(server.counts(self.now), name) for server in servers)


def _vpn(row: Any) -> Context:
    found: Context = row.context
    return found


_VPN = {
    "vpnname": Variable("Name of the context", lambda row: _vpn(row).name),
    "vpnid": Variable("Number of the context", lambda row: _vpn(row).number),
}
_ADDRESS = {
    "ipaddr": Variable("Address of the server", lambda row: row.settings.address),
    "port": Variable("Port of the server", lambda row: row.settings.port),
}
_GROUP = {"group": Variable("Name of the group", lambda row: row.settings.group)}


def _servers(
    among: Callable[[Chassis], Iterable[Any]], by_group: bool, chassis: Chassis
) -> list[ServerFigures]:
    """The servers of all contexts, one by one or by their groups."""
    chassis.peers.count()
    found: dict[tuple[object, ...], list[Any]] = {}
    for server in among(chassis):
        settings = server.settings
        key = (settings.context, settings.group) if by_group else settings.key
        found.setdefault(key, []).append(server)
    contexts = chassis.contexts.by_name
    return [
        ServerFigures(contexts[servers[0].settings.context], tuple(servers), chassis.now)
        for servers in found.values()
        if servers[0].settings.context in contexts
    ]


def _radius(chassis: Chassis) -> Iterable[RadiusServer]:
    return chassis.peers.servers.radius


def _gtpp(chassis: Chassis) -> Iterable[GtppServer]:
    return chassis.peers.servers.gtpp


def _count(use: str, name: str, row: ServerFigures) -> int:
    return row.total(use, name)


def _counts(use: str, texts: dict[str, tuple[str, str]]) -> dict[str, Variable]:
    return {
        name: Variable(text, partial(_count, use, count)) for name, (text, count) in texts.items()
    }


_RADIUS = {
    **_counts(
        AUTHENTICATION,
        {
            "auth-req-sent": ("Access-Requests sent", "requests"),
            "auth-req-retried": ("Access-Requests sent again", "retried"),
            "auth-acc-rcvd": ("Access-Accepts received", "answers"),
            "auth-req-timeout": ("Access-Requests given up", "timeouts"),
        },
    ),
    **_counts(
        ACCOUNTING,
        {
            "acc-req-sent": ("Accounting-Requests sent", "requests"),
            "acc-start-sent": ("Accounting-Starts sent", "starts"),
            "acc-stop-sent": ("Accounting-Stops sent", "stops"),
            "acc-rsp-rcvd": ("Accounting-Responses received", "answers"),
            "acc-req-retried": ("Accounting-Requests sent again", "retried"),
            "acc-req-timeout": ("Accounting-Requests given up", "timeouts"),
        },
    ),
}
_GTPP = _counts(
    "",
    {
        "echo-req-sent": ("Echo Requests sent", "echoes"),
        "echo-rsp-recv": ("Echo Responses received", "echo_answers"),
        "records-sent": ("Records sent", "records"),
        "records-failed": ("Records that were not taken", "failed"),
    },
)


# Diameter


class EndpointFigures(Struct, frozen=True):
    """The peers of a Diameter endpoint of a context."""

    context: Context
    name: str
    peers: tuple[DiameterPeer, ...]
    now: float

    @property
    def counts(self) -> DiameterCounts:
        """What all of them were sent and have sent."""
        total = DiameterCounts()
        for peer in self.peers:
            total = total.plus(peer.counts(self.now))
        return total

    @property
    def opened(self) -> int:
        """How many connections are open."""
        return sum(peer.state(self.now) == OPEN for peer in self.peers)


def _endpoints(chassis: Chassis) -> Iterable[EndpointFigures]:
    chassis.peers.count()
    found: dict[tuple[str, str], list[DiameterPeer]] = {}
    for peer in chassis.peers.servers.diameter:
        place = peer.settings.context, peer.settings.endpoint
        found.setdefault(place, []).append(peer)
    contexts = chassis.contexts.by_name
    return [
        EndpointFigures(contexts[context], name, tuple(peers), chassis.now)
        for (context, name), peers in found.items()
        if context in contexts
    ]


class ImsFigures(Struct, frozen=True):
    """A service for policies of a context, and what it has asked."""

    context: Context
    name: str
    counts: ImsCounts


def _ims(chassis: Chassis) -> Iterable[ImsFigures]:
    contexts, peers = chassis.contexts.by_name, chassis.peers
    peers.count()
    return [
        ImsFigures(contexts[service.context], service.name, peers.policies.counts(service.name))
        for service in peers.configuration.ims.values()
        if service.context in contexts
    ]


KINDS_OF_SERVERS = {
    "radius": Kind(partial(_servers, _radius, False), {**_VPN, **_GROUP, **_ADDRESS, **_RADIUS}),
    "radius-group": Kind(partial(_servers, _radius, True), {**_VPN, **_GROUP, **_RADIUS}),
    "gtpp": Kind(partial(_servers, _gtpp, False), {**_VPN, **_GROUP, **_ADDRESS, **_GTPP}),
    "dpca": Kind(
        _endpoints,
        {
            **_VPN,
            "endpoint": Variable("Name of the endpoint", lambda row: row.name),
            "peers-open": Variable("Open connections", lambda row: row.opened),
            "msg-req-sent": Variable("Requests sent", lambda row: row.counts.requests),
            "msg-ans-rcvd": Variable("Answers received", lambda row: row.counts.answers),
            "msg-req-timeout": Variable("Requests given up", lambda row: row.counts.timeouts),
        },
    ),
    "imsa": Kind(
        _ims,
        {
            **_VPN,
            "servname": Variable("Name of the service", lambda row: row.name),
            "curr-sess": Variable("Calls that are authorized", lambda row: row.counts.current),
            "ccr-initial": Variable("Requests to begin", lambda row: row.counts.initial),
            "ccr-final": Variable("Requests to end", lambda row: row.counts.final),
        },
    ),
}
