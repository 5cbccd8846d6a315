"""Layouts about bulk statistics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from staros_cli import messages
from staros_cli.chassis import calendar
from staros_cli.chassis.bulkstats.collector import Bulkstats
from staros_cli.chassis.bulkstats.files import Counts, Statistics, WaitingFile
from staros_cli.chassis.bulkstats.settings import (
    PRIMARY,
    SECONDARY,
    BulkstatsSettings,
    FileSettings,
    Receiver,
)
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Cell, Lines, Screen, Shown, key_of, screen

_WIDTH = 31
_CONFIGURATION_WIDTH = 28
_FILES_SHOWN = 4
"""The files that are shown though they are not configured (chosen)."""

Rows = list[tuple[str, Cell]]


@layout(
    "show bulkstats [file N]",
    "capture",
    "The block of a file is captured; that the lines about the last transfer are missing before "
    "the first, and what no file means, is chosen. The head is a guess. Statistics of the whole "
    "are those of the files together.",
)
def overview(bulkstats: Bulkstats) -> Screen:
    """What is configured of the whole, and what was counted about it and about each file."""
    settings = bulkstats.settings
    parts: list[Shown | str] = [
        _fields("Bulk Statistics Server Configuration:", _head(settings), _CONFIGURATION_WIDTH),
        "",
        _statistics("Bulk Statistics Server Statistics:", bulkstats.files.values(), 0),
    ]
    highest = max((file.number for file in settings.files), default=0)
    for number in range(1, max(_FILES_SHOWN, highest) + 1):
        parts += ["", file(bulkstats, number)]
    return screen(*parts)


def _head(settings: BulkstatsSettings) -> Rows:
    return [
        ("Server State", "Enabled" if settings.enabled else "Disabled"),
        ("File Limit", f"{settings.limit} KB"),
        ("Sample Interval", _interval(settings.sample)),
        ("Transfer Interval", _interval(settings.transfer)),
        ("Receiver Mode", settings.mode.capitalize()),
        ("Historical Data Collection", "Enabled" if settings.historical else "Disabled"),
    ]


def _interval(minutes: int) -> str:
    return f"{minutes} minutes ({calendar.days_of(60 * minutes)})"


def file(bulkstats: Bulkstats, number: int) -> Screen:
    """What is configured of a file, and what was counted about it."""
    settings = bulkstats.settings.file(number)
    if settings is None:
        absent = messages.NO_BULKSTATS_FILE(number=number)
        return screen(Lines([f"  {absent}"], {"file": number, "configured": False}))
    rows: Rows = [
        ("Remote File Format", settings.remote),
        ("File Header", settings.header),
        ("File Footer", settings.footer),
    ]
    waiting = bulkstats.files[number]
    return screen(
        _fields(f"  File {number}", rows, _WIDTH, 4),
        _receivers(settings),
        _statistics("    File Statistics:", (waiting,), 4),
    )


def _receivers(settings: FileSettings) -> Lines:
    found = [settings.receiver(role) for role in (PRIMARY, SECONDARY)]
    lines = [f"        {_receiver(receiver)}" for receiver in found if receiver is not None]
    addresses = [receiver.address for receiver in found if receiver is not None]
    return Lines(["    Bulkstats Receivers:", *lines], {"receivers": addresses})


def _receiver(receiver: Receiver) -> str:
    text = f"{receiver.role.capitalize()}: {receiver.address} using {receiver.mechanism.upper()}"
    return f"{text} with username {receiver.login}" if receiver.login else text


def _fields(title: str, rows: Rows, width: int, indent: int = 2) -> Lines:
    lines = [f"{' ' * indent}{label + ':':<{width}}{value}".rstrip() for label, value in rows]
    return Lines([title, *lines], {key_of(label): value for label, value in rows})


def _statistics(title: str, files: Iterable[WaitingFile], indent: int) -> Lines:
    """The counts of some files together."""
    before = " " * (indent + 2)
    rows: Rows = []
    found = list(files)
    waiting = _sum(file.waiting for file in found)
    total = _added(file.statistics for file in found)
    for what, counts in (
        ("awaiting transmission", waiting),
        ("collected", total.collected),
        ("transmitted", total.transmitted),
        ("discarded", total.discarded),
    ):
        first = "" if counts is waiting else "Total "
        words = ("Records", "Bytes") if counts is waiting else ("records", "bytes")
        rows += [
            (f"{first}{words[0]} {what}", counts.records),
            (f"{first}{words[1]} {what}", counts.octets),
        ]
    lines = [f"{before}{label + ':':<{_WIDTH}}{value}" for label, value in rows]
    last = _last(total)
    lines += [
        before + (f"{label + ':':<{_WIDTH}}{value}" if value != "" else label)
        for label, value in last
    ]
    values = {key_of(label): value for label, value in (*rows, *last) if value != ""}
    return Lines([title, *lines], values)


def _last(total: Statistics) -> Rows:
    """When transfers were tried and succeeded last; an empty value is a line without one."""
    rows: Rows = [("Last transfer time required", f"{total.required} second(s)")]
    if total.succeeded_at is None:
        rows.append(("No successful data transfers", ""))
    else:
        rows += [
            ("Last successful transfer", calendar.long_date(total.succeeded_at)),
            ("Last successful tx recs", total.last.records),
            ("Last successful tx bytes", total.last.octets),
        ]
    if total.tried_at is None:
        rows.append(("No attempted data transfers", ""))
    else:
        rows.append(("Last attempted transfer", calendar.long_date(total.tried_at)))
    return rows


def _sum(counts: Iterable[Counts]) -> Counts:
    total = Counts()
    for one in counts:
        total.add(one.records, one.octets)
    return total


def _added(statistics: Iterable[Statistics]) -> Statistics:
    """Statistics together; about the last transfers are those of the latest."""
    found = list(statistics)
    succeeded = max((s.succeeded_at for s in found if s.succeeded_at is not None), default=None)
    return Statistics(
        _sum(one.collected for one in found),
        _sum(one.transmitted for one in found),
        _sum(one.discarded for one in found),
        _sum(one.last for one in found if one.succeeded_at == succeeded),
        max((one.required for one in found), default=0),
        succeeded,
        max((one.tried_at for one in found if one.tried_at is not None), default=None),
    )


@layout("show bulkstats data", "chosen", "The records as they stand in the files.")
def data(files: Sequence[WaitingFile]) -> Screen:
    """What waits for a transfer, file by file."""
    parts: list[Shown | str] = []
    for one in files:
        lines = [line for batch in one.batches for line in batch.text.splitlines()]
        parts += [""] if parts else []
        parts += [f"File {one.number}", Lines(lines, {"file": one.number, "records": lines})]
    return screen(*parts)


@layout("show bulkstats schemas", "chosen", "By files, in the order of the configuration.")
def schemas(files: Sequence[FileSettings]) -> Screen:
    """The schemas that are configured, with their formats."""
    parts: list[Shown | str] = []
    for one in files:
        if one.schemas:
            lines = [f"  {s.kind} schema {s.name}: {s.format}".rstrip() for s in one.schemas]
            values = [{"kind": s.kind, "name": s.name, "format": s.format} for s in one.schemas]
            parts += [""] if parts else []
            parts += [
                Lines([f"File {one.number}", *lines], {"file": one.number, "schemas": values})
            ]
    return screen(*parts)


@layout(
    "show bulkstats variables",
    "chosen",
    "Listed are the variables that the model knows; others are empty in records. Names about "
    "paths, RADIUS servers, charging gateways, endpoints and classes of durations are chosen or "
    "remembered. The time zone is UTC.",
)
def variables(kinds: Sequence[tuple[str, Mapping[str, str]]]) -> Screen:
    """The variables of kinds of schemas, and what they tell."""
    parts: list[Shown | str] = []
    for kind, known in kinds:
        lines = [f"  {f'%{name}%':<32} {text}" for name, text in known.items()]
        parts += [""] if parts else []
        parts += [Lines([f"Schema: {kind}", *lines], {"schema": kind, "variables": list(known)})]
    return screen(*parts)
