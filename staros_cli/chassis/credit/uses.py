"""Which calls lead to credit control, by what group, and how often they ask for quota.

What a server grants is what was asked for, and GRANT where that was not told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf

from staros_cli.chassis.charging.counters import ActiveCharging
from staros_cli.chassis.charging.credit import DEFAULT_GROUP, DIAMETER, CreditGroup
from staros_cli.chassis.charging.objects import CHARGING, Rulebase
from staros_cli.chassis.credit.counts import Counted
from staros_cli.chassis.credit.sessions import CreditUse
from staros_cli.chassis.pools import Pools
from staros_cli.chassis.subscribers import Group
from staros_cli.chassis.traffic import mean_octets

GRANT = 10_000_000.0
"""Octets of a quota (chosen)."""
SHORTEST = 1.0
"""Seconds between two requests of a call at the least, however small its quota is (chosen)."""


def uses_of(
    charging: ActiveCharging, pools: Pools, groups: Sequence[Group]
) -> dict[int, CreditUse]:
    """How the calls of groups of subscribers are looked after, of those that are.

    For the sessions of a user plane their control plane asks.
    """
    found: dict[int, CreditUse] = {}
    configuration = charging.configuration
    for index, group in enumerate(groups):
        rulebase = configuration.rulebases.get(charging.rulebase_of(index))
        if rulebase is None or group.schema.authenticating or group.kind.is_user_plane:
            continue
        template = pools.template(index)
        named = template.credit_group if template else ""
        name = named or rulebase.credit_group or DEFAULT_GROUP
        credit = configuration.credit_groups.get(name)
        if credit is None or credit.mode != DIAMETER or not credit.endpoint:
            continue
        if any(rule.target in configuration.rating_groups for rule in rulebase.rules_for(CHARGING)):
            found[index] = _use(charging, rulebase, credit, group)
    return found


def _use(
    charging: ActiveCharging, rulebase: Rulebase, credit: CreditGroup, group: Group
) -> CreditUse:
    rating_groups = charging.configuration.rating_groups
    shares = [
        share
        for share in charging.shares(rulebase.name)
        if share.match.use == CHARGING and share.match.target in rating_groups
    ]
    parts: dict[int, float] = {}
    for share in shares:
        rating_group = rating_groups[share.match.target]
        parts[rating_group] = parts.get(rating_group, 0.0) + share.part
    octets = sum(mean_octets(1.0, group.traffic)) * sum(parts.values())
    period, why = min(_periods(rulebase, credit, octets), key=lambda found: found[0])
    period = max(period, SHORTEST)
    return CreditUse(credit, period, why, octets, tuple(sorted(parts.items())))


def _periods(
    rulebase: Rulebase, credit: CreditGroup, octets: float
) -> Iterator[tuple[float, Counted]]:
    """After how many seconds another quota is asked for, and why; without traffic never."""
    yield inf, Counted.EXHAUSTED
    if not octets:
        return
    seconds = rulebase.asked_seconds
    if seconds:
        yield credit.time_threshold.used(seconds), _why(bool(credit.time_threshold))
    if rulebase.asked_octets or not seconds:
        used = credit.volume_threshold.used(rulebase.asked_octets or GRANT)
        yield used / octets, _why(bool(credit.volume_threshold))
    if credit.validity:
        yield credit.validity, Counted.VALIDITY


def _why(has_threshold: bool) -> Counted:
    return Counted.THRESHOLD if has_threshold else Counted.EXHAUSTED
