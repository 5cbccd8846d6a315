"""The chassis: everything together, and how it starts."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterator
from enum import Enum

from msgspec import Struct

from staros_cli import messages
from staros_cli.chassis import calendar
from staros_cli.chassis import recovery as recovery_rules
from staros_cli.chassis.access import SESSION_TYPE_OF_SERVICE, not_covered
from staros_cli.chassis.boot_stack import BootEntry, BootStack
from staros_cli.chassis.calls import Callers
from staros_cli.chassis.card_actions import CardActions
from staros_cli.chassis.card_faults import CardFaults
from staros_cli.chassis.cards import Cards
from staros_cli.chassis.clock import Clock, Timeline
from staros_cli.chassis.contexts import Context, Contexts
from staros_cli.chassis.crashes import CrashList
from staros_cli.chassis.definition import Definition
from staros_cli.chassis.events import EventStream
from staros_cli.chassis.hardware import Hardware
from staros_cli.chassis.licence import SESSION_RECOVERY, SESSION_TYPES, License, LicenseSlot
from staros_cli.chassis.loads import LoadWatch
from staros_cli.chassis.notices import TaskNotices
from staros_cli.chassis.rct import RctStats
from staros_cli.chassis.recovery import (
    CHECK_PERIOD,
    Effect,
    Readiness,
    RecoveryRow,
    SessionRecovery,
)
from staros_cli.chassis.sessions import SessionTable
from staros_cli.chassis.state_transfer import StateTransfers
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
    `load_configuration` is called at every start, when the configuration has to be read, and does
    so a slice at a time; it stands for the part of the system that reads configuration files.
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
            form.calls,
            self.rng,
            self.sessions,
            self.contexts,
            self.license,
            self.tasks,
            self.timeline,
            self.calls_changed,
        )
        self.recovery = SessionRecovery()
        self.users = Users(salt or random.Random(form.seed).randbytes)
        self.task_control = TaskControl(
            definition, self.timeline, self.hardware, self.contexts, self.tasks, self.recovery
        )
        self.events = EventStream()
        self.crashes = CrashList()
        self.rct = RctStats(definition.rct_records())
        self.notices = TaskNotices(self.timeline, self.events, self.tasks)
        self.transfers = StateTransfers(self)
        self.loads = LoadWatch(self.sessions, self.tasks, self.events)
        self.task_faults = TaskFaults(self)
        self.cards = Cards(self)
        self.card_actions = CardActions(self, self.cards)
        self.card_faults = CardFaults(self, self.cards, self.card_actions)
        self.hostname = self.default_hostname
        self.booted_at = self.now
        self.is_up = False
        self.booted_from: BootEntry | None = None
        self.console = Console()
        self.session_peaks: dict[str, tuple[int, float]] = {}
        self.starts = 0
        self.reading = False
        self.load_configuration: Callable[[], Iterator[float]] = lambda: iter(())

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
        for _ in self.load_configuration():
            pass
        self._come_up(self.booted_at)
        if self.definition.form.uptime:
            uptime = float(self.definition.form.uptime)
            self.callers.attach(self.callers.total, self.now, longest=uptime)
            self.calls_changed()
            self.timeline.catch_up()

    def reload(self) -> None:
        """Restart the system. Sessions end, tasks stop; it is up again after BOOT_TIME (SR-20)."""
        self.card_actions.system_restarts()
        self.card_faults.system_restarts()
        self.events.add(self.now, "SystemReboot", **self._identity())
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

    def restart_after(self, reason: str) -> None:
        """Restart the system because something failed that it cannot do without (SR-12)."""
        self.events.add(self.now, "System restart", reason=reason)
        self.reload()

    def _identity(self) -> dict[str, object]:
        """How traps name the chassis."""
        return {
            "platform": self.platform.title,
            "description": messages.LOGIN_BANNER(platform=self.platform.banner),
            "version": self.definition.form.software.version,
        }

    def _reset(self) -> None:
        self.transfers.clear()
        self.notices.clear()
        self.loads.clear()
        self.sessions.clear()
        self.tasks.clear()
        self.callers.clear()
        self.contexts.clear()
        self.remove_license()
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
        self._read_on(self.load_configuration(), self.now - CONFIGURATION_AFTER + BOOT_TIME)

    def _read_on(self, reading: Iterator[float], up_at: float) -> None:
        """Read a slice of the configuration; the system is up when all of it has been read.

        A large one takes its time, so that a server does not stand still meanwhile.
        """
        for pause in reading:
            self.timeline.after(pause, lambda: self._read_on(reading, up_at))
            return
        self._tell(BootStep.CONFIGURATION, self.booted_from.config if self.booted_from else "")
        self.timeline.at(max(self.now, up_at), self._up)

    def _up(self) -> None:
        self.booted_at = self.now
        self._come_up(self.now)
        self.events.add(self.now, "SystemStartup", **self._identity())
        self.cards.announce()
        self._tell(BootStep.UP, self.hostname)

    def _come_up(self, at: float) -> None:
        self.is_up = True
        self.task_control.start_system(at)
        self.match_tasks(at)
        self.cards.watch_single_points()
        self._check_recovery(at)
        self.timeline.every(CHECK_PERIOD, at + FIRST_CHECK_AFTER, self._check_recovery)
        self.callers.open(max(at, self.now))

    def _tell(self, step: BootStep, detail: str = "") -> None:
        self.console.add(BootRecord(self.now, step, detail))

    def _tell_after(self, seconds: float, step: BootStep, detail: str) -> None:
        self.timeline.after(seconds, lambda: self._tell(step, detail))

    def match_tasks(self, at: float | None = None) -> None:
        """Start and stop tasks so that they match contexts and services.

        `at` is when they begin to start, now unless told otherwise.
        """
        if self.is_up and not self.reading:
            begin = self.now if at is None else at
            self.task_control.match(begin, sessions_wait=self.cards.sessions_wait)
            self.callers.wake()

    # Calls

    def calls_changed(self) -> None:
        """To be called after calls have come or gone."""
        self._note_peaks()
        self.loads.look(self.now)

    def tasks_changed(self) -> None:
        """To be called when a task has come up that others waited for."""
        self.loads.look(self.now)
        self.callers.wake()

    def tasks_lost(self) -> None:
        """To be called when a task has died: what that means shows at once (SR-05)."""
        self.task_control.refill_standby()
        self._check_recovery(self.now)
        self.calls_changed()
        self.callers.wake()

    def hardware_changed(self) -> None:
        """To be called when cards have come up or gone down."""
        if self.is_up:
            self._check_recovery(self.now)
            self.callers.wake()

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
        started = {(context.name, service.name) for context, service in self.contexts.started()}
        places = {group.place for group in self.sessions.groups} - started
        for row in self.sessions.rows_of_places(places):
            self.callers.end(row)

    # Session recovery

    def _check_recovery(self, at: float) -> None:
        """Look at what the system could recover at a time: the check of SR-25."""
        recovery = self.recovery
        if not recovery.in_effect:
            waits = recovery.configured and not self.in_service
            licensed = self.license.allows(SESSION_RECOVERY, at)
            not_yet = waits and licensed
            recovery.judge(Readiness.NOT_READY if not_yet else Readiness.NOT_ENABLED, at)
            return
        shortage = self.task_control.shortage()
        missing = recovery_rules.missing_cards(self.hardware)
        ready = recovery_rules.all_up(self.tasks, at)
        if shortage:
            recovery.judge(Readiness.LACKING, at, f"no {shortage} for standby-mode tasks")
        elif missing:
            reason = f"task recovery only, {missing}" if ready else missing
            recovery.judge(Readiness.LACKING, at, reason)
        else:
            recovery.judge(Readiness.READY if ready else Readiness.NOT_READY, at)

    def not_covered(self, group: int) -> str:
        """Why session recovery does not cover a group of sessions, or nothing (SR-07, SR-08)."""
        found = self.sessions.groups[group]
        services = frozenset(service.kind for _, service in self.contexts.started())
        return not_covered(found.kind, found.form.trait, self.platform.name, services)

    @property
    def in_service(self) -> bool:
        """Whether the system has contexts or runs session tasks (SR-16, SR-17)."""
        return self.contexts.any_configured or recovery_rules.tasks_of_sessions(self.tasks)

    def require_session_recovery(self) -> Effect:
        """Configure session recovery; tells when that takes effect.

        Raises Refused when it is not licensed (SR-13). While a configuration is being read, that is
        judged when all of it has been read.
        """
        if self.reading or self.license.allows(SESSION_RECOVERY, self.now):
            self.recovery.configured = True
            late = self.in_service and not self.recovery.in_effect and not self.recovery.claimed
            return Effect.AFTER_RELOAD if late else Effect.NOW
        raise Refused(messages.NOT_LICENSED)

    def no_require_session_recovery(self) -> Effect:
        """Take session recovery out of the configuration; tells when that takes effect (SR-23)."""
        self.recovery.configured = False
        late = self.in_service and (self.recovery.in_effect or bool(self.recovery.claimed))
        return Effect.AFTER_RELOAD if late else Effect.NOW

    def begin_reading(self) -> None:
        """A configuration file is being read from now on."""
        self.reading = True

    def pause_reading(self) -> None:
        """The file goes on later; what others do meanwhile is judged as always."""
        self.reading = False

    def end_reading(self) -> Effect:
        """A configuration file has been read: bring into effect what it says.

        The license is judged now, wherever its key stood in the file (SR-22, SR-24). Returns
        UNLICENSED when session recovery is configured without it.
        """
        self.reading = False
        self._enter_service()
        self.match_tasks()
        licensed = self.license.allows(SESSION_RECOVERY, self.now)
        return Effect.NOW if licensed or not self.recovery.configured else Effect.UNLICENSED

    def _enter_service(self) -> None:
        """Contexts were created on a system without any: session recovery takes effect (SR-16).

        Without a license the system runs without it, and says so in the log (SR-24).
        """
        recovery, claimed = self.recovery, self.recovery.claimed
        if claimed is None:
            return
        recovery.claimed = None
        recovery.in_effect = claimed and self.license.allows(SESSION_RECOVERY, self.now)
        if claimed and not recovery.in_effect:
            reason = "configured and not licensed, the system runs without it"
            self.events.add(self.now, "Session recovery", reason=reason)
        self.sessions.checkpointing = recovery.in_effect

    def _note_coverage(self) -> None:
        groups = range(len(self.sessions.groups))
        self.sessions.covered = frozenset(n for n in groups if not self.not_covered(n))

    @property
    def runs_without_recovery(self) -> bool:
        """Whether session recovery is configured, not licensed, and not in effect (SR-24)."""
        recovery = self.recovery
        licensed = self.license.allows(SESSION_RECOVERY, self.now)
        return recovery.configured and not recovery.in_effect and not licensed

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
        first = not self.in_service and name not in self.contexts.by_name
        context = self.contexts.create(name)
        if first:
            self.recovery.claimed = self.recovery.configured
            if not self.reading:
                self._enter_service()
        self.match_tasks()
        return context

    def install_license(self, text: str) -> License:
        """Install a licence key in place of any other. Raises Refused when it is damaged."""
        license = self.license.install(text)
        self.events.end_alarm("LicenseExpired")
        if license.expires is not None and self.license.matches():
            if license.expires <= self.now:
                self._license_expires(license)
            else:
                self.timeline.at(license.expires, lambda: self._license_expires(license))
        self.callers.wake()
        return license

    def remove_license(self) -> None:
        """Take the licence key out."""
        self.license.remove()
        self.events.end_alarm("LicenseExpired")

    def _license_expires(self, license: License) -> None:
        """A key has run out, unless another has taken its place: calls stay, none are added."""
        if license is not self.license.license or license.expires is None:
            return
        self.events.add(
            self.now,
            "LicenseExpired",
            key=license.number,
            date=calendar.long_date(license.expires),
            days=int((self.now - license.expires) // 86400),
        )

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
        self._note_coverage()
        self.end_sessions_without_service()
        self.match_tasks()
        self.calls_changed()
        self.callers.wake()
