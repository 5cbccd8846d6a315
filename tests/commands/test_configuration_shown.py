"""`show configuration` and its parts."""

from __future__ import annotations

import pytest

from tests.lab import Lab

NONE = "Failure: No matching configuration data\n"


def test_a_part_is_shown_with_the_lines_around_it() -> None:
    lab = Lab()
    whole = lab.typed("show configuration").splitlines()
    for part, begin in (
        ("context SAEGW", "  context SAEGW"),
        ("port 5/10", "  port ethernet 5/10"),
    ):
        start = whole.index(begin)
        end = whole.index("  #exit", start) + 1
        shown = lab.typed(f"show configuration {part}").splitlines()
        assert shown == ["config", *whole[start:end], "end"]


@pytest.mark.parametrize("part", ["context nowhere", "port 5/29"])
def test_a_part_that_is_not_configured(part: str) -> None:
    assert Lab().typed(f"show configuration {part}") == NONE


@pytest.mark.parametrize("word", ["brief", "verbose", "showsecrets"])
def test_variants_show_all_lines(word: str) -> None:
    lab = Lab()
    assert lab.typed(f"show configuration {word}") == lab.typed("show configuration")


def test_the_checksum_changes_with_the_configuration_and_only_then() -> None:
    lab = Lab()

    def checksum() -> str:
        found = lab.typed("show configuration checksum")
        assert len(found) == 33
        return found

    first = checksum()
    lab.wait(3600)
    assert checksum() == first
    lab.configure("system hostname other")
    second = checksum()
    assert second != first
    lab.configure("context local", "administrator bob password secret")
    assert checksum() not in (first, second)
    assert checksum() == checksum()
    lab.configure("context local", "no administrator bob", "exit", "system hostname asr5500")
    assert checksum() == first
