"""Layouts about access lists."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli.chassis.access_lists import Rule
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Lines, Screen, screen


@layout("show ip access-list", "chosen", "Remembered from a manual.")
def access_lists(version: int, found: Sequence[tuple[str, Sequence[Rule]]]) -> Screen:
    """Access lists with their rules, and how many there are."""
    family = "ip" if version == 4 else "ipv6"
    lists = [
        Lines(
            [f"{family} access list {name}", *(f"  {rule.text}" for rule in rules)],
            {"name": name, "rules": [rule.text for rule in rules]},
        )
        for name, rules in found
    ]
    total = f"{len(found)} {family} access-lists are configured."
    return screen(*lists, Lines([total], {"lists": len(found)}))
