"""What the Recovery Control Task records: every migration, switchover and shutdown of a card."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from msgspec import Struct

LIMIT = 100
"""How many records are kept (chosen)."""

SUCCESS = "Success"
FAIL_PREMIGRATE = "TASK_MIGRATION_FAIL_PREMIGRATE"
FAIL_RENAME = "TASK_MIGRATION_FAIL_RENAME"
FAIL_CARD_LOST = "TASK_MIGRATION_FAIL_CARD_LOST"

CRITICAL_TASK = "CPU_CRITICAL_TASK_FAILURE"
CARD_FAILURE = "CARD_FAILURE"
HOST_FAILURE = "HOST_FAILURE"


class Action(Enum):
    """What was done with a card."""

    MIGRATION = "Migration"
    SHUTDOWN = "Shutdown"
    SWITCHOVER = "Switchover"


class RecoveredTask(Struct, frozen=True):
    """A task that was brought over: where it had run, and the process it had been."""

    facility: str
    instance: int
    slot: int
    cpu: int
    pid: int


class RctRecord(Struct, frozen=True):
    """One action (SR-31). Times are seconds since 1970 UTC, durations seconds.

    `planned` is None where the record does not say.
    """

    action: Action
    planned: bool | None
    source: int
    target: int
    started_at: float
    duration: float
    management: bool = False
    reason: str = ""
    device: str = ""
    usable: bool = True
    status: str = SUCCESS
    failed_at: float | None = None
    facility: str = ""
    instance: int | None = None
    graceful: bool = True
    recovered: tuple[RecoveredTask, ...] = ()

    @property
    def counts_as_migration(self) -> bool:
        """Whether the summary counts it: planned migrations, failed ones too, as in the chapter."""
        return self.action is Action.MIGRATION and not self.reason


class Mean(Struct, frozen=True):
    """A number of actions and their mean duration in seconds."""

    count: int
    seconds: float


def mean(records: Sequence[RctRecord]) -> Mean:
    """The mean duration of some records; 0 of none."""
    count = len(records)
    return Mean(count, sum(record.duration for record in records) / count if count else 0.0)


class RctSummary(Struct, frozen=True):
    """The summary of `show rct stats` (SR-32)."""

    migrations: Mean
    management: Mean
    packet: Mean
    switchovers: Mean


class RctStats:
    """The records of a chassis, oldest first. They outlive a restart of the system."""

    def __init__(self, records: Sequence[RctRecord] = ()) -> None:
        self.records: list[RctRecord] = list(records)

    def add(self, record: RctRecord) -> None:
        """Add a record; the oldest makes room for it when there are many."""
        self.records = [*self.records, record][-LIMIT:]

    def summary(self) -> RctSummary:
        """Counts and means, computed from the records."""
        migrations = [record for record in self.records if record.counts_as_migration]
        return RctSummary(
            mean(migrations),
            mean([record for record in migrations if record.management]),
            mean([record for record in migrations if not record.management]),
            mean([r for r in self.records if r.action is Action.SWITCHOVER]),
        )

    def clear(self) -> None:
        """Forget all records."""
        self.records = []
