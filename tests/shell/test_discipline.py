"""The line discipline against a reference model of an Emacs-like line."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from staros_cli.shell.columns import columns
from staros_cli.shell.discipline import LONGEST, LONGEST_FOUND, Event, LineDiscipline, Wanted
from tests.shell.screen import LastLine

HISTORY = ["show version", "show session recovery status", "exit"]


class Typed:
    """A discipline, what it showed, and what it wanted."""

    def __init__(self, *pieces: str) -> None:
        self.line = LineDiscipline(lambda: HISTORY)
        self.screen = LastLine()
        self.events: list[Event] = []
        for piece in pieces:
            self.type(piece)

    def type(self, keys: str) -> None:
        for key in keys:
            for output in self.line.feed(key):
                if isinstance(output, Event):
                    self.events.append(output)
                else:
                    self.screen.show(output)

    @property
    def lines(self) -> list[str]:
        return [event.text for event in self.events if event.wanted is Wanted.LINE]


class Reference:
    """The effect of Emacs keys on a line, as plainly as possible."""

    def __init__(self) -> None:
        self.before, self.after = "", ""
        self.place, self.typed = len(HISTORY), ""
        self.removed = ""

    def press(self, key: str) -> None:
        before, after = self.before, self.after
        match key:
            case "\x01" | "\x1b[H" | "\x1bOH" | "\x1b[1~":
                self.before, self.after = "", before + after
            case "\x05" | "\x1b[F" | "\x1bOF" | "\x1b[4~":
                self.before, self.after = before + after, ""
            case "\x02" | "\x1b[D" | "\x1bOD":
                self.before, self.after = before[:-1], before[-1:] + after
            case "\x06" | "\x1b[C" | "\x1bOC":
                self.before, self.after = before + after[:1], after[1:]
            case "\x10" | "\x1b[A" | "\x1bOA":
                self.recall(self.place - 1)
            case "\x0e" | "\x1b[B" | "\x1bOB":
                self.recall(self.place + 1)
            case "\x19":
                self.before += self.removed
            case _ if key.isprintable():
                self.before += key
            case _:
                self.delete(key)

    def delete(self, key: str) -> None:
        before = self.before
        match key:
            case "\x08" | "\x7f":
                self.before = before[:-1]
            case "\x04" | "\x1b[3~":
                self.after = self.after[1:]
            case "\x0b":
                self.removed, self.after = self.after or self.removed, ""
            case "\x15":
                self.removed, self.before = before or self.removed, ""
            case "\x17":
                self.before = before.rstrip(" ").rpartition(" ")[0]
                self.before += " " if " " in before.rstrip(" ") else ""
                self.removed = before[len(self.before) :] or self.removed

    def recall(self, place: int) -> None:
        if 0 <= place <= len(HISTORY):
            if self.place == len(HISTORY):
                self.typed = self.before + self.after
            self.place = place
            self.before, self.after = [*HISTORY, self.typed][place], ""


EDITING = "\x01\x02\x04\x05\x06\x08\x0b\x0e\x10\x15\x17\x19\x7f"
SEQUENCES = [
    *(f"\x1b[{final}" for final in "ABCDFH"),
    *(f"\x1bO{final}" for final in "ABCDFH"),
    *("\x1b[1~", "\x1b[3~", "\x1b[4~"),
]
MEANINGLESS = [
    *("\x1b[15~", "\x1b[1;5C", "\x1b[?1;2c", "\x1b[200~", "\x1b\x1b[Z", "\x1bx", "\x1bOP"),
    *("\0", "\x07", "\x1c", "\x9b", "\u200b", "\x1b[" + "1;" * 40 + "m"),
]
_key = st.one_of(
    st.sampled_from([*"ab  c-é漢"]),
    st.sampled_from([*EDITING]),
    st.sampled_from([*SEQUENCES]),
    st.sampled_from([*MEANINGLESS]),
)


@settings(max_examples=200)
@given(st.lists(_key, max_size=40))
def test_the_line_and_what_is_displayed_are_what_the_keys_make_of_it(keys: list[str]) -> None:
    typed, reference = Typed(), Reference()
    for key in keys:
        typed.type(key)
        reference.press(key)
        line = typed.line
        assert (line.before_cursor, line.text) == (
            reference.before,
            reference.before + reference.after,
        )
        assert typed.screen.text == line.text.rstrip(" ")
        assert typed.screen.column == columns(line.before_cursor)


def test_ctrl_r_finds_the_latest_line_with_the_text_and_enter_takes_it() -> None:
    typed = Typed("\x12ver")
    assert typed.screen.text == "(reverse-i-search)`ver': show session recovery status"
    typed.type("\x12")
    assert typed.screen.text == "(reverse-i-search)`ver': show version"
    typed.type("\x12\r")
    assert typed.lines == ["show version"]


def test_a_search_that_finds_nothing_more_stays() -> None:
    typed = Typed("\x12exiting")
    assert typed.screen.text == "(reverse-i-search)`exiting': exit"
    typed.type("\x7f\x7f\x7f\x12\x01x")
    assert typed.line.text == "xexit"
    assert typed.screen.text == "xexit"


def test_a_search_passes_over_lines_that_are_very_long() -> None:
    line = LineDiscipline(lambda: ["find me", "find " + "x" * LONGEST_FOUND])
    for key in "\x12find\x05":
        list(line.feed(key))
    assert line.text == "find me"


@pytest.mark.parametrize("key", ["\x03", "\x07"])
def test_a_search_can_be_given_up(key: str) -> None:
    typed = Typed("show c\x12exit", key)
    assert typed.line.text == typed.screen.text == "show c"
    assert typed.events == []


@given(st.text("show \x12\x7f\x08exi", max_size=40))
def test_a_search_shows_a_line_of_the_history_or_the_line_before_it(keys: str) -> None:
    typed = Typed("before", "\x12", keys, "\x05")
    assert typed.line.text in (*HISTORY, "before")
    assert typed.screen.text == typed.line.text


def test_ctrl_l_asks_for_the_line_once_more() -> None:
    typed = Typed("show\x0c")
    assert [event.wanted for event in typed.events] == [Wanted.REDISPLAY]
    assert typed.line.text == "show"


def test_a_secret_cannot_be_put_back_later() -> None:
    typed = Typed()
    typed.line.secret = True
    typed.type("s3cret\x15\r")
    typed.line.secret = False
    typed.type("\x19")
    assert typed.line.text == ""


@given(st.text(), st.booleans())
def test_any_text_is_taken(text: str, single_keys: bool) -> None:
    typed = Typed()
    typed.line.single_keys = single_keys
    typed.type(text)
    assert typed.line.text.isprintable()
    assert 0 <= typed.line.cursor <= len(typed.line.text)


# Line ends


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\r\0"])
def test_a_line_ends_once_whatever_ends_it(end: str) -> None:
    typed = Typed("one", end, "two", end)
    assert typed.lines == ["one", "two"]
    assert typed.screen.finished == ["one", "two"]


def test_empty_lines_are_lines() -> None:
    assert Typed("\r\r\n\n").lines == ["", "", ""]


def test_a_line_is_taken_whole_wherever_the_cursor_is() -> None:
    assert Typed("show version", "\x02\x02\x01", "\r").lines == ["show version"]


def test_a_line_takes_only_so_much() -> None:
    typed = Typed("x" * LONGEST, "yz", "\r", "next")
    assert typed.lines == ["x" * LONGEST]
    assert typed.line.text == "next"


# History


def test_history_begins_anew_with_every_line() -> None:
    typed = Typed("\x10\x10", "\r", "\x10")
    assert typed.lines == ["show session recovery status"]
    assert typed.line.text == "exit"


def test_what_was_typed_comes_back_behind_the_history() -> None:
    typed = Typed("sho", "\x1b[A\x1b[A\x1b[B\x1b[B")
    assert typed.line.text == "sho"


# Events


def test_question_mark_wants_help_and_stays_out_of_the_line() -> None:
    typed = Typed("show ver?")
    assert typed.events == [Event(Wanted.HELP, "show ver")]
    assert typed.line.text == "show ver"


def test_question_mark_in_the_middle_is_about_what_stands_before() -> None:
    assert Typed("show version", "\x1b[D" * 8, "?").events == [Event(Wanted.HELP, "show")]


def test_question_mark_between_quotes_is_a_character() -> None:
    typed = Typed('grep "a?', '"?')
    assert typed.line.text == 'grep "a?"'
    assert typed.events == [Event(Wanted.HELP, 'grep "a?"')]


def test_tab_wants_completion() -> None:
    assert Typed("sh\t").events == [Event(Wanted.COMPLETION, "sh")]


def test_ctrl_c_forgets_the_line() -> None:
    typed = Typed("show", "\x03")
    assert typed.events == [Event(Wanted.INTERRUPT)]
    assert typed.line.text == ""


def test_ctrl_d_ends_the_input_on_an_empty_line_only() -> None:
    assert Typed("\x04").events == [Event(Wanted.END_OF_INPUT)]
    assert Typed("a", "\x04").events == []
    assert Typed("\x1b[3~").events == []


def test_ctrl_z_leaves_the_line_until_it_is_taken() -> None:
    typed = Typed("abc\x1a")
    assert typed.events == [Event(Wanted.END_OF_CONFIGURATION)]
    assert typed.line.text == "abc"


def test_enter_behind_a_lone_escape_ends_the_line() -> None:
    assert Typed("show\x1b\r").lines == ["show"]


def test_single_keys_are_handed_on_and_sequences_are_not() -> None:
    typed = Typed()
    typed.line.single_keys = True
    typed.type(" q\r\n\x1b[Ax\x03")
    assert typed.events == [
        Event(Wanted.KEY, " "),
        Event(Wanted.KEY, "q"),
        Event(Wanted.KEY, "\r"),
        Event(Wanted.KEY, "x"),
        Event(Wanted.INTERRUPT, "\x03"),
    ]
