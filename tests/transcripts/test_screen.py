"""The screen once a stream has come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staros_cli.transcripts.screen import LONGEST_SEQUENCE, Screen


@pytest.mark.parametrize(
    ("stream", "lines"),
    [
        ("a\r\nb", ["a", "b"]),
        ("a\nb", ["a", "b"]),
        ("abc\b\b  \b\bx", ["ax"]),
        ("---(more 17%)---\r                \rnext\r\n", ["next", ""]),
        ("---(more 17%)---\r                \r[local]a# ", ["[local]a# "]),
        ("abc\r\x1b[Kd", ["d"]),
        ("abc\x1b[2Dx", ["axc"]),
        ("\x1b]0;title\x07a\x1b[31mb\x1b[0m", ["ab"]),
        ("\x1b[?2004ha\x1b[?25l\x1b(B", ["a"]),
        ("a\r\nb\x1b[A\rc\x1b[J", ["c"]),
        ("a\tb", ["a       b"]),
        ("ab\x1b[1Gx\x1b[3Cy", ["xb  y"]),
        ("abcd\x1b[3D\x1b[2P", ["ad"]),
        ("a\x07b\x00", ["ab"]),
        ("x  \r\ny", ["x", "y"]),
    ],
)
def test_streams(stream: str, lines: list[str]) -> None:
    screen = Screen()
    assert [*screen.feed(stream), screen.tail] == lines


@given(st.text("ab\r\n\b\t\x1b[;0123KJDCGPm]?h\x07", max_size=40), st.data())
def test_it_does_not_matter_how_a_stream_is_cut(stream: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(stream)))
    whole, parts = Screen(), Screen()
    finished = whole.feed(stream)
    assert parts.feed(stream[:cut]) + parts.feed(stream[cut:]) == finished
    assert parts.tail == whole.tail


@pytest.mark.parametrize(
    "sequence",
    ["\x1b[1000000000B", "\x1b[1000000000C", "\x1b[1000000000G", "\x1b[" + "9" * 3000 + "C"],
)
def test_a_cursor_moves_no_further_than_a_terminal_is_large(sequence: str) -> None:
    """A billion columns were four gigabytes."""
    screen = Screen()
    lines = screen.feed(f"{sequence}x" * 20 + "\r\n")
    assert sum(map(len, lines)) < 100_000


def test_a_sequence_that_never_ends_is_not_waited_for() -> None:
    screen = Screen()
    for _ in range(100):
        screen.feed("\x1b]0;" + "a" * 1000)
    assert len(screen._held) <= LONGEST_SEQUENCE + 10
