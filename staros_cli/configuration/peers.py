"""What the running configuration says about peers, as the model wants to know it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from staros_cli.chassis.contexts import LOCAL
from staros_cli.chassis.peers.settings import (
    ACCOUNTING,
    AUTHENTICATION,
    DEFAULT_GROUP,
    ECHO_OF_GTPC,
    ECHO_OF_GTPU,
    GTPC,
    GTPU,
    HEARTBEAT_OF_SX,
    SX,
    ApnAaa,
    BgpSettings,
    BgpSystem,
    ControlPlaneGroup,
    DiameterEndpoint,
    DiameterSettings,
    EchoSettings,
    GtppSettings,
    ImsAuthorization,
    NameServerSettings,
    NtpSettings,
    PeerConfiguration,
    RadiusSettings,
    ReceiverSettings,
)
from staros_cli.configuration import bulkstats, srp
from staros_cli.configuration.reading import (
    Part,
    integer_of,
    is_address,
    number_in,
    option_of,
    words_of,
)
from staros_cli.configuration.tree import Node

MOST_PEERS = 500
"""How many peers of a kind are watched; those configured behind them are only kept."""
_AUTHENTICATIONS = frozenset(
    ("chap", "eap", "imsi-auth", "initial-access-request", "mschap", "msid-auth", "msisdn-auth")
) | {"pap"}
"""The words of an APN that have its subscribers authenticated by servers."""
_MIN_POLL, _MAX_POLL, _LONGEST_POLL = 6, 10, 17
"""Exponents of two of the seconds between polls of a time server: the defaults, and the most."""
_OLD_PORTS = {AUTHENTICATION: 1645, ACCOUNTING: 1646}
_PORTS = {AUTHENTICATION: 1812, ACCOUNTING: 1813}
_KEEPALIVE_INTERVAL = 30.0
_UNITS = {"deciseconds": 10.0, "msecs": 1000.0}
_BY_MODE = (
    ("egtp-service", GTPC, "gtpc ", "gtpc echo-max-retransmissions", ECHO_OF_GTPC),
    ("gtpu-service", GTPU, "", "max-retransmissions", ECHO_OF_GTPU),
    ("ggsn-service", GTPC, "", "max-retransmissions", ECHO_OF_GTPC),
    ("ggsn-service", GTPU, "gtpu ", "gtpu max-retransmissions", ECHO_OF_GTPU),
)
"""The modes with lines about echoes: the protocol, the beginning of the lines, that about how often
an echo is sent again, and the defaults."""


def read(root: Node) -> PeerConfiguration:
    """All that the running configuration says about peers."""
    contexts = [Part(node) for node in root.children.values() if node.mode == "context"]
    apns = {name: apn for node in contexts for name, apn in _apns(node)}
    ims = {found.name: found for node in contexts for found in _ims(node)}
    return PeerConfiguration(
        tuple(islice((peer for node in contexts for peer in _diameter(node)), MOST_PEERS)),
        tuple(islice((server for node in contexts for server in _radius(node)), MOST_PEERS)),
        tuple(islice((server for node in contexts for server in _gtpp(node)), MOST_PEERS)),
        tuple(islice((system for node in contexts for system in _systems(node)), MOST_PEERS)),
        tuple(islice((peer for node in contexts for peer in _bgp(node)), MOST_PEERS)),
        _ntp(root),
        {key: echo for node in contexts for key, echo in (*_echoes(node), *_heartbeats(node))},
        apns,
        ims,
        frozenset(place for node in contexts for place in _lenient(node)),
        frozenset(node.name for node in contexts if _is_local(node)),
        tuple(islice((found for node in contexts for found in _endpoints(node)), MOST_PEERS)),
        _control_planes(root, contexts),
        tuple(ReceiverSettings(LOCAL, address) for address in bulkstats.receivers(root)),
        tuple(islice((server for node in contexts for server in _name_servers(node)), MOST_PEERS)),
        tuple(one for one in (srp.link(root),) if one),
        srp.probes(root),
    )


def _name_servers(context: Part) -> Iterator[NameServerSettings]:
    """The servers that names are looked up at in a context."""
    for words in context.lines("ip name-servers"):
        yield from (NameServerSettings(context.name, word) for word in words if is_address(word))


# BGP


def _systems(context: Part) -> Iterator[BgpSystem]:
    """The autonomous systems of a context and of its VRFs."""
    return (_system(context, part) for part in context.within("bgp"))


def _system(context: Part, part: Part) -> BgpSystem:
    words = words_of(part.node.line)
    own, vrf = integer_of(words, "bgp", 0), option_of(words, "vrf")
    return BgpSystem(context.name, own, vrf, part.value("router-id"))


def _bgp(context: Part) -> Iterator[BgpSettings]:
    """The neighbors of the systems of a context; those of VRFs stand in their own part."""
    default = BgpSettings("", "", 0, 0)
    for part in context.within("bgp"):
        system = _system(context, part)
        shut = {words[0] for words in part.lines("neighbor") if words[1:] == ["shutdown"]}
        timers = next(part.lines("timers bgp"), [])
        for words in part.lines("neighbor"):
            if len(words) == 3 and words[1] == "remote-as" and is_address(words[0]):
                yield BgpSettings(
                    context.name,
                    words[0],
                    system.own,
                    int(number_in(words[2], 0)),
                    system.vrf,
                    max(1.0, integer_of(timers, "keepalive-interval", int(default.keepalive))),
                    max(1.0, integer_of(timers, "holdtime-interval", int(default.hold))),
                    words[0] not in shut,
                )


# Time


def _ntp(root: Node) -> tuple[NtpSettings, ...] | None:
    """The time servers, None where they are not asked."""
    part = next(Part(root).within("ntp"), None)
    enabled = next(part.lines("enable"), None) if part else None
    if part is None or enabled is None:
        return None
    context = enabled[0] if enabled else LOCAL
    default = NtpSettings("", "")
    return tuple(
        NtpSettings(
            context,
            words[0],
            "prefer" in words[1:],
            integer_of(words[1:], "version", default.version),
            1 << min(_LONGEST_POLL, integer_of(words[1:], "minpoll", _MIN_POLL)),
            1 << min(_LONGEST_POLL, integer_of(words[1:], "maxpoll", _MAX_POLL)),
        )
        for words in islice((words for words in part.lines("server") if words), MOST_PEERS)
    )


# Diameter


def _diameter(context: Part) -> Iterator[DiameterSettings]:
    for endpoint in context.within("diameter-endpoint"):
        origin = next(endpoint.lines("origin host"), [])
        default = DiameterSettings("", "", "", "")
        for words in endpoint.lines("peer"):
            if "address" not in words[1:-1]:
                continue  # a line of another kind that was imported
            yield DiameterSettings(
                context.name,
                endpoint.name,
                words[0],
                option_of(words, "address"),
                option_of(words, "realm"),
                integer_of(words, "port", default.port),
                "SCTP" if "sctp" in words[1:] else "TCP",
                origin[0] if origin else "",
                endpoint.value("origin realm"),
                option_of(origin, "address"),
                endpoint.value("dscp"),
                endpoint.number("connection timeout", default.connect),
                endpoint.number("connection retry-timeout", default.retry),
                endpoint.number("watchdog-timeout", default.watchdog),
                int(
                    endpoint.number("device-watchdog-request max-retries", default.watchdog_retries)
                ),
            )


def _endpoints(context: Part) -> Iterator[DiameterEndpoint]:
    for part in context.within("diameter-endpoint"):
        origin = next(part.lines("origin host"), [])
        usual = DiameterEndpoint("", "")
        yield DiameterEndpoint(
            context.name,
            part.name,
            part.value("description"),
            origin[0] if origin else "",
            option_of(origin, "address"),
            integer_of(origin, "port", usual.port),
            part.value("origin realm"),
            next(part.lines("use-proxy"), None) is not None,
            part.number("connection timeout", usual.connect),
            part.number("connection retry-timeout", usual.retry),
            part.number("cea-timeout", usual.capabilities),
            part.number("watchdog-timeout", usual.watchdog),
            part.number("response-timeout", usual.response),
            int(part.number("max-outstanding", usual.outstanding)),
            sum(1 for _ in part.lines("route-entry")),
        )


# RADIUS


def _groups(context: Part) -> Iterator[tuple[str, Part]]:
    """The groups of servers of a context with the lines about them, its own ones first."""
    yield DEFAULT_GROUP, context
    for group in context.within("aaa-group"):
        yield group.name, group


def _radius(context: Part) -> Iterator[RadiusSettings]:
    places = {AUTHENTICATION: 0, ACCOUNTING: 0}
    for group, node in _groups(context):
        local = node.value("radius attribute nas-ip-address address") or context.value(
            "radius attribute nas-ip-address address"
        )
        for use, words in _servers(node):
            places[use] += 1
            yield _radius_server(node, use, words, (context.name, group, local, places[use]))


def _servers(node: Part) -> Iterator[tuple[str, list[str]]]:
    for use, before in ((AUTHENTICATION, "radius"), (ACCOUNTING, "radius accounting")):
        for words in node.lines(f"{before} server"):
            if words:
                yield use, words


def _radius_server(
    node: Part, use: str, words: list[str], place: tuple[str, str, str, int]
) -> RadiusSettings:
    context, group, local, index = place
    default = RadiusSettings("", "", "", "", 0)
    before = "radius accounting" if use == ACCOUNTING else "radius"
    port = _OLD_PORTS[use] if "oldports" in words else _PORTS[use]
    return RadiusSettings(
        context,
        group,
        use,
        words[0],
        integer_of(words, "port", port),
        index,
        integer_of(words, "priority", default.priority),
        option_of(words, "admin-status", "enable") == "enable",
        local,
        node.number(f"{before} timeout", default.timeout),
        int(node.number(f"{before} max-retries", default.retries)),
        int(node.number(f"{before} detect-dead-server consecutive-failures", default.failures)),
        node.number(f"{before} detect-dead-server response-timeout", 0.0),
        node.number(f"{before} deadtime", default.deadtime / 60) * 60,
        _keepalive(node, before),
        node.number(f"{before} keepalive timeout", default.keepalive_timeout),
        int(node.number(f"{before} keepalive retries", default.keepalive_retries)),
    )


def _keepalive(node: Part, before: str) -> float:
    """How often servers are tried by keepalives, 0 where they are not."""
    if next(node.lines(f"{before} detect-dead-server keepalive"), None) is None:
        return 0.0
    return node.number(f"{before} keepalive interval", _KEEPALIVE_INTERVAL) or _KEEPALIVE_INTERVAL


def _lenient(context: Part) -> Iterator[tuple[str, str]]:
    for group, node in _groups(context):
        if next(node.lines("radius allow authentication-down"), None) is not None:
            yield context.name, group


def _is_local(context: Part) -> bool:
    return context.value("aaa authentication subscriber") in ("local", "none")


# Charging gateways


def _gtpp(context: Part) -> Iterator[GtppSettings]:
    groups = [(DEFAULT_GROUP, context)]
    groups += [(node.name, node) for node in context.within("gtpp-group")]
    default = GtppSettings("", "", "")
    for group, node in groups:
        agent = node.value("gtpp charging-agent address") or context.value(
            "gtpp charging-agent address"
        )
        servers = (words for words in node.lines("gtpp server") if words)
        for place, words in enumerate(servers, 1):
            yield GtppSettings(
                context.name,
                group,
                words[0],
                integer_of(words, "port", default.port),
                integer_of(words, "priority", min(place, 1000)),
                agent,
                node.number("gtpp echo-interval", default.echo_interval),
                node.number("gtpp echo-retransmission-timeout", default.echo_timeout),
                int(node.number("gtpp echo-max-retransmissions", default.echo_retries)),
            )


# Paths of GTP


def _echoes(context: Part) -> Iterator[tuple[tuple[str, str, str], EchoSettings]]:
    for mode, kind, before, again, default in _BY_MODE:
        for service in context.within(mode):
            interval: list[str] = next(service.lines(f"{before}echo-interval"), [])
            retries = service.number(f"{before}max-retransmissions", default.request_retries)
            yield (
                (kind, context.name, service.name),
                EchoSettings(
                    service.number(f"{before}echo-interval", default.interval),
                    service.number(f"{before}echo-retransmission-timeout", default.timeout),
                    int(service.number(again, default.retries)),
                    service.value("interface-type").removeprefix("interface-"),
                    service.number(f"{before}retransmission-timeout", default.retry),
                    int(retries),
                    service.value(f"{before}ip qos-dscp"),
                    service.value("validation-mode", default.validation),
                    "dynamic" in interval,
                ),
            )


# Control planes


def _heartbeats(context: Part) -> Iterator[tuple[tuple[str, str, str], EchoSettings]]:
    default, before = HEARTBEAT_OF_SX, "sx-protocol heartbeat"
    for service in context.within("sx-service"):
        yield (
            (SX, context.name, service.name),
            EchoSettings(
                service.number(f"{before} interval", default.interval),
                service.number(f"{before} retransmission-timeout", default.timeout),
                int(service.number(f"{before} max-retransmissions", default.retries)),
            ),
        )


def _control_planes(root: Node, contexts: list[Part]) -> dict[tuple[str, str], ControlPlaneGroup]:
    """The groups of control planes that user planes are associated with."""
    groups: dict[str, ControlPlaneGroup] = {}
    for part in Part(root).within("control-plane-group"):
        nodes = dict.fromkeys(words[1] for words in part.lines("peer-node-id") if words[1:])
        groups[part.name] = ControlPlaneGroup(part.name, tuple(islice(nodes, MOST_PEERS)))
    found: dict[tuple[str, str], ControlPlaneGroup] = {}
    room = MOST_PEERS
    for context in contexts:
        for service in context.within("user-plane-service"):
            group = groups.get(service.value("associate control-plane-group"))
            if group is not None and room >= len(group.addresses):
                found[context.name, service.name] = group
                room -= len(group.addresses)
    return found


# What calls use


def _apns(context: Part) -> Iterator[tuple[str, ApnAaa]]:
    for apn in context.within("apn"):
        methods = {word for words in apn.lines("authentication") for word in words}
        charged = next(apn.lines("gtpp group"), [""])
        yield (
            apn.name,
            ApnAaa(
                context.name,
                apn.value("aaa group", DEFAULT_GROUP),
                bool(methods & _AUTHENTICATIONS),
                apn.value("accounting-mode", "gtpp"),
                (option_of(charged, "accounting-context"), charged[0] or DEFAULT_GROUP),
                apn.value("ims-auth-service"),
            ),
        )


def _ims(context: Part) -> Iterator[ImsAuthorization]:
    for service in context.within("ims-auth-service"):
        policy = next(service.within("policy-control"), Part(Node()))
        handling = [
            words
            for request in ("any-request", "initial-request")
            for words in policy.lines(f"failure-handling cc-request-type {request}")
        ]
        goes_on = any(words[:1] == ["continue"] for words in handling)
        timeout = next(policy.lines("diameter request-timeout"), [])
        unit = next((factor for word, factor in _UNITS.items() if word in timeout), 1.0)
        usual = ImsAuthorization("", "").timeout
        yield ImsAuthorization(
            context.name,
            service.name,
            policy.value("diameter origin endpoint"),
            goes_on,
            next(service.within("policy-control"), None) is not None,
            policy.value("diameter dictionary"),
            float(number_in(timeout[0], usual * unit)) / unit if timeout else usual,
            tuple(
                (words[0], " ".join(words[1:]))
                for words in policy.lines("failure-handling cc-request-type")
                if words
            ),
            " ".join(next(service.lines("p-cscf discovery"), [])),
        )
