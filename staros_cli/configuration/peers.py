"""What the running configuration says about peers, as the model wants to know it."""

from __future__ import annotations

from collections.abc import Iterator

from staros_cli.chassis.peers.settings import (
    ACCOUNTING,
    AUTHENTICATION,
    DEFAULT_GROUP,
    ECHO_OF_GTPC,
    ECHO_OF_GTPU,
    ApnAaa,
    DiameterSettings,
    EchoSettings,
    GtppSettings,
    ImsAuthorization,
    PeerConfiguration,
    RadiusSettings,
)
from staros_cli.configuration.tree import Node
from staros_cli.language.words import MissingQuote, split

MOST_PEERS = 2000
"""How many peers of a kind are watched; those configured behind them are only kept."""
_AUTHENTICATIONS = frozenset(
    ("chap", "eap", "imsi-auth", "initial-access-request", "mschap", "msid-auth", "msisdn-auth")
) | {"pap"}
"""The words of an APN that have its subscribers authenticated by servers."""
_OLD_PORTS = {AUTHENTICATION: 1645, ACCOUNTING: 1646}
_PORTS = {AUTHENTICATION: 1812, ACCOUNTING: 1813}
_BY_MODE = {
    "egtp-service": ECHO_OF_GTPC,
    "gtpu-service": ECHO_OF_GTPU,
    "ggsn-service": ECHO_OF_GTPC,
}


def read(root: Node) -> PeerConfiguration:
    """All that the running configuration says about peers."""
    contexts = [node for node in root.children.values() if node.mode == "context"]
    apns = {name: apn for node in contexts for name, apn in _apns(node)}
    ims = {found.name: found for node in contexts for found in _ims(node)}
    return PeerConfiguration(
        tuple(peer for node in contexts for peer in _diameter(node))[:MOST_PEERS],
        tuple(server for node in contexts for server in _radius(node))[:MOST_PEERS],
        tuple(server for node in contexts for server in _gtpp(node))[:MOST_PEERS],
        {key: echo for node in contexts for key, echo in _echoes(node)},
        apns,
        ims,
        frozenset(place for node in contexts for place in _lenient(node)),
        frozenset(_name(node) for node in contexts if _is_local(node)),
    )


def _words(node: Node) -> list[str]:
    try:
        return [word.text for word in split(node.line)]
    except MissingQuote:
        return node.line.split()


def _name(node: Node) -> str:
    """The name of the object that a line opens: the last word of its key."""
    return _words(Node(line=node.key))[-1]


def _lines(node: Node, beginning: str) -> Iterator[list[str]]:
    """The words behind a beginning, of every line that begins so."""
    for child in node.children.values():
        if child.line.startswith(f"{beginning} ") or child.line == beginning:
            yield _words(child)[len(beginning.split()) :]


def _value(node: Node, beginning: str, default: str = "") -> str:
    """The word behind a beginning, of the line that begins so."""
    return next((words[0] for words in _lines(node, beginning) if words), default)


def _number(node: Node, beginning: str, default: float) -> float:
    text = _value(node, beginning)
    return float(text) if text.isdecimal() else default


def _option(words: list[str], option: str, default: str = "") -> str:
    """The word behind an option."""
    if option in words[:-1]:
        return words[words.index(option) + 1]
    return default


def _within(node: Node, mode: str) -> Iterator[Node]:
    return (child for child in node.children.values() if child.mode == mode)


# Diameter


def _diameter(context: Node) -> Iterator[DiameterSettings]:
    for endpoint in _within(context, "diameter-endpoint"):
        origin = next(_lines(endpoint, "origin host"), [])
        default = DiameterSettings("", "", "", "")
        for words in _lines(endpoint, "peer"):
            yield DiameterSettings(
                _name(context),
                _name(endpoint),
                words[0],
                _option(words, "address"),
                _option(words, "realm"),
                int(_option(words, "port", "3868")),
                "SCTP" if "sctp" in words[1:] else "TCP",
                origin[0] if origin else "",
                _value(endpoint, "origin realm"),
                _option(origin, "address"),
                _value(endpoint, "dscp"),
                _number(endpoint, "connection timeout", default.connect),
                _number(endpoint, "connection retry-timeout", default.retry),
                _number(endpoint, "watchdog-timeout", default.watchdog),
                int(
                    _number(
                        endpoint, "device-watchdog-request max-retries", default.watchdog_retries
                    )
                ),
            )


# RADIUS


def _groups(context: Node) -> Iterator[tuple[str, Node]]:
    """The groups of servers of a context with the lines about them, its own ones first."""
    yield DEFAULT_GROUP, context
    for group in _within(context, "aaa-group"):
        yield _name(group), group


def _radius(context: Node) -> Iterator[RadiusSettings]:
    places = {AUTHENTICATION: 0, ACCOUNTING: 0}
    for group, node in _groups(context):
        local = _value(node, "radius attribute nas-ip-address address") or _value(
            context, "radius attribute nas-ip-address address"
        )
        for use, words in _servers(node):
            places[use] += 1
            yield _radius_server(node, use, words, (_name(context), group, local, places[use]))


def _servers(node: Node) -> Iterator[tuple[str, list[str]]]:
    for words in _lines(node, "radius server"):
        yield AUTHENTICATION, words
    for words in _lines(node, "radius accounting server"):
        yield ACCOUNTING, words


def _radius_server(
    node: Node, use: str, words: list[str], place: tuple[str, str, str, int]
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
        int(_option(words, "port", str(port))),
        index,
        int(_option(words, "priority", str(default.priority))),
        _option(words, "admin-status", "enable") == "enable",
        local,
        _number(node, f"{before} timeout", default.timeout),
        int(_number(node, f"{before} max-retries", default.retries)),
        int(_number(node, f"{before} detect-dead-server consecutive-failures", default.failures)),
        _number(node, f"{before} detect-dead-server response-timeout", 0.0),
        _number(node, f"{before} deadtime", default.deadtime / 60) * 60,
    )


def _lenient(context: Node) -> Iterator[tuple[str, str]]:
    for group, node in _groups(context):
        if next(_lines(node, "radius allow authentication-down"), None) is not None:
            yield _name(context), group


def _is_local(context: Node) -> bool:
    return _value(context, "aaa authentication subscriber") in ("local", "none")


# Charging gateways


def _gtpp(context: Node) -> Iterator[GtppSettings]:
    groups = [(DEFAULT_GROUP, context)]
    groups += [(_name(node), node) for node in _within(context, "gtpp-group")]
    default = GtppSettings("", "", "")
    for group, node in groups:
        agent = _value(node, "gtpp charging-agent address") or _value(
            context, "gtpp charging-agent address"
        )
        for place, words in enumerate(_lines(node, "gtpp server"), 1):
            yield GtppSettings(
                _name(context),
                group,
                words[0],
                int(_option(words, "port", str(default.port))),
                int(_option(words, "priority", str(min(place, 1000)))),
                agent,
                _number(node, "gtpp echo-interval", default.echo_interval),
                _number(node, "gtpp echo-retransmission-timeout", default.echo_timeout),
                int(_number(node, "gtpp echo-max-retransmissions", default.echo_retries)),
            )


# Paths of GTP


def _echoes(context: Node) -> Iterator[tuple[tuple[str, str], EchoSettings]]:
    for service in context.children.values():
        default = _BY_MODE.get(service.mode)
        if default is not None:
            before = "gtpc " if service.mode == "egtp-service" else ""
            echo = f"{before}echo-"
            interval = next(_lines(service, f"{before}echo-interval"), [])
            retries = _number(service, f"{before}max-retransmissions", default.request_retries)
            yield (
                (_name(context), _name(service)),
                EchoSettings(
                    float(interval[0]) if interval else default.interval,
                    _number(service, f"{echo}retransmission-timeout", default.timeout),
                    int(_number(service, f"{echo}max-retransmissions", default.retries)),
                    _value(service, "interface-type").removeprefix("interface-"),
                    _number(service, f"{before}retransmission-timeout", default.retry),
                    int(retries),
                    _value(service, f"{before}ip qos-dscp"),
                    _value(service, "validation-mode", default.validation),
                    "dynamic" in interval,
                ),
            )


# What calls use


def _apns(context: Node) -> Iterator[tuple[str, ApnAaa]]:
    for apn in _within(context, "apn"):
        methods = {word for words in _lines(apn, "authentication") for word in words}
        charged = next(_lines(apn, "gtpp group"), [])
        yield (
            _name(apn),
            ApnAaa(
                _name(context),
                _value(apn, "aaa group", DEFAULT_GROUP),
                bool(methods & _AUTHENTICATIONS),
                _value(apn, "accounting-mode", "gtpp"),
                (_option(charged, "accounting-context"), charged[0] if charged else DEFAULT_GROUP),
                _value(apn, "ims-auth-service"),
            ),
        )


def _ims(context: Node) -> Iterator[ImsAuthorization]:
    for service in _within(context, "ims-auth-service"):
        policy = service.find("policy-control") or Node()
        handling = [
            words
            for request in ("any-request", "initial-request")
            for words in _lines(policy, f"failure-handling cc-request-type {request}")
        ]
        goes_on = any(words[:1] == ["continue"] for words in handling)
        endpoint = _value(policy, "diameter origin endpoint")
        yield ImsAuthorization(_name(context), _name(service), endpoint, goes_on)
