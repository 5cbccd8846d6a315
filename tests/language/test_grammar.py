"""The grammar files: complete, and without two meanings for one line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from staros_cli import commands
from staros_cli.chassis.privilege import Privilege
from staros_cli.commands.engine import HANDLERS
from staros_cli.language import compiled, grammar
from staros_cli.language.compiled import CompiledMode, mode_names
from staros_cli.language.errors import GrammarError
from staros_cli.language.grammar import help_texts
from staros_cli.language.parser import parse, words_of
from staros_cli.language.rules import FIRST_WORD, Rule, grammar_directory
from staros_cli.language.values import KINDS
from tests.language.command_lines import EXAMPLES, line_of, places
from tests.language.command_lines import commands as command_lines
from tests.language.small_grammar import MODES, WORDS, compiled_mode, language_of, write_grammar

ALL_MODES = [compiled.mode(name) for name in mode_names()]
by_mode = pytest.mark.parametrize("mode", ALL_MODES, ids=lambda mode: mode.name)


def test_exec_and_global_configuration_come_first() -> None:
    assert mode_names()[:2] == ["exec", "config"]


def test_every_command_has_a_handler_unless_it_is_kept() -> None:
    commands.load()
    wanted = {
        rule.name for mode in ALL_MODES for rule in mode.rules if not (rule.kept or rule.continues)
    }
    assert set(HANDLERS) == wanted


@by_mode
def test_a_mode_is_described_whole(mode: CompiledMode) -> None:
    assert mode.title
    assert mode.prompt == "" if mode.name == "exec" else re.fullmatch(r"\(.+\)", mode.prompt)
    for rule in mode.rules:
        assert rule.summary.endswith("."), rule.name
        assert not rule.opens or rule.opens in (FIRST_WORD, *mode_names()), rule.name
    for state in mode.automaton.states:
        for keyword in state.keywords.values():
            assert keyword.help, keyword.spelling
            assert not keyword.help.endswith("."), keyword.spelling
        for value in state.values:
            assert value.word.help, value.word.placeholder
            assert not value.word.help.endswith("."), value.word.placeholder


def test_every_help_text_is_shown_somewhere() -> None:
    shown = {
        text
        for name in compiled.compiled().names
        for state in compiled.mode(name).automaton.states
        for text in (
            *(keyword.spelling for keyword in state.keywords.values()),
            *(value.word.placeholder for value in state.values),
        )
    }
    assert set(help_texts(grammar_directory())) <= shown


def test_a_help_text_of_a_command_differs_from_the_common_one() -> None:
    """A text in place is an exception."""
    common = help_texts(grammar_directory())
    for path in grammar_directory().glob("*.lark"):
        for word, text in re.findall(r"^//\? (<[^>]+>|\S+): (.*)$", path.read_text(), re.MULTILINE):
            assert common.get(word) != text, f"{path.name}: {word}"


@by_mode
def test_every_rule_can_be_typed(mode: CompiledMode) -> None:
    typed = {
        parse(line_of(steps), mode.name, Privilege.SECURITY, hidden=True).rule.name
        for steps in command_lines(mode.name)
    }
    assert typed == {rule.name for rule in mode.rules if not rule.continues}


def test_every_kind_of_value_has_an_example() -> None:
    assert set(EXAMPLES) == set(KINDS) - {"integer"}


@by_mode
def test_two_values_of_one_place_have_different_shapes(mode: CompiledMode) -> None:
    for steps, expected in places(mode.name):
        ranks = [KINDS[value.kind].rank for value in expected.values]
        assert len(set(ranks)) == len(ranks), steps


# Notes of files

GOOD = """%import .values (integer)

//! mode test, section two

// Shows a thing.
//? thing: The thing of this command
//: inspector
show_thing: "show" "thing" [integer{"number", "1..9"}]
"""


def only_rule(text: str) -> Rule:
    (rule,) = compiled_mode(text).rules
    return rule


def test_a_good_file_is_read() -> None:
    rule = only_rule(GOOD)
    assert rule.summary == "Shows a thing."
    assert (rule.section, rule.family, rule.place) == ("two", "test", "test.lark:8")
    assert rule.syntax == "show thing [ <number> ]"
    assert language_of(GOOD).parse("sh t 5").number("number") == 5


def test_the_help_of_a_command_comes_before_the_common_one() -> None:
    (first,) = compiled_mode(GOOD).automaton.states[0].keywords.values()
    assert first.help == "Displays"
    (second,) = compiled_mode(GOOD).automaton.states[first.target].keywords.values()
    assert second.help == "The thing of this command"


def test_a_word_of_one_command_has_the_help_of_that_command() -> None:
    text = '//! mode test\n\n// Clears all.\n//: operator\nclear: "clear" "thing"\n'
    (first,) = compiled_mode(text).automaton.states[0].keywords.values()
    assert first.help == "Clears all"


def kept(line: str) -> dict[str, Rule]:
    text = f"%import .values (integer, name)\n\n//! mode test, section one\n\n{line}\n"
    return {rule.name: rule for rule in compiled_mode(text).rules}


def test_a_kept_command_is_one_line() -> None:
    rules = kept(
        'delay: "arp" "delay" integer{"seconds", "1..60"}  // k, no, default: Sets the delay'
    )
    assert list(rules) == ["delay", "no_delay", "default_delay"]
    rule = rules["delay"]
    assert rule.kept
    assert (rule.keeps, rule.section, rule.evidence) == ("arp delay", "one", "client")
    assert (rule.privilege, rule.summary) == (Privilege.ADMINISTRATOR, "Sets the delay.")
    assert [(r.syntax, r.drops, r.keeps) for r in list(rules.values())[1:]] == [
        ("no arp delay", "arp delay", ""),
        ("default arp delay", "arp delay", ""),
    ]


@pytest.mark.parametrize(
    ("line", "key", "undone"),
    [
        ('pool: "ip" "pool" name{"pool", "1..31"} "private"  // d, no, named: A pool',
         "ip pool <pool>", "no ip pool <pool>"),
        ('rule: "ip" "any" integer{"port", "1..9"}  // d, no, list: A rule',
         "*", "no ip any <port>"),
        ('on: "no" "shutdown"  // d, no: Use', "no shutdown", "shutdown"),
    ],
)  # fmt: skip
def test_what_a_kept_line_is_found_by_and_how_it_is_removed(
    line: str, key: str, undone: str
) -> None:
    rule, undoing = kept(line).values()
    assert rule.keeps == undoing.drops == key
    assert undoing.syntax == undone
    assert undoing.summary == ("Removes such a line." if key == "*" else f"Removes `{key}`.")


def test_both_forms_of_a_switch_are_kept_in_one_place() -> None:
    on, off = kept('log: "logging" "console"  // d, switch: Logs at the console').values()
    assert (on.keeps, off.keeps, off.drops) == ("logging console", "logging console", "")
    assert off.syntax == "no logging console"


def test_a_kept_line_that_opens_a_mode_is_removed_without_a_question() -> None:
    text = (
        '%import .values (name)\n\n//! mode test\n\napn: "apn" name{"apn", "1..62"} ["-noconfirm"]'
    )
    language = language_of(text + "  // d, no, named, opens inner: Enters an APN\n")
    assert language.parse("no apn internet -noconfirm").rule.name == "no_apn"


def test_lines_that_are_removed_alike_share_the_form() -> None:
    text = (
        "%import .values (integer, name)\n\n//! mode test\n\n"
        'one: "limit" integer{"limit", "1..9"}  // d, no: A limit\n'
        'two: "limit" "none"  // d, no, keeps limit: No limit\n'
    )
    assert [rule.name for rule in compiled_mode(text).rules] == ["one", "no_one", "two"]


@pytest.mark.parametrize(
    "body",
    [
        '("a" | "b" integer{"n", "1..9"} | "c")*',
        '("a" integer{"n", "1..9"})+',
        '"a" ["b"] ["c" integer{"n", "1..9"}]',
    ],
)
def test_options_may_come_in_any_order_and_many_times(body: str) -> None:
    text = f'%import .values (integer)\n\n//! mode test\n\nx: "x" {body}  // d: Does it\n'
    language = language_of(text)
    for line in {"(": ["x c b 3 a", "x a c c"], '"': ["x a b c 5", "x a c 5"]}[body[0]]:
        if body.startswith('("a" integer'):
            line = "x a 1 a 2"
            assert language.parse(line).all("n") == [1, 2]
        assert language.parse(line).line == line


# Files that break the form


@pytest.mark.parametrize(
    ("good", "bad", "place"),
    [
        ("//: inspector", "//: nobody", "8:1"),
        ("//: inspector", "//: inspector, keep thing", "8:1"),
        ("//: inspector", "//: inspector, stored", "8:1"),
        ("//: inspector", "//: inspector, keeps thing <other>", "8:1"),
        ("//: inspector", "//: inspector, opens nowhere", "8:1"),
        ("//: inspector\n", "", "7:1"),
        ("//: inspector\n", "//: inspector\n//: operator\n", "8:4"),
        ("//: inspector\n", "//: inspector\n\n", "8:1"),
        ("//? thing: The", "//? thing The", "6:4"),
        ("integer{", "roman{", "8:29"),
        ('"1..9"', '"9..1"', "8:29"),
        ('"1..9"', '"one"', "8:29"),
        (', "1..9"', "", "8:29"),
        ('"thing" [', '"thing" [[', "8:56"),
        ('"thing" [', "thing [", "8:20"),
        ('"thing" [', '"thing" _show [', "8:28"),
        ('"show"', '"show', "8:47"),
        ('"show"', "show!", "8:17"),
        ("show_thing:", "show_thing", "8:12"),
        ('"show" "thing" ', "", "8:1"),
        ("//! mode test", "//! mde test", "3:5"),
        ("//! mode test", "//! mode other", "8:1"),
        ("section two", "section three", "8:1"),
        ("%import", "%important", "1:1"),
    ],
)
def test_a_file_that_breaks_the_form_is_refused_with_line_and_column(
    tmp_path: Path, good: str, bad: str, place: str
) -> None:
    assert good in GOOD
    write_grammar(tmp_path, GOOD.replace(good, bad, 1))
    with pytest.raises(GrammarError) as caught:
        compiled.load(tmp_path, None)
    line, _, column = place.partition(":")
    assert str(caught.value).startswith(f"test.lark:{line}:{column}: ")


def test_modes_and_help_texts_are_checked(tmp_path: Path) -> None:
    for modes, words, file in (
        ("[test]\ntitel = 1\n", WORDS, "modes.toml"),
        ("[test\n", WORDS, "modes.toml"),
        (MODES, "show Displays\n", "words.txt:1"),
        (MODES, "show: One\nshow: Two\n", "words.txt:2"),
    ):
        write_grammar(tmp_path, GOOD, modes, words)
        with pytest.raises(GrammarError, match=rf"^{file}:"):
            compiled.load(tmp_path, None)


def test_a_second_rule_of_a_name_is_refused() -> None:
    again = '\n//: operator\nshow_thing: "show" "else"\n'
    with pytest.raises(GrammarError, match=r"^test\.lark:11:1: a second rule show_thing"):
        compiled_mode(GOOD + again)


def test_a_piece_that_is_not_imported_is_named_with_its_home() -> None:
    text = '//! mode test\n\nx: "x" integer{"n", "1..9"}  // d: X\n'
    expected = r"^test\.lark:3:8: unknown piece integer: expected %import \.values \(integer\) at"
    with pytest.raises(GrammarError, match=expected):
        compiled_mode(text)


def test_a_piece_that_contains_itself_is_refused() -> None:
    text = '//! mode test\n\n//: operator\nx: "x" _y\n_y: "y" [_y]\n'
    with pytest.raises(GrammarError, match=r"^test\.lark:5:10: _y contains itself"):
        compiled_mode(text)


# Two meanings


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ('"show" "a" ["b"]', '"show" "a"', '"show a" could be either'),
        ('"show" ("a" | "b")*', '"show" "b" ["c"]', '"show b" could be either'),
        ('"show" "A"', '"show" "a"', '"show A" could be either'),
        (
            '"show" integer{"slot", "1..48"} "a"',
            '"show" integer{"port", "1..9"} "b"',
            "could be <slot> (an integer from 1 to 48) or <port> (an integer from 1 to 9)",
        ),
    ],
)
def test_two_commands_of_one_meaning_are_named_with_their_places(
    one: str, other: str, reason: str
) -> None:
    text = "%import .values (integer)\n\n//! mode test\n\n"
    text += f"one: {one}  // d: One\nother: {other}  // d: Other\n"
    with pytest.raises(GrammarError) as caught:
        compiled_mode(text)
    message = str(caught.value)
    assert re.match(r"test\.lark:6:1: other and one \(test\.lark:5\): ", message), message
    assert reason.lower() in message.lower()


def test_values_of_one_place_are_told_apart_by_their_kinds() -> None:
    text = "%import .values (integer, ipv4, name)\n\n//! mode test\n\n"
    text += (
        'one: "x" ipv4{"address"} "a"  // d: One\nother: "x" name{"name", "1..63"} "b"  // d: Two\n'
    )
    language = language_of(text)
    assert language.parse("x 10.1.2.3 a").rule.name == "one"
    assert language.parse("x core b").rule.name == "other"


def test_the_real_grammar_is_read_from_its_directory() -> None:
    assert set(grammar.read_grammar(grammar_directory())) == set(compiled.compiled().names)


def test_a_piece_has_help_in_place_that_a_command_can_replace() -> None:
    text = """%import .values (integer)

//! mode test, section one

// Shows a thing.
//: inspector
show_thing: "show" "thing" _which

// Ends a thing.
//? part: The part to end
//: inspector
end_thing: "end" "thing" _which

//? part: The part of a thing
//? <number>: Number of the part
_which: "part" integer{"number", "1..9"}
"""
    language = language_of(text)

    def help_after(line: str) -> list[str]:
        expected = language.expected_after(words_of(line))
        return [*(w.help for w in expected.keywords), *(v.help for v in expected.values)]

    assert help_after("show thing") == ["The part of a thing"]
    assert help_after("end thing") == ["The part to end"]
    assert help_after("show thing part") == ["Number of the part"]
