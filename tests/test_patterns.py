"""Regular expressions of users: bounded, and told in our words when they cannot be used."""

from __future__ import annotations

import gc
import resource

import pytest

from staros_cli import patterns
from staros_cli.patterns import Pattern, PatternError, SearchTooLong


def test_groups_are_told_by_name() -> None:
    pattern = Pattern(r"(?P<word>[a-zé]+) (?P<number>\d+)?")
    assert pattern.names == ["word", "number"]
    assert pattern.fullmatch("élan 12") == {"word": "élan", "number": "12"}
    assert pattern.fullmatch("élan ") == {"word": "élan", "number": ""}
    assert pattern.fullmatch("12") is None
    assert pattern.is_in("a word 1")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("((|a){5000}){50}", "repeats are too large"),
        ("(a{3000}){3000}", "repeats are too large"),
        ("((a{100}){100}){100}", "repeats are too large"),
        ("(" * 3000, "a group is not closed"),
        (r"[\p{L}]{999}|" * 9 + r"\PL{999}", "repeats are too large"),
        ("(", "a group is not closed"),
        ("a)", "a group is closed"),
        ("[", "a bracket is not closed"),
        ("*", "nothing to repeat"),
        ("a**", "a repeat follows a repeat"),
        (r"(a)\1", "invalid escape sequence"),
        ("(?=a)", "not supported"),
        ("a" * (patterns.MOST_CHARACTERS + 1), "longer than"),
    ],
)
def test_what_cannot_be_used_is_refused(text: str, reason: str) -> None:
    with pytest.raises(PatternError, match=reason):
        Pattern(text)


def test_a_text_that_takes_long_for_its_pattern_is_refused() -> None:
    large = Pattern("(.{100}){9}z")
    assert not large.is_in("a" * 1000)
    with pytest.raises(SearchTooLong):
        large.is_in("a" * 100_000)
    with pytest.raises(SearchTooLong):
        large.fullmatch("a" * 100_000)
    assert not Pattern("z").is_in("a" * 100_000)


def test_compiled_patterns_are_not_kept() -> None:
    """Each may take a megabyte; before, twelve large ones held 1.8 GiB for good."""
    text = "a" * 2000
    for count in range(50):
        Pattern(f"(.{{{count}}}){{9}}z|{count}").is_in(text)
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for count in range(1000):
        Pattern(f"(.{{{count % 50}}}){{9}}z|{count + 50}").is_in(text)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 << 10
