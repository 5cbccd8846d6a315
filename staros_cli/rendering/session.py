"""Layouts about sessions at the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from staros_cli.chassis import calendar
from staros_cli.chassis.administrators import Administrator
from staros_cli.chassis.tasks import Task
from staros_cli.language.completion import Suggestion
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Column, Fields, Lines, Rows, Table, yes_no


@layout("`?`", "chosen", "The form of `show version ?`; alphabetical, padded to the longest word.")
def help_lines(suggestions: Sequence[Suggestion]) -> list[str]:
    """The words and values that may come next."""
    width = max((len(found.text) for found in suggestions), default=0)
    return [f"  {found.text:<{width}} - {found.help}" for found in suggestions]


@layout("time stamp line", "capture")
def timestamp(now: float) -> list[str]:
    """The line before the output of a command when time stamps are on."""
    return [calendar.long_date(now)]


@layout("show cli session", "chosen", "As remembered.")
def cli_session(user: Administrator, process: Task | None) -> Lines:
    """The process that serves a session, and whose it is."""
    values = {
        "instance": process.instance if process else None,
        "pid": process.pid if process else None,
        "user": user.name,
        "tty": user.terminal,
        "privilege": user.privilege.title,
    }
    told = [f"{name} {value}" for name, value in values.items() if value is not None]
    return Lines([f"This CLI session: {', '.join(told)}"], values)


@layout("show terminal", "chosen")
def terminal(length: int, width: int) -> Lines:
    """Length and width of a terminal."""
    lines = [f"  Terminal length: {length} lines", f"  Terminal width:  {width} columns"]
    return Lines(lines, {"length": length, "width": width})


_NUMBERS = Table[tuple[int, Administrator]](
    Column("Administrator", 16, lambda row: row[1].name, key="name"),
    Column("TTY", 12, lambda row: row[1].terminal, key="terminal"),
    Column("Session ID", 10, lambda row: row[0], key="session_id"),
)


@layout("show administrators session id", "chosen")
def session_numbers(sessions: Sequence[tuple[int, Administrator]]) -> Rows:
    """The users who are logged in, each with the number of the session before it."""
    return _NUMBERS.of(sessions)


class _Visit(Struct, frozen=True):
    """A user who is logged in, as of a time; `alone` in configuration mode or not."""

    user: Administrator
    alone: bool
    now: float

    @property
    def mode(self) -> str:
        """The letter of the mode: none for Exec mode, and two for that of configuration."""
        if self.user.mode == "Exec":
            return ""
        return "L" if self.alone else "c"

    @property
    def idle(self) -> int:
        """Minutes since the last line."""
        return int(max(0.0, self.now - self.user.active_at) // 60)


_ADMINISTRATORS = Table[_Visit](
    Column("Administrator", 16, lambda row: row.user.name, key="name"),
    Column("M", 1, lambda row: row.mode, key="mode"),
    Column("Type", 22, lambda row: row.user.privilege.title),
    Column("TTY", 12, lambda row: row.user.terminal, key="terminal"),
    Column("Start Time", 20, lambda row: calendar.file_date(row.user.started_at)),
    Column("Idle", 4, lambda row: row.idle),
)


@layout(
    "show administrators",
    "chosen",
    "The columns are known, their places are not; they are chosen to fit 80 characters. Under M "
    "stands `c` for configuration mode and `L` for its exclusive lock; idle time is in minutes.",
)
def administrators(
    users: Sequence[Administrator], holder: Administrator | None, now: float
) -> Rows:
    """The users who are logged in; `holder` has configuration mode alone."""
    return _ADMINISTRATORS.of(_Visit(user, user is holder, now) for user in users)


class Changes(Protocol):
    """Whether changes are watched, and when it was looked last and a change was found."""

    on: bool
    looked_at: float | None
    changed_at: float | None


@layout(
    "show cli configuration-monitor",
    "chosen",
    "No device was seen to print it. The configuration is compared with its file.",
)
def configuration_monitor(changes: Changes, url: str, saved: bool) -> Fields:
    """Whether the configuration is watched, its file, and whether that has all of it."""
    fields = (
        ("Configuration Monitor", "enabled" if changes.on else "disabled"),
        ("Last Check", _moment(changes.looked_at)),
        ("Last Change Found", _moment(changes.changed_at)),
        ("Configuration File", url),
        ("Unsaved Changes", yes_no(not saved)),
    )
    return Fields(fields, width=24, indent=0, between=": ")


def _moment(time: float | None) -> str:
    return "Never" if time is None else calendar.long_date(time)
