"""From words to a command, by LALR tables.

At every place of a line it is known which words the parser can take next, and each typed word is
matched against just those. That gives abbreviation by unique prefix at every place, and the same
sets answer `?` and Tab.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from msgspec import Struct

from staros_cli.chassis.privilege import Privilege
from staros_cli.language import grammar, tables
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
from staros_cli.language.tables import END, Reduction, Tables
from staros_cli.language.values import KINDS, Unfit, Value
from staros_cli.language.words import MissingQuote, Word, quoted, split


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
        self.tables = tables.load(mode.lark_source(rules), cache_file)
        self._known: dict[tuple[int, ...], Expected] = {}

    def expected(self, states: Sequence[int]) -> Expected:
        """What can come next in a parser whose states are `states`."""
        stack = tuple(states)
        found = self._known.get(stack)
        if found is None:
            found = self._known[stack] = self._expected(stack)
        return found

    def _expected(self, stack: tuple[int, ...]) -> Expected:
        promised = (*self.tables.shifts[stack[-1]], *self.tables.reductions[stack[-1]])
        names = [name for name in promised if self._survives(stack, name)]
        words = (self.mode.keywords[name] for name in names if name in self.mode.keywords)
        keywords = sorted(words, key=lambda word: word.spelling)
        return Expected(
            tuple(word for word in keywords if not _is_pipe(word.spelling)),
            tuple(self.mode.values[name] for name in names if name in self.mode.values),
            END in names,
            any(_is_pipe(word.spelling) for word in keywords),
            {word.spelling.lower(): word for word in keywords},
        )

    def _survives(self, stack: tuple[int, ...], name: str) -> bool:
        """Whether the parser really takes `name`: merged LALR states promise more than that."""
        walk = Walk(self.tables, list(stack))
        return walk.reduce(name) and (name != END or walk.is_complete)

    def parse(self, line: str) -> Command:
        """Understand `line`.

        Raises LineError with the text that the device prints.
        """
        words = words_of(line)
        if not words:
            raise IncompleteCommand("")
        walk = self._walk(words)
        if not self.expected(walk.states).end:
            raise IncompleteCommand(line.strip())
        walk.reduce(END)
        return self._command(walk)

    def expected_after(self, words: Iterable[Word]) -> Expected:
        """What may follow `words`.

        Raises LineError when they are no beginning of a command.
        """
        return self.expected(self._walk(words).states)

    def _walk(self, words: Iterable[Word]) -> Walk:
        walk = Walk(self.tables, [self.tables.first])
        for word in words:
            walk.take(recognise(word, self.expected(walk.states)))
        return walk

    def _command(self, walk: Walk) -> Command:
        (rule,) = (self.rules[name] for name in walk.finished if name in self.rules)
        keywords, values = _sorted_out(walk.words)
        spellings = tuple(word.spelling for word in walk.words)
        return Command(rule, spellings, keywords, values, tuple(walk.parts))


def _sorted_out(words: Iterable[Matched]) -> tuple[frozenset[str], dict[str, Value]]:
    """The keywords and the values among words, by their names in the grammar."""
    keywords = frozenset(word.name for word in words if word.value is None)
    return keywords, {word.name: word.value for word in words if word.value is not None}


class Walk:
    """One way through the tables.

    `words` are those of the command, `parts` its finished pieces such as pipes, whose words are
    taken out of `words`; `finished` are the names of the rules that were finished.
    """

    def __init__(self, tables: Tables, states: list[int]) -> None:
        self._tables = tables
        self._starts = [0] * len(states)
        self.states = states
        self.words: list[Matched] = []
        self.parts: list[Part] = []
        self.finished: list[str] = []

    @property
    def is_complete(self) -> bool:
        """Whether a whole line was read."""
        return self.states[-1] == self._tables.last

    def take(self, word: Matched) -> None:
        """Go on by a word, which must be one that can come next."""
        self.reduce(word.name)
        self._starts.append(len(self.words))
        self.states.append(self._tables.shifts[self.states[-1]][word.name])
        self.words.append(word)

    def reduce(self, name: str) -> bool:
        """Finish every rule that ends before the word `name`; returns whether that can be taken."""
        tables = self._tables
        while name not in tables.shifts[self.states[-1]]:
            number = tables.reductions[self.states[-1]].get(name)
            if number is None:
                return name == END and self.is_complete
            self._finish(tables.rules[number])
        return True

    def _finish(self, rule: Reduction) -> None:
        start = len(self.words)
        if rule.size:
            start = self._starts[-rule.size]
            del self.states[-rule.size :], self._starts[-rule.size :]
        if rule.name.startswith("pipe_"):
            self.parts.append(Part(rule.name, *_sorted_out(self.words[start:])))
            del self.words[start:]
        self.finished.append(rule.name)
        self.states.append(self._tables.gotos[self.states[-1]][rule.name])
        self._starts.append(start)


def words_of(line: str) -> list[Word]:
    """The words of `line`; raises OpenQuote, a LineError, when a quote is left open."""
    try:
        return split(line)
    except MissingQuote:
        raise OpenQuote from None


@cache
def language(mode_name: str, privilege: Privilege, hidden: bool = False) -> Language:
    """The language of a mode for users of a level; its tables are made only once, if they can."""
    mode = grammar.mode(mode_name)
    directory = tables.directory()
    name = f"{mode_name}-{privilege.name.lower()}{'-hidden' if hidden else ''}.tables"
    file = directory / name if directory is not None else None
    return Language(mode, mode.rules_for(privilege, hidden), file)


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
