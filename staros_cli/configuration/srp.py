"""What the running configuration says about the Service Redundancy Protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from staros_cli.chassis.peers.settings import (
    BGP,
    DIAMETER,
    DiameterSettings,
    PeerConfiguration,
    ProbeSettings,
    SrpLinkSettings,
)
from staros_cli.chassis.srp.settings import Kind, Mode, MonitorSettings, SrpSettings
from staros_cli.configuration.reading import Part, integer_of, number_in, option_of
from staros_cli.configuration.tree import Node

MOST_MONITORS = 500
"""How many peers are monitored; those configured behind them are only kept."""
_MINUTE = 60.0
_PERIODIC = 45
"""Minutes between two full checkpoints of a call (doc)."""
_GUARD = 60.0
"""Seconds of a guard period, and of a damping period, where only the other is configured (doc)."""
_GUARDED = {"aaa-switchover-timers": Kind.PROBE, "diameter-switchover-timers": Kind.DIAMETER}


def _part(root: Node) -> tuple[str, Part] | None:
    """The name of the first context that the protocol is configured in, and its lines there."""
    for node in root.children.values():
        if node.mode == "context":
            for child in node.children.values():
                if child.mode == "srp":
                    return Part(node).name, Part(child)
    return None


def link(root: Node) -> SrpLinkSettings | None:
    """The connection to the other chassis; None until both ends are configured."""
    found = _part(root)
    if found is None:
        return None
    context, part = found
    local, peer = part.value("bind address"), part.value("peer-ip-address")
    if not (local and peer):
        return None
    hello, dead = _intervals(part)
    return SrpLinkSettings(context, peer, local, hello, dead)


def _intervals(part: Part) -> tuple[float, float]:
    """Seconds between two Hellos, and until the other chassis counts as dead."""
    default = SrpSettings("")
    hello = max(1.0, part.number("hello-interval", default.hello))
    return hello, max(1.0, part.number("dead-interval", default.dead))


def probes(root: Node) -> tuple[ProbeSettings, ...]:
    """The servers that are probed with authentications."""
    found = _part(root)
    probes = (probe for probe, _ in _probes(found[1])) if found else ()
    return tuple(islice(probes, MOST_MONITORS))


def _probes(part: Part) -> Iterator[tuple[ProbeSettings, int | None]]:
    """The servers that are probed, with the groups that they count in."""
    default = ProbeSettings("", "")
    for words in part.lines("monitor authentication-probe context"):
        if len(words) >= 2:
            port = integer_of(words, "port", default.port)
            yield ProbeSettings(words[0], words[1], port), _group(words)


def read(root: Node, peers: Callable[[], PeerConfiguration]) -> SrpSettings | None:
    """All that is configured of the protocol, None without it; `peers` has what is monitored."""
    found = _part(root)
    if found is None:
        return None
    context, part = found
    default = SrpSettings("")
    hello, dead = _intervals(part)
    mode = part.value("chassis-mode")
    return SrpSettings(
        context,
        Mode.PRIMARY if mode == "primary" else default.mode,
        int(part.number("priority", default.priority)),
        part.value("bind address"),
        part.value("peer-ip-address"),
        hello,
        dead,
        part.number("delay-interval", default.delay),
        max(1.0, part.number("configuration-interval", default.compare_every)),
        int(part.number("route-modifier threshold", default.threshold)),
        _duration(part, default.checkpoint_after),
        _MINUTE * part.number("checkpoint session periodic-interval", _PERIODIC) or _MINUTE,
        part.value("standby database-recovery") == "aggressive",
        _MINUTE * part.number("audit periodicity", 0),
        _time_of_day(next(part.lines("audit daily-start-time"), [])),
        tuple(islice(_monitors(part, peers()), MOST_MONITORS)),
        dict(_guards(part)),
    )


def _time_of_day(words: list[str]) -> float | None:
    """The second of a day that an hour and a minute are."""
    if len(words) < 2:
        return None
    return 60 * _MINUTE * number_in(words[0], 0) + _MINUTE * number_in(words[1], 0)


def _duration(part: Part, default: float) -> float:
    """How old a call has to be for a checkpoint; calls of IMS are not told from others."""
    lines = list(part.lines("checkpoint session duration"))
    for words in sorted(lines, key=len, reverse=True):
        if words[:1] == ["non-ims-session"] or len(words) == 1:
            return float(number_in(words[-1], default))
    return default


def _monitors(part: Part, configuration: PeerConfiguration) -> Iterator[MonitorSettings]:
    for probe, group in _probes(part):
        found = probe.context, probe.address
        yield MonitorSettings(Kind.PROBE, *found, probe.key, group, probe.port)
    for words in part.lines("monitor bgp context"):
        if len(words) < 2:
            continue
        context, address, vrf = words[0], words[1], option_of(words, "vrf")
        place = context, vrf, address
        key = next(
            (one.key for one in configuration.bgp if (one.context, one.vrf, one.address) == place),
            (BGP, context, vrf, address),
        )
        group = _group(words)
        yield MonitorSettings(Kind.BGP, context, address, key, group, _PORT_OF_BGP, vrf)
    for words in part.lines("monitor diameter context"):
        if words[1:2] == ["endpoint"] and words[3:4] == ["peer"] and len(words) > 4:
            yield _diameter(words, configuration)


_PORT_OF_BGP = 179


def _group(words: list[str]) -> int | None:
    return integer_of(words, "group", 0) if "group" in words else None


def _diameter(words: list[str], configuration: PeerConfiguration) -> MonitorSettings:
    context, endpoint, name, realm = words[0], words[2], words[4], option_of(words, "realm")
    for one in configuration.diameter:
        is_wanted = (one.context, one.endpoint, one.name) == (context, endpoint, name)
        if is_wanted and realm in ("", one.realm):
            return _monitored(one, _group(words))
    key = DIAMETER, context, endpoint, name, realm
    return MonitorSettings(Kind.DIAMETER, context, name, key, _group(words))


def _monitored(peer: DiameterSettings, group: int | None) -> MonitorSettings:
    return MonitorSettings(Kind.DIAMETER, peer.context, peer.address, peer.key, group, peer.port)


def _guards(part: Part) -> Iterator[tuple[Kind, tuple[float, float]]]:
    """The guard period and the damping period of the kinds that have one configured."""
    for word, kind in _GUARDED.items():
        periods = {"guard-period": _GUARD, "damping-period": _GUARD}
        lines = list(part.lines(f"guard-timer {word}"))
        for words in lines:
            for name, value in zip(words[::2], words[1::2], strict=False):
                periods[name] = float(number_in(value, _GUARD))
        if lines:
            yield kind, (periods["guard-period"], periods["damping-period"])
