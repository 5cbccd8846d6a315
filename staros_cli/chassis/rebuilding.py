"""Rebuilding a manager from its peer: the heart of session recovery.

The state of a sessmgr's sessions is kept by the aaamgr of the same instance number on another card.
When one of the two dies, the other fills its successor. That takes time; when the one that fills
dies meanwhile, or the one that is being filled, the state is gone (SR-04).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from staros_cli.chassis.access import is_recoverable
from staros_cli.chassis.tasks import AAAMGR, RESTART_TIME, SESSMGR, Task

if TYPE_CHECKING:
    from staros_cli.chassis.chassis import Chassis

PEER = {SESSMGR: AAAMGR, AAAMGR: SESSMGR}


class Rebuild(Struct, eq=False):
    """One manager that is being filled by its peer since `began_at`."""

    task: Task
    source: Task
    began_at: float


class Rebuilding:
    """All managers of a chassis that are being filled at the moment."""

    def __init__(self, chassis: Chassis) -> None:
        self._chassis = chassis
        self.running: list[Rebuild] = []

    def clear(self) -> None:
        """Nothing is being filled: the system went down."""
        self.running = []

    def begin(self, task: Task, source: Task, seconds: float) -> None:
        """Fill `task` from `source` within `seconds`."""
        task.recovering = True
        rebuild = Rebuild(task, source, self._chassis.now)
        self.running.append(rebuild)
        self._chassis.timeline.after(seconds, lambda: self._complete(rebuild))

    def _complete(self, rebuild: Rebuild) -> None:
        if not any(rebuild is other for other in self.running):
            return  # it failed meanwhile, or the system went down
        self.running.remove(rebuild)
        task = rebuild.task
        task.recovering = False
        task.ready_at = self._chassis.now
        if task.facility == SESSMGR:
            self._fill_sessmgr(rebuild)
        else:
            rows = self._chassis.sessions.rows_of_sessmgrs({task.instance})
            self._chassis.sessions.recover_peers(rows, self._chassis.now)

    def _fill_sessmgr(self, rebuild: Rebuild) -> None:
        chassis, instance = self._chassis, rebuild.task.instance
        sessions = chassis.sessions
        rows = sessions.rows_of_sessmgrs({instance})
        covered = {
            number
            for number, group in enumerate(sessions.groups)
            if is_recoverable(group.kind, group.form.trait, chassis.platform.name)
        }
        good, bad = sessions.split(rows, covered, rebuild.began_at)
        sessions.recover(good, chassis.now)
        for row in bad:
            chassis.callers.end(row)
        sessions.begin_statistics(instance)
        self._tell(rebuild.task, rebuild.began_at, len(good), len(bad))

    def start_empty(self, task: Task, began_at: float) -> None:
        """Let a sessmgr go on without the sessions of its instance: they are lost.

        Where recovery was expected, that is recorded, `began_at` being when it began.
        """
        chassis = self._chassis
        lost = chassis.lose_sessions({task.instance})
        chassis.sessions.begin_statistics(task.instance)
        if chassis.recovery.in_effect:
            self._tell(task, began_at, 0, lost, fetched=0)

    def _tell(
        self, task: Task, began_at: float, recovered: int, lost: int, fetched: int | None = None
    ) -> None:
        """Add the event that counts what became of the sessions of a sessmgr."""
        chassis = self._chassis
        chassis.events.add(
            chassis.now,
            "SessMgrRecoveryComplete",
            instance=task.instance,
            card=task.cpu.slot,
            cpu=task.cpu.number,
            fetched=recovered + lost if fetched is None else fetched,
            passed=recovered,
            recovered=recovered,
            lost=lost,
            milliseconds=round((chassis.now - began_at) * 1000),
        )

    def task_died(self, task: Task) -> None:
        """A task is gone: whatever it filled, or was being filled of it, fails (SR-04).

        Sessions whose sessmgr loses its source are lost; the sessmgr goes on empty. An aaamgr that
        loses its source has to begin anew: until then it is no peer that anything could be filled
        from.
        """
        for rebuild in [r for r in self.running if task in (r.task, r.source)]:
            self.running.remove(rebuild)
            successor = rebuild.task
            if successor is not task:
                successor.recovering = False
                successor.ready_at = self._chassis.now
            if successor.facility == SESSMGR:
                self.start_empty(successor, rebuild.began_at)
            elif successor is not task:
                successor.ready_at = self._chassis.now + RESTART_TIME
