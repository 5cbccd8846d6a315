"""Layouts about sessions at the command line."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli.chassis import calendar
from staros_cli.chassis.administrators import Administrator
from staros_cli.language.completion import Suggestion
from staros_cli.rendering.layout import layout


@layout("`?`", "chosen", "The form of `show version ?`; alphabetical, padded to the longest word.")
def help_lines(suggestions: Sequence[Suggestion]) -> list[str]:
    """What may come next."""
    width = max((len(found.text) for found in suggestions), default=0)
    return [f"  {found.text:<{width}} - {found.help}" for found in suggestions]


@layout("time stamp line", "capture")
def timestamp(now: float) -> list[str]:
    """The line before the output of a command when time stamps are on."""
    return [calendar.long_date(now)]


@layout("show terminal", "chosen")
def terminal(length: int, width: int) -> list[str]:
    """Length and width of a terminal."""
    return [f"  Terminal length: {length} lines", f"  Terminal width:  {width} columns"]


@layout("show administrators", "chosen", "The columns are known, their places are not.")
def administrators(users: Sequence[Administrator], now: float) -> list[str]:
    """Who is logged in."""
    lines = [
        "Administrator/Operator Name      Type                    Terminal      "
        "Start Time                Mode    Idle",
        "-------------------------------- ----------------------- ------------- "
        "------------------------- ------- --------",
    ]
    for user in users:
        idle = int(max(0.0, now - user.active_at))
        clock = f"{idle // 3600:02d}:{idle % 3600 // 60:02d}:{idle % 60:02d}"
        lines.append(
            f"{user.name:<32} {user.privilege.title:<23} {user.terminal:<13} "
            f"{calendar.file_date(user.started_at):<25} {user.mode:<7} {clock}"
        )
    return lines
