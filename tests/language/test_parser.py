"""From a line to a command: abbreviation, values and what goes wrong."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from staros_cli.chassis.privilege import Privilege
from staros_cli.language import compiled
from staros_cli.language.compiled import mode_names
from staros_cli.language.errors import LineError, NotAllowed
from staros_cli.language.parser import Command, parse
from tests.language.command_lines import (
    EXAMPLES,
    Steps,
    all_commands,
    all_keywords,
    beginnings,
    line_of,
)
from tests.language.small_grammar import small_language

COMMANDS = all_commands()
some_command = st.sampled_from(COMMANDS)


def understood(line: str, mode: str = "exec", privilege: Privilege = Privilege.SECURITY) -> Command:
    return parse(line, mode, privilege, hidden=True)


def refusal(line: str, mode: str = "exec", privilege: Privilege = Privilege.SECURITY) -> str:
    with pytest.raises(LineError) as caught:
        parse(line, mode, privilege, hidden=True)
    return str(caught.value)


# Abbreviation


@pytest.mark.parametrize("mode", mode_names())
def test_every_command_can_be_typed_with_its_shortest_words(mode: str) -> None:
    for its_mode, steps in COMMANDS:
        if its_mode == mode:
            short = " ".join(beginnings(step)[0] for step in steps)
            assert understood(short, mode) == understood(line_of(steps), mode), short


@given(some_command, st.data())
def test_any_unique_beginning_in_any_letter_case_will_do(
    command: tuple[str, Steps], data: st.DataObject
) -> None:
    mode, steps = command
    words = []
    for step in steps:
        word = data.draw(st.sampled_from(beginnings(step)))
        capitals = data.draw(st.booleans()) and step.keyword is not None
        words.append(word.swapcase() if capitals else word)
    assert understood(" ".join(words), mode) == understood(line_of(steps), mode)


@given(some_command)
def test_a_command_in_full_spelling_is_the_same_command(command: tuple[str, Steps]) -> None:
    """Lines of a configuration file read back as they were typed."""
    mode, steps = command
    typed = understood(line_of(steps), mode)
    again = understood(typed.line, mode)
    assert (again.rule, again.words, again.values) == (typed.rule, typed.words, typed.values)


_odd_text = st.text("ab1\"'\\\\ #|?*$-/.:", min_size=1, max_size=6)
_odd_word = st.one_of(
    _odd_text,
    _odd_text.map('"{}"'.format),
    _odd_text.map("'{}'".format),
    _odd_text.map("/flash/{}".format),
    st.sampled_from(["-noconfirm", "exit", "no", "name"]),
)


@settings(max_examples=200)
@given(st.sampled_from([c for c in COMMANDS if any(not step.keyword for step in c[1])]), st.data())
def test_odd_values_come_back_from_full_spelling_as_well(
    command: tuple[str, Steps], data: st.DataObject
) -> None:
    mode, steps = command
    words = [step.typed if step.keyword or step.typed == "|" else None for step in steps]
    line = " ".join(word or data.draw(_odd_word) for word in words)
    try:
        typed = understood(line, mode)
    except LineError:
        return
    again = understood(typed.line, mode)
    assert (again.rule, again.words, again.values) == (typed.rule, typed.words, typed.values)


@pytest.mark.parametrize(
    ("line", "full"),
    [
        ("sh ses rec st v", "show session recovery status verbose"),
        ("save conf /flash/x.cfg -r -n", "save configuration /flash/x.cfg -redundant -noconfirm"),
        ("Show Version", "show version"),
        ("show subscriber all", "show subscribers all"),
        ("show license info", "show license information"),
        ("conf", "configure"),
        ("config", "configure"),
        ("  show \t clock ", "show clock"),
    ],
)
def test_short_forms_that_are_in_use(line: str, full: str) -> None:
    assert understood(line).line == full


@pytest.mark.parametrize("word", ["call", "CALL", "Call"])
def test_a_whole_word_beats_longer_ones_that_it_begins(word: str) -> None:
    assert small_language().parse(f"{word} cl").rule.name == "short"
    assert small_language().parse(f"{word}- cl").rule.name == "long"
    with pytest.raises(LineError, match=r'"cal", ambiguous keyword \(call, call-id\)'):
        small_language().parse("cal cl")


# Values


def test_quoted_words_are_values() -> None:
    assert refusal('"show" version') == 'Unknown command - "show", unrecognized keyword'
    assert understood('context "exit"').text("context_name") == "exit"
    assert understood('description "to  the core"', "port").text("text") == "to  the core"


def test_values_keep_their_letter_case() -> None:
    assert understood("context PgW").text("context_name") == "PgW"


def test_numbers_are_numbers() -> None:
    assert understood("terminal length 007").number("lines") == 7
    assert understood("terminal length 007").line == "terminal length 7"


@pytest.mark.proves("SR-30")
def test_single_quotes_switch_wildcards_off() -> None:
    assert understood("show subscribers username jo*").text("user_name") == "jo*"
    assert understood("show subscribers username 'jo*'").text("user_name") == "'jo*'"


@pytest.mark.parametrize(
    ("line", "mode", "word", "allowed"),
    [
        ("terminal width 4", "exec", "4", "<columns>: an integer from 5 to 512"),
        ("terminal width 513", "exec", "513", "<columns>: an integer from 5 to 512"),
        ("terminal width -5", "exec", "-5", "<columns>: an integer from 5 to 512"),
        ("terminal width ٥٥", "exec", "٥٥", "<columns>: an integer from 5 to 512"),
        ("show file url nowhere", "exec", "nowhere", "<url>: a file as /flash/name, "),
        ("ip address 1.2.3 255.0.0.0", "interface", "1.2.3", "<ip_address>: an IPv4 address "),
        ("ip address 1.2.3.4 255.0.255.0", "interface", "255.0.255.0", "<mask>: an IPv4 network "),
        ("context ä", "config", "ä", "<context_name>: a name of 1 to 79 letters, "),
        (f"context {'a' * 80}", "config", "a" * 80, "<context_name>: a name of 1 to 79 letters, "),
        ("show subscribers callid 123", "exec", "123", "<call_id>: 8 hexadecimal digits"),
        ("port ethernet 5-10", "config", "5-10", "<slot/port>: slot and port as 5/10"),
    ],
)
def test_a_bad_value_is_told_with_what_is_allowed(
    line: str, mode: str, word: str, allowed: str
) -> None:
    assert refusal(line, mode).startswith(f'Failure: Invalid value "{word}" for {allowed}')


# Errors


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("foo", 'Unknown command - "foo", unrecognized keyword'),
        ("show foo", 'Unknown command - "foo", unrecognized keyword'),
        ("show version foo", 'Unknown command - "foo", unrecognized keyword'),
        ("show version verbose verbose", 'Unknown command - "verbose", unrecognized keyword'),
        ("| grep a", 'Unknown command - "|", unrecognized keyword'),
        ("co", 'Unknown command - "co", ambiguous keyword (configure, context, copy)'),
        ("CO", 'Unknown command - "CO", ambiguous keyword (configure, context, copy)'),
        ("show c", 'Unknown command - "c", ambiguous keyword (ca'),
        ("show", 'Unknown command - "show", incomplete command'),
        ("show session", 'Unknown command - "show session", incomplete command'),
        ("  sh  ses ", 'Unknown command - "sh  ses", incomplete command'),
        ("show version |", 'Unknown command - "show version |", incomplete command'),
        ("", 'Unknown command - "", incomplete command'),
        ('show "', "Failure: The closing quote is missing"),
        ("show '", "Failure: The closing quote is missing"),
    ],
)
def test_lines_that_are_no_commands(line: str, text: str) -> None:
    assert refusal(line).startswith(text)


# Users


@pytest.mark.parametrize("privilege", list(Privilege)[:-1])
def test_commands_of_higher_levels_are_refused_with_the_level_they_need(
    privilege: Privilege,
) -> None:
    for mode, steps in COMMANDS:
        line = line_of(steps)
        needed = understood(line, mode).rule.privilege
        if needed > privilege:
            expected = f"Failure: This command needs the privilege of {needed.title}"
            assert refusal(line, mode, privilege) == expected, line
            with pytest.raises(NotAllowed):
                parse(line, mode, privilege, hidden=True)
        else:
            assert understood(line, mode, privilege) == understood(line, mode), line


def test_a_word_may_be_shorter_for_those_who_have_fewer_commands() -> None:
    assert understood("con local", privilege=Privilege.OPERATOR).line == "context local"
    assert "ambiguous" in refusal("con local")


def test_what_nobody_has_is_unknown_to_everyone() -> None:
    expected = 'Unknown command - "foo", unrecognized keyword'
    assert refusal("foo", privilege=Privilege.INSPECTOR) == expected


# Any line

_WORDS = sorted(
    all_keywords()
    | set(EXAMPLES.values())
    | {"|", '""', '"', "'", "-", "0", "99999999999999999999", "x"}
)


def parses_or_refuses(line: str, mode: str, privilege: Privilege) -> None:
    try:
        command = parse(line, mode, privilege, hidden=True)
    except LineError as error:
        text = str(error)
    else:
        assert command.rule in compiled.mode(mode).rules
        assert command.rule.privilege <= privilege
        return
    assert text.startswith(("Unknown command - ", "Failure: "))


_modes, _levels = st.sampled_from(mode_names()), st.sampled_from(Privilege)


@given(st.text(), _modes, _levels)
def test_any_text_is_a_command_or_refused(line: str, mode: str, privilege: Privilege) -> None:
    parses_or_refuses(line, mode, privilege)


@given(st.lists(st.sampled_from(_WORDS), max_size=8), _modes, _levels)
def test_any_words_of_the_grammar_are_a_command_or_refused(
    words: list[str], mode: str, privilege: Privilege
) -> None:
    parses_or_refuses(" ".join(words), mode, privilege)


@given(some_command, st.data(), _levels)
def test_any_broken_command_is_a_command_or_refused(
    command: tuple[str, Steps], data: st.DataObject, privilege: Privilege
) -> None:
    mode, steps = command
    line = line_of(steps)
    start = data.draw(st.integers(0, len(line)))
    end = data.draw(st.integers(start, len(line)))
    typed = data.draw(st.text(st.sampled_from("ab1/-|\"' \\\t.*"), max_size=4))
    parses_or_refuses(line[:start] + typed + line[end:], mode, privilege)


def test_a_quote_within_a_word_is_a_character_of_it() -> None:
    """The words in full spelling are read back the same."""
    for line in ('delete /flash/a"b', "delete /flash/it's", 'license key a"b', "license key '\" '"):
        mode = "exec" if line.startswith("delete") else "config"
        assert understood(understood(line, mode).line, mode) == understood(line, mode)


# Words of other modes


def test_a_word_that_begins_commands_elsewhere_is_no_abbreviation() -> None:
    with pytest.raises(LineError, match='Unknown command - "apn", unrecognized keyword'):
        parse("apn internet", "config", Privilege.SECURITY)
    assert parse("apn internet", "context", Privilege.SECURITY)


def test_an_option_that_does_not_exist_is_named() -> None:
    with pytest.raises(LineError, match='Unknown command - "-A", unrecognized keyword'):
        parse("show clock | grep -A 2 x", "exec", Privilege.SECURITY)
