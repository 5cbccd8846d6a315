"""The sessions of a group of subscribers that credit control looks after, counted together."""

from __future__ import annotations

from collections import Counter, deque
from math import inf

from msgspec import Struct

from staros_cli.chassis.charging.credit import INITIAL, UPDATE, CreditGroup
from staros_cli.chassis.credit.attempts import Attempt
from staros_cli.chassis.credit.counts import Counted
from staros_cli.chassis.peers.diameter import DiameterPeer
from staros_cli.chassis.peers.served import Served

_ENTRIES = 256
"""Into how many parts an interim is divided."""
_REQUESTS = (INITIAL, UPDATE)


class CreditUse(Struct, frozen=True):
    """How the calls of a group of subscribers are looked after.

    `period` is the seconds of a call from one request for quota to the next, infinite where it
    needs none, `why` what makes it ask; `octets` is what a call takes a second, `parts` the parts
    of its traffic that have a quota of their own, by their rating groups.
    """

    group: CreditGroup
    period: float = inf
    why: Counted = Counted.EXHAUSTED
    octets: float = 0.0
    parts: tuple[tuple[int, float], ...] = ()

    @property
    def categories(self) -> int:
        """How many kinds of traffic have a quota of their own."""
        return len(self.parts)

    def interim(self, request: str) -> float:
        """Seconds that a session goes on while no server is reached, infinite without a limit."""
        found = self.group.interims(request)
        by_volume = found.octets / self.octets if found.octets and self.octets else inf
        return min(found.seconds or inf, by_volume)


class _Entry(Struct):
    since: float
    count: int


class Waiting:
    """Sessions that go on without a server for an interim, by when they began to."""

    def __init__(self) -> None:
        self.count = 0
        self._entries: deque[_Entry] = deque()

    def add(self, now: float, count: int, interim: float) -> None:
        """Some more begin now, for an interim of so many seconds, those after it included.

        Those that began in one part of it are kept together.
        """
        self.count += count
        last = self._entries[-1] if self._entries else None
        if last is not None and (interim == inf or now - last.since < interim / _ENTRIES):
            last.count += count
        else:
            self._entries.append(_Entry(now, count))

    def remove(self, count: int) -> None:
        """The oldest of them are gone."""
        self.count -= count
        while count and self._entries:
            first = self._entries[0]
            taken = min(count, first.count)
            first.count -= taken
            count -= taken
            if not first.count:
                self._entries.popleft()

    @property
    def entries(self) -> int:
        """How many moments are told apart."""
        return len(self._entries)

    @property
    def first(self) -> float:
        """When the oldest of them began."""
        return self._entries[0].since

    def before(self, time: float) -> int:
        """How many began before a time."""
        return sum(entry.count for entry in self._entries if entry.since <= time)


class Controlled:
    """The sessions of a group of subscribers.

    `servers` are those that they may ask, `failure` is how requests of new calls failed last.
    """

    def __init__(
        self, use: CreditUse, served: Served, seconds: float, rejected: int, now: float
    ) -> None:
        self.use = use
        self.served = served
        self.servers: tuple[DiameterPeer, ...] = ()
        self._ended: Counter[Counted | None] = Counter()
        self._fails_from = inf
        self.failure = Attempt((), False)
        self.offline = 0
        self.waiting = {request: Waiting() for request in _REQUESTS}
        self._came = served.came
        self._seconds, self._rejected, self._counted_at = seconds, rejected, now
        self._due = self._retries = 0.0
        self._debts = [0.0, 0.0, 0.0]

    def configure(self, use: CreditUse, servers: tuple[DiameterPeer, ...]) -> None:
        """Go on with other settings and servers."""
        self.use, self.servers = use, servers

    @property
    def assumed(self) -> int:
        """How many go on without a server for an interim."""
        return sum(waiting.count for waiting in self.waiting.values())

    @property
    def online(self) -> int:
        """How many have a quota from a server."""
        return max(0, self.served.current - self.offline - self.assumed)

    def fail(self, tried: Attempt) -> None:
        """The request of a new call fails now."""
        self.failure = tried

    def note_end(self, cause: Counted | None) -> None:
        """A session ended for a cause; without one, no server is told."""
        self._ended[cause] += 1

    def take_ended(self) -> Counter[Counted | None]:
        """How many sessions have ended since the last time, by cause."""
        ended, self._ended = self._ended, Counter()
        return ended

    def came(self, came: int) -> int:
        """How many calls have come since the last time, of all that have."""
        self.served.look(came)
        before, self._came = self._came, came
        return came - before

    def came_back(self, *, is_one: bool) -> None:
        """A call that another chassis held is here again: it asks for nothing."""
        self.served.came_back(is_one=is_one)
        self._came += 1

    def rejected(self, total: int) -> int:
        """How many calls were refused since the last time, of all that were."""
        before, self._rejected = self._rejected, total
        return max(0, total - before)

    def passed(self, seconds: float, calls: int, now: float) -> tuple[float, float]:
        """The seconds of all sessions that are online since the last time, and since when that is.

        `seconds` are those of all calls until now, of which there are so many.
        """
        lasted = max(0.0, seconds - self._seconds) * self.online / max(1, calls)
        since, self._counted_at, self._seconds = self._counted_at, now, seconds
        return lasted, now - since

    def put_off(self, lasted: float) -> None:
        """Sessions lasted so many seconds: what they ask for is counted later."""
        self._due += lasted / self.use.period

    def put_back(self, requests: int) -> None:
        """Requests for quota that were due are counted later."""
        self._due += requests

    def updates(self, lasted: float) -> int:
        """How many requests for quota were due while sessions lasted so many seconds."""
        self._due += lasted / self.use.period
        found = int(self._due)
        self._due -= found
        return found

    def reached(self) -> None:
        """A server answers."""
        self._fails_from = inf

    def failed_update_at(self, tried: Attempt, now: float) -> float:
        """When the next session ends whose request for quota fails, infinite when none does.

        A request has failed when the time that it may take is over; without a connection at once.
        """
        if self._fails_from == inf:
            self._fails_from = now + self.use.group.timeout * len(tried.asked)
        if self.use.group.goes_on(UPDATE) or not self.online or self.use.period == inf:
            return inf
        due = max(0.0, 1 - self._due) * self.use.period / self.online
        return max(self._fails_from, now + due)

    def has_failed(self, now: float) -> bool:
        """Whether requests for quota have been without an answer for long enough."""
        return self._fails_from <= now

    def retries(self, seconds: float) -> int:
        """How often sessions whose interim was over asked a server in so many seconds."""
        for request, waiting in self.waiting.items():
            if self.use.group.interims(request).retries:
                self._retries += waiting.count * seconds / self.use.interim(request)
        found = int(self._retries)
        self._retries -= found
        return found

    def overdue(self, request: str, now: float) -> int:
        """How many sessions have gone on for all the interims that they have."""
        return self.waiting[request].before(now - self._interims(request))

    def _interims(self, request: str) -> float:
        """Seconds of all interims that a session has, infinite without a limit."""
        return self.use.interim(request) * (1 + self.use.group.interims(request).retries)

    def next_overdue(self) -> float:
        """When the next session has no interim left and has to end, infinite when none has."""
        group = self.use.group
        return min(
            (
                waiting.first + self._interims(request)
                for request, waiting in self.waiting.items()
                if waiting.count and not group.interims(request).goes_on
            ),
            default=inf,
        )

    def go_offline(self, count: int) -> None:
        """Some go on without a server from now on."""
        self.offline += count

    def come_back(self) -> None:
        """Those that went on without a server have one again."""
        self.offline = 0

    def wait(self, request: str, count: int, now: float) -> None:
        """Some go on without a server for an interim."""
        self.waiting[request].add(now, count, self._interims(request))

    def end(self, count: int) -> int:
        """Let sessions end that may be in any state; returns how many of them were online.

        Which they are is not known of each: as many of every state as there are of it.
        """
        there, left = self.served.current + count, count
        for place, debt in enumerate(self._debts):
            share = self._pool(place) * count / max(1, there) + debt
            gone = min(self._pool(place), int(share))
            self._debts[place] = min(1.0, share - gone)
            left -= self._remove(place, gone)
        for place in range(len(self._debts)):
            surplus = max(0, self.offline + self.assumed - self.served.current)
            left -= self._remove(place, min(surplus, self._pool(place)))
        return max(0, left)

    def _pool(self, place: int) -> int:
        """How many sessions are without a server, by why they are."""
        return self.offline if place == 0 else self.waiting[_REQUESTS[place - 1]].count

    def _remove(self, place: int, count: int) -> int:
        if place == 0:
            self.offline -= count
        else:
            self.waiting[_REQUESTS[place - 1]].remove(count)
        return count
