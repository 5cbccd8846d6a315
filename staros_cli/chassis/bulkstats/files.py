"""What was gathered for a file and not sent yet, and what was counted about it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from msgspec import Struct


def octets_of(text: str) -> int:
    """How many octets a text takes in a file."""
    return len(text.encode(errors="replace"))


class Counts(Struct):
    """Records and octets."""

    records: int = 0
    octets: int = 0

    def add(self, records: int, octets: int) -> None:
        """Count some more, or less."""
        self.records += records
        self.octets += octets


class Statistics(Struct):
    """What was counted about a file since it was configured or cleared.

    `last` is what the last transfer that succeeded has carried, `required` how many seconds it
    took; `succeeded_at` and `tried_at` are seconds since 1970 UTC, None for never.
    """

    collected: Counts
    transmitted: Counts
    discarded: Counts
    last: Counts
    required: int = 0
    succeeded_at: float | None = None
    tried_at: float | None = None


def no_statistics() -> Statistics:
    """Statistics in which nothing was counted."""
    return Statistics(Counts(), Counts(), Counts(), Counts())


class Batch(Struct, frozen=True):
    """Records that were gathered together: a line each, with the line end.

    `number` counts the batches of all files as they are gathered.
    """

    number: int
    text: str
    records: int
    octets: int


class WaitingFile:
    """The records of a file that wait for a transfer, the oldest first.

    `server` is the receiver that got the file last, `name` its name then.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.batches: deque[Batch] = deque()
        self.waiting = Counts()
        self.statistics = no_statistics()
        self.server = ""
        self._sent_to: dict[str, int] = {}

    def add(self, number: int, records: list[str]) -> None:
        """Take records that were gathered."""
        text = "".join(records)
        batch = Batch(number, text, len(records), octets_of(text))
        self.batches.append(batch)
        self.waiting.add(batch.records, batch.octets)
        self.statistics.collected.add(batch.records, batch.octets)

    @property
    def oldest(self) -> int:
        """The number of the oldest batch; there has to be one."""
        return self.batches[0].number

    def _take_oldest(self) -> Batch:
        batch = self.batches.popleft()
        self.waiting.add(-batch.records, -batch.octets)
        return batch

    def discard_oldest(self) -> None:
        """Throw the oldest batch away, and count that."""
        batch = self._take_oldest()
        self.statistics.discarded.add(batch.records, batch.octets)

    def discard(self) -> None:
        """Throw away all that waits."""
        while self.batches:
            self.discard_oldest()

    def clear_counts(self) -> None:
        """Count from zero; what waits goes on waiting."""
        self.statistics = no_statistics()

    # Transfers

    def unsent(self, server: str) -> list[Batch]:
        """What a receiver did not get yet."""
        sent = self._sent_to.get(server, -1)
        return [batch for batch in self.batches if batch.number > sent]

    def tried(self, at: float) -> None:
        """A transfer was tried at a time, in seconds since 1970 UTC."""
        self.statistics.tried_at = at

    def sent(self, server: str, at: float, batches: list[Batch], around: int) -> None:
        """A receiver got batches, with so many octets of a first and a last line around."""
        statistics = self.statistics
        self.server = server
        statistics.succeeded_at = at
        records = sum(batch.records for batch in batches)
        octets = around + sum(batch.octets for batch in batches)
        statistics.last = Counts(records, octets)
        statistics.transmitted.add(0, around)
        if batches:
            self._sent_to[server] = batches[-1].number

    def forget_sent(self, servers: Iterable[str]) -> None:
        """Forget what all these receivers got; there has to be one."""
        known = tuple(servers)
        self._sent_to = {one: number for one, number in self._sent_to.items() if one in known}
        done = min(self._sent_to.get(server, -1) for server in known)
        while self.batches and self.oldest <= done:
            batch = self._take_oldest()
            self.statistics.transmitted.add(batch.records, batch.octets)
