"""The chassis: everything together, and how it starts."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from enum import Enum

from msgspec import Struct

from staros_cli import messages
from staros_cli.chassis import recovery as recovery_rules
from staros_cli.chassis.access import SESSION_TYPE_OF_SERVICE
from staros_cli.chassis.boot_stack import BootEntry, BootStack
from staros_cli.chassis.calls import Callers
from staros_cli.chassis.card_faults import CardFaults
from staros_cli.chassis.cards import Cards
from staros_cli.chassis.clock import Clock, Timeline
from staros_cli.chassis.contexts import Context, Contexts
from staros_cli.chassis.crashes import CrashList
from staros_cli.chassis.definition import Definition
from staros_cli.chassis.events import EventStream
from staros_cli.chassis.hardware import Hardware
from staros_cli.chassis.licence import SESSION_RECOVERY, SESSION_TYPES, LicenseSlot
from staros_cli.chassis.rct import RctStats
from staros_cli.chassis.rebuilding import Rebuilding
from staros_cli.chassis.recovery import CHECK_PERIOD, Effect, RecoveryRow, SessionRecovery
from staros_cli.chassis.sessions import SessionTable
from staros_cli.chassis.storage import Storage
from staros_cli.chassis.subscribers import Group
from staros_cli.chassis.task_control import TaskControl
from staros_cli.chassis.task_faults import TaskFaults
from staros_cli.chassis.tasks import TaskTable
from staros_cli.chassis.users import Users
from staros_cli.messages import Refused

# How long the parts of a start take, in seconds of chassis time (chosen: a real chassis takes
# minutes, of which a trainee learns nothing).
CONFIGURATION_AFTER = 1.2
BOOT_TIME = 2.0
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


CONSOLE_HISTORY = 100
"""How many lines of the console are kept for who has not seen them."""


class Console:
    """What the console has told. `count` is the number of lines so far."""

    def __init__(self) -> None:
        self.count = 0
        self._records: deque[BootRecord] = deque(maxlen=CONSOLE_HISTORY)

    def add(self, record: BootRecord) -> None:
        """Tell a line."""
        self.count += 1
        self._records.append(record)

    def since(self, count: int) -> list[BootRecord]:
        """The lines after the first `count`, as far as they are kept."""
        new = min(self.count - count, len(self._records))
        return list(self._records)[len(self._records) - new :]


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
        self.sessions = SessionTable([Group(group) for group in form.subscribers])
        self.callers = Callers(
            form.calls, self.rng, self.sessions, self.contexts, self.license, self.tasks
        )
        self.recovery = SessionRecovery()
        self.users = Users(salt or random.Random(form.seed).randbytes)
        self.task_control = TaskControl(
            definition, self.timeline, self.hardware, self.contexts, self.tasks, self.recovery
        )
        self.events = EventStream()
        self.crashes = CrashList()
        self.rct = RctStats(definition.rct_records())
        self.rebuilding = Rebuilding(self)
        self.task_faults = TaskFaults(self)
        self.cards = Cards(self)
        self.card_faults = CardFaults(self, self.cards)
        self.hostname = self.default_hostname
        self.booted_at = self.now
        self.is_up = False
        self.booted_from: BootEntry | None = None
        self.console = Console()
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
        self.is_up = False
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
        self.cards.restart()
        card = self.hardware.active_management
        self._tell(BootStep.GOING_DOWN)
        self._tell_after(0.4, BootStep.MANAGEMENT_CARD, str(card.slot))
        self.timeline.after(0.8, self._find_image)
        self.timeline.after(CONFIGURATION_AFTER, self._configure)
        packet = self.hardware.active_packet + self.hardware.standby_packet
        self._tell_after(1.6, BootStep.CARDS, ", ".join(str(card.slot) for card in packet))
        self.timeline.after(BOOT_TIME, self._up)

    def restart_after(self, reason: str) -> None:
        """Restart the system because something failed that it cannot do without (SR-12)."""
        self.events.add(self.now, "SystemReboot", reason=reason)
        self.reload()

    def _reset(self) -> None:
        self.rebuilding.clear()
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
        try:
            entries = self.boot_stack.entries()
        except Refused:  # What loads the configuration tells why.
            entries = []
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
        self.task_control.start_system(at)
        self.match_tasks(at)
        self.cards.watch_single_points()
        self._check_recovery(at)
        self.timeline.at(max(at, self.now) + FIRST_CHECK_AFTER, self._periodic_check)
        self.timeline.after(1.0, self._take_calls)

    def _tell(self, step: BootStep, detail: str = "") -> None:
        self.console.add(BootRecord(self.now, step, detail))

    def _tell_after(self, seconds: float, step: BootStep, detail: str) -> None:
        self.timeline.after(seconds, lambda: self._tell(step, detail))

    def match_tasks(self, at: float | None = None) -> None:
        """Start and stop tasks so that they match contexts and services.

        `at` is when they begin to start, now unless told otherwise.
        """
        if self.is_up:
            begin = self.now if at is None else at
            self.task_control.match(begin, sessions_wait=self.cards.sessions_wait)

    # Calls

    def _take_calls(self) -> None:
        self.callers.tick(self.now)
        self._note_peaks()
        self.timeline.after(1.0, self._take_calls)

    def lose_sessions(self, sessmgrs: set[int]) -> int:
        """End all sessions of some sessmgr instances and return how many there were (SR-03)."""
        rows = self.sessions.rows_of_sessmgrs(sessmgrs)
        for row in rows:
            self.callers.end(row)
        return len(rows)

    def _note_peaks(self) -> None:
        for session_type in {SESSION_TYPE_OF_SERVICE[s.kind] for _, s in self.contexts.services()}:
            in_use = self.sessions.count_of_type(session_type)
            if in_use > self.session_peaks.get(session_type, (0, 0.0))[0]:
                self.session_peaks[session_type] = (in_use, self.now)

    def session_use(self) -> list[SessionUse]:
        """Sessions in use and allowed, for every kind of service that is configured or licensed."""
        types = {SESSION_TYPE_OF_SERVICE[s.kind] for _, s in self.contexts.services()}
        found: list[SessionUse] = []
        for session_type in SESSION_TYPES:
            limit = self.license.session_limit(session_type, self.now)
            if session_type in types or limit:
                peak, peak_at = self.session_peaks.get(session_type, (0, 0.0))
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
        places = {group.place for group in self.sessions.groups} - started
        for row in self.sessions.rows_of_places(places):
            self.callers.end(row)

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

    def require_session_recovery(self) -> Effect:
        """Configure session recovery; tells when that takes effect.

        Raises Refused when it is not licensed (SR-13). While the system starts it is configured
        all the same, and the system runs without it (SR-24).
        """
        if self.license.allows(SESSION_RECOVERY, self.now):
            self.recovery.configured = True
            late = self.in_service and not self.recovery.in_effect
            return Effect.AFTER_RELOAD if late else Effect.NOW
        if self.is_up:
            raise Refused(messages.NOT_LICENSED)
        self.recovery.configured = True
        return Effect.UNLICENSED

    def no_require_session_recovery(self) -> Effect:
        """Take session recovery out of the configuration; tells when that takes effect (SR-23)."""
        self.recovery.configured = False
        late = self.in_service and self.recovery.in_effect
        return Effect.AFTER_RELOAD if late else Effect.NOW

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
