"""What the layouts about peers have in common."""

from __future__ import annotations

from collections.abc import Iterable

from staros_cli.rendering.values import Lines, key_of

Counter = tuple[str, int | str]
"""A label without its colon, and its value."""


def counters(
    title: str, rows: Iterable[tuple[Counter, ...]], indent: int = 2, *, filled: bool = False
) -> Lines:
    """A block of counters, one or two on a line, below its title.

    A label is padded with its colon, to 31 and less in an indented block, a value to 14 where
    another label follows, and if `filled` everywhere.
    """
    width = 31 if indent < 6 else 25
    lines = [title] if title else []
    values: dict[str, int | str] = {"title": title.strip(" :")} if title else {}
    for row in rows:
        line = " " * indent
        for label, value in row:
            line += f"{label + ':':<{width}}{value!s:<14}"
            values[key_of(label)] = value
        lines.append(line if filled else line.rstrip())
    return Lines(lines, values)


def facts(rows: Iterable[Counter], width: int, indent: int = 0) -> Lines:
    """Labels with their colons, padded to a width, and values."""
    found = list(rows)
    before = " " * indent
    lines = [f"{before}{label + ':':<{width}}{value}" for label, value in found]
    return Lines(lines, {key_of(label): value for label, value in found})
