"""Session Recovery: configured, in effect, ready.

The three are different things. `configured` is what the running configuration says, `in_effect`
what the system was started with, `status` what the last of the periodic checks found.
"""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from staros_cli import messages
from staros_cli.chassis.hardware import CardState, Cpu, Hardware
from staros_cli.chassis.tasks import AAAMGR, SESSMGR, CpuCount, TaskTable
from staros_cli.messages import Message

CHECK_PERIOD = 10.0
"""Seconds between two checks of the status (chosen)."""


class Effect(Enum):
    """When a change to the configuration of the feature takes effect."""

    NOW = "now"
    AFTER_RELOAD = "after a reload"
    UNLICENSED = "not before it is licensed"


class Readiness(Enum):
    """What a check can find."""

    NOT_ENABLED = "not enabled"
    NOT_READY = "not ready"
    LACKING = "lacking hardware"
    READY = "ready"


class Status(Struct, frozen=True):
    """What the last check found, why, and when it was (SR-25)."""

    readiness: Readiness
    reason: str
    checked_at: float

    @property
    def message(self) -> tuple[Message, dict[str, str]]:
        """The words for it."""
        words = {
            Readiness.NOT_ENABLED: messages.NOT_ENABLED,
            Readiness.NOT_READY: messages.NOT_READY,
            Readiness.LACKING: messages.LACKING,
            Readiness.READY: messages.READY,
        }
        return words[self.readiness], {"reason": self.reason} if self.reason else {}


class RecoveryRow(Struct, frozen=True):
    """A CPU that takes part in session recovery, as `verbose` shows it (SR-27)."""

    cpu: Cpu
    state: CardState
    count: CpuCount
    good: bool


class SessionRecovery(Struct):
    """The state of the feature."""

    configured: bool = False
    in_effect: bool = False
    status: Status = Status(Readiness.NOT_ENABLED, "", 0.0)

    def clear(self) -> None:
        """Nothing is configured and nothing in effect: the system starts."""
        self.configured = False
        self.in_effect = False

    def check(self, hardware: Hardware, tasks: TaskTable, now: float) -> None:
        """Look at the system and note what was found: the periodic check."""
        lacking = missing_hardware(hardware)
        if not self.in_effect:
            readiness = Readiness.NOT_READY if self.configured else Readiness.NOT_ENABLED
            if self.configured and tasks_of_sessions(tasks):
                readiness = Readiness.NOT_ENABLED
            self.status = Status(readiness, "", now)
        elif lacking:
            self.status = Status(Readiness.LACKING, lacking, now)
        elif all_up(tasks, now):
            self.status = Status(Readiness.READY, "", now)
        else:
            self.status = Status(Readiness.NOT_READY, "", now)


def missing_hardware(hardware: Hardware) -> str:
    """What the system lacks for session recovery, or nothing (SR-05)."""
    platform = hardware.platform
    active, standby = len(hardware.active_packet), len(hardware.standby_packet)
    if active < platform.active_needed:
        return f"{active} of {platform.active_needed} active packet cards"
    if standby < platform.standby_needed:
        return "no standby packet card"
    return ""


def tasks_of_sessions(tasks: TaskTable) -> bool:
    """Whether the system runs session tasks at all."""
    return any(True for _ in tasks.of(SESSMGR))


def all_up(tasks: TaskTable, now: float) -> bool:
    """Whether session tasks exist, with standby-mode ones among them, and all have come up."""
    managers = [*tasks.of(SESSMGR), *tasks.of(AAAMGR)]
    return any(task.standby for task in managers) and all(task.is_up(now) for task in managers)


def cpu_is_good(tasks: TaskTable, cpu: Cpu, now: float) -> bool:
    """Whether all session tasks of a CPU have come up."""
    return all(task.is_up(now) for task in tasks.tasks if task.cpu == cpu)
