"""The regular expression of a ` (re)` line of a transcript."""

from __future__ import annotations

import re

from staros_cli.patterns import Pattern, PatternError

_PIECE = re.compile(
    r"\\."  # what a backslash precedes
    r"|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]"  # a bracket
    r"|\(\?P<(?P<opened>[A-Za-z_]\w*)>"
    r"|\(\?P=(?P<again>\w+)\)"
    r"|.",
    re.DOTALL,
)


class LinePattern:
    """An expression in the syntax of RE2, and `(?P=name)` for what a group before it holds.

    `(?P=name)` stands for the expression of that group and, in a line that matches, for the same
    text. Raises PatternError.
    """

    def __init__(self, text: str) -> None:
        self._same: list[tuple[str, str]] = []
        self._compiled = Pattern(self._without_references(text))
        again = {name for name, _ in self._same}
        self.names = [name for name in self._compiled.names if name not in again]

    def match(self, line: str) -> dict[str, str] | None:
        """The texts of the named groups when all of the line matches, else None.

        Raises SearchTooLong.
        """
        found = self._compiled.fullmatch(line)
        if found is None or any(found[again] != found[name] for again, name in self._same):
            return None
        return {name: found[name] for name in self.names}

    def _without_references(self, text: str) -> str:
        """The expression with a group of its own in place of each `(?P=name)`."""
        out: list[str] = []
        groups: dict[str, str] = {}
        open_groups: list[tuple[str, int]] = []
        for piece in _PIECE.finditer(text):
            if piece["again"]:
                name = piece["again"]
                if name not in groups:
                    raise PatternError(f"there is no group {name!r} before (?P={name})")
                again = f"again{len(self._same)}_{name}"
                self._same.append((again, name))
                out.append(f"(?P<{again}>{groups[name]})")
                continue
            out.append(piece[0])
            if piece["opened"] or piece[0] == "(":
                open_groups.append((piece["opened"] or "", len(out)))
            elif piece[0] == ")" and open_groups:
                name, start = open_groups.pop()
                groups[name] = "".join(out[start:-1])
        return "".join(out)
