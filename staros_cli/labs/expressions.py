"""The language of checks: facts about the chassis, compared and joined with `and`, `or`, `not`.

An expression such as `configured and not in_effect` or `card(4) == "active"` is read once, when a
lab is loaded, and all that can be wrong with it is told then.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken, VisitError
from msgspec import Struct

from staros_cli.errors import StarosError

Value = bool | float | str

_GRAMMAR = r"""
?start: either
?either: both ("or" both)* -> either
?both: refused ("and" refused)* -> both
?refused: "not" refused -> negated
        | compared
?compared: term (OPERATOR term)?
?term: "(" either ")"
     | NAME "(" (argument ("," argument)*)? ")" -> fact
     | NAME -> fact
     | literal
argument: literal
literal: NUMBER | TEXT
OPERATOR: "==" | "!=" | "<=" | ">=" | "<" | ">"
NAME: /[a-z][a-z_]*/
NUMBER: /-?\d+(\.\d+)?/
TEXT: /"[^"]*"|'[^']*'/
%ignore /\s+/
"""


MOST_NESTED = 60
"""The most parentheses and `not` in an expression, those in texts left out."""
_NESTING = re.compile(r"""\"[^\"]*\"|'[^']*'|\(|\bnot\b""")


class ExpressionError(StarosError):
    """An expression that cannot be used; its text says what is wrong and what would be right."""


class Parameter(Struct, frozen=True):
    """The condition for an argument of a fact: `check` returns the error, or an empty text."""

    name: str
    check: Callable[[Value], str]
    many: bool = False


class Fact(Struct, frozen=True):
    """Something that can be asked about a chassis.

    `find` answers from whatever the caller evaluates against; `values` are all the texts that the
    answer can be, if it is a text; a number is never below 0 nor above `most`.
    """

    name: str
    kind: type
    about: str
    find: Callable[..., Value]
    takes: tuple[Parameter, ...] = ()
    values: tuple[str, ...] = ()
    most: float = math.inf


Evaluate = Callable[[object], Value]


Asked = tuple[str, tuple[Value, ...]]
"""A fact that is asked for, by name, and its arguments."""


class Expression(Struct, frozen=True):
    """An expression that was found good.

    `constant` is what it always is, `values` all that it can be, `least` and `most` what a number
    lies between, where that is known. `asks` are the facts in it.
    """

    text: str
    kind: type
    evaluate: Evaluate
    constant: Value | None = None
    values: tuple[str, ...] = ()
    least: float = -math.inf
    most: float = math.inf
    asks: tuple[Asked, ...] = ()

    def holds(self, view: object) -> bool:
        """Whether it is true of what `view` shows."""
        return bool(self.evaluate(view))


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
_KIND_NAMES: dict[type, str] = {bool: "a truth", float: "a number", str: "a text"}


def parse(text: str, facts: Mapping[str, Fact]) -> Expression:
    """Read an expression over these facts. Raises ExpressionError."""
    if sum(found in ("(", "not") for found in _NESTING.findall(text)) > MOST_NESTED:
        raise ExpressionError(
            f"expected at most {MOST_NESTED} parentheses and `not` in {text[:40]!r}…"
        )
    try:
        tree = _parser().parse(text)
        found: Expression = _Builder(text, facts).transform(tree)
    except VisitError as error:
        if isinstance(error.orig_exc, ExpressionError):
            raise error.orig_exc from None
        raise
    except UnexpectedInput as error:
        raise ExpressionError(_misread(text, error)) from None
    return found


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", maybe_placeholders=False)


def _misread(text: str, fault: UnexpectedInput) -> str:
    if isinstance(fault, UnexpectedToken) and fault.token.type == "$END":
        return f"{text!r} ends too early"
    wrong = text[fault.pos_in_stream or 0 :].split()
    what = wrong[0] if wrong and isinstance(fault, (UnexpectedToken, UnexpectedCharacters)) else ""
    return f"{text!r}: {what!r} is not expected at column {fault.column}"


class _Builder(Transformer[Token, Expression]):
    """Makes an expression of a parse tree, from the inside out."""

    def __init__(self, text: str, facts: Mapping[str, Fact]) -> None:
        super().__init__()
        self._text = text
        self._facts = facts

    def literal(self, children: Sequence[Token]) -> Expression:
        (token,) = children
        if token.type == "TEXT":
            text = str(token[1:-1])
            return Expression(str(token), str, lambda view: text, text)
        number = float(token)
        if math.isinf(number):
            raise ExpressionError(f"a number of {len(token)} digits is too large")
        return Expression(str(token), float, lambda view: number, number, least=number, most=number)

    def argument(self, children: Sequence[Expression]) -> Expression:
        return children[0]

    def fact(self, children: Sequence[Token | Expression]) -> Expression:
        name = str(children[0])
        fact = self._facts.get(name)
        if fact is None:
            known = ", ".join(self._facts)
            raise ExpressionError(f"{self._text!r}: {name} is not known, expected one of {known}")
        given = [c.constant for c in children[1:] if isinstance(c, Expression)]
        arguments = tuple(value for value in given if value is not None)
        self._check_arguments(fact, arguments)
        find = fact.find
        return Expression(
            name,
            fact.kind,
            lambda view: find(view, *arguments),
            values=fact.values,
            least=0.0,
            most=fact.most,
            asks=((name, arguments),),
        )

    def _check_arguments(self, fact: Fact, arguments: Sequence[Value]) -> None:
        takes = list(fact.takes)
        if takes and takes[-1].many:
            takes += [takes[-1]] * (len(arguments) - len(takes))
            least = len(fact.takes) - 1
        else:
            least = len(takes)
        if not least <= len(arguments) <= max(least, len(takes)):
            schema = ", ".join(p.name + ("…" if p.many else "") for p in fact.takes) or "nothing"
            raise ExpressionError(
                f"{self._text!r}: {fact.name} takes {schema}, got {len(arguments)} arguments"
            )
        for parameter, value in zip(takes, arguments, strict=False):
            wrong = parameter.check(value)
            if wrong:
                raise ExpressionError(f"{self._text!r}: {fact.name}: {wrong}")

    def compared(self, children: Sequence[Token | Expression]) -> Expression:
        left, sign, right = children
        assert isinstance(left, Expression)
        assert isinstance(right, Expression)
        if left.kind is not right.kind or left.kind is bool:
            kinds = f"{_KIND_NAMES[left.kind]} and {_KIND_NAMES[right.kind]}"
            raise ExpressionError(f"{self._text!r}: {kinds} cannot be compared with {sign}")
        for one, other in ((left, right), (right, left)):
            if one.values and other.constant is not None and other.constant not in one.values:
                known = ", ".join(one.values)
                raise ExpressionError(
                    f"{self._text!r}: {one.text} is never {other.constant!r}, only one of {known}"
                )
        compare = _COMPARE[str(sign)]
        constant = None
        if left.constant is not None and right.constant is not None:
            constant = compare(left.constant, right.constant)
        elif left.kind is float:
            constant = _foregone(str(sign), left, right)
        first, second = left.evaluate, right.evaluate
        return Expression(
            self._text,
            bool,
            lambda view: compare(first(view), second(view)),
            constant,
            asks=left.asks + right.asks,
        )

    def negated(self, children: Sequence[Expression]) -> Expression:
        (inner,) = self._truths(children)
        evaluate = inner.evaluate
        constant = None if inner.constant is None else not inner.constant
        return Expression(
            self._text, bool, lambda view: not evaluate(view), constant, asks=inner.asks
        )

    def both(self, children: Sequence[Expression]) -> Expression:
        if len(children) == 1:
            return children[0]
        parts = self._truths(children)
        constants = [part.constant for part in parts]
        constant = False if any(c is False or c == 0.0 for c in constants) else None
        if all(constants):
            constant = True
        return Expression(
            self._text,
            bool,
            lambda view: all(p.evaluate(view) for p in parts),
            constant,
            asks=_all_asks(parts),
        )

    def either(self, children: Sequence[Expression]) -> Expression:
        if len(children) == 1:
            return children[0]
        parts = self._truths(children)
        constants = [part.constant for part in parts]
        constant = True if any(constants) else None
        if all(c is not None and not c for c in constants):
            constant = False
        return Expression(
            self._text,
            bool,
            lambda view: any(p.evaluate(view) for p in parts),
            constant,
            asks=_all_asks(parts),
        )

    def _truths(self, children: Sequence[Expression]) -> Sequence[Expression]:
        """Parts that are joined or denied: truths, or numbers, of which only 0 is false."""
        for part in children:
            if part.kind is str:
                raise ExpressionError(
                    f"{self._text!r}: {part.text} is a text, compare it with another"
                )
        return children


def _all_asks(parts: Sequence[Expression]) -> tuple[Asked, ...]:
    return tuple(asked for part in parts for asked in part.asks)


def _foregone(sign: str, left: Expression, right: Expression) -> bool | None:
    """The constant result of comparing two numbers, None when it depends."""
    below, not_above = left.most < right.least, left.most <= right.least
    above, not_below = left.least > right.most, left.least >= right.most
    apart = below or above
    always, never = {
        "<": (below, not_below),
        "<=": (not_above, above),
        ">": (above, not_above),
        ">=": (not_below, below),
        "==": (False, apart),
        "!=": (apart, False),
    }[sign]
    return True if always else False if never else None
