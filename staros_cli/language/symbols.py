"""The symbols of commands: words, values, and their order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from msgspec import Struct

from staros_cli.language.values import KINDS

_shape = cache(re.compile)


class ValueWord(Struct, frozen=True, array_like=True):
    """A place for a value: its placeholder, kind, limits and shape, and what it means."""

    placeholder: str
    kind: str
    low: int
    high: int
    pattern: str
    help: str = ""

    @property
    def name(self) -> str:
        """The name under which handlers find the value."""
        return self.placeholder[1:-1]

    @property
    def allowed(self) -> str:
        """The allowed values, for help and refusals."""
        return KINDS[self.kind].allowed.format(low=self.low, high=self.high)

    def fits(self, text: str) -> bool:
        """Whether a word has the shape of the value, within its limits or not."""
        return _shape(self.pattern).fullmatch(text) is not None


class Fixed(Struct, frozen=True):
    """A word of a rule, with a help text of its own where it has one."""

    spelling: str
    help: str = ""


class Symbols(Struct, frozen=True):
    """Pieces that follow one another."""

    items: tuple[Body, ...]


class Options(Struct, frozen=True):
    """Pieces of which one stands."""

    options: tuple[Body, ...]


class Repeated(Struct, frozen=True):
    """A piece that may stand not at all (unless `needed`), once, or many times."""

    item: Body
    needed: bool
    many: bool


Body = Fixed | ValueWord | Symbols | Options | Repeated


def values_in(body: Body) -> Iterator[ValueWord]:
    """The values of a command, in order."""
    if isinstance(body, ValueWord):
        yield body
    elif isinstance(body, Symbols):
        for item in body.items:
            yield from values_in(item)
    elif isinstance(body, Options):
        for option in body.options:
            yield from values_in(option)
    elif isinstance(body, Repeated):
        yield from values_in(body.item)


def syntax(body: Body) -> str:
    """A command as a reader writes it down: `[ ]` may be left out, `{ | }` is a choice."""
    if isinstance(body, Fixed):
        return body.spelling
    if isinstance(body, ValueWord):
        return body.placeholder
    if isinstance(body, Symbols):
        return " ".join(syntax(item) for item in body.items)
    if isinstance(body, Options):
        return f"{{ {_alternatives(body)} }}"
    inner = _alternatives(body.item) if isinstance(body.item, Options) else syntax(body.item)
    if body.needed:
        return f"{{ {inner} }}+"
    return f"[ {inner} ]*" if body.many else f"[ {inner} ]"


def _alternatives(body: Options) -> str:
    return " | ".join(syntax(option) for option in body.options)
