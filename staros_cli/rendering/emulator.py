"""Layouts about the emulator itself."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Column, Rows, Table

_KEPT = Table[tuple[str, str, str]](
    Column("Mode", 36, lambda row: row[0]),
    Column("Line", 56, lambda row: row[1]),
    Column("What it is", 36, lambda row: row[2]),
)


@layout("show emulator not-modelled", "chosen", "No device has this command.")
def not_modelled(rows: Sequence[tuple[str, str, str]]) -> Rows:
    """Configuration lines that are kept and shown and change nothing."""
    return _KEPT.of(rows)
