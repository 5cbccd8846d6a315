"""Layouts about Session Recovery."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from staros_cli.chassis import calendar
from staros_cli.chassis.rct import Action, RctRecord, RctSummary, TaskRef
from staros_cli.chassis.recovery import RecoveryRow, Status
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import (
    Cell,
    Column,
    Fields,
    Lines,
    Rows,
    Screen,
    Shown,
    Table,
    screen,
    yes_no,
)


@layout(
    "show session recovery status",
    "seed",
    "The words for a system without the feature and for missing hardware are chosen.",
)
def status(found: Status, now: float) -> Fields:
    """The overall status and the age of the check that found it (SR-25)."""
    age = int(max(0.0, now - found.checked_at))
    message, values = found.message
    fields = (
        ("Overall Status", message(**values)),
        ("Last Status Update", f"{age} second{'' if age == 1 else 's'} ago"),
    )
    return Fields(fields, "Session Recovery Status:", width=21)


def _cpu_status(row: RecoveryRow) -> str:
    count = row.count
    words = "Good" if row.good else "Not Ready"
    demux_only = count.demux and not count.sessmgr_active and not count.aaamgr_active
    return f"{words} (Demux)" if demux_only else words


_CPUS = Table[RecoveryRow](
    Column("cpu", 4, lambda row: str(row.cpu), right=True),
    Column("state", 7, lambda row: row.state.value),
    Column("active", 6, lambda row: row.count.sessmgr_active, gap=2, key="sessmgr_active"),
    Column("standby", 7, lambda row: row.count.sessmgr_standby, key="sessmgr_standby"),
    Column("active", 6, lambda row: row.count.aaamgr_active, gap=2, key="aaamgr_active"),
    Column("standby", 7, lambda row: row.count.aaamgr_standby, key="aaamgr_standby"),
    Column("active", 6, lambda row: row.count.demux, gap=2, key="demux_active"),
    Column("status", 25, _cpu_status, gap=2),
    over=("", "              ----sessmgr---  ----aaamgr----  demux"),
)


@layout("show session recovery status verbose", "capture", "`Not Ready` of a CPU is chosen.")
def cpu_table(rows: Sequence[RecoveryRow]) -> Rows:
    """One row for every CPU that takes part (SR-27)."""
    return _CPUS.of(rows)


class _Action(Struct, frozen=True):
    """An action with its number in the list."""

    number: int
    record: RctRecord

    @property
    def name(self) -> str:
        """The action as the list names it."""
        action = self.record.action
        return f"{action.value}(st)" if action is Action.MIGRATION else action.value


_ACTIONS = Table[_Action](
    Column("#", 3, lambda row: row.number, key="number"),
    Column("Action", 14, lambda row: row.name),
    Column("Type", 10, lambda row: _type(row.record)),
    Column("From", 4, lambda row: row.record.source, right=True),
    Column("To", 2, lambda row: row.record.target or "N.A", gap=2, right=True),
    Column("Start Time", 24, lambda row: calendar.console_date(row.record.started_at), gap=2),
    Column("Duration", 10, lambda row: row.record.duration, "{:.3f} sec".format, gap=2),
    Column("Status", 7, lambda row: row.record.status, gap=2),
)


@layout(
    "show rct stats",
    "seed",
    "Words and order are the chapter's, the columns are chosen, and that there is no table where "
    "there is no action; nobody knows what `(st)` means.",
)
def rct_stats(records: Sequence[RctRecord], summary: RctSummary) -> Screen:
    """One line an action, and the summary (SR-32)."""
    lines = [
        "RCT stats summary",
        "-----------------",
        f"Migrations = {summary.migrations.count}",
        f"  Management Card: {summary.management.count} "
        f"Average time: {summary.management.seconds:.3f} sec",
        f"  Packet Card    : {summary.packet.count} Average time: {summary.packet.seconds:.3f} sec",
        f"Switchovers = {summary.switchovers.count}, "
        f"Average time - {summary.switchovers.seconds:.3f} sec",
    ]
    head = Lines([f"RCT stats details (Last {len(records)} Actions)", ""], {"count": len(records)})
    rows = _ACTIONS.of(_Action(number, record) for number, record in enumerate(records, 1))
    table = (rows, "") if records else ()
    return screen(head, *table, Lines(lines, _summary(summary)))


def _summary(summary: RctSummary) -> dict[str, Cell]:
    return {
        "migrations": summary.migrations.count,
        "switchovers": summary.switchovers.count,
        "average_migration_seconds": round(summary.migrations.seconds, 3),
        "average_switchover_seconds": round(summary.switchovers.seconds, 3),
    }


def _type(record: RctRecord) -> str:
    if record.planned is None:
        return ""
    return "Planned" if record.planned else "Unplanned"


@layout(
    "show rct stats verbose",
    "seed",
    "`Failure Time` is named and not shown in the chapter, `Lost` is chosen.",
)
def rct_verbose(records: Sequence[RctRecord], summary: RctSummary) -> Screen:
    """One block an action, and the summary (SR-33).

    The chapter shows two forms of a block. Records without a type put whether the card is usable
    before the reason, and records of one form stand under one line of details.
    """
    details = f"RCT stats Details (Last {len(records)} Actions)"
    parts: list[Shown | str] = [] if records else [details, ""]
    typed: bool | None = None
    for number, record in enumerate(records, 1):
        if typed is not bool(_type(record)):
            typed = bool(_type(record))
            parts += [details, ""]
        parts += [Fields(tuple(_rct_fields(record)), f"Stats {number}:", width=15), ""]
    migrations = f"Migrations = {summary.migrations.count}"
    if summary.migrations.count:
        migrations += f", Average time = {summary.migrations.seconds:.3f} sec"
    switchovers = f"Switchovers = {summary.switchovers.count}"
    if summary.switchovers.count:
        switchovers += f", Average time = {summary.switchovers.seconds:.3f} sec"
    lines = ["RCT stats Summary", "-----------------", migrations, switchovers]
    return screen(*parts, Lines(lines, _summary(summary)))


def _rct_fields(record: RctRecord) -> list[tuple[str, Cell]]:
    fields: list[tuple[str, Cell]] = [("Action", record.action.value)]
    if _type(record):
        fields.append(("Type", _type(record)))
    fields += [
        ("From", str(record.source)),
        ("To", str(record.target or "N.A")),
        ("Start Time", calendar.console_date(record.started_at)),
    ]
    usable: tuple[str, Cell] = ("Is Card Usable", yes_no(record.usable))
    reason: list[tuple[str, Cell]] = [
        ("Failure Reason", record.reason or "N.A."),
        ("Failure Device", record.device or "N.A"),
    ]
    fields += [*reason, usable] if _type(record) else [usable, *reason]
    fields.append(("Recovery Status", record.status))
    if record.failed_at is not None:
        fields.append(("Failure Time", calendar.console_date(record.failed_at)))
    fields += [
        ("Facility", record.facility or "N.A"),
        ("Instance", "N.A" if record.instance is None else str(record.instance)),
        ("Duration", f"{record.duration:07.3f} sec"),
        ("Graceful", "Enabled" if record.graceful else "Disabled"),
    ]
    fields += [
        (f"Recovered [{n}]", f"[{_task(task)}]") for n, task in enumerate(record.recovered, 1)
    ]
    fields += [
        (f"Lost [{n}]", f"[{_task(task)}, calls:{task.calls}]")
        for n, task in enumerate(record.lost, 1)
    ]
    return fields


def _task(task: TaskRef) -> str:
    return f"f:{task.facility}, i:{task.instance}, cpu:{task.slot}{task.cpu}, pid:{task.pid}"
