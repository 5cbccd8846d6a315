"""Checks of a chassis definition beyond its schema: parts that belong together have to fit."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from staros_cli.chassis import calendar
from staros_cli.chassis.access import KIND_BY_NAME, TRAITS
from staros_cli.chassis.allocations import most_pairs
from staros_cli.chassis.definition_schema import DefinitionForm, SubscribersForm
from staros_cli.chassis.licence import FEATURES, SESSION_TYPES
from staros_cli.chassis.platform import CARD_KINDS, PLATFORMS, Platform, Role
from staros_cli.chassis.storage import locate
from staros_cli.messages import Refused


def errors_in(form: DefinitionForm) -> Iterator[str]:
    """The errors of a definition whose keys are known and in range: key, expected, found."""
    platform = PLATFORMS.get(form.platform)
    if platform is None:
        yield f"platform: expected one of {', '.join(PLATFORMS)}, got {form.platform!r}"
        return
    texts = {"title": form.title, "license.comment": form.license.comment if form.license else ""}
    for index, group in enumerate(form.subscribers):
        texts[f"subscribers[{index}].username"] = group.username
    for key, text in texts.items():
        if not text.isprintable():
            yield f"{key}: expected no control characters, got {text!r}"
    yield from _card_errors(form, platform)
    yield from _placement_errors(form)
    yield from _memory_errors(form, platform)
    yield from _license_errors(form)
    yield from _subscriber_errors(form)
    for url in [*form.files, *(u for entry in form.boot for u in (entry.image, entry.config))]:
        try:
            locate(url)
        except Refused as refusal:
            yield f"files or boot: {refusal}"
    dates = [("software.date", form.software.date)]
    for index, record in enumerate(form.rct):
        dates.append((f"rct[{index}].start", record.start))
        dates += [(f"rct[{index}].failed-at", record.failed_at)] * bool(record.failed_at)
    for key, text in dates:
        try:
            calendar.moment(text)
        except (ValueError, OverflowError):
            yield f"{key}: expected an ISO 8601 date, got {text!r}"


def _card_errors(form: DefinitionForm, platform: Platform) -> Iterator[str]:
    seen: set[int] = set()
    for index, card in enumerate(form.cards):
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
        for card in form.cards
        if card.kind in CARD_KINDS and card.state == "active"
    }
    if Role.PACKET not in roles:
        yield "cards: expected at least one active packet card"
    if Role.MANAGEMENT not in roles and platform.card_recovery:
        yield "cards: expected an active management card"


def _placement_errors(form: DefinitionForm) -> Iterator[str]:
    active = {card.slot: card.kind for card in form.cards if card.state == "active"}
    for index, placed in enumerate(form.placement):
        slot, number = (int(part) for part in placed.cpu.split("/"))
        kind = CARD_KINDS.get(active.get(slot, ""))
        if kind is None or number not in kind.cpus:
            yield f"placement[{index}].cpu: expected a CPU of an active card, got {placed.cpu!r}"
    sessmgrs = sum(placed.sessmgr for placed in form.placement)
    aaamgrs = sum(placed.aaamgr for placed in form.placement)
    if form.placement and (sessmgrs != form.tasks.sessmgr or aaamgrs != form.tasks.sessmgr):
        yield (
            f"placement: expected {form.tasks.sessmgr} sessmgr and as many aaamgr as in "
            f"tasks.sessmgr, got {sessmgrs} and {aaamgrs}"
        )


def _memory_errors(form: DefinitionForm, platform: Platform) -> Iterator[str]:
    """More sessmgrs than the active packet cards have memory for; demux tasks have their CPUs."""
    packet = [
        CARD_KINDS[card.kind]
        for card in form.cards
        if card.state == "active"
        and card.kind in platform.slots.get(card.slot, ())
        and CARD_KINDS[card.kind].role is Role.PACKET
    ]
    most = sum(most_pairs(kind) * len(kind.session_cpus) for kind in packet)
    if len(packet) > (2 if platform.demux_card_only else 1):
        reserved = packet[-1].session_cpus if platform.demux_card_only else platform.demux_cpus
        most -= most_pairs(packet[-1]) * len(reserved)
    if packet and not form.placement and form.tasks.sessmgr > most:
        yield (
            f"tasks.sessmgr: expected at most {most} for the memory of the active packet cards, "
            f"got {form.tasks.sessmgr}"
        )


def _license_errors(form: DefinitionForm) -> Iterator[str]:
    if form.license is None:
        return
    for name in form.license.features:
        if name not in FEATURES:
            yield f"license.features: expected any of {', '.join(FEATURES)}, got {name!r}"
    for name in form.license.sessions:
        if name not in SESSION_TYPES:
            yield f"license.sessions: expected any of {', '.join(SESSION_TYPES)}, got {name!r}"
    for key, text in (("issued", form.license.issued), ("expires", form.license.expires)):
        try:
            if text:
                calendar.moment(text)
        except ValueError:
            yield f"license.{key}: expected an ISO 8601 date, got {text!r}"


def _subscriber_errors(form: DefinitionForm) -> Iterator[str]:
    for index, group in enumerate(form.subscribers):
        place = f"subscribers[{index}]"
        if group.access not in KIND_BY_NAME:
            names = ", ".join(KIND_BY_NAME)
            yield f"{place}.access: expected one of {names}, got {group.access!r}"
        yield from _address_errors(place, group)
        yield from _trait_errors(place, group)
        if group.sessmgr > form.tasks.sessmgr:
            yield f"{place}.sessmgr: expected at most {form.tasks.sessmgr}, got {group.sessmgr}"
        if group.callid and group.count != 1:
            yield f"{place}.count: expected 1 beside a callid, got {group.count}"
        if group.count > 1 and "{number}" not in group.username:
            yield f"{place}.username: expected {{number}} in it, got {group.username!r}"


def _address_errors(place: str, group: SubscribersForm) -> Iterator[str]:
    kind = KIND_BY_NAME.get(group.access)
    version = 6 if kind and kind.is_ipv6 else 4
    try:
        fits = ipaddress.ip_address(group.address).version == version
    except ValueError:
        fits = False
    if not fits:
        yield f"{place}.address: expected an IPv{version} address, got {group.address!r}"


def _trait_errors(place: str, group: SubscribersForm) -> Iterator[str]:
    trait = TRAITS.get(group.trait)
    if group.trait and trait is None:
        yield f"{place}.trait: expected one of {', '.join(TRAITS)}, got {group.trait!r}"
    elif trait and group.access in KIND_BY_NAME and group.access not in trait.kinds:
        kinds = ", ".join(sorted(trait.kinds))
        yield f"{place}.trait: expected access to be one of {kinds}, got {group.access!r}"
