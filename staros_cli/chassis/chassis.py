"""The chassis: everything together, and how it starts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from staros_cli import messages
from staros_cli.chassis.boot_stack import BootEntry
from staros_cli.chassis.card_records import CardActionEnded, CardRecords
from staros_cli.chassis.cards import CardFault
from staros_cli.chassis.changes import (
    CardsChanged,
    CardStarted,
    CardTookTasks,
    ConfigurationChanged,
    CongestionChanged,
    CpuFailed,
    LinksChanged,
    OutOfMemory,
    SystemFailed,
    SystemStarted,
    SystemStops,
    TaskDied,
    TaskFailed,
    TaskFilled,
    TaskReplaced,
)
from staros_cli.chassis.charging.counters import ChargingChanged
from staros_cli.chassis.clock import Clock
from staros_cli.chassis.console import BootRecord, BootStep, Console
from staros_cli.chassis.contexts import Context
from staros_cli.chassis.crash_records import CrashRecords
from staros_cli.chassis.definition import Definition
from staros_cli.chassis.environment import CardTooHot
from staros_cli.chassis.failed_starts import StartFailed
from staros_cli.chassis.licence import SESSION_RECOVERY, License
from staros_cli.chassis.parts import Parts
from staros_cli.chassis.peers.changes import PathFailed, PeersChanged
from staros_cli.chassis.pools import PoolsChanged
from staros_cli.chassis.recoverable_system import RecoverableSystem
from staros_cli.chassis.recovery import (
    CHECK_PERIOD,
    Effect,
)
from staros_cli.chassis.session_use import SessionUse
from staros_cli.chassis.storage import Storage
from staros_cli.messages import Refused

# How long the parts of a start take, in seconds of chassis time (chosen: a real chassis takes
# minutes, of which a trainee learns nothing).
CONFIGURATION_AFTER = 1.2
BOOT_TIME = 2.0
FIRST_CHECK_AFTER = 4.0
OVER_TEMPERATURE = "CARD_OVER_TEMPERATURE"
"""The reason in the record of a card that got too hot (chosen)."""


class Chassis(RecoverableSystem):
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
        super().__init__(definition, clock, storage, salt)
        self._subscribe(self.parts)
        self.finders.append(self._findings)
        self.hostname = self.default_hostname
        self.booted_at = self.now
        self.is_up = False
        self.booted_from: BootEntry | None = None
        self.console = Console()
        self.starts = 0
        self.load_configuration: Callable[[], Iterator[float]] = lambda: iter(())

    def _subscribe(self, parts: Parts) -> None:
        """Connect what happens to tasks and cards with all that it concerns, in order."""
        on = self.timeline.subscribe
        on(TaskFailed, CrashRecords(parts).add)
        on(TaskFailed, lambda change: self.notices.failed(change.task))
        on(TaskDied, lambda change: self.call_traces.task_died(change.task))
        on(TaskDied, lambda change: self.transfers.task_died(change.task))
        on(TaskReplaced, lambda _: self._task_replaced())
        on(TaskFilled, lambda change: self.call_traces.task_filled(change.task))
        on(TaskFilled, lambda _: self._task_filled())
        on(CpuFailed, lambda change: self.card_faults.cpu_failed(change.cpu))
        on(SystemFailed, lambda change: self._restart_after(change.reason))
        on(SystemStops, lambda _: self.card_actions.system_restarts())
        on(SystemStops, lambda _: self.card_faults.system_restarts())
        on(CardStarted, lambda change: self.task_control.start_card(change.card, self.now))
        on(CardTookTasks, self.card_faults.start_again)
        on(CardTookTasks, lambda _: self.match_tasks())
        on(CardsChanged, lambda _: self.task_control.refill_standby())
        on(CardsChanged, lambda _: self.cards.watch_single_points())
        on(CardsChanged, lambda _: self._cards_changed())
        on(CardTooHot, self._card_too_hot)
        on(CardActionEnded, CardRecords(parts, self.cards).add)
        on(OutOfMemory, lambda change: self.task_faults.fail(change.task))
        on(CongestionChanged, lambda _: self.callers.wake())
        on(LinksChanged, lambda _: self._links_changed())
        on(SystemStarted, lambda _: self.ports.system_started(self.booted_at))
        on(PathFailed, self._path_failed)
        on(PeersChanged, lambda _: self.credit.configure())
        on(PeersChanged, lambda _: self.srp.judge())
        on(PeersChanged, lambda _: self.callers.wake())
        on(ChargingChanged, lambda _: self.credit.configure())
        on(ChargingChanged, lambda _: self.callers.wake())
        on(PoolsChanged, lambda _: self.callers.wake())

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
        self.booted_at = self.now - self.definition.schema.uptime
        self._reset()
        try:
            for _ in self.load_configuration():
                pass
        except StartFailed:
            self.power_on()
            return
        self._come_up(self.booted_at)
        self.timeline.publish(SystemStarted())
        if self.definition.schema.uptime:
            uptime = float(self.definition.schema.uptime)
            self.callers.attach(self.callers.total, self.now, longest=uptime)
            self.srp.settle()
            self.calls_changed()
            self.timeline.catch_up()

    def reload(self) -> None:
        """Restart the system. Sessions end, tasks stop; it is up again after BOOT_TIME (SR-20)."""
        self.timeline.publish(SystemStops())
        self.events.add(self.now, "SystemReboot", **self._identity())
        self.timeline.clear()
        self._reset()
        self.is_up = False
        self.starts += 1
        self.cards.restart()
        card = self.hardware.active_management
        self._show(BootStep.GOING_DOWN)
        self._show_after(0.4, BootStep.MANAGEMENT_CARD, str(card.slot))
        self.timeline.after(0.8, self._find_image)
        self.timeline.after(CONFIGURATION_AFTER, self._configure)
        packet = self.hardware.active_packet + self.hardware.standby_packet
        self._show_after(1.6, BootStep.CARDS, ", ".join(str(card.slot) for card in packet))

    def _restart_after(self, reason: str) -> None:
        """Restart the system because something failed that it cannot do without (SR-12)."""
        self.events.add(self.now, "System restart", reason=reason)
        self.reload()

    def _identity(self) -> dict[str, object]:
        """How traps name the chassis."""
        return {
            "platform": self.platform.title,
            "description": messages.LOGIN_BANNER(platform=self.platform.banner),
            "version": self.definition.schema.software.version,
        }

    def _reset(self) -> None:
        self.srp.system_stops()
        self.call_traces.clear()
        self.transfers.clear()
        self.notices.clear()
        self.loads.clear()
        self.sessions.clear()
        self.tasks.clear()
        self.callers.clear()
        self.contexts.clear()
        self.routing.changed()
        self.pools.clear()
        self.port_traffic.clear()
        self.charging.clear()
        self.credit.clear()
        self.message_rates.clear()
        self.clear_statistics()
        self.congestion.clear()
        self.time_limits.clear()
        self.peers.clear()
        self.remove_license()
        self.recovery.clear()
        self.users.clear()
        self.hostname = self.default_hostname
        self._peaks.clear()

    def _find_image(self) -> None:
        try:
            entries = self.boot_stack.entries()
        except Refused:  # The start from it shows why.
            entries = []
        self._show(BootStep.IMAGE, entries[0].image if entries else "")

    def _configure(self) -> None:
        self._read_on(self.load_configuration(), self.now - CONFIGURATION_AFTER + BOOT_TIME)

    def _read_on(self, reading: Iterator[float], up_at: float) -> None:
        """Read a slice of the configuration; the system is up when all of it has been read.

        A large one takes its time, so that a server does not stand still meanwhile. When that
        fails, the system starts again.
        """
        try:
            for pause in reading:
                self.timeline.after(pause, lambda: self._read_on(reading, up_at))
                return
        except StartFailed as error:
            self._restart_after(str(error))
            return
        self._show(BootStep.CONFIGURATION, self.booted_from.config if self.booted_from else "")
        self.timeline.at(max(self.now, up_at), self._up)

    def _up(self) -> None:
        self.booted_at = self.now
        self._come_up(self.now)
        self.events.add(self.now, "SystemStartup", **self._identity())
        self.cards.announce()
        self._show(BootStep.UP, self.hostname)
        # Last, since what waits for the start may end it.
        self.timeline.publish(SystemStarted())

    def _come_up(self, at: float) -> None:
        self.is_up = True
        self.cards.take_roles()
        self.task_control.start_system(at)
        self.match_tasks(at)
        self.cards.watch_single_points()
        self.pools.look()
        self.port_traffic.look()
        self.charging.look()
        self.congestion.configure()
        self.peers.start(at, quiet=at < self.now)
        self.srp.start(at, quiet=at < self.now)
        self._check_recovery(at)
        self.timeline.every(CHECK_PERIOD, at + FIRST_CHECK_AFTER, self._check_recovery)
        self.callers.open(max(at, self.now))

    def _show(self, step: BootStep, detail: str = "") -> None:
        self.console.add(BootRecord(self.now, step, detail))

    def _show_after(self, seconds: float, step: BootStep, detail: str) -> None:
        self.timeline.after(seconds, lambda: self._show(step, detail))

    def match_tasks(self, at: float | None = None) -> None:
        """Start and stop tasks so that they match contexts and services.

        `at` is when they begin to start, now if it is not given.
        """
        if self.is_up and not self.reading:
            begin = self.now if at is None else at
            self.task_control.match(begin, sessions_wait=self.cards.sessions_wait)
            self.callers.wake()

    # Calls

    def _task_filled(self) -> None:
        """A task has come up that others waited for."""
        self.loads.look(self.now)
        self.callers.wake()

    def _task_replaced(self) -> None:
        """A task has died: what that means shows at once (SR-05)."""
        self.task_control.refill_standby()
        self._check_recovery(self.now)
        self.calls_changed()
        self.callers.wake()

    def _cards_changed(self) -> None:
        """Cards have come up or gone down."""
        if self.is_up:
            self._check_recovery(self.now)
            self.environment.look()
            self.ports.cards_changed()
            if self.links.lost:
                self._links_changed()
            self.port_traffic.look()
            self.callers.wake()

    def _links_changed(self) -> None:
        """Other ports carry frames now, or none do: interfaces come up and go down."""
        if self.is_up:
            self.services_changed()

    def _card_too_hot(self, change: CardTooHot) -> None:
        """A card that stays too hot goes down, and stays so until an operator brings it back."""
        card = self.hardware.cards[change.slot]
        if self.is_up and card in self.hardware.running:
            self.card_faults.fail(card.slot, CardFault(OVER_TEMPERATURE, usable=False))

    def session_use(self) -> list[SessionUse]:
        """Sessions in use and allowed, for every kind of service that is configured or licensed."""
        return self._peaks.use(self.now)

    def end_sessions_without_service(self) -> None:
        """End the sessions whose service is gone or stopped."""
        started = {(context.name, service.name) for context, service in self.contexts.started()}
        places = {group.place for group in self.sessions.groups} - started
        for row in self.sessions.rows_of_places(places):
            self.callers.end(row)

    def _path_failed(self, failure: PathFailed) -> None:
        """A path of GTP failed: the calls through it end."""
        for row in failure.rows:
            self.callers.end(row, failure.reason)
        self.calls_changed()
        self.callers.wake()

    # Configuration that the model acts on

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
        self.configuration_changed()
        if self.is_up:
            self.card_actions.shut_down(self.cards.read().down)
        licensed = self.license.allows(SESSION_RECOVERY, self.now)
        return Effect.NOW if licensed or not self.recovery.configured else Effect.UNLICENSED

    def create_context(self, name: str) -> Context:
        """The context `name`, created when it is not there.

        The first context besides `local` puts the system in service: what is configured then of
        session recovery is what takes effect (SR-16, SR-22).
        """
        first = not self.in_service and name not in self.contexts.by_name
        context = self.contexts.create(name)
        if first:
            self.recovery.claim()
            if not self.reading:
                self._enter_service()
        self.match_tasks()
        return context

    def install_license(self, text: str) -> License:
        """Install a licence key in place of any other. Raises Refused when it is damaged."""
        license = self._license_expiry.install(text)
        self.callers.wake()
        return license

    def cut_license_short(self, seconds: float | None) -> None:
        """Let the license run out so many seconds from now; None lets it last. Raises Refused."""
        self._license_expiry.cut_short(seconds)
        self.callers.wake()

    def remove_license(self) -> None:
        """Take the licence key out."""
        self._license_expiry.remove()

    def remove_context(self, name: str) -> None:
        """Remove a context; its services stop and their sessions end. Raises Refused."""
        self.contexts.remove(name)
        self.users.remove_context(name)
        self.services_changed()

    def services_changed(self) -> None:
        """To be called after services were started or stopped."""
        self._note_coverage()
        self.end_sessions_without_service()
        self.configuration_changed()
        self.match_tasks()
        self.calls_changed()
        self.callers.wake()

    def configuration_changed(self) -> None:
        """To be called after lines that the model reads from the configuration were changed."""
        if self.ports.look() and not self.reading:
            self.services_changed()
            return
        if self.is_up and not self.reading:
            self.pools.look()
            self.time_limits.look()
            self.port_traffic.look()
            self.charging.changed()
            self.congestion.configure()
            self.peers.look()
            self.srp.look()
            self.timeline.publish(ConfigurationChanged())
