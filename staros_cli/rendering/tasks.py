"""Layouts about tasks."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from staros_cli.chassis.allocations import SESSIONS_OF_A_SESSMGR
from staros_cli.chassis.manager_statistics import AaamgrStatistics, SessmgrStatistics
from staros_cli.chassis.usage import TaskUse
from staros_cli.rendering.layout import layout


def megabytes(amount: float) -> str:
    """An amount of memory in four digits: 40.63M, 126.9M, 1.20G."""
    if amount >= 1000:
        return f"{amount / 1024:.2f}G"
    return f"{amount:.1f}M" if amount >= 100 else f"{amount:.2f}M"


@layout("show task resources", "capture", "The statuses `start`, `warn` and `over` are chosen.")
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
            f"{used:>5} {allowed:>5} {use.state} {use.status:>6}"
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


class SessmgrRow(Struct, frozen=True):
    """What a session manager shows: its counts, the calls it holds and those being connected."""

    instance: int
    counted: SessmgrStatistics
    current: int
    connecting: int


class AaamgrRow(Struct, frozen=True):
    """What an AAA manager shows: its counts, the calls of its instance, what it holds of them."""

    instance: int
    counted: AaamgrStatistics
    current: int
    connecting: int
    records: int


def _counter(count: int, label: str) -> str:
    return f"{count:>11} {label}"


def _counters(first: tuple[int, str], second: tuple[int, str] | None = None) -> str:
    left = _counter(*first)
    return f"{left:<42}{_counter(*second)}" if second else left


@layout("show session subsystem facility sessmgr", "chosen", "The shape is that of aaamgr.")
def session_managers(rows: Sequence[SessmgrRow]) -> list[str]:
    """What session managers have counted since they began, a manager a block."""
    lines: list[str] = []
    for row in rows:
        counted = row.counted
        connected = max(0, counted.arrived - counted.failed - row.connecting)
        lines += [
            "",
            f"SessMgr: Instance {row.instance}",
            _counters(
                (counted.arrived, "Total calls arrived"), (connected, "Total calls connected")
            ),
            _counters(
                (counted.failed, "Total calls failed"),
                (row.connecting, "Current calls in progress"),
            ),
            _counters(
                (counted.disconnected, "Total calls disconnected"),
                (counted.recovered, "Total calls recovered"),
            ),
            _counters((row.current, "Current sessions")),
        ]
    return lines[1:]


@layout(
    "show session subsystem facility aaamgr",
    "doc",
    "The rows are documented, their columns are not; a device has more rows.",
)
def aaa_managers(rows: Sequence[AaamgrRow]) -> list[str]:
    """What AAA managers have counted since they began, a manager a block."""
    lines: list[str] = []
    for row in rows:
        counted = row.counted
        success = max(0, counted.auth_requests - counted.purged - row.connecting)
        accounting = success + counted.stops
        connected = row.current - row.connecting
        lines += [
            "",
            f"AAAMgr: Instance {row.instance}",
            _counters(
                (counted.auth_requests + accounting, "Total aaa requests"),
                (row.connecting, "Current aaa requests"),
            ),
            _counters(
                (counted.auth_requests, "Total aaa auth requests"),
                (row.connecting, "Current aaa auth requests"),
            ),
            _counters((accounting, "Total aaa acct requests"), (0, "Current aaa acct requests")),
            _counters((success, "Total aaa auth success"), (0, "Total aaa auth failure")),
            _counters((counted.purged, "Total aaa auth purged"), (0, "Total aaa auth cancelled")),
            _counters((accounting, "Total aaa acct completed"), (0, "Total aaa acct purged")),
            _counters(
                (success + counted.filled, "Total aaa acct sessions"),
                (connected, "Current aaa acct sessions"),
            ),
            _counters(
                (row.records, "Current recovery archives"),
                (row.records, "Current valid recovery records"),
            ),
        ]
    return lines[1:]
