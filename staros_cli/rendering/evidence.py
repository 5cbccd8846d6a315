"""Layouts about what faults leave behind: crashes, traps, alarms, logs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from staros_cli.chassis import calendar
from staros_cli.chassis.crashes import Crash
from staros_cli.chassis.events import Alarm, Event
from staros_cli.rendering.layout import layout


def _serials(crash: Crash, virtual: bool) -> str:
    return "NA" if virtual else f"{crash.management_serial}/{crash.card_serial}"


@layout("show crash list", "capture")
def crash_list(crashes: Sequence[Crash], virtual: bool) -> list[str]:
    """Crash records, one a line."""
    last = "CF / Crash Card" if virtual else "MIO / Crash Card"
    lines = [
        "=== ==================== ======== ========== =============== =======================",
        "#           Time         Process  Card/CPU/        SW          HW_SER_NUM",
        f"                                     PID         VERSION       {last}",
        "=== ==================== ======== ========== =============== =======================",
        "",
    ]
    for crash in crashes:
        place = f"{crash.slot:02d}/{crash.cpu}/{crash.pid}"
        lines.append(
            f"{crash.number:<3} {calendar.crash_date(crash.time)} {crash.facility[:8]:<8} "
            f"{place:<10} {crash.version:<15} {_serials(crash, virtual)}"
        )
    return [*lines, "", f"Total Crashes : {len(crashes)}"]


@layout("show crash number", "chosen")
def crash(found: Crash, virtual: bool) -> list[str]:
    """One crash record in full."""
    return [
        f"********************* CRASH #{found.number:02d} ***********************",
        f"  SW Version          : {found.version}",
        f"  Recorded at         : {calendar.long_date(found.time)}",
        f"  Facility            : {found.facility}",
        f"  Instance            : {found.instance}",
        f"  Card/CPU/PID        : {found.slot:02d}/{found.cpu}/{found.pid}",
        f"  Serial Numbers      : {_serials(found, virtual)}",
        f"  Reason              : {found.reason}",
    ]


@layout("show snmp trap history", "capture", "Numbers of the traps about cards are chosen.")
def traps(events: Sequence[Event]) -> list[str]:
    """Traps, the oldest first."""
    return [
        f"{calendar.trap_date(event.time)} Internal trap notification {event.kind.number} "
        f"({event.kind.name}) {event.text}"
        for event in events
    ]


@layout("show snmp notifies", "chosen")
def notifies(counts: Mapping[str, tuple[int, float]]) -> list[str]:
    """How many traps of each kind were raised, and when the last."""
    lines = [
        "Notification Name                 Times Last",
        "-------------------------------- ------ ------------------------",
    ]
    lines += [
        f"{name:<32} {count:>6} {calendar.trap_date(time)}"
        for name, (count, time) in sorted(counts.items())
    ]
    return [*lines, f"Total notifications: {sum(count for count, _ in counts.values())}"]


@layout("show alarm", "capture")
def alarms(found: Sequence[Alarm]) -> list[str]:
    """Alarms, the oldest first."""
    lines = ["Sev Object          Event", f"--- ----------      {'-' * 92}"]
    lines += [f"{a.severity.value[0]:<3} {a.about:<15} {a.text}" for a in found]
    return lines


@layout("show logs", "chosen")
def logs(events: Sequence[Event]) -> list[str]:
    """Log lines, the oldest first."""
    return [
        f"{calendar.console_date(event.time)} [{event.kind.log} {event.kind.number} "
        f"{event.kind.severity.value[1]}] {event.kind.name}: {event.text}"
        for event in events
    ]
