"""The chassis: everything together, and how it starts."""

from __future__ import annotations

import random
from collections.abc import Callable
from enum import Enum

from msgspec import Struct

from staros_cli import messages
from staros_cli.chassis import recovery as recovery_rules
from staros_cli.chassis.boot_stack import BootEntry, BootStack
from staros_cli.chassis.calls import Callers
from staros_cli.chassis.clock import Clock, Timeline
from staros_cli.chassis.contexts import Context, Contexts
from staros_cli.chassis.definition import Definition
from staros_cli.chassis.hardware import Cpu, Hardware
from staros_cli.chassis.licence import SESSION_RECOVERY, SESSION_TYPES, LicenseSlot
from staros_cli.chassis.recovery import CHECK_PERIOD, RecoveryRow, SessionRecovery
from staros_cli.chassis.sessions import SessionTable
from staros_cli.chassis.storage import Storage
from staros_cli.chassis.tasks import (
    AAAMGR,
    CPU_TASKS,
    DEMUX_BY_SERVICE,
    MANAGEMENT_TASKS,
    SESSMGR,
    STANDBY_FIRST,
    Placement,
    TaskTable,
    place,
    place_at,
)
from staros_cli.chassis.users import Users
from staros_cli.messages import Refused

# How long the parts of a start take, in seconds of chassis time (chosen: a real chassis takes
# minutes, of which a trainee learns nothing).
CONFIGURATION_AFTER = 1.2
BOOT_TIME = 2.0
SESSION_TASKS_AFTER = 2.0
SESSION_TASKS_SPREAD = 5.0
STANDBY_TASKS_SPREAD = 4.0
FIRST_CHECK_AFTER = 4.0


class BootStep(Enum):
    """What the console tells during a start."""

    GOING_DOWN = "going down"
    MANAGEMENT_CARD = "management card"
    IMAGE = "image"
    CONFIGURATION = "configuration"
    CARDS = "cards"
    UP = "up"


class BootRecord(Struct, frozen=True):
    """A line of the console: when, what, and about which thing."""

    time: float
    step: BootStep
    detail: str = ""


class SessionUse(Struct, frozen=True):
    """Sessions of one kind of service: now, at most since the start and when, and allowed."""

    session_type: str
    in_use: int
    peak: int
    peak_at: float
    limit: int


class Chassis:
    """A chassis that runs.

    `salt` gives random bytes for what is encrypted; without it they follow from the seed.
    `load_configuration` is called at every start, when the configuration has to be read; it stands
    for the part of the system that reads configuration files.
    """

    def __init__(
        self,
        definition: Definition,
        clock: Clock,
        storage: Storage,
        salt: Callable[[int], bytes] | None = None,
    ) -> None:
        form = definition.form
        self.definition = definition
        self.platform = definition.platform
        self.timeline = Timeline(clock)
        self.rng = random.Random(form.seed)
        self.storage = storage
        self.boot_stack = BootStack(storage)
        self.license = LicenseSlot(form.serial)
        self.hardware = Hardware(self.platform, definition.cards())
        self.contexts = Contexts()
        self.tasks = TaskTable()
        self.sessions = SessionTable()
        self.callers = Callers(
            form.subscribers, self.rng, self.sessions, self.contexts, self.license, self.tasks
        )
        self.recovery = SessionRecovery()
        self.users = Users(salt or random.Random(form.seed).randbytes)
        self.hostname = self.default_hostname
        self.booted_at = self.now
        self.is_up = False
        self.booted_from: BootEntry | None = None
        self.console: list[BootRecord] = []
        self.session_peaks: dict[str, tuple[int, float]] = {}
        self.starts = 0
        self.load_configuration: Callable[[], None] = lambda: None

    @property
    def now(self) -> float:
        """The time of the chassis, in seconds since 1970 UTC."""
        return self.timeline.now

    @property
    def default_hostname(self) -> str:
        """The name of a system that was given none."""
        return self.platform.image

    def catch_up(self) -> None:
        """Let everything happen that is due by now."""
        self.timeline.catch_up()

    # Starting

    def power_on(self) -> None:
        """Bring the chassis into the state of its definition: up for a while, calls connected."""
        self.booted_at = self.now - self.definition.form.uptime
        self._reset()
        self.load_configuration()
        self._come_up(self.booted_at)
        if self.definition.form.uptime:
            uptime = float(self.definition.form.uptime)
            self.callers.attach(self.callers.total, self.now, longest=uptime)
            self._note_peaks()
            phase = (self.now - self.booted_at - FIRST_CHECK_AFTER) % CHECK_PERIOD
            self._check_recovery(self.now - phase)

    def reload(self) -> None:
        """Restart the system. Sessions end, tasks stop; it is up again after BOOT_TIME (SR-20)."""
        self.timeline.clear()
        self._reset()
        self.is_up = False
        self.starts += 1
        card = self.hardware.active_management
        self._tell(BootStep.GOING_DOWN)
        self._tell_after(0.4, BootStep.MANAGEMENT_CARD, str(card.slot))
        self.timeline.after(0.8, self._find_image)
        self.timeline.after(CONFIGURATION_AFTER, self._configure)
        packet = self.hardware.active_packet + self.hardware.standby_packet
        self._tell_after(1.6, BootStep.CARDS, ", ".join(str(card.slot) for card in packet))
        self.timeline.after(BOOT_TIME, self._up)

    def _reset(self) -> None:
        self.sessions.clear()
        self.tasks.clear()
        self.callers.clear()
        self.contexts.clear()
        self.license.remove()
        self.recovery.clear()
        self.users.clear()
        self.hostname = self.default_hostname
        self.session_peaks = {}

    def _find_image(self) -> None:
        entries = self.boot_stack.entries()
        self._tell(BootStep.IMAGE, entries[0].image if entries else "")

    def _configure(self) -> None:
        self.load_configuration()
        self._tell(BootStep.CONFIGURATION, self.booted_from.config if self.booted_from else "")

    def _up(self) -> None:
        self.booted_at = self.now
        self._come_up(self.now)
        self._tell(BootStep.UP, self.hostname)

    def _come_up(self, at: float) -> None:
        self.is_up = True
        for cpu in self.hardware.cpus():
            for facility in CPU_TASKS:
                self.tasks.start(facility, cpu.slot * 10 + cpu.number, cpu, at)
        management = Cpu(self.hardware.active_management.slot, 0)
        for facility in MANAGEMENT_TASKS:
            self.tasks.start(facility, 0, management, at)
        for card in self.hardware.active_packet:
            self.tasks.start("npumgr", card.slot, Cpu(card.slot, card.kind.cpus[0]), at)
        self.match_tasks(at)
        self._check_recovery(at)
        self.timeline.at(max(at, self.now) + FIRST_CHECK_AFTER, self._periodic_check)
        self.timeline.after(1.0, self._take_calls)

    def _tell(self, step: BootStep, detail: str = "") -> None:
        self.console.append(BootRecord(self.now, step, detail))

    def _tell_after(self, seconds: float, step: BootStep, detail: str) -> None:
        self.timeline.after(seconds, lambda: self._tell(step, detail))

    # Tasks

    def match_tasks(self, at: float | None = None) -> None:
        """Start and stop tasks so that they match contexts and services.

        `at` is when they begin to start, now unless told otherwise.
        """
        if not self.is_up:
            return
        at = self.now if at is None else at
        self._match_vpnmgrs(at)
        kinds = {service.kind for _, service in self.contexts.services() if service.started}
        if kinds and not recovery_rules.tasks_of_sessions(self.tasks):
            self._start_session_tasks(at)
        self._match_demux(kinds, at)

    def _match_vpnmgrs(self, at: float) -> None:
        running = {task.instance for task in self.tasks.of("vpnmgr")}
        wanted = {context.number for context in self.contexts}
        self.tasks.tasks = [
            task
            for task in self.tasks.tasks
            if task.facility != "vpnmgr" or task.instance in wanted
        ]
        management = Cpu(self.hardware.active_management.slot, 0)
        for number in sorted(wanted - running):
            self.tasks.start("vpnmgr", number, management, at)

    def _placement(self) -> Placement:
        seats = self.definition.seats()
        if seats:
            return place_at(seats)
        instances = self.definition.form.tasks.sessmgr
        return place(self.hardware, instances, self.recovery.in_effect)

    def _start_session_tasks(self, at: float) -> None:
        placement = self._placement()
        count = max(1, len(placement.sessmgr))
        for instance, cpu in placement.sessmgr.items():
            ready = at + SESSION_TASKS_AFTER + SESSION_TASKS_SPREAD * instance / count
            self.tasks.start(SESSMGR, instance, cpu, ready)
            self.tasks.start(AAAMGR, instance, placement.aaamgr[instance], ready)
        if self.recovery.in_effect:
            ready = at + SESSION_TASKS_AFTER + SESSION_TASKS_SPREAD
            self._start_standby_tasks(placement, ready)

    def _start_standby_tasks(self, placement: Placement, at: float) -> None:
        """Standby-mode tasks: one of a kind beside active ones, a full mirror on standby cards."""
        wanted: list[tuple[str, Cpu]] = []
        for facility, homes in ((SESSMGR, placement.sessmgr), (AAAMGR, placement.aaamgr)):
            wanted += [(facility, cpu) for cpu in sorted(set(homes.values()))]
            for card in self.hardware.standby_packet:
                for number in card.kind.session_cpus:
                    fullest = _fullest(homes, number)
                    wanted += [(facility, Cpu(card.slot, number))] * fullest
        next_instance = {SESSMGR: STANDBY_FIRST, AAAMGR: STANDBY_FIRST}
        for place_in_line, (facility, cpu) in enumerate(wanted, 1):
            ready = at + STANDBY_TASKS_SPREAD * place_in_line / len(wanted)
            self.tasks.start(facility, next_instance[facility], cpu, ready, standby=True)
            next_instance[facility] += 1

    def _match_demux(self, kinds: set[str], at: float) -> None:
        wanted = sorted({name for kind in kinds for name in DEMUX_BY_SERVICE[kind]})
        all_names = {name for names in DEMUX_BY_SERVICE.values() for name in names}
        running = {name for name in all_names if any(self.tasks.of(name))}
        self.tasks.stop(running - set(wanted))
        cpus = self._placement().demux
        for index, name in enumerate(wanted):
            if name not in running and cpus:
                ready = at + SESSION_TASKS_AFTER
                self.tasks.start(name, 1, cpus[index % len(cpus)], ready)

    # Calls

    def _take_calls(self) -> None:
        most = max(1, round(self.definition.form.calls.attach_rate))
        if self.definition.form.calls.attach_rate and self.callers.waiting:
            self.callers.attach(most, self.now)
            self._note_peaks()
        self.timeline.after(1.0, self._take_calls)

    def _note_peaks(self) -> None:
        for _, service in self.contexts.services():
            in_use = self.sessions_of_kind(service.kind)
            if in_use > self.session_peaks.get(service.kind, (0, 0.0))[0]:
                self.session_peaks[service.kind] = (in_use, self.now)

    def sessions_of_kind(self, service_kind: str) -> int:
        """How many sessions services of a kind carry."""
        return self.sessions.count_of_type(service_kind.upper())

    def session_use(self) -> list[SessionUse]:
        """Sessions in use and allowed, for every kind of service that is configured or licensed."""
        kinds = {service.kind for _, service in self.contexts.services()}
        found: list[SessionUse] = []
        for session_type in SESSION_TYPES:
            limit = self.license.session_limit(session_type, self.now)
            if session_type.lower() in kinds or limit:
                peak, peak_at = self.session_peaks.get(session_type.lower(), (0, 0.0))
                in_use = self.sessions.count_of_type(session_type)
                found.append(SessionUse(session_type, in_use, peak, peak_at, limit))
        return found

    def end_sessions_without_service(self) -> None:
        """End the sessions whose service is gone or stopped."""
        started = {
            (context.name, service.name)
            for context, service in self.contexts.services()
            if service.started
        }
        for row in list(self.sessions.rows()):
            session = self.sessions.session(row)
            if (session.context, session.service) not in started:
                self.sessions.disconnect(row)

    # Session recovery

    def _check_recovery(self, at: float) -> None:
        self.recovery.check(self.hardware, self.tasks, at)

    def _periodic_check(self) -> None:
        self._check_recovery(self.now)
        self.timeline.after(CHECK_PERIOD, self._periodic_check)

    @property
    def in_service(self) -> bool:
        """Whether the system has contexts or runs session tasks (SR-16, SR-17)."""
        return self.contexts.any_configured or recovery_rules.tasks_of_sessions(self.tasks)

    def require_session_recovery(self) -> bool:
        """Configure session recovery; return whether a restart is needed for it to take effect.

        Raises Refused when it is not licensed (SR-13).
        """
        if not self.license.allows(SESSION_RECOVERY, self.now):
            raise Refused(messages.NOT_LICENSED)
        self.recovery.configured = True
        return self.in_service and not self.recovery.in_effect

    def no_require_session_recovery(self) -> bool:
        """Take session recovery out of the configuration; return whether a restart is needed."""
        self.recovery.configured = False
        return self.in_service and self.recovery.in_effect

    def recovery_rows(self) -> list[RecoveryRow]:
        """Every CPU that takes part in session recovery, with its counts (SR-27)."""
        rows: list[RecoveryRow] = []
        for cpu, count in self.tasks.counts(self.now).items():
            state = self.hardware.cards[cpu.slot].state
            good = recovery_rules.cpu_is_good(self.tasks, cpu, self.now)
            rows.append(RecoveryRow(cpu, state, count, good))
        return rows if self.recovery.in_effect else []

    # Configuration that the model acts on

    def create_context(self, name: str) -> Context:
        """The context `name`, created when it is not there.

        The first context besides `local` puts the system in service: what is configured then of
        session recovery is what takes effect (SR-16, SR-22).
        """
        if not self.in_service and name not in self.contexts.by_name:
            self.contexts.create(name)
            allowed = self.license.allows(SESSION_RECOVERY, self.now)
            self.recovery.in_effect = self.recovery.configured and allowed
        context = self.contexts.create(name)
        self.match_tasks()
        return context

    def remove_context(self, name: str) -> None:
        """Remove a context; its services stop and their sessions end. Raises Refused."""
        self.contexts.remove(name)
        self.users.remove_context(name)
        self.services_changed()

    def ports(self, slot: int) -> tuple[int, ...]:
        """The numbers of the ports of the card in a slot; none when there is no card."""
        card = self.hardware.cards.get(slot)
        return card.kind.ports if card else ()

    def services_changed(self) -> None:
        """To be called after services were started or stopped."""
        self.end_sessions_without_service()
        self.match_tasks()


def _fullest(homes: dict[int, Cpu], number: int) -> int:
    """The most instances that any one card has on its CPU of that number."""
    load: dict[int, int] = {}
    for cpu in homes.values():
        if cpu.number == number:
            load[cpu.slot] = load.get(cpu.slot, 0) + 1
    return max(load.values(), default=0)
