"""After any sequence of failures, switchovers and restarts the two chassis are never both wrong."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from staros_cli.chassis.invariants import violations
from staros_cli.chassis.srp.states import State
from staros_cli.messages import Refused
from tests.chassis.srp.pairs import (
    BACKUP,
    IN_SRP,
    OWN,
    PARTNER,
    PRIMARY,
    pair,
    srp,
    states,
)
from tests.commands.test_outside_conditions import happen
from tests.lab import Lab

COMMANDS = (
    f"test peer {PARTNER} fail srp",
    f"test peer {PARTNER} fail srp",
    f"test peer {PARTNER} restore srp",
    f"test peer {PARTNER} restore srp",
    f"test peer {PARTNER} restart srp",
    "test srp switchover",
    "test srp switchover",
    "test srp configuration differ",
    "test srp configuration match",
    "test peer 203.0.113.20 fail radius",
    "test peer 203.0.113.20 restore radius",
    "test calls share 40",
    "test calls restore",
    "task kill facility sessmgr instance 3",
)
TYPED = (
    "srp initiate-switchover -noconfirm",
    "srp initiate-switchover force -noconfirm",
    "srp validate-configuration",
    "srp reset-auth-probe-fail",
    "clear subscribers sessmgr-instance 2 -noconfirm",
)
LINES = (
    ("port ethernet 5/12", "shutdown"),
    ("port ethernet 5/12", "no shutdown"),
    (*IN_SRP, "monitor authentication-probe context GGSN 203.0.113.20"),
    (*IN_SRP, "dead-interval 60"),
    (*IN_SRP, "audit periodicity 60"),
    (*IN_SRP, "checkpoint session duration 5"),
    (*IN_SRP, "checkpoint session duration 600"),
    (*IN_SRP, "chassis-mode primary"),
    ("context SRP", "no service-redundancy-protocol"),
    (*IN_SRP, *PRIMARY, f"bind address {OWN}", f"peer-ip-address {PARTNER}"),
    (*IN_SRP, *PRIMARY, f"bind address {OWN}", f"peer-ip-address {PARTNER}"),
)


class Life(RuleBasedStateMachine):
    """The life of a chassis of a pair."""

    lab: Lab

    @initialize(lines=st.sampled_from([PRIMARY, BACKUP]))
    def begin(self, lines: tuple[str, ...]) -> None:
        self.lab = pair(
            lines, ("context GGSN", "  ip pool p 10.7.0.0 255.255.0.0 public 0", "#exit")
        )
        self.lab.typed("save configuration /flash/system.cfg -noconfirm")

    @rule(seconds=st.sampled_from([0.01, 0.5, 1.0, 2.0, 4.0, 16.0, 31.0, 90.0, 3700.0]))
    def wait(self, seconds: float) -> None:
        self.lab.wait(seconds)

    @rule(line=st.sampled_from(COMMANDS))
    def outside(self, line: str) -> None:
        if self.lab.chassis.is_up:
            with suppress(Refused):
                happen(self.lab, line)

    @rule(line=st.sampled_from(TYPED))
    def type(self, line: str) -> None:
        if self.lab.chassis.is_up:
            self.lab.typed(line)

    @rule(lines=st.sampled_from(LINES))
    def configure(self, lines: tuple[str, ...]) -> None:
        if self.lab.chassis.is_up:
            self.lab.configure(*lines)

    @rule()
    def reload(self) -> None:
        if self.lab.chassis.is_up:
            self.lab.typed("reload -noconfirm")

    @rule(seconds=st.sampled_from([200.0]))
    def settle(self, seconds: float) -> None:
        """With all that failed mended, one of the two is active, and the other one standby."""
        if not self.lab.chassis.is_up:
            return
        happen(self.lab, f"test peer {PARTNER} restore srp")
        happen(self.lab, "test peer 203.0.113.20 restore radius")
        self.lab.configure("port ethernet 5/12", "no shutdown")
        self.lab.wait(seconds)
        if srp(self.lab).is_running:
            assert set(states(self.lab)) == {State.ACTIVE, State.STANDBY}

    @invariant()
    def all_agree(self) -> None:
        if not hasattr(self, "lab") or not self.lab.chassis.is_up:
            return
        found = srp(self.lab)
        assert violations(self.lab.chassis) == []
        sending = found.is_connected and found.state in (State.ACTIVE, State.PENDING_STANDBY)
        assert found.checkpoints.is_sending <= sending or not found.is_connected
        assert found.checkpoints.is_sending or found.state is not State.ACTIVE or not sending
        self._connection()
        self._checkpoints()

    def _connection(self) -> None:
        found = srp(self.lab)
        counts = found.counts
        assert counts.established - counts.lost == found.is_connected
        if found.is_connected:
            both = states(self.lab)
            assert both.count(State.ACTIVE) <= 1
            assert both.count(State.STANDBY) <= 1
        alarms = [alarm.name for alarm in self.lab.chassis.events.outstanding]
        failed = found.link is not None and found.link.failures > 0
        lost = found.is_running and failed and not found.is_connected
        assert alarms.count("SRPConnDown") == lost
        assert alarms.count("SRPConfigOutOfSync") == found.is_out_of_sync
        assert counts.switchovers.total() == len(found.switchovers.kept) or (
            len(found.switchovers.kept) == found.switchovers.kept.maxlen
        )
        for record in found.switchovers.kept:
            assert 0 <= record.never_sent <= record.lost <= record.active

    def _checkpoints(self) -> None:
        found, held = srp(self.lab), self.lab.chassis.srp.handover.held
        rows = found.managers()
        if found.state is State.STANDBY and found.settings is not None:
            assert sum(held.by_sessmgr.values()) == len(held)
            text = self.lab.typed("show srp checkpoint statistics")
            shown = next(line for line in text.splitlines() if "allocated" in line)
            assert int(shown.split()[-1]) == sum(row.records for row in rows) <= len(held)


Life.TestCase.settings = settings(
    max_examples=settings.default.max_examples // 4,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestLife = Life.TestCase
