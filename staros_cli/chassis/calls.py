"""Calls: how subscribers connect, come back after a start, and come and go."""

from __future__ import annotations

import random
from collections import deque

from staros_cli.chassis.contexts import Contexts
from staros_cli.chassis.definition import CallsForm
from staros_cli.chassis.licence import LicenseSlot
from staros_cli.chassis.sessions import NEVER, SessionTable
from staros_cli.chassis.tasks import SESSMGR, TaskTable

SETUP_TIME = 0.8
"""Seconds from the arrival of a call to its being connected (chosen)."""


class Callers:
    """The subscribers of a definition: who is attached and who waits to be."""

    def __init__(
        self,
        form: CallsForm,
        rng: random.Random,
        sessions: SessionTable,
        contexts: Contexts,
        license: LicenseSlot,
        tasks: TaskTable,
    ) -> None:
        self._form = form
        self._rng = rng
        self._sessions = sessions
        self._contexts = contexts
        self._license = license
        self._tasks = tasks
        self._turn = 0
        self._carry = 0.0
        self.clear()

    def clear(self) -> None:
        """Nobody is attached: the system went down."""
        self._never_attached = [0] * len(self._sessions.groups)
        self._waiting: list[deque[int]] = [deque() for _ in self._sessions.groups]
        self._turn = 0

    @property
    def total(self) -> int:
        """How many subscribers there are."""
        return sum(group.count for group in self._sessions.groups)

    def tick(self, now: float) -> None:
        """Let a second pass: some calls end, waiting subscribers call."""
        self._carry += self._form.churn
        ending = int(self._carry)
        self._carry -= ending
        if ending:
            self._end_some(ending)
        most = round(self._form.attach_rate)
        if most and len(self._sessions) < self.total:
            self.attach(most, now)

    def _end_some(self, count: int) -> None:
        rows = list(self._sessions.rows())
        for row in self._rng.sample(rows, min(count, len(rows))):
            self.end(row)

    def end(self, row: int) -> None:
        """End a session; its subscriber will call again."""
        group, number = self._sessions.disconnect(row)
        self._waiting[group].append(number)

    def attach(self, most: int, now: float, longest: float = 0.0) -> int:
        """Connect up to `most` waiting subscribers and return how many were.

        A subscriber is connected when the service is started, a sessmgr is up and the licence has
        room. With `longest`, sessions have lasted up to that many seconds already.
        """
        managers = self._tasks.of(SESSMGR, standby=False)
        instances = [task.instance for task in managers if task.is_up(now)]
        connected = 0
        for index in range(len(self._sessions.groups)):
            if instances and connected < most:
                room = min(most - connected, self._room(index, now))
                connected += self._attach_group(index, room, instances, now, longest)
        return connected

    def _room(self, index: int, now: float) -> int:
        """How many more calls the service and the licence take."""
        group = self._sessions.groups[index]
        context = self._contexts.by_name.get(group.place[0])
        service = context.services.get(group.place[1]) if context else None
        if service is None or not service.started or service.kind != group.kind.service:
            return 0
        session_type = group.kind.session_type
        limit = self._license.session_limit(session_type, now)
        return max(0, limit - self._sessions.count_of_type(session_type))

    def _attach_group(
        self, index: int, most: int, instances: list[int], now: float, longest: float
    ) -> int:
        sessions, rng, waiting = self._sessions, self._rng, self._waiting[index]
        group = sessions.groups[index]
        form = group.form
        connected = 0
        while connected < most:
            if waiting:
                number = waiting.popleft()
            elif self._never_attached[index] < group.count:
                number = self._never_attached[index]
                self._never_attached[index] += 1
            else:
                break
            connected += 1
            self._turn += 1
            age = rng.random() * longest
            phase = rng.random() * 60.0
            connected_at = now - age if longest else now + SETUP_TIME
            if form.authenticating:
                connected_at = NEVER
            row = sessions.connect(
                self._callid(group.callid),
                index,
                number,
                form.sessmgr or instances[self._turn % len(instances)],
                connected_at,
                now - min(age, rng.random() * 300),
                phase,
            )
            if longest and form.checkpoints is not None:
                sessions.describe(row, now, form.checkpoints)
        return connected

    def _callid(self, wanted: int) -> int:
        if wanted and not self._sessions.has_callid(wanted):
            return wanted
        while True:
            callid = self._rng.getrandbits(32)
            if callid and not self._sessions.has_callid(callid):
                return callid
