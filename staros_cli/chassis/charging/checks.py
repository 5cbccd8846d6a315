"""What is wrong with the rules of active charging: those that match nothing, or are not used.

That what a line names is not configured at all is told of every line by the configuration itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from staros_cli import messages
from staros_cli.chassis.charging.objects import (
    CHARGING,
    ChargingConfiguration,
    Rule,
    Rulebase,
    Ruledef,
)
from staros_cli.chassis.charging.shares import USES, can_match, ruledefs_of
from staros_cli.chassis.findings import ACTIVE_CHARGING, Finding, Severity, finding


def findings(configuration: ChargingConfiguration) -> Iterator[Finding]:
    """Ruledefs out of use, groups of credit control that are missing, rules that match nothing."""
    yield from _ruledefs(configuration)
    for rulebase in configuration.rulebases.values():
        around = (f"active-charging service {configuration.service}", f"rulebase {rulebase.name}")
        group = rulebase.credit_group
        if group and group not in configuration.credit_groups:
            text = messages.NO_CREDIT_GROUP(rulebase=rulebase.name, name=group)
            line = f"credit-control-group {group}"
            yield finding(ACTIVE_CHARGING, text, about=(*around, line))
        if _leaves_nothing(configuration, rulebase):
            text = messages.DEFAULT_RULE_NOT_LAST(rulebase=rulebase.name)
            yield finding(ACTIVE_CHARGING, text, Severity.WARNING, around)
        for rule, reason in _idle(configuration, rulebase):
            text = messages.RULE_IDLE(rule=rule.line, rulebase=rulebase.name, reason=reason)
            yield finding(ACTIVE_CHARGING, text, Severity.WARNING, (*around, rule.line))


def _ruledefs(configuration: ChargingConfiguration) -> Iterator[Finding]:
    """Ruledefs and groups that no rule asks, and ruledefs that want two ports of one packet."""
    service = f"active-charging service {configuration.service}"
    groups, ruledefs = configuration.groups, configuration.ruledefs
    rules = [rule for rulebase in configuration.rulebases.values() for rule in rulebase.rules]
    used = {rule.name for rule in rules if not rule.is_group}
    used |= {name for group in groups.values() for _, name in group.members}
    for name in sorted(ruledefs.keys() - used):
        text = messages.UNUSED_RULEDEF(name=name)
        yield finding(ACTIVE_CHARGING, text, about=(service, f"ruledef {name}"))
    for name in sorted(groups.keys() - {rule.name for rule in rules if rule.is_group}):
        text = messages.UNUSED_RULEDEF_GROUP(name=name)
        yield finding(ACTIVE_CHARGING, text, about=(service, f"group-of-ruledefs {name}"))
    for name, ruledef in ruledefs.items():
        for field in _asked_twice(ruledef):
            text = messages.PORTS_WITHOUT_OR(name=name, field=field)
            yield finding(
                ACTIVE_CHARGING, text, Severity.WARNING, about=(service, f"ruledef {name}")
            )


def _asked_twice(ruledef: Ruledef) -> list[str]:
    """The ports that a ruledef asks for in several lines, all of which have to match."""
    if ruledef.application != CHARGING or ruledef.any_line:
        return []
    fields = Counter(line.partition(" =")[0].rpartition(" ")[2] for line in ruledef.lines)
    return [field for field, lines in fields.items() if lines > 1 and field.endswith("-port")]


def _leaves_nothing(configuration: ChargingConfiguration, rulebase: Rulebase) -> bool:
    """Whether a ruledef that matches every packet stands before other rules for charging."""
    rules = [rule for rule in rulebase.rules_for(CHARGING) if can_match(configuration, rule)]
    found = (configuration.ruledefs.get(rule.name) for rule in rules[:-1] if not rule.is_group)
    return any(ruledef is not None and ruledef.matches_all for ruledef in found)


def _idle(configuration: ChargingConfiguration, rulebase: Rulebase) -> Iterator[tuple[Rule, str]]:
    """The rules that match no packets although all they name is there, with the reason."""
    for use in USES:
        last: Rule | None = None
        seen: dict[str, Rule] = {}
        for rule in rulebase.rules_for(use):
            if not can_match(configuration, rule):
                continue
            if last is not None:
                yield rule, messages.RULE_BEHIND(before=last.line)
                continue
            for name in ruledefs_of(configuration, rule):
                reason = _why_not(configuration, use, name)
                if not reason and name in seen and not rule.is_group:
                    reason = messages.RULEDEF_ASKED(name=name, before=seen[name].line)
                if reason:
                    yield rule, reason
                elif name in configuration.ruledefs:
                    seen.setdefault(name, rule)
                    last = rule if configuration.ruledefs[name].matches_all else last


def _why_not(configuration: ChargingConfiguration, use: str, name: str) -> str:
    """Why a ruledef matches no packets for a use; empty when it does, or is missing."""
    ruledef = configuration.ruledefs.get(name)
    if ruledef is None:
        return ""
    if ruledef.application != use:
        return messages.RULEDEF_FOR(name=name, use=ruledef.application)
    return "" if ruledef.lines else messages.RULEDEF_EMPTY(name=name)
