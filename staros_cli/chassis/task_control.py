"""Which tasks have to run: starting them, matching them to services, refilling standby ones."""

from __future__ import annotations

from collections import Counter

from staros_cli.chassis.clock import Timeline
from staros_cli.chassis.contexts import Contexts
from staros_cli.chassis.definition import Definition
from staros_cli.chassis.hardware import Card, Cpu, Hardware
from staros_cli.chassis.recovery import SessionRecovery, tasks_of_sessions
from staros_cli.chassis.tasks import (
    AAAMGR,
    CPU_TASKS,
    DEMUX,
    DEMUX_BY_SERVICE,
    MANAGEMENT_TASKS,
    SESSMGR,
    Placement,
    Task,
    TaskTable,
    place,
    place_at,
)

# Seconds of chassis time (chosen).
SESSION_TASKS_AFTER = 2.0
SESSION_TASKS_SPREAD = 5.0
STANDBY_TASKS_SPREAD = 4.0
STANDBY_TASK_TIME = 12.0
"""How long a standby-mode task takes to come up beside running ones: longer than the time between
two checks of the status, so that a check always sees that one was missing."""


class TaskControl:
    """Starts and stops the tasks of a chassis to suit its cards, contexts and services."""

    def __init__(
        self,
        definition: Definition,
        timeline: Timeline,
        hardware: Hardware,
        contexts: Contexts,
        tasks: TaskTable,
        recovery: SessionRecovery,
    ) -> None:
        self._definition = definition
        self._timeline = timeline
        self._hardware = hardware
        self._contexts = contexts
        self._tasks = tasks
        self._recovery = recovery
        self._demux_cpus: tuple[Cpu, ...] = ()

    @property
    def management_cpu(self) -> Cpu:
        """The CPU that the tasks of the system as a whole run on."""
        return Cpu(self._hardware.active_management.slot, 0)

    def start_system(self, at: float) -> None:
        """Start the tasks that every running card and the system as a whole have."""
        self._demux_cpus = ()
        for card in self._hardware.running:
            self.start_card(card, at)
        for facility in MANAGEMENT_TASKS:
            self._tasks.start(facility, 0, self.management_cpu, at)
        for card in self._hardware.active_packet:
            self.start_npumgr(card, at)

    def start_card(self, card: Card, at: float) -> None:
        """Start the tasks that every CPU of a card has."""
        for number in card.kind.cpus:
            for facility in CPU_TASKS:
                instance = card.slot * 10 + number
                self._tasks.start(facility, instance, Cpu(card.slot, number), at)

    def start_npumgr(self, card: Card, at: float) -> None:
        """Start the task that manages the packets of an active packet card."""
        self._tasks.start("npumgr", card.slot, Cpu(card.slot, card.kind.cpus[0]), at)

    def match(self, at: float, *, sessions_wait: bool = False) -> None:
        """Start and stop tasks so that they match contexts and services; `at` they begin.

        `sessions_wait` tells that session tasks wait for a card, so that none begins anew.
        """
        self._match_vpnmgrs(at)
        kinds = {service.kind for _, service in self._contexts.services() if service.started}
        if kinds and not sessions_wait and not tasks_of_sessions(self._tasks):
            self._start_session_tasks(at)
        self._match_demux(kinds, at)

    def _match_vpnmgrs(self, at: float) -> None:
        wanted = {context.number for context in self._contexts}
        for task in list(self._tasks.of("vpnmgr")):
            if task.instance in wanted:
                wanted.remove(task.instance)
            else:
                self._tasks.remove(task)
        for number in sorted(wanted):
            self._tasks.start("vpnmgr", number, self.management_cpu, at)

    def _placement(self) -> Placement:
        seats = self._definition.seats()
        active = {card.slot for card in self._hardware.active_packet}
        if seats and all(seat.cpu.slot in active for seat in seats):
            return place_at(seats)
        instances = self._definition.form.tasks.sessmgr
        return place(self._hardware, instances, self._recovery.in_effect)

    def _start_session_tasks(self, at: float) -> None:
        placement = self._placement()
        self._demux_cpus = placement.demux
        count = max(1, len(placement.sessmgr))
        for instance, cpu in placement.sessmgr.items():
            ready = at + SESSION_TASKS_AFTER + SESSION_TASKS_SPREAD * instance / count
            self._tasks.start(SESSMGR, instance, cpu, ready)
            self._tasks.start(AAAMGR, instance, placement.aaamgr[instance], ready)
        ready = at + SESSION_TASKS_AFTER + SESSION_TASKS_SPREAD
        self.fill_standby(ready, STANDBY_TASKS_SPREAD)

    def _match_demux(self, kinds: set[str], at: float) -> None:
        wanted = sorted({name for kind in kinds for name in DEMUX_BY_SERVICE[kind]})
        for task in [task for name in DEMUX for task in self._tasks.of(name)]:
            if task.facility not in wanted:
                self._tasks.remove(task)
        active = {card.slot for card in self._hardware.active_packet}
        # While the card for them is down and nothing takes over, they have to wait for it.
        cpus = [cpu for cpu in self._demux_cpus if cpu.slot in active]
        for index, name in enumerate(wanted):
            if self._tasks.get(name, 1) is None and cpus:
                cpu = cpus[index % len(cpus)]
                self._tasks.start(name, 1, cpu, at + SESSION_TASKS_AFTER)

    def move_demux(self, source: int, target: int) -> None:
        """The CPUs reserved for demux tasks go with their card to another slot."""
        self._demux_cpus = tuple(
            Cpu(target, cpu.number) if cpu.slot == source else cpu for cpu in self._demux_cpus
        )

    def wanted_standby(self) -> Counter[tuple[str, Cpu]]:
        """How many standby-mode tasks each CPU has to have (SR-01, SR-27).

        One of a kind beside active ones, and on a standby card as many as the fullest active card
        has on its CPU of the same number.
        """
        wanted: Counter[tuple[str, Cpu]] = Counter()
        if not self._recovery.in_effect:
            return wanted
        for facility in (SESSMGR, AAAMGR):
            load = Counter(task.cpu for task in self._tasks.of(facility, standby=False))
            for cpu in sorted(load):
                wanted[facility, cpu] = 1
            for card in self._hardware.standby_packet:
                for number in card.kind.session_cpus:
                    fullest = max((n for cpu, n in load.items() if cpu.number == number), default=0)
                    if fullest:
                        wanted[facility, Cpu(card.slot, number)] = fullest
        return wanted

    def fill_standby(self, begin: float, spread: float = 0.0) -> None:
        """Start the standby-mode tasks that are missing, and stop those that are too many.

        They come up one after the other from `begin` on, within `spread` seconds.
        """
        wanted = self.wanted_standby()
        for facility in (SESSMGR, AAAMGR):
            for task in sorted(self._tasks.of(facility, standby=True), key=lambda t: t.ready_at):
                if wanted[facility, task.cpu] > 0:
                    wanted[facility, task.cpu] -= 1
                else:
                    self._tasks.remove(task)
        missing = [place for place, count in wanted.items() for _ in range(count)]
        for place_in_line, (facility, cpu) in enumerate(missing, 1):
            ready = begin + spread * place_in_line / len(missing)
            self._tasks.start_standby(facility, cpu, ready)

    def refill_standby(self) -> None:
        """Make up for standby-mode tasks that were used or lost, in their time."""
        self.fill_standby(self._timeline.now + STANDBY_TASK_TIME)

    def heir(self, task: Task, away_from: int | None) -> Task | None:
        """The standby-mode task that takes the place of one that died on an active card.

        On the same CPU if there is one, else on another of an active card; on the card `away_from`,
        where its peer is, only when that is the only one.
        """
        now = self._timeline.now
        active = {card.slot for card in self._hardware.active_packet}
        if len(active) == 1:
            away_from = None
        candidates = [
            other
            for other in self._tasks.of(task.facility, standby=True)
            if other.is_up(now) and other.cpu.slot in active and other.cpu.slot != away_from
        ]
        near = (task.cpu.slot, task.cpu)
        return min(
            candidates,
            key=lambda other: (other.cpu != near[1], other.cpu.slot != near[0], other.cpu),
            default=None,
        )
