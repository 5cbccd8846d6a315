"""Checks of a chassis definition beyond its schema: parts that belong together have to fit."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from staros_cli.chassis import calendar
from staros_cli.chassis.access import KIND_BY_NAME, TRAITS
from staros_cli.chassis.allocations import most_pairs
from staros_cli.chassis.definition_schema import DefinitionSchema, SubscribersSchema
from staros_cli.chassis.licence import FEATURES, SESSION_TYPES
from staros_cli.chassis.platform import CARD_KINDS, PLATFORMS, Platform, Role
from staros_cli.chassis.storage import locate
from staros_cli.messages import Refused


def errors_in(schema: DefinitionSchema) -> Iterator[str]:
    """The errors of a definition whose keys are known and in range: key, expected, found."""
    platform = PLATFORMS.get(schema.platform)
    if platform is None:
        yield f"platform: expected one of {', '.join(PLATFORMS)}, got {schema.platform!r}"
        return
    texts = {
        "title": schema.title,
        "license.comment": schema.license.comment if schema.license else "",
    }
    for index, group in enumerate(schema.subscribers):
        texts[f"subscribers[{index}].username"] = group.username
    for key, text in texts.items():
        if not text.isprintable():
            yield f"{key}: expected no control characters, got {text!r}"
    yield from _card_errors(schema, platform)
    yield from _placement_errors(schema)
    yield from _memory_errors(schema, platform)
    yield from _license_errors(schema)
    yield from _subscriber_errors(schema)
    for url in [*schema.files, *(u for entry in schema.boot for u in (entry.image, entry.config))]:
        try:
            locate(url)
        except Refused as refusal:
            yield f"files or boot: {refusal}"
    dates = [("software.date", schema.software.date)]
    for index, record in enumerate(schema.rct):
        dates.append((f"rct[{index}].start", record.start))
        dates += [(f"rct[{index}].failed-at", record.failed_at)] * bool(record.failed_at)
    for key, text in dates:
        try:
            calendar.moment(text)
        except (ValueError, OverflowError):
            yield f"{key}: expected an ISO 8601 date, got {text!r}"


def _card_errors(schema: DefinitionSchema, platform: Platform) -> Iterator[str]:
    seen: set[int] = set()
    for index, card in enumerate(schema.cards):
        kinds = platform.slots.get(card.slot)
        if kinds is None:
            slots = ", ".join(str(slot) for slot in platform.slots)
            yield f"cards[{index}].slot: expected one of {slots}, got {card.slot}"
        elif card.kind not in kinds:
            yield f"cards[{index}].kind: expected {' or '.join(kinds)}, got {card.kind!r}"
        if card.slot in seen:
            yield f"cards[{index}].slot: expected each slot once, got {card.slot} again"
        seen.add(card.slot)
    roles = {
        CARD_KINDS[card.kind].role
        for card in schema.cards
        if card.kind in CARD_KINDS and card.state == "active"
    }
    if Role.PACKET not in roles:
        yield "cards: expected at least one active packet card"
    if Role.MANAGEMENT not in roles and platform.card_recovery:
        yield "cards: expected an active management card"


def _placement_errors(schema: DefinitionSchema) -> Iterator[str]:
    active = {card.slot: card.kind for card in schema.cards if card.state == "active"}
    for index, placed in enumerate(schema.placement):
        slot, number = (int(part) for part in placed.cpu.split("/"))
        kind = CARD_KINDS.get(active.get(slot, ""))
        if kind is None or number not in kind.cpus:
            yield f"placement[{index}].cpu: expected a CPU of an active card, got {placed.cpu!r}"
    sessmgrs = sum(placed.sessmgr for placed in schema.placement)
    aaamgrs = sum(placed.aaamgr for placed in schema.placement)
    if schema.placement and (sessmgrs != schema.tasks.sessmgr or aaamgrs != schema.tasks.sessmgr):
        yield (
            f"placement: expected {schema.tasks.sessmgr} sessmgr and as many aaamgr as in "
            f"tasks.sessmgr, got {sessmgrs} and {aaamgrs}"
        )


def _memory_errors(schema: DefinitionSchema, platform: Platform) -> Iterator[str]:
    """More sessmgrs than the active packet cards have memory for; demux tasks have their CPUs."""
    packet = [
        CARD_KINDS[card.kind]
        for card in schema.cards
        if card.state == "active"
        and card.kind in platform.slots.get(card.slot, ())
        and CARD_KINDS[card.kind].role is Role.PACKET
    ]
    most = sum(most_pairs(kind) * len(kind.session_cpus) for kind in packet)
    if len(packet) > (2 if platform.demux_card_only else 1):
        reserved = packet[-1].session_cpus if platform.demux_card_only else platform.demux_cpus
        most -= most_pairs(packet[-1]) * len(reserved)
    if packet and not schema.placement and schema.tasks.sessmgr > most:
        yield (
            f"tasks.sessmgr: expected at most {most} for the memory of the active packet cards, "
            f"got {schema.tasks.sessmgr}"
        )


def _license_errors(schema: DefinitionSchema) -> Iterator[str]:
    if schema.license is None:
        return
    for name in schema.license.features:
        if name not in FEATURES:
            yield f"license.features: expected any of {', '.join(FEATURES)}, got {name!r}"
    for name in schema.license.sessions:
        if name not in SESSION_TYPES:
            yield f"license.sessions: expected any of {', '.join(SESSION_TYPES)}, got {name!r}"
    for key, text in (("issued", schema.license.issued), ("expires", schema.license.expires)):
        try:
            if text:
                calendar.moment(text)
        except ValueError:
            yield f"license.{key}: expected an ISO 8601 date, got {text!r}"


def _subscriber_errors(schema: DefinitionSchema) -> Iterator[str]:
    for index, group in enumerate(schema.subscribers):
        place = f"subscribers[{index}]"
        if group.access not in KIND_BY_NAME:
            names = ", ".join(KIND_BY_NAME)
            yield f"{place}.access: expected one of {names}, got {group.access!r}"
        yield from _address_errors(place, group)
        yield from _trait_errors(place, group)
        if group.sessmgr > schema.tasks.sessmgr:
            yield f"{place}.sessmgr: expected at most {schema.tasks.sessmgr}, got {group.sessmgr}"
        if group.callid and group.count != 1:
            yield f"{place}.count: expected 1 beside a callid, got {group.count}"
        if group.count > 1 and "{number}" not in group.username:
            yield f"{place}.username: expected {{number}} in it, got {group.username!r}"


def _address_errors(place: str, group: SubscribersSchema) -> Iterator[str]:
    kind = KIND_BY_NAME.get(group.access)
    version = 6 if kind and kind.is_ipv6 else 4
    try:
        fits = ipaddress.ip_address(group.address).version == version
    except ValueError:
        fits = False
    if not fits:
        yield f"{place}.address: expected an IPv{version} address, got {group.address!r}"
    if group.ipv6_address and not (kind and kind.is_dual and _is_ipv6(group.ipv6_address)):
        yield (
            f"{place}.ipv6-address: expected an IPv6 address beside access uplane-ipv4v6, "
            f"got {group.ipv6_address!r}"
        )
    for node in group.nodes:
        try:
            ipaddress.ip_address(node)
        except ValueError:
            yield f"{place}.nodes: expected addresses, got {node!r}"


def _is_ipv6(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).version == 6
    except ValueError:
        return False


def _trait_errors(place: str, group: SubscribersSchema) -> Iterator[str]:
    trait = TRAITS.get(group.trait)
    if group.trait and trait is None:
        yield f"{place}.trait: expected one of {', '.join(TRAITS)}, got {group.trait!r}"
    elif trait and group.access in KIND_BY_NAME and group.access not in trait.kinds:
        kinds = ", ".join(sorted(trait.kinds))
        yield f"{place}.trait: expected access to be one of {kinds}, got {group.access!r}"
