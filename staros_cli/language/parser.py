"""From words to a command, by Lark's LALR tables.

The lexer sees which words the parser can take next and matches each typed word against just those.
That gives abbreviation by unique prefix at every place, and the same sets answer `?` and Tab.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedToken
from lark.lexer import Lexer
from lark.parsers.lalr_analysis import Shift
from msgspec import Struct

from staros_cli.chassis.privilege import Privilege
from staros_cli.language import grammar
from staros_cli.language.errors import (
    AmbiguousKeyword,
    BadValue,
    IncompleteCommand,
    LineError,
    NotAllowed,
    OpenQuote,
    UnknownKeyword,
)
from staros_cli.language.grammar import Keyword, Mode, Rule, ValueWord
from staros_cli.language.values import KINDS, Unfit, Value
from staros_cli.language.words import MissingQuote, Word, quoted, split

END = "$END"


class Matched(Struct, frozen=True):
    """A typed word, the keyword or value it was recognised as, and its full spelling."""

    name: str
    spelling: str
    value: Value | None

    def __str__(self) -> str:
        return self.spelling


class Part(Struct, frozen=True):
    """A piece of a command that can stand several times, such as a pipe."""

    name: str
    keywords: frozenset[str]
    values: Mapping[str, Value]


class Command(Struct, frozen=True):
    """A line that was understood.

    `words` are its words in full spelling, without pipes; `keywords` and `values` are named after
    the terminals of the grammar; `parts` are its repeatable pieces in the order typed.
    """

    rule: Rule
    words: tuple[str, ...]
    keywords: frozenset[str]
    values: Mapping[str, Value]
    parts: tuple[Part, ...] = ()

    def has(self, keyword: str) -> bool:
        """Whether the keyword was typed."""
        return keyword in self.keywords

    def text(self, name: str, default: str = "") -> str:
        """The value `name` as text, or `default` when it was not typed."""
        return str(self.values.get(name, default))

    def number(self, name: str, default: int = 0) -> int:
        """The value `name` as a number, or `default` when it was not typed."""
        return int(self.values.get(name, default))

    @property
    def line(self) -> str:
        """The command in full spelling, as a configuration file holds it."""
        return " ".join(self.words)


class Expected(Struct, frozen=True):
    """What may come next at one place of a line."""

    keywords: tuple[Keyword, ...] = ()
    values: tuple[ValueWord, ...] = ()
    end: bool = False
    bar: bool = False
    by_lower_case: dict[str, Keyword] = {}

    def beginning_with(self, prefix: str) -> list[Keyword]:
        """The keywords that begin with `prefix`, in any letter case."""
        wanted = prefix.lower()
        return [word for word in self.keywords if word.spelling.lower().startswith(wanted)]


def _is_pipe(spelling: str) -> bool:
    return spelling == "|"


class WordLexer(Lexer):
    """Turns typed words into the tokens that the parser can take at that moment."""

    __future_interface__: ClassVar[int] = 2

    def __init__(self, lexer_conf: Any) -> None:
        self.language: Language | None = None

    def lex(self, lexer_state: Any, parser_state: Any) -> Iterator[Token]:
        """Yield one token a word of `lexer_state.text`.

        Raises LineError for a word that fits nowhere.
        """
        assert self.language is not None
        for word in lexer_state.text:
            matched = recognise(word, self.language.expected(parser_state.state_stack))
            yield Token(matched.name, matched)


def recognise(word: Word, expected: Expected) -> Matched:
    """Decide what `word` is among what is expected.

    A keyword spelled in full comes first, then one that `word` begins, then a value. Quoted words
    are always values.

    Raises UnknownKeyword, AmbiguousKeyword or BadValue.
    """
    candidates: list[Keyword] = []
    if not word.quote:
        exact = expected.by_lower_case.get(word.text.lower())
        if exact is not None:
            return Matched(exact.name, exact.spelling, None)
        candidates = expected.beginning_with(word.text)
        if len(candidates) == 1:
            return Matched(candidates[0].name, candidates[0].spelling, None)
    for place in expected.values:
        if place.pattern.fullmatch(word.text):
            return _value(word, place)
    if candidates:
        raise AmbiguousKeyword(word.text, sorted(found.spelling for found in candidates))
    if expected.values and (not expected.keywords or not word.text[:1].isalpha()):
        place = expected.values[0]
        raise BadValue(word.text, place.placeholder, place.allowed)
    raise UnknownKeyword(word.text)


def _value(word: Word, place: ValueWord) -> Matched:
    try:
        value = KINDS[place.kind].read(word, place.low, place.high)
    except Unfit:
        raise BadValue(word.text, place.placeholder, place.allowed) from None
    spelling = f"'{word.text}'" if word.quote == "'" else quoted(str(value))
    if word.quote == '"' and not spelling.startswith('"'):
        spelling = f'"{spelling}"'
    return Matched(place.name, spelling, value)


class Language:
    """The commands of one mode that one kind of user may type."""

    def __init__(self, mode: Mode, rules: list[Rule], cache_file: Path | None) -> None:
        self.mode = mode
        self.rules = {rule.name: rule for rule in rules}
        self._lark = Lark(
            mode.lark_source(rules),
            parser="lalr",
            lexer=WordLexer,
            maybe_placeholders=False,
            cache=str(cache_file) if cache_file else False,
        )
        frontend: Any = self._lark.parser
        frontend.lexer.language = self
        self._table = frontend.parser._parse_table
        self._known: dict[tuple[Any, ...], Expected] = {}

    def expected(self, state_stack: Sequence[Any]) -> Expected:
        """What can come next in a parser whose states are `state_stack`."""
        stack = tuple(state_stack)
        found = self._known.get(stack)
        if found is None:
            found = self._known[stack] = self._expected(stack)
        return found

    def _expected(self, stack: tuple[Any, ...]) -> Expected:
        names = [
            name
            for name in self._table.states[stack[-1]]
            if (name == END or name.isupper()) and self._survives(stack, name)
        ]
        words = (self.mode.keywords[name] for name in names if name in self.mode.keywords)
        keywords = sorted(words, key=lambda word: word.spelling)
        return Expected(
            tuple(word for word in keywords if not _is_pipe(word.spelling)),
            tuple(self.mode.values[name] for name in names if name in self.mode.values),
            END in names,
            any(_is_pipe(word.spelling) for word in keywords),
            {word.spelling.lower(): word for word in keywords},
        )

    def _survives(self, stack: tuple[Any, ...], name: str) -> bool:
        """Whether the parser really takes `name`: merged LALR states promise more than that."""
        states = self._table.states
        path = list(stack)
        while True:
            entry = states[path[-1]].get(name)
            if entry is None:
                return False
            action, argument = entry
            if action is Shift:
                return True
            if argument.expansion:
                del path[-len(argument.expansion) :]
            path.append(states[path[-1]][argument.origin.name][1])
            if name == END and path[-1] == self._table.end_states["start"]:
                return True

    def parse(self, line: str) -> Command:
        """Understand `line`.

        Raises LineError with the text that the device prints.
        """
        words = words_of(line)
        if not words:
            raise IncompleteCommand("")
        try:
            tree = self._lark.parse(words)
        except UnexpectedToken:
            raise IncompleteCommand(line.strip()) from None
        return self._command(tree)

    def expected_after(self, words: Iterable[Word]) -> Expected:
        """What may follow `words`.

        Raises LineError when they are no beginning of a command.
        """
        walk = self._lark.parse_interactive(list(words))
        walk.exhaust_lexer()
        return self.expected(walk.parser_state.state_stack)

    def _command(self, tree: Tree[Token] | Token) -> Command:
        assert isinstance(tree, Tree)
        parts: list[Part] = []
        tokens = list(_own_tokens(tree, parts))
        return Command(
            self.rules[tree.data],
            tuple(token.spelling for token in tokens),
            frozenset(token.name for token in tokens if token.value is None),
            {token.name: token.value for token in tokens if token.value is not None},
            tuple(parts),
        )


def _own_tokens(tree: Tree[Token], parts: list[Part]) -> Iterator[Matched]:
    """The tokens of `tree` and of its sub-rules; those of pipes go into `parts` instead."""
    for child in tree.children:
        if isinstance(child, Token):
            yield child.value  # the lexer puts a Matched there
        elif str(child.data).startswith("pipe"):
            tokens = list(_own_tokens(child, parts))
            parts.append(
                Part(
                    str(child.data),
                    frozenset(token.name for token in tokens if token.value is None),
                    {token.name: token.value for token in tokens if token.value is not None},
                )
            )
        else:
            yield from _own_tokens(child, parts)


def words_of(line: str) -> list[Word]:
    """The words of `line`; raises OpenQuote, a LineError, when a quote is left open."""
    try:
        return split(line)
    except MissingQuote:
        raise OpenQuote from None


@cache
def language(mode_name: str, privilege: Privilege, hidden: bool = False) -> Language:
    """The language of a mode for users of a level; built once, from Lark's cache if it can be."""
    mode = grammar.mode(mode_name)
    cache_file = None
    directory = cache_directory()
    if directory is not None:
        name = f"{mode_name}-{privilege.name.lower()}{'-hidden' if hidden else ''}.lark"
        cache_file = directory / name
    return Language(mode, mode.rules_for(privilege, hidden), cache_file)


@cache
def cache_directory() -> Path | None:
    """The per-user directory of Lark's tables, or None where none can be made."""
    from platformdirs import user_cache_path

    try:
        directory = user_cache_path("staros-cli")
        directory.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return directory


def parse(line: str, mode_name: str, privilege: Privilege, hidden: bool = False) -> Command:
    """Understand `line` in a mode, typed by a user of a level.

    Raises LineError; NotAllowed when only the user's level stands in the way.
    """
    try:
        return language(mode_name, privilege, hidden).parse(line)
    except LineError:
        if privilege >= Privilege.SECURITY:
            raise
        try:
            command = language(mode_name, Privilege.SECURITY, hidden).parse(line)
        except LineError:
            command = None
        if command is None:
            raise
        raise NotAllowed(command.rule.privilege.title) from None
