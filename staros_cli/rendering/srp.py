"""Layouts about the Service Redundancy Protocol."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli.chassis import calendar
from staros_cli.chassis.srp.checkpoints import Counts
from staros_cli.chassis.srp.monitors import DOWN, REASONS, UP, Monitor
from staros_cli.chassis.srp.operation import CONNECTING, READY, ManagerRow, Srp
from staros_cli.chassis.srp.records import Audit, Switchover
from staros_cli.chassis.srp.settings import Kind, SrpSettings
from staros_cli.chassis.srp.states import Reason
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import (
    Cell,
    Column,
    Fields,
    Lines,
    Rows,
    Screen,
    Table,
    blocks,
    key_of,
    screen,
)

NONE = "None"


class _Ruled(Fields, frozen=True):
    """Fields with a rule under their title."""

    @property
    def lines(self) -> list[str]:
        """The title, the rule and a line for every field."""
        title, *rest = super().lines
        return [title, "-" * 79, *rest]


def _ago(at: float, now: float) -> str:
    return f"{calendar.trap_date(at)} ({int(now - at)} seconds ago)"


@layout(
    "show srp info",
    "chosen",
    "The labels `Chassis State`, `Chassis Mode`, `Peer State`, `Peer Mode` and `Last Validate "
    "Switchover Status` are known from clients, the others are remembered.",
)
def info(srp: Srp, settings: SrpSettings) -> Fields:
    """The states of the two chassis."""
    mine, other = srp.hello(settings), srp.partner.hello(settings)
    link, now = srp.link, srp.now
    heard = srp.is_connected
    hello = link.last_hello(now) if link is not None and srp.is_running else 0.0
    state = "Connected" if heard else "Disconnected" if srp.is_running else NONE
    validation = srp.validation
    status = f"{validation.text} ({int(now - validation.at)} seconds ago)" if validation else NONE
    known = srp.compared_at > 0
    outcome = ("Failed" if srp.is_out_of_sync else "Complete") if known else NONE
    fields: tuple[tuple[str, Cell], ...] = (
        ("Context", settings.context),
        ("Local Address", settings.local or NONE),
        ("Chassis State", mine.state.value),
        ("Chassis Mode", mine.mode.value),
        ("Chassis Priority", mine.priority),
        ("Local Tiebreaker", mine.tiebreaker),
        ("Route-Modifier", mine.route_modifier),
        ("Peer Remote Address", settings.peer or NONE),
        ("Peer State", other.state.value if heard else NONE),
        ("Peer Mode", other.mode.value if heard else NONE),
        ("Peer Priority", other.priority if heard else NONE),
        ("Peer Tiebreaker", other.tiebreaker if heard else NONE),
        ("Peer Route-Modifier", other.route_modifier if heard else NONE),
        ("Last Hello Message received", _ago(hello, now) if hello > 0 else NONE),
        ("Peer Configuration Validation", outcome),
        ("Last Peer Configuration Error", "Checksum mismatch" if srp.is_out_of_sync else NONE),
        ("Last Peer Configuration Event", _ago(srp.compared_at, now) if known else NONE),
        ("Last Validate Switchover Status", status),
        ("Connection State", state),
    )
    shown = tuple((f"{label}:", value) for label, value in fields)
    return _Ruled(shown, "Service Redundancy Protocol:", width=40, indent=0, between="")


_LEGEND = (
    "Type:  (A) - Auth. probe   (B) - BGP   (D) - Diameter",
    "State: (I) - Initializing  (U) - Up    (D) - Down",
    "",
    f"{'GroupId':>78}",
)
_MONITORS = Table[Monitor](
    Column("vv", 2, lambda one: f"{one.settings.kind.letter}{one.state}", key="state"),
    Column("IP Addr", 40, lambda one: one.settings.address, gap=2),
    Column("Port", 5, lambda one: one.settings.port, right=True),
    Column(
        "Context (VRF Name)",
        24,
        lambda one: one.settings.context + (f" ({one.settings.vrf})" if one.settings.vrf else ""),
    ),
    Column("|", 2, lambda one: one.settings.group or 0, right=True, key="group"),
    Column("Last Update", 19, lambda one: calendar.crash_date(one.since)),
    over=_LEGEND,
    heads=(
        f"vv  {'IP Addr':<40} Port  {'Context (VRF Name)':<24} |  Last Update",
        f"--  {'-' * 40} ----- {'-' * 24} -- {'-' * 19}",
    ),
)


@layout(
    "show srp monitor all",
    "chosen",
    "Remembered. What else can be monitored is kept, not watched, and left out.",
)
def monitors(found: Sequence[Monitor]) -> Rows:
    """What is monitored, a line each."""
    return _MONITORS.of(found)


@layout("show srp monitor", "chosen", "Remembered.")
def monitor_summary(srp: Srp) -> Fields:
    """What is monitored, kind by kind."""
    fields: list[tuple[str, Cell]] = []
    for kind in Kind:
        states = [one.state for one in srp.monitors.of(kind)]
        state = NONE if not states else "Initializing"
        if DOWN in states or UP in states:
            failed = any(failure == kind for failure, _ in srp.monitors.failures())
            state = "Down" if failed else "Up"
        fields.append((f"{kind.title} monitor state", state))
        fields.append((f"{kind.title} switch-over count", srp.counts.switchovers[REASONS[kind]]))
    return Fields(tuple(fields), width=30, indent=0, between=": ")


_COUNTS = (
    ("Full checkpoints sent", "full_sent"),
    ("Full checkpoints received", "full_received"),
    ("Micro checkpoints sent", "micro_sent"),
    ("Micro checkpoints received", "micro_received"),
)


def _block(title: str, fields: Sequence[tuple[str, Cell]]) -> Fields:
    """Labels with numbers at the right; with a title they stand further in."""
    indent = 2 if title else 0
    shown = tuple((f"{label}:", value) for label, value in fields)
    return _Numbers(shown, title, 49, indent, "")


class _Numbers(Fields, frozen=True):
    """Fields whose values are numbers, which end in one column."""

    @property
    def lines(self) -> list[str]:
        """The title and a line for every field."""
        before = " " * self.indent
        head = [self.title] if self.title else []
        end = self.width - self.indent
        return head + [
            f"{before}{label}{value:>{end - len(label)}}" for label, value in self.fields
        ]


@layout(
    "show srp checkpoint statistics",
    "chosen",
    "`Number of Sessmgrs` and a line with `allocated` are known from clients, the words of the "
    "managers from bulk statistics.",
)
def checkpoints(rows: Sequence[ManagerRow]) -> Screen:
    """The session managers, and the checkpoints of them all together."""
    ready = [row for row in rows if row.partner == READY]
    active = sum(row.is_active for row in ready)
    records = sum(row.records for row in rows)
    return blocks(
        (
            _block(
                "",
                (
                    ("Number of Sessmgrs", len(rows)),
                    ("Sessmgrs in Active-Connected state", active),
                    ("Sessmgrs in Standby-Connected state", len(ready) - active),
                    (
                        "Sessmgrs in Pending-Connected state",
                        sum(row.partner == CONNECTING for row in rows),
                    ),
                ),
            ),
            _block(
                "Call Recovery Record Statistics:",
                (
                    ("Current call recovery records", records),
                    ("Current pre-allocated calls", records),
                ),
            ),
            _block(
                "Checkpoint Statistics:",
                [
                    (label, sum(getattr(row.counts, name) for row in rows))
                    for label, name in _COUNTS
                ],
            ),
        )
    )


def _counts(row: ManagerRow) -> Counts:
    return row.counts


_LINES = Table[ManagerRow](
    Column("instance", 4, lambda row: row.instance, right=True),
    Column("state", 5, lambda row: "Actv" if row.is_active else "Stby"),
    Column("peer", 5, lambda row: row.partner),
    Column("records", 8, lambda row: row.records, right=True),
    Column("allocated", 9, lambda row: row.records, right=True),
    Column("full received", 7, lambda row: _counts(row).full_received, right=True),
    Column("micro received", 8, lambda row: _counts(row).micro_received, right=True),
    Column("full sent", 7, lambda row: _counts(row).full_sent, right=True),
    Column("micro sent", 8, lambda row: _counts(row).micro_sent, right=True),
    heads=(
        "smgr state peer  recovery pre-alloc  chk-point rcvd   chk-point sent",
        "inst       conn   records     calls    full    micro    full    micro",
        "---- ----- ----- -------- --------- ------- -------- ------- --------",
    ),
)


@layout(
    "show srp checkpoint statistics verbose",
    "chosen",
    "The columns `smgr inst` and `peer conn`, and the word `Ready`, are documented.",
)
def checkpoint_lines(rows: Sequence[ManagerRow]) -> Rows:
    """The session managers, a line each."""
    return _LINES.of(rows)


@layout(
    "show srp call-loss statistics",
    "chosen",
    "Remembered; the quantities are those of bulk statistics. The last switchover comes last.",
)
def call_loss(found: Sequence[Switchover]) -> Screen:
    """The switchovers, and what was lost by them."""
    return blocks(_switchover(one) for one in found)


def _switchover(one: Switchover) -> Fields:
    share = 100 * one.lost / one.active if one.active else 0.0
    took = f"{round(one.took)} seconds to complete" if one.took is not None else "In progress"
    return Fields(
        (
            (f"Switchover-{one.number} started at", calendar.trap_date(one.started_at)),
            ("Switchover reason", one.reason.text),
            ("Switchover took", took),
            ("Total active calls at switchover", one.active),
            ("Total lost calls", f"{one.lost} ({share:.2f} %)"),
            ("  Checkpoints never sent", one.never_sent),
            ("  Checkpoints send failed", 0),
        ),
        width=33,
        indent=0,
        between=": ",
    )


@layout("show srp audit-statistics", "chosen", "The quantities are those of bulk statistics.")
def audit(found: Audit, now: float) -> Fields:
    """The last comparison of the calls of both chassis."""
    steps = (
        ("Audit start time", found.began_at),
        ("Sync start time", found.synchronized_at),
        ("Ready for switchover time", found.ready_at),
    )
    over = now >= found.ready_at
    times = [("  " + name, calendar.trap_date(at) if now >= at else NONE) for name, at in steps]
    took = f"{round(found.ready_at - found.began_at)} seconds" if over else "In progress"
    return Fields(
        (
            ("Audit number", found.number),
            ("  Chassis state", found.state),
            ("  Audit reason", found.reason),
            *times,
            ("  Audit duration", took),
            ("  Active sessions", found.sessions),
            ("  New sessions", 0),
            ("  Stale sessions", 0),
            ("  Inactive sessions", 0),
        ),
        width=33,
        indent=0,
        between=": ",
    )


def _pairs(title: str, *pairs: tuple[str, int]) -> Lines:
    """Labels with numbers, two on a line."""
    cells = [f"{label + ':':<22}{value:>7}" for label, value in pairs]
    lines = [f"  {title}:"]
    rows = (cells[left : left + 2] for left in range(0, len(cells), 2))
    lines += ["    " + "     ".join(row) for row in rows]
    return Lines(lines, {"title": title} | {key_of(label): value for label, value in pairs})


@layout(
    "show srp statistics",
    "chosen",
    "What it tells of is documented. Messages about resources are not modelled and left out; "
    "each chassis asks for a comparison as often as the other.",
)
def statistics(srp: Srp) -> Screen:
    """Messages, comparisons and switchovers."""
    counts, done = srp.counts, srp.counts.switchovers
    return screen(
        Lines(["SRP Statistics:"], {"title": "SRP Statistics"}),
        _pairs("Hello Messages", ("Sent", srp.hellos_sent()), ("Received", srp.hellos_received())),
        _pairs(
            "Configuration Validation",
            ("Requests Sent", counts.requested),
            ("Requests Received", counts.requested),
            ("Successes", counts.requested - counts.failed),
            ("Failures", counts.failed),
        ),
        _pairs("Connections", ("Established", counts.established), ("Lost", counts.lost)),
        _pairs(
            "Switchovers",
            ("Total", done.total()),
            ("Manual", done[Reason.MANUAL]),
            ("Dead Interval Expiry", done[Reason.DEAD]),
            ("BGP Failure", done[Reason.BGP]),
            ("AAA Failure", done[Reason.AAA]),
            ("Diameter Failure", done[Reason.DIAMETER]),
        ),
    )
