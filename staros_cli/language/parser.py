"""From a typed line to a command: abbreviation, values and what is wrong with a line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

from msgspec import Struct

from staros_cli.chassis.privilege import Privilege
from staros_cli.language.automaton import Automaton, Keyword, State
from staros_cli.language.compiled import PIPES, compiled
from staros_cli.language.errors import (
    AmbiguousKeyword,
    BadValue,
    IncompleteCommand,
    LineError,
    NotAllowed,
    OpenQuote,
    UnknownKeyword,
)
from staros_cli.language.rules import Rule
from staros_cli.language.symbols import ValueWord
from staros_cli.language.values import KINDS, Unfit, Value
from staros_cli.language.words import MissingQuote, Word, quoted, split


class Part(Struct, frozen=True):
    """A pipe behind a command: its words in full spelling, and its values by their names."""

    words: tuple[str, ...]
    keywords: frozenset[str]
    values: Mapping[str, Value]

    def has(self, keyword: str) -> bool:
        """Whether the keyword was typed."""
        return keyword in self.keywords


class Command(Struct, frozen=True):
    """A line that was understood.

    `words` are its words in full spelling, without pipes; `keywords` those that are not values.
    `values` are by their placeholders in the grammar, `every` has all values of one that may stand
    several times. `parts` are the pipes in the order typed. `secrets` are values that must
    not be shown or stored as typed, such as passwords, with their positions in `words`; `places`
    are the positions of all values.
    """

    rule: Rule
    words: tuple[str, ...]
    keywords: frozenset[str]
    values: Mapping[str, Value]
    every: tuple[tuple[str, Value], ...] = ()
    parts: tuple[Part, ...] = ()
    secrets: tuple[tuple[int, str], ...] = ()
    places: frozenset[int] = frozenset()

    def has(self, keyword: str) -> bool:
        """Whether the keyword was typed."""
        return keyword in self.keywords

    def has_value(self, name: str) -> bool:
        """Whether the value `<name>` was typed."""
        return name in self.values

    def text(self, name: str, default: str = "") -> str:
        """The value `<name>` as text, or `default` when it was not typed."""
        return str(self.values.get(name, default))

    def number(self, name: str, default: int = 0) -> int:
        """The value `<name>` as a number, or `default` when it was not typed."""
        return int(self.values.get(name, default))

    def all(self, name: str) -> list[Value]:
        """All values `<name>`, in the order typed."""
        return [value for its_name, value in self.every if its_name == name]

    def has_at(self, position: int, keyword: str) -> bool:
        """Whether a word of `words` is the keyword, and no value that is spelled so."""
        return self.words[position] == keyword and position not in self.places

    @property
    def line(self) -> str:
        """The command in full spelling, as a configuration file holds it."""
        return " ".join(self.words)

    @property
    def whole(self) -> tuple[str, ...]:
        """The words in full spelling, with those of the pipes."""
        return (*self.words, *(word for part in self.parts for word in ("|", *part.words)))

    def with_secrets(self, replace: Callable[[str], str]) -> str:
        """The command in full spelling with its pipes, each secret in it replaced."""
        words = list(self.whole)
        for position, secret in self.secrets:
            words[position] = quoted(replace(secret))
        return " ".join(words)


class Expected(Struct, frozen=True):
    """The words and values that may come next at one place of a line."""

    keywords: tuple[Keyword, ...] = ()
    values: tuple[ValueWord, ...] = ()
    end: bool = False
    bar: bool = False

    def beginning_with(self, prefix: str) -> list[Keyword]:
        """The keywords that begin with `prefix`, in any letter case."""
        wanted = prefix.lower()
        return [word for word in self.keywords if word.spelling.lower().startswith(wanted)]


class Language:
    """The commands of one mode that one kind of user may type.

    `beginnings` are the words that commands of other modes begin with: typed at the beginning of a
    line here, they are no abbreviation of another word.
    """

    def __init__(
        self,
        automaton: Automaton,
        privilege: Privilege,
        hidden: bool,
        beginnings: frozenset[str] = frozenset(),
    ) -> None:
        self._rules = automaton.rules
        self._states = automaton.states
        self._beginnings = beginnings
        self._level = int(privilege)
        self._hidden_level = self._level if hidden else -1

    def parse(self, line: str) -> Command:
        """Understand `line`.

        Raises LineError with the text that the device prints.
        """
        words = words_of(line)
        if not words:
            raise IncompleteCommand("")
        typed, pipes = _at_bars(words)
        walk = self._walk(typed)
        rule = walk.language._ended(walk.state)
        if rule is None or (pipes and not rule.piped):
            if pipes:
                raise UnknownKeyword("|")
            raise IncompleteCommand(line.strip())
        return walk.command(rule, tuple(_part(pipe, line) for pipe in pipes))

    def expected_after(self, words: Iterable[Word]) -> Expected:
        """The words and values that may follow `words`.

        Raises LineError when no command begins so.
        """
        typed, pipes = _at_bars(words)
        walk = self._walk(typed)
        if not pipes:
            return walk.language._expected(walk.state)
        rule = walk.language._ended(walk.state)
        if rule is None or not rule.piped:
            raise UnknownKeyword("|")
        for pipe in pipes[:-1]:
            _part(pipe, " ".join(str(word) for word in pipe))
        return _pipes()._expected_in_pipe(pipes[-1])

    def _expected_in_pipe(self, words: list[Word]) -> Expected:
        found = self._expected(self._walk(words).state)
        return Expected(found.keywords, found.values, found.end, found.end)

    def _expected(self, state: State) -> Expected:
        rule = self._ended(state)
        return Expected(
            tuple(word for word in state.keywords.values() if self._sees(word.least, word.hidden)),
            tuple(v.word for v in state.values if self._sees(v.least, v.hidden)),
            rule is not None,
            rule is not None and rule.piped,
        )

    def _sees(self, least: int, hidden: int) -> bool:
        return least <= self._level or hidden <= self._hidden_level

    def _ended(self, state: State) -> Rule | None:
        """The command that is complete in a state, if this user may give it."""
        if state.rule < 0:
            return None
        rule = self._rules[state.rule]
        level = self._hidden_level if rule.hidden else self._level
        return rule if rule.privilege <= level else None

    def _walk(self, words: Iterable[Word]) -> _Walk:
        walk = _Walk(self, self._states[0])
        for word in words:
            walk.follow(walk.language._take(word, walk))
        return walk

    def _continued(self, state: State) -> Language | None:
        """The language that a command goes on in, None when it ends or goes on in this one."""
        rule = self._rules[state.rule] if state.rule >= 0 else None
        if rule is None or not rule.continues:
            return None
        return language(rule.continues.split()[0], Privilege(self._level), self._hidden_level >= 0)

    def _take(self, word: Word, walk: _Walk) -> int:
        """Decide what a word is, and where it leads.

        A keyword spelled in full comes first, then one that it begins, then a value. Quoted words
        are always values.

        Raises UnknownKeyword, AmbiguousKeyword or BadValue.
        """
        state = walk.state
        candidates: list[Keyword] = []
        if not word.quote:
            typed = word.text.lower()
            exact = state.keywords.get(typed)
            if exact is not None and self._sees(exact.least, exact.hidden):
                walk.keywords.append(exact.spelling)
                walk.spellings.append(exact.spelling)
                return exact.target
            candidates = [
                found
                for found in self._abbreviated(typed, state)
                if self._sees(found.least, found.hidden)
            ]
            if len(candidates) == 1:
                walk.keywords.append(candidates[0].spelling)
                walk.spellings.append(candidates[0].spelling)
                return candidates[0].target
        places = [v for v in state.values if self._sees(v.least, v.hidden)]
        fitting = [place for place in places if place.word.fits(word.text)]
        refusal: BadValue | None = None
        for place in fitting:
            try:
                walk.take_value(place.word, word)
                return place.target
            except BadValue as error:
                refusal = refusal or error
        if refusal is not None:
            raise refusal
        if candidates:
            raise AmbiguousKeyword(word.text, sorted(found.spelling for found in candidates))
        if word.text.startswith("-") and any(state.beginning_with("-")):
            raise UnknownKeyword(word.text)
        if places and (not word.text[:1].isalpha() or not self._any_keyword(state)):
            raise BadValue(word.text, places[0].word.placeholder, places[0].word.allowed)
        raise UnknownKeyword(word.text)

    def _abbreviated(self, typed: str, state: State) -> Iterator[Keyword]:
        """The keywords that a word can stand for."""
        if state is self._states[0] and typed in self._beginnings:
            return iter(())
        return state.beginning_with(typed)

    def _any_keyword(self, state: State) -> bool:
        return any(self._sees(word.least, word.hidden) for word in state.keywords.values())


class _Walk:
    """One way through the states of a language: where it has come, and the words on the way."""

    def __init__(self, language: Language, state: State) -> None:
        self.language = language
        self.state = state
        self.keywords: list[str] = []
        self.spellings: list[str] = []
        self.values: list[tuple[str, Value]] = []
        self.secrets: list[tuple[int, str]] = []
        self.places: list[int] = []

    def follow(self, target: int) -> None:
        """Go on to a state, or to where a command goes on in another mode."""
        self.state = self.language._states[target]
        other = self.language._continued(self.state)
        if other is not None:
            rule = self.language._rules[self.state.rule]
            behind = " ".join(rule.continues.split()[1:])
            other_way = other._walk(words_of(behind))
            self.language, self.state = other, other_way.state
            self.keywords, self.spellings = other_way.keywords, other_way.spellings

    def take_value(self, place: ValueWord, word: Word) -> None:
        """Read a value. Raises BadValue."""
        try:
            value = KINDS[place.kind].read(word, place.low, place.high)
        except Unfit:
            raise BadValue(word.text, place.placeholder, place.allowed) from None
        spelling = f"'{word.text}'" if word.quote == "'" else quoted(str(value))
        if word.quote == '"' and not spelling.startswith('"'):
            spelling = f'"{spelling}"'
        self.values.append((place.name, value))
        if KINDS[place.kind].secret:
            self.secrets.append((len(self.spellings), str(value)))
        self.places.append(len(self.spellings))
        self.spellings.append(spelling)

    def command(self, rule: Rule, parts: tuple[Part, ...]) -> Command:
        """The command that was understood."""
        keywords, values = frozenset(self.keywords), dict(self.values)
        return Command(
            rule,
            tuple(self.spellings),
            keywords,
            values,
            tuple(self.values),
            parts,
            tuple(self.secrets),
            frozenset(self.places),
        )


def _at_bars(words: Iterable[Word]) -> tuple[list[Word], list[list[Word]]]:
    """The words of the command, and those of each pipe."""
    pieces: list[list[Word]] = [[]]
    for word in words:
        if word.is_bar and pieces[0]:
            pieces.append([])
        else:
            pieces[-1].append(word)
    return pieces[0], pieces[1:]


def _part(words: list[Word], line: str) -> Part:
    pipes = _pipes()
    walk = pipes._walk(words)
    if pipes._ended(walk.state) is None:
        raise IncompleteCommand(line.strip())
    return Part(tuple(walk.spellings), frozenset(walk.keywords), dict(walk.values))


@cache
def _pipes() -> Language:
    return Language(compiled().mode(PIPES).automaton, Privilege.INSPECTOR, False)


def words_of(line: str) -> list[Word]:
    """The words of `line`; raises OpenQuote, a LineError, when a quote is left open."""
    try:
        return split(line)
    except MissingQuote:
        raise OpenQuote from None


@cache
def language(mode_name: str, privilege: Privilege, hidden: bool = False) -> Language:
    """The language of a mode for users of a level."""
    automaton = compiled().mode(mode_name).automaton
    return Language(automaton, privilege, hidden, compiled().beginnings)


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


def parse_test_command(line: str) -> Command | None:
    """The test command of a line, None when it is another command. Raises LineError.

    The test commands of Exec mode are all the faults there are; nothing has to open them here.
    """
    command = language("exec", Privilege.SECURITY, True).parse(line)
    return command if command.rule.hidden else None
