"""The console of a chassis: what it shows during a start."""

from __future__ import annotations

from collections import deque
from enum import Enum

from msgspec import Struct

CONSOLE_HISTORY = 100
"""How many lines of the console are stored for those who have not seen them."""


class BootStep(Enum):
    """The steps of a start, as the console shows them."""

    GOING_DOWN = "going down"
    MANAGEMENT_CARD = "management card"
    IMAGE = "image"
    CONFIGURATION = "configuration"
    CARDS = "cards"
    UP = "up"


class BootRecord(Struct, frozen=True):
    """A line of the console: when, in seconds since 1970 UTC, what, and about which thing."""

    time: float
    step: BootStep
    detail: str = ""


class Console:
    """The lines that the console has shown. `count` is their number so far."""

    def __init__(self) -> None:
        self.count = 0
        self._records: deque[BootRecord] = deque(maxlen=CONSOLE_HISTORY)

    def add(self, record: BootRecord) -> None:
        """Show a line."""
        self.count += 1
        self._records.append(record)

    def since(self, count: int) -> list[BootRecord]:
        """The lines after the first `count`, as far as they are stored."""
        new = min(self.count - count, len(self._records))
        return list(self._records)[len(self._records) - new :]
