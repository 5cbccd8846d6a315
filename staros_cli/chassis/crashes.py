"""Crash records."""

from __future__ import annotations

from msgspec import Struct

LIMIT = 120
"""How many records are kept (doc)."""


class Crash(Struct, frozen=True):
    """A process that died: what, where, and which hardware it ran on."""

    number: int
    time: float
    facility: str
    instance: int
    slot: int
    cpu: int
    pid: int
    version: str
    management_serial: str
    card_serial: str
    reason: str


class CrashList:
    """The crash records of a chassis, oldest first. They outlive a restart of the system."""

    def __init__(self) -> None:
        self.records: list[Crash] = []
        self._number = 0

    def add(
        self,
        time: float,
        facility: str,
        instance: int,
        slot: int,
        cpu: int,
        pid: int,
        version: str,
        management_serial: str,
        card_serial: str,
        reason: str,
    ) -> Crash:
        """Add a record; the oldest makes room for it when the list is full."""
        self._number += 1
        crash = Crash(
            self._number,
            time,
            facility,
            instance,
            slot,
            cpu,
            pid,
            version,
            management_serial,
            card_serial,
            reason,
        )
        self.records = [*self.records, crash][-LIMIT:]
        return crash

    def get(self, number: int) -> Crash | None:
        """The record of that number, if it is there."""
        return next((crash for crash in self.records if crash.number == number), None)

    def clear(self) -> None:
        """Remove all records; numbering begins anew."""
        self.records = []
        self._number = 0
