"""What is wrong with the rules of active charging: those that match nothing, and why.

That what a line names is not configured at all is told of every line by the configuration itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from staros_cli import messages
from staros_cli.chassis.charging.objects import ChargingConfiguration, Rule, Rulebase
from staros_cli.chassis.charging.shares import USES, can_match, ruledefs_of
from staros_cli.chassis.findings import ACTIVE_CHARGING, Finding, Severity, finding


def findings(configuration: ChargingConfiguration) -> Iterator[Finding]:
    """Groups of credit control that are missing, and rules that match no packets."""
    for rulebase in configuration.rulebases.values():
        around = (f"active-charging service {configuration.service}", f"rulebase {rulebase.name}")
        group = rulebase.credit_group
        if group and group not in configuration.credit_groups:
            text = messages.NO_CREDIT_GROUP(rulebase=rulebase.name, name=group)
            line = f"credit-control-group {group}"
            yield finding(ACTIVE_CHARGING, text, about=(*around, line))
        for rule, reason in _idle(configuration, rulebase):
            text = messages.RULE_IDLE(rule=rule.line, rulebase=rulebase.name, reason=reason)
            yield finding(ACTIVE_CHARGING, text, Severity.WARNING, (*around, rule.line))


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
