"""How much room text takes on a terminal."""

from __future__ import annotations

import unicodedata


def columns(text: str) -> int:
    """The columns that `text`, all of it printable, takes: ideographs two, combining marks none."""
    return len(text) if text.isascii() else sum(map(_of_character, text))


def _of_character(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def rows(line: str, width: int) -> int:
    """The rows that a line takes on a terminal of `width` columns, one at least."""
    return max(1, -(-columns(line.expandtabs()) // max(1, width)))
