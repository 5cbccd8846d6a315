"""Whatever happens around a node, in any order: its screens tell one story, and the model holds."""

from __future__ import annotations

import re
from contextlib import suppress

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from staros_cli.chassis.definition import parse, shipped
from staros_cli.chassis.invariants import violations
from staros_cli.commands.injection import inject
from staros_cli.language.parser import parse_test_command
from staros_cli.messages import Refused
from staros_cli.scenarios.schema import built_in_names
from tests.chassis import living_views, views
from tests.chassis.credit.labs import ENDPOINT, SERVICE
from tests.lab import Lab

SOURCE = (shipped() / "asr5500.toml").read_text()
FAULTS = (
    *(f"test port {slot}/{port} {act}" for slot in (5, 6) for port in (10, 11) for act in "FR"),
    *(f"test peer 198.18.1.{n} {act}" for n in (1, 2) for act in ("fail", "restart", "restore")),
    *(f"test peer 203.0.113.9 {act} bgp" for act in ("fail", "restart", "restore")),
    *(f"test peer 192.0.2.{n} {act}" for n in (80, 81) for act in ("fail", "restore")),
    *(f"test peer 192.0.2.{n} {act} bulkstats" for n in (70, 71) for act in ("fail", "restore")),
    *(f"test port {slot}/1 {act}" for slot in (5, 6) for act in "FR"),
    *(f"test environment fan upper-rear {act}" for act in ("fail", "remove", "restore")),
    *(f"test environment temperature card 3 {act}" for act in ("high", "normal")),
    *(f"test environment disk card 13 {act}" for act in ("fail", "restore")),
    *(f"test calls share {share}" for share in (0, 30, 100)),
    *(f"test calls churn {churn}" for churn in (0, 1, 7)),
    *(f"test calls rate {rate}" for rate in (0, 50, 500)),
    *(f"test peer 192.0.2.20 {act} diameter" for act in ("fail", "restore")),
    "test calls restore",
    "test license expire in 30",
    "test license restore",
    "test task leak facility sessmgr instance 2 rate 300",
    "task kill facility sessmgr instance 2",
    "test card 2 fail",
    "test card 5 fail",
    "test card 6 fail",
)
"""Test commands; F and R stand for fail and restore."""


CREDIT = (
    *("context SAEGW", "subscriber default", "active-charging rulebase R"),
    *("credit-control-group gy", "exit"),
    *(line.replace("192.0.2.1", "198.51.100.1") for line in ENDPOINT if "ocs2" not in line),
    *("exit", *SERVICE),
    *("credit-control group gy", "diameter origin endpoint gy", "quota validity-time 90"),
    *("failure-handling update-request continue", "offline-session re-enable", "exit", "exit"),
)
"""Credit control for the calls of a PGW."""


BULKSTATS = (
    *("bulkstats collection", "bulkstats mode", "sample-interval 1", "transfer-interval 2"),
    *("limit 100", "receiver 192.0.2.70 primary", "receiver 192.0.2.71 secondary"),
    "schema s format S,%sess-curttlcalls%,%sess-ttlarrived%,%sess-ttlrejected%,%sess-ttlfailed%,"
    "%sess-ttldisconn%",
    "ippool schema p format P,%used%,%free%",
    "card schema c format C,%card%,%task-sessmgr-num%,%cpubusy%",
    "exit",
)
"""Bulk statistics that are discarded soon."""


class Node(RuleBasedStateMachine):
    """A node with ports, a pool and peers."""

    lab: Lab

    @initialize()
    def begin(self) -> None:
        text, count = re.subn(r"PGW = \d+", "PGW = 800", SOURCE)
        assert count == 1
        self.lab = Lab(parse("node", text, "node"))
        self.lab.configure(
            *("context GGSN", "ip pool P 10.1.0.0 255.255.255.0 public 0"),
            *("router bgp 64512", "neighbor 203.0.113.9 remote-as 64513", "exit", "exit"),
            *CREDIT,
            *BULKSTATS,
            *("ntp", "enable", "server 192.0.2.80", "server 192.0.2.81", "exit"),
            *("congestion-control", "congestion-control policy pgw-service action reject"),
            "congestion-control threshold license-utilization 80",
            "require session recovery",
        )
        self.lab.typed("save configuration -noconfirm")
        self.lab.reload(60)

    @rule(line=st.sampled_from(FAULTS))
    def fault(self, line: str) -> None:
        line = line.replace(" F", " fail").replace(" R", " restore")
        command = parse_test_command(line)
        assert command is not None, line
        self.lab.chassis.catch_up()
        if self.lab.chassis.is_up:
            inject(self.lab.system, command)
        self.agree()

    @rule(name=st.sampled_from(built_in_names()))
    def play(self, name: str) -> None:
        with suppress(Refused):
            self.lab.device.play(name)

    @rule(seconds=st.sampled_from([1.0, 7.0, 61.0, 300.0, 1000.0]))
    def wait(self, seconds: float) -> None:
        self.lab.wait(seconds)
        self.agree()

    @rule()
    def reload(self) -> None:
        if self.lab.chassis.is_up:
            self.lab.typed("reload -noconfirm")

    def agree(self) -> None:
        """Nothing is so that cannot be, and no screen denies what another says."""
        assert violations(self.lab.chassis) == []
        assert living_views.disagreements(self.lab) == []
        assert views.disagreements(self.lab) == []


TestNode = Node.TestCase
TestNode.settings = settings(
    max_examples=12,
    stateful_step_count=14,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
