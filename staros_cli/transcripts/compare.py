"""Comparing the output with that of a transcript."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from staros_cli import wildcards
from staros_cli.patterns import PatternError, SearchTooLong
from staros_cli.transcripts.format import ANY_LINES, GLOB, LITERAL, PATTERN, literal
from staros_cli.transcripts.line_pattern import LinePattern

_REFERENCE = re.compile(r"\$\{(\w+)\}")
_MANY, _ONE = "\ue000", "\ue001"
"""Characters that stand for the wildcards of a glob: none that a line has."""

_ALIGNED_AT_MOST = 1_000_000
"""The most pairs of lines that are looked at to find which of them belong together."""


_KEPT_PATTERNS = 32
"""How many compiled patterns are kept: those of the output that is compared, as a rule."""


class Captures:
    """Values that patterns have captured, by name."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self._pattern = lru_cache(_KEPT_PATTERNS)(LinePattern)

    def filled(self, text: str) -> str:
        """`text` with every reference replaced by what was captured."""
        return _REFERENCE.sub(lambda found: self.values.get(found[1], found[0]), text)

    def match(self, expected: str, came: str) -> bool:
        """Whether a line of output is the one expected; keeps what its pattern captures.

        A line that is too long to be compared with a pattern is not.
        """
        came = came.rstrip()
        if expected.endswith(LITERAL):
            return expected.removesuffix(LITERAL).rstrip() == came
        if expected.endswith(PATTERN):
            return self._match_pattern(expected.removesuffix(PATTERN), came)
        if expected.endswith(GLOB):
            glob = self.filled(expected.removesuffix(GLOB))
            return wildcards.matcher(_from_glob(glob), _MANY, _ONE)(came)
        return self.filled(expected).rstrip() == came

    def _match_pattern(self, pattern: str, came: str) -> bool:
        whole = _REFERENCE.sub(lambda found: re.escape(self.values.get(found[1], "")), pattern)
        try:
            found = self._pattern(whole).match(came)
        except (PatternError, SearchTooLong):
            return False
        if found is None:
            return False
        self.values.update(found)
        return True


def _from_glob(glob: str) -> str:
    """A glob with its wildcards told from stars and question marks behind a backslash."""
    parts = {"*": _MANY, "?": _ONE}
    return "".join(parts.get(part, part[-1]) for part in re.findall(r"\\[*?\\]|.", glob))


def matches(expected: Sequence[str], came: Sequence[str], captures: Captures) -> bool:
    """Whether lines are those expected. `...` stands for the fewest lines that make it fit."""
    blocks = _blocks(expected)
    if len(blocks) == 1:
        return len(came) == len(expected) and _fits(blocks[0], came, 0, captures)
    first, *middle, last = blocks
    if len(first) + len(last) > len(came) or not _fits(first, came, 0, captures):
        return False
    place, end = len(first), len(came) - len(last)
    for block in middle:
        found = next(
            (at for at in range(place, end - len(block) + 1) if _fits(block, came, at, captures)),
            None,
        )
        if found is None:
            return False
        place = found + len(block)
    return _fits(last, came, end, captures)


def _blocks(expected: Sequence[str]) -> list[list[str]]:
    blocks: list[list[str]] = [[]]
    for line in expected:
        if line == ANY_LINES:
            blocks.append([])
        else:
            blocks[-1].append(line)
    return blocks


def _fits(block: Sequence[str], came: Sequence[str], at: int, captures: Captures) -> bool:
    return len(came) - at >= len(block) and all(
        captures.match(expected, came[at + offset]) for offset, expected in enumerate(block)
    )


def accepted(expected: Sequence[str], came: Sequence[str], captures: Captures) -> list[str]:
    """The lines that would have matched: what is expected where it fits, what came elsewhere."""
    if len(expected) * len(came) > _ALIGNED_AT_MOST:
        return [literal(line) for line in came]
    fits = [[captures.match(line, other) for other in came] for line in expected]
    best = _scores(expected, fits, len(came))
    lines: list[str] = []
    row = column = 0
    while row < len(expected) and column <= len(came):
        if expected[row] == ANY_LINES:
            if column < len(came) and best[row + 1][column + 1] == best[row + 1][column]:
                column += 1
            else:
                lines.append(ANY_LINES)
                row += 1
        elif column == len(came):
            row += 1
        elif fits[row][column] and best[row][column] == best[row + 1][column + 1] + 1:
            lines.append(expected[row])
            row, column = row + 1, column + 1
        elif best[row][column] == best[row + 1][column]:
            row += 1
        else:
            lines.append(literal(came[column]))
            column += 1
    return lines + [literal(line) for line in came[column:]]


def _scores(expected: Sequence[str], fits: list[list[bool]], width: int) -> list[list[int]]:
    """How many lines can be matched from each pair of places on."""
    best = [[0] * (width + 1) for _ in range(len(expected) + 1)]
    for row in range(len(expected) - 1, -1, -1):
        for column in range(width, -1, -1):
            score = best[row + 1][column]
            if column < width:
                score = max(score, best[row][column + 1])
                if expected[row] != ANY_LINES and fits[row][column]:
                    score = max(score, best[row + 1][column + 1] + 1)
            best[row][column] = score
    return best
