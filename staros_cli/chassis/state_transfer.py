"""The transfer of state between peers: the heart of session recovery.

The state of a sessmgr's sessions is held by the aaamgr of the same instance number on another card.
When one of the two dies, the other fills the task that takes its place. That takes time; when the
one that fills dies meanwhile, or the one that is being filled, the state is gone (SR-04).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from staros_cli.chassis import rct
from staros_cli.chassis.notices import RecoveredCalls
from staros_cli.chassis.tasks import AAAMGR, RESTART_TIME, SESSMGR, Task

if TYPE_CHECKING:
    from staros_cli.chassis.chassis import Chassis


class Result(Struct, frozen=True):
    """What became of a manager that died: calls recovered and lost, and why it was not filled.

    `cause` is empty where the task that took its place was filled.
    """

    task: Task
    recovered: int = 0
    lost: int = 0
    cause: str = ""


Done = Callable[[Result], None]
"""Receives the result once it is known."""


def _ignore(result: Result) -> None:
    """The result interests nobody."""


class Transfer(Struct, eq=False):
    """One manager that is being filled by its peer, in the place of one that failed."""

    task: Task
    source: Task
    failed_at: float
    done: Done


class StateTransfers:
    """All managers of a chassis that are being filled at the moment."""

    def __init__(self, chassis: Chassis) -> None:
        self._chassis = chassis
        self.running: list[Transfer] = []

    def clear(self) -> None:
        """Nothing is being filled: the system went down."""
        self.running = []

    def begin(
        self, task: Task, source: Task, seconds: float, failed_at: float, done: Done = _ignore
    ) -> None:
        """Fill `task`, in place of one that failed at `failed_at`, from `source` in `seconds`."""
        task.recovering = True
        transfer = Transfer(task, source, failed_at, done)
        self.running.append(transfer)
        self._chassis.notices.takes_over(task)
        self._chassis.timeline.after(seconds, lambda: self._complete(transfer))

    def _complete(self, transfer: Transfer) -> None:
        if not any(transfer is other for other in self.running):
            return  # it failed meanwhile, or the system went down
        self.running.remove(transfer)
        chassis, task = self._chassis, transfer.task
        task.recovering = False
        if task.facility == SESSMGR:
            calls = self._fill_sessmgr(transfer)
            chassis.notices.restarted(task, calls)
            result = Result(task, calls.recovered, calls.lost)
        else:
            result = Result(task, chassis.sessions.recover_peers(task.instance, chassis.now))
            chassis.notices.restarted(task)
        chassis.tasks_changed()
        transfer.done(result)

    def _fill_sessmgr(self, transfer: Transfer) -> RecoveredCalls:
        """Give a sessmgr the calls that its aaamgr holds; the others are lost."""
        chassis, instance = self._chassis, transfer.task.instance
        good, bad = chassis.sessions.recoverable(instance, transfer.failed_at)
        for row in bad:
            chassis.callers.end(row)
        chassis.sessions.recover(instance, good, transfer.failed_at, chassis.now)
        return RecoveredCalls(len(good), len(good), len(bad), transfer.failed_at)

    def start_empty(self, task: Task, failed_at: float, cause: str, done: Done = _ignore) -> None:
        """Let a sessmgr go on without the calls of its instance: they are lost.

        `cause` says why it is not filled. Where recovery was expected, the traps count the loss
        once the task is up.
        """
        chassis = self._chassis
        lost = self.lose_calls(task.instance)
        calls = RecoveredCalls(0, 0, lost, failed_at) if chassis.recovery.in_effect else None
        chassis.notices.restarts_at(task, task.ready_at, calls)
        done(Result(task, 0, lost, cause))

    def lose_calls(self, instance: int) -> int:
        """End all calls of a sessmgr instance and return how many there were (SR-03)."""
        chassis = self._chassis
        rows = list(chassis.sessions.rows_of_sessmgr(instance))
        for row in rows:
            chassis.callers.end(row)
        chassis.sessions.begin_empty(instance)
        return len(rows)

    def start_unfilled(self, task: Task, done: Done = _ignore, cause: str = "") -> None:
        """Let an aaamgr go on with nothing of what the one before it knew."""
        chassis = self._chassis
        chassis.notices.restarts_at(task, task.ready_at)

        def up() -> None:
            if chassis.tasks.is_alive(task):
                chassis.sessions.begin_empty_aaamgr(task.instance, chassis.now)

        chassis.timeline.at(task.ready_at, up)
        done(Result(task, cause=cause))

    def task_died(self, task: Task) -> None:
        """A manager is gone: whatever it filled, or was being filled of it, fails (SR-04).

        Calls whose sessmgr loses its source are lost; the sessmgr goes on empty. An aaamgr that
        loses its source has to begin anew: until then it is no peer that anything could be filled
        from.
        """
        chassis = self._chassis
        if not task.standby and task.facility == SESSMGR:
            chassis.sessions.sessmgr_left(task.instance, chassis.now)
        elif not task.standby and task.facility == AAAMGR:
            chassis.sessions.aaamgr_left(task.instance, chassis.now)
        for transfer in [t for t in self.running if task in (t.task, t.source)]:
            self.running.remove(transfer)
            if transfer.task is task:
                self._lost_while_filled(transfer)
            else:
                self._lost_its_source(transfer)

    def _lost_while_filled(self, transfer: Transfer) -> None:
        """The task that was being filled died itself."""
        chassis, task = self._chassis, transfer.task
        lost = 0
        if task.facility == SESSMGR:
            lost = self.lose_calls(task.instance)
            chassis.notices.recovery_complete(task, RecoveredCalls(0, 0, lost, transfer.failed_at))
        transfer.done(Result(task, 0, lost, rct.FAIL_TASK_LOST))

    def _lost_its_source(self, transfer: Transfer) -> None:
        chassis, task = self._chassis, transfer.task
        task.recovering = False
        if task.facility == SESSMGR:
            task.ready_at = chassis.now
            self.start_empty(task, transfer.failed_at, rct.FAIL_NO_PEER, transfer.done)
        else:
            task.ready_at = chassis.now + RESTART_TIME
            self.start_unfilled(task, transfer.done, rct.FAIL_NO_PEER)
