"""Layouts about tasks."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli.chassis.sessions import SessmgrStatistics
from staros_cli.chassis.usage import SESSIONS_OF_A_SESSMGR, TaskUse
from staros_cli.rendering.layout import layout


def megabytes(amount: float) -> str:
    """An amount of memory in four digits: 40.63M, 126.9M, 1.20G."""
    if amount >= 1000:
        return f"{amount / 1024:.2f}G"
    return f"{amount:.1f}M" if amount >= 100 else f"{amount:.2f}M"


@layout("show task resources", "capture", "The status `start` of a task that comes up is chosen.")
def resources(uses: Sequence[TaskUse]) -> list[str]:
    """What tasks use, with the total."""
    lines = [
        "                   task   cputime        memory     files      sessions",
        " cpu facility      inst  used  allc   used  alloc used allc  used  allc S status",
        "----------------------- ----------- ------------- --------- ------------- ------",
    ]
    for use in uses:
        allocation = use.allocation
        used, allowed = "--", "--"
        if use.sessions is not None:
            used, allowed = str(use.sessions), str(SESSIONS_OF_A_SESSMGR)
        lines.append(
            f"{use.task.cpu!s:>4} {use.task.facility:<13}{use.task.instance:>5} "
            f"{f'{use.cpu:.2f}%':>5}{f'{allocation.cpu}%':>6} "
            f"{megabytes(use.memory):>6} {megabytes(allocation.memory):>6} "
            f"{use.files:>4} {allocation.files:>4} "
            f"{used:>5} {allowed:>5} {use.state} {'good' if use.up else 'start':>6}"
        )
    cpu = sum(use.cpu for use in uses)
    memory = sum(use.memory for use in uses)
    files = sum(use.files for use in uses)
    sessions = sum(use.sessions or 0 for use in uses)
    lines.append(
        f"Total{len(uses):>18}{f'{cpu:.2f}%':>8}{megabytes(memory):>11}{files:>14}{sessions:>12}"
    )
    return lines


@layout("show task table", "chosen", "The columns are known, their places are not.")
def table(uses: Sequence[TaskUse]) -> list[str]:
    """Tasks with their processes and states."""
    lines = [
        "                   task",
        " cpu facility      inst    pid state",
        "----------------------- ------ ----------",
    ]
    for use in uses:
        task = use.task
        state = "recovering" if task.recovering else "starting"
        if use.up:
            state = "standby" if task.standby else "active"
        lines.append(f"{task.cpu!s:>4} {task.facility:<13}{task.instance:>5} {task.pid:>6} {state}")
    return [*lines, f"Total{len(uses):>18}"]


@layout("show session subsystem facility sessmgr", "chosen")
def session_subsystem(rows: Sequence[tuple[TaskUse, SessmgrStatistics]]) -> list[str]:
    """What session managers have counted since they began, a manager a block."""
    lines: list[str] = []
    for use, counted in rows:
        lines += [
            f"SessMgr: Instance {use.task.instance}",
            f"  {use.sessions or 0:>10} Current Sessions",
            f"  {counted.arrived:>10} Total Calls Arrived",
            f"  {counted.ended:>10} Total Calls Ended",
        ]
    return lines
