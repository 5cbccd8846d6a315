"""What the program's user can hand in wrong."""

from __future__ import annotations


class UsageFault(Exception):
    """Something that cannot be used; its text says what, where and what would be right."""
