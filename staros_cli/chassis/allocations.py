"""Allocations of tasks, by facility, and whether they fit on a CPU.

The allocations of sessmgr, aaamgr, the tasks of a CPU but hwmgr, and the CPU time of
vpnctrl and cli are those seen on a chassis; what they use, and all of the others, is chosen. A
standby-mode task is started only where its allocations of CPU time and memory fit beside those of
the tasks that are there: a CPU without room for it lacks the hardware that session recovery needs
(SR-05; the rule is chosen).
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from staros_cli.chassis.platform import CardKind
from staros_cli.chassis.tasks import AAAMGR, CLI, SESSMGR, Task

SESSIONS_OF_A_SESSMGR = 12000
"""How many calls a sessmgr takes (capture)."""

SYSTEM_MEMORY = 512.0
"""MB of a CPU that the operating system takes (chosen)."""

SESSION_MEMORY = 0.035
"""MB that a call takes (chosen)."""


class Allocation(Struct, frozen=True):
    """The allocation of a facility: CPU time in percent of a core, memory in MB, open files.

    `idle_cpu`, `idle_memory` and `idle_files` are what it uses without any call.
    """

    cpu: int
    memory: float
    files: int
    idle_cpu: float
    idle_memory: float
    idle_files: int


_ALLOCATIONS = {
    SESSMGR: Allocation(100, 900.0, 500, 0.15, 126.9, 28),
    AAAMGR: Allocation(30, 65.0, 1000, 0.15, 40.63, 15),
    "sitmain": Allocation(15, 24.0, 1000, 0.15, 14.25, 12),
    "sitparent": Allocation(20, 14.0, 500, 0.15, 9.5, 12),
    "hatcpu": Allocation(10, 24.0, 500, 0.15, 14.25, 12),
    "afmgr": Allocation(10, 20.0, 500, 0.15, 14.25, 12),
    "rmmgr": Allocation(15, 23.0, 500, 0.15, 14.25, 12),
    "cli": Allocation(60, 60.0, 500, 0.15, 14.25, 12),
    "vpnctrl": Allocation(15, 60.0, 500, 0.15, 14.25, 12),
}
_STANDBY = {SESSMGR: Allocation(50, 270.0, 500, 0.15, 126.9, 28)}
_OTHER = Allocation(50, 60.0, 500, 0.15, 14.25, 12)


def allocation(facility: str, standby: bool = False) -> Allocation:
    """The allocation of a task; a standby-mode sessmgr has less than an active one."""
    if standby and facility in _STANDBY:
        return _STANDBY[facility]
    return _ALLOCATIONS.get(facility, _OTHER)


class Room(Struct):
    """The room on a CPU: CPU time in percent of a core, memory in MB."""

    cpu: float
    memory: float

    def lacks(self, wanted: Allocation) -> str:
        """The resource that is too short for a task: `memory`, `CPU time`, or an empty text."""
        if wanted.memory > self.memory:
            return "memory"
        return "CPU time" if wanted.cpu > self.cpu else ""

    def take(self, wanted: Allocation) -> None:
        """Give a task what it may use."""
        self.cpu -= wanted.cpu
        self.memory -= wanted.memory


def most_pairs(kind: CardKind) -> int:
    """How many sessmgrs, each with an aaamgr, the memory of a CPU of that kind has room for."""
    pair = allocation(SESSMGR).memory + allocation(AAAMGR).memory
    return int((kind.memory - SYSTEM_MEMORY) // pair)


def room(kind: CardKind, tasks: Iterable[Task]) -> Room:
    """The room on a CPU beside the tasks that run on it.

    Whether recovery has its room does not depend on who is logged in: processes of sessions at the
    command line take none (chosen).
    """
    left = Room(100.0 * kind.cores, kind.memory - SYSTEM_MEMORY)
    for task in tasks:
        if task.facility != CLI:
            left.take(allocation(task.facility, task.standby))
    return left
