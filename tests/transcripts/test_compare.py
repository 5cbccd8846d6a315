"""Marks for what varies, and what is left of a text once what came is accepted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staros_cli.transcripts.compare import Captures, accepted, matches


@pytest.mark.parametrize(
    ("expected", "came", "fits"),
    [
        (["a"], ["a  "], True),
        (["a  "], ["a"], True),
        (["a"], ["b"], False),
        (["a"], ["a", "a"], False),
        (["a", "..."], ["a", "b", "c"], True),
        (["..."], [], True),
        (["...", "z"], ["z"], True),
        (["a", "...", "c", "...", "e"], ["a", "b", "c", "d", "e"], True),
        (["a", "...", "c", "...", "e"], ["a", "e"], False),
        (["a", "...", "a"], ["a"], False),
        (["up for [0-9]+ days (re)"], ["up for 12 days"], True),
        (["up (re)"], ["up for 12 days"], False),
        (["up * days (glob)"], ["up for 12 days"], True),
        (["card ? (glob)"], ["card 12"], False),
        ([r"100\* * (glob)"], ["100* x"], True),
        ([r"100\* * (glob)"], ["1000 x"], False),
        (["[a] (glob)"], ["[a]"], True),
        (["... (text)"], ["..."], True),
        (["... (text)"], ["b"], False),
    ],
)
def test_lines(expected: list[str], came: list[str], fits: bool) -> None:
    assert matches(expected, came, Captures()) is fits


def test_captures_are_taken_literally_later() -> None:
    captures = Captures()
    assert matches(["pid (?P<pid>.*) (re)"], ["pid 1.3"], captures)
    assert matches(["again ${pid}"], ["again 1.3"], captures)
    assert matches(["again ${pid} .* (re)"], ["again 1.3 x"], captures)
    assert not matches(["again ${pid} .* (re)"], ["again 193 x"], captures)
    assert captures.filled("show ${pid} ${other}") == "show 1.3 ${other}"


def test_what_fits_stays_as_it_was_written() -> None:
    expected = ["title", "b.* (re)", "gone", "...", "end"]
    came = ["title", "book", "new", "x", "y", "end"]
    assert accepted(expected, came, Captures()) == ["title", "b.* (re)", "...", "end"]
    assert accepted(["a", "b"], ["a", "# c", "b"], Captures()) == ["a", "# c (text)", "b"]


LINES = st.lists(st.sampled_from(["a", "b", "c", "..."]), max_size=6)


@given(LINES, st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=6))
def test_what_was_accepted_matches(expected: list[str], came: list[str]) -> None:
    assert matches(accepted(expected, came, Captures()), came, Captures())


@given(LINES, st.lists(st.sampled_from(["a", "b", "c"]), max_size=6))
def test_what_matches_is_accepted_unchanged(expected: list[str], came: list[str]) -> None:
    if matches(expected, came, Captures()) and "..." not in expected:
        assert accepted(expected, came, Captures()) == expected
