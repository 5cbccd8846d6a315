"""Commands that show objects as they are configured."""

from __future__ import annotations

from collections.abc import Iterator

from staros_cli import messages
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.configuration.reading import Part, words_of
from staros_cli.configuration.tree import Node, lines_of
from staros_cli.messages import Refused
from staros_cli.rendering import configured_objects as layouts

_BANNERS = ("charging-service", "lawful-intercept", "motd", "pre-login")
_TWO_WORDS = ("aaa", "gtpp")
"""First words of objects that are named by two."""


def _kind(invocation: Invocation) -> str:
    """The words that open the objects which are asked for."""
    words = invocation.command.words
    if words[1] == "lte-policy":
        return words[2]
    return " ".join(words[1 : 3 if words[1] in _TWO_WORDS else 2])


def _found(invocation: Invocation, kind: str) -> Iterator[tuple[str, Node]]:
    """The objects of a kind of the system and of the context of the session, by their names."""
    running, wanted = invocation.system.running, invocation.command.text("object_name")
    places = [running, running.find(f"context {invocation.state.context}")]
    if invocation.command.has("lte-policy"):
        places = [running.find("lte-policy")]
    for place in filter(None, places):
        for node in place.children.values():
            if node.mode and node.line.startswith(f"{kind} "):
                name = words_of(node.key)[-1]
                if wanted in ("", name):
                    yield name, node


def _lines(node: Node) -> list[str]:
    return [line for child in node.children.values() for line in lines_of(child)]


@handles(
    "show_configured_object", "show_configured_service", "show_lte_policy", "show_mapping_table"
)
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


@handles("show_banner")
def show_banner(invocation: Invocation) -> Output:
    """Show texts that are shown at logins."""
    command, part = invocation.command, Part(invocation.system.running)
    kinds = [kind for kind in _BANNERS if command.has("all") or command.has(kind)]
    found = [(kind, text) for kind in kinds if (text := part.value(f"banner {kind}"))]
    if not found:
        raise Refused(messages.NO_OBJECT, kind="banner")
    return layouts.banners(found)


@handles("show_ssh_key_status")
def show_ssh_key_status(invocation: Invocation) -> Output:
    """Show whether contexts have keys of SSH."""
    contexts = Part(invocation.system.running).within("context")
    return layouts.ssh_keys(sum(context.node.find("ssh key") is not None for context in contexts))
