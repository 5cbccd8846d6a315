"""Tasks that die: what they leave behind, and what takes their place."""

from __future__ import annotations

from staros_cli.chassis import rct
from staros_cli.chassis.changes import (
    CpuFailed,
    SystemFailed,
    TaskDied,
    TaskFailed,
    TaskReplaced,
)
from staros_cli.chassis.parts import Parts
from staros_cli.chassis.state_transfer import StateTransfers
from staros_cli.chassis.tasks import (
    AAAMGR,
    CLI,
    CRITICAL,
    CRITICAL_ON_CPU,
    PEER,
    RESTART_TIME,
    SESSMGR,
    Task,
)


def refill_time(sessions: int) -> float:
    """Seconds that it takes to fill a manager with so many sessions (doc: 0 to 3)."""
    return min(3.0, 1.5 + 0.0001 * sessions)


class TaskFaults:
    """Lets tasks of a chassis fail."""

    def __init__(self, parts: Parts, transfers: StateTransfers) -> None:
        self._parts = parts
        self._transfers = transfers

    def kill(self, facility: str, instance: int | None = None) -> int:
        """Let one instance of a facility abort, or all of them; returns how many did.

        Raises Refused when there is no such facility or instance.
        """
        victims = self._parts.tasks.find(facility, instance)
        for task in victims:
            if self._parts.tasks.is_alive(task):
                self.fail(task)
        return len(victims)

    def fail(self, task: Task) -> None:
        """Let a task abort."""
        publish = self._parts.timeline.publish
        publish(TaskFailed(task, crashed=True))
        if task.facility in CRITICAL:
            publish(SystemFailed(f"critical task {task.facility} failed"))
        elif task.facility in CRITICAL_ON_CPU:
            publish(CpuFailed(task.cpu))
        else:
            self._parts.tasks.remove(task)
            publish(TaskDied(task))
            self._replace(task)
            publish(TaskReplaced(task))

    def _replace(self, task: Task) -> None:
        """Put another task into the place of one that died."""
        if task.facility == CLI:
            return  # its session ends
        if task.standby:
            self._replace_standby(task)
        elif task.facility in PEER:
            self._replace_manager(task)
        else:
            successor = self.restart(task)
            self._parts.notices.restarts_at(successor, successor.ready_at)

    def _replace_standby(self, task: Task) -> None:
        """Refill the standby-mode tasks; the one in the place of the dead one has restarted."""
        started = self._parts.task_control.refill_standby()
        for successor in started:
            if (successor.facility, successor.cpu) == (task.facility, task.cpu):
                self._parts.notices.restarts_at(successor, successor.ready_at)
                return

    def restart(self, task: Task) -> Task:
        """Start a task again where it was, with nothing of what it knew."""
        parts = self._parts
        ready = parts.now + RESTART_TIME
        return parts.tasks.start(task.facility, task.instance, task.cpu, ready)

    def _replace_manager(self, task: Task) -> None:
        """Replace a sessmgr or aaamgr: by a standby-mode one that its peer fills, if it can be.

        A sessmgr without a peer that is up, or without a standby-mode task to replace it, starts
        empty, and its sessions are lost (SR-03).
        """
        parts = self._parts
        now = parts.now
        in_effect = parts.recovery.in_effect
        peer = parts.tasks.peer(task)
        seconds = refill_time(parts.sessions.count_of_sessmgr(task.instance))
        if in_effect and peer is not None and peer.is_up(now):
            standby = parts.task_control.replacement(task, peer.cpu.slot)
            if standby is not None:
                standby.take_place_of(task)
                self._transfers.begin(standby, peer, seconds, now)
                return
            successor = self.restart(task)
            if task.facility == AAAMGR:
                self._transfers.begin(successor, peer, RESTART_TIME + seconds, now)
            else:
                self._transfers.start_empty(successor, now, rct.FAIL_NO_STANDBY_TASK)
            return
        successor = self.restart(task)
        if task.facility == SESSMGR:
            cause = rct.FAIL_NO_PEER if in_effect else rct.NOT_IN_EFFECT
            self._transfers.start_empty(successor, now, cause)
        else:
            self._transfers.start_unfilled(successor)
