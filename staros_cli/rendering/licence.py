"""Layouts about the licence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from staros_cli.chassis import calendar
from staros_cli.chassis.licence import FEATURES, SESSION_TYPES, Feature, License, LicenseSlot
from staros_cli.chassis.platform import Platform
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Column, Lines, Table

NAME_WIDTH = 50
PARTS_PER_LINE = 2


@layout(
    "show license information",
    "capture",
    "What a system without key prints, the words for another chassis and an expired key, and the "
    "states of `full` are chosen.",
)
def information(slot: LicenseSlot, platform: Platform, now: float, full: bool) -> Lines:
    """The key, the features it enables or all features with their state, limits and status."""
    lines = ["Key Information (installed key):", *_key_block(slot, platform)]
    lines += ["Enabled Features:" if not full else "Features:"]
    shown = list(FEATURES.values())
    if not full:
        shown = [feature for feature in shown if slot.allows(feature.name, now)]
    lines += _features(shown, slot, now, full)
    lines += ["Session Limits:", *_limits(slot, now), "CARD License Counts:", "  [none]"]
    lines += ["Status:", *_status(slot, platform, now)]
    return Lines(lines, _data(slot, now))


def _data(slot: LicenseSlot, now: float) -> dict[str, Any]:
    license = slot.license
    limits = {kind: slot.session_limit(kind, now) for kind in SESSION_TYPES}
    return {
        "installed": license is not None,
        "key_number": license.number if license else None,
        "issued": calendar.iso(license.issued) if license else None,
        "expires": calendar.iso(slot.expires) if slot.expires else None,
        "matches_chassis": slot.matches(),
        "expired": slot.expired(now),
        "features": {name: slot.allows(name, now) for name in FEATURES},
        "session_limits": {kind: limit for kind, limit in limits.items() if limit},
    }


def _key_block(slot: LicenseSlot, platform: Platform) -> list[str]:
    license = slot.license
    if license is None:
        return ["  [none]"]
    lines = [f"  Comment       {license.comment}"]
    if platform.virtual:
        lines += [
            "  Device 1      None Specified",
            "  Device 2      None Specified",
            "  Chassis Type Any Hardware",
        ]
    else:
        lines.append(f"  Chassis SN    {license.chassis}")
    lines.append(f"  Issued        {calendar.long_date(license.issued)}")
    if slot.expires is not None:
        lines.append(f"  Expires       {calendar.long_date(slot.expires)}")
    return [*lines, "  Issued By     Training Lab", f"  Key Number    {license.number}"]


def _features(features: Sequence[Feature], slot: LicenseSlot, now: float, full: bool) -> list[str]:
    heading = "State     " if full else ""
    rule = "--------  " if full else ""
    lines = [
        f"  {'Feature':<{NAME_WIDTH}}  {heading}Applicable Part Numbers",
        f"  {'-' * NAME_WIDTH}  {rule}-----------------------------",
    ]
    if not features:
        return [*lines, "  [none]"]
    names = {feature.name for feature in features}
    bundles = {feature.bundle for feature in features} & names
    for feature in features:
        name = feature.title
        if feature.name in bundles:
            name += ":"
        elif feature.bundle in names:
            name = f" + {name}"
        state = ""
        if full:
            state = f"{'Enabled' if slot.allows(feature.name, now) else 'Disabled':<8}  "
        indent = " " * (2 + NAME_WIDTH + 2 + len(state) + 2)
        groups = [
            " / ".join(feature.parts[start : start + PARTS_PER_LINE])
            for start in range(0, len(feature.parts), PARTS_PER_LINE)
        ] or ["none"]
        groups[-1] += " ]"
        lines.append(f"  {name[:NAME_WIDTH]:<{NAME_WIDTH}}  {state}[ {groups[0]}")
        lines += [indent + group for group in groups[1:]]
    return lines


_LIMITS = Table[tuple[str, int]](
    Column("Sessions", 25, lambda row: row[1], right=True, rule=10),
    Column("Session Type", 23, lambda row: row[0], gap=2),
)


def _limits(slot: LicenseSlot, now: float) -> list[str]:
    limits = {kind: slot.session_limit(kind, now) for kind in SESSION_TYPES}
    table = _LIMITS.of((kind, limit) for kind, limit in limits.items() if limit)
    return table.lines if table.cells else [*table.lines, "  [none]"]


def _status(slot: LicenseSlot, platform: Platform, now: float) -> list[str]:
    if slot.license is None:
        return ["  License Status         Not Installed"]
    matches = slot.matches()
    good = "Good" if matches else "Not Valid"
    if slot.expired(now):
        good = "Expired"
    if platform.virtual:
        hardware = "Any Hardware" if matches else "Does Not Match"
        return [
            f"  Chassis Type           {platform.license_type} ({hardware})",
            f"  License Status         {good} ({hardware})",
        ]
    return [
        f"  Chassis MEC SN         {'Matches' if matches else 'Does Not Match'}",
        f"  License Status         {good}",
    ]


@layout("show license key", "chosen")
def key(license: License) -> Lines:
    """The key itself, as it would be typed."""
    return Lines(['license key "\\', *f'{license.key()}"'.split("\n")], {"key": license.key()})
