"""What the running configuration says about groups of ports."""

from __future__ import annotations

import re

from staros_cli.chassis.ports import Group, Lacp, Redundancy
from staros_cli.configuration.reading import Part, integer_of, number_in, option_of
from staros_cli.configuration.tree import Node

Place = tuple[int, int]
_PRIORITY = "link-aggregation system-priority"
_PLACE = re.compile(r"\d{1,2}/\d{1,2}")
_AUTO = 0x8000
"""The priority of a system that chooses it itself."""


def read(root: Node) -> tuple[Group, ...]:
    """The groups that have a master, by their numbers."""
    whole = Part(root)
    masters: dict[int, Part] = {}
    members: dict[int, list[Place]] = {}
    least: dict[int, int] = {}
    for port in whole.within("port"):
        if not _PLACE.fullmatch(port.name):
            continue
        for words in port.lines("link-aggregation"):
            number = integer_of(words, "group", 0)
            if words[:1] == ["master"]:
                masters.setdefault(number, port)
            elif words[:1] == ["member"]:
                members.setdefault(number, []).append(_place(port))
                least[number] = max(least.get(number, 1), integer_of(words, "min-link", 1))
    priorities = _priorities(whole) if masters else {}
    return tuple(
        Group(
            number,
            place := _place(master),
            tuple(members.get(number, ())),
            least.get(number, 1),
            _lacp(master),
            _redundancy(master),
            priorities.get(place[0], _AUTO),
        )
        for number, master in sorted(masters.items())
    )


def _lacp(master: Part) -> Lacp:
    words = next(master.lines("link-aggregation lacp"), None) or ["active"]
    return Lacp(words[0], option_of(words, "rate", "auto"), option_of(words, "timeout", "long"))


def _redundancy(master: Part) -> Redundancy:
    words = next(master.lines("link-aggregation redundancy"), None) or ["standard"]
    hold_time, slot = integer_of(words, "hold-time", 0), integer_of(words, "slot", 0)
    return Redundancy(words[0], hold_time, slot)


def _priorities(whole: Part) -> dict[int, int]:
    """The priorities of the system that are configured, by the slots of the cards."""
    found = {}
    for card in whole.within("card"):
        value = card.value(_PRIORITY)
        if value and card.name.isdecimal():
            found[int(card.name)] = _number(value)
    return found


def _number(value: str) -> int:
    """The number that a value is, in decimal or as 0x1F4."""
    digits = value.lower().removeprefix("0x")
    if digits != value.lower() and all(digit in "0123456789abcdef" for digit in digits):
        return int(digits[:8], 16) if digits else _AUTO
    return int(number_in(value, _AUTO))


def _place(port: Part) -> Place:
    slot, _, number = port.name.partition("/")
    return int(slot), int(number)
