"""The language of checks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staros_cli.labs.expressions import ExpressionError, Fact, Parameter, parse


def _even(value: object) -> str:
    return "" if isinstance(value, float) and value % 2 == 0 else "expected an even number"


FACTS = {
    fact.name: fact
    for fact in (
        Fact("yes", bool, "", lambda view: True),
        Fact("no", bool, "", lambda view: False),
        Fact("count", float, "", lambda view: view),
        Fact("half", float, "", lambda view, n: n / 2, (Parameter("n", _even),)),
        Fact("few", float, "", lambda view: 3.0, most=10.0),
        Fact("colour", str, "", lambda view: "red", values=("red", "green")),
        Fact("order", bool, "", lambda view: True),
    )
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("yes", True),
        ("not yes", False),
        ("yes and no", False),
        ("yes or no", True),
        ("no and no or yes", True),
        ("no and (no or yes)", False),
        ("not (yes and no)", True),
        ("count == 3", True),
        ("count >= 4", False),
        ("half(4) == 2", True),
        ('colour == "red"', True),
        ("colour != 'red'", False),
        ("count and yes", True),
        ("order", True),
    ],
)
def test_what_an_expression_says(text: str, holds: bool) -> None:
    assert parse(text, FACTS).holds(3.0) is holds


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("maybe", "maybe is not known, expected one of yes, no"),
        ("yes and", "ends too early"),
        ("yes yes", "'yes' is not expected at column 5"),
        ("half(3)", "expected an even number"),
        ("half()", "half takes n, got 0 arguments"),
        ("count == 'three'", "a number and a text cannot be compared"),
        ("colour == 'blue'", "colour is never 'blue', only one of red, green"),
        ("colour and yes", "colour is a text, compare it with another"),
        ("yes & no", "'&' is not expected at column 5"),
    ],
)
def test_what_is_wrong_is_told_before_anybody_takes_the_lab(text: str, said: str) -> None:
    with pytest.raises(ExpressionError, match=said.replace("(", r"\(").replace(")", r"\)")):
        parse(text, FACTS)


def test_an_expression_that_is_always_the_same_is_known_to_be() -> None:
    assert parse("1 > 2", FACTS).constant is False
    assert parse("yes and 1 > 2", FACTS).constant is False
    assert parse("not 1 > 2 or no", FACTS).constant is True
    assert parse("yes", FACTS).constant is None


@pytest.mark.parametrize(
    ("text", "comes_to"),
    [
        ("few < 0", False),
        ("few <= 0", None),
        ("few > 10", False),
        ("10 < few", False),
        ("few >= 10", None),
        ("few >= 0", True),
        ("few <= 10", True),
        ("few < 11", True),
        ("few == 11", False),
        ("few != -1", True),
        ("few == 10", None),
        ("few == count", None),
    ],
)
def test_a_comparison_that_always_comes_to_the_same_is_known(
    text: str, comes_to: bool | None
) -> None:
    assert parse(text, FACTS).constant is comes_to


def test_the_facts_that_are_asked_for_are_known() -> None:
    found = parse("not (yes or half(4) == 2) and colour == 'red'", FACTS)
    assert found.asks == (("yes", ()), ("half", (4.0,)), ("colour", ()))


@given(st.text(max_size=40))
def test_any_text_is_an_expression_or_is_told_to_be_none(text: str) -> None:
    try:
        said = parse(text, FACTS).text
    except ExpressionError as error:
        said = str(error)
    assert said
