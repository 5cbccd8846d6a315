"""Layouts about the emulator itself."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli.rendering.layout import layout


@layout("show emulator not-modelled", "chosen", "No device has this command.")
def not_modelled(rows: Sequence[tuple[str, str, str]]) -> list[str]:
    """Configuration lines that are kept and shown and change nothing."""
    lines = [
        "Mode                           Line                 What it is",
        "------------------------------ -------------------- " + "-" * 36,
    ]
    lines += [f"{mode:<30} {line:<20} {summary}" for mode, line, summary in rows]
    return lines
