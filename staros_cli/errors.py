"""The root of the exceptions that users of the package meet."""

from __future__ import annotations


class StarosError(Exception):
    """Something that cannot be used or done; its text says what, where and what would be right."""


class UsageError(StarosError):
    """A file, option or address that cannot be used."""
