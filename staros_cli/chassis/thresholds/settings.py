"""What is configured about thresholds, and which are looked at because of that."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from msgspec import Struct

from staros_cli.chassis.thresholds.names import (
    INTERVAL,
    OF_POOLS,
    PORT_GROUP,
    REASON,
    STEP,
    SYSTEM,
    THRESHOLDS,
    Threshold,
)

ALERT, ALARM = "alert", "alarm"
Scope = str
"""The system, a context by its name, or a port as `5/10`."""


class Limit(Struct, frozen=True):
    """The value at which a threshold is crossed, and the one that ends that."""

    value: int
    clear: int


class Watched(Struct, frozen=True):
    """A threshold that is looked at, every so many seconds. `of` names what it is about."""

    scope: Scope
    threshold: Threshold
    limit: Limit
    interval: int
    of: str = ""


class ThresholdSettings(Struct, frozen=True):
    """The limits by scope and name, intervals by name, and the groups that are switched on.

    The name of a limit that is about something has that behind it, after a blank.
    """

    model: str = ALERT
    limits: dict[tuple[Scope, str], Limit] = {}
    polls: dict[str, int] = {}
    groups: tuple[tuple[Scope, str], ...] = ()

    def interval(self, threshold: Threshold) -> int:
        """Seconds between two looks at a threshold: a multiple of 30."""
        wanted = self.polls.get(threshold.polled_as, self.polls.get(threshold.name, INTERVAL))
        return ceil(wanted / STEP) * STEP

    def watched(self) -> Iterator[Watched]:
        """The thresholds that are switched on and have a limit."""
        for scope, group in self.groups:
            for threshold in THRESHOLDS.values():
                if group in threshold.groups and not self._is_twice(scope, group, threshold):
                    yield from self._of(scope, threshold)

    def _is_twice(self, scope: Scope, group: str, threshold: Threshold) -> bool:
        """Whether another group has switched a threshold on already."""
        return next(one for one in threshold.groups if (scope, one) in self.groups) != group

    def _of(self, scope: Scope, threshold: Threshold) -> Iterator[Watched]:
        interval = self.interval(threshold)
        if threshold.name == REASON:
            for (its_scope, name), limit in self.limits.items():
                word, _, reason = name.partition(" ")
                if word == REASON and its_scope == scope and limit.value:
                    yield Watched(scope, threshold, limit, interval, reason)
            return
        limit = self.limit(scope, threshold)
        if limit.value or self._has_own(scope, threshold):
            yield Watched(scope, threshold, limit, interval)

    def _has_own(self, scope: Scope, threshold: Threshold) -> bool:
        """Whether a pool of a context has a limit of its own."""
        return threshold.name in OF_POOLS.values() and any(
            its_scope == scope and name.startswith(f"{threshold.name} ")
            for its_scope, name in self.limits
        )

    def limit_for(self, watched: Watched, pool: str) -> Limit:
        """The limit of a threshold that is looked at: that of the pool, where it has one."""
        own = self.limits.get((watched.scope, f"{watched.threshold.name} {pool}")) if pool else None
        return own or watched.limit

    def limit(self, scope: Scope, threshold: Threshold) -> Limit:
        """The limit of a threshold: ports have those of the system where they have no own ones."""
        scopes = (scope, SYSTEM) if PORT_GROUP in threshold.groups else (scope,)
        for one in scopes:
            found = self.limits.get((one, threshold.name))
            if found is not None:
                return found
        return Limit(threshold.default, threshold.default)
