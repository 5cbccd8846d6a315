"""A chassis whose calls have credit control."""

from __future__ import annotations

from staros_cli.chassis.credit.counts import Counted, Statistics
from tests.configuration.test_peers import OWN
from tests.lab import Lab

ENDPOINT = (
    "diameter endpoint gy",
    "origin host pgw.lab.example address 192.0.2.1",
    "origin realm lab.example",
    "peer ocs1 realm core.example address 192.0.2.20",
    "peer ocs2 address 192.0.2.21",
    "watchdog-timeout 10",
    "exit",
)
SERVICE = (
    "active-charging service acs",
    "ruledef every",
    "ip any-match = TRUE",
    "exit",
    "charging-action pay",
    "cca charging credit rating-group 5",
    "exit",
    "rulebase R",
    "action priority 20 ruledef every charging-action pay",
    "exit",
)
APN = ("apn lab.example", "active-charging rulebase R", "credit-control-group gy", "exit")
CALLS = 1024
"""The calls of the APN."""
FIRST, SECOND = "192.0.2.20", "192.0.2.21"


def configured(*group: str, rulebase: tuple[str, ...] = ()) -> list[str]:
    """The lines of a configuration with such a group of credit control."""
    lines = [*OWN, *ENDPOINT, *APN, "exit", *SERVICE]
    lines += ["rulebase R", *rulebase, "exit"] if rulebase else []
    return [*lines, "credit-control group gy", "diameter origin endpoint gy", *group, "exit"]


def charged(*group: str, rulebase: tuple[str, ...] = ()) -> Lab:
    """A chassis that came up with such a group of credit control."""
    lab = Lab()
    assert lab.configure(*configured(*group, rulebase=rulebase)).strip() == ""
    lab.wait(5)
    lab.typed("save configuration -noconfirm")
    lab.reload(60)
    return lab


def found(lab: Lab) -> Statistics:
    """What was counted of the group."""
    (statistics,) = lab.chassis.credit.statistics("gy")
    return statistics


def counts(lab: Lab, *counted: Counted) -> tuple[int, ...]:
    """Some of what was counted of the group."""
    return tuple(found(lab).tally[each] for each in counted)


def connected(lab: Lab) -> int:
    """How many calls of the APN there are."""
    sessions = lab.chassis.sessions
    groups = [group for group in sessions.groups if group.apn == "lab.example"]
    return len(sessions.in_groups(sessions.rows(), lambda group: group in groups))
