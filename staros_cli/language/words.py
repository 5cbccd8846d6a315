"""Splitting a typed line into words, with quotes and bars."""

from __future__ import annotations

import re

from msgspec import Struct

_WORD = re.compile(
    r"""\s*(?:
        (?P<bar>\|)
      | "(?P<double>(?:\\"|[^"])*)(?P<double_end>"?)
      | '(?P<single>[^']*)(?P<single_end>'?)
      | (?P<bare>[^\s|"'][^\s|]*)
    )""",
    re.VERBOSE,
)
_PLAIN = re.compile(r"[^\s|\"'#\\?][^\s|\"\\?]*")


class MissingQuote(ValueError):
    """A quote was opened on the line and not closed."""


class Word(Struct, frozen=True):
    """One word of a line.

    `text` is what stands between the quotes, `quote` the quote character or an empty string,
    `start` the position in the line where the word begins.
    """

    text: str
    quote: str = ""
    start: int = 0

    def __str__(self) -> str:
        return self.text

    @property
    def is_bar(self) -> bool:
        """Whether this is the bar that starts a pipe."""
        return self.text == "|" and not self.quote


def split(line: str) -> list[Word]:
    """Split `line` into words.

    Double quotes hold a value with blanks together, and `\\"` stands for a quote in them. Single
    quotes do the same and switch wildcards off. An unquoted bar is a word of its own, with or
    without blanks round it.

    Raises MissingQuote when a quote is left open.
    """
    words: list[Word] = []
    position, end = 0, len(line.rstrip())
    while position < end:
        found = _WORD.match(line, position)
        assert found is not None  # every character that is not a blank begins one alternative
        kind = found.lastgroup
        position = found.end()
        if kind == "bare":
            words.append(Word(found["bare"], "", found.start("bare")))
        elif kind == "bar":
            words.append(Word("|", "", found.start("bar")))
        elif kind == "double_end":
            if not found["double_end"]:
                raise MissingQuote(line)
            text = found["double"].replace('\\"', '"')
            words.append(Word(text, '"', found.start("double") - 1))
        else:
            if not found["single_end"]:
                raise MissingQuote(line)
            words.append(Word(found["single"], "'", found.start("single") - 1))
    return words


def quoted(text: str) -> str:
    """`text` as it has to be typed so that it is read back as one word."""
    if _PLAIN.fullmatch(text):
        return text
    if text.endswith("\\"):  # before a double quote it would stand for that
        return f"'{text}'" if "'" not in text else text
    return '"' + text.replace('"', '\\"') + '"'


def has_open_quote(text: str) -> bool:
    """Whether a double quote is open at the end of a text."""
    return quotes(text) % 2 == 1


def asks_for_help(text: str) -> bool:
    """Whether a line ends in a question mark that is no part of a value."""
    return text.endswith("?") and not has_open_quote(text)


def quotes(text: str) -> int:
    """How many double quotes of a text open or close a value."""
    return text.replace('\\"', "").count('"')
