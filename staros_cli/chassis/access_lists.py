"""Access lists: which packets pass. The first rule that matches decides; the rest is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import ip_address

from msgspec import Struct

ICMP, ANY_PROTOCOL = "icmp", "ip"
ECHO, ECHO_REPLY = {4: 8, 6: 128}, {4: 0, 6: 129}
"""The types of messages that ping sends and gets, by the version of IP."""
IN, OUT = "in", "out"


class End(Struct, frozen=True):
    """Addresses that match another in all bits but those of a wildcard."""

    address: int
    wildcard: int

    def matches(self, address: int) -> bool:
        """Whether an address is among them."""
        return not (self.address ^ address) & ~self.wildcard


class Rule(Struct, frozen=True):
    """A rule: what it matches, and whether that passes. None stands for anything.

    `text` is the rule as it is written.
    """

    text: str
    passes: bool
    protocol: str = ANY_PROTOCOL
    source: End | None = None
    destination: End | None = None
    message: int | None = None


class Packet(Struct, frozen=True):
    """A message of ICMP from an address to another."""

    source: str
    destination: str
    message: int


class AccessLists(Struct, frozen=True):
    """The access lists of a context, by version of IP and name, and the groups that apply them.

    `groups` are names and sides (`in` or `out`) of lists, by version and interface; those of the
    empty name filter the whole context. With `undefined_denies` a list that is not there lets
    nothing pass.
    """

    lists: Mapping[tuple[int, str], tuple[Rule, ...]] = {}
    groups: Mapping[tuple[int, str], tuple[tuple[str, str], ...]] = {}
    undefined_denies: bool = False

    def passes(self, interface: str, side: str, packet: Packet) -> bool:
        """Whether a packet comes in or goes out by an interface."""
        version = ip_address(packet.source).version
        groups = (*self.groups.get((version, interface), ()), *self.groups.get((version, ""), ()))
        return all(self._permits(version, name, packet) for name, of in groups if of == side)

    def _permits(self, version: int, name: str, packet: Packet) -> bool:
        rules = self.lists.get((version, name))
        return not self.undefined_denies if rules is None else permits(rules, packet)


def permits(rules: Sequence[Rule], packet: Packet) -> bool:
    """Whether rules let a packet pass; a list without rules does."""
    source, destination = int(ip_address(packet.source)), int(ip_address(packet.destination))
    for rule in rules:
        if (
            rule.protocol in (ANY_PROTOCOL, ICMP)
            and (rule.source is None or rule.source.matches(source))
            and (rule.destination is None or rule.destination.matches(destination))
            and rule.message in (None, packet.message)
        ):
            return rule.passes
    return not rules
