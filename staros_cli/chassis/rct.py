"""Records of the Recovery Control Task: every migration, switchover and shutdown of a card."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from msgspec import Struct

LIMIT = 100
"""How many records are kept (chosen)."""

# Statuses. The first three are the chapter's; the words of the others are chosen.
SUCCESS = "Success"
FAIL_PREMIGRATE = "TASK_MIGRATION_FAIL_PREMIGRATE"
FAIL_RENAME = "TASK_MIGRATION_FAIL_RENAME"
NO_STANDBY_CARD = "NO_STANDBY_CARD"
NOT_IN_EFFECT = "SESSION_RECOVERY_NOT_IN_EFFECT"
NOT_COVERED = "SESSION_RECOVERY_NOT_COVERED"
FAIL_CARD_LOST = "TASK_MIGRATION_FAIL_CARD_LOST"
FAIL_RELOAD = "TASK_MIGRATION_FAIL_RELOAD"
FAIL_NO_PEER = "TASK_MIGRATION_FAIL_NO_PEER"
FAIL_NO_STANDBY_TASK = "TASK_MIGRATION_FAIL_NO_STANDBY_TASK"
FAIL_TASK_LOST = "TASK_MIGRATION_FAIL_TASK_LOST"

CRITICAL_TASK = "CPU_CRITICAL_TASK_FAILURE"
CARD_FAILURE = "CARD_FAILURE"
HOST_FAILURE = "HOST_FAILURE"
LINE_CARD_CONNECTION = "NPU_LC_CONNECT_TOP_FAIL"
LINE_CARD_HARDWARE = "PAC_LC_CONNECT_HARDWARE"


class Action(Enum):
    """The action with a card."""

    MIGRATION = "Migration"
    SHUTDOWN = "Shutdown"
    SWITCHOVER = "Switchover"


SHUTDOWN_REASONS = frozenset((LINE_CARD_CONNECTION,))
"""Reasons for which a card is shut down rather than migrated, as in the chapter's record."""


class TaskRef(Struct, frozen=True):
    """A task as a record names it: where it had run, and the process it had been.

    `calls` are those that were lost with it.
    """

    facility: str
    instance: int
    slot: int
    cpu: int
    pid: int
    calls: int = 0


class RctRecord(Struct, frozen=True):
    """One action (SR-31). Times are seconds since 1970 UTC, durations seconds.

    `planned` is None where the record does not say: the chapter's records of that form name no
    type, and put whether the card is usable before the reason. `recovered` are the tasks that were
    brought over, `lost` the sessmgrs that lost calls.
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
    recovered: tuple[TaskRef, ...] = ()
    lost: tuple[TaskRef, ...] = ()

    @property
    def counts_as_migration(self) -> bool:
        """Whether the summary counts it.

        All migrations are, failed ones too, but for the planned one that a failure was the reason
        for: the chapter's summary leaves that out.
        """
        forced = self.planned is True and bool(self.reason)
        return self.action is Action.MIGRATION and not forced


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
