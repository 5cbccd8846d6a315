"""Connections that have not logged in: so many at a time, and nobody takes all places."""

from __future__ import annotations

from collections import Counter
from typing import Protocol


class Pending(Protocol):
    """A connection that has not logged in; `peer` is the address it comes from."""

    peer: str

    def abort(self) -> None:
        """Close the connection at once."""
        ...


class PendingLogins:
    """The connections of a server that have not logged in, oldest first.

    When there are more than `most`, the oldest of the address that has most of them is closed:
    those who open connections and never log in shut themselves out, and nobody else.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: dict[Pending, None] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, connection: Pending) -> None:
        """A connection has come; another one may have to go for it."""
        self._waiting[connection] = None
        if len(self._waiting) > self._most:
            counts = Counter(other.peer for other in self._waiting)
            most = max(counts.values())
            oldest = next(other for other in self._waiting if counts[other.peer] == most)
            del self._waiting[oldest]
            oldest.abort()

    def discard(self, connection: Pending) -> None:
        """A connection has logged in or is gone."""
        self._waiting.pop(connection, None)
