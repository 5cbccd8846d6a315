"""The list of all layouts with the evidence for each; `docs/fidelity.md` is made from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from msgspec import Struct

from staros_cli.messages import Evidence

P = ParamSpec("P")
R = TypeVar("R")


class Layout(Struct, frozen=True):
    """A layout: what it shows, where its form comes from, and what about it is uncertain."""

    name: str
    shows: str
    evidence: Evidence
    note: str


LAYOUTS: dict[str, Layout] = {}


def layout(
    shows: str, evidence: Evidence, note: str = ""
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Enter a function that renders something into the list of layouts."""

    def enter(render: Callable[P, R]) -> Callable[P, R]:
        name = f"{render.__module__.rpartition('.')[2]}.{render.__name__}"
        LAYOUTS[name] = Layout(name, shows, evidence, note)
        return render

    return enter
