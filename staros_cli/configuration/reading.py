"""Reading lines of the running configuration, as parts of the model want to know them."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

from staros_cli.configuration.tree import Node
from staros_cli.language.words import MissingQuote, split


def words_of(line: str) -> list[str]:
    try:
        return [word.text for word in split(line)]
    except MissingQuote:
        return line.split()


_DIGITS = 10
"""The most digits of a number."""
_INDEXED = 3
"""How many words at the beginning of lines are looked up rather than compared."""


class Part:
    """A node whose lines are found by their first words, without going through all of them."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self._by_words: dict[tuple[str, ...], list[Node]] = {}
        for child in node.children.values():
            words = tuple(child.line.split(maxsplit=_INDEXED)[:_INDEXED])
            for length in range(1, len(words) + 1):
                self._by_words.setdefault(words[:length], []).append(child)

    def lines(self, beginning: str) -> Iterator[list[str]]:
        """The words behind a beginning, of every line that begins so."""
        wanted = tuple(beginning.split())
        for child in self._by_words.get(wanted[:_INDEXED], ()):
            if f"{child.line} ".startswith(f"{beginning} "):
                yield words_of(child.line)[len(wanted) :]

    def value(self, beginning: str, default: str = "") -> str:
        """The word behind a beginning, of the line that begins so."""
        return next((words[0] for words in self.lines(beginning) if words), default)

    def number(self, beginning: str, default: float) -> float:
        """The number behind a beginning."""
        return float(number_in(self.value(beginning), default))

    def within(self, mode: str) -> Iterator[Part]:
        """The parts in it that open a mode."""
        return (Part(child) for child in self.node.children.values() if child.mode == mode)

    @property
    def name(self) -> str:
        """The name of the object that the line opens: the last word of its key."""
        return words_of(self.node.key)[-1]


def option_of(words: list[str], option: str, default: str = "") -> str:
    """The word behind an option."""
    if option in words[:-1]:
        return words[words.index(option) + 1]
    return default


def integer_of(words: list[str], option: str, default: int) -> int:
    """The number behind an option."""
    return int(number_in(option_of(words, option), default))


def number_in(text: str, default: float) -> float:
    """The number that a text is; lines that were imported may hold anything."""
    return int(text) if text.isdecimal() and len(text) <= _DIGITS else default


def is_address(text: str) -> bool:
    """Whether a text is an address of either version."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
