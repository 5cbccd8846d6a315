"""What the running configuration says about plugins."""

from __future__ import annotations

from staros_cli.chassis.plugins import Module, Plugin
from staros_cli.configuration.reading import Part, number_in
from staros_cli.configuration.tree import Node


def read(root: Node) -> list[Plugin]:
    """The plugins that are configured, with the versions of their modules."""
    return [
        Plugin(
            part.name,
            modules=tuple(
                Module(int(number_in(words[0], 0)), words[2])
                for words in part.lines("module priority")
                if len(words) == 3
            ),
        )
        for part in Part(root).within("plugin")
    ]
