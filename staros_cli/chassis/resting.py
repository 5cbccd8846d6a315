"""Addresses that were given back and rest until they can be taken again."""

from __future__ import annotations

from array import array
from math import inf

_NONE = -1


class Resting:
    """The free addresses of a pool that were in use before, in the order they were given back.

    An address is its place in the pool. Kept as a chain through arrays, since there may be a
    million of them. Those from `_held_first` on rest still, as far as it was looked at.
    """

    def __init__(self) -> None:
        self._next = array("i")
        self._until = array("d")
        self._first = self._last = self._held_first = _NONE
        self._length = self._held = 0

    def __len__(self) -> int:
        return self._length

    @property
    def first_at(self) -> float:
        """When the first has rested, in seconds since 1970 UTC; infinite where there is none."""
        return self._until[self._first] if self._length else inf

    def add(self, place: int, until: float) -> None:
        """Let an address rest until a time."""
        more = place + 1 - len(self._next)
        if more > 0:
            self._next.extend([_NONE] * more)
            self._until.extend([0.0] * more)
        self._next[place], self._until[place] = _NONE, until
        if self._length:
            self._next[self._last] = place
        else:
            self._first = place
        if self._held_first == _NONE:
            self._held_first = place
        self._last = place
        self._length += 1
        self._held += 1

    def take(self) -> int:
        """Take the first; there must be one, and it has rested."""
        place = self._first
        if place == self._held_first:
            self._pass_held()
        self._first = self._next[place]
        self._length -= 1
        return place

    def held(self, now: float) -> int:
        """How many rest still."""
        while self._held_first != _NONE and self._until[self._held_first] <= now:
            self._pass_held()
        return self._held

    def rests(self, place: int, now: float) -> bool:
        """Whether an address that is free rests still."""
        return place < len(self._until) and self._until[place] > now

    def next_at(self, now: float) -> float:
        """When the next of those that rest still has rested; infinite where none rests."""
        return self._until[self._held_first] if self.held(now) else inf

    def _pass_held(self) -> None:
        self._held_first = self._next[self._held_first]
        self._held -= 1
