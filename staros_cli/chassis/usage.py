"""The use of resources by tasks and CPUs: figures that follow from tasks, sessions and time.

How the use of a task grows with its sessions is chosen. Everything that prints such figures takes
them from here.
"""

from __future__ import annotations

from msgspec import Struct

from staros_cli.chassis.allocations import (
    SYSTEM_MEMORY,
    Allocation,
    allocation,
)
from staros_cli.chassis.chassis import Chassis
from staros_cli.chassis.hardware import CardState, Cpu
from staros_cli.chassis.tasks import SESSMGR, Task


class TaskUse(Struct, frozen=True):
    """One task and what it uses; `sessions` is None for tasks that hold none.

    `status` is `good`, `start` for a task that comes up, `warn` or `over` for one that uses more
    CPU time than it is allowed.
    """

    task: Task
    allocation: Allocation
    cpu: float
    memory: float
    files: int
    sessions: int | None
    state: str
    up: bool
    status: str


class CpuUse(Struct, frozen=True):
    """One CPU: load and use now, over 5 and over 15 minutes, memory in MB."""

    cpu: Cpu
    state: CardState
    load: tuple[float, float, float]
    percent: tuple[float, float, float]
    memory: tuple[float, float, float]
    total: int


def _ripple(seed: int, minute: int) -> float:
    """A small, repeatable unrest between 0 and 1."""
    mixed = (seed * 2654435761 + minute * 40503) & 0xFFFFFFFF
    mixed ^= mixed >> 15
    return (mixed * 2246822519 & 0xFFFFFFFF) / 0xFFFFFFFF


def task_use(chassis: Chassis, task: Task, *, peak: bool = False) -> TaskUse:
    """The resources that a task uses now, or the most that it has used so far.

    The unrest of the CPU time has its peak in the last 15 minutes that the task was up in.
    """
    holds_sessions = task.facility == SESSMGR and not task.standby
    most = chassis.loads.peak(task)
    count = most.sessions if peak else chassis.sessions.count_of_sessmgr(task.instance)
    sessions = count if holds_sessions else None
    allowed = allocation(task.facility, task.standby)
    up = task.is_up(chassis.now)
    if not up:
        return TaskUse(task, allowed, 0.0, 0.0, 0, sessions, "-", up, "start")
    load = most.load if peak else chassis.sessions.load_of(task.instance)
    minute = int(chassis.now // 60)
    first = max(minute - 14, int(task.ready_at // 60)) if peak else minute
    unrest = max(_ripple(task.pid, then) for then in range(first, minute + 1))
    cpu = allowed.idle_cpu + 0.1 * unrest + (load if holds_sessions else 0.0)
    memory = chassis.loads.memory(task, sessions)
    state = "S" if task.standby else "I" if holds_sessions else "-"
    status = chassis.loads.status(task) or "good"
    return TaskUse(task, allowed, cpu, memory, allowed.idle_files, sessions, state, up, status)


def tasks(
    chassis: Chassis,
    facility: str = "",
    instance: int | None = None,
    slot: int | None = None,
    cpu: int | None = None,
    *,
    peak: bool = False,
) -> list[TaskUse]:
    """The resources of the tasks that match, in the order of `show task resources`.

    They are what the tasks use now, or with `peak` the most that they have used.
    """
    return [
        task_use(chassis, task, peak=peak)
        for task in chassis.tasks.in_order()
        if facility in ("", task.facility)
        and instance in (None, task.instance)
        and slot in (None, task.cpu.slot)
        and cpu in (None, task.cpu.number)
    ]


def cpus(chassis: Chassis) -> list[CpuUse]:
    """The resources of every CPU of a running card: of its tasks, and of the system under them."""
    sums: dict[Cpu, list[float]] = {}
    for use in tasks(chassis):
        row = sums.setdefault(use.task.cpu, [0.0, 0.0])
        row[0] += use.cpu
        row[1] += use.memory
    minute = int(chassis.now // 60)
    found: list[CpuUse] = []
    for cpu in chassis.hardware.cpus():
        card = chassis.hardware.cards[cpu.slot]
        busy, memory = sums.get(cpu, [0.0, 0.0])
        seed = cpu.slot * 10 + cpu.number
        unrest = [_ripple(seed, minute - back) for back in range(15)]
        means = (unrest[0], sum(unrest[:5]) / 5, sum(unrest) / 15)
        cores = card.kind.cores
        base = SYSTEM_MEMORY + memory
        found.append(
            CpuUse(
                cpu,
                card.state,
                (busy / 8 + means[0], busy / 8 + means[1], busy / 8 + means[2]),
                (busy / cores + means[0], busy / cores + means[1], busy / cores + means[2]),
                (base, base - means[1], base - means[2]),
                card.kind.memory,
            )
        )
    return found
