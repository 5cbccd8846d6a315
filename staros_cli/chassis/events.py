"""What happens on a chassis: one stream of events, of which traps, logs and alarms are views."""

from __future__ import annotations

from collections import deque
from enum import Enum

from msgspec import Struct

HISTORY = 400
"""How many traps and log lines are kept."""


class Severity(Enum):
    """How grave an alarm or a log line is: the letters of `show alarm`, the word of `show logs`."""

    CRITICAL = ("CR", "critical")
    MAJOR = ("MJ", "error")
    MINOR = ("MN", "warning")
    INFO = ("--", "info")


class Kind(Struct, frozen=True):
    """A kind of event.

    `number` and `name` are those of its trap, `text` what the trap tells, `log` the facility of its
    log line. An event raises an alarm when `alarm` has words for it, and `clears` names the kind
    whose alarm about the same object it ends.
    """

    number: int
    name: str
    text: str
    severity: Severity = Severity.INFO
    log: str = "hat"
    alarm: str = ""
    about: str = ""
    clears: str = ""


def _kinds(*kinds: Kind) -> dict[str, Kind]:
    return {kind.name: kind for kind in kinds}


_TASK = "facility {facility} instance {instance} card {card} cpu {cpu}"
_ON_TASK = "facility {facility} instance {instance} on card {card} cpu {cpu}"
_SPOF = (
    "The {title} in slot {card} is a single point of failure. "
    "Another {title} of the same type is needed."
)

KINDS = _kinds(
    Kind(
        52,
        "CLISessionStart",
        "user {user} privilege level {level} ttyname {terminal}",
        log="cli",
    ),
    Kind(53, "CLISessionEnd", "user {user} privilege level {level} ttyname {terminal}", log="cli"),
    Kind(73, "ManagerFailure", _TASK, Severity.MAJOR, "sct"),
    Kind(150, "TaskFailed", _ON_TASK, Severity.MAJOR, "sct"),
    Kind(151, "TaskRestart", _ON_TASK, log="sct"),
    Kind(1099, "ManagerRestart", _TASK, log="sct"),
    Kind(
        1100,
        "SessMgrRecoveryComplete",
        "instance {instance} card {card} cpu {cpu}: calls fetched from aaamgr {fetched}, "
        "passed audit {passed}, recovered {recovered}, lost {lost}, time {milliseconds} ms",
        log="sessmgr",
    ),
    Kind(1184, "TestModeEntered", "context {context} user {user} ttyname {terminal}", log="cli"),
    Kind(
        5,
        "CardDown",
        "card {card} type {title}",
        Severity.MAJOR,
        alarm="The {title} in slot {card} has failed: {reason}",
        about="Card {card}",
    ),
    Kind(55, "CardActive", "card {card} type {title}", clears="CardDown"),
    Kind(6, "CardUp", "card {card} type {title}", clears="CardDown"),
    Kind(93, "CardStandby", "card {card} type {title}", clears="CardDown"),
    Kind(
        119,
        "CardSPOFAlarm",
        "card {card} type {title}",
        Severity.MINOR,
        alarm=_SPOF,
        about="Card {card}",
    ),
    Kind(120, "CardSPOFClear", "card {card} type {title}", clears="CardSPOFAlarm"),
    Kind(1060, "MigrateStart", "from card {source} to card {target}", log="rct"),
    Kind(
        1061,
        "MigrateComplete",
        "from card {source} to card {target} status {status}",
        log="rct",
    ),
    Kind(1062, "SwitchoverStart", "from card {source} to card {target}", log="rct"),
    Kind(
        1063,
        "SwitchoverComplete",
        "from card {source} to card {target} status {status}",
        log="rct",
    ),
    Kind(1064, "SystemReboot", "reason {reason}", Severity.CRITICAL, "hat"),
)


class Event(Struct, frozen=True):
    """Something that happened: when, of which kind, and to what."""

    time: float
    kind: Kind
    values: dict[str, object]

    @property
    def text(self) -> str:
        """What the trap of the event tells."""
        return self.kind.text.format(**self.values)

    @property
    def about(self) -> str:
        """The object that an alarm of the event is about."""
        return self.kind.about.format(**self.values)


class Alarm(Struct, frozen=True):
    """Something that is not as it should be, since a moment, about an object."""

    time: float
    severity: Severity
    about: str
    text: str
    name: str
    card: object


class EventStream:
    """The events of a chassis. They outlive a restart of the system."""

    def __init__(self) -> None:
        self.history: deque[Event] = deque(maxlen=HISTORY)
        self.log: deque[Event] = deque(maxlen=HISTORY)
        self.counts: dict[str, tuple[int, float]] = {}
        self.outstanding: list[Alarm] = []
        self.past: deque[Alarm] = deque(maxlen=HISTORY)

    def add(self, time: float, name: str, **values: object) -> Event:
        """Add an event of the kind `name`; raises and clears the alarms that go with it."""
        event = Event(time, KINDS[name], values)
        self.history.append(event)
        self.log.append(event)
        count, _ = self.counts.get(name, (0, 0.0))
        self.counts[name] = (count + 1, time)
        kind = event.kind
        if kind.alarm:
            text = kind.alarm.format(**values)
            self._end(kind.name, values.get("card"))
            self.outstanding.append(
                Alarm(time, kind.severity, event.about, text, kind.name, values.get("card"))
            )
        if kind.clears:
            self._end(kind.clears, values.get("card"))
        return event

    def _end(self, name: str, card: object) -> None:
        for alarm in [a for a in self.outstanding if a.name == name and a.card == card]:
            self.outstanding.remove(alarm)
            self.past.append(alarm)

    def clear_history(self) -> None:
        """Forget the traps raised; their counts, the log and the alarms stay."""
        self.history.clear()

    def clear_counts(self) -> None:
        """Count traps from zero."""
        self.counts.clear()
