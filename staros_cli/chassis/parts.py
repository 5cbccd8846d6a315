"""The parts of a chassis that know nothing of each other's failures."""

from __future__ import annotations

from msgspec import Struct

from staros_cli.chassis.calls import Callers
from staros_cli.chassis.clock import Timeline
from staros_cli.chassis.crashes import CrashList
from staros_cli.chassis.events import EventStream
from staros_cli.chassis.hardware import Hardware
from staros_cli.chassis.notices import TaskNotices
from staros_cli.chassis.rct import RctStats
from staros_cli.chassis.recovery import SessionRecovery
from staros_cli.chassis.sessions import SessionTable
from staros_cli.chassis.task_control import TaskControl
from staros_cli.chassis.tasks import TaskTable


class Parts(Struct, frozen=True, eq=False):
    """The parts that cards, faults and transfers work on. `version` is that of the software."""

    version: str
    timeline: Timeline
    hardware: Hardware
    tasks: TaskTable
    sessions: SessionTable
    callers: Callers
    recovery: SessionRecovery
    task_control: TaskControl
    events: EventStream
    crashes: CrashList
    rct: RctStats
    notices: TaskNotices

    @property
    def now(self) -> float:
        """The time of the chassis, in seconds since 1970 UTC."""
        return self.timeline.now
