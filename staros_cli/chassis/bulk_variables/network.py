"""The variables of contexts, pools, access points and services."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from msgspec import Struct

from staros_cli.chassis.bulk_variables.catalog import Kind, Variable
from staros_cli.chassis.chassis import Chassis
from staros_cli.chassis.contexts import Context, Service
from staros_cli.chassis.peers.paths import EchoCounts, Path
from staros_cli.chassis.peers.settings import GTPC, GTPU, SX
from staros_cli.chassis.pools import LETTERS, ApnSettings, Pool
from staros_cli.chassis.traffic import PACKET

SERVICES = {
    "egtpc": "egtp",
    "epdg": "epdg",
    "fa": "fa",
    "gtpc": "ggsn",
    "gtpu": "gtpu",
    "ha": "ha",
    "hsgw": "hsgw",
    "lac": "lac",
    "lma": "lma",
    "lns": "lns",
    "mag": "mag",
    "mme": "mme",
    "pgw": "pgw",
    "saegw": "saegw",
    "samog": "samog",
    "sgsn": "sgsn",
    "sgw": "sgw",
    "sx": "sx",
    "user-plane-service": "user-plane",
}
"""The kinds of schemas that are about services, and the kinds of these."""

_VPN = {
    "vpnname": Variable("Name of the context", lambda row: row.context.name),
    "vpnid": Variable("Number of the context", lambda row: row.context.number),
}


class OfContext(Struct, frozen=True):
    """A context."""

    context: Context


CONTEXT = Kind(lambda chassis: [OfContext(one) for one in chassis.contexts], _VPN)


# Pools


class GroupFigures(Struct):
    """Addresses of the pools of a group that have the same version."""

    used: int = 0
    held: int = 0
    free: int = 0

    def add(self, pool: Pool, now: float) -> None:
        """Add those of a pool."""
        self.used += pool.used
        self.held += pool.held(now)
        self.free += pool.free(now)


_Groups = dict[tuple[str, str, int], GroupFigures]


class PoolFigures(Struct, frozen=True):
    """A pool of a context at a time, with the groups of all pools."""

    context: Context
    pool: Pool
    groups: _Groups
    now: float

    def group(self, version: int) -> GroupFigures:
        """The addresses of a version of its group."""
        settings = self.pool.settings
        return self.groups.get((settings.context, settings.group, version), GroupFigures())


def _pools(chassis: Chassis) -> Iterable[PoolFigures]:
    groups: _Groups = {}
    contexts, now = chassis.contexts.by_name, chassis.now
    pools = [pool for pool in chassis.pools if pool.settings.context in contexts]
    for pool in pools:
        settings = pool.settings
        if settings.group:
            key = settings.context, settings.group, settings.version
            groups.setdefault(key, GroupFigures()).add(pool, now)
    return [PoolFigures(contexts[pool.settings.context], pool, groups, now) for pool in pools]


IPPOOL = Kind(
    _pools,
    {
        **_VPN,
        "name": Variable("Name of the pool", lambda row: row.pool.settings.name),
        "groupname": Variable("Name of its group", lambda row: row.pool.settings.group),
        "type": Variable("Letter of its type", lambda row: LETTERS[row.pool.settings.kind]),
        "state": Variable("Letter of its state", lambda row: row.pool.state),
        "priority": Variable("Priority", lambda row: row.pool.settings.priority),
        "startaddr": Variable("First address", lambda row: row.pool.begins_with),
        "used": Variable("Addresses in use", lambda row: row.pool.used),
        "hold": Variable("Addresses on hold", lambda row: row.pool.held(row.now)),
        "release": Variable("Addresses that are being released", lambda _: 0),
        "free": Variable("Free addresses", lambda row: row.pool.free(row.now)),
        "groupname-ipv4used": Variable(
            "IPv4 addresses of the group in use", lambda r: r.group(4).used
        ),
        "groupname-ipv4hold": Variable(
            "IPv4 addresses of the group on hold", lambda r: r.group(4).held
        ),
        "groupname-ipv4rele": Variable("IPv4 addresses of the group released", lambda _: 0),
        "groupname-ipv4free": Variable(
            "Free IPv4 addresses of the group", lambda r: r.group(4).free
        ),
        "groupname-ipv6used": Variable(
            "IPv6 prefixes of the group in use", lambda r: r.group(6).used
        ),
        "groupname-ipv6hold": Variable(
            "IPv6 prefixes of the group on hold", lambda r: r.group(6).held
        ),
        "groupname-ipv6rels": Variable("IPv6 prefixes of the group released", lambda _: 0),
        "groupname-ipv6free": Variable(
            "Free IPv6 prefixes of the group", lambda r: r.group(6).free
        ),
    },
)


# Access points


class ApnFigures(Struct, frozen=True):
    """An access point of a context, and octets from and to its subscribers."""

    context: Context
    settings: ApnSettings
    octets: tuple[int, int]


def _apns(chassis: Chassis) -> Iterable[ApnFigures]:
    contexts, statistics = chassis.contexts.by_name, chassis.apn_statistics
    return [
        ApnFigures(contexts[apn.context], apn, statistics.octets(apn.context, apn.name))
        for apn in chassis.pools.configuration.apns.values()
        if apn.context in contexts
    ]


APN = Kind(
    _apns,
    {
        **_VPN,
        "apn": Variable("Name of the APN", lambda row: row.settings.name),
        "uplnk-bytes": Variable("Octets from subscribers", lambda row: row.octets[0]),
        "dnlnk-bytes": Variable("Octets to subscribers", lambda row: row.octets[1]),
        "uplnk-pkts": Variable("Packets from subscribers", lambda row: row.octets[0] // PACKET),
        "dnlnk-pkts": Variable("Packets to subscribers", lambda row: row.octets[1] // PACKET),
        "uplnk-drop": Variable("Packets from subscribers dropped", lambda _: 0),
        "dnlnk-drop": Variable("Packets to subscribers dropped", lambda _: 0),
    },
)


# Services


class ServiceFigures(Struct, frozen=True):
    """A service of a context, and the paths that begin at it."""

    chassis: Chassis
    context: Context
    service: Service
    paths: tuple[Path, ...]

    @property
    def calls(self) -> int:
        """The calls of the service."""
        return self.chassis.sessions.count_of_service(self.context.name, self.service.name)

    @property
    def through(self) -> int:
        """The calls through its paths."""
        return sum(self.chassis.peers.sessions_of(path)[0] for path in self.paths)

    @property
    def created(self) -> int:
        """The calls that have come through its paths."""
        return self.chassis.peers.created(self.paths)

    @property
    def echoes(self) -> EchoCounts:
        """The echoes over its paths."""
        counts = EchoCounts()
        for path in self.paths:
            counts = counts.plus(path.counts(self.chassis.now))
        return counts


def _services(kind: str, protocol: str, chassis: Chassis) -> Iterable[ServiceFigures]:
    paths: dict[tuple[str, str], list[Path]] = {}
    for path in chassis.peers.paths if protocol else ():
        if path.settings.kind == protocol:
            place = path.settings.context, path.settings.service
            paths.setdefault(place, []).append(path)
    return [
        ServiceFigures(
            chassis, context, service, tuple(paths.get((context.name, service.name), ()))
        )
        for context, service in chassis.contexts.services()
        if service.kind == kind
    ]


_SERVICE = {
    **_VPN,
    "servname": Variable("Name of the service", lambda row: row.service.name),
    "servid": Variable("Number of the service", lambda row: row.service.number),
}
_PATHS = {
    "gtpu": {
        "curr-sess": Variable("Current calls", lambda row: row.through),
        "total-setup-sess": Variable("Calls that were set up", lambda row: row.created),
    },
    "egtpc": {
        "tun-recv-cresess": Variable("Create Session Requests received", lambda r: r.created),
        "tun-sent-cresessrespaccept": Variable(
            "Create Session Responses sent that accept", lambda row: row.created
        ),
    },
    "sx": {
        "curr-sess": Variable("Current sessions", lambda row: row.through),
        "ses-esb-req-total-rx": Variable(
            "Session Establishment Requests received", lambda row: row.created
        ),
        "ses-esb-rsp-accepted-tx": Variable(
            "Session Establishment Responses sent that accept", lambda row: row.created
        ),
    },
    "gtpc": {
        "setup-recv": Variable("Create PDP Context Requests received", lambda row: row.created),
        "setup-acc": Variable("Create PDP Context Requests accepted", lambda row: row.created),
    },
}
"""The variables about paths; those of `egtpc` and `gtpc` are remembered."""
_ECHOES = {
    "echo-req-sent": Variable(
        "Echo Requests sent", lambda row: row.echoes.sent + row.echoes.sent_again
    ),
    "echo-rsp-recv": Variable("Echo Responses received", lambda row: row.echoes.answered),
    "path-failures": Variable("Paths that failed", lambda row: row.echoes.failures),
}
"""Names that are chosen."""
_PROTOCOLS = {"egtpc": GTPC, "gtpc": GTPC, "gtpu": GTPU, "sx": SX}


def _kind_of_service(kind: str, service: str) -> Kind:
    protocol = _PROTOCOLS.get(kind, "")
    about = {**_PATHS[kind], **_ECHOES} if protocol else {}
    calls = {} if protocol else {"curr-sess": Variable("Current calls", lambda row: row.calls)}
    return Kind(partial(_services, service, protocol), {**_SERVICE, **calls, **about})


KINDS_OF_SERVICES = {kind: _kind_of_service(kind, name) for kind, name in SERVICES.items()}
