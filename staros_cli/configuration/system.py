"""A running system: the chassis with its running configuration and its start from a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from staros_cli import messages
from staros_cli.chassis.administrators import Administrator
from staros_cli.chassis.boot_stack import BootEntry
from staros_cli.chassis.bulkstats.collector import Source
from staros_cli.chassis.changes import (
    CardsChanged,
    ConfigurationChanged,
    SystemStarted,
    TaskReplaced,
)
from staros_cli.chassis.chassis import Chassis
from staros_cli.chassis.dns import DnsClients
from staros_cli.chassis.failed_starts import MOST_FAILED_STARTS, FailedStarts, StartFailed
from staros_cli.chassis.last_logins import LastLogins
from staros_cli.chassis.locks import ConfigurationLock
from staros_cli.chassis.privilege import Privilege
from staros_cli.chassis.saves import Save, Saves
from staros_cli.chassis.secret_key import SecretKey, of_seed
from staros_cli.chassis.storage import is_file, locate, url_of
from staros_cli.chassis.tasks import Task
from staros_cli.chassis.thresholds.watch import Thresholds
from staros_cli.configuration import (
    addresses,
    bulkstats,
    cards,
    charging,
    congestion,
    dns,
    files,
    link_aggregation,
    peers,
    references,
    routing,
    srp,
    thresholds,
)
from staros_cli.configuration.change_monitor import ChangeMonitor
from staros_cli.configuration.files import Problem
from staros_cli.configuration.opaque import OpaqueLines
from staros_cli.configuration.outside import Outside
from staros_cli.configuration.remote import Remote
from staros_cli.configuration.room import Room
from staros_cli.configuration.tree import Node
from staros_cli.messages import Refused
from staros_cli.printable import printable
from staros_cli.scenarios.play import Scenarios


class Reading(Protocol):
    """A configuration file that is being applied, a slice at a time."""

    @property
    def problems(self) -> list[Problem]:
        """The lines refused so far, or that the system had something to say about."""
        ...

    @property
    def summary(self) -> str:
        """How many lines were taken and refused; empty when none was refused."""
        ...

    @property
    def pause(self) -> float:
        """How many seconds to leave to others before the next slice."""
        ...

    def step(self) -> bool:
        """Apply a slice; returns whether the file has been applied to its end."""
        ...

    def abandon(self) -> None:
        """Apply no more of it: what was applied stays."""
        ...


Reader = Callable[["System", str, str, Privilege], Reading]
"""Begins to apply the text of a file, which came from a URL, with the rights of a privilege."""


class System:
    """A chassis and its running configuration.

    `reader` applies configuration files; it needs the commands, which stand further right.
    `administrators` are those logged in, `lock` guards configuration mode, `saves` are under way,
    `room` is what is left for lines of the configuration, `opaque` the unknown lines it keeps,
    `remote` reaches other machines, None where that is not allowed, `outside` does what takes long,
    in None it is done at once,
    `boot_notes` are what the last start had to say, `problems` the lines it refused,
    `summary` how many those are;
    `scenarios` are played on it; `thresholds` are looked at where that is configured;
    `dns` looks names up; `changes` tells that the configuration was changed;
    `failed_starts` counts those that came to nothing; `last_logins` knows who came from where;
    `secret_key` encrypts what has to be shown again.
    """

    def __init__(
        self,
        chassis: Chassis,
        reader: Reader,
        failed_starts: FailedStarts | None = None,
        last_logins: LastLogins | None = None,
        secret_key: SecretKey | None = None,
    ) -> None:
        self.chassis = chassis
        self.running = Node(mode="config")
        self.room = Room(self.running)
        self.opaque = OpaqueLines(chassis.definition.schema.opaque)
        chassis.finders.append(lambda: references.missing(self.running))
        chassis.routing.read = lambda context: routing.read(self.running, context)
        chassis.ports.read = lambda: link_aggregation.read(self.running)
        chassis.pools.read = lambda: addresses.read(self.running)
        chassis.cards.read = lambda: cards.read(self.running)
        chassis.congestion.read = lambda: congestion.read(self.running)
        chassis.charging.read = lambda: charging.read(self.running)
        chassis.peers.read = lambda: peers.read(self.running)
        chassis.srp.read = lambda: srp.read(self.running, lambda: chassis.peers.configuration)
        chassis.bulkstats.read = lambda: bulkstats.read(self.running)
        chassis.bulkstats.take_from(lambda: _source(chassis))
        self.dns = DnsClients(chassis.contexts, chassis.peers, chassis.timeline)
        self.dns.read = lambda context, name: dns.read(self.running, context, name)
        self.changes = ChangeMonitor(chassis, self.running)
        self.thresholds = Thresholds(chassis)
        self.thresholds.read = lambda: thresholds.read(self.running)
        self.problems: list[Problem] = []
        self.summary = ""
        self.boot_notes: list[str] = []
        self._reader = reader
        self.administrators: list[Administrator] = []
        self.lock = ConfigurationLock()
        self.saves = Saves(chassis.timeline, chassis.definition.schema.save_seconds)
        self.remote: Remote | None = None
        self.outside: Outside | None = None
        self.failed_starts = failed_starts or FailedStarts()
        self.last_logins = last_logins or LastLogins()
        self.secret_key = secret_key or SecretKey(of_seed(chassis.definition.schema.seed))
        chassis.load_configuration = self._boot_configuration
        self.scenarios = Scenarios(chassis)
        self._processes: dict[int, Task] = {}
        chassis.timeline.subscribe(SystemStarted, lambda _: self.failed_starts.succeed())
        chassis.timeline.subscribe(SystemStarted, lambda _: self._start_processes())
        chassis.timeline.subscribe(SystemStarted, lambda _: self.thresholds.start())
        chassis.timeline.subscribe(SystemStarted, lambda _: self.dns.clear())
        chassis.timeline.subscribe(ConfigurationChanged, lambda _: self.thresholds.configure())
        chassis.timeline.subscribe(SystemStarted, lambda _: self.changes.start())
        chassis.timeline.subscribe(ConfigurationChanged, lambda _: self.changes.configure())
        chassis.timeline.subscribe(CardsChanged, lambda _: self._start_processes())
        chassis.timeline.subscribe(TaskReplaced, self._process_aborted)

    def log_in(self, user: Administrator) -> None:
        """A session begins, or goes on."""
        if user not in self.administrators:
            self.administrators.append(user)
        self._start_processes()

    def process(self, user: Administrator) -> Task | None:
        """The process of a session, if it runs."""
        task = self._processes.get(id(user))
        return task if task is not None and self.chassis.tasks.is_alive(task) else None

    def _start_processes(self) -> None:
        """Give every session a process that has none: it begins, or lost it with a card."""
        chassis = self.chassis
        for user in self.administrators if chassis.is_up else ():
            if self.process(user) is None:
                cpu = chassis.task_control.management_cpu
                self._processes[id(user)] = chassis.tasks.start_cli(cpu, chassis.now)

    def _end_process(self, user: Administrator) -> None:
        """End the process of a session, which logs that, if it runs."""
        process, chassis = self.process(user), self.chassis
        self._processes.pop(id(user), None)
        if process is not None:
            chassis.events.add(
                chassis.now,
                "CLI session ended",
                facility=process.facility,
                instance=process.instance,
                level=user.privilege.title,
                user=user.name,
                terminal=user.terminal,
            )
            chassis.tasks.remove(process)

    def _process_aborted(self, change: TaskReplaced) -> None:
        """The process of a session aborted: the session ends."""
        for user in list(self.administrators):
            if self._processes.get(id(user)) is change.task:
                self.log_out(user)
                user.wake()

    def log_out(self, user: Administrator) -> bool:
        """A session ends and leaves nothing behind; returns whether it had not ended before."""
        if user not in self.administrators:
            return False
        self._end_process(user)
        user.end_live_log()
        user.end_watching()
        self.administrators.remove(user)
        self.give_up(user)
        return True

    def give_up(self, user: Administrator) -> None:
        """Let go of what `user` holds or waits for in Exec mode."""
        self.lock.leave(user)
        self.saves.leave(user)

    def _boot_configuration(self) -> Iterator[float]:
        """Read the configuration that the system starts from, a slice at a time.

        Yields how many seconds to leave to others before the next.
        """
        self.lock.clear()
        self.saves.clear()
        self.running.clear()
        self.problems, self.summary = [], ""
        self.boot_notes = []
        self.running.put("context local", "context local", "context", "local")
        chassis = self.chassis
        chassis.booted_from = None
        if self.failed_starts.count >= MOST_FAILED_STARTS:
            count, reason = self.failed_starts.count, self.failed_starts.reason
            self.boot_notes.append(f"Failure: {messages.STARTS_FAILED(count=count, reason=reason)}")
            return
        self.failed_starts.begin()
        for entry in self._boot_entries():
            try:
                text = self._usable(entry)
            except Refused as refusal:
                skipped = messages.BOOT_ENTRY_SKIPPED(priority=entry.priority, reason=refusal)
                self.boot_notes.append(f"Failure: {skipped}")
                continue
            chassis.booted_from = entry
            reading = self._reader(self, text, entry.config, Privilege.SECURITY)
            yield from self._read_to_the_end(reading, entry.config)
            self.problems, self.summary = reading.problems, reading.summary
            return
        self.boot_notes.append(f"Warning: {messages.NO_USABLE_CONFIGURATION()}")

    def _read_to_the_end(self, reading: Reading, url: str) -> Iterator[float]:
        """Apply a file, a slice at a time. Raises StartFailed for what no file should bring about.

        The pauses are yielded.
        """
        try:
            while not reading.step():
                yield reading.pause
        except Exception as error:
            reason = printable(f"{url}: {type(error).__name__}: {error}")
            self.failed_starts.fail(reason)
            raise StartFailed(reason) from error

    def _boot_entries(self) -> list[BootEntry]:
        """The boot stack; none, with a note, when it cannot be read."""
        try:
            return self.chassis.boot_stack.entries()
        except Refused as refusal:
            self.boot_notes.append(f"Failure: {refusal}")
            return []

    def _usable(self, entry: BootEntry) -> str:
        image = locate(entry.image)
        if not is_file(self.chassis.storage, image):
            raise Refused(messages.NO_SUCH_FILE, url=url_of(image))
        return files.read(self.chassis, locate(entry.config))

    def apply(self, url: str, privilege: Privilege) -> Reading:
        """Begin to apply a configuration file to the running system, with such a privilege.

        Raises Refused when the file cannot be used; nothing was changed then.
        """
        path = locate(url)
        return self._reader(self, files.read(self.chassis, path), url_of(path), privilege)

    def save(self, user: Administrator, url: str) -> Save:
        """Begin to write the running configuration, as it is now, to a file.

        It is there whole in the end or not at all. Raises Refused.
        """
        chassis, path = self.chassis, locate(url)
        data = files.text_of(chassis, self.running).encode()
        return self.saves.begin(user, lambda: chassis.storage.write(path, data, chassis.now))

    def default_url(self) -> str:
        """The configuration file of the highest boot priority. Raises Refused without one."""
        entries = self.chassis.boot_stack.entries()
        if not entries:
            raise Refused(messages.NO_BOOT_STACK)
        return entries[0].config


def _source(chassis: Chassis) -> Source:
    """The values of bulk statistics, which are loaded when the first are gathered."""
    from staros_cli.chassis.bulk_variables.source import ModelSource

    return ModelSource(chassis)
