"""Wildcards match as a regular expression would, in linear time."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staros_cli.wildcards import matcher


@given(st.text("ab*$", max_size=12), st.text("abc", max_size=20))
def test_wildcards_are_those_of_the_manual(pattern: str, text: str) -> None:
    """`*` stands for many characters and `$` for one (SR-30)."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\$", ".")
    assert matcher(pattern, "*", "$")(text) == bool(re.fullmatch(expression, text, re.DOTALL))


@pytest.mark.parametrize("pattern", ["*" * 200 + "X", "a*" * 200 + "X", "$*" * 100 + "X"])
def test_many_wildcards_do_not_stop_everybody(pattern: str) -> None:
    """A regular expression would try for ages here."""
    assert not matcher(pattern, "*", "$")("a" * 2000)
