"""Calls: how subscribers connect, come back after a start, and come and go.

Subscribers who wait call once a second, as long as somebody waits who could be connected. When
nobody does, nothing is due until something changes, so that an idle chassis costs nothing.
"""

from __future__ import annotations

import heapq
import random
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from staros_cli.chassis.allocations import SESSIONS_OF_A_SESSMGR
from staros_cli.chassis.call_history import SETUP_TIME, CallHistory
from staros_cli.chassis.clock import Timeline
from staros_cli.chassis.contexts import Contexts
from staros_cli.chassis.definition_schema import CallsSchema
from staros_cli.chassis.demand import Demand
from staros_cli.chassis.disconnect_reasons import LOCAL, LOCAL_PURGE, NO_RESOURCE, REMOTE
from staros_cli.chassis.licence import LicenseSlot
from staros_cli.chassis.session_columns import MovedCall
from staros_cli.chassis.sessions import NEVER, SessionTable
from staros_cli.chassis.tasks import AAAMGR, SESSMGR, TaskTable

TURN = 1.0
"""Seconds between two turns of subscribers who call."""


class Callers:
    """The subscribers of a definition: who is attached and who waits to be.

    `changed` is called after calls have come or gone by themselves.
    """

    def __init__(
        self,
        schema: CallsSchema,
        rng: random.Random,
        sessions: SessionTable,
        contexts: Contexts,
        license: LicenseSlot,
        tasks: TaskTable,
        timeline: Timeline,
        changed: Callable[[], None],
    ) -> None:
        self.demand = Demand(schema)
        self._rng = rng
        self._sessions = sessions
        self._contexts = contexts
        self._license = license
        self._tasks = tasks
        self._timeline = timeline
        self._changed = changed
        self._nodes: Callable[[int], Sequence[int]] = lambda group: (0,)
        self._knows: Callable[[int, int], bool] = lambda group, node: True
        self._checks: list[Callable[[int], str]] = []
        self._unanswered: list[Callable[[int], bool]] = []
        self._arrived: list[Callable[[int], None]] = []
        self._ending: list[Callable[[int, str], None]] = []
        self._returned: list[Callable[[int], None]] = []
        self.history = CallHistory(len(sessions.groups))
        self.clear()

    def clear(self) -> None:
        """Nobody is attached: the system went down."""
        self._never_attached = [0] * len(self._sessions.groups)
        self._waiting: list[deque[int]] = [deque() for _ in self._sessions.groups]
        self._open_at = NEVER
        self._turn_is_due = self._end_is_due = False
        self._ends_planned = 0
        self.history.clear()

    def come_through(
        self, nodes: Callable[[int], Sequence[int]], knows: Callable[[int, int], bool]
    ) -> None:
        """Let calls come through nodes: `nodes` has those of a group that send calls now.

        `knows` tells whether a call of a group that came through a node may still be here.
        """
        self._nodes, self._knows = nodes, knows

    def ask(self, check: Callable[[int], str]) -> None:
        """Ask `check` before calls are connected: why those of a group are refused, or nothing."""
        self._checks.append(check)

    def leave_unanswered(self, drops: Callable[[int], bool]) -> None:
        """Let `drops` tell whether the calls of a group get no answer, and so are not refused."""
        self._unanswered.append(drops)

    def tell(self, arrived: Callable[[int], None]) -> None:
        """Tell `arrived` the row of every call that comes."""
        self._arrived.append(arrived)

    def tell_of_ends(self, ending: Callable[[int, str], None]) -> None:
        """Tell `ending` the row of every call that is about to end, and the reason."""
        self._ending.append(ending)

    def tell_of_returns(self, returned: Callable[[int], None]) -> None:
        """Tell `returned` the row of every call that another chassis has held until now."""
        self._returned.append(returned)

    @property
    def total(self) -> int:
        """How many subscribers there are."""
        return sum(group.count for group in self._sessions.groups)

    # When something is due

    def open(self, now: float) -> None:
        """The system is up: subscribers may call from the next turn on."""
        self._open_at = now
        self.wake()

    def wake(self) -> None:
        """Something has changed: see to it that those who can call, or end their call, do."""
        now = self._timeline.now
        if self._open_at > now:
            return
        self.count_refusals()
        rate = self.demand.attach_rate
        if not self._turn_is_due and rate >= 0.5 and (self._unwanted() or self._may_connect(now)):
            turns = (now - self._open_at) // TURN + 1
            self._turn_is_due = True
            self._timeline.at(self._open_at + turns * TURN, self._take_turn)
        self._watch_churn()

    def demand_changed(self) -> None:
        """To be called when subscribers want something else: what is due follows from that."""
        self._ends_planned += 1
        self._end_is_due = False
        self.wake()

    def _watch_churn(self) -> None:
        if not self._end_is_due and self.demand.churn and len(self._sessions):
            self._end_is_due = True
            self._ends_planned += 1
            self._timeline.after(1 / self.demand.churn, partial(self._end_one, self._ends_planned))

    def _may_connect(self, now: float) -> bool:
        """Whether a subscriber waits who can be connected now or once a sessmgr is up."""
        starting = any(not task.is_up(now) for task in self._tasks.of(SESSMGR, standby=False))
        if not starting and not self._managers(now):
            return False
        return any(
            self._waits(index) and self._room(index, now) > 0
            for index in range(len(self._sessions.groups))
        )

    def _waits(self, index: int) -> bool:
        return self.waiting(index) > 0

    def waiting(self, index: int) -> int:
        """How many subscribers of a group want a call and have none."""
        wanted = self.demand.wanted(self._sessions.groups[index].count)
        return max(0, wanted - self._connected(index))

    def _connected(self, index: int) -> int:
        """How many subscribers of a group have a call."""
        return self._never_attached[index] - len(self._waiting[index])

    def _unwanted(self) -> int:
        """How many calls their subscribers want no more; those of another chassis do not count."""
        if not len(self._sessions):
            return 0
        groups = enumerate(self._sessions.groups)
        wanted = self.demand.wanted
        return sum(max(0, self._connected(n) - wanted(group.count)) for n, group in groups)

    def count_refusals(self) -> None:
        """Count the calls that were refused until now."""
        groups = range(len(self._sessions.groups))
        states = [(self.refusal(index), self.waiting(index)) for index in groups]
        self.history.refused(states, self._timeline.now)

    def rejected(self, service: str, reason: str) -> int:
        """How many calls of services of a kind were refused for a reason until now."""
        self.count_refusals()
        groups = enumerate(self._sessions.groups)
        return sum(
            self.history.rejections_of[index][reason]
            for index, group in groups
            if group.kind.service == service
        )

    def refusal(self, index: int) -> str:
        """The reason for which calls of a group are refused; empty when they are not.

        Where no service is started, nobody is there to refuse them.
        """
        now = self._timeline.now
        if self._open_at > now or not self._service_is_started(index):
            return ""
        if self._is_unanswered(index):
            return ""
        found = next((reason for check in self._checks if (reason := check(index))), "")
        found = found or self._sessions.pools.refusal(index)
        return found or ("" if self._licensed(index, now) else NO_RESOURCE)

    def _is_unanswered(self, index: int) -> bool:
        return any(drops(index) for drops in self._unanswered)

    def _take_turn(self) -> None:
        self._turn_is_due = False
        rate = round(self.demand.attach_rate)
        self._end_unwanted(rate)
        self.attach(rate, self._timeline.now)
        self._changed()
        self.wake()

    def _end_unwanted(self, most: int) -> None:
        """End calls that their subscribers want no more, chosen by chance, up to `most`."""
        unwanted = min(most, self._unwanted())
        for _ in range(2 * unwanted if len(self._sessions) else 0):
            row = self._sessions.random_row(self._rng)
            index = self._sessions.group_of(row)
            if self._connected(index) > self.demand.wanted(self._sessions.groups[index].count):
                self.end(row, REMOTE)
                unwanted -= 1
            if not unwanted:
                return

    def _end_one(self, planned: int) -> None:
        if planned != self._ends_planned:
            return
        self._end_is_due = False
        if len(self._sessions):
            self.end(self._sessions.random_row(self._rng), REMOTE)
        if self._turn_is_due:
            # The turn within this second looks at what has changed, for all ends until then.
            self._watch_churn()
        else:
            self._changed()
            self.wake()

    # Coming and going

    def end(self, row: int, reason: str = LOCAL) -> None:
        """End a session for a reason; its subscriber will call again."""
        now, connected_at = self._timeline.now, self._sessions.connected_at(row)
        for ending in self._ending:
            ending(row, reason)
        group, number = self._sessions.disconnect(row, now)
        self.history.ended(group, now, connected_at, reason)
        self._waiting[group].append(number)

    def move(self, row: int) -> MovedCall:
        """Let another chassis go on with a call; its subscriber has a call as before."""
        now, connected_at = self._timeline.now, self._sessions.connected_at(row)
        for ending in self._ending:
            ending(row, LOCAL_PURGE)
        call = self._sessions.move(row, now)
        self.history.ended(call.group, now, connected_at, LOCAL_PURGE)
        return call

    def take_up(self, calls: Iterable[MovedCall]) -> int:
        """Go on with calls that another chassis held; returns how many there are here now.

        A call without service, control plane, licence, sessmgr or address here is lost.
        """
        now = self._timeline.now
        managers = {instance: count for count, instance in self._managers(now)}
        room: dict[int, int] = {}
        taken = 0
        for call in calls:
            index = call.group
            if index not in room:
                started = self._service_is_started(index)
                room[index] = self._licensed(index, now) if started else 0
            if managers and room[index] > 0 and self._take_up_one(call, managers, now):
                kind = self._sessions.groups[index].kind
                for other in room:
                    if self._sessions.groups[other].kind.session_type == kind.session_type:
                        room[other] -= 1
                taken += 1
        return taken

    def _take_up_one(self, call: MovedCall, managers: dict[int, int], now: float) -> bool:
        sessions, pools = self._sessions, self._sessions.pools
        own = pools.kept(call.pool, call.offset)
        allots = own is None and pools.of_group(call.group) is not None
        other = pools.choose(call.group) if allots else None
        has_call = sessions.row_of(call.group, call.number) >= 0
        is_taken = has_call or sessions.with_callid(call.callid)
        is_lost = not self._knows(call.group, call.node)
        if is_taken or is_lost or (allots and other is None):
            return False
        sessmgr = call.sessmgr
        if sessmgr not in managers:
            sessmgr = min(managers, key=managers.__getitem__)
        phase = call.callid % 6000 / 100
        row = sessions.connect(
            call.callid, call.group, call.number, sessmgr, call.connected_at, phase, call.node
        )
        if own is not None:
            sessions.allot_again(row, own, call.offset)
        elif other is not None:
            sessions.allot(row, other)
        sessions.take_over(row, now, now)
        self.history.came_back(call.group, call.connected_at, now)
        sessions.by_group.came_back(call.group)
        managers[sessmgr] += 1
        if managers[sessmgr] >= SESSIONS_OF_A_SESSMGR:
            del managers[sessmgr]
        for told in (*self._arrived, *self._returned):
            told(row)
        return True

    def know_who_waits(self) -> None:
        """See anew which subscribers have a call: those of another chassis may have none here."""
        row_of = self._sessions.row_of
        for index, group in enumerate(self._sessions.groups):
            self._never_attached[index] = group.count
            free = (number for number in range(group.count) if row_of(index, number) < 0)
            self._waiting[index] = deque(free)
        self.wake()

    def attach(self, most: int, now: float, longest: float = 0.0) -> int:
        """Connect up to `most` waiting subscribers and return how many were.

        A subscriber is connected when the service is started, the licence has room, and a sessmgr
        with its aaamgr is up that holds fewer calls than it may; the one with the fewest takes the
        call. With `longest`, sessions have lasted up to that many seconds already.
        """
        managers = self._managers(now)
        heapq.heapify(managers)
        connected = 0
        for index in range(len(self._sessions.groups)):
            if managers and connected < most:
                room = min(most - connected, self._room(index, now))
                connected += self._attach_group(index, room, managers, now, longest)
        return connected

    def _managers(self, now: float) -> list[tuple[int, int]]:
        """The sessmgrs that take calls: how many they hold, and their instance."""
        peers = {t.instance for t in self._tasks.of(AAAMGR, standby=False) if t.is_up(now)}
        count = self._sessions.count_of_sessmgr
        return [
            (count(task.instance), task.instance)
            for task in self._tasks.of(SESSMGR, standby=False)
            if task.is_up(now)
            and task.instance in peers
            and count(task.instance) < SESSIONS_OF_A_SESSMGR
        ]

    def _room(self, index: int, now: float) -> int:
        """How many more calls the service and the licence take."""
        refused = any(check(index) for check in self._checks) or self._is_unanswered(index)
        if not self._nodes(index) or refused or self._sessions.pools.refusal(index):
            return 0
        if not self._service_is_started(index):
            return 0
        return min(self.waiting(index), self._licensed(index, now))

    def _service_is_started(self, index: int) -> bool:
        """Whether the service of a group takes calls."""
        group = self._sessions.groups[index]
        context = self._contexts.by_name.get(group.place[0])
        service = context.services.get(group.place[1]) if context else None
        if context is None or service is None or service.kind != group.kind.service:
            return False
        return self._contexts.is_started(context, service)

    def _licensed(self, index: int, now: float) -> int:
        """How many more calls of a group the licence allows."""
        session_type = self._sessions.groups[index].kind.session_type
        limit = self._license.session_limit(session_type, now)
        return max(0, limit - self._sessions.count_of_type(session_type))

    def _attach_group(
        self, index: int, most: int, managers: list[tuple[int, int]], now: float, longest: float
    ) -> int:
        sessions, rng, waiting = self._sessions, self._rng, self._waiting[index]
        group = sessions.groups[index]
        schema, nodes = group.schema, self._nodes(index)
        connected = 0
        pools = sessions.pools
        allots = pools.of_group(index) is not None
        while connected < most and managers:
            pool = pools.choose(index) if allots else None
            if allots and pool is None:
                break
            if waiting:
                number = waiting.popleft()
            elif self._never_attached[index] < group.count:
                number = self._never_attached[index]
                self._never_attached[index] += 1
            else:
                break
            connected += 1
            age = rng.random() * longest
            phase = rng.random() * 60.0
            connected_at = now - age if longest else now + SETUP_TIME
            if schema.authenticating:
                connected_at = NEVER
            row = sessions.connect(
                self._callid(group.callid),
                index,
                number,
                self._assign(managers, schema.sessmgr),
                connected_at,
                phase,
                nodes[number % len(nodes)],
            )
            if pool is not None:
                sessions.allot(row, pool)
            if longest and schema.checkpoints is not None:
                sessions.describe(row, now, schema.checkpoints)
            connected_at = sessions.connected_at(row)
            came_at = min(connected_at - SETUP_TIME, now)
            self.history.arrived(index, came_at, connected_at, now)
            for arrived in self._arrived:
                arrived(row)
        return connected

    @staticmethod
    def _assign(managers: list[tuple[int, int]], wanted: int) -> int:
        """The sessmgr that takes a call: the one wanted, or the one with the fewest."""
        found = next((entry for entry in managers if wanted and entry[1] == wanted), managers[0])
        count, instance = found
        if found is managers[0]:
            heapq.heappop(managers)
        else:
            managers.remove(found)
            heapq.heapify(managers)
        if count + 1 < SESSIONS_OF_A_SESSMGR:
            heapq.heappush(managers, (count + 1, instance))
        return instance

    def _callid(self, wanted: int) -> int:
        if wanted and not self._sessions.with_callid(wanted):
            return wanted
        while True:
            callid = self._rng.getrandbits(32)
            if callid and not self._sessions.with_callid(callid):
                return callid
