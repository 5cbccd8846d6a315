"""Layouts about the settings of the log."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli import messages
from staros_cli.chassis.administrators import Administrator
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Lines, Screen, screen


@layout(
    "show logging",
    "chosen",
    "Labels as remembered. Filters are kept only: the log of the emulator has all its events.",
)
def settings(
    filters: Sequence[tuple[str, str]], servers: Sequence[Sequence[str]], sessions: int
) -> Screen:
    """Filters by facility, sessions that show events, and servers from the words of their lines."""
    rows: list[Lines | str] = [
        Lines([f"  {facility:<21}: {level}"], {facility: level}) for facility, level in filters
    ]
    return screen(
        "Logging filters:",
        *(rows or ("  None",)),
        f"Active filters         : {sessions}",
        "Syslog servers:",
        *(map(_server, servers) if servers else ("  None",)),
    )


def _server(words: Sequence[str]) -> Lines:
    return Lines([f"  {' '.join(words)}"], {"server": words[0]})


@layout("show logging active", "chosen")
def live(users: Sequence[Administrator]) -> Screen:
    """The sessions that show events when they happen, with their filters."""
    if not users:
        return screen(messages.NO_LIVE_LOG())
    return screen(*(_live(user) for user in users))


def _live(user: Administrator) -> Lines:
    levels = [f"  {facility:<21}: {level}" for facility, level in user.log_levels.items()]
    watched = [f"  calls of {subscriber}" for subscriber in user.watched]
    shown = [*levels, *watched] or ["  None"]
    values = {"levels": user.log_levels, "watched": list(user.watched)}
    lines = [f"Session of {user.name} on {user.terminal}:", *shown]
    return Lines(lines, {"name": user.name, "terminal": user.terminal, **values})
