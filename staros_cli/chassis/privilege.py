"""The four levels of users, lowest first."""

from __future__ import annotations

from enum import IntEnum


class Privilege(IntEnum):
    """The level of a user. A higher level may do all that a lower one may."""

    INSPECTOR = 1
    OPERATOR = 2
    ADMINISTRATOR = 3
    SECURITY = 4

    @classmethod
    def named(cls, level: str | Privilege) -> Privilege:
        """A level by its word, such as `operator`. Raises ValueError for another."""
        if isinstance(level, Privilege):
            return level
        found = cls.__members__.get(level.upper())
        if found is None or not level.islower():
            words = ", ".join(name.lower() for name in cls.__members__)
            raise ValueError(f"invalid level {level!r}: expected one of {words}")
        return found

    @property
    def title(self) -> str:
        """The level as `show administrators` and refusals name it."""
        return {
            Privilege.INSPECTOR: "Inspector",
            Privilege.OPERATOR: "Operator",
            Privilege.ADMINISTRATOR: "Administrator",
            Privilege.SECURITY: "Security Administrator",
        }[self]

    @property
    def mark(self) -> str:
        """The character that ends this user's prompt."""
        return "#" if self >= Privilege.ADMINISTRATOR else ">"
