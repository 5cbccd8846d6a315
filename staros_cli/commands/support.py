"""The screens that support asks for, one after the other or in an archive."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from staros_cli import messages
from staros_cli.chassis.storage import is_remote, locate, url_of
from staros_cli.commands import engine
from staros_cli.commands.engine import Invocation, handles
from staros_cli.commands.state import SessionState
from staros_cli.commands.suspension import Steps, Until
from staros_cli.language.errors import LineError
from staros_cli.language.parser import parse
from staros_cli.messages import Refused
from staros_cli.rendering import support as layouts
from staros_cli.rendering.session import timestamp

SECTIONS = (
    "show version verbose",
    "show clock",
    "show clock universal",
    "show ntp associations",
    "show ntp status",
    "show system uptime",
    "show boot",
    "show card table",
    "show card info",
    "show card diag",
    "show card hardware",
    "show port table all",
    "show port info",
    "show port datalink counters",
    "show port npu counters",
    "show hd raid verbose",
    "show fans",
    "show power all",
    "show temperature",
    "show leds all",
    "show alarm statistics",
    "show alarm outstanding all verbose",
    "show crash list",
    "show crash all",
    "show license information full",
    "show license key",
    "show configuration",
    "show configuration errors",
    "show context all",
    "show ip interface",
    "show ip route",
    "show ip pool",
    "show cpu table",
    "show cpu info verbose",
    "show cpu errors verbose",
    "show task resources",
    "show task table",
    "show task memory",
    "show session recovery status verbose",
    "show rct stats verbose",
    "show session progress",
    "show session disconnect-reasons verbose",
    "show session counters historical all",
    "show session subsystem",
    "show subscribers summary",
    "show service all",
    "show resources",
    "show npu utilization table",
    "show snmp trap statistics",
    "show snmp trap history verbose",
    "show logs",
    "show administrators",
    "show bulkstats",
)
"""The sections, in the order in which they are shown; those about IP are shown for each context."""
_OF_PAIRS = (
    "show srp info",
    "show srp checkpoint statistics verbose",
    "show srp monitor all",
    "show srp call-loss statistics",
    "show srp statistics",
)
"""Sections behind those, of a chassis that is one of a pair."""
_OF_CONTEXTS = ("show ip interface", "show ip route", "show ip pool")
_ARCHIVE, _COMPRESSED = ".tar", ".tar.gz"
MOST_OCTETS = 64 << 20
"""The largest archive that is made, before it is compressed."""


@handles("show_support_details")
def show_support_details(invocation: Invocation) -> Steps[list[str]]:
    """Show what support wants to see, or write it to a file."""
    url = invocation.command.text("to_url")
    path = _path(invocation, url) if url else None
    if path is not None:
        yield from invocation.confirm()
    notes = [] if path is None or url_of(path) == url else [messages.OUTPUT_URL(url=url_of(path))]
    shown: list[str] = []
    size = 0
    for done, section in _sections(invocation):
        shown += section
        size += sum(len(line) + 1 for line in section)
        if size > MOST_OCTETS:
            raise Refused(messages.TOO_MUCH_TO_SHOW, limit=MOST_OCTETS)
        # Others have their turn.
        yield Until(invocation.now, notes, layouts.progress(done) if path else "")
        notes = []
    if path is None:
        return shown
    data = _archive(path, "\n".join([*shown, ""]).encode(), invocation.now)
    invocation.chassis.storage.write(path, data, invocation.now)
    return list(layouts.transferred(len(data)).lines)


def _path(invocation: Invocation, url: str) -> PurePosixPath:
    """The file to write, with the ending of an archive."""
    if is_remote(url):
        raise Refused(messages.REMOTE_URL, url=url)
    ending = _COMPRESSED if invocation.command.has("compress") else _ARCHIVE
    return locate(url if url.endswith((_ARCHIVE, _COMPRESSED)) else url + ending)


def _sections(invocation: Invocation) -> Iterator[tuple[float, list[str]]]:
    """The sections in parts, each behind the share of all that is done with it.

    What a system has not is left out.
    """
    contexts = list(invocation.chassis.contexts.by_name)
    lines = (*SECTIONS, *(_OF_PAIRS if invocation.chassis.srp.settings else ()))
    for number, line in enumerate(lines, 1):
        for context in contexts if line in _OF_CONTEXTS else [invocation.state.context]:
            for part in _section(invocation, line, context):
                yield number / len(lines), part


def _section(invocation: Invocation, line: str, context: str) -> Iterator[list[str]]:
    """The heading of a command and what it shows in a context, nothing when it is refused.

    Before that come empty parts where the command lets others have their turn.
    """
    state = SessionState(invocation.state.user, context)
    try:
        command = parse(line, engine.EXEC, invocation.state.user.privilege)
    except LineError:
        return
    outcome = engine.run(invocation.system, state, command)
    while outcome.suspended is not None:
        waits = outcome.suspended.waits_for
        if not isinstance(waits, Until) or waits.time > invocation.now:
            outcome.suspended.close()
            return
        yield []
        outcome = engine.go_on(outcome.suspended, "")
    if not outcome.failed:
        heading = layouts.heading(line).lines
        yield [*heading, *timestamp(invocation.now), *outcome.lines]


def _archive(path: PurePosixPath, text: bytes, now: float) -> bytes:
    """An archive with the text in it, made smaller where its name says so."""
    name = path.name.removesuffix(".gz").removesuffix(_ARCHIVE)
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        entry = tarfile.TarInfo(f"{name}.txt")
        entry.size, entry.mtime = len(text), int(now)
        archive.addfile(entry, io.BytesIO(text))
    data = made.getvalue()
    return gzip.compress(data, mtime=int(now)) if path.name.endswith(".gz") else data
