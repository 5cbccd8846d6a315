"""Which tasks have to run: starting them, matching them to services, refilling standby ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from staros_cli.chassis.allocations import Room, allocation, room
from staros_cli.chassis.clock import Timeline
from staros_cli.chassis.contexts import Contexts
from staros_cli.chassis.definition import Definition
from staros_cli.chassis.hardware import Card, Cpu, Hardware
from staros_cli.chassis.placement import Placement, place, place_at
from staros_cli.chassis.recovery import SessionRecovery, tasks_of_sessions
from staros_cli.chassis.tasks import (
    AAAMGR,
    CPU_TASKS,
    DEMUX,
    DEMUX_BY_SERVICE,
    MANAGEMENT_TASKS,
    MANAGERS,
    MANAGERS_BY_SERVICE,
    NPUMGR,
    SESSMGR,
    VPNMGR,
    Task,
    TaskTable,
)

# Seconds of chassis time (chosen).
SESSION_TASKS_AFTER = 2.0
SESSION_TASKS_SPREAD = 5.0
STANDBY_TASKS_SPREAD = 4.0
STANDBY_TASK_TIME = 12.0
"""How long a standby-mode task takes to come up beside running ones."""


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
        self._moving: tuple[Card, Card] | None = None

    @property
    def management_cpu(self) -> Cpu:
        """The CPU that the tasks of the system as a whole run on."""
        return Cpu(self._hardware.active_management.slot, 0)

    def start_system(self, at: float) -> None:
        """Start the tasks that every running card and the system as a whole have."""
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
        self._tasks.start(NPUMGR, card.slot, Cpu(card.slot, card.kind.cpus[0]), at)

    def match(self, at: float, *, sessions_wait: bool) -> None:
        """Start and stop tasks so that they match contexts and services; `at` they begin.

        Those that end may leave room for standby-mode tasks that there was none for.
        `sessions_wait` tells that session tasks wait for a card, so that none begins anew.
        """
        self._match_vpnmgrs(at)
        kinds = {service.kind for _, service in self._contexts.started()}
        if kinds and not sessions_wait and not tasks_of_sessions(self._tasks):
            self._start_session_tasks(at)
        self._match_demux(kinds, at)
        self._match_managers(kinds, at, sessions_wait)
        self.refill_standby()

    def _match_vpnmgrs(self, at: float) -> None:
        wanted = {context.number for context in self._contexts}
        for task in list(self._tasks.of(VPNMGR)):
            if task.instance in wanted:
                wanted.remove(task.instance)
            else:
                self._tasks.remove(task)
        for number in sorted(wanted):
            self._tasks.start(VPNMGR, number, self.management_cpu, at)

    def _placement(self) -> Placement:
        wanted = self._definition.placements()
        active = {card.slot for card in self._hardware.active_packet}
        if wanted and all(placed.cpu.slot in active for placed in wanted):
            return place_at(wanted)
        instances = self._definition.schema.tasks.sessmgr
        return place(self._hardware, instances, self._recovery.in_effect)

    def _start_session_tasks(self, at: float) -> None:
        placement = self._placement()
        self._demux_cpus = placement.demux
        count = len(placement.sessmgr)
        for instance, cpu in placement.sessmgr.items():
            ready = at + SESSION_TASKS_AFTER + SESSION_TASKS_SPREAD * instance / count
            self._tasks.start(SESSMGR, instance, cpu, ready)
            self._tasks.start(AAAMGR, instance, placement.aaamgr[instance], ready)
        ready = at + SESSION_TASKS_AFTER + SESSION_TASKS_SPREAD
        self.fill_standby(ready, STANDBY_TASKS_SPREAD)

    def _match_demux(self, kinds: set[str], at: float) -> None:
        wanted = sorted({name for kind in kinds for name in DEMUX_BY_SERVICE[kind]})
        self._end_others(DEMUX, wanted)
        active = {card.slot for card in self._hardware.active_packet}
        # While the card for them is down and nothing takes over, they have to wait for it.
        cpus = [cpu for cpu in self._demux_cpus if cpu.slot in active]
        for index, name in enumerate(wanted):
            if self._tasks.get(name, 1) is None and cpus:
                cpu = cpus[index % len(cpus)]
                self._tasks.start(name, 1, cpu, at + SESSION_TASKS_AFTER)

    def _match_managers(self, kinds: set[str], at: float, sessions_wait: bool) -> None:
        """One manager of each facility that services need on every card with sessmgrs."""
        wanted = sorted({name for kind in kinds for name in MANAGERS_BY_SERVICE.get(kind, ())})
        self._end_others(MANAGERS, wanted)
        homes: dict[int, Cpu] = {}
        for task in self._tasks.of(SESSMGR, standby=False):
            homes[task.cpu.slot] = min(task.cpu, homes.get(task.cpu.slot, task.cpu))
        for name in wanted:
            if sessions_wait or any(True for _ in self._tasks.of(name)):
                continue
            for instance, slot in enumerate(sorted(homes), 1):
                self._tasks.start(name, instance, homes[slot], at + SESSION_TASKS_AFTER)

    def _end_others(self, facilities: Collection[str], wanted: Collection[str]) -> None:
        """End the tasks of facilities that no service needs any more."""
        for task in [task for task in self._tasks.tasks if task.facility in facilities]:
            if task.facility not in wanted:
                self._tasks.remove(task)

    def move_demux(self, source: int, target: int) -> None:
        """The CPUs reserved for demux tasks go with their card to another slot."""
        self._demux_cpus = tuple(
            Cpu(target, cpu.number) if cpu.slot == source else cpu for cpu in self._demux_cpus
        )

    def wanted_standby(self) -> Counter[tuple[str, Cpu]]:
        """How many standby-mode tasks each CPU has to have (SR-01, SR-27).

        One of a kind beside active ones, and on a standby card as many as the fullest active card
        has on its CPU of the same number. A card that takes over keeps one for every task that is
        still to come.
        """
        wanted: Counter[tuple[str, Cpu]] = Counter()
        if not self._recovery.in_effect:
            return wanted
        active = {card.slot for card in self._hardware.active_packet}
        for facility in (SESSMGR, AAAMGR):
            load = Counter(
                task.cpu
                for task in self._tasks.of(facility, standby=False)
                if task.cpu.slot in active
            )
            for cpu in sorted(load):
                wanted[facility, cpu] = 1
            for card in self._hardware.standby_packet:
                for number in card.kind.cpus:
                    fullest = max((n for cpu, n in load.items() if cpu.number == number), default=0)
                    if fullest:
                        wanted[facility, Cpu(card.slot, number)] = fullest
        return wanted + self._wanted_to_move()

    def _wanted_to_move(self) -> Counter[tuple[str, Cpu]]:
        """The standby-mode tasks that those need which are still to move to another card."""
        if self._moving is None:
            return Counter()
        source, target = self._moving
        return Counter(
            (task.facility, Cpu(target.slot, task.cpu.number))
            for facility in (SESSMGR, AAAMGR)
            for task in self._tasks.of(facility, standby=False)
            if task.cpu.slot == source.slot
        )

    def begin_move(self, source: Card, target: Card) -> None:
        """Tasks begin to move from an active packet card to a standby one."""
        target.reserve()
        self._moving = (source, target)

    def end_move(self) -> None:
        """The move of tasks has ended, one way or the other."""
        if self._moving is not None:
            self._moving[1].release()
        self._moving = None

    def move(self, task: Task, slot: int) -> None:
        """Move a task to the CPU of the same number of another card.

        A standby-mode task that waits there is renamed into it.
        """
        cpu = Cpu(slot, task.cpu.number)
        waiting = self.standby_on(task.facility, cpu)
        if waiting is not None:
            self._tasks.remove(waiting)
        task.move(cpu, waiting.pid if waiting is not None else self._tasks.new_pid())

    def standby_on(self, facility: str, cpu: Cpu) -> Task | None:
        """A standby-mode task of a facility that is up on a CPU."""
        now = self._timeline.now
        for task in self._tasks.of(facility, standby=True):
            if task.cpu == cpu and task.is_up(now):
                return task
        return None

    def shortage(self) -> str:
        """The resource that is too short for standby-mode tasks, and the CPU, or an empty text.

        Such as `memory on CPU 1/0` (SR-05).
        """
        missing = self.wanted_standby()
        missing.subtract((t.facility, t.cpu) for t in self._tasks.tasks if t.standby)
        for facility, cpu in sorted(at for at, count in missing.items() if count > 0):
            lacking = self._room(cpu).lacks(allocation(facility, standby=True))
            if lacking:
                return f"{lacking} on CPU {cpu}"
        return ""

    def _room(self, cpu: Cpu) -> Room:
        kind = self._hardware.cards[cpu.slot].kind
        return room(kind, (task for task in self._tasks.tasks if task.cpu == cpu))

    def fill_standby(self, begin: float, spread: float = 0.0) -> list[Task]:
        """Start the standby-mode tasks that are missing, and stop those that are too many.

        They come up one after the other from `begin` on, within `spread` seconds. Where a CPU has
        no room for one, none is started. Returns those that were started.
        """
        wanted = self.wanted_standby()
        for facility in (SESSMGR, AAAMGR):
            for task in sorted(self._tasks.of(facility, standby=True), key=lambda t: t.ready_at):
                if wanted[facility, task.cpu] > 0:
                    wanted[facility, task.cpu] -= 1
                else:
                    self._tasks.remove(task)
        missing = [at for at, count in wanted.items() for _ in range(count)]
        rooms = {cpu: self._room(cpu) for _, cpu in missing}
        started: list[Task] = []
        for place_in_line, (facility, cpu) in enumerate(missing, 1):
            needs = allocation(facility, standby=True)
            if rooms[cpu].lacks(needs):
                continue
            rooms[cpu].take(needs)
            ready = begin + spread * place_in_line / len(missing)
            started.append(self._tasks.start_standby(facility, cpu, ready))
        return started

    def refill_standby(self) -> list[Task]:
        """Make up for standby-mode tasks that were used or lost; returns those it started."""
        return self.fill_standby(self._timeline.now + STANDBY_TASK_TIME)

    def replacement(self, task: Task, away_from: int) -> Task | None:
        """The standby-mode task that takes the place of one that died on an active card.

        On the same CPU if there is one, else on the same card, else on another active card; on the
        card `away_from`, where its peer is, only when that is the only one. While tasks move
        between two cards these count as one.
        """
        now = self._timeline.now
        active = {card.slot for card in self._hardware.active_packet}
        shunned = {away_from}
        if self._moving is not None and away_from in {card.slot for card in self._moving}:
            shunned = {card.slot for card in self._moving}
        if len(active) == 1:
            shunned = set()
        candidates = [
            other
            for other in self._tasks.of(task.facility, standby=True)
            if other.is_up(now) and other.cpu.slot in active and other.cpu.slot not in shunned
        ]
        return min(
            candidates,
            key=lambda other: (
                other.cpu != task.cpu,
                other.cpu.slot != task.cpu.slot,
                other.cpu,
            ),
            default=None,
        )
