"""A stream of terminal output as it looks on the screen.

A terminal of endless width and height, as far as command lines need one: it takes back what was
wiped, so that a session reads as it did on the glass.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_TOKEN = re.compile(
    r"\x1b\[(?P<numbers>[0-9;]*)(?P<final>[A-Za-z@])"  # a cursor or erase sequence
    r"|\x1b\[[<=>?][0-9;]*[ -/]*[@-~]"  # private modes
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # window titles
    r"|\x1b[PX^_][^\x1b]*\x1b\\"  # strings for the terminal
    r"|\x1b[ -/]*[0-~]"  # everything else that is escaped
    r"|(?P<text>[^\x00-\x1f\x7f\x1b]+)"
    r"|(?P<control>[\x00-\x1f\x7f])",
    re.DOTALL,
)
_UNFINISHED = re.compile(r"\x1b(?:\[[0-9;<=>?]*|\][^\x07\x1b]*|)\Z")
_TAB_STOP = 8

LARGEST = 1000
"""The most rows or columns that a sequence moves the cursor by: no terminal is larger."""

LONGEST_SEQUENCE = 4096
"""The longest sequence that is waited for, in characters."""


class Screen:
    """Takes a stream piece by piece and keeps its lines; the last one is where the cursor is."""

    def __init__(self) -> None:
        self._rows: list[str] = [""]
        self._row = 0
        self._column = 0
        self._held = ""

    @property
    def tail(self) -> str:
        """The line that is not finished yet."""
        row = self._rows[self._row]
        return row[: self._column] + row[self._column :].rstrip()

    def feed(self, stream: str) -> list[str]:
        """Take a piece of the stream; returns the lines that were finished by it.

        What is returned is gone from the screen: a sequence cannot change it afterwards.
        """
        stream = self._held + stream
        unfinished = _UNFINISHED.search(stream, max(0, len(stream) - LONGEST_SEQUENCE))
        cut = unfinished.start() if unfinished else len(stream)
        stream, self._held = stream[:cut], stream[cut:]
        for token in _TOKEN.finditer(stream):
            if token["text"]:
                self._put(token["text"])
            elif token["control"]:
                self._control(token["control"])
            elif token["final"]:
                self._sequence(token["numbers"], token["final"])
        finished = [row.rstrip() for row in self._rows[: self._row]]
        del self._rows[: self._row]
        self._row = 0
        return finished

    def _put(self, text: str) -> None:
        row = self._rows[self._row]
        end = self._column + len(text)
        self._rows[self._row] = row[: self._column].ljust(self._column) + text + row[end:]
        self._column = end

    def _control(self, key: str) -> None:
        if key == "\n":
            self._down(1)
            self._column = 0
        elif key == "\r":
            self._column = 0
        elif key == "\b":
            self._column = max(0, self._column - 1)
        elif key == "\t":
            self._column += _TAB_STOP - self._column % _TAB_STOP

    def _down(self, count: int) -> None:
        self._row += min(count, LARGEST)
        self._rows += [""] * (self._row + 1 - len(self._rows))

    def _sequence(self, numbers: str, final: str) -> None:
        action = _SEQUENCES.get(final)
        if action is not None:
            first = numbers.split(";")[0]
            action(self, min(int(first[:9]), LARGEST) if first else -1)

    def _move(self, rows: int, columns: int) -> None:
        self._row = max(0, self._row + min(0, rows))
        self._down(max(0, rows))
        self._column = min(max(0, self._column + columns), LARGEST)

    def _erase_line(self, what: int) -> None:
        row = self._rows[self._row]
        if what == 2:
            row = ""
        elif what == 1:
            row = " " * (self._column + 1) + row[self._column + 1 :]
        else:
            row = row[: self._column]
        self._rows[self._row] = row

    def _erase_screen(self, what: int) -> None:
        if what in (2, 3):
            self._rows[self._row :] = [""]
        elif what != 1:
            self._erase_line(0)
            del self._rows[self._row + 1 :]

    def _delete(self, count: int) -> None:
        row = self._rows[self._row]
        self._rows[self._row] = row[: self._column] + row[self._column + max(1, count) :]

    def _to_column(self, column: int) -> None:
        self._column = max(1, column) - 1


_SEQUENCES: dict[str, Callable[[Screen, int], None]] = {
    "A": lambda screen, count: screen._move(-max(1, count), 0),
    "B": lambda screen, count: screen._move(max(1, count), 0),
    "C": lambda screen, count: screen._move(0, max(1, count)),
    "D": lambda screen, count: screen._move(0, -max(1, count)),
    "G": Screen._to_column,
    "J": Screen._erase_screen,
    "K": Screen._erase_line,
    "P": Screen._delete,
}
