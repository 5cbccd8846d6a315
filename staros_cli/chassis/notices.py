"""The traps and log lines about a task that died and the one that runs in its place."""

from __future__ import annotations

from msgspec import Struct

from staros_cli.chassis.clock import Timeline
from staros_cli.chassis.events import EventStream
from staros_cli.chassis.tasks import SESSMGR, Task, TaskTable


class RecoveredCalls(Struct, frozen=True):
    """The fate of the calls of a sessmgr: fetched from its aaamgr, recovered, lost."""

    fetched: int
    recovered: int
    lost: int
    failed_at: float


class TaskNotices:
    """Adds the events about tasks in the order of the device.

    ManagerFailure, TaskFailed, and once it runs again TaskRestart, SessMgrRecoveryComplete where
    calls were to be recovered, ManagerRestart. A critical task has CritTaskFailed in their place.
    """

    def __init__(self, timeline: Timeline, events: EventStream, tasks: TaskTable) -> None:
        self._timeline = timeline
        self._events = events
        self._tasks = tasks
        self._pending: dict[int, tuple[Task, RecoveredCalls]] = {}

    def clear(self) -> None:
        """No event is pending any more: the system went down."""
        self._pending.clear()

    def _add(self, name: str, task: Task, **values: object) -> None:
        self._events.add(
            self._timeline.now,
            name,
            facility=task.facility,
            instance=task.instance,
            card=task.cpu.slot,
            cpu=task.cpu.number,
            **values,
        )

    def failed(self, task: Task) -> None:
        """A task died."""
        self._add("Death notification", task, pid=task.pid)
        self._end_pending(task)
        if task.is_critical:
            self._add("CritTaskFailed", task)
            return
        if task.is_manager:
            self._add("ManagerFailure", task)
        self._add("TaskFailed", task)

    def takes_over(self, task: Task) -> None:
        """A task takes the place of one that died and begins to be filled."""
        self._add("Readdress requested", task, pid=task.pid)
        if task.facility == SESSMGR:
            self._add("AAA client recovery started", task, pid=task.pid)

    def restarted(self, task: Task, calls: RecoveredCalls | None = None) -> None:
        """A task runs in the place of one that died, filled with `calls` where it had some."""
        self._add("TaskRestart", task)
        if calls is not None:
            self._add("Readdress successful", task, pid=task.pid)
            self._add("AAA client recovery finished", task, pid=task.pid, calls=calls.recovered)
            self.recovery_complete(task, calls)
        if task.is_manager:
            self._add("ManagerRestart", task)

    def recovery_complete(self, task: Task, calls: RecoveredCalls) -> None:
        """The recovery of the calls of a sessmgr has ended, with success or without."""
        now = self._timeline.now
        self._add(
            "SessMgrRecoveryComplete",
            task,
            fetched=calls.fetched,
            recovered=calls.recovered,
            lost=calls.lost,
            milliseconds=round((now - calls.failed_at) * 1000),
        )

    def restarts_at(self, task: Task, ready: float, calls: RecoveredCalls | None = None) -> None:
        """A task was started that will be up at `ready`, in seconds since 1970 UTC.

        The event about `calls` is added then, or when the task dies before.
        """
        if calls is not None:
            self._pending[id(task)] = (task, calls)
        self._timeline.at(ready, lambda: self._up(task))

    def _up(self, task: Task) -> None:
        if not self._tasks.is_alive(task):
            return
        _, calls = self._pending.pop(id(task), (task, None))
        self._add("TaskRestart", task)
        if calls is not None:
            self.recovery_complete(task, calls)
        if task.is_manager:
            self._add("ManagerRestart", task)

    def _end_pending(self, task: Task) -> None:
        found = self._pending.pop(id(task), None)
        if found is not None:
            self.recovery_complete(task, found[1])
