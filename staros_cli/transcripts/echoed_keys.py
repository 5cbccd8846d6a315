"""Keys that a terminal echoed as text, such as `^[[D` for cursor left, taken as they were meant."""

from __future__ import annotations

import re
from collections.abc import Sequence

_CURSOR = r"\^\[(?:\[|O)(?P<cursor>[A-DFH])"
_NUMBERED = r"\^\[\[(?P<number>[1-8])~"
# A caret before a letter begins a pattern as a rule; only behind a word it is a key.
_ERASE = r"(?:(?<=\w)|(?<=\^[H?]))(?P<erase>\^[H?])"
_KEY = re.compile(rf"{_CURSOR}|{_NUMBERED}|{_ERASE}|(?P<text>.)")
_KEYS_ONLY = re.compile(rf"(?:{_CURSOR.replace('?P<cursor>', '?:')}|\^\[\[[1-8]~)+")
_NUMBERS = {"1": "H", "4": "F", "7": "H", "8": "F", "3": "delete"}


def is_keys_only(line: str) -> bool:
    """Whether a line holds nothing but echoed keys: somebody typed while output came."""
    return _KEYS_ONLY.fullmatch(line.strip()) is not None


def meant(text: str, history: Sequence[str]) -> str:
    """What a line that was typed reads with its echoed keys done.

    `history` holds the lines that were typed before, the last one at the end: cursor up and down
    bring them back.
    """
    if "^" not in text:
        return text
    line = _Line(history)
    for found in _KEY.finditer(text):
        if found["text"]:
            line.insert(found["text"])
        elif found["erase"]:
            line.erase()
        else:
            line.press(found["cursor"] or _NUMBERS.get(found["number"], ""))
    return line.text


class _Line:
    def __init__(self, history: Sequence[str]) -> None:
        self.text = ""
        self._cursor = 0
        self._lines = [*history, ""]
        self._place = len(history)

    def insert(self, text: str) -> None:
        self.text = self.text[: self._cursor] + text + self.text[self._cursor :]
        self._cursor += len(text)

    def erase(self) -> None:
        if self._cursor:
            self._cursor -= 1
            self.press("delete")

    def press(self, key: str) -> None:
        if key == "D":
            self._cursor = max(0, self._cursor - 1)
        elif key == "C":
            self._cursor = min(len(self.text), self._cursor + 1)
        elif key == "H":
            self._cursor = 0
        elif key == "F":
            self._cursor = len(self.text)
        elif key == "delete":
            self.text = self.text[: self._cursor] + self.text[self._cursor + 1 :]
        elif key in ("A", "B"):
            self._recall(-1 if key == "A" else 1)

    def _recall(self, step: int) -> None:
        self._place = min(max(0, self._place + step), len(self._lines) - 1)
        self.text = self._lines[self._place]
        self._cursor = len(self.text)
