"""Pools of addresses, and which of them a call takes its address from.

A call takes it from the pools that its APN or subscriber template names, else from the public ones
of the context, the one with the best priority first. In a context without such pools subscribers
keep the address that they have themselves.
"""

from __future__ import annotations

import ipaddress
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from math import inf

from msgspec import Struct

from staros_cli import messages
from staros_cli.chassis.clock import Timeline
from staros_cli.chassis.disconnect_reasons import NO_RESOURCE, UNKNOWN_APN
from staros_cli.chassis.findings import APN, SYSTEM, Finding, finding
from staros_cli.chassis.resting import Resting
from staros_cli.chassis.subscribers import Group

PUBLIC, PRIVATE, STATIC, RESOURCE = "public", "private", "static", "resource"
NAT, ONE_TO_ONE, MANY_TO_ONE = "nat", "nat-one-to-one", "napt"
LETTERS = {
    PUBLIC: "P",
    PRIVATE: "R",
    NAT: "N",
    STATIC: "S",
    RESOURCE: "E",
    ONE_TO_ONE: "O",
    MANY_TO_ONE: "M",
}
"""The letters of the types of pools."""
MOST_POOLS = 2000
"""How many pools are used; those configured behind them are only kept."""
_PREFIX = 64
"""The length of the prefix that a call takes from a pool of IPv6 addresses."""
NO_POOL = 0
PoolKey = tuple[str, int, str]
"""What tells a pool from others: its context, the version of its addresses, and its name."""
_FREE, _KEPT, _UNKNOWN = -1, -2, -3
"""In place of the row of a call: an address that is free, one whose call another chassis goes on
with, and one below those of such calls of which nothing is known yet."""
USED, HELD, FREE = "used", "hold", "free"
"""How an address of a pool is used."""
_NUMBERS = 65535
"""How many numbers there are for pools, from 1 on."""


class PoolsChanged(Struct, frozen=True):
    """Pools were configured, or addresses that were held are free again."""


class PoolSettings(Struct, frozen=True):
    """A pool as it is configured.

    `first` and `last` are its addresses as numbers; of IPv6 they are numbers of prefixes. `mask` is
    that of a pool given by a network, empty for a range. `hold` is how long an address rests when
    it was given back, in seconds.
    """

    context: str
    name: str
    version: int
    first: int
    last: int
    mask: str = ""
    kind: str = PUBLIC
    priority: int = 0
    group: str = ""
    vrf: str = ""
    hold: float = 0.0
    busyout: bool = False
    next_hop: str = ""

    @property
    def key(self) -> PoolKey:
        """What tells it from other pools."""
        return self.context, self.version, self.name

    @property
    def size(self) -> int:
        """How many addresses it has."""
        return max(0, self.last - self.first + 1)

    @property
    def space(self) -> tuple[str, int, str]:
        """Within what an address belongs to one pool only."""
        return self.context, self.version, self.vrf


class ApnSettings(Struct, frozen=True):
    """What an APN or a subscriber template says about its calls.

    `context` is where it is configured, `pool_context` where its pools are. Times are in seconds, 0
    for no limit.
    """

    context: str
    name: str
    pool_context: str = ""
    pools: tuple[str, ...] = ()
    pools6: tuple[str, ...] = ()
    idle: float = 0.0
    absolute: float = 0.0
    rulebase: str = ""
    credit_group: str = ""

    def named(self, version: int) -> tuple[str, ...]:
        """The pools that it names."""
        return self.pools6 if version == 6 else self.pools


class AddressConfiguration(Struct, frozen=True):
    """The pools, the APNs by name, and the default subscriber templates by context."""

    pools: tuple[PoolSettings, ...] = ()
    apns: dict[str, ApnSettings] = {}
    templates: dict[str, ApnSettings] = {}
    contexts: frozenset[str] = frozenset()


class Pool:
    """A pool with its addresses in use.

    `number` stands for it in the table of sessions. Addresses that were never used come first, then
    those that rest longest. A pool that `ends` was removed while addresses of it were in use, one
    that `wakes` is looked at when the next address has rested.
    """

    def __init__(self, number: int, settings: PoolSettings) -> None:
        self.number = number
        self.settings = settings
        self.used = 0
        self.ends = False
        self.active = True
        self._rows = array("i")
        self._resting = Resting()
        self.wakes = False

    def next_free(self, now: float) -> float:
        """When the next address that rests can be taken, in seconds since 1970 UTC, if any."""
        return self._resting.next_at(now)

    def free(self, now: float) -> int:
        """How many addresses can be taken now."""
        return self.settings.size - self.used - self.held(now)

    def held(self, now: float) -> int:
        """How many addresses rest after a use."""
        return self._resting.held(now)

    def takes(self, now: float) -> bool:
        """Whether a call can take an address."""
        good = self.active and not self.ends and not self.settings.busyout
        return good and (len(self._rows) < self.settings.size or self._resting.first_at <= now)

    def take(self, row: int) -> int:
        """Give a call an address; returns its place in the pool."""
        self.used += 1
        if len(self._rows) < self.settings.size:
            self._rows.append(row)
            return len(self._rows) - 1
        offset = self._resting.take()
        self._rows[offset] = row
        return offset

    def release(self, offset: int, now: float) -> None:
        """Take an address back."""
        self.used -= 1
        self._rows[offset] = _FREE
        self._resting.add(offset, now + self.settings.hold)

    def keep(self, offset: int) -> None:
        """Let an address stay in use while another chassis goes on with its call."""
        self._rows[offset] = _KEPT

    def is_kept(self, offset: int) -> bool:
        """Whether a call that comes back can have an address again."""
        known = offset >= len(self._rows) or self._rows[offset] in (_KEPT, _UNKNOWN)
        return known and self.active and not self.ends and offset < self.settings.size

    def claim(self, offset: int, row: int) -> None:
        """Give a call that comes back its address again, which must be kept for it."""
        if offset >= len(self._rows):
            self._rows.extend([_UNKNOWN] * (offset + 1 - len(self._rows)))
        self.used += self._rows[offset] == _UNKNOWN
        self._rows[offset] = row

    def keep_no_more(self, now: float) -> None:
        """Take back the addresses of calls that did not come back."""
        for offset, row in enumerate(self._rows):
            if row in (_KEPT, _UNKNOWN):
                self.used -= row == _KEPT
                self._rows[offset] = _FREE
                self._resting.add(offset, now)

    def address(self, offset: int) -> str:
        """An address as text; of IPv6 it is the prefix of a call."""
        value = self.settings.first + offset
        if self.settings.version == 4:
            return ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0))
        return str(ipaddress.IPv6Address(value << (128 - _PREFIX)))

    @property
    def state(self) -> str:
        """The letter of its state: good, pending delete or inactive."""
        return "D" if self.ends else "G" if self.active else "I"

    @property
    def begins_with(self) -> str:
        """The address that it begins with: that of its network, or of its range."""
        settings = self.settings
        edge = settings.version == 4 and settings.mask not in ("", "255.255.255.255")
        return self.address(-1 if edge and settings.first & 1 else 0)

    def row_of(self, value: int) -> int:
        """The row of the call that has an address, given as a number; -1 for none."""
        number = value if self.settings.version == 4 else value >> (128 - _PREFIX)
        offset = number - self.settings.first
        return self._rows[offset] if 0 <= offset < len(self._rows) else -1

    def use_of(self, value: int, now: float) -> str:
        """Whether an address, given as a number, is used, on hold or free; empty for none of it."""
        number = value if self.settings.version == 4 else value >> (128 - _PREFIX)
        offset = number - self.settings.first
        if not 0 <= offset < self.settings.size:
            return ""
        row = self._rows[offset] if offset < len(self._rows) else _FREE
        if row >= 0 or row == _KEPT:
            return USED
        return HELD if self._resting.rests(offset, now) else FREE


class _Ranges:
    """Numbers that are taken, as ranges in their order."""

    def __init__(self) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []

    def add(self, first: int, last: int) -> bool:
        """Take the numbers from `first` to `last`; returns whether none of them was taken."""
        begin = bisect_left(self._lasts, first)
        end = bisect_right(self._firsts, last)
        is_new = begin >= end
        if not is_new:
            first = min(first, self._firsts[begin])
            last = max(last, self._lasts[end - 1])
        self._firsts[begin:end] = [first]
        self._lasts[begin:end] = [last]
        return is_new


class Pools:
    """All pools, and which of them are for whom. `read` has what is configured of them."""

    def __init__(self, groups: Sequence[Group], timeline: Timeline) -> None:
        self._groups = groups
        self._timeline = timeline
        self.read: Callable[[], AddressConfiguration] = AddressConfiguration
        self.clear()

    def clear(self) -> None:
        """No pool is known: the system went down."""
        self.configuration = AddressConfiguration()
        self._by_key: dict[tuple[str, int, str], Pool] = {}
        self._by_number: dict[int, Pool] = {}
        self._for_group: dict[int, list[Pool] | None] = {}
        self._next_number = NO_POOL

    def __iter__(self) -> Iterator[Pool]:
        return iter(self._by_number.values())

    # Configuration

    def look(self) -> None:
        """Look at the configuration: pools and who uses them may have changed."""
        self.configuration = self.read()
        wanted = {settings.key: settings for settings in self.configuration.pools[:MOST_POOLS]}
        for key in [key for key, pool in self._by_key.items() if _is_other(pool, wanted.get(key))]:
            pool = self._by_key.pop(key)
            pool.ends = True
            self._forget_ended(pool)
        ending = {pool.settings.key: pool for pool in self if pool.ends}
        for key, settings in wanted.items():
            found = self._by_key.get(key) or ending.get(key)
            if found is None or _is_other(found, settings):
                self._add(key, settings)
            else:
                found.settings, found.ends = settings, False
                self._by_key[key] = found
        self._judge_overlaps()
        self._for_group.clear()
        self._timeline.publish(PoolsChanged())

    def _add(self, key: tuple[str, int, str], settings: PoolSettings) -> None:
        if len(self._by_number) >= _NUMBERS:
            return  # removed ones with addresses in use stand in the way
        self._next_number = self._next_number % _NUMBERS + 1
        while self._next_number in self._by_number:
            self._next_number = self._next_number % _NUMBERS + 1
        pool = Pool(self._next_number, settings)
        self._by_key[key] = self._by_number[pool.number] = pool

    def _forget_ended(self, pool: Pool) -> bool:
        """Forget a pool that was removed when nobody has an address of it."""
        is_over = pool.ends and not pool.used
        if is_over:
            self._by_number.pop(pool.number, None)
        return is_over

    def _judge_overlaps(self) -> None:
        """A pool with addresses of one before it gives none; those that end come first."""
        taken: dict[tuple[str, int, str], _Ranges] = {}
        for pool in sorted(self, key=lambda pool: not pool.ends):
            settings = pool.settings
            ranges = taken.setdefault(settings.space, _Ranges())
            pool.active = settings.size > 0 and ranges.add(settings.first, settings.last)

    # Calls

    def template(self, index: int) -> ApnSettings | None:
        """What counts for the calls of a group: its APN, else the template of its context."""
        group = self._groups[index]
        found = self.configuration.apns.get(group.apn.lower()) if group.apn else None
        return found or self.configuration.templates.get(group.place[0])

    def refusal(self, index: int) -> str:
        """The reason for which a call of a group is refused; empty when it is not."""
        group = self._groups[index]
        if group.apn and self.configuration.apns and self.template_is_missing(index):
            return UNKNOWN_APN
        pools = self.of_group(index)
        now = self._timeline.now
        if pools is not None and not any(pool.takes(now) for pool in pools):
            return NO_RESOURCE
        return ""

    def template_is_missing(self, index: int) -> bool:
        """Whether the APN of a group is not configured."""
        return self._groups[index].apn.lower() not in self.configuration.apns

    def of_group(self, index: int) -> list[Pool] | None:
        """The pools for the calls of a group, the best first; None where they have addresses."""
        if index not in self._for_group:
            self._for_group[index] = self._find(index)
        return self._for_group[index]

    def _find(self, index: int) -> list[Pool] | None:
        group, template = self._groups[index], self.template(index)
        version = 6 if group.kind.is_ipv6 else 4
        context = (template.pool_context or template.context) if template else group.place[0]
        there = [
            pool
            for pool in self._by_key.values()
            if (pool.settings.context, pool.settings.version) == (context, version)
        ]
        names = template.named(version) if template else ()
        if names:
            by_name = {pool.settings.name: pool for pool in there}
            by_group = [pool for pool in there if pool.settings.group in names]
            named = [by_name[name] for name in names if name in by_name]
            return named or sorted(by_group, key=_rank)
        public = [pool for pool in there if pool.settings.kind == PUBLIC]
        return sorted(public, key=_rank) or None

    def choose(self, index: int) -> Pool | None:
        """The pool that the next call of a group takes its address from, None when all are used."""
        now = self._timeline.now
        return next((pool for pool in self.of_group(index) or () if pool.takes(now)), None)

    def release(self, number: int, offset: int) -> None:
        """Take the address of a call back."""
        pool = self._by_number.get(number)
        if pool is not None:
            pool.release(offset, self._timeline.now)
            if self._forget_ended(pool):
                self._judge_overlaps()
            self._wait_for(pool)

    def keep(self, number: int, offset: int) -> None:
        """Let the address of a call stay in use while another chassis goes on with it."""
        pool = self._by_number.get(number)
        if pool is not None:
            pool.keep(offset)

    def kept(self, key: PoolKey | None, offset: int) -> Pool | None:
        """The pool that has an address for a call that comes back, None where it has not."""
        pool = self._by_key.get(key) if key else None
        return pool if pool is not None and pool.is_kept(offset) else None

    def keep_no_more(self) -> None:
        """Take back all addresses of calls that did not come back."""
        for pool in tuple(self):
            pool.keep_no_more(self._timeline.now)
            if self._forget_ended(pool):
                self._judge_overlaps()
        self._timeline.publish(PoolsChanged())

    def _wait_for(self, pool: Pool) -> None:
        """Look at a pool when an address has rested: somebody may wait for it."""
        next_free = pool.next_free(self._timeline.now)
        if next_free < inf and not pool.wakes:
            pool.wakes = True
            self._timeline.at(max(next_free, self._timeline.now + 1), partial(self._rested, pool))

    def _rested(self, pool: Pool) -> None:
        pool.wakes = False
        self._timeline.publish(PoolsChanged())
        self._wait_for(pool)

    def address(self, number: int, offset: int) -> str:
        """The address of a call."""
        return self._by_number[number].address(offset)

    def rows_with(self, address: str) -> list[int]:
        """The rows of the calls that have an address from a pool."""
        wanted = ipaddress.ip_address(address)
        among = (pool for pool in self if pool.settings.version == wanted.version)
        return [row for pool in among if (row := pool.row_of(int(wanted))) >= 0]

    # What is wrong

    def findings(self) -> Iterator[Finding]:
        """Pools that overlap, and APNs whose pools are not there."""
        for pool in self._by_key.values():
            settings = pool.settings
            if not pool.active:
                text = messages.POOL_INACTIVE(name=settings.name, context=settings.context)
                yield finding(SYSTEM, text, about=(f"context {settings.context}",))
        there = {(pool.context, pool.name) for pool in self.configuration.pools}
        there |= {(pool.context, pool.group) for pool in self.configuration.pools if pool.group}
        for apn in self.configuration.apns.values():
            context = apn.pool_context or apn.context
            for name in (*apn.pools, *apn.pools6):
                if (context, name) not in there:
                    text = messages.POOL_MISSING(apn=apn.name, name=name, context=context)
                    about = f"context {apn.context}", f"apn {apn.name}"
                    yield finding(APN, text, about=about)


def _rank(pool: Pool) -> int:
    return pool.settings.priority


def _is_other(pool: Pool, settings: PoolSettings | None) -> bool:
    """Whether a pool is configured no more, or has other addresses."""
    if settings is None:
        return True
    return (settings.first, settings.last) != (pool.settings.first, pool.settings.last)
