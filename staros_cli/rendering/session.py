"""Layouts about sessions at the command line."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from staros_cli.chassis import calendar
from staros_cli.chassis.administrators import Administrator
from staros_cli.language.completion import Suggestion
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Column, Lines, Rows, Table


@layout("`?`", "chosen", "The form of `show version ?`; alphabetical, padded to the longest word.")
def help_lines(suggestions: Sequence[Suggestion]) -> list[str]:
    """The words and values that may come next."""
    width = max((len(found.text) for found in suggestions), default=0)
    return [f"  {found.text:<{width}} - {found.help}" for found in suggestions]


@layout("time stamp line", "capture")
def timestamp(now: float) -> list[str]:
    """The line before the output of a command when time stamps are on."""
    return [calendar.long_date(now)]


@layout("show terminal", "chosen")
def terminal(length: int, width: int) -> Lines:
    """Length and width of a terminal."""
    lines = [f"  Terminal length: {length} lines", f"  Terminal width:  {width} columns"]
    return Lines(lines, {"length": length, "width": width})


class _Visit(Struct, frozen=True):
    """A user who is logged in, as of a time."""

    user: Administrator
    now: float

    @property
    def idle(self) -> int:
        """Seconds since the last line."""
        return int(max(0.0, self.now - self.user.active_at))


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"


_ADMINISTRATORS = Table[_Visit](
    Column("Administrator/Operator Name", 32, lambda row: row.user.name, key="name"),
    Column("Type", 23, lambda row: row.user.privilege.title),
    Column("Terminal", 13, lambda row: row.user.terminal),
    Column("Start Time", 25, lambda row: calendar.file_date(row.user.started_at)),
    Column("Mode", 7, lambda row: row.user.mode),
    Column("Idle", 8, lambda row: row.idle, _clock),
)


@layout("show administrators", "chosen", "The columns are known, their places are not.")
def administrators(users: Sequence[Administrator], now: float) -> Rows:
    """The users who are logged in."""
    return _ADMINISTRATORS.of(_Visit(user, now) for user in users)
