"""RADIUS servers and charging gateways: how it is noticed that they do not answer.

Requests are taken to be under way at any time (chosen), so that a RADIUS server that falls silent
is noticed by the first request that is given up.
"""

from __future__ import annotations

from math import inf

from msgspec import Struct

from staros_cli.chassis.peers.peer import Change, Obstacle, Peer, next_after
from staros_cli.chassis.peers.settings import GtppSettings, RadiusSettings

ACTIVE, INACTIVE, NOT_RESPONDING, DOWN, ACTIVE_PENDING = (
    "Active",
    "Inactive",
    "Not Responding",
    "Down",
    "Active Pending",
)
ROUND_TRIP = 2.0
"""Milliseconds that an answer takes (chosen)."""


class RadiusCounts(Struct, frozen=True):
    """What was sent to a server and received from it since the counts were cleared.

    `starts`, `stops` are those of accounting among the requests.
    """

    requests: int = 0
    answers: int = 0
    retried: int = 0
    timeouts: int = 0
    starts: int = 0
    stops: int = 0


class RadiusServer(Peer):
    """A RADIUS server. One that is `alone` in its group never counts as down (doc)."""

    def __init__(self, settings: RadiusSettings, now: float, obstacle: Obstacle) -> None:
        self.settings = settings
        self.alone = False
        self._given_up = 0
        self._starts = self._stops = self._unanswered = 0
        self._cleared = RadiusCounts()
        super().__init__(now, obstacle, up=True)
        self.history.append(Change(now, ACTIVE))

    def configure(self, settings: RadiusSettings, alone: bool) -> None:
        """Go on with other settings."""
        if (settings, alone) != (self.settings, self.alone):
            self.settings, self.alone = settings, alone
            self.plan()

    def fails_at(self) -> float:
        """When as many requests in a row as configured were given up."""
        if self.alone or self.obstacle is Obstacle.DISABLED:
            return inf
        settings = self.settings
        if settings.keepalive:
            tried = next_after(self.obstacle_since, settings.keepalive)
            return tried + settings.keepalive_timeout * (1 + settings.keepalive_retries)
        silent = max(settings.given_up_after * settings.failures, settings.response_timeout)
        return self.obstacle_since + silent

    def returns_at(self) -> float:
        """When it is asked again: by a keepalive, else when the dead time is over."""
        deadtime = self.settings.deadtime
        if self.settings.keepalive:
            return next_after(self.obstacle_since, self.settings.keepalive)
        if not deadtime:
            return self.obstacle_since
        return next_after(self.obstacle_since, deadtime, self.up_since)

    def meet(self, obstacle: Obstacle, now: float) -> None:
        """Note what stands in the way; requests that were given up until then are counted."""
        if obstacle is not self.obstacle and not self.stays_silent(obstacle):
            if self.state(now) == NOT_RESPONDING:
                self._note(now, obstacle)
            self._given_up += self._losses(now)
        super().meet(obstacle, now)

    def _note(self, now: float, obstacle: Obstacle) -> None:
        """Enter in the history that it did not respond, and that it does again."""
        since = self.obstacle_since + self.settings.given_up_after
        self.history.append(Change(since, NOT_RESPONDING))
        if obstacle is Obstacle.NONE:
            self.history.append(Change(now, ACTIVE))

    def turn(self, now: float) -> None:
        """It counts as down, or as active again."""
        if self.up:
            self._given_up += self.settings.failures
            since = self.obstacle_since + self.settings.given_up_after
            self.history.append(Change(min(since, now), NOT_RESPONDING))
        super().turn(now)
        self.history.append(Change(now, ACTIVE if self.up else DOWN))

    def history_until(self, now: float) -> list[Change]:
        """The changes of its state, the latest last."""
        found = list(self.history)
        if self.state(now) == NOT_RESPONDING:
            since = self.obstacle_since + self.settings.given_up_after
            found.append(Change(since, NOT_RESPONDING))
        return found

    def consecutive_failures(self, now: float) -> int:
        """How many requests in a row were given up."""
        return self._losses(now) if self.up else self.settings.failures

    def _losses(self, now: float) -> int:
        if self.answers or not self.up or self.obstacle is Obstacle.DISABLED:
            return 0
        silent = now - self.obstacle_since
        lost = int(silent // self.settings.given_up_after) if self.settings.given_up_after else 0
        return lost if self.alone else min(lost, self.settings.failures)

    def state(self, now: float) -> str:
        """The state of the server."""
        if self.up:
            return NOT_RESPONDING if self._losses(now) else ACTIVE
        if self.settings.keepalive:
            return DOWN
        deadtime, passed = self.settings.deadtime, now - self.up_since
        asking = self.settings.given_up_after
        asked = not deadtime or (passed >= deadtime and passed % deadtime < asking)
        return ACTIVE_PENDING if asked and not self.answers else DOWN

    def _all(self, now: float) -> RadiusCounts:
        lost = self._given_up + self._losses(now)
        answers = self._starts + self._stops
        return RadiusCounts(
            requests=answers + self._unanswered + lost,
            answers=answers,
            retried=(lost + self._unanswered) * self.settings.retries,
            timeouts=lost + self._unanswered,
            starts=self._starts,
            stops=self._stops,
        )

    def counts(self, now: float) -> RadiusCounts:
        """What was sent and received since the counts were cleared."""
        found, before = self._all(now), self._cleared
        names = RadiusCounts.__struct_fields__
        return RadiusCounts(*(max(0, getattr(found, n) - getattr(before, n)) for n in names))

    def clear_counts(self, now: float) -> None:
        """Count from zero."""
        self._cleared = self._all(now)

    def count(self, starts: int, stops: int, answered: bool) -> None:
        """Count requests of calls that began and ended."""
        if answered:
            self._starts += starts
            self._stops += stops
        else:
            self._unanswered += starts + stops


class GtppCounts(Struct, frozen=True):
    """What was sent to a charging gateway and received from it since the counts were cleared."""

    echoes: int = 0
    echo_answers: int = 0
    records: int = 0
    failed: int = 0

    def plus(self, other: GtppCounts) -> GtppCounts:
        """The counts of both."""
        return GtppCounts(
            self.echoes + other.echoes,
            self.echo_answers + other.echo_answers,
            self.records + other.records,
            self.failed + other.failed,
        )


class GtppServer(Peer):
    """A charging gateway, which is tried by echoes."""

    def __init__(self, settings: GtppSettings, now: float, obstacle: Obstacle) -> None:
        self.settings = settings
        self._begun_at = now
        self._records = self._failed = 0
        self._cleared = GtppCounts()
        super().__init__(now, obstacle, obstacle is Obstacle.NONE)

    def configure(self, settings: GtppSettings) -> None:
        """Go on with other settings."""
        self.settings = settings
        self.plan()

    def _next_echo(self, time: float) -> float:
        interval = self.settings.echo_interval
        return next_after(time, interval, self._begun_at) if interval else inf

    def fails_at(self) -> float:
        """At once where the own address is gone, else when an echo was not answered."""
        if self.obstacle is not Obstacle.FAULT:
            return self.obstacle_since
        settings = self.settings
        silent = settings.echo_timeout * (1 + settings.echo_retries)
        return self._next_echo(self.obstacle_since) + silent

    def returns_at(self) -> float:
        """When the next echo is answered."""
        return min(self._next_echo(self.obstacle_since), self.obstacle_since + 3600.0)

    def turn(self, now: float) -> None:
        """It counts as inactive, or as active again."""
        super().turn(now)
        self.history.append(Change(now, self.state()))

    def state(self) -> str:
        """The state of the server."""
        return ACTIVE if self.up else INACTIVE

    def _all(self, now: float) -> GtppCounts:
        interval = self.settings.echo_interval
        sent = int((now - self._begun_at) // interval) if interval else 0
        answered = int(self.seconds_up(now) // interval) if interval else 0
        return GtppCounts(sent, min(sent, answered), self._records, self._failed)

    def counts(self, now: float) -> GtppCounts:
        """What was sent and received since the counts were cleared."""
        found, before = self._all(now), self._cleared
        return GtppCounts(
            found.echoes - before.echoes,
            found.echo_answers - before.echo_answers,
            found.records - before.records,
            found.failed - before.failed,
        )

    def clear_counts(self, now: float) -> None:
        """Count from zero."""
        self._cleared = self._all(now)

    def count(self, records: int, answered: bool) -> None:
        """Count records that were sent to it."""
        if answered:
            self._records += records
        else:
            self._failed += records
