"""Format strings: any text is one, and only known variables are replaced."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staros_cli.chassis.bulkstats.formats import read

VALUES = {"card": "5", "host": "node", "empty": "", "odd": "%card%"}


def filled(text: str) -> str:
    return read(text).filled(lambda name: VALUES.get(name, ""))


@pytest.mark.parametrize(
    ("text", "record"),
    [
        ("", ""),
        ("TMY,card,%card%", "TMY,card,5"),
        ("%card%%host%", "5node"),
        ("a\\tb\\n", "a\tb\n"),
        ("\\x \\", "\\x \\"),
        ("100% of %card%", "100% of 5"),
        ("%card", "%card"),
        ("%%", "%%"),
        ("%%card%%", "%5%"),
        ("%no-such_name%,", ","),
        ("%two words%", "%two words%"),
        ("%odd%", "%card%"),
    ],
)
def test_variables_are_replaced_and_all_else_stays(text: str, record: str) -> None:
    assert filled(text) == record


@given(st.text(alphabet='%abc-_ \\nt,"é\n', max_size=300))
def test_any_text_is_a_format(text: str) -> None:
    form = read(text)
    names = [name for _, name in form.pieces]
    assert "%".join(["", *names, ""]).count("%") <= max(1, text.count("%"))
    assert filled(text).count("%") <= text.count("%")
    # Without variables and escapes nothing changes.
    if not names and "\\" not in text:
        assert filled(text) == text


@given(st.lists(st.tuples(st.text(alphabet="ab,; ", max_size=5), st.sampled_from(list(VALUES)))))
def test_a_format_is_filled_piece_by_piece(pieces: list[tuple[str, str]]) -> None:
    text = "".join(f"{fixed}%{name}%" for fixed, name in pieces)
    assert filled(text) == "".join(fixed + VALUES[name] for fixed, name in pieces)
    assert read(text).size == 1 + len(pieces)
