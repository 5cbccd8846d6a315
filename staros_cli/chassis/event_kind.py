"""A kind of event: a trap or a log line, how grave it is, and the alarm it raises."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct


class Severity(Enum):
    """How grave an alarm or a log line is: the letters of `show alarm`, the word of `show logs`."""

    CRITICAL = ("CR", "critical")
    MAJOR = ("MJ", "error")
    MINOR = ("MN", "warning")
    INFO = ("--", "info")

    @property
    def level(self) -> str:
        """The word of `show logs`, one of LEVELS."""
        return self.value[1]


LEVELS = ("critical", "error", "warning", "unusual", "info", "trace", "debug")
"""The levels of log lines, the gravest first (doc)."""

TRAP_FACILITY, TRAP_EVENT = "snmp", 22002
"""The facility that logs the traps that are raised, and the event id of these lines."""


class Kind(Struct, frozen=True):
    """A kind of event.

    `number` and `name` are those of its trap, `text` are the fields of the trap; every trap is
    logged as well. With `trap` false there is a log line only: `text` is what it says, `number` its
    event id, `log` its facility, `by` the facility of the process that writes it, empty for the
    task that the event is about, and `file` the line of the source it comes from, where that is
    known. An event raises an alarm when `alarm` has words for it; `about` names the object, and
    `clears` the kinds whose alarms about the same object it ends.
    """

    number: int
    name: str
    text: str
    severity: Severity = Severity.INFO
    log: str = "hat"
    by: str = "hatsystem"
    file: str = ""
    alarm: str = ""
    about: str = ""
    clears: tuple[str, ...] = ()
    trap: bool = True
