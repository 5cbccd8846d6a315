"""Whether managers do more than they are allowed: the events when they begin and stop to."""

from __future__ import annotations

from msgspec import Struct

from staros_cli.chassis.allocations import SESSIONS_OF_A_SESSMGR, allocation
from staros_cli.chassis.events import EventStream
from staros_cli.chassis.sessions import SessionTable
from staros_cli.chassis.tasks import SESSMGR, Task, TaskTable

WARN, OVER, CLEAR = 0.9, 1.5, 0.5
"""Parts of the CPU time allocated to a task: it is warned of from WARN on, over from OVER on, and
either ends at CLEAR (mib)."""


class Peak(Struct, frozen=True):
    """The most that a process had to do so far: calls, and the percent of a CPU they took."""

    pid: int
    sessions: int = 0
    load: float = 0.0


class LoadWatch:
    """Watches the sessmgrs of a chassis: their CPU time, and whether they take more calls."""

    def __init__(self, sessions: SessionTable, tasks: TaskTable, events: EventStream) -> None:
        self._sessions = sessions
        self._tasks = tasks
        self._events = events
        self.clear()

    def clear(self) -> None:
        """No sessmgr runs: the system went down."""
        self._warned: set[int] = set()
        self._over: set[int] = set()
        self._full: set[int] = set()
        self._peaks: dict[int, Peak] = {}

    def look(self, now: float) -> None:
        """Add the events of what has changed since the last look, and note new peaks."""
        for task in self._tasks.of(SESSMGR, standby=False):
            self._look_at(task, now)

    def peak(self, task: Task) -> Peak:
        """The most that a sessmgr had to do since its process began, nothing for other tasks."""
        if task.facility != SESSMGR or task.standby:
            return Peak(task.pid)
        known = self._peaks.get(task.instance)
        before = known if known is not None and known.pid == task.pid else Peak(task.pid)
        return Peak(
            task.pid,
            max(before.sessions, self._sessions.count_of_sessmgr(task.instance)),
            max(before.load, self._sessions.load_of(task.instance)),
        )

    def _look_at(self, task: Task, now: float) -> None:
        allowed = allocation(SESSMGR)
        self._peaks[task.instance] = self.peak(task)
        used = (allowed.idle_cpu + self._sessions.load_of(task.instance)) / allowed.cpu
        self._cross(task, now, used, WARN, self._warned, "CPUWarn")
        self._cross(task, now, used, OVER, self._over, "CPUOver")
        full = self._sessions.count_of_sessmgr(task.instance) >= SESSIONS_OF_A_SESSMGR
        if full and task.instance not in self._full:
            self._full.add(task.instance)
            self._notify(task, now, "CapacityReached")
        elif not full:
            self._full.discard(task.instance)

    def _cross(
        self, task: Task, now: float, used: float, limit: float, above: set[int], name: str
    ) -> None:
        allowed = allocation(SESSMGR).cpu * 10
        values = {"allocated": allowed, "used": round(used * allowed)}
        if used >= limit and task.instance not in above:
            above.add(task.instance)
            self._notify(task, now, name, facility=SESSMGR, **values)
        elif used <= CLEAR and task.instance in above:
            above.discard(task.instance)
            self._notify(task, now, f"{name}Clear", facility=SESSMGR, **values)

    def status(self, task: Task) -> str:
        """`over` or `warn` where a sessmgr uses more than it is allowed, else nothing."""
        if task.facility != SESSMGR or task.standby:
            return ""
        if task.instance in self._over:
            return "over"
        return "warn" if task.instance in self._warned else ""

    def _notify(self, task: Task, now: float, name: str, **values: object) -> None:
        cpu = task.cpu
        self._events.add(now, name, instance=task.instance, card=cpu.slot, cpu=cpu.number, **values)
