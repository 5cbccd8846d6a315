"""What session recovery makes of a chassis: when it takes effect, and what it could recover."""

from __future__ import annotations

from collections.abc import Iterator

from staros_cli import messages
from staros_cli.chassis import recovery as recovery_rules
from staros_cli.chassis.access import not_covered
from staros_cli.chassis.assembly import Assembly
from staros_cli.chassis.findings import SYSTEM, Finding, finding
from staros_cli.chassis.licence import SESSION_RECOVERY
from staros_cli.chassis.recovery import Effect, Readiness, RecoveryRow
from staros_cli.messages import Refused


class RecoverableSystem(Assembly):
    """The parts of a chassis with the rules of session recovery.

    `reading` tells that a configuration file is being read.
    """

    reading = False

    def _check_recovery(self, at: float) -> None:
        """Look at what the system could recover at a time: the check of SR-25."""
        recovery = self.recovery
        if not recovery.in_effect:
            waits = recovery.configured and not self.in_service
            licensed = self.license.allows(SESSION_RECOVERY, at)
            not_yet = waits and licensed
            recovery.judge(Readiness.NOT_READY if not_yet else Readiness.NOT_ENABLED, at)
            return
        shortage = self.task_control.shortage()
        missing = recovery_rules.missing_cards(self.hardware)
        ready = recovery_rules.all_up(self.tasks, at)
        if shortage:
            recovery.judge(Readiness.LACKING, at, f"no {shortage} for standby-mode tasks")
        elif missing:
            reason = f"task recovery only, {missing}" if ready else missing
            recovery.judge(Readiness.LACKING, at, reason)
        else:
            recovery.judge(Readiness.READY if ready else Readiness.NOT_READY, at)

    def not_covered(self, group: int) -> str:
        """Why session recovery does not cover a group of sessions, or nothing (SR-07, SR-08)."""
        found = self.sessions.groups[group]
        services = frozenset(service.kind for _, service in self.contexts.started())
        return not_covered(found.kind, found.schema.trait, self.platform.name, services)

    @property
    def in_service(self) -> bool:
        """Whether the system has contexts or runs session tasks (SR-16, SR-17)."""
        return self.contexts.any_configured or recovery_rules.tasks_of_sessions(self.tasks)

    def require_session_recovery(self) -> Effect:
        """Configure session recovery; returns when that takes effect.

        Raises Refused when it is not licensed (SR-13). While a configuration is being read, that is
        judged when all of it has been read.
        """
        if self.reading or self.license.allows(SESSION_RECOVERY, self.now):
            self.recovery.configure(True)
            late = self.in_service and not self.recovery.in_effect and not self.recovery.claimed
            return Effect.AFTER_RELOAD if late else Effect.NOW
        raise Refused(messages.NOT_LICENSED)

    def no_require_session_recovery(self) -> Effect:
        """Take session recovery out of the configuration; returns when that has effect (SR-23)."""
        self.recovery.configure(False)
        late = self.in_service and (self.recovery.in_effect or bool(self.recovery.claimed))
        return Effect.AFTER_RELOAD if late else Effect.NOW

    def _enter_service(self) -> None:
        """Contexts were created on a system without any: session recovery takes effect (SR-16).

        Without a license the system runs without it, and logs that (SR-24).
        """
        recovery, claimed = self.recovery, self.recovery.claimed
        if claimed is None:
            return
        recovery.take_effect(self.license.allows(SESSION_RECOVERY, self.now))
        if claimed and not recovery.in_effect:
            reason = "configured and not licensed, the system runs without it"
            self.events.add(self.now, "Session recovery", reason=reason)
        self.sessions.checkpoint(recovery.in_effect)

    def _note_coverage(self) -> None:
        groups = range(len(self.sessions.groups))
        self.sessions.cover(n for n in groups if not self.not_covered(n))

    def _findings(self) -> Iterator[Finding]:
        if self.runs_without_recovery:
            yield finding(SYSTEM, messages.RUNS_WITHOUT())

    @property
    def runs_without_recovery(self) -> bool:
        """Whether session recovery is configured, not licensed, and not in effect (SR-24)."""
        recovery = self.recovery
        licensed = self.license.allows(SESSION_RECOVERY, self.now)
        return recovery.configured and not recovery.in_effect and not licensed

    def recovery_rows(self) -> list[RecoveryRow]:
        """Every CPU that takes part in session recovery, with its counts (SR-27)."""
        return recovery_rules.rows(self.recovery, self.tasks, self.hardware, self.now)
