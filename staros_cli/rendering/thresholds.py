"""Layouts about thresholds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from staros_cli.chassis.thresholds.names import INTERVAL, PORT_GROUP, SYSTEM, Threshold
from staros_cli.chassis.thresholds.settings import Scope, ThresholdSettings, Watched
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Lines

_Block = tuple[tuple[str, str], ...]


@layout(
    "show threshold",
    "chosen",
    "Remembered. Thresholds whose values are not modelled are configured here and never active; "
    "traps are raised without `snmp trap enable`.",
)
def thresholds(settings: ThresholdSettings, active: Sequence[Watched]) -> Lines:
    """The model, the limits that are set, what is looked at, and the groups switched on."""
    configured = [
        (
            ("Name", name),
            ("Config Scope", _scope(scope)),
            ("Threshold", str(limit.value)),
            ("Clear", str(limit.clear)),
        )
        for (scope, name), limit in settings.limits.items()
    ]
    watched = [
        (
            ("Name", " ".join(filter(None, (one.threshold.name, one.of)))),
            ("Config Scope", _scope(one.scope)),
            ("Threshold", str(one.limit.value)),
            ("Clear", str(one.limit.clear)),
            ("Poll interval", f"{one.interval} seconds"),
        )
        for one in active
    ]
    groups = [
        (("Name", group), ("Config Scope", _scope(scope))) for scope, group in settings.groups
    ]
    parts: tuple[tuple[str, Sequence[_Block]], ...] = (
        ("Configured thresholds", configured),
        ("Active thresholds", watched),
        ("Enabled threshold groups", groups),
    )
    lines = [f"Threshold operation model: {settings.model.upper()}"]
    data: dict[str, Any] = {"model": settings.model}
    for title, blocks in parts:
        lines += [f"{title}:", *_lines(blocks)]
        data[title.lower().replace(" ", "_")] = [dict(block) for block in blocks]
    return Lines(lines, data)


def _lines(blocks: Iterable[_Block]) -> Iterator[str]:
    for block in blocks:
        yield from (f" {label + ':':<13} {value}" for label, value in block)


def _scope(scope: Scope) -> str:
    """The name of a scope."""
    if scope == SYSTEM:
        return "SYSTEM"
    return f"PORT {scope}" if "/" in scope else f"CONTEXT {scope}"


@layout("show threshold default", "chosen", "The defaults are documented for some of them only.")
def defaults(found: Sequence[Threshold]) -> Lines:
    """The limits of thresholds where none is set."""
    lines = [f"Threshold Poll interval: {INTERVAL} seconds"]
    for threshold in found:
        value = threshold.default or "0 (off)"
        groups = ", ".join(one for one in threshold.groups if one != PORT_GROUP) or "of the port"
        lines.append(f"Threshold {threshold.name}: {value}, groups: {groups}")
    return Lines(lines, {threshold.name: threshold.default for threshold in found})
