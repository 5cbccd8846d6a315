"""Putting continued lines together, for people and for configuration files alike."""

from __future__ import annotations


class LineJoiner:
    """Joins lines that end in a backslash with those that follow.

    Outside quotes a blank takes the place of the backslash. A double quote that is open there stays
    open over line ends until it is closed, which is how a license key is written.
    """

    def __init__(self) -> None:
        self._held = ""
        self._in_quotes = False

    @property
    def pending(self) -> bool:
        """Whether more lines are needed."""
        return bool(self._held)

    @property
    def held(self) -> str:
        """What came of the line so far."""
        return self._held

    def clear(self) -> None:
        """Forget the lines held."""
        self._held = ""
        self._in_quotes = False

    def feed(self, line: str) -> str | None:
        """Take a line; return the whole line once it is complete."""
        was_in_quotes = self._in_quotes
        goes_on = line.endswith("\\")
        text = line[:-1] if goes_on else line
        self._held += f"\n{text}" if was_in_quotes else text
        if goes_on or was_in_quotes:
            self._in_quotes = self._held.count('"') % 2 == 1
        if self._in_quotes:
            return None
        if goes_on:
            self._held += " "
            return None
        return self._release()

    def finish(self) -> str:
        """What is held as a line, although more was to come: the input ended."""
        return self._release()

    def _release(self) -> str:
        text = self._held
        self.clear()
        return text
