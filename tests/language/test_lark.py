"""The grammar files are Lark's, and Lark's own parser takes the lines that ours takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Lark, Token, UnexpectedInput
from lark.lexer import Lexer

from staros_cli.chassis.privilege import Privilege
from staros_cli.language.errors import BadValue, IncompleteCommand, LineError
from staros_cli.language.parser import Command, language, words_of
from staros_cli.language.reader import read_file
from staros_cli.language.rules import Rule, grammar_directory
from tests.language.command_lines import Steps, all_commands, line_of

FILES = sorted(grammar_directory().glob("*.lark"))


class _Kinds(str):
    """The type of a token that several terminals match: equal to each of their names."""

    names: frozenset[str]

    def __eq__(self, other: object) -> bool:
        return other in self.names

    def __hash__(self) -> int:
        return hash(str(self))


class _Words(Lexer):
    """Splits a line as a session does, and leaves to the parser which terminal a word is.

    A word in quotes is a value, whose terminal has the name of its file in front; a bar is none.
    """

    def __init__(self, lexer_conf: Any) -> None:
        self._terminals = [
            (terminal.name, terminal.pattern.to_regexp()) for terminal in lexer_conf.terminals
        ]

    def lex(self, lexer_state: Any, parser_state: Any = None) -> Iterator[Token]:
        for word in words_of(str(getattr(lexer_state, "text", lexer_state))):
            kinds = _Kinds(word.text)
            kinds.names = frozenset(
                name
                for name, pattern in self._terminals
                if re.fullmatch(pattern, word.text)
                and not (word.quote if name.isupper() else word.is_bar)
            )
            yield Token(kinds, word.text)


def commands_of(file: str) -> list[str]:
    """The rules of a file that are commands."""
    return [
        name
        for name, definition in read_file(grammar_directory() / file).definitions.items()
        if not name.startswith("_") and not definition.parameters
    ]


@cache
def lark_of(file: str) -> Lark:
    return Lark.open(
        str(grammar_directory() / file), start=commands_of(file), parser="earley", lexer=_Words
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_lark_loads_every_file(path: Any) -> None:
    starts = commands_of(path.name) or ["_start"]
    text = path.read_text() + ('\n_start: "x"\n' if starts == ["_start"] else "")
    assert Lark(text, start=starts, import_paths=[str(grammar_directory())], source_path=str(path))


def lark_takes(rule: Rule, line: str) -> bool:
    try:
        lark_of(rule.place.partition(":")[0]).parse(line, start=rule.name)
    except UnexpectedInput:
        return False
    return True


def understood(mode: str, line: str) -> Command | None:
    """The command of a line, None where it is none or has a value out of its range."""
    try:
        return language(mode, Privilege.SECURITY, hidden=True).parse(line)
    except LineError:
        return None


def parsed(mode: str, line: str) -> Rule | None:
    """The rule of a line, None where it is no command."""
    command = understood(mode, line)
    return command.rule if command else None


def out_of_range(mode: str, line: str) -> bool:
    """Whether only a value stands in the way, whose limits Lark does not know."""
    try:
        language(mode, Privilege.SECURITY, hidden=True).parse(line)
    except BadValue:
        return True
    except LineError:
        return False
    return False


def in_a_file(rule: Rule) -> bool:
    return rule.name in commands_of(rule.place.partition(":")[0])


def test_lark_takes_every_command() -> None:
    for mode, steps in all_commands():
        line = line_of(steps)
        rule = parsed(mode, line)
        assert rule is not None
        if in_a_file(rule):
            assert lark_takes(rule, line), line


def _damaged(steps: Steps, data: st.DataObject) -> str:
    """A command with a word left out, doubled, or moved."""
    words = [step.typed for step in steps]
    place = data.draw(st.integers(0, len(words) - 1))
    act = data.draw(st.sampled_from(["leave out", "double", "swap", "add"]))
    if act == "leave out":
        del words[place]
    elif act == "double":
        words.insert(place, words[place])
    elif act == "swap":
        other = data.draw(st.integers(0, len(words) - 1))
        words[place], words[other] = words[other], words[place]
    else:
        words.insert(place, data.draw(st.sampled_from(["all", "no", "verbose", "7", "core", "|"])))
    return " ".join(words)


def _reads_on(mode: str, line: str, steps: Steps) -> bool:
    """Whether a word was read as a keyword that misses its value, which Lark takes as an option."""
    free = any(value.kind == "option" for step in steps for value in step.expected.values)
    try:
        language(mode, Privilege.SECURITY, hidden=True).parse(line)
    except IncompleteCommand:
        return free
    except LineError:
        return False
    return False


@settings(max_examples=300)
@given(st.sampled_from(all_commands()), st.data())
def test_lark_and_ours_take_the_same_lines(command: tuple[str, Steps], data: st.DataObject) -> None:
    mode, steps = command
    rule = parsed(mode, line_of(steps))
    assert rule is not None
    if not in_a_file(rule):
        return
    line = _damaged(steps, data)
    ours = understood(mode, line)
    if ours is not None and in_a_file(ours.rule):
        # A word may have become the beginning of another, which Lark takes in full only.
        assert lark_takes(ours.rule, " ".join(ours.whole)), line
    if lark_takes(rule, line) and not (out_of_range(mode, line) or _reads_on(mode, line, steps)):
        assert ours is not None, line
        assert ours.rule == rule, line
