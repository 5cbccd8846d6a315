"""Reading a grammar file: the part of Lark's language that commands need, with its remarks.

A file is a Lark grammar that Lark itself loads. What Lark has no place for stands in remarks:

    //! mode config, section require     mode (or modes) of the rules below, place in a saved file
    //? verbose: Displays all of it      help for a word or `<value>` in the next rule or piece
    //: administrator, keeps …           who may use the next rule, and what it does
    … // d no: Sets the time             after a rule: a command that is kept, in one line
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from staros_cli.language.errors import GrammarError


class Literal(Struct, frozen=True):
    """A word of the command line."""

    text: str
    line: int
    column: int


class Reference(Struct, frozen=True):
    """A piece that is defined elsewhere, or a kind of value with its placeholder and range."""

    name: str
    arguments: tuple[str, ...]
    line: int
    column: int


class Sequence(Struct, frozen=True):
    """Pieces that follow one another."""

    items: tuple[Node, ...]


class Choice(Struct, frozen=True):
    """Pieces of which one stands."""

    options: tuple[Node, ...]


class Repeat(Struct, frozen=True):
    """A piece that may stand not at all (unless `needed`), once, or many times."""

    item: Node
    needed: bool
    many: bool


Node = Literal | Reference | Sequence | Choice | Repeat


class Definition(Struct):
    """A rule of a grammar file, as it is written.

    `modes` and `section` are those of the `//! mode` line above it. `note` is the `//:` line,
    `summary` the remarks before the rule, `remark` the one after it, `helps` the `//?` lines.
    """

    name: str
    parameters: tuple[str, ...]
    body: Node
    file: str
    line: int
    modes: tuple[str, ...]
    section: str
    note: str = ""
    summary: str = ""
    remark: str = ""
    helps: dict[str, str] = {}

    @property
    def place(self) -> str:
        """File and line, for messages."""
        return f"{self.file}:{self.line}"


class GrammarFile(Struct):
    """A grammar file: what it takes from others, its rules, and the patterns of its terminals."""

    name: str
    imports: dict[str, str] = {}
    definitions: dict[str, Definition] = {}
    patterns: dict[str, str] = {}


class _Token(NamedTuple):
    """A word of a grammar file; the kind of a sign is the sign itself."""

    kind: str
    text: str
    line: int
    column: int


_TOKEN = re.compile(
    r"""(?P<blank>[ \t]+)
      | (?P<remark>//.*)
      | (?P<string>"(?:[^"\\]|\\.)+")
      | (?P<rule>_?[a-z][a-z0-9_]*)
      | (?P<terminal>_?[A-Z][A-Z0-9_]*)
      | (?P<sign>[:|()\[\]{},*+?])
    """,
    re.VERBOSE,
)
_TERMINAL = re.compile(r"(_?[A-Z][A-Z0-9_]*)\s*:\s*/(.+)/\s*(?://.*)?")
_IMPORT = re.compile(r"%import\s+\.([a-z_]+)\s*\(([^()]*)\)\s*(?://.*)?")
_HELP = re.compile(r"//\?\s*(<[^>]+>|\S+):\s+(\S.*)")
_MODE = re.compile(r"mode\s+([a-z*][a-z0-9 -]*?)(?:,\s*section\s+(\S+))?")
_BEGINNINGS = frozenset(("string", "rule", "terminal", "(", "["))
_REPEATS = {"?": (False, False), "*": (False, True), "+": (True, True)}
"""Whether a piece before the sign is needed, and whether it may stand many times."""
_WANTED = 'a word in quotes, a piece, "(" or "["'


def read_file(path: Path) -> GrammarFile:
    """The rules of the grammar file `path`.

    Raises GrammarError, with line and column, where it is malformed.
    """
    return _Reader(path.name, path.read_text(encoding="utf-8")).read()


class _Reader:
    """Goes through the lines of a file; a line that begins with a blank or a bar is continued."""

    def __init__(self, name: str, text: str) -> None:
        self._lines = text.splitlines()
        self.file = GrammarFile(name)
        self._modes: tuple[str, ...] = ()
        self._section = ""
        self._summary: list[str] = []
        self._note = ""
        self._helps: dict[str, str] = {}

    def read(self) -> GrammarFile:
        number = 0
        while number < len(self._lines):
            start = number
            number += 1
            while number < len(self._lines) and self._lines[number][:1] in (" ", "\t", "|"):
                number += 1
            self._take(start + 1, self._lines[start:number])
        self._nothing_open(len(self._lines))
        return self.file

    def _take(self, number: int, lines: list[str]) -> None:
        first = lines[0].rstrip()
        if first.startswith("//"):
            self._remark(number, first)
        elif not first:
            self._nothing_open(number)
            self._summary = []
        elif first.startswith("%"):
            self._import(number, " ".join(lines))
        elif found := _TERMINAL.fullmatch(first):
            self._pattern(number, found[1], found[2])
        else:
            self._definition(_Rule(self.file.name, list(self._tokens(number, lines))))

    def _nothing_open(self, number: int) -> None:
        if self._note or self._helps:
            raise GrammarError(
                self.file.name, number, 1, "expected the rule that the remark is about"
            )

    def _remark(self, number: int, text: str) -> None:
        if text.startswith("//!"):
            self._mode(number, text[3:].strip())
        elif text.startswith("//?"):
            found = _HELP.fullmatch(text)
            if found is None:
                raise GrammarError(self.file.name, number, 4, 'expected "word: help"')
            self._helps[found[1]] = found[2]
        elif text.startswith("//:"):
            if self._note:
                raise GrammarError(self.file.name, number, 4, "expected a rule, not a second //:")
            self._note = text[3:].strip()
        else:
            self._summary.append(text[2:].strip())

    def _mode(self, number: int, text: str) -> None:
        found = _MODE.fullmatch(text)
        if found is None:
            raise GrammarError(self.file.name, number, 5, 'expected "mode NAME[, section NAME]"')
        self._modes, self._section = tuple(found[1].split()), found[2] or ""
        self._summary = []

    def _import(self, number: int, text: str) -> None:
        found = _IMPORT.fullmatch(text.strip())
        if found is None:
            raise GrammarError(self.file.name, number, 1, 'expected "%import .file (name, …)"')
        for name in found[2].split(","):
            self.file.imports[name.strip()] = found[1]

    def _pattern(self, number: int, name: str, pattern: str) -> None:
        try:
            re.compile(pattern)
        except re.error as error:
            raise GrammarError(
                self.file.name, number, len(name) + 3, f"invalid regular expression: {error}"
            ) from None
        if name in self.file.patterns:
            raise GrammarError(self.file.name, number, 1, f"a second terminal {name}")
        self.file.patterns[name] = pattern

    def _tokens(self, number: int, lines: list[str]) -> Iterator[_Token]:
        for line_number, line in enumerate(lines, number):
            position = 0
            while position < len(line):
                found = _TOKEN.match(line, position)
                if found is None:
                    message = f"invalid character {line[position]!r}, expected {_WANTED}"
                    raise GrammarError(self.file.name, line_number, position + 1, message)
                kind, text = str(found.lastgroup), found[0]
                if kind != "blank":
                    kind = text if kind == "sign" else kind
                    yield _Token(kind, text, line_number, position + 1)
                position = found.end()

    def _definition(self, rule: _Rule) -> None:
        name, parameters, body, remark = rule.read()
        if name.text in self.file.definitions:
            raise GrammarError(self.file.name, name.line, 1, f"a second rule {name.text}")
        self.file.definitions[name.text] = Definition(
            name.text,
            parameters,
            body,
            self.file.name,
            name.line,
            self._modes,
            self._section,
            self._note,
            " ".join(self._summary),
            remark,
            self._helps,
        )
        self._note, self._helps, self._summary = "", {}, []


class _Rule:
    """Recursive descent through the tokens of one rule."""

    def __init__(self, file: str, tokens: list[_Token]) -> None:
        self._file = file
        self._remark = " ".join(t.text[2:].strip() for t in tokens if t.kind == "remark")
        last = tokens[-1]
        self._end = _Token("end", "the end", last.line, last.column + len(last.text))
        self._tokens = (token for token in tokens if token.kind != "remark")
        self._next = next(self._tokens, self._end)

    def read(self) -> tuple[_Token, tuple[str, ...], Node, str]:
        """Name, parameters, body and the remark after the rule."""
        name = self._want("rule", "the name of a rule")
        parameters: tuple[str, ...] = ()
        if self._next.kind == "{":
            parameters = tuple(token.text for token in self._arguments("rule", "a parameter"))
        self._want(":", '":"')
        body = self._choice()
        if self._next is not self._end:
            raise self._error('"|" or the end of the rule')
        return name, parameters, body, self._remark

    def _take(self) -> _Token:
        taken, self._next = self._next, next(self._tokens, self._end)
        return taken

    def _want(self, kind: str, wanted: str) -> _Token:
        if self._next.kind != kind:
            raise self._error(wanted)
        return self._take()

    def _error(self, wanted: str) -> GrammarError:
        token = self._next
        text = token.text if token is self._end else f"{token.text!r}"
        return GrammarError(self._file, token.line, token.column, f"expected {wanted}, not {text}")

    def _choice(self) -> Node:
        options = [self._sequence()]
        while self._next.kind == "|":
            self._take()
            options.append(self._sequence())
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def _sequence(self) -> Node:
        items = [self._repeated()]
        while self._next.kind in _BEGINNINGS:
            items.append(self._repeated())
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def _repeated(self) -> Node:
        item = self._item()
        if self._next.kind not in _REPEATS:
            return item
        return Repeat(item, *_REPEATS[self._take().kind])

    def _item(self) -> Node:
        if self._next.kind == "(":
            self._take()
            inner = self._choice()
            self._want(")", '")"')
            return inner
        if self._next.kind == "[":
            self._take()
            inner = self._choice()
            self._want("]", '"]"')
            return Repeat(inner, needed=False, many=False)
        token = self._next
        if token.kind == "string":
            self._take()
            return Literal(token.text[1:-1], token.line, token.column)
        if token.kind not in ("rule", "terminal"):
            raise self._error(_WANTED)
        self._take()
        arguments: tuple[str, ...] = ()
        if self._next.kind == "{":
            arguments = tuple(t.text[1:-1] for t in self._arguments("string", "a text in quotes"))
        return Reference(token.text, arguments, token.line, token.column)

    def _arguments(self, kind: str, wanted: str) -> list[_Token]:
        self._take()
        found = [self._want(kind, wanted)]
        while self._next.kind == ",":
            self._take()
            found.append(self._want(kind, wanted))
        self._want("}", '"," or "}"')
        return found
