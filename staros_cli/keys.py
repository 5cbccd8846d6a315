"""`staros-cli license make`: licence keys for labs."""

from __future__ import annotations

import argparse
import re
import time

from staros_cli.chassis import calendar
from staros_cli.chassis.licence import ANY_CHASSIS, FEATURES, SESSION_TYPES, License
from staros_cli.errors import UsageError


def make(options: argparse.Namespace) -> int:
    """Print a key in the form in which it is typed. Raises UsageError for what cannot be in one."""
    if not re.fullmatch(r"[A-Za-z0-9-]{1,30}", options.for_chassis):
        raise UsageError(
            f"--for-chassis: expected a serial number or {ANY_CHASSIS}, got {options.for_chassis!r}"
        )
    license = License(
        chassis=options.for_chassis,
        features=tuple(_feature(name) for name in options.feature),
        sessions=dict(_limit(text) for text in options.sessions),
        issued=_date("--issued", options.issued) if options.issued else time.time(),
        expires=_date("--expires", options.expires) if options.expires else None,
        number=options.number,
        comment=options.comment,
    )
    print(f'license key "\\\n{license.key()}"')
    return 0


def _feature(name: str) -> str:
    if name not in FEATURES:
        raise UsageError(f"--feature: expected one of {', '.join(FEATURES)}, got {name!r}")
    return name


def _limit(text: str) -> tuple[str, int]:
    name, _, number = text.partition("=")
    if name not in SESSION_TYPES or not re.fullmatch(r"[0-9]{1,9}", number):
        types = ", ".join(SESSION_TYPES)
        raise UsageError(f"--sessions: expected TYPE=N with a type of {types}, got {text!r}")
    return name, int(number)


def _date(option: str, text: str) -> float:
    try:
        return calendar.moment(text)
    except (ValueError, OverflowError):
        raise UsageError(f"{option}: expected an ISO 8601 date, got {text!r}") from None
