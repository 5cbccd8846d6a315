"""Showing long output a page at a time."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli.shell.columns import rows as rows_of


class Pager:
    """Output that waits to be shown. `length` and `width` are lines and columns of the terminal."""

    def __init__(self, lines: Sequence[str], length: int, width: int) -> None:
        self._lines = lines
        self._shown = 0
        self._rows = max(1, length - 1)
        self._width = width

    @property
    def marker(self) -> str:
        """The line that asks for a key."""
        return f"---(more {self._shown * 100 // len(self._lines)}%)---"

    @property
    def done(self) -> bool:
        """Whether everything was shown."""
        return self._shown >= len(self._lines)

    def page(self) -> list[str]:
        """The next page: as many lines as fit the terminal beside the marker, one at least."""
        rows, start = self._rows, self._shown
        while self._shown < len(self._lines):
            needed = rows_of(self._lines[self._shown], self._width)
            if needed > rows and self._shown > start:
                break
            rows -= needed
            self._shown += 1
        return list(self._lines[start : self._shown])

    def line(self) -> list[str]:
        """The next line."""
        self._shown += 1
        return list(self._lines[self._shown - 1 : self._shown])

    def stop(self) -> None:
        """Show nothing more."""
        self._shown = len(self._lines)


def needs_paging(lines: Sequence[str], length: int, width: int) -> bool:
    """Whether output is longer than the terminal; a length of 0 means no paging."""
    if length == 0:
        return False
    return sum(rows_of(line, width) for line in lines) > length - 1
