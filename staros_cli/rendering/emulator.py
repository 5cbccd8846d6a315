"""Layouts about the emulator itself."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Column, Lines, Rows, Screen, Table, screen

_FORMS = Table[tuple[str, str, str]](
    Column("Mode", 36, lambda row: row[0]),
    Column("Line", 56, lambda row: row[1]),
    Column("What it is", 36, lambda row: row[2]),
)
_COUNTS = Table[tuple[str, str, int]](
    Column("Mode", 36, lambda row: row[0]),
    Column("Line", 56, lambda row: row[1]),
    Column("Lines", 6, lambda row: row[2], right=True),
)


@layout("show emulator not-modelled all", "chosen", "No device has this command.")
def kept_forms(rows: Sequence[tuple[str, str, str]]) -> Rows:
    """The forms of configuration lines that are kept and shown and change nothing."""
    return _FORMS.of(rows)


@layout("show emulator not-modelled", "chosen", "No device has this command.")
def not_modelled(rows: Sequence[tuple[str, str, int]], lines: int) -> Screen:
    """The lines of a configuration that are kept and shown and change nothing, by their forms.

    `lines` is how many lines the configuration has.
    """
    kept = sum(count for _, _, count in rows)
    total = Lines([f"{kept} of {lines} lines change nothing"], {"kept": kept, "lines": lines})
    return screen(_COUNTS.of(rows), "", total) if rows else screen(total)
