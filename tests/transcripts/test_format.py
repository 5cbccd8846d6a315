"""Reading transcripts: what is typed, what is expected, what is refused and where."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staros_cli.transcripts.directives import Directive, Login, Settings
from staros_cli.transcripts.errors import TranscriptError
from staros_cli.transcripts.format import Key, Typed, Waiting, header, literal, parse


def doings(text: str) -> list[object]:
    return [step.doing for step in parse(text, "x").steps[1:]]


def test_prompts_of_every_kind_carry_input() -> None:
    assert doings(
        "[local]asr5500# configure\n"
        "[SAEGW]asr_55-00(config-ctx)# end\n"
        "[local]asr5500(config-port-5/10)# end\n"
        "[local]asr5500> show clock\n"
    ) == [
        Typed("[local]asr5500#", "configure"),
        Typed("[SAEGW]asr_55-00(config-ctx)#", "end"),
        Typed("[local]asr5500(config-port-5/10)#", "end"),
        Typed("[local]asr5500>", "show clock"),
    ]


def test_an_answer_follows_its_question() -> None:
    text = "[local]a# reload\nAre you sure? [Yes|No]: yes\nSave? [Y/N]:\n[local]a#\n"
    assert doings(text) == [
        Typed("[local]a#", "reload"),
        Typed("Are you sure? [Yes|No]:", "yes"),
        Typed("Save? [Y/N]:", ""),
        Waiting("[local]a#", ""),
    ]


def test_a_bare_prompt_is_an_empty_line_but_at_the_end() -> None:
    assert doings("[local]a#\n[local]a#\n") == [Typed("[local]a#", ""), Waiting("[local]a#", "")]


def test_each_session_has_an_end_of_its_own() -> None:
    text = "[local]a#\n# session b\n[local]a# show clock\nx\n[local]a#\n"
    assert doings(text) == [
        Waiting("[local]a#", ""),
        Directive("session", ("b",)),
        Typed("[local]a#", "show clock"),
        Waiting("[local]a#", ""),
    ]


def test_help_gives_back_what_was_typed() -> None:
    assert doings("[local]a# show ver?\n  version\n[local]a# show ver\n") == [
        Typed("[local]a#", "show ver", "help"),
        Waiting("[local]a#", "show ver"),
    ]
    assert doings('[local]a# show "a?\nx\n')[0] == Typed("[local]a#", 'show "a?')


def test_a_key_ends_a_line_or_turns_a_page() -> None:
    assert doings("[local]a# sh c\n# type tab\n  card\n# type q\n[local]a#\n") == [
        Typed("[local]a#", "sh c", "tab"),
        Key("q"),
        Waiting("[local]a#", ""),
    ]


def test_a_line_goes_on_after_a_backslash() -> None:
    assert doings('[local]a(config)# license key "\\\n> ABC"\n> not typed\n') == [
        Typed("[local]a(config)#", 'license key "\\'),
        Typed(">", 'ABC"'),
    ]


def test_the_header_sets_the_stage() -> None:
    text = (
        "## remark\n# chassis vpc-si\n# seed 7\n# clock 2026-01-02T03:04:05Z\n"
        "# terminal 0 132\n# user joe operator\n# timestamps\n\n[local]a> exit\n"
    )
    transcript = parse(text, "x")
    assert transcript.settings.chassis == "vpc-si"
    assert transcript.settings.seed == 7
    assert (transcript.settings.length, transcript.settings.width) == (0, 132)
    assert transcript.settings.login.user == "joe"
    assert transcript.settings.timestamps
    again = "\n".join([*header(transcript.settings), "[local]a> exit"])
    assert parse(again, "x").settings == transcript.settings
    assert transcript.steps[0].expected == []


def test_what_is_not_said_is_so_by_default() -> None:
    assert parse("[local]a#\n", "x").settings == Settings()
    assert Settings().login == Login()


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[local]a# x\n# bogus 3\n", 2, "# bogus is not known"),
        ("[local]a# x\n# seed 3\n", 2, "is for the header"),
        ("# fly 3\n[local]a#\n", 1, "# fly is not known"),
        ("# seed many\n[local]a#\n", 1, "expected a number"),
        ("# clock noon\n[local]a#\n", 1, "ISO 8601"),
        ("# terminal 24\n[local]a#\n", 1, "expected # terminal LINES COLUMNS"),
        ("# user joe king\n[local]a#\n", 1, "invalid level 'king': expected one of inspector"),
        ("[local]a# x\n# advance soon\n", 2, "expected up to a year"),
        ("[local]a# x\n# advance -3\n", 2, "expected up to a year"),
        ("[local]a# x\n# put one\n", 2, "expected # put FILE URL"),
        ("[local]a# x\n# type esc\n", 2, "expected a character, space, enter, q"),
        ("# advance 3\n# type q\n[local]a#\n", 2, "expected after a line that is typed"),
        ("[local]a# x\n# fault sessmgr\n", 2, "unrecognized keyword; expected a test command"),
        ("[local]a# x\n# fault show clock\n", 2, "invalid test command 'show clock'"),
        ('[local]a# x\n# user "joe\n', 2, "closing quote"),
        ("[local]a# x\n(a (re)\n", 2, "invalid regular expression"),
        ("[local]a# show ${id}\n", 1, "${id} was not captured before; captured: none yet"),
        ("nothing but text\n", 0, "expected lines that begin with a prompt"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(TranscriptError) as raised:
        parse(text, "file.transcript")
    assert raised.value.line == line
    assert words in str(raised.value)
    assert str(raised.value).startswith("file.transcript:")


SPECIAL = st.sampled_from(
    [
        "...",
        "# advance 30",
        "# remark",
        "## remark",
        "[local]a# show",
        "[local]a#",
        "Sure? [Yes|No]: yes",
        "> x",
        "a (re)",
        "( (re)",
        "a* (glob)",
        "a (text)",
        "${name}",
        "---(more 17%)--- (text)",
        "",
    ]
)
PLAIN = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), max_size=20)


@given(st.lists(SPECIAL | PLAIN, max_size=8))
def test_any_output_can_be_written_down(output: list[str]) -> None:
    """Literal output that is written down is read as that and matches itself."""
    from staros_cli.transcripts.compare import Captures, matches

    lines = ["[local]a# command", *map(literal, output), "[local]a# exit"]
    transcript = parse("\n".join(lines) + "\n", "x")
    assert [step.doing for step in transcript.steps[1:]] == [
        Typed("[local]a#", "command"),
        Typed("[local]a#", "exit"),
    ]
    expected = [line.text for line in transcript.steps[1].expected]
    assert matches(expected, [line.rstrip() for line in output], Captures())


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    with suppress(TranscriptError):
        parse(text, "x")
