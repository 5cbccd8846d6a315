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

    def clear(self) -> None:
        """Forget the lines held."""
        self._held = ""
        self._in_quotes = False

    def feed(self, line: str) -> str | None:
        """Take a line; return the whole line once it is complete."""
        if self._in_quotes:
            self._held += "\n" + line.removesuffix("\\")
            if '"' not in line:
                return None
            self._in_quotes = False
            if not line.endswith("\\"):
                return self._release()
            return None
        text = self._held + line
        if not text.endswith("\\"):
            self._held = text
            return self._release()
        self._held = text[:-1]
        if self._held.count('"') % 2:
            self._in_quotes = True
        else:
            self._held += " "
        return None

    def _release(self) -> str:
        text = self._held
        self.clear()
        return text
