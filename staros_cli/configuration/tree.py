"""The running configuration: a tree of lines in full spelling."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

INDENT = "  "

# The order in which the lines of the top level are written (SR-18: `require …` stands before the
# contexts). A line belongs to the first entry that its key begins with.
ORDER = (
    "cli",
    "license key",
    "system hostname",
    "autoconfirm",
    "commandguard",
    "timestamps",
    "require",
    "local-user",
    "context local",
    "context",
    "port",
)


class Node(Struct):
    """One line of the configuration with the lines of the mode that it opens.

    `key` tells which line it is: a line of the same key takes its place. `mode` is the mode that
    the line opens, if it opens one.
    """

    key: str = ""
    line: str = ""
    mode: str = ""
    children: dict[str, Node] = {}

    def put(self, key: str, line: str, mode: str = "") -> Node:
        """Add a line, or give the line of that key its new wording; what stands in it stays."""
        found = self.children.get(key)
        if found is None:
            found = self.children[key] = Node(key, line, mode)
        else:
            found.line = line
        return found

    def drop(self, key: str) -> None:
        """Remove the line of that key, if it is there, with what stands in it."""
        self.children.pop(key, None)

    def find(self, *keys: str) -> Node | None:
        """The line that is reached by these keys, one a level."""
        node: Node | None = self
        for key in keys:
            node = node.children.get(key) if node else None
        return node

    def clear(self) -> None:
        """Remove all lines."""
        self.children.clear()


def _rank(node: Node) -> int:
    for rank, prefix in enumerate(ORDER):
        if node.key == prefix or node.key.startswith(prefix + " "):
            return rank
    return len(ORDER)


def lines_of(node: Node, depth: int = 0) -> Iterator[str]:
    """The lines of a node and all that stands in it, indented; sub-modes close with `#exit`."""
    yield from (INDENT * depth + node.line).split("\n")
    if node.mode:
        for child in node.children.values():
            yield from lines_of(child, depth + 1)
        yield INDENT * depth + "#exit"


def written(root: Node) -> list[str]:
    """The whole configuration in the order of a saved file, from `config` to `end`."""
    ordered = sorted(root.children.values(), key=_rank)
    return ["config", *(line for node in ordered for line in lines_of(node, 1)), "end"]
