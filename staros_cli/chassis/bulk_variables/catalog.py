"""Variables with their descriptions, and kinds of schemas with the objects that they are of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct

from staros_cli.chassis.chassis import Chassis

NOT_APPLICABLE = "N/A"
"""Stands where a value does not apply (capture)."""
NEVER = "Never"
"""Stands for a time that never was (capture)."""


class Variable(Struct, frozen=True):
    """A variable: what it tells, and its value for an object."""

    text: str
    value: Callable[[Any], object]


class Kind(Struct, frozen=True):
    """A kind of schemas: its objects now, each of which makes a record, and their variables."""

    objects: Callable[[Chassis], Iterable[Any]]
    variables: dict[str, Variable]


def shown(value: object) -> str:
    """A value as records have it: percentages and loads with two decimals (capture)."""
    return f"{value:.2f}" if isinstance(value, float) else str(value)
