"""Layouts about Diameter peers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from staros_cli.chassis.message_rates import Rates
from staros_cli.chassis.peers.diameter import CLOSED, IDLE, OPEN, DiameterCounts
from staros_cli.chassis.peers.settings import DiameterEndpoint, DiameterSettings
from staros_cli.rendering.layout import layout
from staros_cli.rendering.peers import counters, facts
from staros_cli.rendering.values import Column, Lines, Screen, Shown, Table, screen

_RULE = "-" * 79
_NONE = "N/A"


class PeerRow(Struct, frozen=True):
    """A peer with the state of its connection, its own port, and the task that has it.

    `cpu` and `task` are empty while no such task runs.
    """

    settings: DiameterSettings
    state: str
    port: int
    cpu: str
    task: str

    @property
    def shown(self) -> str:
        """The state with its transport, while there is or was a connection."""
        with_transport = self.state in (OPEN, CLOSED)
        return f"{self.state} [{self.settings.transport}]" if with_transport else self.state


_PEERS = Table[PeerRow](
    Column("Context", 16, lambda row: row.settings.context),
    Column("Endpoint", 20, lambda row: row.settings.endpoint),
    Column("Peer", 28, lambda row: row.settings.name),
    Column("Address", 26, lambda row: _at(row.settings.address, row.settings.port)),
    Column("State", 13, lambda row: row.shown),
)


@layout("show diameter peers", "chosen", "The words of the columns are from memory.")
def peers(rows: Sequence[PeerRow]) -> Screen:
    """The peers, one on a line, and how many are in which state."""
    return screen(_PEERS.of(rows), "", *_summary(rows))


@layout(
    "show diameter peers full",
    "capture",
    "The rules around the heading, all states but `OPEN [TCP]` and `N/A` for what is not known are "
    "chosen. The vendor is the one that a peer tells with its capabilities.",
)
def records(rows: Sequence[PeerRow]) -> Screen:
    """The peers in full, by endpoint, and how many are in which state."""
    parts: list[Shown | str] = []
    before: tuple[str, str] | None = None
    for row in rows:
        place = row.settings.context, row.settings.endpoint
        if place != before:
            head = f"{'  Context: ' + place[0]:<36}Endpoint: {place[1]}"
            parts += [Lines([_RULE, head, _RULE])]
            before = place
        parts += ["", _record(row)]
    return screen(*parts, "", *_summary(rows))


def _record(row: PeerRow) -> Lines:
    settings, is_open = row.settings, row.state == OPEN
    fields = {
        "Peer Hostname": settings.name,
        "Local Hostname": settings.origin or _NONE,
        "Peer Realm": settings.realm or _NONE,
        "Local Realm": settings.origin_realm or _NONE,
        "Priority channel": "No",
        "DSCP configured": settings.dscp or _NONE,
        "Peer Address": _at(settings.address, settings.port),
        "Local Address": _at(settings.local or "0.0.0.0", row.port if is_open else 0),
        "State": row.shown,
        "CPU": row.cpu or _NONE,
        "Task": row.task or _NONE,
        "Messages Out/Queued": _NONE,
        "Supported Vendor IDs": "10415" if is_open else _NONE,
        "Admin Status": "Enable",
        "DPR Disconnect": _NONE,
        "Peer Backoff Timer running": _NONE,
    }
    return Lines(list(_lines_of(fields)), {label.lower(): text for label, text in fields.items()})


def _lines_of(fields: dict[str, str]) -> Iterable[str]:
    for label, text in fields.items():
        line = f"{' ' if label == 'Peer Hostname' else '  '}{label}: {text}"
        if label == "CPU":
            yield f"{line:<42}{'Task: ' + fields['Task']:<38}"
        elif label == "Messages Out/Queued":
            yield f"{line:<40}"
        elif label == "Admin Status":
            yield f"{line} "
        elif label == "Peer Backoff Timer running":
            yield f"  {label}:{text}"
        elif label != "Task":
            yield line


def _at(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _summary(rows: Sequence[PeerRow]) -> list[Shown | str]:
    opened = sum(row.state == OPEN for row in rows)
    closed = sum(row.state in (CLOSED, IDLE) for row in rows)
    counts = {
        "Peers in OPEN state": opened,
        "Peers in CLOSED state": closed,
        "Peers in intermediate state": len(rows) - opened - closed,
        "Total peers matching specified criteria": len(rows),
    }
    blank = {label: "" if label.startswith("Total") else " " for label in counts}
    lines = [f"  {label}: {count}{blank[label]}" for label, count in counts.items()]
    values = {label.lower().replace(" ", "_"): count for label, count in counts.items()}
    return [Lines([" Peers Summary:", *lines], values), ""]


class EndpointRow(Struct, frozen=True):
    """An endpoint with how many peers it has, and how many connections are open."""

    endpoint: DiameterEndpoint
    peers: int
    opened: int


@layout("show diameter endpoints", "chosen", "Labels are those of the configuration.")
def endpoints(rows: Sequence[EndpointRow]) -> Screen:
    """The endpoints, a record each."""
    parts: list[Shown | str] = []
    for row in rows:
        found = row.endpoint
        origin = _at(found.address, found.port) if found.port else found.address or _NONE
        values = (
            ("Description", found.description or _NONE),
            ("Origin Host", found.origin or _NONE),
            ("Origin Realm", found.realm or _NONE),
            ("Origin Address", origin),
            ("Use Proxy", "Yes" if found.by_proxy else "No"),
            ("Connection Timeout", f"{found.connect:g} secs"),
            ("Connection Retry Timeout", f"{found.retry:g} secs"),
            ("CEA Timeout", f"{found.capabilities:g} secs"),
            ("Watchdog Timeout", f"{found.watchdog:g} secs"),
            ("Response Timeout", f"{found.response:g} secs"),
            ("Max Outstanding", found.outstanding),
            ("Peers Configured", row.peers),
            ("Peers in OPEN state", row.opened),
            ("Route Entries", found.routes),
        )
        head = {"context": found.context, "endpoint": found.name}
        line = f"{'  Context: ' + found.context:<36}Endpoint: {found.name}"
        parts += [Lines([_RULE, line, _RULE], head), facts(values, 28, 2), ""]
    total = {"total": len(rows)}
    return screen(*parts, Lines([f"Total Diameter endpoints: {len(rows)}"], total))


_TPS_WIDTH = 30


@layout(
    "show diameter tps-statistics",
    "client",
    "The heading of the last second and the names of the interfaces are what clients look for; the "
    "other periods are chosen. Requests for quota are counted at the rate of the moment.",
)
def tps_statistics(rates: Mapping[int, Rates]) -> Lines:
    """Requests a second over the interfaces of calls, on average over some times."""
    heads = "".join(f"{f'Last  {seconds}  Sec Average TPS':<{_TPS_WIDTH}}" for seconds in rates)
    lines = [heads.rstrip()]
    values: dict[str, int] = {}
    for name, figures in (
        ("Gx", {seconds: found.gx for seconds, found in rates.items()}),
        ("Gy", {seconds: found.gy for seconds, found in rates.items()}),
    ):
        row = "".join(f"{figure:<{_TPS_WIDTH}.0f}" for figure in figures.values())
        lines += [name, row.rstrip()]
        values |= {f"{name.lower()}_{seconds}": round(n) for seconds, n in figures.items()}
    return Lines(lines, values)


@layout(
    "show diameter statistics",
    "chosen",
    "The labels are documented. Requests are those for calls; watchdogs follow from the time that "
    "connections were open.",
)
def statistics(endpoint: str, counts: DiameterCounts, is_open: int, total: int) -> Screen:
    """What the peers of an endpoint, or of all, were sent and have sent."""
    connections = counters(
        "Connection statistics:",
        (
            (("Connection attempts", counts.attempts), ("Connections open", is_open)),
            (("CER sent", counts.cer), ("CEA received", counts.cea)),
            (("DWR sent", counts.dwr), ("DWA received", counts.dwa)),
            (("DPR sent", 0), ("DPA received", 0)),
            (("Disconnects", counts.disconnects), ("Peers", total)),
        ),
    )
    messages = counters(
        "Message statistics:",
        (
            (("Requests sent", counts.requests), ("Answers received", counts.answers)),
            (("Request timeouts", counts.timeouts),),
        ),
    )
    return screen(f"Endpoint: {endpoint}", connections, "", messages)


_AAA_ROWS = tuple(
    row
    for short in ("MA", "SA", "LI", "RT")
    for row in (
        ((f"Total {short} Requests", 0), (f"Total {short} Answers", 0)),
        ((f"{short}R - Retries", 0), (f"{short}A Timeouts", 0)),
        ((f"{short}A - Dropped", 0),),
    )
)


@layout(
    "show diameter aaa-statistics",
    "doc",
    "The labels are documented, the columns chosen. No service here authenticates by Diameter, so "
    "that the counts are those of an idle device.",
)
def aaa_statistics() -> Screen:
    """What authentication servers were sent: nothing."""
    rows = []
    for row in _AAA_ROWS:
        pieces = [f"{label + ':':<28}{value:>6}" for label, value in row]
        rows.append("  " + "    ".join(pieces))
    values = {"requests": 0, "answers": 0}
    title = "Authentication Servers Summary"
    return screen(title, "-" * (len(title) + 1), Lines([" Message Stats :", *rows], values))
