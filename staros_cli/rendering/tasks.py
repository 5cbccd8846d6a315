"""Layouts about tasks."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from staros_cli.chassis.allocations import SESSIONS_OF_A_SESSMGR
from staros_cli.chassis.manager_statistics import AaamgrStatistics, SessmgrStatistics
from staros_cli.chassis.tasks import SITMAIN, SITPARENT, Task
from staros_cli.chassis.usage import TaskUse
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import (
    Cell,
    Column,
    Fields,
    Lines,
    Rows,
    Screen,
    Table,
    blocks,
    gigabytes,
    key_of,
    screen,
)


def megabytes(amount: float) -> str:
    """An amount of memory: 40.63M, 126.9M, 1.20G."""
    if amount >= 1000:
        return gigabytes(amount)
    return f"{amount:.1f}M" if amount >= 100 else f"{amount:.2f}M"


_TASK: tuple[Column[TaskUse], ...] = (
    Column("cpu", 4, lambda use: str(use.task.cpu), right=True),
    Column("facility", 11, lambda use: use.task.facility),
    Column("inst", 7, lambda use: use.task.instance, right=True, gap=0),
)
"""The columns that name a task."""

_RESOURCES = Table[TaskUse](
    *_TASK,
    Column("used", 5, lambda use: use.cpu, "{:.2f}%".format, right=True, key="cpu_used"),
    Column(
        "allc",
        6,
        lambda use: use.allocation.cpu,
        "{}%".format,
        right=True,
        gap=0,
        key="cpu_allowed",
    ),
    Column("used", 6, lambda use: use.memory, megabytes, right=True, key="memory_used"),
    Column(
        "alloc", 6, lambda use: use.allocation.memory, megabytes, right=True, key="memory_allowed"
    ),
    Column("used", 4, lambda use: use.files, right=True, key="files_used"),
    Column("allc", 4, lambda use: use.allocation.files, right=True, key="files_allowed"),
    Column(
        "used",
        5,
        lambda use: "--" if use.sessions is None else use.sessions,
        right=True,
        key="sessions_used",
    ),
    Column(
        "allc",
        5,
        lambda use: "--" if use.sessions is None else SESSIONS_OF_A_SESSMGR,
        right=True,
        key="sessions_allowed",
    ),
    Column("S", 1, lambda use: use.state, key="state"),
    Column("status", 6, lambda use: use.status, right=True),
    heads=(
        "                   task   cputime        memory     files      sessions",
        " cpu facility      inst  used  allc   used  alloc used allc  used  allc S status",
        "----------------------- ----------- ------------- --------- ------------- ------",
    ),
)


@layout(
    "show task resources",
    "capture",
    "The statuses `start`, `warn` and `over` and the order of most facilities are chosen, with "
    "`max` everything but the columns.",
)
def resources(uses: Sequence[TaskUse]) -> Screen:
    """The use of resources by tasks, with the total."""
    cpu = sum(use.cpu for use in uses)
    memory = sum(use.memory for use in uses)
    files = sum(use.files for use in uses)
    sessions = sum(use.sessions or 0 for use in uses)
    total = Lines(
        [f"Total{len(uses):>18}{f'{cpu:.2f}%':>8}{megabytes(memory):>11}{files:>14}{sessions:>12}"],
        {
            "tasks": len(uses),
            "cpu_used": round(cpu, 2),
            "memory_used": round(memory, 2),
            "files_used": files,
            "sessions_used": sessions,
        },
    )
    return screen(_RESOURCES.of(uses), total)


@layout("show task resources verbose", "chosen", "Remembered from a manual.")
def resources_in_full(uses: Sequence[TaskUse]) -> Screen:
    """The use of resources by tasks, a block each."""
    return blocks(_in_full(use) for use in uses)


def _in_full(use: TaskUse) -> Fields:
    task, allowed = use.task, use.allocation
    held = "--" if use.sessions is None else f"{use.sessions} / {SESSIONS_OF_A_SESSMGR}"
    return Fields(
        (
            ("task pid", task.pid),
            ("cputime used/allocated", f"{use.cpu:.2f}% / {allowed.cpu}%"),
            ("memory used/allocated", f"{megabytes(use.memory)} / {megabytes(allowed.memory)}"),
            ("files used/allocated", f"{use.files} / {allowed.files}"),
            ("sessions used/allocated", held),
            ("status", use.status),
        ),
        f"CPU {task.cpu}, facility {task.facility} instance {task.instance}",
        width=24,
        between=": ",
    )


_Started = tuple[Task, Task | None]
"""A task with the one that started it, if there is one."""

_PRIORITIES = {SITMAIN: -4, SITPARENT: -5}
"""The priorities of processes whose facility has one of its own."""

_TASKS = Table[_Started](
    Column("cpu", 4, lambda row: str(row[0].cpu), right=True),
    Column("facility", 11, lambda row: row[0].facility),
    Column("inst", 7, lambda row: row[0].instance, right=True, gap=0),
    Column("pid", 6, lambda row: row[0].pid, right=True),
    Column("pri", 4, lambda row: _PRIORITIES.get(row[0].facility, 0), right=True),
    Column("facility", 13, lambda row: row[1].facility if row[1] else None, key="parent_facility"),
    Column(
        "inst",
        5,
        lambda row: row[1].instance if row[1] else None,
        right=True,
        gap=0,
        key="parent_inst",
    ),
    Column("pid", 6, lambda row: row[1].pid if row[1] else "none", right=True, key="parent_pid"),
    heads=(
        "           task           parent",
        " cpu facility      inst    pid  pri facility      inst    pid",
        "---- ----------------------------- -------------------------",
    ),
)


@layout("show task table", "chosen", "No device was seen to print it, and states are left out.")
def table(tasks: Sequence[_Started]) -> Rows:
    """Tasks with their processes, and the tasks that started them."""
    return _TASKS.of(tasks)


def _part(use: TaskUse) -> str:
    return f"{use.memory / use.allocation.memory:.0%}"


_UNKNOWN = "--"
"""Stands where a task has no figure."""

_MEMORY = Table[TaskUse](
    *_TASK,
    Column("used", 7, lambda use: _UNKNOWN, right=True, key="heap_used"),
    Column("used", 6, lambda use: use.memory, megabytes, right=True, key="physical_used"),
    Column("", 3, _part, right=True, key="physical_part"),
    Column(
        "alloc", 6, lambda use: use.allocation.memory, megabytes, right=True, key="physical_allowed"
    ),
    Column("used", 6, lambda use: _UNKNOWN, right=True, key="virtual_used"),
    Column("", 3, lambda use: _UNKNOWN, right=True, key="virtual_part"),
    Column("alloc", 5, lambda use: _UNKNOWN, right=True, key="virtual_allowed"),
    Column("status", 6, lambda use: use.status, right=True),
    heads=(
        "                   task    heap   physical           virtual",
        " cpu facility      inst    used   used  alloc        used  alloc status",
        "----------------------- ------- ------------------ ------------- ------",
    ),
)


@layout(
    "show task memory",
    "chosen",
    "No device was seen to print it; heap and virtual memory are not modelled.",
)
def memory(uses: Sequence[TaskUse]) -> Rows:
    """The memory of tasks: used, the part that this is of what they may use, and that."""
    return _MEMORY.of(uses)


class SessmgrRow(Struct, frozen=True):
    """A session manager: its counts, the calls it holds and those being connected."""

    instance: int
    counted: SessmgrStatistics
    current: int
    connecting: int


class AaamgrRow(Struct, frozen=True):
    """An AAA manager: its counts, the calls of its instance, and its records of them."""

    instance: int
    counted: AaamgrStatistics
    current: int
    connecting: int
    records: int


class _Pair(Struct, frozen=True):
    """Two counters that stand beside one another, with their labels."""

    count: int
    label: str
    second: int | None = None
    other: str = ""


_PAIRS = Table[_Pair](
    Column("", 11, lambda pair: pair.count, right=True),
    Column("", 30, lambda pair: pair.label),
    Column("", 11, lambda pair: pair.second, right=True, gap=0),
    Column("", 30, lambda pair: pair.other or None),
    heads=(),
)


def _manager(kind: str, instance: int, pairs: Sequence[_Pair]) -> Lines:
    return Lines(
        [f"{kind}: Instance {instance}", *_lines(pairs)], {"instance": instance} | _data(pairs)
    )


def _lines(pairs: Sequence[_Pair]) -> list[str]:
    return [line.rstrip() for line in _PAIRS.of(pairs).lines]


def _data(pairs: Sequence[_Pair]) -> dict[str, Cell]:
    counts: dict[str, Cell] = {key_of(pair.label): pair.count for pair in pairs}
    return counts | {key_of(pair.other): pair.second for pair in pairs if pair.other}


def _sums(title: str, managers: Sequence[Sequence[_Pair]], *more: _Pair) -> Lines:
    """The counts of all managers of a facility together, below how many these are, and more."""
    total = [
        _Pair(
            sum(pair.count for pair in same),
            same[0].label,
            None if same[0].second is None else sum(pair.second or 0 for pair in same),
            same[0].other,
        )
        for same in zip(*managers, strict=True)
    ] + list(more)
    return Lines(
        [f"{len(managers)} {title}", *_lines(total)], {"managers": len(managers)} | _data(total)
    )


@layout(
    "show session subsystem",
    "doc",
    "A heading with the number of managers above their sums is documented, and the rows of AAA "
    "managers; the name of session managers and their rows are chosen. Other facilities count "
    "nothing here and are left out. That `verbose` shows every manager below the sums is chosen.",
)
def all_managers(
    sessions: Sequence[SessmgrRow], aaa: Sequence[AaamgrRow], rejected: int, *, each: bool
) -> Screen:
    """The counts of all session and AAA managers since they began; with `each` of them apart.

    Calls that were `rejected` before came to no manager.
    """
    turned_away = _Pair(rejected, "Total calls rejected")
    pairs = [_session_pairs(row) for row in sessions]
    found = [_sums("Session Managers", pairs, turned_away)]
    found.append(_sums("AAA Managers", [_aaa_pairs(row) for row in aaa]))
    if each:
        found += [*map(_session_manager, sessions), *map(_aaa_manager, aaa)]
    return blocks(found)


@layout("show session subsystem facility sessmgr", "chosen", "The shape is that of aaamgr.")
def session_managers(rows: Sequence[SessmgrRow]) -> Screen:
    """The counts of session managers since they began, a manager a block."""
    return blocks(map(_session_manager, rows))


def _session_manager(row: SessmgrRow) -> Lines:
    return _manager("SessMgr", row.instance, _session_pairs(row))


def _session_pairs(row: SessmgrRow) -> tuple[_Pair, ...]:
    counted = row.counted
    connected = counted.connected(row.connecting)
    return (
        _Pair(counted.arrived, "Total calls arrived", connected, "Total calls connected"),
        _Pair(counted.failed, "Total calls failed", row.connecting, "Current calls in progress"),
        _Pair(
            counted.disconnected,
            "Total calls disconnected",
            counted.recovered,
            "Total calls recovered",
        ),
        _Pair(row.current, "Current sessions"),
    )


@layout(
    "show session subsystem facility aaamgr",
    "doc",
    "The rows are documented, their columns are not. Left out are those about probes, keepalives, "
    "sockets and kinds of servers: which manager uses which server is not modelled.",
)
def aaa_managers(rows: Sequence[AaamgrRow]) -> Screen:
    """The counts of AAA managers since they began, a manager a block."""
    return blocks(map(_aaa_manager, rows))


def _aaa_manager(row: AaamgrRow) -> Lines:
    return _manager("AAAMgr", row.instance, _aaa_pairs(row))


def _aaa_pairs(row: AaamgrRow) -> tuple[_Pair, ...]:
    counted = row.counted
    success = counted.authenticated(row.connecting)
    accounting = success + counted.stops
    requests = counted.auth_requests + accounting
    connected = row.current - row.connecting
    sessions = success + counted.filled
    return (
        _Pair(requests, "Total aaa requests", row.connecting, "Current aaa requests"),
        _Pair(
            counted.auth_requests,
            "Total aaa auth requests",
            row.connecting,
            "Current aaa auth requests",
        ),
        _Pair(accounting, "Total aaa acct requests", 0, "Current aaa acct requests"),
        _Pair(success, "Total aaa auth success", 0, "Total aaa auth failure"),
        _Pair(counted.purged, "Total aaa auth purged", 0, "Total aaa auth cancelled"),
        _Pair(0, "Total aaa auth DMU challenged"),
        _Pair(0, "Total null-username auth requests (rejected)"),
        _Pair(accounting, "Total aaa acct completed", 0, "Total aaa acct purged"),
        _Pair(0, "Total aaa acct cancelled"),
        _Pair(sessions, "Total aaa acct sessions", connected, "Current aaa acct sessions"),
        _Pair(
            row.records,
            "Current recovery archives",
            row.records,
            "Current valid recovery records",
        ),
    )
