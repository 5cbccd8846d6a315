"""Commands that show objects as they are configured."""

from __future__ import annotations

from collections.abc import Iterator

from staros_cli import messages
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.configuration.reading import words_of
from staros_cli.configuration.tree import Node, lines_of
from staros_cli.messages import Refused
from staros_cli.rendering import configured_objects as layouts

_TWO_WORDS = ("aaa", "gtpp")
"""First words of objects that are named by two."""


def _kind(invocation: Invocation) -> str:
    """The words that open the objects which are asked for."""
    words = invocation.command.words
    return " ".join(words[1 : 3 if words[1] in _TWO_WORDS else 2])


def _found(invocation: Invocation, kind: str) -> Iterator[tuple[str, Node]]:
    """The objects of a kind of the system and of the context of the session, by their names."""
    running, wanted = invocation.system.running, invocation.command.text("object_name")
    context = running.find(f"context {invocation.state.context}")
    for place in (running, context) if context else (running,):
        for node in place.children.values():
            if node.mode and node.line.startswith(f"{kind} "):
                name = words_of(node.key)[-1]
                if wanted in ("", name):
                    yield name, node


def _lines(node: Node) -> list[str]:
    return [line for child in node.children.values() for line in lines_of(child)]


@handles("show_configured_object", "show_configured_service", "show_mapping_table")
def show_configured_object(invocation: Invocation) -> Output:
    """Show objects of a kind."""
    kind, command = _kind(invocation), invocation.command
    found = list(_found(invocation, kind))
    if not found:
        raise Refused(messages.NO_OBJECT, kind=kind)
    in_full = command.has("full") or command.has("table") or command.rule.name.endswith("service")
    if not in_full and not command.text("object_name"):
        return layouts.names(kind, [name for name, _ in found])
    return layouts.objects(kind, [(name, _lines(node)) for name, node in found])
