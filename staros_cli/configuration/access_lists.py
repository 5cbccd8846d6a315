"""What the running configuration says about access lists."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address, ip_network

from staros_cli.chassis.access_lists import ANY_PROTOCOL, ICMP, AccessLists, End, Rule
from staros_cli.configuration.reading import Part, number_in, words_of
from staros_cli.configuration.tree import Node

_FAMILIES = ((4, "ip", "access-list"), (6, "ipv6", "ipv6-access-list"))
_PROTOCOLS = {"ip": ANY_PROTOCOL, "ipv6": ANY_PROTOCOL, "icmp": ICMP, "icmpv6": ICMP} | {
    "tcp": "tcp",
    "udp": "udp",
}
_WITH_PORTS = ("tcp", "udp")
_UNREADABLE = "?"
"""Stands for the protocol of a rule that cannot be read, which no packet has."""


def read(root: Node, context: Part) -> AccessLists:
    """The access lists of a context, and where they apply."""
    lists = {
        (version, words_of(found.node.key)[2]): tuple(_rules(found))
        for version, _, mode in _FAMILIES
        for found in context.within(mode)
    }
    undefined = context.value("access-list undefined", Part(root).value("access-list undefined"))
    return AccessLists(lists, dict(_groups(context)), undefined == "deny-all")


def _groups(context: Part) -> Iterator[tuple[tuple[int, str], tuple[tuple[str, str], ...]]]:
    """Names and sides of the lists of interfaces, and of the context by the empty name."""
    places = [("", context)]
    for mode in ("interface", "loopback", "tunnel"):
        places += [(words_of(part.node.key)[1], part) for part in context.within(mode)]
    for version, family, _ in _FAMILIES:
        for name, part in places:
            found = [words for words in part.lines(f"{family} access-group") if len(words) > 1]
            if found:
                yield (version, name), tuple((words[0], words[1]) for words in found)


def _rules(part: Part) -> Iterator[Rule]:
    """The rules in their order: a line with `before` or `after` names the place of the next one."""
    found: list[Rule] = []
    place: int | None = None
    for child in part.node.children.values():
        words = words_of(child.line)
        if words[:1] in (["before"], ["after"]):
            texts = [rule.text for rule in found]
            named = " ".join(words[1:])
            place = texts.index(named) + (words[0] == "after") if named in texts else None
            continue
        found.insert(len(found) if place is None else place, _rule(child.line))
        place = None
    yield from found


def _rule(line: str) -> Rule:
    """A rule from its line; one that cannot be read matches nothing."""
    words = [word for word in words_of(line) if word != "log"]
    try:
        passes = words[0] != "deny"
        words = _criteria(words)
        if words[0] not in _PROTOCOLS:
            return Rule(line, passes, ANY_PROTOCOL, _end(words)[0])
        protocol = _PROTOCOLS[words.pop(0)]
        source, words = _end(words)
        if protocol in _WITH_PORTS:
            return Rule(line, passes, protocol, source)
        destination, words = _end(words)
        message = int(number_in(words[0], 0)) if protocol == ICMP and words else None
        if protocol == ANY_PROTOCOL and words[-2:-1] == ["protocol"]:
            protocol = ICMP if words[-1] in ("1", "58") else words[-1]
    except (ValueError, IndexError):
        return Rule(line, False, _UNREADABLE)
    return Rule(line, passes, protocol, source, destination, message)


def _criteria(words: list[str]) -> list[str]:
    """The words of a rule behind its action. Raises IndexError."""
    action, rest = words[0], words[1:]
    if action == "readdress":
        return rest[4:] if rest[2:3] == ["port"] else rest[2:]
    if action == "redirect":
        return rest[{"css": 3, "nexthop": 4}.get(rest[0], 2) :]
    return rest


def _end(words: list[str]) -> tuple[End | None, list[str]]:
    """Addresses from words, and the words behind them. Raises ValueError and IndexError."""
    first = words[0]
    if first == "any":
        return None, words[1:]
    if first == "host":
        return End(int(ip_address(words[1])), 0), words[2:]
    if "/" in first:
        network = ip_network(first, strict=False)
        return End(int(network.network_address), int(network.hostmask)), words[1:]
    return End(int(ip_address(first)), int(ip_address(words[1]))), words[2:]
