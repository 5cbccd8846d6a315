r"""Format strings: fixed text, variables as `%date%`, and `\n` and `\t`.

A `%` that begins no variable is text (chosen), so that any string is a format.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct

_VARIABLE = re.compile(r"%([A-Za-z0-9_-]+)%")
_ESCAPES = re.compile(r"\\([nt])")
_ESCAPED = {"n": "\n", "t": "\t"}


class Format(Struct, frozen=True):
    """A format that was read: a text before each variable, and `last` behind them all."""

    pieces: tuple[tuple[str, str], ...]
    last: str

    @property
    def size(self) -> int:
        """How much work it is to fill it."""
        return 1 + len(self.pieces)

    def filled(self, value: Callable[[str], str]) -> str:
        """The text with the values of the variables, which `value` has by their names."""
        found: list[str] = []
        for text, name in self.pieces:
            found += (text, value(name))
        found.append(self.last)
        return "".join(found)


def read(text: str) -> Format:
    """Read a format; there is none that cannot be read."""
    pieces: list[tuple[str, str]] = []
    position = 0
    for variable in _VARIABLE.finditer(text):
        pieces.append((_plain(text[position : variable.start()]), variable[1]))
        position = variable.end()
    return Format(tuple(pieces), _plain(text[position:]))


def _plain(text: str) -> str:
    return _ESCAPES.sub(lambda found: _ESCAPED[found[1]], text)
