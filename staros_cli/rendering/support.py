"""Layouts around the screens for support."""

from __future__ import annotations

from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Lines

_RATE = 100e6
"""Octets that are written in a second (chosen)."""


@layout("show support details", "capture", "Which screens are among them is chosen.")
def heading(line: str) -> Lines:
    """The heading of a section."""
    return Lines([f"******** {line} *******"], {"section": line})


def progress(done: float) -> str:
    """As much of the line of asterisks as there is when a share of all is done."""
    return "*" * int(78 * done)


@layout("show support details to file", "capture", "The time is made up.")
def transferred(octets: int) -> Lines:
    """The line behind a file that was written."""
    seconds = max(0.001, octets / _RATE)
    rate = octets / 1024 / seconds
    lines = [
        progress(1.0),
        f"Transferred {octets} bytes in {seconds:.3f} seconds ({rate:.1f} KB/sec)",
    ]
    return Lines(lines, {"bytes": octets})
