"""Layouts about what faults leave behind: crashes, traps, alarms, logs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from staros_cli.chassis import calendar
from staros_cli.chassis.crashes import Crash
from staros_cli.chassis.events import Alarm, Event
from staros_cli.rendering.layout import layout


def _serials(crash: Crash, virtual: bool) -> str:
    place = crash.place
    return "NA" if virtual else f"{place.management_serial}/{place.card_serial}"


@layout("show crash list", "capture")
def crash_list(crashes: Sequence[Crash], total: int, virtual: bool) -> list[str]:
    """Crash records, one a line, and how many crashes they stand for."""
    last = "CF / Crash Card" if virtual else "MIO / Crash Card"
    lines = [
        "=== ==================== ======== ========== =============== =======================",
        "#           Time         Process  Card/CPU/        SW          HW_SER_NUM",
        f"                                     PID         VERSION       {last}",
        "=== ==================== ======== ========== =============== =======================",
        "",
    ]
    for crash in crashes:
        where = crash.place
        place = f"{where.slot:02d}/{where.cpu}/{where.pid:05d}"
        lines.append(
            f"{crash.number:<3} {calendar.crash_date(crash.time)} {crash.facility[:8]:<8} "
            f"{place:<10} {where.version:<15} {_serials(crash, virtual):<23}"
        )
    return [*lines, "", f"Total Crashes : {total}"]


@layout("show crash number", "capture", "The lines about a process that aborted are chosen.")
def crash(found: Crash, virtual: bool) -> list[str]:
    """One crash record in full, with the number of crashes that share it."""
    place = found.place
    return [
        f"********************* CRASH #{found.number:02d} ***********************",
        f"SW Version          : {place.version}",
        f"Similar Crash Count : {found.count}",
        f"Time of First Crash : {calendar.crash_date(found.time)}",
        "",
        found.reason,
        f"    Proclet: {found.facility} (i={found.instance})",
        f"    Process: card={place.slot} cpu={place.cpu} pid={place.pid} argv0={found.facility}",
        f"    Serial Numbers: {_serials(found, virtual)}",
    ]


@layout(
    "show snmp trap history",
    "capture",
    "Numbers and fields are those of the MIB; the texts about cards, licences and recovered "
    "sessions are derived from its fields.",
)
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
