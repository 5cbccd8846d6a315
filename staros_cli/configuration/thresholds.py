"""What the running configuration says about thresholds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from staros_cli.chassis.thresholds.names import OF_POOLS, PORT_GROUP, REASON, SYSTEM
from staros_cli.chassis.thresholds.settings import ALERT, Limit, Scope, ThresholdSettings
from staros_cli.configuration.reading import Part, integer_of, number_in, words_of
from staros_cli.configuration.tree import Node

_PORT = re.compile(r"\d{1,2}/\d{1,2}")
_ALERT = "alert-threshold"
_ALIASES = {"total-subscriber": "subscriber total"}
"""Older words for the same."""
_OF_PORTS = {
    "rx-utilization": "port-rx-utilization",
    "tx-utilization": "port-tx-utilization",
    "high-activity": "port-high-activity",
}


def read(root: Node) -> ThresholdSettings:
    """The model, limits, intervals and groups of thresholds."""
    model = ALERT
    limits: dict[tuple[Scope, str], Limit] = {}
    polls: dict[str, int] = {}
    groups: list[tuple[Scope, str]] = []
    for scope, words in _lines(root):
        first = words[0] if words else ""
        if first == "model":
            model = words[-1]
        elif first == "poll" and len(words) > 1:
            polls[words[1]] = integer_of(words, "interval", 0)
        elif first == "monitoring":
            groups.append((scope, words[1] if len(words) > 1 else PORT_GROUP))
        else:
            limits.update(_limit(scope, words))
    limits.update(_pools(root))
    return ThresholdSettings(model, limits, polls, tuple(dict.fromkeys(groups)))


def _pools(root: Node) -> Iterator[tuple[tuple[Scope, str], Limit]]:
    """The limits that pools have of their own."""
    for context in root.children.values():
        for node in context.children.values() if context.mode == "context" else ():
            if node.line.startswith("ip pool ") and f" {_ALERT} " in node.line:
                words = words_of(node.line)
                for at, word in enumerate(words):
                    rest = words[at + 1 : at + 5]
                    if word == _ALERT and len(rest) > 1 and rest[0] in OF_POOLS:
                        value = int(number_in(rest[1], 0))
                        place = Part(context).name, f"{OF_POOLS[rest[0]]} {words[2]}"
                        yield place, Limit(value, integer_of(rest, "clear", value))


def _lines(root: Node) -> Iterator[tuple[Scope, list[str]]]:
    """The words behind `threshold`, with the scope, of all lines that begin so."""
    for node in root.children.values():
        if node.mode in ("context", "port"):
            scope = Part(node).name
            if node.mode == "port" and not _PORT.fullmatch(scope):
                continue
            for child in node.children.values():
                yield from ((scope, words) for words in _behind(child))
        else:
            yield from ((SYSTEM, words) for words in _behind(node))


def _behind(node: Node) -> Iterator[list[str]]:
    if node.line.startswith("threshold "):
        yield words_of(node.line)[1:]


def _limit(scope: Scope, words: list[str]) -> Iterator[tuple[tuple[Scope, str], Limit]]:
    """The limit of a line such as `subscriber total 100 clear 90`."""
    at = 2 if words[:1] == [REASON] else 1
    while at < len(words) and not words[at].isdecimal():
        at += 1
    if at >= len(words):
        return
    name = " ".join(words[:at])
    name = _OF_PORTS.get(name, _ALIASES.get(name, name))
    value = int(number_in(words[at], 0))
    yield (scope, name), Limit(value, integer_of(words, "clear", value))
