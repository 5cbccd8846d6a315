"""Options of several commands of the program."""

from __future__ import annotations

from argparse import ArgumentTypeError

import pytest

from staros_cli.options import number, port


@pytest.mark.parametrize(
    ("text", "expected"), [("0", 0), ("22", 22), ("65535", 65535), ("000000000022", 22)]
)
def test_ports(text: str, expected: int) -> None:
    assert port(text) == expected


@pytest.mark.parametrize(
    "text", ["", "-1", "65536", "000000000999999", "1000000000", "9" * 5000, "2²", "٣", "1_0", " 1"]
)
def test_what_is_no_port(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="expected a number from 0 to 65535, got"):
        port(text)


def test_a_number_has_a_lowest_and_a_highest() -> None:
    assert [number(text, 5, 6) for text in ("5", "6")] == [5, 6]
    for text in ("4", "7"):
        with pytest.raises(ArgumentTypeError):
            number(text, 5, 6)
