"""Layouts about active charging: its objects, and what they have counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import to_builtins

from staros_cli.chassis.charging.counters import Tally
from staros_cli.chassis.charging.objects import (
    CHARGING,
    DYNAMIC_ONLY,
    POST_PROCESSING,
    ROUTING,
    ActionRecord,
    Limit,
    Rule,
    Rulebase,
    Ruledef,
    RuledefGroup,
)
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Column, Lines, Rows, Screen, Table, blocks, screen

Counted = tuple[str, Tally]
"""A name, and what was counted under it."""
_TITLES = {CHARGING: "Charging", ROUTING: "Routing", POST_PROCESSING: "Post-processing"}


def title_of(use: str) -> str:
    """What ruledefs of a use are called."""
    return _TITLES.get(use, use.capitalize())


def _state(enabled: bool) -> str:
    """A state as the device writes it, with a blank behind the one."""
    return "Enabled " if enabled else "Disabled"


# Ruledefs

_STATISTICS = Table[Counted](
    Column("Ruledef Name", 19, lambda row: row[0]),
    Column("Packets-Down", 12, lambda row: row[1].packets_down, right=True),
    Column("Bytes-Down", 11, lambda row: row[1].down, right=True),
    Column("Packets-Up", 11, lambda row: row[1].packets_up, right=True),
    Column("Bytes-Up", 10, lambda row: row[1].up, right=True),
    Column("Hits", 10, lambda row: row[1].hits, right=True),
    Column("Match-Bypassed", 14, lambda row: 0, right=True),
    heads=(
        "Ruledef Name        Packets-Down  Bytes-Down  Packets-Up   Bytes-Up       Hits "
        "Match-Bypassed",
        "------------        ------------  ----------  ----------   --------       ---- "
        "--------------",
    ),
)


def ruledef_rows(rows: Sequence[Counted]) -> Rows:
    """Ruledefs with what they have counted, by their names."""
    return _STATISTICS.of(sorted(rows))


@layout(
    "show active-charging ruledef statistics",
    "capture",
    "That four packets are a hit is chosen, and no match is bypassed.",
)
def ruledef_statistics(rows: Sequence[Counted]) -> Screen:
    """What ruledefs have matched, by their names."""
    total = Lines((f"Total Ruledef(s) : {len(rows)}",), {"total": len(rows)})
    return screen("", ruledef_rows(rows), "", total)


@layout("show active-charging ruledef", "chosen", "Labels as remembered.")
def ruledefs(found: Sequence[Ruledef]) -> Screen:
    """Ruledefs with the lines that match packets."""
    total = Lines((f"Total Ruledef(s): {len(found)}",), {"total": len(found)})
    return screen(blocks(map(_ruledef, found)), "", total)


def _ruledef(ruledef: Ruledef) -> Lines:
    lines = [
        f"Ruledef Name: {ruledef.name}",
        *(f"   {line}" for line in ruledef.lines),
        f"   Rule Application Type: {title_of(ruledef.application)}",
        f"   Copy Packet to Log: {_state(ruledef.logged).rstrip()}",
        "   Tethered Flow Check: Disabled",
        f"   Multi-line OR: {_state(ruledef.any_line).rstrip()}",
    ]
    return Lines(lines, to_builtins(ruledef))


@layout("show active-charging group-of-ruledefs", "chosen", "In the form of the ruledefs.")
def groups(found: Sequence[RuledefGroup]) -> Screen:
    """Groups of ruledefs with their members, by priority."""
    total = Lines((f"Total Group(s) of Ruledefs: {len(found)}",), {"total": len(found)})
    return screen(blocks(map(_group, found)), "", total)


def _group(group: RuledefGroup) -> Lines:
    lines = [f"Group of Ruledefs Name: {group.name}", "   Priority   Ruledef Name"]
    lines += [f"   {priority:<8}   {name}" for priority, name in group.members]
    lines.append(f"   Group Application Type: {title_of(group.application)}")
    return Lines(lines, to_builtins(group))


# Charging actions


@layout(
    "show active-charging charging-action",
    "capture",
    "Settings that the emulator does not keep have the default of the device.",
)
def actions(found: Sequence[ActionRecord]) -> Screen:
    """Charging actions as they are configured."""
    return blocks(map(_action, found))


def _action(action: ActionRecord) -> Lines:
    lines = [
        *_charged(action),
        *_limit("Uplink", action.uplink),
        *_limit("Downlink", action.downlink),
        *_quality(action),
        *_xheader(action.xheader),
        *_flow(action),
        f"     PCO-Custom1 value: {action.option or 'n/a'}",
        f"     Flow-Mapping Idle Timeout: {action.mapping_idle} (secs)",
        f"     DNS Proxy Bypass: {_state(action.dns_bypass)}",
        f"     Discard on Readdressing Failure: {_state('discard-on-failure' in action.flow)}",
    ]
    values = to_builtins(action)
    return Lines(lines, values | {"records": sorted(action.records)})


def _charged(action: ActionRecord) -> list[str]:
    records = action.records
    return [
        f"   Charging Action Name: {action.name}",
        f"     Content ID: {action.content_id}",
        f"     Service ID: {action.service_id}",
        f"     EDRs: {_state('edr' in records)}",
        f"     EGCDRs: {_state('egcdr' in records)}",
        f"         Rf: {_state('rf' in records)}",
        f"       UDRs: {_state('exclude-from-udrs' not in records)}",
        f"     Flow Idle Timeout: {action.idle} (secs)",
        f"     Limit For Flow Type: {action.flow_limit or _state(False)}",
        f"     Bandwidth ID: {action.bandwidth_id}",
    ]


def _limit(direction: str, limit: Limit | None) -> list[str]:
    lines = [f"     Limit For {direction} Bandwidth: {_state(limit is not None)}"]
    if limit is not None:
        lines += [
            f"       Peak Data Rate : {limit.rate} bits/second",
            f"       Peak Burst Size: {limit.burst} bytes",
            f"       Violate Action : {limit.violation.capitalize()}",
        ]
    return lines


def _quality(action: ActionRecord) -> list[str]:
    unset = "Not Configured"
    return [
        f"     Throttle-Suppress Timeout: {action.throttle or 'n/a'}",
        f"     QoS Renegotiate Traffic-Class: {action.traffic_class or _state(False)}",
        f"     QoS Class Identifier: {action.qci or unset}",
        f"     IP Type of Service: {action.tos or unset}",
        f"     Tethering Block Feature: {unset}",
        "        IP-TTL Value: n/a",
        f"     Content Filtering: {_state(True)}",
        f"     Service Chain:     {unset}",
        f"     UP Service Chain:   {unset}",
        f"     Credit-Control: {_state(action.credit_control)}",
    ]


def _xheader(xheader: tuple[str, str, str, str] | None) -> list[str]:
    if xheader is None:
        return ["     Xheader-Insert: n/a"]
    name, encryption, key, kind = xheader
    return [
        f"     Xheader-Insert: {name}",
        f"        Encryption Type: {encryption or 'n/a'}",
        f"        Encryption Key : {key or 'n/a'}",
        f"        Message Type:    {kind or 'Request'}",
    ]


_FLOW_ACTIONS = (
    ("Redirect URL", "redirect-url"),
    ("Redirect URL from OCS", ""),
    ("Redirect to Video Server", "redirect-video-server"),
    ("Clear Quota Retry Timer", "clear-quota-retry-timer"),
    ("Conditional Redirect", "conditional"),
    ("Discard", "discard"),
    ("Terminate-Flow", "terminate-flow"),
    ("Terminate-Session", "terminate-session"),
    ("Rulebase Change", ""),
)
_BILLING_ACTIONS = (
    ("Event Data Record", "edr"),
    ("GGSN charging Data Record", "egcdr"),
    ("Rf Accounting", "rf"),
    ("User Data Record", ""),
    ("Radius Accounting Record", "radius"),
)


def _flow(action: ActionRecord) -> list[str]:
    lines = ["     Flow Action:"]
    lines += [f"       {label}: {_state(word in action.flow)}" for label, word in _FLOW_ACTIONS]
    lines.append("     Billing Action:")
    for label, word in _BILLING_ACTIONS:
        enabled = word in action.records if word else "exclude-from-udrs" not in action.records
        lines.append(f"       {label}: {_state(enabled)}")
    return [*lines, f"     Charge Volume: {action.volume}"]


_CHARGED = Table[Counted](
    Column("Charging-Action Name", 24, lambda row: row[0]),
    Column("Packets-Down", 12, lambda row: row[1].packets_down, right=True),
    Column("Bytes-Down", 14, lambda row: row[1].down, right=True),
    Column("Packets-Up", 12, lambda row: row[1].packets_up, right=True),
    Column("Bytes-Up", 14, lambda row: row[1].up, right=True),
    Column("Hits", 10, lambda row: row[1].hits, right=True),
)


@layout("show active-charging charging-action statistics", "chosen", "In the form of the ruledefs.")
def action_statistics(rows: Sequence[Counted]) -> Screen:
    """What charging actions were applied to, by their names."""
    total = Lines((f"Total Charging Action(s) : {len(rows)}",), {"total": len(rows)})
    return screen("", _CHARGED.of(sorted(rows)), "", total)


# Rulebases

_RULE_HEADS = {
    CHARGING: "Action Priority     Type      Rule Name           Charging-action     "
    "Monitoring-key",
    ROUTING: "Route Priority      Type      Rule Name           Analyzer",
    POST_PROCESSING: "Post-processing     Type      Rule Name           Charging-action",
}


def _kind(rule: Rule) -> str:
    """RD for a ruledef, GR for a group, with a mark for when it counts."""
    kind = "GR" if rule.is_group else "RD"
    return f"{kind}-D" if rule.when == DYNAMIC_ONLY else f"{kind}-T" if rule.timedef else kind


@layout(
    "show active-charging rulebase",
    "chosen",
    "Labels as remembered. `RD` is a ruledef, `GR` a group, `-D` one that a policy server "
    "installs, `-T` one for some times only.",
)
def rulebases(service: str, found: Sequence[Rulebase]) -> Screen:
    """Rulebases with their rules, by priority."""
    total = Lines((f"     Total Rulebase(s) : {len(found)}",), {"total": len(found)})
    return screen(f"Service Name: {service}", *map(_rulebase, found), total)


def _rulebase(rulebase: Rulebase) -> Lines:
    lines = [
        "",
        f"   Rule Base Name: {rulebase.name}",
        f"     Charging Rule Optimization: {rulebase.optimization.capitalize()}",
    ]
    for use, heads in _RULE_HEADS.items():
        rules = rulebase.rules_for(use)
        if rules or use == CHARGING:
            lines.append(f"     {heads}")
            lines += [f"     {_rule(rule)}".rstrip() for rule in rules]
    return Lines([*lines, ""], to_builtins(rulebase))


def _rule(rule: Rule) -> str:
    key = (rule.monitoring_key or "-") if rule.use == CHARGING else ""
    return f"{rule.priority:<19} {_kind(rule):<9} {rule.name:<19} {rule.target:<19} {key}"


@layout("show active-charging rulebase statistics", "chosen", "Labels as remembered in part.")
def rulebase_statistics(rows: Iterable[tuple[str, Tally, int]]) -> Screen:
    """The traffic of rulebases that rules have charged, and the calls that have them."""
    return blocks(
        _carried(f"Rulebase Name: {name}", "Charging Spec Statistics:", tally, sessions)
        for name, tally, sessions in rows
    )


def _carried(title: str, head: str, tally: Tally, sessions: int | None = None) -> Lines:
    """Packets and bytes in both directions, two on a line."""
    lines = [title, f"  {head}"]
    if sessions is not None:
        lines.append(f"    Current Sessions:       {sessions}")
    lines += [
        f"    Uplink Pkts:            {tally.packets_up:<17}Downlink Pkts:          "
        f"{tally.packets_down}",
        f"    Uplink Bytes:           {tally.up:<17}Downlink Bytes:         {tally.down}",
    ]
    values = {"name": title.partition(": ")[2] or title, **to_builtins(tally)}
    return Lines(lines, values if sessions is None else {**values, "sessions": sessions})


# Analyzers and managers


@layout("show active-charging analyzer statistics", "chosen", "In the form of the rulebases.")
def analyzer_statistics(rows: Mapping[str, Tally]) -> Screen:
    """What analyzers have looked at."""
    return blocks(
        _carried(f"ACS {name.upper()} Session Stats:", "Total Traffic:", rows[name])
        for name in sorted(rows)
    )


@layout(
    "show active-charging subsystem",
    "chosen",
    "Active charging runs within the session managers; what is shown is that of all of them.",
)
def subsystem(managers: int, sessions: int, tally: Tally) -> Screen:
    """The managers of active charging, and what they carry together."""
    total = Lines((f"Total ACS Managers: {managers}",), {"managers": managers})
    return screen(total, "", _carried("ACS Managers: all", "Total Traffic:", tally, sessions))
