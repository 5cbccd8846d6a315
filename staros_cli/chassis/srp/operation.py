"""What an operator asks of a chassis of a pair, and what is shown of it."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from msgspec import Struct

from staros_cli import messages
from staros_cli.chassis.findings import SYSTEM, Finding, Severity, finding
from staros_cli.chassis.licence import ICSR
from staros_cli.chassis.srp.checkpoints import Counts
from staros_cli.chassis.srp.machine import Machine
from staros_cli.chassis.srp.records import Audit, Validation
from staros_cli.chassis.srp.settings import Kind, SrpSettings
from staros_cli.chassis.srp.states import Reason, State
from staros_cli.chassis.tasks import SESSMGR, Task
from staros_cli.messages import Refused

_LOWEST_HELLOS = 3
"""How many Hellos a dead interval lasts at least (doc)."""
_HEARTBEATS, _HEARTBEATS_AGGRESSIVE = 7, 1
"""Hellos that a standby session manager waits for (doc), and where it is to be fast (chosen)."""
_SYNCHRONIZED_AFTER, _READY_AFTER = 2.0, 4.0
"""Seconds from the begin of an audit until it is synchronized, and until it is over (chosen)."""
_DAY = 86400.0
READY, CONNECTING, NO_PARTNER = "Ready", "Conn", ""


class ManagerRow(Struct, frozen=True):
    """A session manager: how it is connected to that of the other chassis, and its checkpoints."""

    instance: int
    is_active: bool
    partner: str
    records: int
    counts: Counts


def next_audit(settings: SrpSettings, after: float) -> float:
    """When the next audit is due behind a time, in seconds since 1970 UTC; infinite for never."""
    at = after + settings.audit_every if settings.audit_every else inf
    if settings.audit_at is not None:
        day = after // _DAY * _DAY + settings.audit_at
        at = min(at, day if day > after else day + _DAY)
    return at


class Srp(Machine):
    """A chassis of a pair, as an operator sees it."""

    def clear(self) -> None:
        """The system went down: what operators asked is forgotten."""
        super().clear()
        self.audit: Audit | None = None
        self.validation: Validation | None = None
        self._hellos_before = (0, 0)
        self._audited_at = 0.0
        self._audits: tuple[float, float | None] = (0.0, None)

    def running_settings(self) -> SrpSettings:
        """What is configured. Raises Refused when the protocol does not run."""
        self.look()
        if self.settings is None:
            raise Refused(messages.SRP_NOT_CONFIGURED)
        if not self.is_running:
            raise Refused(messages.SRP_NOT_RUNNING)
        return self.settings

    def _serving_settings(self) -> SrpSettings:
        """What is configured. Raises Refused when the chassis is not active with a standby one."""
        settings = self.running_settings()
        if self.state is not State.ACTIVE:
            raise Refused(messages.SRP_NOT_ACTIVE)
        if not self.is_connected or self.partner.state is not State.STANDBY:
            raise Refused(messages.SRP_NOT_CONNECTED)
        return settings

    # Session managers

    def managers(self) -> list[ManagerRow]:
        """The session managers."""
        held = self.handover.held.by_sessmgr if self.state is State.STANDBY else {}
        return [
            ManagerRow(
                task.instance,
                self.state is not State.STANDBY,
                self._partner_of(task),
                held.get(task.instance, 0),
                self.checkpoints.counts(task.instance),
            )
            for task in sorted(
                self._tasks.of(SESSMGR, standby=False), key=lambda task: task.instance
            )
        ]

    def _partner_of(self, task: Task) -> str:
        """How a session manager is connected: it waits for Hellos when it or its partner begins."""
        if self.settings is None or not self.is_connected or not task.is_up(self.now):
            return NO_PARTNER
        beats = _HEARTBEATS_AGGRESSIVE if self.settings.aggressive else _HEARTBEATS
        ready_at = max(self.connected_at, task.ready_at) + beats * self.settings.hello
        return READY if self.now >= ready_at else CONNECTING

    def mismatched(self) -> int:
        """How many session managers have no partner that is ready."""
        return sum(row.partner != READY for row in self.managers())

    # Messages

    def _hellos(self) -> tuple[int, int]:
        """How many Hellos were sent and received since the protocol runs."""
        if self.settings is None or not self.is_running:
            return 0, 0
        sent = 1 + int((self.now - self.begun_at) // self.settings.hello)
        return sent, self.link.hellos_received(self.now) if self.link is not None else 0

    def hellos_sent(self) -> int:
        """How many Hellos were sent since the counts were cleared."""
        return max(0, self._hellos()[0] - self._hellos_before[0])

    def hellos_received(self) -> int:
        """How many Hellos were received since the counts were cleared."""
        return max(0, self._hellos()[1] - self._hellos_before[1])

    def clear_counts(self) -> None:
        """Count messages, comparisons and switchovers from zero."""
        self.judge()
        self.counts.clear()
        self._hellos_before = self._hellos()

    def clear_audit(self) -> None:
        """Forget the last audit."""
        self.audit = None

    # What operators do

    def check_switchover(self, *, force: bool) -> None:
        """See whether the chassis could hand over. Raises Refused when it could not."""
        self._serving_settings()
        mismatched = self.mismatched()
        if mismatched and not force:
            raise Refused(messages.SRP_MISMATCHED, count=mismatched)

    def initiate_switchover(self, *, force: bool) -> None:
        """Hand over to the standby chassis. Raises Refused as `check_switchover` does."""
        self.check_switchover(force=force)
        settings = self._serving_settings()
        self.notices.initiated(settings)
        self.step_down(settings, Reason.MANUAL)

    def validate_switchover(self) -> None:
        """Check whether both chassis are ready for a switchover; the outcome is shown later."""
        self.running_settings()
        if not self.is_connected:
            text = "Remote Chassis - Not Connected"
        elif self.mismatched() or self.state not in (State.ACTIVE, State.STANDBY):
            text = "Remote Chassis - Not Ready for Switchover"
        else:
            text = "Remote Chassis - Ready for Switchover"
        self.validation = Validation(text, self.now)

    def validate_configuration(self) -> None:
        """Compare the configurations. Raises Refused on a chassis that is not active."""
        settings = self._serving_settings()
        self._compare(settings)
        self.compared_at = self.now
        self._note_comparison(settings)

    def initiate_audit(self) -> None:
        """Compare the calls of both. Raises Refused on a chassis that is not active."""
        self._serving_settings()
        self._audit("Manual")

    def judge(self) -> None:
        """See what has changed around the chassis, and make the audit that is due."""
        super().judge()
        settings = self.settings
        is_served = self.is_connected and self.state is State.ACTIVE
        if settings is None or not is_served or self.partner.state is not State.STANDBY:
            return
        audits = settings.audit_every, settings.audit_at
        if audits != self._audits:
            self._audits, self._audited_at = audits, self.now
        before = max(self.active_since, self.connected_at, self._audited_at)
        at = next_audit(settings, before)
        if self.now >= at:
            self._audited_at = self.now
            self._audit("Periodic")
            at = next_audit(settings, self.now)
        self._again(at)

    def _audit(self, reason: str) -> None:
        now, number = self.now, self.audit.number + 1 if self.audit else 1
        self.audit = Audit(
            number,
            self.state.value,
            reason,
            now,
            now + _SYNCHRONIZED_AFTER,
            now + _READY_AFTER,
            len(self._sessions),
        )

    def reset_failure(self, kind: Kind) -> None:
        """Let a kind of peers that were monitored and failed count again. Raises Refused."""
        self.running_settings()
        self.monitors.reset(kind)
        self.judge()

    # What the other chassis does

    def let_partner_hand_over(self) -> None:
        """An operator of the active chassis lets it hand over to this one. Raises Refused."""
        settings = self.running_settings()
        if self.state is not State.STANDBY or not self.is_connected:
            raise Refused(messages.SRP_NOT_STANDBY)
        self.partner.become(State.PENDING_STANDBY)
        self._pend(settings, Reason.NOT_DEFINED)

    def let_differ(self, differs: bool) -> None:
        """Give the other chassis another configuration, or ours; the next comparison tells.

        Raises Refused where the protocol does not run.
        """
        self.running_settings()
        self.judge()
        self.partner.let_differ(differs)
        self.judge()

    # What is wrong

    def findings(self) -> Iterator[Finding]:
        """What is wrong with the configuration."""
        settings = self.read()
        if settings is None:
            return
        about = (f"context {settings.context}", "service-redundancy-protocol")
        if not settings.is_complete:
            yield finding(SYSTEM, messages.SRP_INCOMPLETE(), Severity.WARNING, about)
        elif (":" in settings.local) != (":" in settings.peer):
            yield finding(SYSTEM, messages.SRP_FAMILIES(), Severity.ERROR, about)
        if not self._license.allows(ICSR, self.now):
            yield finding(SYSTEM, messages.SRP_NOT_LICENSED(), Severity.WARNING, about)
        if settings.dead < _LOWEST_HELLOS * settings.hello:
            yield finding(SYSTEM, messages.SRP_DEAD_INTERVAL(), Severity.WARNING, about)
        for one in settings.monitors:
            if self._started_at is not None and self._peers.with_key(one.found) is None:
                text = messages.SRP_NOTHING_TO_MONITOR(
                    kind=one.kind.title, address=one.address, context=one.context
                )
                yield finding(SYSTEM, text, Severity.WARNING, about)
