"""Commands about the emulator itself, which no device has."""

from __future__ import annotations

from collections import Counter

from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.configuration.tree import Node
from staros_cli.language import compiled
from staros_cli.rendering import emulator as layouts


@handles("show_not_modelled")
def show_not_modelled(invocation: Invocation) -> Output:
    """Show how many lines of the configuration are kept and shown and change nothing."""
    if invocation.command.has("all"):
        return layouts.kept_forms(_forms())
    counts: Counter[tuple[str, str]] = Counter()
    lines = _count(invocation.system.running, counts)
    rows = [(compiled.mode(name).title, form, count) for (name, form), count in counts.items()]
    return layouts.not_modelled(sorted(rows, key=lambda row: -row[2]), lines)


def _forms() -> list[tuple[str, str, str]]:
    """Every form that is kept: its mode, its key and what it is."""
    return [
        (compiled.mode(name).title, rule.keeps, rule.summary)
        for name in compiled.mode_names()
        for rule in compiled.mode(name).rules
        if rule.without_effect and rule.keeps
    ]


def _count(node: Node, counts: Counter[tuple[str, str]]) -> int:
    """Count the kept lines in a node, by modes and forms; returns how many lines there are."""
    total = 0
    for child in node.children.values():
        if child.kept_as:
            counts[node.mode, child.kept_as] += 1
        total += 1 + _count(child, counts)
    return total
