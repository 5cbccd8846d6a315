"""Subscribers who call: who they are, and how they come back after a start."""

from __future__ import annotations

import ipaddress
import random

from staros_cli.chassis.contexts import Contexts
from staros_cli.chassis.definition import SubscribersForm
from staros_cli.chassis.licence import LicenseSlot
from staros_cli.chassis.sessions import ACCESS_KINDS, KIND_NUMBERS, SessionTable
from staros_cli.chassis.tasks import SESSMGR, TaskTable


class Callers:
    """The subscribers of a definition: a group is attached from its first to its last."""

    def __init__(
        self,
        groups: list[SubscribersForm],
        rng: random.Random,
        sessions: SessionTable,
        contexts: Contexts,
        license: LicenseSlot,
        tasks: TaskTable,
    ) -> None:
        self._groups = groups
        self._rng = rng
        self._sessions = sessions
        self._contexts = contexts
        self._license = license
        self._tasks = tasks
        self._attached = [0] * len(groups)

    def clear(self) -> None:
        """Nobody is attached: the system went down."""
        self._attached = [0] * len(self._groups)

    @property
    def total(self) -> int:
        """How many subscribers there are."""
        return sum(group.count for group in self._groups)

    @property
    def waiting(self) -> bool:
        """Whether some subscribers are not attached."""
        return sum(self._attached) < self.total

    def attach(self, most: int, now: float, longest: float = 0.0) -> int:
        """Connect up to `most` waiting subscribers and return how many were.

        A subscriber is connected when the service is started, a sessmgr is up and the licence has
        room. Sessions have lasted up to `longest` seconds already.
        """
        managers = self._tasks.of(SESSMGR, standby=False)
        instances = [task.instance for task in managers if task.is_up(now)]
        connected = 0
        for index, group in enumerate(self._groups):
            if instances:
                room = min(group.count - self._attached[index], most - connected)
                connected += self._attach_group(index, room, instances, now, longest)
        return connected

    def _attach_group(
        self, index: int, most: int, instances: list[int], now: float, longest: float
    ) -> int:
        sessions = self._sessions
        group = self._groups[index]
        kind = ACCESS_KINDS[KIND_NUMBERS[group.access]]
        context = self._contexts.by_name.get(group.context)
        service = context.services.get(group.service) if context else None
        if service is None or not service.started or service.kind != kind.service:
            return 0
        limit = self._license.session_limit(kind.session_type, now)
        count = max(0, min(most, limit - sessions.count_of_type(kind.session_type)))
        first_address = int(ipaddress.IPv4Address(group.address))
        for _ in range(count):
            number = self._attached[index]
            age = self._rng.random() * longest
            sessions.connect(
                self._free_callid(),
                group.username.replace("{number}", str(number + 1)),
                str(int(group.msid) + number).zfill(len(group.msid)),
                group.access,
                (first_address + number) & 0xFFFFFFFF,
                (group.context, group.service),
                instances[len(sessions) % len(instances)],
                now - age,
                now - min(age, self._rng.random() * 300),
            )
            self._attached[index] += 1
        return count

    def _free_callid(self) -> int:
        while True:
            callid = self._rng.getrandbits(32)
            if callid and not self._sessions.is_in_use(callid):
                return callid
