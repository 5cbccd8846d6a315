"""Checkpoints that the active chassis sends to the standby one, counted without asking calls.

A call is sent in full once it is old enough, all of them when a connection is made, and again after
each period; in between by micro checkpoints. How many those are follows from how long the calls
have been known to the other side together.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable
from math import inf

from msgspec import Struct

from staros_cli.chassis.clock import Timeline
from staros_cli.chassis.sessions import SessionTable

MICRO_EVERY = 60.0
"""Seconds between two micro checkpoints of a call (chosen)."""


class Flow:
    """Checkpoints of one direction, by instance of the session managers."""

    def __init__(self) -> None:
        self.calls: Counter[int] = Counter()
        self._full: Counter[int] = Counter()
        self._seconds: dict[int, float] = {}
        self._period = inf
        self._folded: dict[int, float] = {}

    def add(self, instance: int, calls: int, at: float) -> None:
        """The other side knows more calls of an instance since a time; they were sent in full."""
        self.calls[instance] += calls
        self._full[instance] += calls
        self._seconds[instance] = self._seconds.get(instance, 0.0) - calls * at

    def remove(self, instance: int, calls: int, at: float) -> None:
        """The other side knows fewer calls of an instance since a time."""
        self.calls[instance] -= calls
        self._seconds[instance] = self._seconds.get(instance, 0.0) + calls * at

    def stop(self, now: float) -> None:
        """Nothing is sent from now on."""
        for instance, calls in list(self.calls.items()):
            self.remove(instance, calls, now)
        self.calls.clear()

    def set_period(self, period: float, now: float) -> None:
        """Send every call again in full after so many seconds; what was sent so far stays."""
        if period == self._period:
            return
        for instance in self._seconds:
            self._full[instance] += self._again(instance, now)
            self._folded[instance] = self._lasted(instance, now)
        self._period = period

    def _lasted(self, instance: int, now: float) -> float:
        """The seconds of all calls of an instance that the other side has known."""
        return self._seconds.get(instance, 0.0) + self.calls[instance] * now

    def _again(self, instance: int, now: float) -> int:
        lasted = self._lasted(instance, now) - self._folded.get(instance, 0.0)
        return int(max(0.0, lasted) // self._period)

    def full(self, instance: int, now: float) -> int:
        """How many full checkpoints of an instance were sent."""
        return self._full[instance] + self._again(instance, now)

    def micro(self, instance: int, now: float) -> int:
        """How many micro checkpoints of an instance were sent."""
        return int(max(0.0, self._lasted(instance, now)) // MICRO_EVERY)

    def instances(self) -> set[int]:
        """The instances of which anything was sent."""
        return set(self._seconds)


class Counts(Struct, frozen=True):
    """Full and micro checkpoints that were sent and received."""

    full_sent: int = 0
    micro_sent: int = 0
    full_received: int = 0
    micro_received: int = 0

    def less(self, before: Counts) -> Counts:
        """The counts since other, earlier ones."""
        names = self.__struct_fields__
        return Counts(*(max(0, getattr(self, n) - getattr(before, n)) for n in names))


class Checkpoints:
    """The checkpoints that are sent, and those that are received.

    Calls that are too young for a checkpoint are counted by the second at which they were
    connected.
    """

    def __init__(self, sessions: SessionTable, timeline: Timeline) -> None:
        self._sessions = sessions
        self._timeline = timeline
        self._after = 0.0
        self.clear()

    def clear(self) -> None:
        """The system went down: nothing was sent."""
        self._sent, self._received = Flow(), Flow()
        self.is_sending = False
        self._young: dict[int, Counter[int]] = {}
        self._order: list[int] = []
        self._before: dict[int, Counts] = {}

    def clear_counts(self) -> None:
        """Count from zero."""
        self._before = {instance: self._all(instance) for instance in self.instances()}

    def configure(self, after: float, period: float) -> None:
        """Send calls that are so old, and again so often, in seconds."""
        now = self._timeline.now
        self._drain(now)
        self._after = after
        for flow in (self._sent, self._received):
            flow.set_period(period, now)

    # This chassis is active

    def begin_sending(self, instances: Iterable[int]) -> None:
        """The other chassis is there: all calls of these instances are sent to it."""
        now = self._timeline.now
        self.is_sending = True
        for instance in instances:
            self._sent.add(instance, self._sessions.count_of_sessmgr(instance), now)

    def stop_sending(self) -> None:
        """Nothing is sent any more."""
        if self.is_sending:
            self._drain(self._timeline.now)
            self.is_sending = False
            self._sent.stop(self._timeline.now)
            self._young.clear()
            self._order.clear()

    def arrived(self, row: int) -> None:
        """A call came."""
        if not self.is_sending:
            return
        now, connected_at = self._timeline.now, self._sessions.connected_at(row)
        instance = self._sessions.sessmgr_of(row)
        if connected_at == inf or int(connected_at) + self._after <= now:
            self._sent.add(instance, 1, now if connected_at == inf else connected_at + self._after)
            return
        second = int(connected_at)
        if second not in self._young:
            self._young[second] = Counter()
            heapq.heappush(self._order, second)
        self._young[second][instance] += 1

    def ending(self, row: int, reason: str) -> None:
        """A call is about to end, for whatever reason."""
        if not self.is_sending:
            return
        self._drain(self._timeline.now)
        instance = self._sessions.sessmgr_of(row)
        if self.is_sent(row):
            self._sent.remove(instance, 1, self._timeline.now)
        else:
            self._young[int(self._sessions.connected_at(row))][instance] -= 1

    def is_sent(self, row: int) -> bool:
        """Whether the other chassis knows the call of a row."""
        connected_at = self._sessions.connected_at(row)
        return connected_at == inf or int(connected_at) not in self._young

    def young_seconds(self) -> frozenset[int]:
        """The seconds at which calls were connected that are too young for a checkpoint."""
        self._drain(self._timeline.now)
        return frozenset(self._young)

    def known(self) -> int:
        """How many calls the other chassis knows."""
        self._drain(self._timeline.now)
        return self._sent.calls.total()

    def young(self) -> int:
        """How many calls are too young for a checkpoint."""
        self._drain(self._timeline.now)
        return sum(counts.total() for counts in self._young.values())

    def _drain(self, now: float) -> None:
        """Send the calls that have become old enough."""
        while self._order and self._order[0] + self._after <= now:
            second = heapq.heappop(self._order)
            for instance, calls in self._young.pop(second).items():
                self._sent.add(instance, calls, second + self._after)

    # This chassis is standby

    def begin_receiving(self, held: Counter[int]) -> None:
        """The other chassis sends all its calls, by instance."""
        for instance, calls in held.items():
            self._received.add(instance, calls, self._timeline.now)

    def stop_receiving(self) -> None:
        """Nothing is received any more."""
        self._received.stop(self._timeline.now)

    # Asking

    def instances(self) -> set[int]:
        """The instances that anything was sent or received by."""
        return self._sent.instances() | self._received.instances()

    def _all(self, instance: int) -> Counts:
        now = self._timeline.now
        self._drain(now)
        return Counts(
            self._sent.full(instance, now),
            self._sent.micro(instance, now),
            self._received.full(instance, now),
            self._received.micro(instance, now),
        )

    def counts(self, instance: int) -> Counts:
        """What an instance has sent and received since the counts were cleared."""
        return self._all(instance).less(self._before.get(instance, Counts()))
