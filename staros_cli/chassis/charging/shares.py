"""Which part of the traffic of a rulebase each of its rules matches.

What packets subscribers send is not modelled. So the parts are chosen: rules that match some
packets have together 35 percent of the traffic when there is one of them, and up to 70 percent
when there are many, each by a weight that follows from the name of its ruledef. The first rule that
matches every packet takes the rest, and nothing is left for those behind it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from msgspec import Struct

from staros_cli.chassis.charging.objects import (
    CHARGING,
    DYNAMIC_ONLY,
    POST_PROCESSING,
    ROUTING,
    TIMED,
    ChargingConfiguration,
    Rule,
    Rulebase,
    Ruledef,
)

USES = (CHARGING, ROUTING, POST_PROCESSING)
_MOST = 0.7
"""The part of the traffic that many rules match which do not match everything."""
_WEIGHTS = 100


class Match(Struct, frozen=True):
    """A ruledef that matches in a rulebase, and the charging action or analyzer it leads to."""

    use: str
    rulebase: str
    ruledef: str
    target: str


class Share(Struct, frozen=True):
    """The part of the traffic of a rulebase that a match has."""

    match: Match
    part: float


def shares_of(configuration: ChargingConfiguration, rulebase: Rulebase) -> list[Share]:
    """The shares of all matches of a rulebase; those of a use are 1 together, or less."""
    return [share for use in USES for share in _divided(configuration, rulebase, use)]


def _divided(configuration: ChargingConfiguration, rulebase: Rulebase, use: str) -> Iterator[Share]:
    some: list[tuple[Match, int]] = []
    last: Match | None = None
    for ruledef, rule in matching(configuration, rulebase, use):
        match = Match(use, rulebase.name, ruledef.name, rule.target)
        if ruledef.matches_all:
            last = match
            break
        some.append((match, 1 + zlib.crc32(ruledef.name.encode()) % _WEIGHTS))
    together = _MOST * (1 - 0.5 ** len(some))
    total = sum(weight for _, weight in some)
    for match, weight in some:
        yield Share(match, together * weight / total)
    if last is not None:
        yield Share(last, 1 - together)


def matching(
    configuration: ChargingConfiguration, rulebase: Rulebase, use: str
) -> Iterator[tuple[Ruledef, Rule]]:
    """The ruledefs of a use that can match packets, in the order in which they are asked.

    A ruledef that stands in several rules has matched its packets in the first of them.
    """
    seen: set[str] = set()
    for rule in rulebase.rules_for(use):
        if not can_match(configuration, rule):
            continue
        for name in ruledefs_of(configuration, rule):
            ruledef = configuration.ruledefs.get(name)
            if ruledef and ruledef.lines and ruledef.application == use and name not in seen:
                seen.add(name)
                yield ruledef, rule


def can_match(configuration: ChargingConfiguration, rule: Rule) -> bool:
    """Whether a rule counts: what it names is there, and it needs nobody who installs it."""
    if rule.when == DYNAMIC_ONLY or (
        rule.when == TIMED and rule.timedef not in configuration.timedefs
    ):
        return False
    return rule.use == ROUTING or rule.target in configuration.actions


def ruledefs_of(configuration: ChargingConfiguration, rule: Rule) -> list[str]:
    """The names of the ruledefs that a rule asks, in their order."""
    if not rule.is_group:
        return [rule.name]
    group = configuration.groups.get(rule.name)
    return [name for _, name in group.members] if group else []
