"""Whether managers do more than they are allowed: the events when they begin and stop to."""

from __future__ import annotations

from msgspec import Struct

from staros_cli.chassis.allocations import SESSION_MEMORY, SESSIONS_OF_A_SESSMGR, allocation
from staros_cli.chassis.changes import OutOfMemory
from staros_cli.chassis.clock import Timeline
from staros_cli.chassis.events import EventStream
from staros_cli.chassis.sessions import SessionTable
from staros_cli.chassis.tasks import SESSMGR, Task, TaskTable

WARN, OVER, CLEAR = 0.9, 1.5, 0.5
"""Parts of the CPU time allocated to a task: it is warned of from WARN on, over from OVER on, and
either ends at CLEAR (mib). The same holds for memory (chosen)."""
TOO_MUCH = 2.0
"""Part of the memory allocated to a sessmgr at which it aborts (chosen)."""
_LOOK_PERIOD = 30.0
"""Seconds between two looks at the memory of a sessmgr that loses some."""


_LIMITS = ("CPUWarn", "CPUOver", "MemWarn", "MemOver")


class Peak(Struct, frozen=True):
    """The most that a process had to do so far: calls, and the percent of a CPU they took."""

    pid: int
    sessions: int = 0
    load: float = 0.0


class Leak(Struct, frozen=True):
    """A process that loses `rate` MB a minute `since` a time, in seconds since 1970 UTC.

    It had lost `before` MB by then.
    """

    pid: int
    since: float
    rate: float
    before: float


class LoadWatch:
    """Watches the sessmgrs of a chassis: CPU time, memory, and whether they take more calls."""

    def __init__(
        self, sessions: SessionTable, tasks: TaskTable, events: EventStream, timeline: Timeline
    ) -> None:
        self._sessions = sessions
        self._tasks = tasks
        self._events = events
        self._timeline = timeline
        self.clear()

    def clear(self) -> None:
        """No sessmgr runs: the system went down."""
        self._above: dict[str, set[int]] = {name: set() for name in _LIMITS}
        self._leaks: dict[int, Leak] = {}
        self._seen: dict[int, tuple[int, int, float]] = {}
        self._look_is_due = False
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
        count = self._sessions.count_of_sessmgr(task.instance)
        load = self._sessions.load_of(task.instance)
        seen = (task.pid, count, load)
        if self._seen.get(task.instance) == seen and task.instance not in self._leaks:
            return
        self._seen[task.instance] = seen
        allowed = allocation(SESSMGR)
        self._peaks[task.instance] = self.peak(task)
        cpu = allowed.idle_cpu + load
        self._cross(task, now, "CPU", cpu * 10, allowed.cpu * 10)
        self._cross(task, now, "Mem", self.memory(task), round(allowed.memory))
        full = count >= SESSIONS_OF_A_SESSMGR
        if full and task.instance not in self._full:
            self._full.add(task.instance)
            self._notify(task, now, "CapacityReached")
        elif not full:
            self._full.discard(task.instance)

    def _cross(self, task: Task, now: float, resource: str, used: float, allowed: int) -> None:
        """Tell when a sessmgr begins or stops to use too much of a resource."""
        values = {"facility": SESSMGR, "allocated": allowed, "used": round(used)}
        for suffix, limit in (("Warn", WARN), ("Over", OVER)):
            name = f"{resource}{suffix}"
            above = self._above[name]
            if used >= limit * allowed and task.instance not in above:
                above.add(task.instance)
                self._notify(task, now, name, **values)
            elif used <= CLEAR * allowed and task.instance in above:
                above.discard(task.instance)
                self._notify(task, now, f"{name}Clear", **values)

    # Memory

    def memory(self, task: Task, sessions: int | None = None) -> float:
        """MB that a task uses, a sessmgr with its calls now, or with so many."""
        allowed = allocation(task.facility, task.standby)
        if task.facility != SESSMGR or task.standby:
            return allowed.idle_memory
        count = self._sessions.count_of_sessmgr(task.instance) if sessions is None else sessions
        return allowed.idle_memory + SESSION_MEMORY * count + self._lost(task)

    def _lost(self, task: Task) -> float:
        leak = self._leaks.get(task.instance)
        if leak is None or leak.pid != task.pid:
            return 0.0
        return leak.before + leak.rate * (self._timeline.now - leak.since) / 60

    def leak(self, task: Task, rate: float) -> None:
        """Let the process of an active sessmgr lose `rate` MB of memory a minute while it runs."""
        self._leaks[task.instance] = Leak(task.pid, self._timeline.now, rate, self._lost(task))
        self._watch_leaks()

    def _watch_leaks(self) -> None:
        if self._leaks and not self._look_is_due:
            self._look_is_due = True
            self._timeline.after(_LOOK_PERIOD, self._look_at_leaks)

    def _look_at_leaks(self) -> None:
        """Look at those that lose memory, and let them abort that lost too much."""
        self._look_is_due = False
        active = {task.instance: task for task in self._tasks.of(SESSMGR, standby=False)}
        for instance, leak in list(self._leaks.items()):
            task = active.get(instance)
            if task is None or task.pid != leak.pid:
                del self._leaks[instance]
        self.look(self._timeline.now)
        for instance in list(self._leaks):
            if self.memory(active[instance]) >= TOO_MUCH * allocation(SESSMGR).memory:
                self._timeline.publish(OutOfMemory(active[instance]))
        self._watch_leaks()

    def status(self, task: Task) -> str:
        """`over` or `warn` where a sessmgr uses more than it is allowed, else nothing."""
        if task.facility != SESSMGR or task.standby:
            return ""
        if any(task.instance in self._above[name] for name in ("CPUOver", "MemOver")):
            return "over"
        return "warn" if any(task.instance in above for above in self._above.values()) else ""

    def _notify(self, task: Task, now: float, name: str, **values: object) -> None:
        cpu = task.cpu
        self._events.add(now, name, instance=task.instance, card=cpu.slot, cpu=cpu.number, **values)
