"""Dates of the chassis in the forms that StarOS prints, and back."""

from __future__ import annotations

import re
from datetime import UTC, datetime

FIRST_YEAR, LAST_YEAR = 1970, 9000
"""The years of dates that are taken: there is room for a chassis to run on from the last."""


def _utc(time: float) -> datetime:
    return datetime.fromtimestamp(time, UTC)


def long_date(time: float) -> str:
    """`Friday March 27 17:12:25 UTC 2026`, as `show clock` prints it."""
    return _utc(time).strftime("%A %B %d %H:%M:%S UTC %Y")


def day_of(time: float) -> str:
    """`Friday March 27 2026`, as `monitor subscriber` prints it above events."""
    return _utc(time).strftime("%A %B %d %Y")


def clock_of(time: float) -> str:
    """`17:12:25:123`, as `monitor subscriber` prints it beside events."""
    moment = _utc(time)
    return moment.strftime("%H:%M:%S:") + f"{moment.microsecond // 1000:03d}"


def short_date(time: float) -> str:
    """`Mon Jan  6 19:06:21 UTC 2026`, as `show version` prints it."""
    moment = _utc(time)
    return moment.strftime(f"%a %b {moment.day:2d} %H:%M:%S UTC %Y")


def file_date(time: float) -> str:
    """`Mar 27 17:12:25 2026`, as `directory` prints it."""
    moment = _utc(time)
    return moment.strftime(f"%b {moment.day:2d} %H:%M:%S %Y")


def crash_date(time: float) -> str:
    """`2026-Oct-15+13:57:40`, as `show crash list` prints it."""
    return _utc(time).strftime("%Y-%b-%d+%H:%M:%S")


def trap_date(time: float) -> str:
    """`Wed Aug 12 09:45:04 2026`, as `show snmp trap history` prints it."""
    return _utc(time).strftime("%a %b %d %H:%M:%S %Y")


def ntp_date(time: float) -> str:
    """`Sat, Jul 11 2026 17:11:27.389`, as `show ntp status` prints it."""
    moment = _utc(time)
    return moment.strftime("%a, %b %d %Y %H:%M:%S.") + f"{moment.microsecond // 1000:03d}"


def notification_date(time: float) -> str:
    """`2026:03:20:00:48:43`, as `show snmp trap statistics` prints it."""
    return _utc(time).strftime("%Y:%m:%d:%H:%M:%S")


def console_date(time: float) -> str:
    """`2026-Mar-27+17:12:25.123`, as logs and the console print it."""
    moment = _utc(time)
    return moment.strftime("%Y-%b-%d+%H:%M:%S.") + f"{moment.microsecond // 1000:03d}"


def typed_date(text: str) -> float:
    """The time that `2026:03:27:17:12` or `2026:03:27:17:12:25` stands for.

    Raises ValueError when there is no such time.
    """
    form = "%Y:%m:%d:%H:%M:%S"[: None if text.count(":") == 5 else -3]
    return datetime.strptime(text, form).replace(tzinfo=UTC).timestamp()


def moment(text: str) -> float:
    """The time that an ISO 8601 text names; without a zone it is UTC.

    Raises ValueError when the text is not a date, or one before 1970 or after 9000.
    """
    found = datetime.fromisoformat(text)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(f"expected a year from {FIRST_YEAR} to {LAST_YEAR}, got {found.year}")
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def iso(time: float) -> str:
    """`2026-03-27T17:12:25Z`: the form that `moment` reads."""
    return _utc(time).strftime("%Y-%m-%dT%H:%M:%SZ")


def written(time: float, form: str) -> str:
    """A time in a form of strftime, in UTC."""
    return _utc(time).strftime(form)


def days_of(seconds: float) -> str:
    """`3D 4H 12M`: days, hours and minutes, as `show system uptime` prints them."""
    minutes = int(seconds) // 60
    return f"{minutes // 1440}D {minutes // 60 % 24}H {minutes % 60}M"


def elapsed(seconds: float) -> str:
    """`00:05:10`: hours, minutes and seconds that have passed."""
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_SPAN = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)([smhd]?)", re.ASCII)
_LONGEST_SPAN = 366 * 86400.0


def span(text: str) -> float:
    """The seconds of a span that is written such as `30`, `1.5s`, `5m`, `2h` or `1d`.

    Raises ValueError for anything else, and for more than a year.
    """
    found = _SPAN.fullmatch(text)
    seconds = float(found[1]) * _UNITS[found[2]] if found else -1.0
    if not 0 <= seconds <= _LONGEST_SPAN:
        raise ValueError("expected up to a year, such as 30, 1.5s, 5m, 2h or 1d")
    return seconds
