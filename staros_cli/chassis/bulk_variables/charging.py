"""The variables of active charging and of credit control.

Those of `ecs` are the names of the device; those of rulebases and groups are chosen.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from msgspec import Struct

from staros_cli.chassis.bulk_variables.catalog import Kind, Variable
from staros_cli.chassis.charging.counters import RULEBASES, Tally
from staros_cli.chassis.charging.objects import CHARGING
from staros_cli.chassis.chassis import Chassis
from staros_cli.chassis.credit.counts import Counted, Statistics


class TrafficFigures(Struct, frozen=True):
    """What a rulebase has carried, or all of them together, and its calls."""

    name: str
    sessions: int
    tally: Tally


def _by_rulebase(chassis: Chassis) -> dict[str, Tally]:
    found: dict[str, Tally] = {}
    for match, volume in chassis.charging.counts(RULEBASES, CHARGING):
        found.setdefault(match.rulebase, Tally()).add(volume)
    return found


def _rulebases(chassis: Chassis) -> Iterable[TrafficFigures]:
    counted, sessions = _by_rulebase(chassis), chassis.charging.sessions()
    return [
        TrafficFigures(name, sessions.get(name, 0), counted.get(name, Tally()))
        for name in chassis.charging.configuration.rulebases
    ]


def _service(chassis: Chassis) -> Iterable[TrafficFigures]:
    """The service, of which there is one at most."""
    sessions, total = chassis.charging.sessions(), Tally()
    for _, volume in chassis.charging.counts(RULEBASES, CHARGING):
        total.add(volume)
    name = chassis.charging.configuration.service
    return [TrafficFigures(name, sum(sessions.values()), total)] if name else []


ECS = Kind(
    _service,
    {
        "ecs-subscribers-cur": Variable("Current subscribers", lambda row: row.sessions),
        "ip-uplk-bytes": Variable("Octets from subscribers", lambda row: row.tally.up),
        "ip-dwnlk-bytes": Variable("Octets to subscribers", lambda row: row.tally.down),
        "ip-uplk-pkts": Variable("Packets from subscribers", lambda row: row.tally.packets_up),
        "ip-dwnlk-pkts": Variable("Packets to subscribers", lambda row: row.tally.packets_down),
    },
)
RULEBASE = Kind(
    _rulebases,
    {
        "rulebase": Variable("Name of the rulebase", lambda row: row.name),
        "subscribers-cur": Variable("Current subscribers", lambda row: row.sessions),
        "uplk-bytes": Variable("Octets from subscribers", lambda row: row.tally.up),
        "dwnlk-bytes": Variable("Octets to subscribers", lambda row: row.tally.down),
        "uplk-pkts": Variable("Packets from subscribers", lambda row: row.tally.packets_up),
        "dwnlk-pkts": Variable("Packets to subscribers", lambda row: row.tally.packets_down),
    },
)


def _credit(chassis: Chassis) -> Iterable[Statistics]:
    return chassis.credit.statistics()


def _count(what: Counted, row: Statistics) -> int:
    return row.tally[what]


_CREDIT = {
    "ccr-initial": ("Requests to begin", Counted.INITIAL),
    "cca-initial": ("Answers to these", Counted.INITIAL_ANSWERS),
    "ccr-update": ("Requests for more quota", Counted.UPDATES),
    "cca-update": ("Answers to these", Counted.UPDATE_ANSWERS),
    "ccr-final": ("Requests to end", Counted.FINAL),
    "cca-final": ("Answers to these", Counted.FINAL_ANSWERS),
}
DCCA_GROUP = Kind(
    _credit,
    {
        "group": Variable("Name of the group", lambda row: row.group),
        "curr-sess": Variable("Current sessions", lambda row: row.current),
        **{name: Variable(text, partial(_count, what)) for name, (text, what) in _CREDIT.items()},
    },
)
KINDS_OF_CHARGING = {"ecs": ECS, "rulebase": RULEBASE, "dcca-group": DCCA_GROUP}
