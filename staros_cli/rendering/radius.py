"""Layouts about RADIUS servers."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from staros_cli.chassis import calendar
from staros_cli.chassis.peers import servers as states
from staros_cli.chassis.peers.peer import Change
from staros_cli.chassis.peers.servers import ROUND_TRIP, RadiusCounts
from staros_cli.chassis.peers.settings import ACCOUNTING, RadiusSettings
from staros_cli.rendering.layout import layout
from staros_cli.rendering.peers import facts
from staros_cli.rendering.values import Column, Lines, Screen, Shown, Table, screen

_STATES = {
    states.ACTIVE: "A",
    states.NOT_RESPONDING: "N",
    states.DOWN: "D",
    states.ACTIVE_PENDING: "a",
}
_WIDTH = 59


class ServerRow(Struct, frozen=True):
    """A server with its state, its counts, and whether it is the first choice of its group."""

    settings: RadiusSettings
    state: str
    first: bool
    failures: int
    counts: RadiusCounts
    history: tuple[Change, ...]

    @property
    def letters(self) -> str:
        """What the legend decodes."""
        kind = "a" if self.settings.use == ACCOUNTING else "A"
        admin = "E" if self.settings.enabled else "D"
        return f"{kind}{'P' if self.first else 'S'}{_STATES[self.state]}{admin}."


_LEGEND = """\
+-----Type:       (A) - Authentication  (a) - Accounting
|                 (C) - Charging        (c) - Charging Accounting
|                 (M) - Mediation       (m) - Mediation Accounting
|
|+----Preference: (P) - Primary         (S) - Secondary
||
||+---State:      (A) - Active          (N) - Not Responding
|||               (D) - Down            (W) - Waiting Accounting-On
|||               (I) - Initializing    (w) - Waiting Accounting-Off
|||               (a) - Active Pending  (U) - Unknown
|||
|||+--Admin       (E) - Enabled         (D) - Disabled
||||  Status:
||||
||||+-Admin
|||||  status     (O) - Overridden      (.) - Not Overridden
|||||  Overridden:
|||||""".splitlines()

_SERVERS = Table[ServerRow](
    Column("", 5, lambda row: row.letters, key="status"),
    Column("IP", 15, lambda row: row.settings.address),
    Column("PORT", 5, lambda row: row.settings.port, right=True),
    Column("GROUP", 23, lambda row: row.settings.group),
    over=_LEGEND,
    heads=("vvvvv IP               PORT GROUP", "----- --------------- ----- " + "-" * 23),
)


@layout(
    "show radius {authentication|accounting} servers [detail]",
    "chosen",
    "The states are documented, the legend is from memory. Requests are taken to be under way at "
    "any time, so that a silent server does not respond after the first that is given up.",
)
def servers(rows: Sequence[ServerRow], *, detail: bool) -> Screen:
    """The servers and their states; with `detail` the changes of these as well."""
    table = _SERVERS.of(rows)
    parts: list[Shown | str] = [table]
    for row in rows if detail else ():
        times = [f"  {calendar.crash_date(at.time)}   {at.state}" for at in row.history]
        head = f"Event History: {row.settings.address}, port {row.settings.port}"
        values = {"address": row.settings.address, "history": [at.state for at in row.history]}
        parts += ["", Lines([head, *times], values)]
    return screen(*parts)


@layout(
    "show radius counters",
    "doc",
    "Documented are the counters of time-outs and of failures in a row, the others are from "
    "memory. Requests are those for calls and those that a silent server was sent.",
)
def counters(rows: Sequence[ServerRow]) -> Screen:
    """What servers were sent and have sent."""
    parts: list[Shown | str] = []
    for use in ("Authentication", "Accounting"):
        found = [row for row in rows if row.settings.use == use.lower()]
        if found:
            title = f"Server-specific {use} Counters"
            parts += [""] if parts else []
            parts += [title, "-" * len(title)]
            parts += [part for row in found for part in _counters(row)]
    return screen(*parts)


def _counters(row: ServerRow) -> tuple[Shown | str, ...]:
    settings = row.settings
    use = settings.use.capitalize()
    head = f"{use} server address {settings.address}, port {settings.port}:"
    found = _accounting(row) if settings.use == ACCOUNTING else _authentication(row)
    return head, facts(found, _WIDTH, 2)


def _authentication(row: ServerRow) -> list[tuple[str, int | str]]:
    counts = row.counts
    time = f"{ROUND_TRIP if counts.answers else 0.0} ms"
    return [
        ("Access-Request Sent", counts.requests),
        ("Access-Request with DMU Attributes Sent", 0),
        ("Access-Request Pending", 0),
        ("Access-Request Retried", counts.retried),
        ("Access-Challenge Received", 0),
        ("Access-Accept Received", counts.answers),
        ("Access-Reject Received", 0),
        ("Access-Request Timeouts", counts.timeouts),
        ("Access-Request Current Consecutive Failures in a mgr", row.failures),
        ("Access-Request Response Bad Authenticator Received", 0),
        ("Access-Request Response Malformed Received", 0),
        ("Access-Request Response Dropped", 0),
        ("Access-Request Response Last Round Trip Time", time),
        ("Access-Request Response Average Round Trip Time", time),
    ]


def _accounting(row: ServerRow) -> list[tuple[str, int | str]]:
    counts = row.counts
    return [
        ("Accounting-Request Sent", counts.requests),
        ("Accounting-Start Sent", counts.starts),
        ("Accounting-Stop Sent", counts.stops),
        ("Accounting-Interim Sent", 0),
        ("Accounting-Response Received", counts.answers),
        ("Accounting-Request Retried", counts.retried),
        ("Accounting-Request Timeouts", counts.timeouts),
        ("Accounting-Request Current Consecutive Failures in a mgr", row.failures),
    ]


@layout("show radius counters summary", "chosen")
def summary(rows: Sequence[ServerRow]) -> Screen:
    """What all servers of a use were sent and have sent."""
    parts: list[Shown | str] = []
    for use in ("Authentication", "Accounting"):
        counts = [row.counts for row in rows if row.settings.use == use.lower()]
        title = f"Per-Context RADIUS {use} Counters"
        found: list[tuple[str, int | str]] = [
            ("Requests Sent", sum(each.requests for each in counts)),
            ("Requests Retried", sum(each.retried for each in counts)),
            ("Responses Received", sum(each.answers for each in counts)),
            ("Request Timeouts", sum(each.timeouts for each in counts)),
        ]
        parts += [""] if parts else []
        parts += [title, "-" * len(title), facts(found, _WIDTH, 2)]
    return screen(*parts)


@layout("radius test", "chosen", "Remembered words. An answer is as fast as those to calls.")
def tested(settings: RadiusSettings, answered: bool) -> Lines:
    """Whether a server answered a request."""
    use = settings.use.capitalize()
    first = f"{use} from {settings.use} server {settings.address}, port {settings.port}"
    said = "Accounting-Response" if settings.use == ACCOUNTING else "Access-Accept"
    if answered:
        told = [
            f"{use} Success: {said} received",
            f"Round-trip time for response was {ROUND_TRIP} ms",
        ]
    else:
        told = [f"{use} Failure: No response from server"]
    return Lines([first, *told, ""], {"address": settings.address, "answered": answered})
