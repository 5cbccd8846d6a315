"""The running configuration: a tree of lines in full spelling."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from msgspec import Struct

from staros_cli.chassis.privilege import Privilege
from staros_cli.language.compiled import mode
from staros_cli.language.parser import parse

INDENT = "  "


class Node(Struct):
    """One line of the configuration with the lines of the mode that it opens.

    `key` tells which line it is: a line of the same key takes its place. `mode` is the mode that
    the line opens, if it opens one; `section` its place among the lines of the mode it stands in.
    `kept_as` is the form of a line that is kept and changes nothing in the model.
    `close` is the line behind the lines of the mode, where it is not that of the mode.
    """

    key: str = ""
    line: str = ""
    mode: str = ""
    section: str = ""
    children: dict[str, Node] = {}
    kept_as: str = ""
    close: str = ""

    def put(
        self, key: str, line: str, mode: str = "", section: str = "", kept_as: str = ""
    ) -> Node:
        """Add a line, or give the line of that key its new wording; what stands in it stays."""
        found = self.children.get(key)
        if found is None:
            found = self.children[key] = Node(key, line, mode, section)
        else:
            found.line, found.mode = line, mode
        found.kept_as = kept_as
        return found

    def drop(self, key: str) -> None:
        """Remove the line of that key, if it is there, with what stands in it."""
        self.children.pop(key, None)

    def drop_all(self, beginning: str) -> None:
        """Remove the lines whose key begins with these words."""
        for key in [key for key in self.children if f"{key} ".startswith(f"{beginning} ")]:
            del self.children[key]

    def find(self, *keys: str) -> Node | None:
        """The line that is reached by these keys, one a level."""
        node: Node | None = self
        for key in keys:
            node = node.children.get(key) if node else None
        return node

    def clear(self) -> None:
        """Remove all lines."""
        self.children.clear()


def ordered(node: Node) -> list[Node]:
    """The children of a node, in the order of its mode's sections and of configuration."""
    if not node.mode:
        return list(node.children.values())
    sections = mode(node.mode).sections
    ranks = {name: rank for rank, name in enumerate(sections)}
    added = [child for child in _always(node.mode) if child.key not in node.children]
    found = [*added, *node.children.values()]
    return sorted(found, key=lambda child: ranks.get(child.section, len(ranks)))


@cache
def _always(mode_name: str) -> tuple[Node, ...]:
    """The lines that stand in a mode even if nobody configured them."""
    commands = (parse(line, mode_name, Privilege.SECURITY) for line in mode(mode_name).always)
    return tuple(
        Node(command.line, command.line, command.rule.opens, command.rule.section)
        for command in commands
    )


def lines_of(node: Node, depth: int = 0) -> Iterator[str]:
    """The lines of a node and all that stands in it, indented, with the line that closes a mode."""
    yield from (INDENT * depth + node.line).split("\n")
    if node.mode:
        for child in ordered(node):
            yield from lines_of(child, depth + 1)
        yield INDENT * depth + (node.close or mode(node.mode).close)


def parts_of(node: Node, wanted: Callable[[Node], bool], depth: int = 1) -> Iterator[str]:
    """The lines of the wanted parts of a node, within the lines of the modes around them."""
    for child in ordered(node):
        if wanted(child):
            yield from lines_of(child, depth)
        elif child.mode:
            inner = list(parts_of(child, wanted, depth + 1))
            if inner:
                yield INDENT * depth + child.line
                yield from inner
                yield INDENT * depth + (child.close or mode(child.mode).close)


def written(root: Node) -> list[str]:
    """The whole configuration in the order of a saved file, from `config` to `end`."""
    return ["config", *(line for node in ordered(root) for line in lines_of(node, 1)), "end"]
