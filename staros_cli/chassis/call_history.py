"""The history of calls: how many came, were refused and ended, why, and when.

Everything is counted when it happens, by intervals of a quarter of an hour, and so costs nothing to
show however many calls there are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from math import inf

from msgspec import Struct

from staros_cli.chassis.call_seconds import CallSeconds

INTERVAL = 900.0
"""Seconds of an interval (capture)."""
INTERVALS = 192
"""How many of them are kept: those of two days (capture)."""
BUCKETS = 4
"""Intervals whose reasons for the ends of calls are counted apart (chosen; there are four)."""
RETRY = 60.0
"""Seconds until a subscriber who was refused calls again (chosen)."""
SETUP_TIME = 0.8
"""Seconds from the arrival of a call to its being connected (chosen)."""
SETUP_WINDOW = 10.0
"""Seconds in which a call is connected, at most."""
_AGE_STEP = 30.0
"""Seconds to which the duration of current calls is known."""
DURATIONS = (60.0, 120.0, 300.0, 900.0, 3600.0, 14_400.0, 43_200.0, 86_400.0, inf)
"""The upper limits of durations that are counted together, in seconds (capture)."""
SETUP_TIMES = (
    *(tenths / 10 for tenths in range(1, 11)),
    *(2.0, 3.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0, 18.0, inf),
)
"""The upper limits of set-up times that are counted together, in seconds."""


class Counts(Struct):
    """Calls of some time: those that came, were refused, were connected, ended, or failed.

    A call that `failed` ended before it was connected.
    """

    arrived: int = 0
    rejected: int = 0
    connected: int = 0
    disconnected: int = 0
    failed: int = 0

    @property
    def operations(self) -> int:
        """All events but connections: what the device counts as operations."""
        return self.arrived + self.rejected + self.disconnected + self.failed


class Interval(Struct, frozen=True):
    """The counts of an interval, and when it began, in seconds since 1970 UTC."""

    began_at: float
    counts: Counts


class _Refused(Struct):
    """Calls of a group that are refused: why, how many wait, and until when they are counted."""

    reason: str
    waiting: int
    counted_to: float


class CallHistory:
    """Counts the calls of the chassis since it started."""

    def __init__(self, groups: int) -> None:
        self._groups = groups
        self.clear()

    def clear(self) -> None:
        """No call has come: the system went down."""
        self.total = Counts()
        self._by_interval: dict[int, Counts] = {}
        self._latest = -INTERVALS
        self._first_shown = 0
        self.reasons: Counter[str] = Counter()
        self._reasons_of: dict[int, Counter[str]] = {}
        self.rejections: Counter[str] = Counter()
        self.rejections_of: list[Counter[str]] = [Counter() for _ in range(self._groups)]
        self.clear_setup_times()
        self._ages: list[Counter[int]] = [Counter() for _ in range(self._groups)]
        self._setting_up: deque[tuple[float, int]] = deque()
        self._authenticating = [0] * self._groups
        self._failed = [0] * self._groups
        self._refused: list[_Refused | None] = [None] * self._groups
        self.seconds = [CallSeconds() for _ in range(self._groups)]

    def _of(self, at: float) -> Counts:
        """The counts of the interval of a time; those of one that is kept no more go nowhere."""
        number = int(at // INTERVAL)
        found = self._by_interval.get(number)
        if found is None:
            found = Counts()
            if number > self._latest - INTERVALS:
                self._by_interval[number] = found
            if number > self._latest:
                self._latest = number
                for old in [one for one in self._by_interval if one <= number - INTERVALS]:
                    del self._by_interval[old]
        return found

    def _reasons_at(self, now: float) -> Counter[str]:
        """The reasons of calls that end in the interval of a time, the latest there is."""
        number = int(now // INTERVAL)
        found = self._reasons_of.get(number)
        if found is None:
            found = self._reasons_of[number] = Counter()
            for old in [one for one in self._reasons_of if one <= number - BUCKETS]:
                del self._reasons_of[old]
        return found

    def buckets(self, now: float) -> list[Counter[str]]:
        """The reasons of calls that ended in each of the last intervals, this one first."""
        number = int(now // INTERVAL)
        return [self._reasons_of.get(number - back, Counter()) for back in range(BUCKETS)]

    # What happens

    def arrived(self, group: int, at: float, connected_at: float, now: float | None = None) -> None:
        """A call came, and is connected later, or never when `connected_at` is infinite.

        `now` is when that is noted, for calls that came a while ago.
        """
        self.total.arrived += 1
        self._of(at).arrived += 1
        if connected_at == inf:
            self._authenticating[group] += 1
            return
        self.seconds[group].connected(at if now is None else now, connected_at)
        self.total.connected += 1
        self._of(connected_at).connected += 1
        self._setup_times[group][_place(SETUP_TIMES, round(connected_at - at, 3))] += 1
        self._ages[group][int(connected_at // _AGE_STEP)] += 1
        waiting = self._setting_up
        while waiting and waiting[0][0] < connected_at - SETUP_WINDOW:
            waiting.popleft()
        if not waiting or connected_at > waiting[-1][0] - SETUP_WINDOW:
            waiting.append((connected_at, group))

    def came_back(self, group: int, connected_at: float, now: float) -> None:
        """A call that another chassis went on with is here again, connected since a time.

        It carries something here from now on; it ends as any other.
        """
        self.total.arrived += 1
        self.total.connected += 1
        counts = self._of(now)
        counts.arrived += 1
        counts.connected += 1
        self.seconds[group].connected(now, now)
        self._ages[group][int(connected_at // _AGE_STEP)] += 1

    def ended(self, group: int, now: float, connected_at: float, reason: str) -> None:
        """A call ended for a reason."""
        self.reasons[reason] += 1
        self._reasons_at(now)[reason] += 1
        if connected_at <= now:
            self._forget_age(group, connected_at)
            self.seconds[group].ended(now, connected_at)
            self.total.disconnected += 1
            self._of(now).disconnected += 1
            return
        self.total.failed += 1
        self._failed[group] += 1
        self._of(now).failed += 1
        if connected_at == inf:
            self._authenticating[group] -= 1
            return
        self._forget_age(group, connected_at)
        self.seconds[group].ended(now, connected_at)
        self.total.connected -= 1
        self._of(connected_at).connected -= 1
        if (connected_at, group) in self._setting_up:
            self._setting_up.remove((connected_at, group))

    def _forget_age(self, group: int, connected_at: float) -> None:
        step, ages = int(connected_at // _AGE_STEP), self._ages[group]
        ages[step] -= 1
        if ages[step] <= 0:
            del ages[step]

    def refused(self, states: Sequence[tuple[str, int]], now: float) -> None:
        """Note why calls of each group are refused, if they are, and how many wait for that.

        Everybody who waits is refused at once, and again in every RETRY seconds.
        """
        for group, (reason, waiting) in enumerate(states):
            before = self._refused[group]
            if before is not None:
                self._count_retries(group, before, now)
            if not reason:
                self._refused[group] = None
            elif before is None or before.reason != reason:
                self._reject(group, reason, waiting, now)
                self._refused[group] = _Refused(reason, waiting, now)
            else:
                self._reject(group, reason, max(0, waiting - before.waiting), now)
                before.waiting = waiting

    def _count_retries(self, group: int, refused: _Refused, now: float) -> None:
        rounds = int((now - refused.counted_to) // RETRY)
        kept = int(INTERVALS * INTERVAL / RETRY)
        for number in range(max(0, rounds - kept), rounds):
            at = refused.counted_to + (number + 1) * RETRY
            self._reject(group, refused.reason, refused.waiting, at)
        if rounds > kept:
            surplus = refused.waiting * (rounds - kept)
            self._reject(group, refused.reason, surplus, refused.counted_to)
        refused.counted_to += rounds * RETRY

    def _reject(self, group: int, reason: str, count: int, at: float) -> None:
        if count:
            self.total.arrived += count
            self.total.rejected += count
            counts = self._of(at)
            counts.arrived += count
            counts.rejected += count
            self.rejections[reason] += count
            self.rejections_of[group][reason] += count

    # What is asked

    def rejected(self, group: int, reason: str) -> int:
        """How many calls of a group were refused for a reason."""
        return self.rejections_of[group][reason]

    def setting_up(self, now: float) -> Counter[int]:
        """How many calls of each group are being set up, those being authenticated left out."""
        return Counter(group for at, group in self._setting_up if at > now)

    def failed(self, group: int) -> int:
        """How many calls of a group ended before they were connected."""
        return self._failed[group]

    def authenticating(self, group: int) -> int:
        """How many calls of a group get no further than to their authentication."""
        return self._authenticating[group]

    def connected(self, now: float) -> int:
        """How many calls have been connected until now."""
        return self.total.connected - sum(self.setting_up(now).values())

    def durations(self, now: float, groups: Iterable[int] | None = None) -> list[int]:
        """How many current calls have lasted how long, by DURATIONS; exact to half a minute.

        They are those of some groups, or of all.
        """
        found = [0] * len(DURATIONS)
        for group in range(self._groups) if groups is None else groups:
            for step, count in self._ages[group].items():
                age = now - step * _AGE_STEP
                if age >= 0:
                    found[_place(DURATIONS, age)] += count
        return found

    def setup_times(self, groups: Iterable[int] | None = None) -> list[int]:
        """How many calls of some groups, or of all, took how long to set up, by SETUP_TIMES."""
        among = range(self._groups) if groups is None else groups
        columns = zip(*(self._setup_times[group] for group in among), strict=True)
        return [sum(column) for column in columns] or [0] * len(SETUP_TIMES)

    def intervals(self, began_at: float, now: float) -> Iterator[Interval]:
        """The intervals since the system started, the latest first, 192 at most."""
        last = int(now // INTERVAL)
        first = max(int(began_at // INTERVAL), last - INTERVALS + 1, self._first_shown)
        for number in range(last, first - 1, -1):
            yield Interval(number * INTERVAL, self._by_interval.get(number, Counts()))

    # Clearing

    def clear_reasons(self) -> None:
        """Count the reasons of calls that ended anew."""
        self.reasons.clear()
        self._reasons_of.clear()

    def clear_setup_times(self) -> None:
        """Count set-up times anew."""
        self._setup_times = [[0] * len(SETUP_TIMES) for _ in range(self._groups)]

    def clear_intervals(self, now: float) -> None:
        """Show no interval before this one, and count this one anew."""
        self._by_interval.clear()
        self._first_shown = int(now // INTERVAL)


def _place(limits: Sequence[float], value: float) -> int:
    """The first of some upper limits that a value is below."""
    return bisect_right(limits, value)
