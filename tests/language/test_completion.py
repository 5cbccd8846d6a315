"""The knowledge of `?` and Tab."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staros_cli.chassis.privilege import Privilege
from staros_cli.language import compiled, completion
from staros_cli.language.compiled import mode_names
from staros_cli.language.completion import Completion
from staros_cli.language.errors import LineError
from staros_cli.language.parser import parse, words_of
from staros_cli.language.words import Word
from staros_cli.rendering.session import help_lines
from tests.language.command_lines import Steps, all_commands, beginnings, edges, line_of, places
from tests.language.small_grammar import small_language

COMMANDS = all_commands()


def texts(line: str, mode: str = "exec", privilege: Privilege = Privilege.SECURITY) -> list[str]:
    return [found.text for found in completion.suggest(line, mode, privilege, hidden=True)]


def tab(line: str, mode: str = "exec", privilege: Privilege = Privilege.SECURITY) -> Completion:
    return completion.complete(
        line, lambda line: completion.suggest(line, mode, privilege, hidden=True)
    )


def inserted(line: str, mode: str = "exec") -> str:
    return line + tab(line, mode).insert


# The question mark


def test_layout_of_help() -> None:
    found = completion.suggest("show version ", "exec", Privilege.SECURITY)
    assert help_lines(found) == [
        "  verbose - Displays detailed version information",
        "  |       - Pipeline",
        "  <cr>    - newline",
    ]


def test_a_value_shows_what_it_may_be() -> None:
    found = completion.suggest("terminal width ", "exec", Privilege.SECURITY)
    assert help_lines(found) == ["  <columns> - Characters of a line, an integer from 5 to 512"]


def test_behind_a_blank_all_that_may_come_next_is_listed() -> None:
    assert texts("show session recovery ") == ["status"]
    assert texts("show card table ") == ["all", "|", "<cr>"]
    assert texts("save configuration ") == [
        "-noconfirm",
        "-redundant",
        "ignore-locks",
        "<url>",
        "<cr>",
    ]


def test_at_the_end_of_a_word_those_that_begin_so_are_listed() -> None:
    assert texts("sh") == ["show"]
    assert texts("show se") == ["service", "session"]
    assert texts("show SE") == ["service", "session"]
    assert texts("show version") == ["version"]
    assert texts("show x") == []


def test_a_value_that_is_being_typed_is_explained() -> None:
    assert texts("terminal length 2") == ["<lines>"]


@pytest.mark.parametrize("line", ["foo ", "show foo ", "co v", 'show "a', "terminal width 4 "])
def test_behind_what_is_no_beginning_of_a_command_there_is_an_error(line: str) -> None:
    with pytest.raises(LineError):
        texts(line)


@pytest.mark.parametrize("mode", mode_names())
def test_words_are_listed_in_alphabetical_order_and_each_has_a_meaning(mode: str) -> None:
    for steps, expected in places(mode):
        found = completion.suggest(line_of((*steps,)) + " ", mode, Privilege.SECURITY, hidden=True)
        words = [x.text for x in found if x.typeable and x.text != "|"]
        assert words == sorted(words, key=str.lower)
        assert all(x.help for x in found)
        assert ("<cr>" in [x.text for x in found]) == expected.end


def test_help_in_pipes() -> None:
    assert texts("show version | ") == ["grep", "more"]
    assert texts("show version |") == ["grep", "more"]
    assert texts("show version | grep ") == ["-E", "-i", "-n", "-v", "<pattern>"]
    assert texts("show version | grep -") == ["-E", "-i", "-n", "-v", "<pattern>"]
    assert texts("show version | grep -e") == ["-E"]
    assert texts("show version | grep a ") == ["|", "<cr>"]


def test_no_pipe_is_offered_where_a_command_prints_nothing() -> None:
    assert "|" not in texts("terminal length 5 ")


# Tab


@pytest.mark.parametrize(
    ("line", "completed"),
    [
        ("sh", "show "),
        ("show ver", "show version "),
        ("sh ver", "sh version "),
        ("show version", "show version "),
        ("SHOW VER", "SHOW VERsion "),
        ("show se", "show se"),
        ("show lic", "show license "),
        ("auto", "autoconfirm "),
        ("co", "co"),
        ("show version |g", "show version |grep "),
        ("show version | m", "show version | more "),
        ("show version | grep -e", "show version | grep -e "),
        ("save configuration -", "save configuration -"),
        ("", ""),
        ("foo", "foo"),
        ("terminal length 2", "terminal length 2"),
        ('show "ver"', 'show "ver"'),
    ],
)
def test_tab_completes_what_is_unique(line: str, completed: str) -> None:
    assert inserted(line) == completed


def test_tab_adds_what_several_words_share_and_then_lists_them() -> None:
    assert inserted("con") == "con"
    assert [found.text for found in tab("con").choices] == ["configure", "context"]
    assert inserted("show sub") == "show subscribers "
    assert inserted("re") == "re"
    assert inserted("no") == "no "


def test_a_keyword_that_begins_another_stays_offered() -> None:
    expected = small_language().expected_after([])
    for typed in ("", "c", "call", "CALL"):
        found = [suggestion.text for suggestion in completion.suggestions(expected, Word(typed))]
        assert [text for text in found if text.startswith("call")] == ["call", "call-id"]
    assert [x.text for x in completion.suggestions(expected, Word("call-"))] == ["call-id"]


@pytest.mark.parametrize("mode", mode_names())
def test_tab_completes_every_word_that_leaves_no_doubt(mode: str) -> None:
    for its_mode, steps in COMMANDS:
        for number, step in enumerate(steps):
            if its_mode != mode or step.keyword is None or step.expected.values:
                continue
            before = line_of(steps[:number])
            longer = len(step.expected.beginning_with(step.typed)) > 1
            for short in beginnings(step)[: -1 if longer else None]:
                line = f"{before} {short}".lstrip()
                assert inserted(line, mode) == f"{before} {step.typed} ".lstrip()


@given(st.sampled_from(COMMANDS), st.data())
def test_every_word_that_is_offered_is_taken(
    command: tuple[str, Steps], data: st.DataObject
) -> None:
    mode, steps = command
    before = line_of(steps[: data.draw(st.integers(0, len(steps)))])
    for found in completion.suggest(f"{before} ", mode, Privilege.SECURITY, hidden=True):
        if found.text == "<cr>":
            parse(before, mode, Privilege.SECURITY, hidden=True)
        elif found.typeable:
            texts(f"{before} {found.text} ", mode)


@given(st.text(), st.sampled_from(mode_names()), st.sampled_from(Privilege))
def test_any_text_gets_an_answer_or_an_error(line: str, mode: str, privilege: Privilege) -> None:
    for ask in (texts, tab):
        with suppress(LineError):
            ask(line, mode, privilege)


# Users


def leading_to_a_command(mode: str, privilege: Privilege) -> set[int]:
    """The states of a mode from which a command can be completed that a user may give."""
    machine = compiled.mode(mode).automaton
    found = {
        number
        for number, state in enumerate(machine.states)
        if state.rule >= 0 and machine.rules[state.rule].privilege <= privilege
    }
    size = -1
    while len(found) > size:
        size = len(found)
        for number, state in enumerate(machine.states):
            targets = {word.target for word in state.keywords.values()}
            if found & (targets | {value.target for value in state.values}):
                found.add(number)
    return found


@pytest.mark.parametrize("privilege", Privilege)
@pytest.mark.parametrize("mode", mode_names())
def test_only_what_the_user_may_use_is_offered(mode: str, privilege: Privilege) -> None:
    leading = leading_to_a_command(mode, privilege)
    for steps, number in edges(mode):
        if number not in leading or line_of(steps) == "do show":
            continue
        state = compiled.mode(mode).automaton.states[number]
        allowed = {word.spelling for word in state.keywords.values() if word.target in leading}
        offered = texts(f"{line_of(steps)} ", mode, privilege)
        assert {text for text in offered if not re.fullmatch(r"<.+>|\|", text)} == allowed


def test_an_inspector_is_not_offered_what_changes_the_system() -> None:
    offered = texts("", privilege=Privilege.INSPECTOR)
    assert "show" in offered
    assert not {"configure", "reload", "save", "delete"} & set(offered)


def test_words_before_the_cursor_count_and_not_their_blanks() -> None:
    assert [word.text for word in words_of(" show  clock ")] == ["show", "clock"]
    assert texts(" show  cloc") == ["clock"]
