"""Session Recovery: configured, in effect, ready.

The three are different things. `configured` is what the running configuration says, `in_effect`
what the system was started with, `status` what the last check found. A check is made periodically,
and at once when a task or a card fails.

The chapter names two things that recovery needs: processes that are mirrored in standby-mode, and
the hardware to run them. From that follows what each kind of recovery asks for (chosen):

- The recovery of a task needs a standby-mode task on an active card and the peer of the instance.
- The recovery of a card needs that, as many active packet cards as the platform asks for, and a
  standby packet card.
"""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from staros_cli import messages
from staros_cli.chassis.hardware import CardState, Cpu, Hardware
from staros_cli.chassis.tasks import AAAMGR, SESSMGR, CpuCount, TaskTable
from staros_cli.messages import Message

CHECK_PERIOD = 10.0
"""Seconds between two periodic checks of the status (chosen)."""


class Effect(Enum):
    """When a change to the configuration of the feature takes effect."""

    NOW = "now"
    AFTER_RELOAD = "after a reload"
    UNLICENSED = "not before it is licensed"


class Readiness(Enum):
    """The findings of a check."""

    NOT_ENABLED = "not enabled"
    NOT_READY = "not ready"
    LACKING = "lacking hardware"
    READY = "ready"


class Status(Struct, frozen=True):
    """The finding of the last check, its reason and its time (SR-25)."""

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
    """The state of the feature.

    `claimed` is what was configured when the first context was created while a configuration was
    being read: that is what comes into effect when it has been read (SR-22).
    """

    configured: bool = False
    in_effect: bool = False
    claimed: bool | None = None
    status: Status = Status(Readiness.NOT_ENABLED, "", 0.0)

    def clear(self) -> None:
        """Nothing is configured and nothing in effect: the system starts."""
        self.configured = False
        self.in_effect = False
        self.claimed = None

    def configure(self, required: bool) -> None:
        """Note whether the running configuration requires the feature."""
        self.configured = required

    def claim(self) -> None:
        """The first context is created: what is configured now is to come into effect."""
        self.claimed = self.configured

    def take_effect(self, licensed: bool) -> None:
        """Bring into effect what was claimed, as far as it is licensed."""
        self.in_effect = bool(self.claimed) and licensed
        self.claimed = None

    def judge(self, readiness: Readiness, now: float, reason: str = "") -> None:
        """Note what a check found."""
        self.status = Status(readiness, reason, now)


def missing_cards(hardware: Hardware) -> str:
    """Which packet cards the system lacks for the recovery of a card, or nothing (SR-05)."""
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
    """Whether session tasks exist, all in pairs, with standby-mode ones, and all have come up."""
    managers = [*tasks.of(SESSMGR), *tasks.of(AAAMGR)]
    pairs = [{task.instance for task in tasks.of(f, standby=False)} for f in (SESSMGR, AAAMGR)]
    return (
        pairs[0] == pairs[1]
        and any(task.standby for task in managers)
        and all(task.is_up(now) for task in managers)
    )


def cpu_is_good(tasks: TaskTable, cpu: Cpu, now: float) -> bool:
    """Whether all tasks of a CPU have come up."""
    return all(task.is_up(now) for task in tasks.tasks if task.cpu == cpu)


def rows(
    recovery: SessionRecovery, tasks: TaskTable, hardware: Hardware, now: float
) -> list[RecoveryRow]:
    """Every CPU that takes part in session recovery, with its counts (SR-27)."""
    return [
        RecoveryRow(cpu, hardware.cards[cpu.slot].state, count, cpu_is_good(tasks, cpu, now))
        for cpu, count in tasks.counts(now).items()
        if recovery.in_effect
    ]
