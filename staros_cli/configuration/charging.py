"""What the running configuration says about active charging, as the model wants to know it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import attrgetter

from staros_cli.chassis.charging.objects import (
    CHARGING,
    DYNAMIC_ONLY,
    POST_PROCESSING,
    ROUTING,
    TIMED,
    ActionRecord,
    ChargingConfiguration,
    Limit,
    Rule,
    Rulebase,
    Ruledef,
    RuledefGroup,
)
from staros_cli.configuration import credit_control
from staros_cli.configuration.reading import Part, integer_of, number_in, option_of, words_of
from staros_cli.configuration.tree import Node

SERVICE = "active-charging"
"""The mode of the service."""
_SETTINGS = ("rule-application", "multi-line-or", "copy-packet-to-log", "description")
"""The first words of lines of a ruledef that match nothing."""
_USES = {"action": CHARGING, "route": ROUTING, "post-processing": POST_PROCESSING}
_STATIC_AND_DYNAMIC = "static-and-dynamic"


def service_of(root: Node) -> Node | None:
    """The active charging service, of which there is one."""
    return next((node for node in root.children.values() if node.mode == SERVICE), None)


def read(root: Node) -> ChargingConfiguration:
    """All that the running configuration says about rules of active charging."""
    service = service_of(root)
    if service is None:
        return ChargingConfiguration()
    by_mode: dict[str, list[Node]] = {}
    for node in service.children.values():
        by_mode.setdefault(node.mode, []).append(node)
    ruledefs = [_ruledef(node) for node in by_mode.get("ruledef", ())]
    groups = [_group(Part(node)) for node in by_mode.get("group-of-ruledefs", ())]
    rulebases = [_rulebase(Part(node)) for node in by_mode.get("rulebase", ())]
    return ChargingConfiguration(
        _name(service),
        {ruledef.name: ruledef for ruledef in ruledefs},
        {group.name: group for group in groups},
        frozenset(map(_name, by_mode.get("charging-action", ()))),
        {rulebase.name: rulebase for rulebase in rulebases},
        frozenset(map(_name, by_mode.get("timedef", ()))),
        credit_control.groups(by_mode.get("credit-control", ())),
        dict(_rating_groups(by_mode.get("charging-action", ()))),
    )


def _rating_groups(actions: Iterable[Node]) -> Iterator[tuple[str, int]]:
    """The charging actions that take credit, each with its rating group: its content elsewise."""
    for part in map(Part, actions):
        for words in part.lines("cca charging credit"):
            yield part.name, integer_of(words, "rating-group", int(part.number("content-id", 0)))


def _name(node: Node) -> str:
    return words_of(node.key)[-1]


def _ruledef(node: Node) -> Ruledef:
    lines: list[str] = []
    application, any_line, logged = CHARGING, False, False
    for child in node.children.values():
        first = child.line.partition(" ")[0]
        if first not in _SETTINGS:
            lines.append(child.line)
        elif first == "rule-application":
            application = words_of(child.line)[-1]
        else:
            any_line = any_line or first == "multi-line-or"
            logged = logged or first == "copy-packet-to-log"
    return Ruledef(_name(node), tuple(lines), application, any_line, logged)


def _group(part: Part) -> RuledefGroup:
    lines = part.lines("add-ruledef priority")
    members = [(int(number_in(words[0], 0)), words[-1]) for words in lines if len(words) > 1]
    application = part.value("group-of-ruledefs-application", CHARGING)
    return RuledefGroup(part.name, tuple(sorted(members)), application)


def _rulebase(part: Part) -> Rulebase:
    rules = [rule for word, use in _USES.items() for rule in _rules(part, word, use)]
    optimization = part.value("charging-rule-optimization", "high")
    asked = "cca diameter requested-service-unit sub-avp"
    volume = next(part.lines(f"{asked} volume"), [])
    octets = [integer_of(volume, f"cc-{what}-octets", 0) for what in ("total", "input", "output")]
    return Rulebase(
        part.name,
        tuple(sorted(rules, key=attrgetter("priority"))),
        optimization,
        part.value("credit-control-group"),
        float(octets[0] or sum(octets[1:])),
        part.number(f"{asked} time cc-time", 0.0),
    )


def _rules(part: Part, word: str, use: str) -> Iterator[Rule]:
    target = "analyzer" if use == ROUTING else "charging-action"
    for words in part.lines(f"{word} priority"):
        when = words[1] if words[1:2] in ([DYNAMIC_ONLY], [_STATIC_AND_DYNAMIC], [TIMED]) else ""
        timedef = words[2] if when == TIMED and len(words) > 2 else ""
        rest = words[1 + bool(when) + bool(timedef) :]
        if len(rest) < 4 or rest[2] != target:
            continue  # a line of another kind that was imported
        yield Rule(
            use,
            integer_of(["priority", words[0]], "priority", 0),
            rest[1],
            rest[3],
            rest[0] == "group-of-ruledefs",
            when,
            timedef,
            option_of(rest[4:], "monitoring-key"),
            " ".join([word, "priority", *words]),
        )


def actions(root: Node) -> Iterator[ActionRecord]:
    """Every charging action, in the order of the configuration."""
    service = service_of(root)
    for node in service.children.values() if service else ():
        if node.mode == "charging-action":
            yield _action(Part(node))


def _action(part: Part) -> ActionRecord:
    idle = next(part.lines("flow idle-timeout"), [])
    mapping = part.value("flow-mapping idle-timeout") or option_of(idle, "flow-mapping")
    billing = next(part.lines("billing-action"), [])
    flow_limit = next(part.lines("flow limit-for-flow-type"), [])
    return ActionRecord(
        part.name,
        part.value("content-id", "0"),
        part.value("service-identifier", "0"),
        frozenset(billing),
        idle[0] if idle and idle[0].isdecimal() else "300",
        mapping or "300",
        " ".join(flow_limit[:1]),
        part.value("flow limit-for-bandwidth id", "0"),
        _limit(part, "uplink"),
        _limit(part, "downlink"),
        part.value("throttle-suppress timeout"),
        " ".join(next(part.lines("qos-renegotiate traffic-class"), [])),
        part.value("qos-class-identifier"),
        " ".join(next(part.lines("ip tos"), [])),
        next(part.lines("cca charging"), None) is not None,
        _xheader(part),
        tuple(next(part.lines("flow action"), [])),
        " ".join(next(part.lines("charge-volume"), ["ip", "bytes"])),
        part.value("pco-custom1"),
        next(part.lines("dns-proxy bypass"), None) is not None,
    )


def _limit(part: Part, direction: str) -> Limit | None:
    words = next(part.lines(f"flow limit-for-bandwidth direction {direction}"), None)
    if words is None:
        return None
    return Limit(
        option_of(words, "peak-data-rate", "0"),
        option_of(words, "peak-burst-size", "0"),
        option_of(words, "violate-action"),
    )


def _xheader(part: Part) -> tuple[str, str, str, str] | None:
    words = next(part.lines("xheader-insert"), None)
    if words is None:
        return None
    return (
        option_of(words, "xheader-format"),
        option_of(words, "encryption"),
        option_of(words, "key"),
        option_of(words, "msg-type"),
    )
