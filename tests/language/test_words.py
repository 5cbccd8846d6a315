"""Splitting a line into words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staros_cli.language.words import MissingQuote, Word, quoted, split


def texts(line: str) -> list[str]:
    return [word.text for word in split(line)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", []),
        ("   ", []),
        ("show version", ["show", "version"]),
        ("  show \t version  ", ["show", "version"]),
        ('show "a b" c', ["show", "a b", "c"]),
        ("show 'a b'", ["show", "a b"]),
        ('""', [""]),
        ("a|b", ["a", "|", "b"]),
        ("a | b", ["a", "|", "b"]),
        ("||", ["|", "|"]),
        ("grep 'a|b'", ["grep", "a|b"]),
        ('key "first\nsecond"', ["key", "first\nsecond"]),
        ("it's", ["it's"]),
        (r'"a \"b\" c" d', ['a "b" c', "d"]),
        (r'"a\b"', [r"a\b"]),
    ],
)
def test_words_of_a_line(line: str, expected: list[str]) -> None:
    assert texts(line) == expected


def test_a_word_knows_its_quote_and_its_place() -> None:
    assert split("""user "joe" 'jo*' x""") == [
        Word("user", "", 0),
        Word("joe", '"', 5),
        Word("jo*", "'", 11),
        Word("x", "", 17),
    ]


def test_only_an_unquoted_bar_is_a_bar() -> None:
    assert [word.is_bar for word in split("""| "|" '|'""")] == [True, False, False]


@pytest.mark.parametrize("line", ['show "a', "show 'a", '"', "show \"a'", "'\"'\"", r'show "a\"'])
def test_a_quote_without_its_end_is_told(line: str) -> None:
    with pytest.raises(MissingQuote):
        split(line)


@given(st.text())
def test_any_text_splits_into_words_that_stand_in_it(line: str) -> None:
    try:
        words = split(line)
    except MissingQuote:
        assert '"' in line or "'" in line
        return
    for word in words:
        if '\\"' in line:
            continue  # the word stands there with its quotes escaped
        begin = word.start + len(word.quote)
        assert line[begin : begin + len(word.text)] == word.text


@given(
    st.lists(
        st.text(st.characters(exclude_characters="\\"))
        | st.sampled_from(['a"b', 'a"', '" ', "a\\b", "a\\", 'a\\"b', 'it\'s "x"', "/'\\"])
    )
)
def test_quoted_words_are_read_back(words: list[str]) -> None:
    assert texts(" ".join(quoted(word) for word in words)) == words
