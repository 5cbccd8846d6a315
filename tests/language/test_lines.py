"""Putting continued lines together."""

from __future__ import annotations

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from staros_cli.language.lines import LineJoiner


def joined(*lines: str) -> list[str | None]:
    joiner = LineJoiner()
    return [joiner.feed(line) for line in lines]


def test_a_line_without_backslash_is_whole_at_once() -> None:
    assert joined("show version", "") == ["show version", ""]


def test_a_backslash_at_the_end_goes_on_with_a_blank() -> None:
    assert joined("show\\", "session\\", "recovery status") == [
        None,
        None,
        "show session recovery status",
    ]


def test_a_license_key_stands_on_several_lines() -> None:
    assert joined('license key "\\', "VER=1|CKS=AB\\", 'SIG=MC0C"', "next") == [
        None,
        None,
        'license key "\nVER=1|CKS=AB\nSIG=MC0C"',
        "next",
    ]


def test_a_line_of_a_license_key_needs_no_backslash() -> None:
    assert joined('license key "\\', "VER=1", 'SIG"') == [None, None, 'license key "\nVER=1\nSIG"']


def test_a_line_goes_on_behind_a_quote_that_was_closed() -> None:
    assert joined('description "a\\', 'b" \\', "c") == [None, None, 'description "a\nb"  c']


def test_a_quote_that_opens_again_on_its_last_line_stays_open() -> None:
    assert joined('x "a\\', 'b" "c\\', 'd"') == [None, None, 'x "a\nb" "c\nd"']


def test_what_is_held_can_be_forgotten() -> None:
    joiner = LineJoiner()
    joiner.feed('license key "\\')
    assert joiner.pending
    joiner.clear()
    assert not joiner.pending
    assert joiner.feed("exit") == "exit"


@given(st.lists(st.text(st.characters(exclude_characters="\\"))))
def test_lines_without_backslash_come_back_as_they_are(lines: list[str]) -> None:
    assert joined(*lines) == lines


@given(st.lists(st.text('ab "\\', max_size=8), min_size=1), st.text("ab ", max_size=4))
def test_every_line_ends_once_its_quotes_are_closed(lines: list[str], last: str) -> None:
    joiner = LineJoiner()
    for line in lines:
        whole = joiner.feed(line)
        assert joiner.pending == (whole is None)
    if joiner.pending and joiner.feed(f'{last}"') is None:
        assert joiner.feed(f'{last}"') is not None
    assert not joiner.pending


def test_a_line_costs_the_same_however_much_is_held() -> None:
    joiner = LineJoiner()
    joiner.feed('description "\\')
    joiner.feed("y" * 1_000_000)
    tracemalloc.start()
    try:
        joiner.feed("y")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100_000
