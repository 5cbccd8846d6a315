"""Events of a chassis: one stream, of which traps, logs and alarms are views."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from math import inf

from msgspec import Struct
from msgspec.structs import replace

from staros_cli.chassis.event_kind import LEVELS, TRAP_EVENT, TRAP_FACILITY, Kind, Severity
from staros_cli.chassis.event_kinds import KINDS

HISTORY = 5000
"""How many traps and log lines are kept."""


class Writer(Struct, frozen=True):
    """The process that writes a log line: its task, and where that ran then."""

    facility: str
    instance: int
    card: int
    cpu: int
    pid: int


class Event(Struct, frozen=True):
    """Something that happened: when, in seconds since 1970 UTC, of which kind, and to what.

    `writer` is the process that logs it, None where that did not run.
    """

    time: float
    kind: Kind
    values: dict[str, object]
    writer: Writer | None = None

    @property
    def text(self) -> str:
        """The text of the trap, or of the log line where there is no trap."""
        return self.kind.text.format(**self.values)

    @property
    def facility(self) -> str:
        """The facility that logs it."""
        return TRAP_FACILITY if self.kind.trap else self.kind.log

    @property
    def event_id(self) -> int:
        """The number of its log lines."""
        return TRAP_EVENT if self.kind.trap else self.kind.number

    @property
    def level(self) -> str:
        """The level of its log line; that a trap was raised is only information."""
        return (Severity.INFO if self.kind.trap else self.kind.severity).level

    @property
    def notification(self) -> str:
        """What the log and the history of traps say of a trap."""
        return f"Internal trap notification {self.kind.number} ({self.kind.name}) {self.text}"

    @property
    def message(self) -> str:
        """What its log line says."""
        return self.notification if self.kind.trap else self.text

    @property
    def about(self) -> str:
        """The object that an alarm of the event is about."""
        return self.kind.about.format(**self.values)


class Alarm(Struct, frozen=True):
    """Something that is not as it should be, since a moment, about an object.

    `card` is the slot where the object is a card, None otherwise; `number` counts alarms from 1 as
    they are raised.
    """

    time: float
    severity: Severity
    about: str
    text: str
    name: str
    card: object
    number: int


class LogFilter(Struct, frozen=True):
    """Lines of the log: those of a level or graver ones, of a facility, process or call, of a time.

    Empty words and no call stand for any. Those since the last checkpoint are `active`.
    """

    facility: str = ""
    level: str = LEVELS[-1]
    since: float = 0.0
    until: float = inf
    process: str = ""
    callid: int | None = None
    active: bool = True
    inactive: bool = True

    def takes(self, event: Event) -> bool:
        """Whether an event matches."""
        return (
            self.facility in ("", event.facility)
            and LEVELS.index(event.level) <= LEVELS.index(self.level)
            and self.since <= event.time <= self.until
            and self.process in ("", event.writer.facility if event.writer else None)
            and self.callid in (None, event.values.get("callid"))
        )


class EventStream:
    """The events of a chassis. They outlive a restart of the system.

    `counts` has for each trap how often it was raised and when last; `counts_cleared` is when they
    were set to zero, `last_alarm` when the last alarm was raised, in seconds since 1970 UTC.
    `writer` finds the process of a facility that writes the log, of an instance if one is named.
    """

    def __init__(
        self, writer: Callable[[str, object], Writer | None] = lambda facility, instance: None
    ) -> None:
        self._writer = writer
        self.history: deque[Event] = deque(maxlen=HISTORY)
        self.log: deque[Event] = deque(maxlen=HISTORY)
        self.checkpointed: deque[Event] = deque(maxlen=HISTORY)
        self.counts: dict[str, tuple[int, float]] = {}
        self.outstanding: list[Alarm] = []
        self.alarms_raised: Counter[Severity] = Counter()
        self.last_alarm: float | None = None
        self.counts_cleared: float | None = None
        self._readers: list[Callable[[Event], None]] = []

    def subscribe(self, reader: Callable[[Event], None]) -> Callable[[], None]:
        """Have `reader` called with every event from now on; returns what ends that."""
        self._readers.append(reader)

        def end() -> None:
            if reader in self._readers:
                self._readers.remove(reader)

        return end

    def add(self, time: float, name: str, **values: object) -> Event:
        """Add an event of the kind `name`; raises and clears the alarms that go with it."""
        return self._enter(time, KINDS[name], values)

    def alert(self, time: float, name: str, **values: object) -> Event:
        """Add an event of the kind `name` that raises no alarm."""
        return self._enter(time, replace(KINDS[name], alarm=""), values)

    def _enter(self, time: float, kind: Kind, values: dict[str, object]) -> Event:
        name = kind.name
        if kind.trap or kind.by:
            writer = self._writer(TRAP_FACILITY if kind.trap else kind.by, None)
        else:
            writer = self._writer(str(values.get("facility", "")), values.get("instance"))
        event = Event(time, kind, values, writer)
        self.log.append(event)
        if kind.trap:
            self.history.append(event)
            count, _ = self.counts.get(name, (0, 0.0))
            self.counts[name] = (count + 1, time)
        card = values.get("card")
        if kind.alarm:
            self.end_alarm(kind.name, event.about)
            text = kind.alarm.format(**values)
            self.alarms_raised[kind.severity] += 1
            number = self.alarms_raised.total()
            self.outstanding.append(
                Alarm(time, kind.severity, event.about, text, kind.name, card, number)
            )
            self.last_alarm = time
        for cleared in kind.clears:
            self.end_alarm(cleared, KINDS[cleared].about.format(**values))
        for reader in tuple(self._readers):
            reader(event)
        return event

    def logged(self, wanted: LogFilter) -> list[Event]:
        """The events whose log lines match, the newest first."""
        found: list[Event] = []
        if wanted.active:
            found += reversed(self.log)
        if wanted.inactive:
            found += reversed(self.checkpointed)
        return [event for event in found if wanted.takes(event)]

    def checkpoint_log(self) -> None:
        """Begin the log anew; its lines are inactive now, in place of those that were before."""
        self.checkpointed, self.log = self.log, deque(maxlen=HISTORY)

    def clear_log(self) -> None:
        """Forget the active lines of the log."""
        self.log.clear()

    def clear_checkpointed(self) -> None:
        """Forget the inactive lines of the log."""
        self.checkpointed.clear()

    def end_alarm(self, name: str, about: str | None = None) -> None:
        """End the alarms of the kind `name`: those about an object, or all without one."""
        for alarm in [a for a in self.outstanding if a.name == name]:
            if about in (None, alarm.about):
                self.outstanding.remove(alarm)

    def clear_alarms(self) -> None:
        """Show the alarms that are outstanding no more; how many were raised stays counted."""
        self.outstanding.clear()

    def clear_history(self) -> None:
        """Forget the traps raised; their counts, the log and the alarms stay."""
        self.history.clear()

    def clear_counts(self, now: float) -> None:
        """Count traps from zero."""
        self.counts.clear()
        self.counts_cleared = now

    def raised_in(self, begin: float, end: float) -> int:
        """How many traps of the history were raised from `begin` on and before `end`."""
        return sum(begin <= event.time < end for event in self.history)
