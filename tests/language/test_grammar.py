"""The grammar files: complete, and without two meanings for one word."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from staros_cli import commands
from staros_cli.chassis.privilege import Privilege
from staros_cli.commands.engine import HANDLERS
from staros_cli.language import grammar
from staros_cli.language.grammar import GrammarFault, Mode, mode_names
from staros_cli.language.parser import END, Language, language, parse
from staros_cli.language.values import KINDS
from tests.language.command_lines import EXAMPLES, line_of, places
from tests.language.command_lines import commands as command_lines

MODES = [grammar.mode(name) for name in mode_names()]
by_mode = pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)


def test_exec_and_global_configuration_come_first() -> None:
    assert mode_names()[:2] == ["exec", "config"]


def test_every_command_has_a_handler_unless_it_is_stored_only() -> None:
    commands.load()
    wanted = {r.name for mode in MODES for r in mode.rules.values() if not r.stored_only}
    assert set(HANDLERS) == wanted


@by_mode
def test_a_mode_is_described_whole(mode: Mode) -> None:
    assert mode.title
    assert mode.prompt == "" if mode.name == "exec" else re.fullmatch(r"\(config.*\)", mode.prompt)
    for word in (*mode.keywords.values(), *mode.values.values()):
        assert word.help.strip(), word.name
        assert not word.help.endswith("."), word.name
    for rule in mode.rules.values():
        assert rule.summary.endswith("."), rule.name
        assert not rule.opens or rule.opens in mode_names(), rule.name


@by_mode
def test_what_a_command_keeps_can_be_filled_in(mode: Mode) -> None:
    """A configuration line is found again by its key, so each place of it must be a value."""
    placeholders = [value.placeholder for value in mode.values.values()]
    for rule in mode.rules.values():
        for place in re.findall(r"<[^>]+>", rule.keeps + rule.drops):
            assert placeholders.count(place) == 1, rule.name


@by_mode
def test_every_rule_can_be_typed(mode: Mode) -> None:
    typed = {
        parse(line_of(steps), mode.name, Privilege.SECURITY, hidden=True).rule.name
        for steps in command_lines(mode.name)
    }
    assert typed == set(mode.rules)


def test_every_value_has_an_example_of_its_kind() -> None:
    values = {name: value for mode in MODES for name, value in mode.values.items()}
    assert set(EXAMPLES) == set(values)
    assert {value.kind for value in values.values()} <= set(KINDS)


@by_mode
@pytest.mark.parametrize("privilege", Privilege)
@pytest.mark.parametrize("hidden", [False, True])
def test_every_level_has_its_language_in_every_mode(
    mode: Mode, privilege: Privilege, hidden: bool
) -> None:
    built = language(mode.name, privilege, hidden)
    assert set(built.rules) == {rule.name for rule in mode.rules_for(privilege, hidden)}


@by_mode
def test_no_state_of_the_parser_has_two_meanings_for_a_word(mode: Mode) -> None:
    """Goes through all LALR states, whatever line leads there."""
    tables = language(mode.name, Privilege.SECURITY, hidden=True).tables
    for state, actions in enumerate(zip(tables.shifts, tables.reductions, strict=True)):
        names = sorted({name for action in actions for name in action} - {END})
        spellings = [mode.keywords[n].spelling.lower() for n in names if n in mode.keywords]
        assert len(spellings) == len(set(spellings)), (state, names)
        assert sum(name in mode.values for name in names) <= 1, (state, names)
        assert set(names) <= {*mode.keywords, *mode.values}, (state, names)


@by_mode
def test_no_place_of_a_line_takes_two_values(mode: Mode) -> None:
    for steps, expected in places(mode.name):
        assert len(expected.values) <= 1, steps


# Files that break the form

GOOD = """//! title Test
//! prompt (test)

// Shows a thing.
//: inspector
show_thing: SHOW THING [NUMBER]

SHOW: "show"  // Displays
THING: "thing"  // A thing
NUMBER: /[0-9]+/  // <number> integer 1..9: Number of the thing
"""

Reads = Callable[[str], Mode]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reads:
    """Reads a text as the grammar file `test.lark`, beside an empty `values.lark`."""
    monkeypatch.setattr(grammar, "grammar_directory", lambda: tmp_path)

    def read_text(text: str) -> Mode:
        (tmp_path / "values.lark").write_text("")
        (tmp_path / "test.lark").write_text(text)
        return grammar.mode.__wrapped__("test")

    return read_text


def test_a_good_file_is_read(read: Reads) -> None:
    mode = read(GOOD)
    assert (mode.title, mode.prompt) == ("Test", "(test)")
    assert mode.rules["show_thing"].summary == "Shows a thing."
    assert mode.values["NUMBER"].allowed == "an integer from 1 to 9"
    line = Language(mode, mode.rules_for(Privilege.INSPECTOR, False), None).parse("sh t 5")
    assert line.number("NUMBER") == 5


@pytest.mark.parametrize(
    ("good", "bad", "line"),
    [
        ("//: inspector", "//: nobody", 6),
        ("//: inspector", "//: inspector, keep thing", 6),
        ("//: inspector", "//: inspector, stored", 6),
        ("<number> integer 1..9: N", "N", 10),
        ("<number> integer", "<number> roman", 10),
        ("  // A thing", "", 9),
        ("  // Displays", "  //", 8),
        ("1..9", "9..1", 10),
        ("/[0-9]+/", "/[0-9+/", 10),
        ('"thing"', '"thing" | "other"', 9),
        ("//! prompt", "//! promt", 2),
        ("show_thing: SHOW", "SHOW_THING: SHOW", 6),
        ("//: inspector\n", "//: inspector\n//: operator\n", 6),
    ],
)
def test_a_file_that_breaks_the_form_is_refused_with_its_line(
    read: Reads, good: str, bad: str, line: int
) -> None:
    assert good in GOOD
    with pytest.raises(GrammarFault, match=rf"^test\.lark:{line}: "):
        read(GOOD.replace(good, bad, 1))


def test_a_second_rule_or_word_of_a_name_is_refused(read: Reads) -> None:
    for line, again in (
        (13, "\n//: operator\nshow_thing: SHOW\n"),
        (11, 'THING: "else"  // Another\n'),
    ):
        with pytest.raises(GrammarFault, match=rf"^test\.lark:{line}: "):
            read(GOOD + again)
