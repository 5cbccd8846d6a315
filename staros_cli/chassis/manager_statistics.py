"""Counts of the session and AAA managers since they began (SR-06).

These counts belong to a process. They are not checkpointed: a manager that takes the place of
another begins at zero.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class SessmgrStatistics(Struct):
    """The counts of one sessmgr since it began.

    `failed` are calls that ended before they were connected, `recovered` calls that it was filled
    with when it took the place of another. `waiting` calls were not yet connected when it was told
    to count anew.
    """

    arrived: int = 0
    failed: int = 0
    disconnected: int = 0
    recovered: int = 0
    waiting: int = 0

    def connected(self, connecting: int) -> int:
        """How many calls were connected, of which so many are not yet."""
        return max(0, self.arrived + self.waiting - self.failed - connecting)


class AaamgrStatistics(Struct):
    """The counts of one aaamgr since it began.

    `purged` are authentications of calls that ended before they were connected, `stops` the ends of
    calls that it accounted for, `filled` calls whose accounting it took over from another.
    `waiting` calls were not yet authenticated when it was told to count anew.
    """

    auth_requests: int = 0
    purged: int = 0
    stops: int = 0
    filled: int = 0
    waiting: int = 0

    def authenticated(self, connecting: int) -> int:
        """How many calls were authenticated, of which so many are not yet."""
        return max(0, self.auth_requests + self.waiting - self.purged - connecting)


class ManagerStatistics:
    """The counts of all managers of a chassis, by instance."""

    def __init__(self) -> None:
        self._sessmgr: dict[int, SessmgrStatistics] = {}
        self._aaamgr: dict[int, AaamgrStatistics] = {}
        self.rejected_before = 0

    def count_anew(self, connecting: Mapping[int, int], rejected: int) -> None:
        """Let all managers count from zero, as an operator wants.

        `connecting` are the calls of each instance that are not yet connected, `rejected` those
        that came to no manager until now.
        """
        self._sessmgr = {n: SessmgrStatistics(waiting=count) for n, count in connecting.items()}
        self._aaamgr = {n: AaamgrStatistics(waiting=count) for n, count in connecting.items()}
        self.rejected_before = rejected

    def sessmgr(self, instance: int) -> SessmgrStatistics:
        """The counts of a sessmgr."""
        return self._sessmgr.setdefault(instance, SessmgrStatistics())

    def aaamgr(self, instance: int) -> AaamgrStatistics:
        """The counts of an aaamgr."""
        return self._aaamgr.setdefault(instance, AaamgrStatistics())

    def arrived(self, instance: int) -> None:
        """A call came to an instance: its sessmgr took it, its aaamgr has to authenticate it."""
        self.sessmgr(instance).arrived += 1
        self.aaamgr(instance).auth_requests += 1

    def ended(self, instance: int, connected: bool) -> None:
        """A call of an instance ended; `connected` tells whether it had been connected."""
        if connected:
            self.sessmgr(instance).disconnected += 1
            self.aaamgr(instance).stops += 1
        else:
            self.sessmgr(instance).failed += 1
            self.aaamgr(instance).purged += 1

    def begin_sessmgr(self, instance: int, recovered: int = 0) -> None:
        """Let a sessmgr count from zero, filled with so many calls."""
        self._sessmgr[instance] = SessmgrStatistics(recovered=recovered)

    def begin_aaamgr(self, instance: int, filled: int = 0) -> None:
        """Let an aaamgr count from zero, filled with the accounting of so many calls."""
        self._aaamgr[instance] = AaamgrStatistics(filled=filled)

    def clear(self) -> None:
        """No manager runs: the system went down."""
        self._sessmgr.clear()
        self._aaamgr.clear()
        self.rejected_before = 0
