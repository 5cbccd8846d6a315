"""Gathering records at intervals, and handing them to receivers.

Samples and transfers stand on a grid of the clock, a second behind the full interval (capture). A
sample is gathered in slices, all records of it with the time at which it began. Nothing leaves the
host: a transfer asks whether a receiver is reached, and counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from math import inf
from typing import Protocol

from staros_cli import messages
from staros_cli.chassis.bulkstats.files import Batch, WaitingFile, octets_of
from staros_cli.chassis.bulkstats.formats import Format, read
from staros_cli.chassis.bulkstats.settings import (
    PRIMARY,
    REDUNDANT,
    SECONDARY,
    BulkstatsSettings,
    FileSettings,
    Receiver,
    Schema,
)
from staros_cli.chassis.changes import ConfigurationChanged, SystemStarted, SystemStops
from staros_cli.chassis.clock import Timeline
from staros_cli.chassis.contexts import LOCAL
from staros_cli.chassis.events import EventStream
from staros_cli.messages import Refused
from staros_cli.printable import printable

BEHIND_THE_GRID = 1.0
"""Seconds behind a full interval at which something is due (capture)."""
MOST_RECORDS = 20_000
"""How many records a sample has at most (chosen)."""
SLICE, PAUSE = 20_000, 0.02
"""How many values are filled in at a time, and seconds until the next (chosen)."""
MOST_LATE = 500
"""How many samples are made late when the clock has jumped; earlier ones are left out (chosen)."""
MOST_LATE_VALUES = 1_000_000
"""How many values all late samples have together, about; about a second of work (chosen)."""
MOST_BATCHES = 20_000
"""How many batches wait at most (chosen)."""
FULL = 0.8
"""Part of the limit above which a trap tells of it (doc)."""
_KILO = 1024
_LONGEST_NAME = 255
_SYSTEM_FILE = "systemfile"
"""What traps call the kind of the files (mib)."""

Value = Callable[[str], str]
"""Has the value of a variable by its name, empty for one that is not known."""


class Source(Protocol):
    """Where the values come from; `is_standby` while the other chassis of a pair serves."""

    @property
    def is_standby(self) -> bool:
        """Whether the other chassis of a pair serves."""
        ...

    def shared(self, at: float) -> Mapping[str, str]:
        """The variables that all records and file names have, at a time."""
        ...

    def readers(self, kind: str, shared: Mapping[str, str]) -> Iterable[Value]:
        """The values of each object of a kind of schemas, beside those that all have."""
        ...


class NoSource:
    """Knows no values."""

    is_standby = False

    def shared(self, at: float) -> Mapping[str, str]:
        """No variable is known."""
        return {}

    def readers(self, kind: str, shared: Mapping[str, str]) -> Iterable[Value]:
        """No object is known."""
        return ()


class Bulkstats:
    """The statistics that are gathered, file by file.

    `read` has what is configured, `source` the values; `reaches` tells of the address of a receiver
    whether it answers.
    """

    def __init__(
        self, timeline: Timeline, events: EventStream, reaches: Callable[[str], bool]
    ) -> None:
        self._timeline = timeline
        self._events = events
        self._reaches = reaches
        self.read: Callable[[], BulkstatsSettings] = BulkstatsSettings
        self._make_source: Callable[[], Source] = NoSource
        self._source: Source | None = None
        self._turn = 0
        self.clear()
        timeline.subscribe(SystemStops, lambda _: self.clear())
        timeline.subscribe(SystemStarted, lambda _: self.look())
        timeline.subscribe(ConfigurationChanged, lambda _: self.look())

    def clear(self) -> None:
        """Nothing was gathered: the system went down."""
        self._turn += 1
        self.settings = BulkstatsSettings()
        self.files: dict[int, WaitingFile] = {}
        self._formats: dict[str, Format] = {}
        self._gathering: Iterator[None] | None = None
        self._transfer_at: float | None = None
        self._sample_due = self._transfer_due = inf
        self._batches = 0
        self._values = 0
        self._is_full = False

    def take_from(self, make_source: Callable[[], Source]) -> None:
        """Take the values from somewhere, which is made when the first are needed."""
        self._make_source, self._source = make_source, None

    @property
    def source(self) -> Source:
        """Where the values come from."""
        if self._source is None:
            self._source = self._make_source()
        return self._source

    def look(self) -> None:
        """Look at the configuration."""
        settings, before = self.read(), self.settings
        if settings == before:
            return
        self.settings = settings
        self._formats = {}
        self.files = {
            file.number: self.files.get(file.number) or WaitingFile(file.number)
            for file in settings.files
        }
        self._watch_limit()
        if settings.schedule != before.schedule:
            self._turn += 1
            self._gathering = self._transfer_at = None
            if settings.enabled:
                self._sample_due = self._after(settings.sample)
                self._transfer_due = self._after(settings.transfer)
                self._plan()

    def _after(self, minutes: int) -> float:
        """The next time on the grid of an interval; what is too late is left out."""
        interval = 60.0 * minutes
        late = min(MOST_LATE, max(1, MOST_LATE_VALUES // max(1, self._values)))
        earliest = self._timeline.clock.now() - late * interval
        since = max(self._timeline.now, earliest) - BEHIND_THE_GRID
        return (since // interval + 1) * interval + BEHIND_THE_GRID

    def _plan(self) -> None:
        at = min(self._sample_due, self._transfer_due)
        self._timeline.at(at, partial(self._come_due, self._turn))

    def _come_due(self, turn: int) -> None:
        """A sample is due, or a transfer, or both: then the sample comes first (capture)."""
        if turn != self._turn:
            return
        now = self._timeline.now
        samples, transfers = now >= self._sample_due, now >= self._transfer_due
        if samples:
            self._sample_due = self._after(self.settings.sample)
        if transfers:
            self._transfer_due = self._after(self.settings.transfer)
        self._plan()
        if samples:
            self.gather()
        if transfers and self._gathering is None:
            self.transfer(now)
        elif transfers:
            self._transfer_at = now

    # Gathering

    @property
    def is_gathering(self) -> bool:
        """Whether a sample is under way."""
        return self._gathering is not None

    def gather(self) -> None:
        """Begin a sample; while one is under way, or on a standby chassis, none may begin."""
        if self._gathering is None and not self._is_left_out:
            self._gathering = self._sample(self._timeline.now)
            self._go_on(self._turn)

    @property
    def _is_left_out(self) -> bool:
        """Whether nothing is gathered because the other chassis of a pair serves."""
        return not self.settings.on_standby and self.source.is_standby

    def _go_on(self, turn: int) -> None:
        """Gather a slice, and later the next."""
        if turn != self._turn or self._gathering is None:
            return
        for _ in self._gathering:
            self._timeline.after(PAUSE, partial(self._go_on, turn))
            return
        self._gathering = None
        if self._transfer_at is not None:
            at, self._transfer_at = self._transfer_at, None
            self.transfer(at)

    def _sample(self, at: float) -> Iterator[None]:
        """Gather a record for each object of each schema of each file."""
        shared = self.source.shared(at)
        left, self._values = MOST_RECORDS, 0
        for settings in self.settings.files:
            records: list[str] = []
            work = 0
            for record, size in self._records(settings, shared):
                records.append(record)
                work += size
                self._values += size
                left -= 1
                if work >= SLICE or not left:
                    self._add(settings.number, records)
                    records, work = [], 0
                    yield
                if not left:
                    return
            self._add(settings.number, records)

    def _records(
        self, settings: FileSettings, shared: Mapping[str, str]
    ) -> Iterator[tuple[str, int]]:
        """The records of a file: by kinds as configured, in these by objects (capture).

        A schema without a format makes none, nor one for active chassis on a standby one.
        """
        by_kind: dict[str, list[Schema]] = {}
        active = not self.source.is_standby
        with_format = [s for s in settings.schemas if s.format and (active or not s.active_only)]
        for schema in sorted(with_format, key=lambda schema: schema.name):
            by_kind.setdefault(schema.kind, []).append(schema)
        for kind in dict.fromkeys(schema.kind for schema in with_format):
            for value in self.source.readers(kind, shared):
                for schema in by_kind[kind]:
                    form = self._format(schema.format)
                    named = partial(_value, schema.name, value)
                    yield _line(form.filled(named)), form.size

    def _format(self, text: str) -> Format:
        found = self._formats.get(text)
        if found is None:
            found = self._formats[text] = read(text)
        return found

    def _add(self, number: int, records: list[str]) -> None:
        file = self.files.get(number)
        if records and file is not None:
            file.add(self._batches, records)
            self._batches += 1
            self._watch_limit()

    # The limit

    def _watch_limit(self) -> None:
        """Discard the oldest that is above the limit, and tell when there is much."""
        limit = self.settings.limit * _KILO
        octets = sum(file.waiting.octets for file in self.files.values())
        batches = sum(len(file.batches) for file in self.files.values())
        while octets > limit or batches > MOST_BATCHES:
            file = min((f for f in self.files.values() if f.batches), key=lambda f: f.oldest)
            octets -= file.batches[0].octets
            batches -= 1
            file.discard_oldest()
        is_full = octets > FULL * limit
        if is_full is not self._is_full:
            self._is_full = is_full
            name = "StatFilesizeExceeded" if is_full else "StatFilesizeClear"
            measured = -(-octets // _KILO)
            self._events.add(self._timeline.now, name, limit=self.settings.limit, measured=measured)

    # Transfers

    def transfer(self, at: float) -> list[int]:
        """Hand what waits to the receivers; returns the numbers of the files that none took.

        `at` is the time that file names and first lines tell, in seconds since 1970 UTC.
        """
        shared = self.source.shared(at)
        refused = [
            settings.number
            for settings in self.settings.files
            if settings.receivers and not self._transfer_file(settings, at, shared)
        ]
        self._watch_limit()
        return refused

    def _transfer_file(self, settings: FileSettings, at: float, shared: Mapping[str, str]) -> bool:
        """Transfer a file; returns whether it is where it should be."""
        file = self.files[settings.number]
        if not file.batches:
            return True
        file.tried(self._timeline.now)
        roles = (settings.receiver(PRIMARY), settings.receiver(SECONDARY))
        receivers = [one for one in roles if one is not None]
        if settings.mode == REDUNDANT:
            done = [self._send(settings, file, one, at, shared) for one in receivers]
            file.forget_sent(one.address for one in receivers)
            return all(done)
        before = file.server
        for receiver in receivers:
            if self._send(settings, file, receiver, at, shared):
                file.forget_sent((receiver.address,))
                self._note_switch(before or receivers[0].address, receiver.address)
                return True
        return False

    def _send(
        self,
        settings: FileSettings,
        file: WaitingFile,
        receiver: Receiver,
        at: float,
        shared: Mapping[str, str],
    ) -> bool:
        """Send what a receiver did not get yet; returns whether it has all of it."""
        batches = file.unsent(receiver.address)
        if not batches:
            return True
        if not self._reaches(receiver.address):
            self._events.add(
                self._timeline.now,
                "FTPFailure",
                context=LOCAL,
                peer=receiver.address,
                file=self.name_of(settings, receiver, shared),
                application=_SYSTEM_FILE,
            )
            return False
        file.sent(receiver.address, self._timeline.now, batches, self._around(settings, shared))
        return True

    def _note_switch(self, before: str, server: str) -> None:
        """Tell that another receiver got a file than the last time."""
        if before != server:
            self._events.add(
                self._timeline.now,
                "FTPServSwitch",
                context=LOCAL,
                peer=before,
                other=server,
                application=_SYSTEM_FILE,
            )

    def _around(self, settings: FileSettings, shared: Mapping[str, str]) -> int:
        """Octets of the first and the last line of a file."""
        return sum(octets_of(line) for line in self.lines_around(settings, shared) if line)

    def lines_around(self, settings: FileSettings, shared: Mapping[str, str]) -> tuple[str, str]:
        """The first and the last line of a file, each empty where there is none."""
        value = partial(_shared_value, shared)
        first, last = (
            _line(self._format(text).filled(value)) if text else ""
            for text in (settings.header, settings.footer)
        )
        return first, last

    def name_of(self, settings: FileSettings, receiver: Receiver, shared: Mapping[str, str]) -> str:
        """The name of a file on a receiver; one without a format has a plain one (chosen)."""
        if settings.remote and receiver.role in settings.named_for:
            name = self._format(settings.remote).filled(partial(_shared_value, shared))
            return printable(name[:_LONGEST_NAME])
        return f"bulkstats_file{settings.number}"

    # What an operator does

    def force_gather(self) -> None:
        """Gather now, beside the samples at intervals. Raises Refused when that is not enabled."""
        self._check_enabled()
        if self._is_left_out:
            raise Refused(messages.BULKSTATS_ON_STANDBY)
        self.gather()

    def force_transfer(self) -> None:
        """Transfer now. Raises Refused without collection, or when files reach no receiver."""
        self._check_enabled()
        if not any(settings.receivers for settings in self.settings.files):
            raise Refused(messages.NO_BULKSTATS_RECEIVER)
        refused = self.transfer(self._timeline.now)
        if refused:
            numbers = ", ".join(map(str, refused))
            raise Refused(messages.BULKSTATS_NOT_SENT, files=numbers)

    def _check_enabled(self) -> None:
        if not self.settings.enabled:
            raise Refused(messages.BULKSTATS_NOT_RUNNING)

    def clear_counts(self) -> None:
        """Count from zero; what waits goes on waiting."""
        for file in self.files.values():
            file.clear_counts()

    def discard(self) -> None:
        """Throw away all that waits."""
        for file in self.files.values():
            file.discard()
        self._watch_limit()

    def waiting(self, number: int) -> Iterable[Batch]:
        """What waits of a file."""
        file = self.files.get(number)
        return file.batches if file else ()


def _line(text: str) -> str:
    """A text as a line of a file."""
    return text if text.endswith("\n") else text + "\n"


def _value(schema: str, value: Value, name: str) -> str:
    return schema if name == "schemaname" else value(name)


def _shared_value(shared: Mapping[str, str], name: str) -> str:
    return shared.get(name, "")
