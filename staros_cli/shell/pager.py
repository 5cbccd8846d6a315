"""Showing long output a page at a time."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli import messages
from staros_cli.messages import Refused
from staros_cli.shell.columns import rows as rows_of

LONGEST_PATTERN = 200
"""The most characters of a pattern that is searched for."""

_ERASE = ("\x7f", "\x08")


class Pager:
    """Output that waits to be shown. `length` and `width` are lines and columns of the terminal.

    A blank shows the next page, Enter the next line, `b` the page before, `/` and a pattern the
    page from the next line on that matches, `q` ends it. Other keys do nothing.
    """

    def __init__(self, lines: Sequence[str], length: int, width: int) -> None:
        self._lines = lines
        self._begin = self._shown = 0
        self._rows = max(1, length - 1)
        self._width = width
        self._pattern: str | None = None

    @property
    def marker(self) -> str:
        """The line that asks for a key: the pattern that is being typed, if there is one."""
        if self._pattern is not None:
            return f"/{self._pattern}"
        return f"---(more {self._shown * 100 // len(self._lines)}%)---"

    @property
    def done(self) -> bool:
        """Whether everything was shown."""
        return self._shown >= len(self._lines)

    def press(self, key: str) -> list[str]:
        """Take a key, an empty text for Enter; returns what to show."""
        if self._pattern is not None:
            return self._type(key)
        if key in ("q", "Q"):
            self.stop()
        elif key in ("", "\r", "\n"):
            return self.line()
        elif key == " ":
            return self.page()
        elif key in ("b", "B"):
            return self.back()
        elif key == "/":
            self._pattern = ""
        return []

    def page(self) -> list[str]:
        """The next page: as many lines as fit the terminal beside the marker, one at least."""
        self._begin = self._shown
        self._shown = self._end_of_page(self._begin)
        return list(self._lines[self._begin : self._shown])

    def _end_of_page(self, start: int) -> int:
        rows, end = self._rows, start
        while end < len(self._lines):
            needed = rows_of(self._lines[end], self._width)
            if needed > rows and end > start:
                break
            rows -= needed
            end += 1
        return end

    def line(self) -> list[str]:
        """The next line."""
        self._shown += 1
        self._begin = self._begin_of_page(self._shown)
        return list(self._lines[self._shown - 1 : self._shown])

    def back(self) -> list[str]:
        """The page before the one on the terminal, which is the first one at the beginning."""
        self._shown = self._begin_of_page(self._begin)
        return self.page()

    def _begin_of_page(self, end: int) -> int:
        """The first line of the page that ends before the line `end`."""
        begin = end
        while begin > 0 and self._end_of_page(begin - 1) >= end:
            begin -= 1
        return begin

    def stop(self) -> None:
        """Show nothing more."""
        self._shown = len(self._lines)

    # Searching

    def _type(self, key: str) -> list[str]:
        """Take a key of the pattern."""
        pattern = self._pattern or ""
        if key in ("", "\r", "\n"):
            self._pattern = None
            return self._find(pattern) if pattern else []
        if key in _ERASE:
            self._pattern = pattern[:-1] if pattern else None
        elif key.isprintable() and len(pattern) < LONGEST_PATTERN:
            self._pattern = pattern + key
        return []

    def _find(self, text: str) -> list[str]:
        from staros_cli.shell.pipes import first_match  # not for the first prompt

        try:
            found = first_match(self._lines[self._shown :], text)
        except Refused as refusal:
            return [str(refusal)]
        if found is None:
            return [messages.PATTERN_NOT_FOUND()]
        self._shown += found
        return [messages.SKIPPING(), *self.page()]


def needs_paging(lines: Sequence[str], length: int, width: int) -> bool:
    """Whether output is longer than the terminal; a length of 0 means no paging."""
    if length == 0:
        return False
    return sum(rows_of(line, width) for line in lines) > length - 1
