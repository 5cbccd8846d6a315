"""What the running configuration says about addresses of subscribers: pools, APNs, templates."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from staros_cli.chassis.apn_records import ApnRecord
from staros_cli.chassis.pools import (
    MANY_TO_ONE,
    NAT,
    ONE_TO_ONE,
    PRIVATE,
    PUBLIC,
    RESOURCE,
    STATIC,
    AddressConfiguration,
    ApnSettings,
    PoolSettings,
)
from staros_cli.configuration.reading import Part, option_of
from staros_cli.configuration.tree import Node

_KINDS = {
    "public": PUBLIC,
    "private": PRIVATE,
    "static": STATIC,
    "resource": RESOURCE,
    "nat": NAT,
    "nat-one-to-one": ONE_TO_ONE,
    "napt-users-per-ip-address": MANY_TO_ONE,
}
_OPTIONS = {"nexthop": "nexthop-forwarding-address", "hold": "address-hold-timer"}
_PREFIX = 64


def read(root: Node) -> AddressConfiguration:
    """All that the running configuration says about addresses of subscribers."""
    contexts = list(Part(root).within("context"))
    apns = {apn.name.lower(): apn for node in contexts for apn in _apns(node)}
    templates = {
        node.name: _settings(node, template, "default")
        for node in contexts
        for template in node.within("subscriber")
        if template.node.key == "subscriber default"
    }
    pools = tuple(pool for node in contexts for pool in _pools(node))
    return AddressConfiguration(pools, apns, templates, frozenset(node.name for node in contexts))


def _apns(context: Part) -> Iterator[ApnSettings]:
    for apn in context.within("apn"):
        yield _settings(context, apn, apn.name)


def _settings(context: Part, node: Part, name: str) -> ApnSettings:
    pools = [
        *node.lines("ip address pool name"),
        *node.lines("secondary ip pool name"),
    ]
    return ApnSettings(
        context.name,
        name,
        node.value("ip context-name"),
        tuple(words[0] for words in pools if words),
        tuple(words[0] for words in node.lines("ipv6 address prefix-pool-name") if words),
        node.number("timeout idle", 0.0),
        node.number("timeout absolute", 0.0),
        node.value("active-charging rulebase"),
        node.value("credit-control-group") or node.value("cc-profile any credit-control-group"),
    )


def _pools(context: Part) -> Iterator[PoolSettings]:
    for version in (4, 6):
        family = "ip" if version == 4 else "ipv6"
        amended: dict[str, list[str]] = {}
        for words in context.lines(f"{family} pool"):
            if len(words) > 1 and not _has_addresses(words):
                amended.setdefault(words[0], []).extend(words[1:])
        busy = {words[-1] for words in context.lines(f"busyout {family} pool")}
        for words in context.lines(f"{family} pool"):
            if _has_addresses(words):
                all_words = [*words, *amended.get(words[0], [])]
                found = _pool(context.name, version, all_words, busy)
                if found is not None:
                    yield found


def _has_addresses(words: list[str]) -> bool:
    """Whether a line tells the addresses of a pool, and not only some options of it."""
    return len(words) > 1 and (
        words[1] in ("range", "prefix") or words[1][0].isdigit() or ":" in words[1]
    )


def _pool(context: str, version: int, words: list[str], busy: set[str]) -> PoolSettings | None:
    try:
        first, last, mask = _range(version, words)
    except (ValueError, IndexError):
        return None
    kind = next((_KINDS[word] for word in words if word in _KINDS), PUBLIC)
    behind = option_of(words, next((word for word in words if _KINDS.get(word) == kind), ""))
    group = option_of(words, "group-name")
    return PoolSettings(
        context,
        words[0],
        version,
        first,
        last,
        mask,
        kind,
        int(behind) if behind.isdigit() else 0,
        group,
        option_of(words, "vrf"),
        float(option_of(words, _OPTIONS["hold"], "0")),
        bool(busy & {"all", words[0], group} - {""}),
        option_of(words, _OPTIONS["nexthop"]),
    )


def _range(version: int, words: list[str]) -> tuple[int, int, str]:
    """The first and the last address of a pool as numbers, and the mask of a network."""
    if words[1] == "range":
        first, last = (int(ipaddress.IPv4Address(word)) for word in words[2:4])
        return first, last, ""
    if version == 6:
        network6 = ipaddress.IPv6Network(
            words[2] if words[1] == "prefix" else words[1], strict=False
        )
        first = int(network6.network_address) >> (128 - _PREFIX)
        last = int(network6.broadcast_address) >> (128 - _PREFIX)
        return first, last, str(network6.prefixlen)
    text = words[1] if "/" in words[1] else f"{words[1]}/{words[2]}"
    network = ipaddress.IPv4Network(text, strict=False)
    first, last = int(network.network_address), int(network.broadcast_address)
    if "include-nw-bcast" not in words and network.prefixlen < 31:
        first, last = first + 1, last - 1
    return first, last, str(network.netmask)


def apns(root: Node) -> Iterator[ApnRecord]:
    """Every APN, in the order of the configuration."""
    for context in Part(root).within("context"):
        for node in context.within("apn"):
            yield _record(context.name, node)


def _record(context: str, node: Part) -> ApnRecord:
    violation = next(node.lines("ip source-violation"), ["check"])
    most = next(node.lines("max-contexts"), [])
    gtpp = next(node.lines("gtpp group"), [])
    groups = [words for words in node.lines("ip access-group") if words]
    types = next(node.lines("pdp-type"), ["ipv4"])
    modes = next(node.lines("selection-mode"), ["subscribed"])
    pools = [words[0] for words in node.lines("ip address pool name") if words]
    return ApnRecord(
        node.name,
        context,
        " ".join(types),
        " ".join(modes),
        "Ignored" if violation[:1] == ["ignore"] else "Checked",
        option_of(violation, "drop-limit", "10"),
        option_of(gtpp, "accounting-context", context),
        node.value("accounting-mode", "gtpp"),
        option_of(most, "primary", "1000000"),
        option_of(most, "total", "1000000"),
        node.value("ip local-address", "0.0.0.0"),
        (node.value("dns primary", "0.0.0.0"), node.value("dns secondary", "0.0.0.0")),
        node.value("timeout absolute", "0"),
        node.value("timeout idle", "0"),
        next((words[0] for words in groups if words[1:] != ["in"]), ""),
        next((words[0] for words in groups if words[1:] != ["out"]), ""),
        ", ".join(pools),
        node.value("active-charging rulebase"),
        node.value("ims-auth-service"),
    )
