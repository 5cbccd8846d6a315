"""Lines that the grammar does not know and that a chassis keeps as they are.

A chassis that was made of somebody's configuration has learned such lines: those that open a block
of lines, those that stand alone, and whole lines that the model would refuse. It takes them from a
file and from a terminal alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from msgspec import Struct

from staros_cli.chassis.definition_schema import OpaqueSchema
from staros_cli.chassis.privilege import Privilege
from staros_cli.language.compiled import UNLISTED
from staros_cli.language.errors import IncompleteCommand, LineError
from staros_cli.language.parser import parse
from staros_cli.language.words import MissingQuote, split

OPAQUE = "<unknown line>"
"""The form of a line that the grammar does not know."""


class Shape(Enum):
    """What an unknown line is: alone, or the beginning of a block."""

    LINE = "a line"
    BLOCK = "the beginning of a block"


class Learned(Struct, frozen=True):
    """An unknown line that was met in a file: its number, its mode, and why it was not taken."""

    number: int
    mode: str
    line: str
    reason: str
    shape: Shape
    refused: bool = False


def words_of(line: str) -> tuple[str, ...]:
    """The words of a line, with their quotes; those of one with an open quote by its blanks."""
    try:
        return tuple(f"{word.quote}{word.text}{word.quote}" for word in split(line))
    except MissingQuote:
        return tuple(line.split())


class OpaqueLines:
    """The unknown lines of a chassis, by the modes that they stand in.

    While it `learns`, every line that is not taken becomes one of them; `learned` has those in
    order, `inside` counts the lines within unknown blocks.
    """

    def __init__(self, schemas: Iterable[OpaqueSchema], *, learns: bool = False) -> None:
        self._opens: dict[str, set[tuple[str, ...]]] = {}
        self._lines: dict[str, set[tuple[str, ...]]] = {}
        self._refused: dict[str, set[str]] = {}
        for schema in schemas:
            self._opens[schema.mode] = {words_of(text) for text in schema.opens}
            self._lines[schema.mode] = {words_of(text) for text in schema.lines}
            self._refused[schema.mode] = set(schema.refused)
        self.learns = learns
        self.learned: list[Learned] = []
        self.inside = 0

    @property
    def is_empty(self) -> bool:
        """Whether no unknown line is taken."""
        return not (self.learns or self._opens or self._lines or self._refused)

    def shape_of(self, mode: str, line: str) -> Shape | None:
        """What an unknown line is that was learned of, None for any other line."""
        for shape, known in ((Shape.BLOCK, self._opens), (Shape.LINE, self._lines)):
            among = known.get(mode)
            if among and _begins_as_one_of(words_of(line), among):
                return shape
        return None

    def is_refused(self, mode: str, line: str) -> bool:
        """Whether a line is one that the model refused when the chassis was made."""
        return line in self._refused.get(mode, ())


def _begins_as_one_of(words: tuple[str, ...], among: set[tuple[str, ...]]) -> bool:
    """Whether the first words of a line are those of a beginning.

    Only as many are looked at as the longest has: a line can have thousands.
    """
    longest = min(len(words), max(map(len, among)))
    return any(words[:length] in among for length in range(longest, 0, -1))


def schemas_of(learned: Iterable[Learned]) -> list[OpaqueSchema]:
    """What a definition holds of unknown lines: the beginnings that tell them from known ones."""
    by_mode: dict[str, list[Learned]] = {}
    for one in learned:
        by_mode.setdefault(one.mode, []).append(one)
    return [_schema(mode, among) for mode, among in by_mode.items()]


def _schema(mode: str, learned: list[Learned]) -> OpaqueSchema:
    alone = {words_of(one.line) for one in learned if one.shape is Shape.LINE and not one.refused}
    blocks = [words_of(one.line) for one in learned if one.shape is Shape.BLOCK]
    beginnings = {words[:length] for words in alone for length in range(1, len(words) + 1)}
    opens = {_beginning(mode, words, beginnings) for words in blocks}
    return OpaqueSchema(
        mode,
        opens=sorted(" ".join(words) for words in opens),
        lines=sorted({" ".join(_beginning(mode, words, frozenset())) for words in alone}),
        refused=list(dict.fromkeys(one.line for one in learned if one.refused)),
    )


def _beginning(
    mode: str, words: tuple[str, ...], taken: Iterable[tuple[str, ...]]
) -> tuple[str, ...]:
    """The shortest beginning of a line that no known line has, and that is not `taken`.

    In a block of unknown lines no line is known: there it is the line without its last word.
    """
    if mode == UNLISTED:
        return words[:-1] or words
    for length in range(1, len(words)):
        beginning = words[:length]
        if beginning in taken:
            continue
        try:
            parse(" ".join(beginning), mode, Privilege.SECURITY, hidden=True)
        except IncompleteCommand:
            continue
        except LineError:
            return beginning
    return words
