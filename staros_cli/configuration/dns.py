"""What the running configuration says about DNS clients."""

from __future__ import annotations

from staros_cli.chassis.dns import DnsSettings
from staros_cli.configuration.reading import Part, is_address, words_of
from staros_cli.configuration.tree import Node

CENTRAL = "central"
"""The cache whose settings count."""


def read(root: Node, context: str, name: str) -> DnsSettings | None:
    """A client of a context, None without it."""
    node = root.find(f"context {context}")
    client = node.find(f"dns-client {name}") if node else None
    if node is None or client is None:
        return None
    part, default = Part(client), DnsSettings(context, name)
    return DnsSettings(
        context,
        name,
        part.value("bind address"),
        int(part.number(f"cache size {CENTRAL}", default.size)),
        part.value(f"cache algorithm {CENTRAL}", default.algorithm),
        min(default.ttl, part.number("cache ttl positive", default.ttl)),
        part.number("cache ttl negative", default.negative_ttl),
        part.number("resolver retransmission-interval", default.interval),
        int(part.number("resolver number-of-retries", default.retries)),
        _hosts(node),
    )


def names(root: Node, context: str) -> list[str]:
    """The names of the clients of a context."""
    node = root.find(f"context {context}")
    lines = (words_of(child.line) for child in node.children.values()) if node else ()
    return [words[1] for words in lines if words[:1] == ["dns-client"] and len(words) > 1]


def _hosts(context: Node) -> dict[str, tuple[str, ...]]:
    """The entries of hosts of a context."""
    found: dict[str, tuple[str, ...]] = {}
    for words in Part(context).lines("ip localhost"):
        if len(words) > 1 and is_address(words[1]):
            name = words[0].lower()
            found[name] = (*found.get(name, ()), words[1])
    return found
