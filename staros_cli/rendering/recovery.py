"""Layouts about Session Recovery."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli.chassis import calendar
from staros_cli.chassis.rct import Action, RctRecord, RctSummary, TaskRef
from staros_cli.chassis.recovery import RecoveryRow, Status
from staros_cli.rendering.layout import layout


@layout(
    "show session recovery status",
    "seed",
    "The words for a system without the feature and for missing hardware are chosen.",
)
def status(found: Status, now: float) -> list[str]:
    """The overall status and the age of the check that found it (SR-25)."""
    age = int(max(0.0, now - found.checked_at))
    message, values = found.message
    return [
        "Session Recovery Status:",
        f"  Overall Status        : {message(**values)}",
        f"  Last Status Update    : {age} second{'' if age == 1 else 's'} ago",
    ]


@layout("show session recovery status verbose", "capture", "`Not Ready` of a CPU is chosen.")
def cpu_table(rows: Sequence[RecoveryRow]) -> list[str]:
    """One row for every CPU that takes part (SR-27)."""
    if not rows:
        return []
    lines = [
        "",
        "              ----sessmgr---  ----aaamgr----  demux",
        " cpu state    active standby  active standby  active  status",
        "---- -------  ------ -------  ------ -------  ------  -------------------------",
    ]
    for row in rows:
        count = row.count
        words = "Good" if row.good else "Not Ready"
        if count.demux and not count.sessmgr_active and not count.aaamgr_active:
            words += " (Demux)"
        lines.append(
            f"{row.cpu!s:>4} {row.state.value:<8} {count.sessmgr_active:<6} "
            f"{count.sessmgr_standby:<8} {count.aaamgr_active:<6} {count.aaamgr_standby:<8} "
            f"{count.demux:<7} {words}"
        )
    return lines


@layout(
    "show rct stats",
    "seed",
    "Words and order are the chapter's, the columns are chosen; nobody knows what `(st)` means.",
)
def rct_stats(records: Sequence[RctRecord], summary: RctSummary) -> list[str]:
    """One line an action, and the summary (SR-32)."""
    lines = [
        f"RCT stats details (Last {len(records)} Actions)",
        "",
        "#   Action         Type       From  To  Start Time                Duration    Status",
        "--- -------------- ---------- ----  --  ------------------------  ----------  -------",
    ]
    for number, record in enumerate(records, 1):
        action = record.action.value
        if record.action is Action.MIGRATION:
            action += "(st)"
        lines.append(
            f"{number:<3} {action:<14} {_type(record):<10} {record.source:>4}  "
            f"{record.target or 'N.A':>2}  {calendar.console_date(record.started_at):<24}  "
            f"{f'{record.duration:.3f} sec':<10}  {record.status}"
        )
    return [
        *lines,
        "",
        "RCT stats summary",
        "-----------------",
        f"Migrations = {summary.migrations.count}",
        f"  Management Card: {summary.management.count} "
        f"Average time: {summary.management.seconds:.3f} sec",
        f"  Packet Card    : {summary.packet.count} Average time: {summary.packet.seconds:.3f} sec",
        f"Switchovers = {summary.switchovers.count}, "
        f"Average time - {summary.switchovers.seconds:.3f} sec",
    ]


def _type(record: RctRecord) -> str:
    if record.planned is None:
        return ""
    return "Planned" if record.planned else "Unplanned"


@layout(
    "show rct stats verbose",
    "seed",
    "`Failure Time` is named and not shown in the chapter, `Lost` is chosen.",
)
def rct_verbose(records: Sequence[RctRecord], summary: RctSummary) -> list[str]:
    """One block an action, and the summary (SR-33).

    The chapter shows two forms of a block. Records without a type put whether the card is usable
    before the reason, and records of one form stand under one line of details.
    """
    details = f"RCT stats Details (Last {len(records)} Actions)"
    lines = [] if records else [details, ""]
    typed: bool | None = None
    for number, record in enumerate(records, 1):
        if typed is not bool(_type(record)):
            typed = bool(_type(record))
            lines += [details, ""]
        lines += [f"Stats {number}:", *_rct_block(record), ""]
    migrations = f"Migrations = {summary.migrations.count}"
    if summary.migrations.count:
        migrations += f", Average time = {summary.migrations.seconds:.3f} sec"
    switchovers = f"Switchovers = {summary.switchovers.count}"
    if summary.switchovers.count:
        switchovers += f", Average time = {summary.switchovers.seconds:.3f} sec"
    return [*lines, "RCT stats Summary", "-----------------", migrations, switchovers]


def _rct_block(record: RctRecord) -> list[str]:
    fields = [("Action", record.action.value)]
    if _type(record):
        fields.append(("Type", _type(record)))
    fields += [
        ("From", str(record.source)),
        ("To", str(record.target or "N.A")),
        ("Start Time", calendar.console_date(record.started_at)),
    ]
    usable = ("Is Card Usable", "Yes" if record.usable else "No")
    reason = [
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
    return [f"  {label:<15} : {value}" for label, value in fields]


def _task(task: TaskRef) -> str:
    return f"f:{task.facility}, i:{task.instance}, cpu:{task.slot}{task.cpu}, pid:{task.pid}"
