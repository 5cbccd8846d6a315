"""Showing long output a page at a time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staros_cli.shell.columns import columns
from staros_cli.shell.pager import Pager, needs_paging
from staros_cli.shell.replies import Awaits
from tests.support import make_session, output, run

TEN = [f"line {number}" for number in range(1, 11)]


def test_a_page_is_a_terminal_less_the_line_of_the_marker() -> None:
    pager = Pager(TEN, 5, 80)
    assert pager.page() == TEN[:4]
    assert pager.page() == TEN[4:8]
    assert not pager.done
    assert pager.page() == TEN[8:]
    assert pager.done


def test_enter_shows_one_line() -> None:
    pager = Pager(TEN, 5, 80)
    pager.page()
    assert pager.line() == ["line 5"]
    assert pager.page() == TEN[5:9]


def test_the_marker_tells_how_much_was_shown() -> None:
    pager = Pager(TEN, 5, 80)
    pager.page()
    assert pager.marker == "---(more 40%)---"


def test_lines_that_wrap_take_several_rows() -> None:
    lines = ["x" * 25, "y", "z" * 10, "end"]
    pager = Pager(lines, 5, 10)
    assert pager.page() == lines[:2]
    assert pager.page() == lines[2:]


def test_a_line_longer_than_the_page_is_shown_all_the_same() -> None:
    pager = Pager(["x" * 100, "y"], 3, 10)
    assert pager.page() == ["x" * 100]
    assert pager.page() == ["y"]


@pytest.mark.parametrize(
    ("text", "width"), [("", 0), ("abc", 3), ("é", 1), ("漢字", 4), ("e\u0301", 1)]
)
def test_room_that_text_takes(text: str, width: int) -> None:
    assert columns(text) == width


@pytest.mark.parametrize(
    ("lines", "length", "needed"), [(10, 0, False), (10, 11, False), (10, 10, True), (0, 1, False)]
)
def test_when_output_is_paged(lines: int, length: int, needed: bool) -> None:
    assert needs_paging(TEN[:lines], length, 80) is needed


def test_wrapped_lines_count_towards_paging() -> None:
    assert needs_paging(["x" * 81], 2, 80)
    assert not needs_paging(["x" * 80], 2, 80)


_lines = st.lists(st.text("ab ", max_size=30), max_size=40)
_keys = st.lists(st.sampled_from([" ", "", "x", "\r", "f"]), max_size=50)


@given(_lines, st.integers(1, 12), st.integers(1, 40), _keys)
def test_every_line_is_shown_once_and_in_order(
    lines: list[str], length: int, width: int, keys: list[str]
) -> None:
    """Any keys may turn the pages, and no page is taller than the terminal."""
    pager = Pager(lines, length, width)
    shown: list[str] = []
    for key in [*keys, *[" "] * len(lines)]:
        if pager.done:
            break
        page = pager.press(key)
        assert bool(page) is (key in ("", "\r", " "))
        assert len(page) <= 1 or not needs_paging(page, length, width)
        shown += page
    assert pager.done
    assert shown == lines


_any_keys = st.lists(st.sampled_from([" ", "", "b", "/", "a", "1", "(", "\x7f", "z"]), max_size=60)


@given(_lines, st.integers(1, 12), st.integers(1, 40), _any_keys)
def test_no_page_is_taller_than_the_terminal_and_the_end_is_always_reached(
    lines: list[str], length: int, width: int, keys: list[str]
) -> None:
    pager = Pager(lines, length, width)
    for key in keys:
        if pager.done:
            break
        page = [line for line in pager.press(key) if line != "...skipping"]
        assert len(page) <= 1 or not needs_paging(page, length, width)
        assert pager.done or pager.marker.startswith(("---(more ", "/"))
    if not pager.done:
        pager.press("\r")
    shown: list[str] = []
    while not pager.done:
        shown += pager.press(" ")
    assert shown == lines[len(lines) - len(shown) :]


def test_b_goes_a_page_back() -> None:
    pager = Pager(TEN, 5, 80)
    pager.page()
    pager.page()
    assert pager.press("b") == TEN[:4]
    assert pager.press("b") == TEN[:4]
    assert pager.press(" ") == TEN[4:8]
    assert pager.press("") == TEN[8:9]
    assert pager.press("b") == TEN[1:5]


def test_a_slash_searches_forward() -> None:
    pager = Pager([*TEN, *(f"row {number}" for number in range(10))], 5, 80)
    pager.page()
    for key in "/row 3":
        assert pager.press(key) == []
    assert pager.marker == "/row 3"
    assert pager.press("") == ["...skipping", "row 3", "row 4", "row 5", "row 6"]
    assert [pager.press(key) for key in ("/", "x", "")][-1] == ["Pattern not found"]
    assert pager.press(" ") == ["row 7", "row 8", "row 9"]
    assert pager.done


def test_a_pattern_can_be_taken_back_and_a_bad_one_is_told() -> None:
    pager = Pager(TEN, 5, 80)
    pager.page()
    for key in ("/", "a", "\x7f"):
        pager.press(key)
    assert pager.marker == "/"
    pager.press("\x7f")
    assert pager.marker == "---(more 40%)---"
    (said,) = [pager.press(key) for key in ("/", "[", "")][-1]
    assert said.startswith("Invalid regular expression: [: ")


@pytest.mark.parametrize("key", ["x", "n", "1", "\x1b", "\t", "?"])
def test_other_keys_do_nothing(key: str) -> None:
    pager = Pager(TEN, 5, 80)
    pager.page()
    assert pager.press(key) == []
    assert pager.marker == "---(more 40%)---"


# At the command line


def test_long_output_stops_and_goes_on_with_a_key() -> None:
    session, _ = make_session()
    whole = list(output(session, "show task resources"))
    run(session, "terminal length 10")
    shown = session.handle("show task resources")
    assert shown.awaits is Awaits.KEY
    assert shown.prompt.startswith("---(more ")
    assert shown.prompt.endswith("%)---")
    assert list(shown.lines) == whole[:9]
    assert list(session.handle("").lines) == whole[9:10]
    assert list(session.handle(" ").lines) == whole[10:19]
    stopped = session.handle("q")
    assert list(stopped.lines) == []
    assert stopped.prompt == "[local]asr5500# "


def test_a_length_of_zero_means_no_pages() -> None:
    session, _ = make_session(length=10)
    run(session, "terminal length 0")
    assert run(session, "show task resources").awaits is Awaits.COMMAND


def test_more_pages_even_then() -> None:
    session, _ = make_session(length=0)
    reply = session.handle("show task resources | more")
    assert reply.awaits is Awaits.KEY
    assert len(reply.lines) == 23


def test_more_leaves_short_output_alone() -> None:
    session, _ = make_session(length=0)
    assert run(session, "show clock | more").awaits is Awaits.COMMAND


def test_more_keeps_the_length_of_the_terminal() -> None:
    session, _ = make_session(length=10)
    assert len(session.handle("show task resources | more").lines) == 9


def test_ctrl_c_stops_the_pages() -> None:
    session, _ = make_session(length=10)
    session.handle("show task resources")
    reply = session.interrupt()
    assert (list(reply.lines), reply.awaits) == ([], Awaits.COMMAND)


def test_a_failure_that_needs_pages_stays_a_failure() -> None:
    session, _ = make_session(length=1, width=5)
    assert session.handle("context nowhere").failed


def test_tabs_take_the_room_that_terminals_give_them() -> None:
    pager = Pager(["\ta\tb", "y", "z"], 4, 16)  # 17 columns
    assert pager.page() == ["\ta\tb", "y"]
