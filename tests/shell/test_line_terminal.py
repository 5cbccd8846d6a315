"""A plain terminal: what a device sends for what is typed."""

from __future__ import annotations

import codecs
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staros_cli.shell.columns import columns
from staros_cli.shell.line_terminal import LineTerminal
from staros_cli.shell.replies import Awaits
from tests.shell.screen import LastLine
from tests.support import make_session

PROMPT = "[local]asr5500# "


def terminal(*, length: int = 0) -> LineTerminal:
    session, _ = make_session(length=length)
    opened = LineTerminal(session)
    assert opened.begin() == PROMPT
    return opened


def test_a_command_is_echoed_and_answered() -> None:
    assert terminal().feed("show clock\r") == (
        "show clock\r\nFriday March 27 17:12:25 UTC 2026\r\n" + PROMPT
    )


def test_help_comes_at_once_and_gives_the_typed_part_back() -> None:
    typed = terminal()
    assert typed.feed("show version ") == "show version "
    assert typed.feed("?") == (
        "?\r\n"
        "  verbose - Displays detailed version information\r\n"
        "  |       - Pipeline\r\n"
        "  <cr>    - newline\r\n" + PROMPT + "show version "
    )
    assert typed.feed("| grep nowhere\r") == "| grep nowhere\r\n" + PROMPT


def test_help_that_is_longer_than_a_page_is_paged_where_output_is() -> None:
    whole = terminal().feed("show ?")
    assert "---(more" not in whole
    assert whole.count("\r\n") > 20
    typed = terminal(length=10)
    first = typed.feed("show ?")
    assert first.count("\r\n") == 10  # the line itself, and 9 of help
    assert first.endswith("%)---")
    shown = first
    while typed.session.awaits is Awaits.KEY:
        shown += typed.feed(" ")
    assert shown.endswith(PROMPT + "show ")
    assert all(line in shown for line in whole.split("\r\n")[1:-1])
    assert typed.feed("clock\r").startswith("clock\r\nFriday")


@pytest.mark.parametrize("key", ["q", "\x03"])
def test_help_that_is_stopped_gives_the_typed_part_back(key: str) -> None:
    typed = terminal(length=10)
    typed.feed("show ?")
    assert typed.feed(key).endswith(PROMPT + "show ")
    assert typed.feed("clock\r").startswith("clock\r\nFriday")


def test_help_on_a_line_that_is_no_command_says_so() -> None:
    shown = terminal().feed("show foo ?")
    assert shown == (
        'show foo ?\r\nUnknown command - "foo", unrecognized keyword\r\n' + PROMPT + "show foo "
    )


@pytest.mark.parametrize(("line", "width"), [("show version", 8), ("show 漢字漢字漢字漢", 15)])
def test_help_in_the_middle_puts_the_cursor_back(line: str, width: int) -> None:
    typed = terminal()
    typed.feed(line + "\x02" * 8)
    assert typed.feed("?").endswith(PROMPT + line + "\b" * width)


def test_tab_completes_or_lists() -> None:
    typed = terminal()
    assert typed.feed("sh\t") == "show "
    assert typed.feed("se\t") == (
        "se\r\n  service - Services of the system\r\n"
        "  session - Sessions of the system\r\n" + PROMPT + "show se"
    )
    assert typed.feed("ss\t") == "ssion "


def test_tab_in_the_middle_keeps_what_follows() -> None:
    typed = terminal()
    typed.feed("version\x01sho\t\r")
    assert typed.session.history == ["show version"]


def test_ctrl_c_begins_a_new_line() -> None:
    assert terminal().feed("show ver\x03") == "show ver\r\n" + PROMPT


def test_ctrl_c_declines_a_question() -> None:
    typed = terminal()
    assert typed.feed("reload\r").endswith("\r\nAre you sure? [Yes|No]: ")
    assert typed.feed("y\x03") == "y\r\nAction aborted\r\n" + PROMPT


def test_ctrl_d_on_an_empty_line_ends_the_session() -> None:
    typed = terminal()
    typed.feed("x\x04")
    assert not typed.closed
    typed.feed("\x7f\x04")
    assert typed.closed


def test_ctrl_d_ends_no_session_with_a_question_or_an_unfinished_line() -> None:
    typed = terminal()
    assert typed.feed("reload\r\x04").endswith("Action aborted\r\n" + PROMPT)
    assert typed.feed("show\\\r\x04").endswith("> \r\n" + PROMPT)


def test_ctrl_z_leaves_configuration_from_any_depth() -> None:
    typed = terminal()
    assert typed.feed("configure\rcontext c1\r").endswith("[c1]asr5500(config-ctx)# ")
    assert typed.feed("inter\x1a") == "inter\r\n" + PROMPT


def test_ctrl_z_does_nothing_elsewhere() -> None:
    typed = terminal()
    assert typed.feed("show clock\x1a") == "show clock"
    assert typed.feed("\r").startswith("\r\nFriday")
    typed.feed("configure\rsystem\\\r")
    assert typed.feed("\x1a") == ""
    typed.feed("hostname lab\r")
    assert typed.session.prompt == "[local]lab(config)# "


def test_the_marker_of_the_pager_is_wiped() -> None:
    typed = terminal(length=5)
    shown = typed.feed("show task resources\r")
    marker = re.search(r"---\(more \d+%\)---$", shown)
    assert marker
    wiped = "\r" + " " * len(marker[0]) + "\r"
    assert typed.feed("q") == wiped + PROMPT
    typed.feed("show task resources\r")
    assert typed.feed("\x03") == wiped + PROMPT
    typed.feed("show task resources\r")
    one_line = typed.feed("\r")
    assert one_line.startswith(wiped)
    assert one_line.count("\r\n") == 1


def test_no_key_of_the_pager_is_echoed_or_kept() -> None:
    typed = terminal(length=5)
    typed.feed("show task resources\r")
    typed.feed("q")
    assert typed.feed("show clock\r").startswith("show clock\r\nFriday")


def test_each_key_of_a_search_is_a_step_of_its_own() -> None:
    """Ctrl-R a thousand times held up everybody else."""
    typed = terminal()
    typed.feed("show clock\r")
    typed.receive("\x12" * 5 + "clock")
    steps = 0
    while typed.has_work:
        typed.step()
        steps += 1
    assert steps == 10


def test_what_was_typed_before_the_marker_was_shown_is_for_the_prompt() -> None:
    typed = terminal(length=5)
    shown = typed.feed("show task resources\rshow clock\r")
    assert "%)---" in shown
    assert "UTC" not in shown
    assert typed.held == len("show clock\r")
    shown = typed.feed("q")
    assert "show clock\r\nFriday March 27" in shown
    assert shown.endswith(PROMPT)
    assert typed.held == 0


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\r\0"])
def test_one_prompt_a_line_whatever_ends_it(end: str) -> None:
    typed = terminal()
    shown = "".join(typed.feed(key) for key in f"show clock{end}" * 2)
    assert shown.count(PROMPT) == 2


def test_characters_of_several_bytes_may_come_in_pieces() -> None:
    typed = terminal()
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    shown = "".join(typed.feed(decoder.decode(bytes([byte]))) for byte in "größe 漢".encode())
    assert shown == "größe 漢"


def test_several_lines_at_once_are_answered_one_by_one() -> None:
    shown = terminal().feed("configure\rcontext c1\rend\rexit\rshow clock\r")
    assert shown == (
        "configure\r\n[local]asr5500(config)# context c1\r\n"
        "[c1]asr5500(config-ctx)# end\r\n[local]asr5500# exit\r\n"
    )


def test_a_long_paste_is_taken() -> None:
    typed = terminal()
    typed.feed("show clock\r" * 2000)
    assert len(typed.session.history) == 1


# Restarting


@pytest.mark.proves("SR-20")
def test_the_console_shows_the_restart_and_keys_wait_for_its_end() -> None:
    session, clock = make_session()
    typed = LineTerminal(session)
    typed.begin()
    shown = typed.feed("reload -noconfirm\rshow clock\r")
    assert typed.waiting
    assert "is going down for reload\r\n" in shown
    assert "clock" not in shown
    assert typed.poll() == ""
    clock.advance(60)
    shown = typed.poll()
    assert "asr5500 is up" in shown
    assert f"\r\n{PROMPT}show clock\r\nFriday March 27 17:13:25 UTC 2026\r\n{PROMPT}" in shown


def test_another_terminal_is_closed_by_a_restart() -> None:
    session, _ = make_session(console=False)
    typed = LineTerminal(session)
    typed.begin()
    typed.feed("reload -noconfirm\r")
    assert typed.closed


# Any keys

_KEYS = [
    *("show ", "version", "clock", "conf", "context c1", "no ", "exit", "end", "reload", "y", "q"),
    *(" ", "| grep a", "| more", '"', "\\", "é", "漢", "#", "\r", "\n", "\r\n", "\r", "\r", "?"),
    *("\t", "\x01", "\x02", "\x03", "\x04", "\x05", "\x06", "\x08", "\x0b", "\x0e", "\x10"),
    *("\x15", "\x17", "\x1a", "\x7f", "\0", "\x1b", "\x1b[A", "\x1b[B", "\x1b[D", "\x1bOH", "["),
    *("terminal length 5\r", "show task resources\r"),
]


# The model of the line knows no marks that stand on the character before them.
_text = st.text(st.characters(exclude_categories=["Cs", "Mn", "Me"]), max_size=3)


@given(st.lists(st.sampled_from(_KEYS) | _text, max_size=40), st.sampled_from([0, 4]))
def test_what_is_displayed_is_the_prompt_and_the_line(keys: list[str], length: int) -> None:
    """Nothing but characters, backspaces and CRLF is sent, so the last line can be told from it."""
    session, clock = make_session(length=length)
    typed, screen = LineTerminal(session), LastLine()
    shown = typed.begin()
    screen.show(shown)
    for key in keys:
        shown = typed.feed(key)
        if typed.waiting:
            clock.advance(120)
            shown += typed.poll()
        assert not re.search(r"[^\r]\n", shown)
        screen.show(shown)
        if typed.closed:
            return
        line = typed._line
        # While help is paged, the line that was asked about waits for the end of it.
        text, before = ("", "") if session.awaits is Awaits.KEY else (line.text, line.before_cursor)
        assert screen.text == (session.prompt + text).rstrip(" ")
        assert screen.column == columns(session.prompt + before)
        assert session.awaits is not Awaits.START
