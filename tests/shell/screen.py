"""The last line of a terminal's screen, as it looks after text was sent to it."""

from __future__ import annotations

from staros_cli.shell.columns import columns


class LastLine:
    """Understands what a device sends: characters, backspace, carriage return and line feed."""

    def __init__(self) -> None:
        self.cells: list[str] = []
        self.column = 0
        self.finished: list[str] = []

    @property
    def text(self) -> str:
        """The readable text, without the blanks at the end."""
        return "".join(self.cells).rstrip(" ")

    def show(self, text: str) -> None:
        """Take text; fails for a character that moves the cursor in any other way."""
        for character in text:
            if character == "\n":
                self.finished.append(self.text)
                self.cells, self.column = [], 0
            elif character == "\r":
                self.column = 0
            elif character == "\b":
                assert self.column > 0, "moved out of the line"
                self.column -= 1
            else:
                assert character.isprintable(), character
                self._put(character)

    def _put(self, character: str) -> None:
        width = columns(character)
        self.cells += [" "] * (self.column + width - len(self.cells))
        self.cells[self.column : self.column + width] = [character, *[""] * (width - 1)]
        self.column += width
