"""Layouts about what faults leave behind: crashes, traps, alarms, logs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from staros_cli.chassis import calendar
from staros_cli.chassis.crashes import Crash
from staros_cli.chassis.events import Alarm, Event
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Column, Lines, Rows, Screen, Table, screen


def _serials(crash: Crash, virtual: bool) -> str:
    place = crash.place
    return "NA" if virtual else f"{place.management_serial}/{place.card_serial}"


def _place(crash: Crash) -> str:
    where = crash.place
    return f"{where.slot:02d}/{where.cpu}/{where.pid:05d}"


_CRASH_RULE = "=== ==================== ======== ========== =============== ======================="


def _crash_table(virtual: bool) -> Table[Crash]:
    last = "CF / Crash Card" if virtual else "MIO / Crash Card"
    return Table(
        Column("#", 3, lambda crash: crash.number, key="number"),
        Column("Time", 20, lambda crash: calendar.crash_date(crash.time)),
        Column("Process", 8, lambda crash: crash.facility[:8]),
        Column("Card/CPU/PID", 10, _place),
        Column("SW Version", 15, lambda crash: crash.place.version),
        Column("HW_SER_NUM", 23, lambda crash: _serials(crash, virtual)),
        heads=(
            _CRASH_RULE,
            "#           Time         Process  Card/CPU/        SW          HW_SER_NUM",
            f"                                     PID         VERSION       {last}",
            _CRASH_RULE,
            "",
        ),
        filled=True,
    )


_CRASHES = {virtual: _crash_table(virtual) for virtual in (False, True)}


@layout("show crash list", "capture")
def crash_list(crashes: Sequence[Crash], total: int, virtual: bool) -> Screen:
    """Crash records, one a line, and how many crashes they stand for."""
    count = Lines([f"Total Crashes : {total}"], {"total_crashes": total})
    return screen(_CRASHES[virtual].of(crashes), "", count)


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


_Count = tuple[str, tuple[int, float]]
_NOTIFIES = Table[_Count](
    Column("Notification Name", 32, lambda row: row[0], key="name"),
    Column("Times", 6, lambda row: row[1][0], right=True),
    Column("Last", 24, lambda row: calendar.trap_date(row[1][1])),
)


@layout("show snmp notifies", "chosen")
def notifies(counts: Mapping[str, tuple[int, float]]) -> Screen:
    """How many traps of each kind were raised, and when the last."""
    total = sum(count for count, _ in counts.values())
    line = Lines([f"Total notifications: {total}"], {"total_notifications": total})
    return screen(_NOTIFIES.of(sorted(counts.items())), line)


_ALARMS = Table[Alarm](
    Column("Sev", 3, lambda alarm: alarm.severity.value[0]),
    Column("Object", 15, lambda alarm: alarm.about),
    Column("Event", 92, lambda alarm: alarm.text),
    heads=("Sev Object          Event", f"--- ----------      {'-' * 92}"),
)


@layout("show alarm", "capture")
def alarms(found: Sequence[Alarm]) -> Rows:
    """Alarms, the oldest first."""
    return _ALARMS.of(found)


@layout("show logs", "chosen")
def logs(events: Sequence[Event]) -> list[str]:
    """Log lines, the oldest first."""
    return [
        f"{calendar.console_date(event.time)} [{event.kind.log} {event.kind.number} "
        f"{event.kind.severity.value[1]}] {event.kind.name}: {event.text}"
        for event in events
    ]
