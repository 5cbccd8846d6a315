"""Building the automaton of a mode from its rules.

It is built from positions (the places of symbols in rules): a state stands for the set of positions
that may come next. Only needed when the grammar files have changed.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from staros_cli.language.automaton import Automaton, Keyword, State, Value
from staros_cli.language.errors import GrammarError
from staros_cli.language.grammar import Mode
from staros_cli.language.rules import Rule
from staros_cli.language.symbols import Body, Fixed, Options, Repeated, Symbols, ValueWord
from staros_cli.language.values import KINDS

NOBODY = 9
"""A privilege that nobody has."""


def build(mode: Mode, help_texts: dict[str, str]) -> Automaton:
    """The automaton of a mode.

    Raises GrammarError when two commands cannot be told apart; both are named.
    """
    return _Builder(mode, help_texts).build()


_Label = str | ValueWord


class _Builder:
    """Positions are numbers; `_symbols` tells what stands at each, a rule at the end of one."""

    def __init__(self, mode: Mode, help_texts: dict[str, str]) -> None:
        self._help_texts = help_texts
        self._mode = mode
        self._rules = list(mode.rules.values())
        self._symbols: list[Fixed | ValueWord | int] = []
        self._follow: list[set[int]] = []
        self._owner: list[int] = []
        self._rule = 0

    def build(self) -> Automaton:
        first: set[int] = set()
        for number, rule in enumerate(self._rules):
            self._rule = number
            empty, begins, ends = self._walk(self._mode.bodies[rule.name])
            if empty:
                raise _refusal(rule, "the command has no word that must stand")
            first |= begins
            end = self._position(number)
            for position in ends:
                self._follow[position].add(end)
        return self._states(frozenset(first))

    def _position(self, symbol: Fixed | ValueWord | int) -> int:
        self._symbols.append(symbol)
        self._follow.append(set())
        self._owner.append(self._rule)
        return len(self._symbols) - 1

    def _walk(self, body: Body) -> tuple[bool, set[int], set[int]]:
        """Whether a piece can be left out, the positions that begin it, and those that end it."""
        if isinstance(body, Fixed | ValueWord):
            alone = {self._position(body)}
            return False, alone, alone
        if isinstance(body, Options):
            found = [self._walk(option) for option in body.options]
            begins = set[int]().union(*(b for _, b, _ in found))
            return any(e for e, _, _ in found), begins, set[int]().union(*(e for _, _, e in found))
        if isinstance(body, Repeated):
            empty, begins, ends = self._walk(body.item)
            if body.many:
                for position in ends:
                    self._follow[position] |= begins
            return empty or not body.needed, begins, ends
        return self._walk_sequence(body)

    def _walk_sequence(self, body: Symbols) -> tuple[bool, set[int], set[int]]:
        empty, begins, ends = True, set[int](), set[int]()
        for item in body.items:
            its_empty, its_begins, its_ends = self._walk(item)
            for position in ends:
                self._follow[position] |= its_begins
            begins = begins | its_begins if empty else begins
            ends = ends | its_ends if its_empty else its_ends
            empty = empty and its_empty
        return empty, begins, ends

    def _states(self, first: frozenset[int]) -> Automaton:
        numbers = {first: 0}
        paths: dict[int, str] = {0: ""}
        waiting = [first]
        shapes: list[tuple[dict[_Label, tuple[int, list[int]]], int]] = []
        while len(shapes) < len(waiting):
            state = len(shapes)
            groups, rule = self._groups(waiting[state], paths[state])
            edges: dict[_Label, tuple[int, list[int]]] = {}
            for label, positions in groups.items():
                following = frozenset[int]().union(*(self._follow[p] for p in positions))
                target = numbers.setdefault(following, len(numbers))
                if target == len(waiting):
                    waiting.append(following)
                    word = label if isinstance(label, str) else label.placeholder
                    paths[target] = f"{paths[state]} {word}".strip()
                edges[label] = target, positions
            shapes.append((edges, rule))
        return self._finished(shapes)

    def _groups(self, positions: frozenset[int], path: str) -> tuple[dict[_Label, list[int]], int]:
        """The positions of a state by what may stand there, and the rule that ends there."""
        groups: dict[_Label, list[int]] = {}
        ended = -1
        for position in sorted(positions):
            symbol = self._symbols[position]
            if isinstance(symbol, int):
                if ended >= 0:
                    self._two_meanings(ended, symbol, f'"{path}" could be either')
                ended = symbol
            elif isinstance(symbol, Fixed):
                groups.setdefault(symbol.spelling.lower(), []).append(position)
            else:
                bare = msgspec.structs.replace(symbol, help="")
                groups.setdefault(bare, []).append(position)
        self._check_values(groups, path)
        return groups, ended

    def _check_values(self, groups: dict[_Label, list[int]], path: str) -> None:
        """Two values at one place need kinds that can be told apart."""
        values = [(value, p[0]) for value, p in groups.items() if isinstance(value, ValueWord)]
        ranks: dict[int, tuple[ValueWord, int]] = {}
        for value, position in values:
            rank = KINDS[value.kind].rank
            if rank in ranks:
                other, its_position = ranks[rank]
                self._two_meanings(
                    self._owner[its_position],
                    self._owner[position],
                    f'what follows "{path}" could be {other.placeholder} ({other.allowed}) '
                    f"or {value.placeholder} ({value.allowed})",
                )
            ranks[rank] = value, position

    def _two_meanings(self, one: int, other: int, problem: str) -> None:
        first, second = self._rules[one], self._rules[other]
        raise _refusal(second, f"{second.name} and {first.name} ({first.place}): {problem}")

    def _finished(self, shapes: list[tuple[dict[_Label, tuple[int, list[int]]], int]]) -> Automaton:
        least = self._privileges([({t for t, _ in e.values()}, rule) for e, rule in shapes])
        states = []
        for edges, rule in shapes:
            keywords: dict[str, Keyword] = {}
            values: list[Value] = []
            for label, (target, positions) in edges.items():
                help = self._help(label, positions)
                if isinstance(label, str):
                    spelling = self._spelling(positions[0])
                    keywords[label] = Keyword(spelling, help, target, *least[target])
                else:
                    word = msgspec.structs.replace(label, help=help)
                    values.append(Value(word, target, *least[target]))
            values.sort(key=lambda value: KINDS[value.word.kind].rank)
            states.append(State(dict(sorted(keywords.items())), tuple(values), rule))
        return Automaton(self._rules, states)

    def _privileges(self, shapes: Sequence[tuple[set[int], int]]) -> list[tuple[int, int]]:
        """The least privilege that reaches the end of a command from each state.

        For commands that are not hidden, and for those that are.
        """
        least = [(NOBODY, NOBODY)] * len(shapes)
        changed = True
        while changed:
            changed = False
            for state in range(len(shapes) - 1, -1, -1):
                targets, number = shapes[state]
                plain, hidden = NOBODY, NOBODY
                if number >= 0:
                    rule = self._rules[number]
                    level = int(rule.privilege)
                    plain, hidden = (NOBODY, level) if rule.hidden else (level, NOBODY)
                for target in targets:
                    plain, hidden = min(plain, least[target][0]), min(hidden, least[target][1])
                if (plain, hidden) != least[state]:
                    least[state], changed = (plain, hidden), True
        return least

    def _spelling(self, position: int) -> str:
        symbol = self._symbols[position]
        assert isinstance(symbol, Fixed)
        return symbol.spelling

    def _help(self, label: _Label, positions: list[int]) -> str:
        """The help of an edge: what the commands there say of it themselves, if they agree.

        Without that the one text of the word, and for a word of one command what that does.
        """
        symbols = (self._symbols[position] for position in positions)
        own = {symbol.help for symbol in symbols if not isinstance(symbol, int)}
        if len(own) == 1 and (text := own.pop()):
            return text
        key = self._spelling(positions[0]) if isinstance(label, str) else label.placeholder
        if key in self._help_texts:
            return self._help_texts[key]
        if len({self._owner[position] for position in positions}) == 1:
            return self._rules[self._owner[positions[0]]].summary.removesuffix(".")
        return ""


def _refusal(rule: Rule, problem: str) -> GrammarError:
    file, _, line = rule.place.rpartition(":")
    return GrammarError(file, int(line), 1, problem)
