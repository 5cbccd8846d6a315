"""Crash records."""

from __future__ import annotations

from msgspec import Struct, structs

LIMIT = 120
"""How many records are kept (doc)."""


class CrashPlace(Struct, frozen=True):
    """Where a process died: card, CPU and process, software and hardware."""

    slot: int
    cpu: int
    pid: int
    version: str
    management_serial: str
    card_serial: str


class Crash(Struct, frozen=True):
    """A process that died: when first, what, where, and how often in the same way since.

    `time` is in seconds since 1970 UTC, `count` includes the first crash.
    """

    number: int
    time: float
    facility: str
    instance: int
    place: CrashPlace
    reason: str
    count: int = 1


class CrashList:
    """The crash records of a chassis, oldest first. They outlive a restart of the system.

    Crashes with the same stack share a record: it keeps its time and number, and its count rises
    (capture). Processes of one facility that end for the same reason have the same stack.
    """

    def __init__(self) -> None:
        self.records: list[Crash] = []
        self._number = 0

    def add(
        self, time: float, facility: str, instance: int, place: CrashPlace, reason: str
    ) -> Crash:
        """Add a crash; a new record takes the place of the oldest when the list is full."""
        for index, known in enumerate(self.records):
            if (known.facility, known.reason) == (facility, reason):
                merged = structs.replace(known, count=known.count + 1)
                self.records = [*self.records[:index], merged, *self.records[index + 1 :]]
                return merged
        self._number += 1
        crash = Crash(self._number, time, facility, instance, place, reason)
        self.records = [*self.records, crash][-LIMIT:]
        return crash

    @property
    def total(self) -> int:
        """How many crashes the records stand for."""
        return sum(crash.count for crash in self.records)

    def get(self, number: int) -> Crash | None:
        """The record of that number, if it is there."""
        return next((crash for crash in self.records if crash.number == number), None)

    def remove(self, crash: Crash) -> None:
        """Remove a record; the others keep their numbers."""
        self.records = [other for other in self.records if other is not crash]

    def clear(self) -> None:
        """Remove all records; numbering begins anew."""
        self.records = []
        self._number = 0
