"""Which calls of a group a server looks after: those that have come since that was configured."""

from __future__ import annotations

from math import inf

from msgspec import Struct

from staros_cli.chassis.call_history import SETUP_TIME
from staros_cli.chassis.disconnect_reasons import UNTOLD
from staros_cli.chassis.sessions import SessionTable

_SAME = 1e-3
"""Seconds by which two moments may differ that are one."""


class Served(Struct):
    """The calls of a group that a service looks after, whose name it has.

    They are those that came after `since`. `came_before` is how many had come until then, `went`
    how many of the others have ended, of which `lost` ended without anybody being told.
    """

    name: str
    since: float
    came_before: int
    came: int
    went: int = 0
    lost: int = 0

    @classmethod
    def begin(cls, name: str, sessions: SessionTable, group: int, now: float) -> Served:
        """The calls that come from now on; without any yet, all of them."""
        came, went = sessions.by_group.totals(group)
        return cls(name, now if came > went else -inf, came, came)

    def has(self, connected_at: float) -> bool:
        """Whether a call is one of them."""
        return connected_at - SETUP_TIME > self.since + _SAME

    def ended(self, reason: str) -> None:
        """One of them ended."""
        self.went += 1
        self.lost += reason in UNTOLD

    def came_back(self, *, is_one: bool) -> None:
        """A call that ended untold is here again; it counts among those that have come."""
        self.came_before += 1
        if is_one:
            self.went -= 1
            self.lost -= 1

    def abandon(self) -> None:
        """None of those that have come is looked after any more."""
        self.went = self.initial

    def look(self, came: int) -> None:
        """Note how many calls of the group have come."""
        self.came = came

    @property
    def initial(self) -> int:
        """How many have come."""
        return self.came - self.came_before

    @property
    def current(self) -> int:
        """How many there are."""
        return self.initial - self.went

    @property
    def final(self) -> int:
        """How many told that they ended."""
        return self.went - self.lost

    @property
    def requests(self) -> int:
        """How many requests their beginnings and ends were."""
        return self.initial + self.final
