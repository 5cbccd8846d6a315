"""The transfer of state between peers: the heart of session recovery.

The state of a sessmgr's sessions is held by the aaamgr of the same instance number on another card.
When one of the two dies, the other fills the task that takes its place. That takes time; when the
one that fills dies meanwhile, or the one that is being filled, the state is gone (SR-04).
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from staros_cli.chassis import rct
from staros_cli.chassis.changes import TaskFilled
from staros_cli.chassis.disconnect_reasons import INTERNAL_ERROR
from staros_cli.chassis.notices import RecoveredCalls
from staros_cli.chassis.parts import Parts
from staros_cli.chassis.tasks import AAAMGR, RESTART_TIME, SESSMGR, Task


class Result(Struct, frozen=True):
    """The fate of a manager that died: calls recovered and lost, and why it was not filled.

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

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.running: list[Transfer] = []

    def clear(self) -> None:
        """Nothing is being filled: the system went down."""
        self.running = []

    def begin(
        self, task: Task, source: Task, seconds: float, failed_at: float, done: Done = _ignore
    ) -> None:
        """Fill `task`, in place of one that failed at `failed_at`, from `source` in `seconds`."""
        task.begin_filling()
        transfer = Transfer(task, source, failed_at, done)
        self.running.append(transfer)
        self._parts.notices.takes_over(task)
        self._parts.timeline.after(seconds, lambda: self._complete(transfer))

    def _complete(self, transfer: Transfer) -> None:
        if not any(transfer is other for other in self.running):
            return  # it failed meanwhile, or the system went down
        self.running.remove(transfer)
        parts, task = self._parts, transfer.task
        task.end_filling()
        if task.facility == SESSMGR:
            calls = self._fill_sessmgr(transfer)
            parts.notices.restarted(task, calls)
            result = Result(task, calls.recovered, calls.lost)
        else:
            result = Result(task, parts.sessions.recover_peers(task.instance, parts.now))
            parts.notices.restarted(task)
        parts.timeline.publish(TaskFilled(task))
        transfer.done(result)

    def _fill_sessmgr(self, transfer: Transfer) -> RecoveredCalls:
        """Give a sessmgr the calls that its aaamgr holds; the others are lost."""
        parts, instance = self._parts, transfer.task.instance
        good, bad = parts.sessions.recoverable(instance, transfer.failed_at)
        for row in bad:
            parts.callers.end(row, INTERNAL_ERROR)
        parts.sessions.recover(instance, good, transfer.failed_at, parts.now)
        return RecoveredCalls(len(good), len(good), len(bad), transfer.failed_at)

    def start_empty(self, task: Task, failed_at: float, cause: str, done: Done = _ignore) -> None:
        """Let a sessmgr go on without the calls of its instance: they are lost.

        `cause` says why it is not filled. Where recovery was expected, the traps count the loss
        once the task is up.
        """
        parts = self._parts
        lost = self.lose_calls(task.instance)
        calls = RecoveredCalls(0, 0, lost, failed_at) if parts.recovery.in_effect else None
        parts.notices.restarts_at(task, task.ready_at, calls)
        done(Result(task, 0, lost, cause))

    def lose_calls(self, instance: int) -> int:
        """End all calls of a sessmgr instance and return how many there were (SR-03)."""
        parts = self._parts
        rows = list(parts.sessions.rows_of_sessmgr(instance))
        for row in rows:
            parts.callers.end(row, INTERNAL_ERROR)
        parts.sessions.begin_empty(instance)
        return len(rows)

    def start_unfilled(self, task: Task, done: Done = _ignore, cause: str = "") -> None:
        """Let an aaamgr go on with nothing of what the one before it knew."""
        parts = self._parts
        parts.notices.restarts_at(task, task.ready_at)

        def up() -> None:
            if parts.tasks.is_alive(task):
                parts.sessions.begin_empty_aaamgr(task.instance, parts.now)

        parts.timeline.at(task.ready_at, up)
        done(Result(task, cause=cause))

    def task_died(self, task: Task) -> None:
        """A manager is gone: whatever it filled, or was being filled of it, fails (SR-04).

        Calls whose sessmgr loses its source are lost; the sessmgr goes on empty. An aaamgr that
        loses its source has to begin anew: until then it is no peer that anything could be filled
        from.
        """
        parts = self._parts
        if not task.standby and task.facility == SESSMGR:
            parts.sessions.sessmgr_left(task.instance, parts.now)
        elif not task.standby and task.facility == AAAMGR:
            parts.sessions.aaamgr_left(task.instance, parts.now)
        for transfer in [t for t in self.running if task in (t.task, t.source)]:
            self.running.remove(transfer)
            if transfer.task is task:
                self._lost_while_filled(transfer)
            else:
                self._lost_its_source(transfer)

    def _lost_while_filled(self, transfer: Transfer) -> None:
        """The task that was being filled died itself."""
        parts, task = self._parts, transfer.task
        lost = 0
        if task.facility == SESSMGR:
            lost = self.lose_calls(task.instance)
            parts.notices.recovery_complete(task, RecoveredCalls(0, 0, lost, transfer.failed_at))
        transfer.done(Result(task, 0, lost, rct.FAIL_TASK_LOST))

    def _lost_its_source(self, transfer: Transfer) -> None:
        parts, task = self._parts, transfer.task
        if task.facility == SESSMGR:
            task.end_filling(parts.now)
            self.start_empty(task, transfer.failed_at, rct.FAIL_NO_PEER, transfer.done)
        else:
            task.end_filling(parts.now + RESTART_TIME)
            self.start_unfilled(task, transfer.done, rct.FAIL_NO_PEER)
