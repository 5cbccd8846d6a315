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


@pytest.mark.parametrize(
    ("expected", "came", "captured"),
    [
        (r"(?P<full>\d+) +(?P=full) of (?P=full) (re)", "12  12 of 12", {"full": "12"}),
        (r"(?P<full>\d+) +(?P=full) (re)", "12  13", None),
        (r"(?P<a>[)(\]]+|x(y)) (?P=a) (re)", ")( )(", {"a": ")("}),
        (r"(?P<a>[^]]+)(?P=a) (re)", "abab", None),
        (r"\(?P<a>x (re)", "(P<a>x", {}),
    ],
)
def test_a_pattern_refers_to_its_own_groups(
    expected: str, came: str, captured: dict[str, str] | None
) -> None:
    captures = Captures()
    assert captures.match(expected, came) is (captured is not None)
    assert captures.values == (captured or {})


@pytest.mark.parametrize(
    "expected", ["((|a)+)+b (re)", "*" * 40 + "X (glob)", "(a*)*" * 20 + "X (re)"]
)
def test_a_pattern_of_a_transcript_takes_no_ages(expected: str) -> None:
    assert not Captures().match(expected, "a" * 5000)
