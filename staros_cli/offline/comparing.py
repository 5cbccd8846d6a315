"""`staros-cli config diff`: the differences of two configurations, and the way between them."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Sequence
from enum import Enum

import msgspec
from msgspec import Struct

from staros_cli.chassis.privilege import Privilege
from staros_cli.commands.engine import key_of
from staros_cli.configuration.opaque import OPAQUE
from staros_cli.configuration.tree import INDENT, Node, ordered
from staros_cli.language.compiled import UNLISTED, mode
from staros_cli.language.errors import LineError
from staros_cli.language.parser import parse
from staros_cli.offline import texts
from staros_cli.offline.checking import loaded
from staros_cli.printable import printable

_IN_ORDER = frozenset(("access-list", "ipv6-access-list", "route-map", UNLISTED))
"""The modes in which the order of lines means something."""
_LICENSE_KEY = "license key"
_SECRET = re.compile(r"\+[AB][0-9A-Za-z]{6,}")


class Kind(Enum):
    """A kind of difference; the value is the mark before its line."""

    REMOVED = "-"
    ADDED = "+"
    MOVED = "~"


class Difference(Struct, frozen=True):
    """A line with what stands in it that only one of two configurations has, or that moved.

    `around` are the lines of the modes around it, `replaces` tells that the line takes the place of
    the one before it in the list, `mode` is the mode that it stands in. `lists` are all lines of
    that mode before and after, where their order means something.
    """

    kind: Kind
    around: tuple[str, ...]
    node: Node
    mode: str
    replaces: bool = False
    lists: tuple[Sequence[Node], Sequence[Node]] | None = None

    @property
    def place(self) -> tuple[tuple[str, ...], str]:
        """What tells the line from all others of a configuration."""
        return self.around, self.node.key


def run(given: argparse.Namespace) -> int:
    """Compare two files and print what they differ in. Returns 1 when they do."""
    before, after = texts.read(given.before), texts.read(given.after)
    first = loaded(before, given.platform)
    platform = given.platform or first.system.chassis.platform.name
    second = loaded(after, platform)
    for made in (first, second):
        made.system.running.drop(_LICENSE_KEY)  # that of this program
    found = list(differences(first.system.running, second.system.running))
    if given.json:
        print(msgspec.json.format(msgspec.json.encode([_data(one) for one in found])).decode())
    else:
        for line in commands(found) if given.commands else lines(found):
            print(printable(line))
    return int(bool(found))


def differences(before: Node, after: Node, around: tuple[str, ...] = ()) -> Iterator[Difference]:
    """The differences of two configurations, in the order of a saved file.

    Secrets count as the same, since each chassis has an own spelling of them.
    """
    old, new = ordered(before), ordered(after)
    lists = (old, new) if after.mode in _IN_ORDER else None
    for child in old:
        if child.key not in after.children and not _is_always(before, child):
            yield Difference(Kind.REMOVED, around, child, before.mode, lists=lists)
    for child in new:
        other = before.children.get(child.key)
        if other is None:
            if not _is_always(after, child):
                yield Difference(Kind.ADDED, around, child, after.mode, lists=lists)
        elif _plain(other.line) != _plain(child.line):
            # What was opened another way is another thing, with all that stands in it.
            yield Difference(Kind.REMOVED, around, other, before.mode, lists=lists)
            yield Difference(Kind.ADDED, around, child, after.mode, replaces=True, lists=lists)
        else:
            yield from differences(other, child, (*around, child.line))
    if lists:
        yield from _moved(before, after, around, lists)


def _is_always(parent: Node, child: Node) -> bool:
    """Whether a line is there without being configured, as `aaa group default`."""
    return bool(parent.mode) and child.key in mode(parent.mode).always and not child.children


def _plain(line: str) -> str:
    return _SECRET.sub("+B", line)


def _moved(
    before: Node,
    after: Node,
    around: tuple[str, ...],
    lists: tuple[Sequence[Node], Sequence[Node]],
) -> Iterator[Difference]:
    old = [key for key in before.children if key in after.children]
    new = [key for key in after.children if key in before.children]
    for first, second in zip(old, new, strict=True):
        if first != second:
            yield Difference(Kind.MOVED, around, after.children[second], after.mode, lists=lists)


def lines(found: Sequence[Difference]) -> Iterator[str]:
    """The differences with the lines around them, marked at their beginning."""
    shown: tuple[str, ...] = ()
    for one in found:
        common = 0
        while common < min(len(shown), len(one.around)) and shown[common] == one.around[common]:
            common += 1
        for depth in range(common, len(one.around)):
            yield f"  {INDENT * depth}{one.around[depth]}"
        shown = one.around
        for line in _block(one.node, len(one.around)):
            yield f"{one.kind.value} {line}"


def _block(node: Node, depth: int) -> Iterator[str]:
    yield INDENT * depth + _plain(node.line)
    for child in ordered(node) if node.mode else ():
        if not _is_always(node, child):
            yield from _block(child, depth + 1)


def commands(found: Sequence[Difference]) -> Iterator[str]:
    """The lines that lead from the first configuration to the second.

    What no command is known for stands in a remark. Where the order means something, lines behind
    the first that differs are removed and typed again.
    """
    replaced = {one.place for one in found if one.replaces}
    again: set[tuple[str, ...]] = set()
    at_once: dict[tuple[str, ...], bool] = {}
    yield "config"
    open_modes: tuple[str, ...] = ()
    for one in found:
        if any(one.around[:depth] in again for depth in range(len(one.around) + 1)):
            continue
        if one.kind is Kind.REMOVED and one.place in replaced and not one.node.mode:
            continue
        yield from _way(open_modes, one.around)
        open_modes = one.around
        depth = len(one.around) + 1
        if one.lists and one.around not in at_once:
            at_once[one.around] = _in_order_at_once(*one.lists)
        if one.lists and not at_once[one.around]:
            again.add(one.around)
            yield from _typed_again(*one.lists, one.mode, depth)
        elif one.kind is Kind.REMOVED:
            yield INDENT * depth + _removal(one.node, one.mode)
        else:
            yield from _written(one.node, depth)
    yield from _way(open_modes, ())
    yield "end"


def _in_order_at_once(old: Sequence[Node], new: Sequence[Node]) -> bool:
    """Whether lines stand in order when the old ones are removed and the new ones put behind."""
    kept = {node.key for node in old} & {node.key for node in new}
    same = [node.key for node in old if node.key in kept]
    return same == [node.key for node in new[: len(same)]]


def _typed_again(
    old: Sequence[Node], new: Sequence[Node], mode_name: str, depth: int
) -> Iterator[str]:
    """The lines that remove all from the first that differs on, and put the new ones there."""
    same = 0
    while same < min(len(old), len(new)) and _is_same(old[same], new[same]):
        same += 1
    for node in old[same:]:
        yield INDENT * depth + _removal(node, mode_name)
    for node in new[same:]:
        yield from _written(node, depth)


def _is_same(first: Node, second: Node) -> bool:
    return first.key == second.key and not any(differences(first, second))


def _way(before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[str]:
    """The lines that lead from one mode to another."""
    common = 0
    while common < min(len(before), len(after)) and before[common] == after[common]:
        common += 1
    for depth in range(len(before), common, -1):
        yield f"{INDENT * depth}exit"
    for depth in range(common, len(after)):
        yield INDENT * (depth + 1) + after[depth]


def _written(node: Node, depth: int) -> Iterator[str]:
    if node.kept_as == OPAQUE and node.key != node.line:
        yield f"{INDENT * depth}# stands there once more, which only a file can say: {node.line}"
        return
    yield INDENT * depth + node.line
    if node.mode:
        for child in ordered(node):
            if not _is_always(node, child):
                yield from _written(child, depth + 1)
        yield f"{INDENT * depth}exit"


def _removal(node: Node, mode_name: str) -> str:
    """The command that removes a line, or a remark when none is known."""
    line, key = node.line, node.key
    if node.kept_as == OPAQUE:
        return f"no {line}"
    words = line.split()
    candidates = [f"no {line}", f"no {key}"]
    candidates += [f"no {' '.join(words[:length])}" for length in range(len(words) - 1, 0, -1)]
    if line.startswith("no "):
        candidates.insert(0, line.removeprefix("no "))
    for candidate in candidates:
        try:
            command = parse(candidate, mode_name, Privilege.SECURITY, hidden=True)
        except LineError:
            continue
        drops = command.rule.drops
        if drops and key_of(drops, command) == key:
            return candidate
        if line.startswith("no ") and command.rule.keeps:
            return candidate
    return f"# no command is known that removes: {line}"


def _data(one: Difference) -> dict[str, object]:
    text = [line.strip() for line in _block(one.node, 0)]
    return {"kind": one.kind.name.lower(), "within": list(one.around), "lines": text}
