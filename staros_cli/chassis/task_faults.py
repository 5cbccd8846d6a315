"""Tasks that die: what they leave behind, and what takes their place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from staros_cli import messages
from staros_cli.chassis.rebuilding import PEER
from staros_cli.chassis.tasks import (
    CRITICAL,
    CRITICAL_ON_CPU,
    FACILITIES,
    RESTART_TIME,
    SESSMGR,
    Task,
)
from staros_cli.messages import Refused

if TYPE_CHECKING:
    from staros_cli.chassis.chassis import Chassis


def refill_time(sessions: int) -> float:
    """Seconds that it takes to fill a manager with so many sessions (doc: 0 to 3)."""
    return min(3.0, 1.5 + 0.0001 * sessions)


class TaskFaults:
    """Lets tasks of a chassis fail."""

    def __init__(self, chassis: Chassis) -> None:
        self._chassis = chassis

    def kill(self, facility: str, instance: int | None = None) -> int:
        """Let one instance of a facility abort, or all of them; returns how many did.

        Raises Refused when there is no such facility or instance.
        """
        if facility not in FACILITIES:
            raise Refused(messages.NO_SUCH_FACILITY, facility=facility)
        victims = [
            task for task in self._chassis.tasks.of(facility) if instance in (None, task.instance)
        ]
        if not victims:
            raise Refused(messages.NO_SUCH_TASK, facility=facility, instance=instance)
        starts = self._chassis.starts
        for task in victims:
            alive = any(task is other for other in self._chassis.tasks.tasks)
            if alive and self._chassis.starts == starts:
                self.fail(task)
        return len(victims)

    def fail(self, task: Task) -> None:
        """Let a task abort."""
        chassis = self._chassis
        self._leave_behind(task)
        if task.facility in CRITICAL:
            chassis.restart_after(f"critical task {task.facility} failed")
        elif task.facility in CRITICAL_ON_CPU:
            chassis.card_faults.cpu_failed(task.cpu)
        else:
            chassis.tasks.remove(task)
            chassis.rebuilding.task_died(task)
            self._replace(task)
            chassis.task_control.refill_standby()

    def _leave_behind(self, task: Task) -> None:
        """The crash record and the traps of a task that died."""
        chassis = self._chassis
        place = self._place(task)
        serials = {slot: card.serial for slot, card in chassis.hardware.cards.items()}
        chassis.crashes.add(
            chassis.now,
            task.facility,
            task.instance,
            task.cpu.slot,
            task.cpu.number,
            task.pid,
            chassis.definition.form.software.version,
            serials[chassis.hardware.active_management.slot],
            serials[task.cpu.slot],
            "Abort",
        )
        chassis.events.add(chassis.now, "ManagerFailure", **place)
        chassis.events.add(chassis.now, "TaskFailed", **place)

    @staticmethod
    def _place(task: Task) -> dict[str, object]:
        return {
            "facility": task.facility,
            "instance": task.instance,
            "card": task.cpu.slot,
            "cpu": task.cpu.number,
        }

    def _replace(self, task: Task) -> None:
        """Put another task into the place of one that died."""
        if task.standby:
            return
        if task.facility in PEER:
            self._replace_manager(task)
        else:
            self.restart(task)

    def restart(self, task: Task) -> Task:
        """Start a task again where it was, with nothing of what it knew."""
        chassis = self._chassis
        ready = chassis.now + RESTART_TIME
        successor = chassis.tasks.start(task.facility, task.instance, task.cpu, ready)
        chassis.timeline.at(ready, lambda: self.tell_restart(successor))
        return successor

    def tell_restart(self, task: Task) -> None:
        """The traps of a task that runs again."""
        chassis = self._chassis
        if any(task is other for other in chassis.tasks.tasks):
            chassis.events.add(chassis.now, "ManagerRestart", **self._place(task))
            chassis.events.add(chassis.now, "TaskRestart", **self._place(task))

    def _replace_manager(self, task: Task) -> None:
        """Replace a sessmgr or aaamgr: by a standby-mode one that its peer fills, if it can be.

        A sessmgr without peer or without heir starts empty, and its sessions are lost (SR-03).
        """
        chassis = self._chassis
        now = chassis.now
        peer = chassis.tasks.get(PEER[task.facility], task.instance)
        in_effect = chassis.recovery.in_effect
        seconds = refill_time(chassis.sessions.count_of_sessmgr(task.instance))
        heir = None
        if in_effect and peer is not None and peer.is_up(now):
            heir = chassis.task_control.heir(task, peer.cpu.slot)
        if heir is not None and peer is not None:
            self.take_place(heir, task, peer, seconds)
            chassis.timeline.after(seconds, lambda: self.tell_restart(heir))
            return
        successor = self.restart(task)
        if task.facility == SESSMGR:
            chassis.rebuilding.start_empty(successor, now)
        elif in_effect and peer is not None and peer.is_up(now):
            chassis.rebuilding.begin(successor, peer, RESTART_TIME + seconds)

    def take_place(self, heir: Task, task: Task, peer: Task, seconds: float) -> None:
        """Rename a standby-mode task into the instance of one that died, and let it be filled."""
        heir.instance = task.instance
        heir.standby = False
        self._chassis.rebuilding.begin(heir, peer, seconds)
