"""Credit control: the sessions of calls with the servers that grant what they may use.

Nothing goes through sessions: what calls of a group of subscribers ask follows from how many have
come and gone, and from how long they have lasted together. Only those whose session ends because no
server answered are looked up, so many at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from math import inf

from staros_cli.chassis.calls import Callers
from staros_cli.chassis.charging.counters import ActiveCharging
from staros_cli.chassis.charging.credit import FINAL, INITIAL, UPDATE
from staros_cli.chassis.clock import Timeline
from staros_cli.chassis.credit.attempts import Attempt, attempt, chosen
from staros_cli.chassis.credit.checks import findings
from staros_cli.chassis.credit.counts import CAUSES, Counted, Statistics, Tally
from staros_cli.chassis.credit.sessions import Controlled, CreditUse
from staros_cli.chassis.credit.uses import uses_of
from staros_cli.chassis.disconnect_reasons import CHARGING_SERVER, NO_CREDIT, UNTOLD
from staros_cli.chassis.findings import Finding
from staros_cli.chassis.peers.diameter import DiameterPeer
from staros_cli.chassis.peers.registry import Peers
from staros_cli.chassis.peers.served import Served
from staros_cli.chassis.pools import Pools
from staros_cli.chassis.sessions import SessionTable

ENDED_AT_A_TIME = 10_000
"""How many sessions end at a time for want of a server (chosen)."""
LOOKED_AT = 50_000
"""How many subscribers of a group are looked at for them at a time (chosen)."""
_LEAST = 1.0
"""Seconds between two looks at sessions that end for want of a server."""
_MESSAGES = {
    INITIAL: (Counted.INITIAL, Counted.INITIAL_ANSWERS, Counted.INITIAL_TIMEOUTS),
    UPDATE: (Counted.UPDATES, Counted.UPDATE_ANSWERS, Counted.UPDATE_TIMEOUTS),
    FINAL: (Counted.FINAL, Counted.FINAL_ANSWERS, Counted.FINAL_TIMEOUTS),
}
"""What is counted when a request is sent, answered, or not answered in time."""


class CreditControl:
    """The sessions of all calls whose rulebase leads to credit control.

    `look` is to be called before anything is asked. `changed` is called after calls have ended.
    `requests` are those for calls that came and ended since the system started.
    """

    def __init__(
        self,
        timeline: Timeline,
        sessions: SessionTable,
        callers: Callers,
        charging: ActiveCharging,
        pools: Pools,
        peers: Peers,
        changed: Callable[[], None],
    ) -> None:
        self._timeline = timeline
        self._sessions = sessions
        self._callers = callers
        self._charging = charging
        self._pools = pools
        self._peers = peers
        self._changed = changed
        self.clear()

    def clear(self) -> None:
        """No session is there, and nothing was counted: the system went down."""
        self._found: dict[int, Controlled] = {}
        self._tallies: dict[tuple[str, str], Tally] = {}
        self._next_numbers: dict[int, int] = {}
        self._read: tuple[object, object] = (None, None)
        self._used: dict[int, CreditUse] = {}
        self._wakes_at = inf
        self.requests = 0

    # Configuration

    def look(self) -> None:
        """Count until now, and read the configuration if it has changed."""
        self._charging.look()
        self._peers.look()
        self._callers.count_refusals()
        self.count()

    def configure(self) -> None:
        """Other groups of credit control, rulebases or servers may count."""
        self.count()
        uses = self._uses()
        for index in [index for index in self._found if index not in uses]:
            self._give_up(index)
        for index, use in uses.items():
            known = self._found.get(index)
            if known is not None and known.use.group.name != use.group.name:
                self._give_up(index)
                known = None
            found = known or self._begin(index, use)
            found.configure(use, self._servers(index, use))
        groups = self._charging.configuration.credit_groups
        self._tallies = {key: tally for key, tally in self._tallies.items() if key[0] in groups}
        self.wake()

    def _uses(self) -> dict[int, CreditUse]:
        """How calls are looked after, computed anew when other lines count."""
        read = self._charging.configuration, self._pools.configuration
        if any(now is not then for now, then in zip(read, self._read, strict=True)):
            self._read = read
            self._used = uses_of(self._charging, self._pools, self._sessions.groups)
        return self._used

    def _begin(self, index: int, use: CreditUse) -> Controlled:
        now, history = self._timeline.now, self._callers.history
        served = Served.begin(use.group.name, self._sessions, index, now)
        rejected = history.rejected(index, NO_CREDIT)
        seconds = history.seconds[index].at(now)
        found = self._found[index] = Controlled(use, served, seconds, rejected, now)
        return found

    def _servers(self, index: int, use: CreditUse) -> tuple[DiameterPeer, ...]:
        group = self._sessions.groups[index]
        identities = [
            {"imsi": group.msid(number), "msisdn": group.msisdn(number)}
            for number in (0, max(0, group.count - 1))
        ]
        peers = self._peers.servers.of_endpoint(use.group.endpoint)
        return chosen(peers, use.group.choices, identities)

    def _give_up(self, index: int) -> None:
        """The calls of a group of subscribers go on without credit control."""
        found = self._found.pop(index)
        count = found.served.current
        found.served.abandon()
        self._tell_of_ends(found, {Counted.ADMINISTRATIVE: count})

    # What happens

    def refusal(self, index: int) -> str:
        """The reason for which calls of a group are refused; empty when they are not."""
        found = self._found.get(index)
        if found is None or found.use.group.goes_on(INITIAL):
            return ""
        tried = attempt(found.servers, found.use.group, INITIAL)
        if tried.answered:
            return ""
        found.fail(tried)
        return NO_CREDIT

    def ending(self, row: int, reason: str) -> None:
        """A call is about to end."""
        found = self._found.get(self._sessions.group_of(row))
        if found is None or not found.served.has(self._sessions.connected_at(row)):
            return
        found.served.ended(reason)
        if reason != CHARGING_SERVER:
            lost = reason in UNTOLD
            found.note_end(None if lost else CAUSES.get(reason, Counted.LINK_BROKEN))

    def came_back(self, row: int) -> None:
        """A call that another chassis held is here again, with its session of credit control."""
        found = self._found.get(self._sessions.group_of(row))
        if found is not None:
            found.came_back(is_one=found.served.has(self._sessions.connected_at(row)))

    def count(self) -> None:
        """Count what was sent and answered until now."""
        now, history = self._timeline.now, self._callers.history
        for index, found in self._found.items():
            came = found.came(self._sessions.by_group.totals(index)[0])
            if came:
                self._begin_sessions(found, came)
            refused = found.rejected(history.rejected(index, NO_CREDIT))
            if refused:
                self._refuse(found, refused)
            if ended := found.take_ended():
                self._tell_of_ends(found, ended)
            seconds = history.seconds[index]
            lasted, passed = found.passed(seconds.at(now), seconds.calls, now)
            self._ask_for_quota(found, lasted, passed)

    # Counting

    def _tally(self, found: Controlled, tried: Attempt) -> Tally:
        return self._tallies.setdefault((found.use.group.name, tried.server), Tally())

    def _send(
        self, found: Controlled, request: str, count: int, tried: Attempt | None = None
    ) -> Attempt:
        """Count so many requests of a kind, and what comes of them now."""
        tried = tried or attempt(found.servers, found.use.group, request)
        tally, (sent, answers, timeouts) = self._tally(found, tried), _MESSAGES[request]
        tried.count(count)
        if request != UPDATE:
            self.requests += count * len(tried.asked)
        tally[sent] += count * len(tried.asked)
        tally[timeouts] += count * tried.timeouts
        if tried.answered:
            tally[answers] += count
            tally[Counted.SWITCHOVERS] += count * tried.timeouts
        return tried

    def _begin_sessions(self, found: Controlled, came: int) -> None:
        tried = self._send(found, INITIAL, came)
        tally, categories = self._tally(found, tried), came * found.use.categories
        tally[Counted.STARTS] += came
        tally[Counted.CATEGORIES] += categories
        if tried.answered:
            tally[Counted.GRANTS] += categories
        else:
            self._go_on(found, INITIAL, came, tried)

    def _refuse(self, found: Controlled, refused: int) -> None:
        tried = self._send(found, INITIAL, refused, found.failure)
        self._count_failure(found, INITIAL, refused, tried, ended=True)

    def _count_failure(
        self, found: Controlled, request: str, count: int, tried: Attempt, *, ended: bool
    ) -> None:
        """Count requests that no server has answered, and what is done about that."""
        tally = self._tally(found, tried)
        if request not in found.use.group.unreachable:
            tally[Counted.ACTION_TERMINATED if ended else Counted.ACTION_CONTINUE] += count
            return
        tally[Counted.TX_EXPIRY if tried.asked else Counted.CONNECTION_FAILURE] += count
        if ended:
            tally[Counted.UNREACHABLE_TERMINATED] += count
        else:
            tally[Counted.UNREACHABLE_CONTINUE] += count
            tally[Counted.ASSUMED_POSITIVE] += count

    def _go_on(self, found: Controlled, request: str, count: int, tried: Attempt) -> None:
        """Sessions go on although no server has answered."""
        self._count_failure(found, request, count, tried, ended=False)
        if request in found.use.group.unreachable:
            found.wait(request, count, self._timeline.now)
        else:
            found.go_offline(count)

    def _ask_for_quota(self, found: Controlled, lasted: float, passed: float) -> None:
        tried = attempt(found.servers, found.use.group, UPDATE)
        if tried.answered:
            found.reached()
            self._come_back(found, tried)
            self._update(found, found.updates(lasted), tried)
            return
        if found.assumed:
            self._tally(found, tried)[Counted.SERVER_RETRIES] += found.retries(passed)
            self._end_interims(found)
        if found.use.group.goes_on(UPDATE):
            count = min(found.updates(lasted), found.online)
            if count:
                self._send(found, UPDATE, count, tried)
                self._go_on(found, UPDATE, count, tried)
        else:
            found.put_off(lasted)

    def _update(self, found: Controlled, count: int, tried: Attempt) -> None:
        """Count requests for quota that are answered."""
        if count:
            self._send(found, UPDATE, count, tried)
            tally = self._tally(found, tried)
            tally[found.use.why] += count
            tally[Counted.GRANTS] += count * found.use.categories

    def _come_back(self, found: Controlled, tried: Attempt) -> None:
        """A server answers: sessions that went on without one ask it."""
        for request, waiting in found.waiting.items():
            if waiting.count:
                self._send(found, request, waiting.count, tried)
                waiting.remove(waiting.count)
        if found.offline and found.use.group.asks_again:
            self._send(found, UPDATE, found.offline, tried)
            found.come_back()

    def _end_interims(self, found: Controlled) -> None:
        """Sessions that have no interim left go on without a server, where they may."""
        for request, waiting in found.waiting.items():
            if found.use.group.interims(request).goes_on:
                overdue = found.overdue(request, self._timeline.now)
                waiting.remove(overdue)
                found.go_offline(overdue)

    def _tell_of_ends(self, found: Controlled, ended: Mapping[Counted | None, int]) -> None:
        """Count the ends of sessions, by cause, of which servers are told."""
        tried = attempt(found.servers, found.use.group, FINAL)
        tally = self._tally(found, tried)
        self._end(found, tally, sum(ended.values()))
        online = found.end(sum(ended.values()))
        for cause, count in ended.items():
            told = min(online, count)
            online -= told
            if cause is not None and told:
                self._send(found, FINAL, told, tried)
                tally[cause] += told

    @staticmethod
    def _end(found: Controlled, tally: Tally, count: int) -> None:
        tally[Counted.TERMINATED] += count
        tally[Counted.CATEGORIES_GONE] += count * found.use.categories

    # Sessions that end for want of a server

    def wake(self) -> None:
        """See to it that sessions end in time that need a server and reach none."""
        at = max(self._timeline.now + _LEAST, self._next_end())
        if at < self._wakes_at:
            self._wakes_at = at
            self._timeline.at(at, partial(self._end_due, at))

    def _next_end(self) -> float:
        """When the next session ends for want of a server, infinite when none does."""
        now, first = self._timeline.now, inf
        for found in self._found.values():
            tried = attempt(found.servers, found.use.group, UPDATE)
            if tried.answered:
                found.reached()
            else:
                first = min(first, found.failed_update_at(tried, now), found.next_overdue())
        return first

    def _end_due(self, at: float) -> None:
        if at != self._wakes_at:
            return
        self._wakes_at = inf
        self.count()
        rows: list[int] = []
        for index, found in self._found.items():
            tried = attempt(found.servers, found.use.group, UPDATE)
            if not tried.answered:
                rows += self._fail(index, found, tried, ENDED_AT_A_TIME - len(rows))
        for row in rows:
            self._callers.end(row, CHARGING_SERVER)
        if rows:
            self._changed()
        self.wake()

    def _fail(self, index: int, found: Controlled, tried: Attempt, most: int) -> list[int]:
        """The rows of calls whose session ends now because it needs a server, up to so many."""
        group, now, updates = found.use.group, self._timeline.now, 0
        if not group.goes_on(UPDATE) and found.has_failed(now):
            updates = min(found.updates(0.0), found.online)
        overdue = {
            request: found.overdue(request, now)
            for request in found.waiting
            if not group.interims(request).goes_on
        }
        rows = self._rows(index, found, min(most, updates + sum(overdue.values())))
        failed = min(updates, len(rows))
        found.put_back(updates - failed)
        if failed:
            self._send(found, UPDATE, failed, tried)
            self._count_failure(found, UPDATE, failed, tried, ended=True)
        tally, left = self._tally(found, tried), len(rows) - failed
        self._end(found, tally, len(rows))
        for request, count in overdue.items():
            gone = min(left, count)
            found.waiting[request].remove(gone)
            tally[Counted.UNREACHABLE_TERMINATED] += gone
            left -= gone
        return rows

    def _rows(self, index: int, found: Controlled, count: int) -> list[int]:
        """Up to so many calls of a group that have a session, those of other subscribers each time.

        No more than LOOKED_AT subscribers are looked at; the next time goes on behind them.
        """
        rows: list[int] = []
        members = self._sessions.groups[index].count
        number = self._next_numbers.get(index, 0)
        for _ in range(min(members, LOOKED_AT) if count else 0):
            row = self._sessions.row_of(index, number)
            if row >= 0 and found.served.has(self._sessions.connected_at(row)):
                rows.append(row)
            number = (number + 1) % members
            if len(rows) == count:
                break
        self._next_numbers[index] = number
        return rows

    # What is asked

    def findings(self) -> Iterator[Finding]:
        """What is wrong with the way to credit control."""
        self._charging.look()
        self._pools.look()
        yield from findings(self._charging.configuration, self._pools.configuration)

    @property
    def in_use(self) -> bool:
        """Whether credit control looks after calls."""
        return bool(self._found)

    @property
    def update_rate(self) -> float:
        """Requests for quota a second, as they are sent now."""
        return sum(
            found.online / found.use.period
            for found in self._found.values()
            if attempt(found.servers, found.use.group, UPDATE).asked
        )

    def _of(self, row: int) -> Controlled | None:
        """The sessions that a call is one of."""
        found = self._found.get(self._sessions.group_of(row))
        is_one = found is not None and found.served.has(self._sessions.connected_at(row))
        return found if is_one else None

    def group_of(self, row: int) -> str:
        """The group of credit control that looks after a call, empty for none."""
        found = self._of(row)
        return "" if found is None else found.use.group.name

    def use_of(self, row: int) -> CreditUse | None:
        """How a call is looked after, None where it is not."""
        found = self._of(row)
        return None if found is None else found.use

    def attempt(self, row: int, request: str) -> Attempt:
        """What comes of a request for a call now; nobody is asked where it is not looked after."""
        found = self._of(row)
        if found is None:
            return Attempt((), False)
        return attempt(found.servers, found.use.group, request)

    def statistics(self, group: str = "", server: str = "") -> list[Statistics]:
        """What was counted of every group of credit control, or of one, with all servers or one."""
        self.look()
        names = self._charging.configuration.credit_groups
        return [self._statistics(name, server) for name in names if group in ("", name)]

    def _statistics(self, name: str, server: str) -> Statistics:
        tally = Tally()
        for (group, asked), counted in self._tallies.items():
            if group == name and server in ("", asked):
                tally.update(counted)
        current = [
            found
            for found in self._found.values()
            if found.use.group.name == name
            and server in ("", attempt(found.servers, found.use.group, UPDATE).server)
        ]
        return Statistics(
            name,
            tally,
            sum(found.served.current for found in current),
            sum(found.offline for found in current),
            sum(found.assumed for found in current),
        )

    @property
    def servers(self) -> frozenset[str]:
        """The names of the servers that are, or were, asked; see `look`."""
        there = {peer.settings.name for found in self._found.values() for peer in found.servers}
        return frozenset(there | {server for _, server in self._tallies}) - {""}

    def clear_statistics(self) -> None:
        """Count from zero; the sessions that there are stay."""
        self.look()
        self._tallies.clear()
