"""The records of processes that abort."""

from __future__ import annotations

from staros_cli.chassis.changes import TaskFailed
from staros_cli.chassis.crashes import CrashPlace
from staros_cli.chassis.parts import Parts

CRASH_REASON = "Fatal Signal 6: Aborted"


class CrashRecords:
    """Adds a record of every process that aborts."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def add(self, change: TaskFailed) -> None:
        """Add the record of a task that fails, if its process aborts."""
        if not change.crashed:
            return
        parts, task = self._parts, change.task
        hardware = parts.hardware
        place = CrashPlace(
            task.cpu.slot,
            task.cpu.number,
            task.pid,
            parts.version,
            hardware.active_management.serial,
            hardware.cards[task.cpu.slot].serial,
        )
        parts.crashes.add(parts.now, task.facility, task.instance, place, CRASH_REASON)
