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
_ACTIONS = {"redirect": 3, "readdress": 3}
"""How many words at least an action takes that sends packets elsewhere."""
_WITH_MORE = ("nexthop", "port")
"""Words of such an action that have more words behind them."""


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
    for child in part.node.children.values():
        found = _rule(child.line)
        if found is not None:
            yield found


def _rule(line: str) -> Rule | None:
    """A rule from its line; None for lines of another kind that were imported."""
    words = [word for word in words_of(line) if word not in ("after", "before", "log")]
    try:
        action = words.pop(0)
        passes = action != "deny"
        if action not in ("deny", "permit", *_ACTIONS):
            return None
        if action in _ACTIONS:
            more = 2 if any(word in _WITH_MORE for word in words[:3]) else 0
            del words[: _ACTIONS[action] - 1 + more]
        if words[0] not in _PROTOCOLS:
            source, _ = _end(words)
            return Rule(line, passes, ANY_PROTOCOL, source)
        protocol = _PROTOCOLS[words.pop(0)]
        source, words = _end(words)
        destination, words = _end(words)
        message = None
        if protocol == ICMP and words:
            message = int(number_in(words[0], 0))
        elif protocol == ANY_PROTOCOL and words[-2:-1] == ["protocol"]:
            protocol = ICMP if words[-1] in ("1", "58") else words[-1]
    except (ValueError, IndexError):
        return None
    return Rule(line, passes, protocol, source, destination, message)


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
