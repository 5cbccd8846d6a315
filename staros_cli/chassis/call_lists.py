"""The calls of each sessmgr as a list of rows, which costs the same however many there are."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

NO_ROW = -1


class CallLists:
    """The rows of the calls of each instance, the latest first, with their numbers and load.

    Rows are those of a table; `columns` has two values a row of it, those of `values` when it is
    new.
    """

    def __init__(self) -> None:
        self._next = array("i")
        self._previous = array("i")
        self._first: dict[int, int] = {}
        self._count: dict[int, int] = {}
        self._by_group: dict[int, Counter[int]] = {}
        self._connected: dict[int, float] = {}
        self._load: dict[int, float] = {}

    @property
    def columns(self) -> tuple[array[Any], ...]:
        """The columns, one value a call each, in the order of `values`."""
        return (self._next, self._previous)

    def values(self, instance: int) -> tuple[int, int]:
        """The values of a row that is about to be the first of an instance."""
        return (self._first.get(instance, NO_ROW), NO_ROW)

    def add(self, row: int, instance: int, group: int, load: float, connected_at: float) -> None:
        """Take up a row with the values of `values`, of a call of a group.

        The call takes `load` percent of a CPU and is connected at a time in seconds since 1970 UTC.
        """
        if (first := self._next[row]) != NO_ROW:
            self._previous[first] = row
        self._first[instance] = row
        self._count[instance] = self._count.get(instance, 0) + 1
        self._by_group.setdefault(instance, Counter())[group] += 1
        self._connected[instance] = max(connected_at, self.all_connected_at(instance))
        self._load[instance] = self._load.get(instance, 0.0) + load

    def remove(self, row: int, instance: int, group: int, load: float) -> None:
        """Take a row out, with what `add` was given."""
        following, before = self._next[row], self._previous[row]
        if following != NO_ROW:
            self._previous[following] = before
        if before != NO_ROW:
            self._next[before] = following
        else:
            self._first[instance] = following
        self._count[instance] -= 1
        self._by_group[instance][group] -= 1
        # The sum of many small numbers would not end at zero by itself.
        self._load[instance] = self._load[instance] - load if self._count[instance] else 0.0

    def rows(self, instance: int) -> Iterator[int]:
        """The rows of an instance, the latest first."""
        row = self._first.get(instance, NO_ROW)
        while row != NO_ROW:
            yield row
            row = self._next[row]

    def count(self, instance: int) -> int:
        """How many rows an instance has."""
        return self._count.get(instance, 0)

    def count_in(self, instance: int, groups: Iterable[int]) -> int:
        """How many rows an instance has of some groups."""
        counts = self._by_group.get(instance, Counter())
        return sum(counts[group] for group in groups)

    def all_connected_at(self, instance: int) -> float:
        """When all calls of an instance are connected, at the latest; in seconds since 1970 UTC."""
        return self._connected.get(instance, 0.0)

    def load(self, instance: int) -> float:
        """The percent of a CPU that the calls of an instance take."""
        return self._load.get(instance, 0.0)
