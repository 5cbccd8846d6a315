"""The commands of a mode as one deterministic automaton.

A command line is a regular language. Each state is a place in a line, each edge a word or a value
that may stand there, with its help and the least privilege that it takes. Where two commands share
a beginning they share states, so that what a line means is known at its end.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from msgspec import Struct

from staros_cli.language.rules import Rule
from staros_cli.language.symbols import ValueWord


class Keyword(Struct, frozen=True, array_like=True):
    """A word that may come next.

    It leads to the state `target` for users of the privilege `least`, or of `hidden` where hidden
    commands are enabled.
    """

    spelling: str
    help: str
    target: int
    least: int
    hidden: int


class Value(Struct, frozen=True, array_like=True):
    """A value that may come next, with what a `Keyword` has."""

    word: ValueWord
    target: int
    least: int
    hidden: int


class State(Struct, array_like=True):
    """A place in a line.

    `keywords` are by their spelling in lower case, in that order; `values` with the most special
    kind first. `rule` is the number of the command that ends here, -1 where none does.
    """

    keywords: dict[str, Keyword]
    values: tuple[Value, ...]
    rule: int

    def beginning_with(self, prefix: str) -> Iterator[Keyword]:
        """The keywords that begin with `prefix`, which is in lower case."""
        if not prefix:
            yield from self.keywords.values()
            return
        spellings = list(self.keywords)
        index = bisect_left(spellings, prefix)
        while index < len(spellings) and spellings[index].startswith(prefix):
            yield self.keywords[spellings[index]]
            index += 1


class Automaton(Struct, array_like=True):
    """The states of a mode, of which the first is the beginning of a line, and its commands."""

    rules: list[Rule]
    states: list[State]
