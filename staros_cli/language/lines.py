"""Putting continued lines together, for people and for configuration files alike."""

from __future__ import annotations

from staros_cli.language.words import quotes


class LineJoiner:
    """Joins lines that end in a backslash with those that follow.

    Outside quotes a blank takes the place of the backslash. A double quote that is open there stays
    open over line ends until it is closed, which is how a license key is written.
    """

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._quotes = 0
        self.size = 0

    @property
    def pending(self) -> bool:
        """Whether more lines are needed."""
        return bool(self._pieces)

    @property
    def held(self) -> str:
        """The line so far; `size` is its length in characters."""
        return "".join(self._pieces)

    def clear(self) -> None:
        """Forget the lines held."""
        self._pieces = []
        self._quotes = self.size = 0

    def feed(self, line: str) -> str | None:
        """Take a line; return the whole line once it is complete."""
        was_in_quotes = self._quotes % 2 == 1
        goes_on = line.endswith("\\")
        text = line[:-1] if goes_on else line
        self._hold(f"\n{text}" if was_in_quotes else text)
        if not (goes_on or was_in_quotes):
            return self._release()
        self._quotes += quotes(text)
        if self._quotes % 2 == 1:
            return None
        if goes_on:
            self._hold(" ")
            return None
        return self._release()

    def completed(self, line: str) -> str | None:
        """The whole line that `feed` would return; nothing is taken."""
        ahead = LineJoiner()
        ahead._pieces, ahead._quotes = list(self._pieces), self._quotes
        return ahead.feed(line)

    def finish(self) -> str:
        """The unfinished line as a whole one: the input ended."""
        return self._release()

    def _hold(self, text: str) -> None:
        self._pieces.append(text)
        self.size += len(text)

    def _release(self) -> str:
        text = self.held
        self.clear()
        return text
