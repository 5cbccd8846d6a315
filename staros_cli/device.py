"""Device, the public face of the emulator: a chassis, its configuration and its clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from math import inf
from pathlib import Path
from types import TracebackType

from msgspec.structs import replace

from staros_cli import state_lock
from staros_cli.chassis import calendar
from staros_cli.chassis.cards import CardFault
from staros_cli.chassis.chassis import Chassis
from staros_cli.chassis.clock import Clock, ManualClock
from staros_cli.chassis.definition import Definition, load
from staros_cli.chassis.environment import FAILED, REMOVED
from staros_cli.chassis.events import Event
from staros_cli.chassis.privilege import Privilege
from staros_cli.chassis.rct import CARD_FAILURE
from staros_cli.chassis.storage import Storage
from staros_cli.commands.injection import play
from staros_cli.configuration.system import System
from staros_cli.emulator import build, directory_storage
from staros_cli.errors import StarosError
from staros_cli.scenarios.play import Play
from staros_cli.scenarios.schema import Scenario
from staros_cli.scenarios.schema import load as load_scenario
from staros_cli.shell.replies import Awaits, Reply
from staros_cli.shell.session import CliSession

DEFAULT_START = calendar.moment("2026-03-27T17:12:25Z")
"""Where the clock of a device stands unless it is told, in seconds since 1970 UTC."""

SETTLE = 30.0
"""Seconds after a restart by which tasks are up and session recovery was checked."""


class CommandFailed(StarosError):
    """A line that the device refused; `line` and `reply` tell which and how."""

    def __init__(self, line: str, reply: Reply) -> None:
        super().__init__(f"{line}: {reply.text.strip()}")
        self.line = line
        self.reply = reply


class Device:
    """A chassis with its configuration and a clock that stands still until it is moved.

        with Device("vpc-si") as device:
            device.configure("require session recovery")
            device.save()
            device.reload()
            print(device.run("show session recovery status").text)

    Same definition, seed, start and acts: the same output, to the byte.
    """

    def __init__(
        self,
        chassis: str | Path | Definition = "asr5500",
        *,
        start: float | datetime = DEFAULT_START,
        seed: int | None = None,
        state: str | Path | None = None,
        storage: Storage | None = None,
        clock: Clock | None = None,
        salt: Callable[[int], bytes] | None = None,
    ) -> None:
        """Switch a chassis on.

        `chassis` is the name of a built-in definition, a definition file, or a Definition; `seed`
        replaces that of the definition. `start` is what its clock shows, in seconds since 1970 UTC
        or as a time with zone. Its files live in memory, unless `state` names a directory for
        them, or `storage` is given. Another `clock` than a manual one runs by itself. `salt` gives
        random bytes for stored passwords; without it they follow from the seed.

        Raises DefinitionError for a definition that cannot be used, StateError for a directory
        that cannot.
        """
        if isinstance(start, datetime):
            start = start.timestamp()
        definition = chassis if isinstance(chassis, Definition) else load(str(chassis))
        if seed is not None:
            definition = Definition(definition.name, replace(definition.schema, seed=seed))
        self.definition = definition
        self.clock: Clock = clock or ManualClock(start)
        self._root = Path(state) if state is not None else None
        if self._root is not None:
            storage = directory_storage(self._root, definition, self.clock.now())
        self.system: System = build(definition, self.clock, storage, salt)
        self._console: CliSession | None = None

    # Sessions

    @property
    def chassis(self) -> Chassis:
        """The model: cards, tasks, sessions, records."""
        return self.system.chassis

    @property
    def console(self) -> CliSession:
        """The session of a security administrator at the console; it outlives restarts."""
        if self._console is None or self._console.awaits is Awaits.NOTHING:
            self._console = self.session("admin", terminal="/dev/console", console=True)
        return self._console

    def session(
        self,
        user: str = "admin",
        privilege: str | Privilege = Privilege.SECURITY,
        *,
        length: int = 0,
        width: int = 80,
        terminal: str = "/dev/pts/0",
        console: bool = False,
    ) -> CliSession:
        """A new session of a user of a level: security, administrator, operator or inspector.

        `length` is the lines of a page, 0 for no paging. Raises ValueError for another level.
        """
        level = Privilege.named(privilege)
        return CliSession(
            self.system, user, level, terminal, length=length, width=width, console=console
        )

    def run(self, *lines: str, check: bool = True) -> Reply:
        """Type lines at the console, commands or answers; returns the reply to the last.

        A command that takes chassis time, such as `ping`, lets it pass; where the clock runs by
        itself, its reply is what it has shown so far. Raises CommandFailed at the first line that
        is refused, unless `check` is false.
        """
        if not lines:
            raise ValueError("expected at least one line")
        for line in lines:
            reply = self._finished(self.console.handle(line))
            if check and reply.failed:
                raise CommandFailed(line, reply)
        return reply

    def completed(self, reply: Reply) -> Reply:
        """A reply with all lines that come without time passing: long outputs come in steps."""
        lines: list[str] = []
        while reply.awaits is Awaits.TURN and self._waits_until <= self.now:
            lines += reply.lines
            reply = self.console.poll()
        return replace(reply, lines=[*lines, *reply.lines]) if lines else reply

    @property
    def _waits_until(self) -> float:
        """When the command that waits goes on at the latest, in seconds since 1970 UTC."""
        ends_at = self.console.ends_waiting_at
        return inf if ends_at is None else ends_at

    def _finished(self, reply: Reply) -> Reply:
        """A reply with all of its lines; time passes as far as the command needs it."""
        reply = self.completed(reply)
        lines: list[str] = []
        while reply.awaits is Awaits.TURN and isinstance(self.clock, ManualClock):
            lines += reply.lines
            due = self.chassis.timeline.next_due
            until = min(self._waits_until, inf if due is None else due)
            self.clock.advance_to_event(until - self.now)
            reply = self.completed(self.console.poll())
        return replace(reply, lines=[*lines, *reply.lines]) if lines else reply

    def configure(self, *lines: str, check: bool = True) -> str:
        """Type lines in Global Configuration and go back to Exec; returns what was printed.

        Raises CommandFailed as `run` does; what went before stays configured.
        """
        printed = self.run("configure").text
        try:
            for line in lines:
                printed += self.run(line, check=check).text
        finally:
            printed += self.run("end").text
        return printed

    def save(self, url: str = "") -> None:
        """Save the running configuration, to the boot file unless a URL is given.

        Raises CommandFailed when it cannot be saved.
        """
        self.run(f"save configuration {url} -noconfirm")

    # Time

    @property
    def now(self) -> float:
        """The time of the chassis, in seconds since 1970 UTC."""
        return self.clock.now()

    def advance(self, seconds: float) -> str:
        """Let time pass; returns what the console showed meanwhile.

        Raises ValueError for less than 0 seconds, and when the clock runs by itself.
        """
        self._manual.advance(seconds)
        if self._console is None:
            self.chassis.catch_up()
            return ""
        return self._console.poll().text

    def advance_to_event(self) -> str:
        """Let time pass until something happens; returns what the console showed.

        Raises ValueError when the clock runs by itself.
        """
        self._manual.advance_to_event(self.console.seconds_to_next_event)
        return self.console.poll().text

    @property
    def _manual(self) -> ManualClock:
        if not isinstance(self.clock, ManualClock):
            raise ValueError("the clock of this device runs by itself")
        return self.clock

    def reload(self, settle: float = SETTLE) -> str:
        """Restart the system and let it settle; returns what the console showed.

        `settle` is in seconds. Raises ValueError when the clock runs by itself.
        """
        if self.console.state.frames:
            self.run("end")
        return self.run("reload -noconfirm").text + self.advance(settle)

    # Failures

    def fail_task(self, facility: str, instance: int | None = None) -> int:
        """Let one instance of a facility abort, or all; returns how many did. Raises Refused."""
        self.chassis.catch_up()
        return self.chassis.task_faults.kill(facility, instance)

    def fail_card(
        self, slot: int, reason: str = CARD_FAILURE, device: str = "", *, usable: bool = True
    ) -> None:
        """Let a card fail, with the reason and the failed device that its record names.

        A card that is not `usable` stays offline. Raises Refused when the card is not running.
        """
        self.chassis.catch_up()
        self.chassis.card_faults.fail(slot, CardFault(reason, device, usable=usable))

    def fail_cpu(self, slot: int, number: int) -> None:
        """Let a critical task of a CPU fail, and the card with it. Raises Refused."""
        self.chassis.catch_up()
        self.chassis.card_faults.fail_cpu(slot, number)

    def fail_host(self, slot: int, *, usable: bool = True) -> None:
        """Let the host of a virtual card fail. Raises Refused on systems with real cards."""
        self.chassis.catch_up()
        self.chassis.card_faults.fail_host(slot, usable=usable)

    def peer_down(self, address: str, kind: str = "") -> None:
        """Let a peer fall silent: for a protocol such as `gtpc` or `ntp`, or without it for all.

        It stays so until `peer_up`, over restarts as well. Raises Refused without such a peer.
        """
        self.chassis.catch_up()
        self.chassis.peers.fail(address, kind)

    def peer_up(self, address: str, kind: str = "") -> None:
        """Let a peer answer again. Raises Refused when it was not held down."""
        self.chassis.catch_up()
        self.chassis.peers.restore(address, kind)

    def peer_restart(self, address: str, kind: str = "") -> None:
        """Let a peer restart. Raises Refused without such a peer."""
        self.chassis.catch_up()
        self.chassis.peers.restart(address, kind)

    def fail_fan(self, tray: str, *, removed: bool = False) -> None:
        """Let a fan tray such as `upper-rear` fail, or be removed. Raises Refused without it."""
        self.chassis.catch_up()
        self.chassis.environment.fail_fan(tray, REMOVED if removed else FAILED)

    def fail_power(self, unit: str) -> None:
        """Let the power filter unit A or B fail. Raises Refused on virtual systems."""
        self.chassis.catch_up()
        self.chassis.environment.fail_power(unit)

    def overheat(self, slot: int) -> None:
        """Let a card become too hot: it goes down when it stays so. Raises Refused without it."""
        self.chassis.catch_up()
        self.chassis.environment.overheat(slot)

    def play(self, scenario: str | Path | Scenario) -> Play:
        """Begin to play a scenario: its name, its file, or one that was loaded.

        Raises ScenarioError when it cannot be used, Refused when it is being played already.
        """
        self.chassis.catch_up()
        found = scenario if isinstance(scenario, Scenario) else load_scenario(str(scenario))
        return play(self.system, found)

    def fail_link(self, slot: int, port: int) -> None:
        """Let a port lose its link, until `restore_link`. Raises Refused without that port."""
        self.chassis.catch_up()
        self.chassis.ports.fail_link(slot, port)

    def restore_link(self, slot: int, port: int) -> None:
        """Let a port have its link again. Raises Refused when it has not lost it."""
        self.chassis.catch_up()
        self.chassis.ports.restore_link(slot, port)

    def fail_disk(self, slot: int) -> None:
        """Let the disk of a card fail. Raises Refused when the card has none in the array."""
        self.chassis.catch_up()
        self.chassis.environment.fail_disk(slot)

    # Events

    @property
    def events(self) -> Iterable[Event]:
        """The events so far, the oldest first: traps and log lines are views of them."""
        self.chassis.catch_up()
        return tuple(self.chassis.events.log)

    def subscribe(self, reader: Callable[[Event], None]) -> Callable[[], None]:
        """Have `reader` called with every event from now on; returns what ends that."""
        return self.chassis.events.subscribe(reader)

    # The end

    def close(self) -> None:
        """Close the console and let go of the state directory."""
        if self._console is not None:
            self._console.close()
        if self._root is not None:
            state_lock.release(self._root)

    def __enter__(self) -> Device:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
