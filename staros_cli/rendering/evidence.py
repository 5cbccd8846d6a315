"""Layouts about what faults leave behind: crashes, traps, alarms, logs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from staros_cli.chassis import calendar
from staros_cli.chassis.crashes import Crash
from staros_cli.chassis.event_kind import Severity
from staros_cli.chassis.event_kinds import KINDS
from staros_cli.chassis.events import Alarm, Event, EventStream
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
    screen,
)


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


@layout(
    "show crash number",
    "capture",
    "The line of a process that aborted is chosen. The numbers of facilities and what the stack "
    "holds are not modelled.",
)
def crashes(found: Sequence[Crash]) -> Screen:
    """Crash records in full, each with the number of crashes that share it."""
    return blocks(Lines(_in_full(crash)) for crash in found)


def _in_full(found: Crash) -> list[str]:
    place = found.place
    return [
        f"********************* CRASH #{found.number:02d} ***********************",
        f"SW Version          : {place.version}",
        f"Similar Crash Count : {found.count}",
        f"Time of First Crash : {calendar.crash_date(found.time)}",
        "",
        found.reason,
        f"    Proclet: {found.facility} (i={found.instance})",
        f"    Process: card={place.slot} cpu={place.cpu} arch=X pid={place.pid} "
        f"argv0={found.facility}",
    ]


@layout(
    "show snmp trap history",
    "capture",
    "Numbers and fields are those of the MIB; the texts about cards, licences and recovered "
    "sessions are derived from its fields.",
)
def traps(events: Sequence[Event]) -> list[str]:
    """Traps, the oldest first."""
    return [f"{calendar.trap_date(event.time)} {event.notification}" for event in events]


PERIOD = 300.0
"""Seconds of the periods in which notifications are counted."""

_Count = tuple[str, tuple[int, float]]
_NOTIFIES = Table[_Count](
    Column("Trap Name", 35, lambda row: row[0], key="name"),
    Column("#Gen", 5, lambda row: row[1][0], right=True, key="generated"),
    Column("#Disc", 5, lambda row: 0, right=True, key="discarded"),
    Column("Disable", 7, lambda row: 0, right=True, key="disabled"),
    Column("Last Generated", 20, lambda row: calendar.notification_date(row[1][1]), gap=2),
    heads=(
        "Trap Name                            #Gen #Disc  Disable Last Generated      ",
        "----------------------------------- ----- -----  ------- --------------------",
    ),
    filled=True,
)


@layout(
    "show snmp trap statistics",
    "capture",
    "No trap is discarded or disabled; that sending was never disabled is chosen.",
)
def notifies(events: EventStream, now: float) -> Screen:
    """How many traps of each kind were raised and when the last, by their numbers."""
    counts = sorted(events.counts.items(), key=lambda row: KINDS[row[0]].number)
    total = sum(count for _, (count, _) in counts)
    last = max((time for _, (_, time) in counts), default=None)
    begin = now - now % PERIOD
    cleared = events.counts_cleared
    ever = (
        Lines(["  Notifications have never been cleared"])
        if cleared is None
        else _summary(("Notifications last cleared", calendar.long_date(cleared)))
    )
    head = _summary(
        ("Total number of notifications", total),
        ("Last notification sent", "Never" if last is None else calendar.long_date(last)),
        ("Notification sending is", "enabled"),
        title="SNMP Notification Statistics:",
    )
    periods = _summary(
        ("Notifications in current period", events.raised_in(begin, now + 1)),
        ("Notifications in previous period", events.raised_in(begin - PERIOD, begin)),
        ("Notification monitor period", f"{PERIOD:.0f} seconds"),
    )
    never = Lines(["  Notifications have never been disabled"])
    foot = Lines(["", "Total number of notifications Disabled  : 0"], {"disabled_in_all": 0})
    return screen(head, never, ever, periods, "", _NOTIFIES.of(counts), foot)


def _summary(*fields: tuple[str, Cell], title: str = "") -> Fields:
    return Fields(fields, title, width=32, between=": ")


_ALARMS = Table[Alarm](
    Column("Sev", 3, lambda alarm: alarm.severity.value[0]),
    Column("Object", 15, lambda alarm: alarm.about),
    Column("Event", 92, lambda alarm: alarm.text),
    heads=("Sev Object          Event", f"--- ----------      {'-' * 92}"),
)


@layout("show alarm outstanding", "capture")
def alarms(found: Sequence[Alarm]) -> Rows:
    """Alarms, the oldest first."""
    return _ALARMS.of(found)


_VERBOSE_ALARMS = "{0:<8} {1:<15} {2:<34} {3}"


@layout("show alarm outstanding verbose", "chosen")
def alarms_verbose(found: Sequence[Alarm]) -> Screen:
    """Alarms with their times and numbers, the oldest first."""
    head = _VERBOSE_ALARMS.format("Severity", "Object", "Timestamp", "Alarm ID")
    return screen(head, *(_alarm_verbose(alarm) for alarm in found))


def _alarm_verbose(alarm: Alarm) -> Lines:
    date = calendar.long_date(alarm.time)
    severity = alarm.severity.name.capitalize()
    row = _VERBOSE_ALARMS.format(severity, alarm.about, date, alarm.number)
    values = {"severity": severity, "object": alarm.about, "timestamp": date, "id": alarm.number}
    return Lines([row, f"  {alarm.text}"], {**values, "event": alarm.text})


@layout("show alarm statistics", "capture", "That there was no alarm yet is chosen.")
def alarm_statistics(events: EventStream) -> Screen:
    """How many alarms are outstanding, and were raised so far, by severity."""
    now = Counter(alarm.severity for alarm in events.outstanding)
    last = events.last_alarm
    return screen(
        "Alarm Statistics:",
        _severities("Current Outstanding Alarms", now),
        _severities("Cumulative Totals", events.alarms_raised),
        f"  Last Alarm Received: {'None' if last is None else calendar.long_date(last)}",
    )


def _severities(title: str, counts: Mapping[Severity, int]) -> Fields:
    found: list[tuple[str, Cell]] = [
        (f"{severity.name.capitalize()}:", counts.get(severity, 0))
        for severity in (Severity.CRITICAL, Severity.MAJOR, Severity.MINOR)
    ]
    fields = (("Total:", sum(counts.values())), *found)
    return Fields(fields, f"  {title}", width=9, indent=4, between=" ")


@layout("show alarm all", "capture", "There is no audible alarm and no central office contact.")
def all_alarms(statistics: Screen, events: EventStream) -> Screen:
    """The audible alarm, the statistics, and the outstanding alarms."""
    return screen(
        "Facility Alarm Information:",
        "",
        "Audible Alarm OFF",
        "Note: Audible Alarm is Disabled",
        "All Central Office (CO) alarms are off",
        "",
        statistics,
        "",
        "Outstanding Alarms:",
        "",
        _ALARMS.of(events.outstanding),
    )


def _process(event: Event) -> str:
    """The place of the process that wrote a log line: card/cpu/pid, task, line of the source."""
    writer = event.writer
    if writer is None:
        return ""
    place = f"{writer.card}/{writer.cpu}/{writer.pid} <{writer.facility}:{writer.instance}>"
    return f"[{place} {event.kind.file}] " if event.kind.file else f"[{place}] "


@layout(
    "show logs",
    "doc",
    "The angle brackets are captured; that the newest line comes first is chosen, as are the event "
    "ids but that of the end of a session. The file is left out where it is not known.",
)
def logs(events: Sequence[Event]) -> list[str]:
    """Log lines, the newest first."""
    return [
        f"{calendar.console_date(event.time)} [{event.facility[:15]} {event.event_id} "
        f"{event.level}] {_process(event)}{_classification(event)} {event.message}"
        for event in events
    ]


def _classification(event: Event) -> str:
    callid = event.values.get("callid")
    if event.kind.trap or not isinstance(callid, int):
        return "[software internal system]"
    return f"[callid {callid:08x}] [software internal user]"
