"""What the running configuration says about groups of ports."""

from __future__ import annotations

from collections.abc import Iterator

from staros_cli.chassis.ports import Group
from staros_cli.configuration.reading import Part, integer_of
from staros_cli.configuration.tree import Node

Place = tuple[int, int]


def read(root: Node) -> tuple[Group, ...]:
    """The groups that have a master, by their numbers."""
    masters: dict[int, tuple[Place, str]] = {}
    members: dict[int, list[Place]] = {}
    least: dict[int, int] = {}
    for port in Part(root).within("port"):
        for words in port.lines("link-aggregation"):
            number = integer_of(words, "group", 0)
            if words[:1] == ["master"]:
                masters.setdefault(number, (_place(port), port.value("link-aggregation lacp")))
            elif words[:1] == ["member"]:
                members.setdefault(number, []).append(_place(port))
                least[number] = max(least.get(number, 1), integer_of(words, "min-link", 1))
    return tuple(_groups(masters, members, least))


def _groups(
    masters: dict[int, tuple[Place, str]], members: dict[int, list[Place]], least: dict[int, int]
) -> Iterator[Group]:
    for number in sorted(masters):
        master, lacp = masters[number]
        others = tuple(members.get(number, ()))
        yield Group(number, master, others, least.get(number, 1), lacp or "active")


def _place(port: Part) -> Place:
    slot, _, number = port.name.partition("/")
    return int(slot), int(number)
