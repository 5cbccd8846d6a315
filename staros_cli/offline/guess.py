"""The chassis that a configuration is for, as far as its lines tell."""

from __future__ import annotations

import re

from msgspec import Struct

from staros_cli.chassis.platform import PLATFORMS

_PORT = re.compile(r"^\s*port\s+(?:ethernet|atm|channelized)\s+(\d+)/(\d+)", re.MULTILINE)
_CARD = re.compile(r"^\s*card\s+(\d+)\s*$", re.MULTILINE)
_IMAGE = re.compile(r"\b(asr5000|asr5500|qvpc-?di|qvpc-?si|vpc-?di|vpc-?si)\b", re.IGNORECASE)
_HOST_NAME = re.compile(r"^\s*system\s+hostname\s+(\S+)", re.MULTILINE)
_LINE_CARDS = range(17, 49)
_MANAGEMENT_OF_ASR5500 = (5, 6)


class Guess(Struct, frozen=True):
    """A platform, by its name in definitions, why it is that one, and the slots that are named."""

    platform: str
    reason: str
    slots: frozenset[int]


def platform_of(text: str) -> Guess:
    """The platform that a configuration is for."""
    ports = {(int(slot), int(number)) for slot, number in _PORT.findall(text)}
    slots = {slot for slot, _ in ports}
    named = frozenset(slots | {int(slot) for slot in _CARD.findall(text)})
    images = _IMAGE.findall(text)
    if images:
        name = re.sub(r"^q?vpc-?", "vpc-", images[0].lower())
        return Guess(name, f"the image {images[0]}", named)
    platform, reason = _by_slots(slots, named)
    return Guess(platform, reason, named)


def _by_slots(slots: set[int], named: frozenset[int]) -> tuple[str, str]:
    if any(slot in _LINE_CARDS for slot in slots):
        return "asr5000", f"ports on the line card {max(slots)}"
    if any(slot in _MANAGEMENT_OF_ASR5500 for slot in slots) and not slots & {1, 2}:
        return "asr5500", f"ports on the management card {min(slots)}"
    if slots == {1} and named <= {1}:
        return "vpc-si", "all ports on card 1"
    if slots:
        return "vpc-di", f"ports on the cards {', '.join(map(str, sorted(slots)))}"
    if named and max(named) > 20:
        return "asr5000", f"card {max(named)}"
    return "asr5500", "nothing that tells"


def host_name_of(text: str) -> str:
    """The host name that a configuration gives, empty when it gives none."""
    found = _HOST_NAME.search(text)
    return found[1] if found else ""


def platform_names() -> list[str]:
    """The names of platforms, for options."""
    return list(PLATFORMS)
