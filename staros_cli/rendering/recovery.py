"""Layouts about Session Recovery."""

from __future__ import annotations

from collections.abc import Sequence

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
