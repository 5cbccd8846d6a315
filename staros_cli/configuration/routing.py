"""What the running configuration says about routes, neighbours and interfaces."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from staros_cli.chassis.routing import (
    DEFAULT_ARP_TIMEOUT,
    DEFAULT_MTU,
    PRECEDENCE,
    STATIC,
    FixedNeighbor,
    InterfaceSettings,
    RoutingConfiguration,
    StaticRoute,
)
from staros_cli.configuration import access_lists
from staros_cli.configuration.reading import Part, integer_of, option_of
from staros_cli.configuration.tree import Node

_INTERFACES = ("interface", "loopback", "tunnel")
_WORDS = ("next-hop", "point-to-point", "tunnel", "interface")


def read(root: Node, context: str) -> RoutingConfiguration:
    """What is configured in a context; nothing where there is none."""
    node = root.find(f"context {context}")
    if node is None:
        return RoutingConfiguration()
    part = Part(node)
    return RoutingConfiguration(
        tuple(_routes(part)),
        tuple(_neighbors(part)),
        tuple(found.name for found in part.within("vrf")),
        dict(_interfaces(part)),
        access_lists.read(root, part),
    )


def _interfaces(context: Part) -> Iterator[tuple[str, InterfaceSettings]]:
    for mode in _INTERFACES:
        for interface in context.within(mode):
            name = interface.node.key.split()[1]
            yield (
                name,
                InterfaceSettings(
                    interface.value("description"),
                    int(interface.number("ip mtu", DEFAULT_MTU)),
                    int(interface.number("ip arp-timeout", DEFAULT_ARP_TIMEOUT)),
                    interface.value("ip vrf forwarding"),
                ),
            )


def _routes(context: Part) -> Iterator[StaticRoute]:
    for family in ("ip", "ipv6"):
        for words in context.lines(f"{family} route"):
            found = _route(words)
            if found is not None:
                yield found


def _route(words: list[str]) -> StaticRoute | None:
    """A route from the words of its line; None for lines of another kind, such as those of BFD."""
    try:
        length = 1 if "/" in words[0] else 2
        destination = ip_network("/".join(words[:length]), strict=False)
        rest = words[length:]
        plain = [word for word in rest if word not in _WORDS]
        to_interface = rest[0] in ("point-to-point", "tunnel") or (
            rest[0] == "interface" and "next-hop" not in rest
        )
        hop, interface = ("", plain[0]) if to_interface else (plain[0], plain[1])
    except (ValueError, IndexError):
        return None
    return StaticRoute(
        destination,
        interface,
        hop,
        integer_of(rest, "precedence", PRECEDENCE[STATIC]),
        integer_of(rest, "cost", 0),
        option_of(rest, "vrf"),
    )


def _neighbors(context: Part) -> Iterator[FixedNeighbor]:
    for words in context.lines("ip arp"):
        if len(words) > 1 and words[0][0].isdigit():
            hardware = words[1].replace("-", ":").upper()
            yield FixedNeighbor(words[0], hardware, option_of(words, "vrf"))
