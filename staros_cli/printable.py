"""Text as it may leave for a terminal."""

from __future__ import annotations

from collections.abc import Iterable


def printable(line: str) -> str:
    """A line without anything that steers a terminal; a dot stands for each such character.

    Those are control characters of both sets, marks of writing direction and what is no character
    at all. Tabs stay.
    """
    if line.isprintable():
        return line
    return "".join(c if c.isprintable() or c == "\t" else "." for c in line)


def printable_lines(lines: Iterable[str]) -> list[str]:
    """Lines as `printable` makes them; fast where there are many and hardly one is not."""
    return [line if line.isprintable() else printable(line) for line in lines]


def printable_text(text: str) -> str:
    """A text of several lines, each as `printable` makes it."""
    return "\n".join(printable_lines(text.split("\n")))
