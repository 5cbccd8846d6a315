"""Tasks that die: what they leave behind, and what takes their place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from staros_cli import messages
from staros_cli.chassis import rct
from staros_cli.chassis.crashes import CrashPlace
from staros_cli.chassis.tasks import (
    AAAMGR,
    CRITICAL,
    CRITICAL_ON_CPU,
    FACILITIES,
    PEER,
    RESTART_TIME,
    SESSMGR,
    Task,
)
from staros_cli.messages import Refused

if TYPE_CHECKING:
    from staros_cli.chassis.chassis import Chassis

CRASH_REASON = "Fatal Signal 6: Aborted"


def refill_time(sessions: int) -> float:
    """Seconds that it takes to fill a manager with so many sessions (doc: 0 to 3)."""
    return min(3.0, 1.5 + 0.0001 * sessions)


class TaskFaults:
    """Lets tasks of a chassis fail."""

    def __init__(self, chassis: Chassis) -> None:
        self._chassis = chassis

    def find(self, facility: str, instance: int | None = None) -> list[Task]:
        """The tasks of a facility, or the one of an instance.

        Raises Refused when there is no such facility or no such task.
        """
        if facility not in FACILITIES:
            raise Refused(messages.NO_SUCH_FACILITY, facility=facility)
        found = [
            task for task in self._chassis.tasks.of(facility) if instance in (None, task.instance)
        ]
        if not found:
            raise Refused(messages.NO_SUCH_TASK, facility=facility, instance=instance)
        return found

    def kill(self, facility: str, instance: int | None = None) -> int:
        """Let one instance of a facility abort, or all of them; returns how many did.

        Raises Refused when there is no such facility or instance.
        """
        victims = self.find(facility, instance)
        starts = self._chassis.starts
        for task in victims:
            if self._chassis.starts == starts and self._chassis.tasks.is_alive(task):
                self.fail(task)
        return len(victims)

    def fail(self, task: Task) -> None:
        """Let a task abort."""
        chassis = self._chassis
        self._record_crash(task)
        chassis.notices.failed(task)
        if task.facility in CRITICAL:
            chassis.restart_after(f"critical task {task.facility} failed")
        elif task.facility in CRITICAL_ON_CPU:
            chassis.card_faults.cpu_failed(task.cpu)
        else:
            chassis.tasks.remove(task)
            chassis.transfers.task_died(task)
            self._replace(task)
            chassis.tasks_lost()

    def _record_crash(self, task: Task) -> None:
        """Add the crash record of a task that aborts."""
        chassis = self._chassis
        cards = chassis.hardware.cards
        place = CrashPlace(
            task.cpu.slot,
            task.cpu.number,
            task.pid,
            chassis.definition.form.software.version,
            chassis.hardware.active_management.serial,
            cards[task.cpu.slot].serial,
        )
        chassis.crashes.add(chassis.now, task.facility, task.instance, place, CRASH_REASON)

    def _replace(self, task: Task) -> None:
        """Put another task into the place of one that died."""
        if task.standby:
            self._replace_standby(task)
        elif task.facility in PEER:
            self._replace_manager(task)
        else:
            successor = self.restart(task)
            self._chassis.notices.restarts_at(successor, successor.ready_at)

    def _replace_standby(self, task: Task) -> None:
        """Refill the standby-mode tasks; the one in the place of the dead one has restarted."""
        started = self._chassis.task_control.refill_standby()
        for successor in started:
            if (successor.facility, successor.cpu) == (task.facility, task.cpu):
                self._chassis.notices.restarts_at(successor, successor.ready_at)
                return

    def restart(self, task: Task) -> Task:
        """Start a task again where it was, with nothing of what it knew."""
        chassis = self._chassis
        ready = chassis.now + RESTART_TIME
        return chassis.tasks.start(task.facility, task.instance, task.cpu, ready)

    def _replace_manager(self, task: Task) -> None:
        """Replace a sessmgr or aaamgr: by a standby-mode one that its peer fills, if it can be.

        A sessmgr without a peer that is up, or without a standby-mode task to replace it, starts
        empty, and its sessions are lost (SR-03).
        """
        chassis = self._chassis
        now = chassis.now
        in_effect = chassis.recovery.in_effect
        peer = chassis.tasks.peer(task)
        seconds = refill_time(chassis.sessions.count_of_sessmgr(task.instance))
        if in_effect and peer is not None and peer.is_up(now):
            standby = chassis.task_control.replacement(task, peer.cpu.slot)
            if standby is not None:
                self.take_place(standby, task)
                chassis.transfers.begin(standby, peer, seconds, now)
                return
            successor = self.restart(task)
            if task.facility == AAAMGR:
                chassis.transfers.begin(successor, peer, RESTART_TIME + seconds, now)
            else:
                chassis.transfers.start_empty(successor, now, rct.FAIL_NO_STANDBY_TASK)
            return
        successor = self.restart(task)
        if task.facility == SESSMGR:
            cause = rct.FAIL_NO_PEER if in_effect else rct.NOT_IN_EFFECT
            chassis.transfers.start_empty(successor, now, cause)
        else:
            chassis.transfers.start_unfilled(successor)

    @staticmethod
    def take_place(standby: Task, task: Task) -> None:
        """Rename a standby-mode task into the instance of one that died."""
        standby.instance = task.instance
        standby.standby = False
