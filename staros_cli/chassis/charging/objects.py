"""Objects of the active charging service, as they are configured."""

from __future__ import annotations

from msgspec import Struct

from staros_cli.chassis.charging.credit import CreditGroup

CHARGING, ROUTING, POST_PROCESSING = "charging", "routing", "post-processing"
"""What ruledefs are for."""
ALL_PACKETS = "ip any-match = TRUE"
"""The line that matches every packet."""
DYNAMIC_ONLY, TIMED = "dynamic-only", "timedef"


class Ruledef(Struct, frozen=True):
    """A rule definition: the lines that match packets, all of them or, with `any_line`, one."""

    name: str
    lines: tuple[str, ...] = ()
    application: str = CHARGING
    any_line: bool = False
    logged: bool = False

    @property
    def matches_all(self) -> bool:
        """Whether it matches every packet."""
        hits = [line == ALL_PACKETS for line in self.lines]
        return any(hits) if self.any_line else bool(hits) and all(hits)


class RuledefGroup(Struct, frozen=True):
    """A group of ruledefs: their priorities and names, the lowest number first."""

    name: str
    members: tuple[tuple[int, str], ...] = ()
    application: str = CHARGING


class Rule(Struct, frozen=True):
    """A line of a rulebase: what is done with packets that a ruledef, or a group, matches.

    `use` is CHARGING, ROUTING or POST_PROCESSING, `target` the charging action or the analyzer,
    `when` empty, DYNAMIC_ONLY, TIMED or another word for when it counts, `timedef` the times,
    `line` all of it.
    """

    use: str
    priority: int
    name: str
    target: str
    is_group: bool = False
    when: str = ""
    timedef: str = ""
    monitoring_key: str = ""
    line: str = ""


class Rulebase(Struct, frozen=True):
    """A rulebase: its rules of every use, each use by priority, and its group of credit control.

    `asked_octets` and `asked_seconds` are the quota that is asked for, 0 where that is not told.
    """

    name: str
    rules: tuple[Rule, ...] = ()
    optimization: str = "high"
    credit_group: str = ""
    asked_octets: float = 0.0
    asked_seconds: float = 0.0

    def rules_for(self, use: str) -> list[Rule]:
        """The rules of a use, the lowest priority number first."""
        return [rule for rule in self.rules if rule.use == use]


class ChargingConfiguration(Struct, frozen=True):
    """What is configured of active charging, by names; nothing without a service.

    `rating_groups` are those of the charging actions that take credit.
    """

    service: str = ""
    ruledefs: dict[str, Ruledef] = {}
    groups: dict[str, RuledefGroup] = {}
    actions: frozenset[str] = frozenset()
    rulebases: dict[str, Rulebase] = {}
    timedefs: frozenset[str] = frozenset()
    credit_groups: dict[str, CreditGroup] = {}
    rating_groups: dict[str, int] = {}


class Limit(Struct, frozen=True):
    """A limit of the data rate in one direction: bits a second, octets, and what is done above."""

    rate: str
    burst: str
    violation: str


class ActionRecord(Struct, frozen=True):
    """A charging action as it is shown. What is not configured has the default of the device.

    `records` are those that are written, as words of the configuration; `flow` are the words
    behind `flow action`, `xheader` format, encryption, key and type of messages.
    """

    name: str
    content_id: str
    service_id: str
    records: frozenset[str]
    idle: str
    mapping_idle: str
    flow_limit: str
    bandwidth_id: str
    uplink: Limit | None
    downlink: Limit | None
    throttle: str
    traffic_class: str
    qci: str
    tos: str
    credit_control: bool
    xheader: tuple[str, str, str, str] | None
    flow: tuple[str, ...]
    volume: str
    option: str
    dns_bypass: bool
