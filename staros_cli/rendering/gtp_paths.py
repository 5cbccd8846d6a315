"""Layouts about the paths of GTP and the services that they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from staros_cli.chassis import calendar
from staros_cli.chassis.contexts import Context, Service
from staros_cli.chassis.peers.paths import EchoCounts, Failure
from staros_cli.chassis.peers.settings import EchoSettings, PathSettings
from staros_cli.chassis.session import Session
from staros_cli.rendering.layout import layout
from staros_cli.rendering.peers import counters, facts
from staros_cli.rendering.values import Column, Lines, Rows, Screen, Shown, Table, blocks, screen


class PathRow(Struct, frozen=True):
    """A path with the restart counter and restarts of its node, and its calls: now, and the most.

    `failures` are how often it failed, `last` is the last time.
    """

    settings: PathSettings
    up: bool
    counter: int
    restarts: int
    sessions: int
    most: int
    failures: int
    last: Failure | None

    @property
    def letters(self) -> str:
        """What the legend decodes."""
        active = "A" if self.up and self.sessions else "I"
        echo = "E" if self.settings.echo_interval else "D"
        return f"{active}{echo}SK{self.settings.node}"


_LEGEND = """\
+----Status:             (I) - Inactive         (A) - Active
|
|+---GTPC Echo:          (D) - Disabled         (E) - Enabled
||
||+--Restart Counter     (S) - Sent             (N) - Not Sent
|||  Sent:
|||
|||+-Peer Restart        (K) - Known            (U) - Unknown
||||  Counter:
||||
||||+-Type of Node:      (S) - SGW              (P) - PGW
|||||                    (M) - MME              (G) - SGSN
|||||                    (L) - LGW              (E) - ePDG
|||||                    (C) - CGW              (U) - Unknown
|||||
|||||   Service                                        Restart    No. of
|||||   ID      Peer Address                            Counter    restarts  Current sessions  Max sessions
vvvvv   ------- --------------------------------------- ---------- --------- ----------------- ------------""".splitlines()  # noqa: E501

_PATHS = Table[PathRow](
    Column("Status", 5, lambda row: row.letters),
    Column("Service ID", 7, lambda row: row.settings.number, gap=3),
    Column("Peer Address", 39, lambda row: row.settings.address),
    Column("Restart Counter", 10, lambda row: row.counter),
    Column("No. of restarts", 9, lambda row: row.restarts),
    Column("Current sessions", 17, lambda row: row.sessions),
    Column("Max sessions", 12, lambda row: row.most),
    heads=_LEGEND,
)


@layout(
    "show egtpc peers",
    "chosen",
    "The legend is from memory. Nodes, their addresses and restart counters follow from the groups "
    "of subscribers; one without calls is inactive.",
)
def peers(rows: Sequence[PathRow]) -> Screen:
    """The nodes that calls come through."""
    return screen(
        _PATHS.of(rows), "", Lines([f"Total Peers:    {len(rows)}"], {"total": len(rows)})
    )


def _date(failure: Failure | None) -> str | None:
    return calendar.trap_date(failure.time) if failure else None


_FAILURES = Table[PathRow](
    Column("Service ID", 10, lambda row: row.settings.number),
    Column("Peer Address", 39, lambda row: row.settings.address),
    Column("Failures", 8, lambda row: row.failures, right=True),
    Column("Last Failure", 24, lambda row: _date(row.last)),
    Column("Failure Reason", 31, lambda row: row.last.reason if row.last else None),
)


@layout("show egtpc peers path-failure-history", "chosen")
def failures(rows: Sequence[PathRow]) -> Rows:
    """When paths have failed last, and why."""
    return _FAILURES.of(rows)


@layout(
    "show egtpc statistics path-failure-reasons",
    "chosen",
    "The command is documented, and the reasons are those of the trap.",
)
def failure_reasons(counts: Sequence[tuple[str, int]]) -> Screen:
    """How often paths have failed for which reason."""
    return screen("Path Failure Reasons:", facts(counts, 37, 2))


class GtpService(Struct, frozen=True):
    """A service that ends paths: whether it is started, how it sends echoes, what it uses."""

    context: Context
    service: Service
    started: bool
    echo: EchoSettings
    interface: str
    counter: int
    gtpu: tuple[str, str] = ("", "")
    most: int = 0


@layout(
    "show egtp-service",
    "chosen",
    "The line of the restart counter is captured, the others are from memory.",
)
def egtp_services(rows: Sequence[GtpService]) -> Screen:
    """The services of GTP-C."""
    return blocks(map(_egtp, rows))


def _egtp(row: GtpService) -> Lines:
    echo = row.echo
    rows: list[tuple[str, int | str]] = [
        ("Service name", row.service.name),
        ("Service-Id", row.service.number),
        ("Context", row.context.name),
        ("Interface Role", row.interface),
        ("Status", "STARTED" if row.started else "NOT STARTED"),
        ("Restart Counter", row.counter),
        ("Associated GTPU Service", row.gtpu[1] or "None"),
        ("Validation Mode", echo.validation.capitalize().replace("Default", "Standard")),
        ("GTPU Context", row.gtpu[0] or "None"),
        ("GTPC Retransmission Timeout", f"{echo.retry * 1000:.0f} (milliseconds)"),
        ("GTPC Maximum Request Retransmissions", echo.request_retries),
        ("GTPC IP QoS DSCP value", echo.dscp or "10"),
        ("GTPC Echo", "Enabled" if echo.interval else "Disabled"),
        ("GTPC Echo Mode", "Dynamic" if echo.dynamic else "Default"),
        ("GTPC Echo Interval", f"{echo.interval:.0f}"),
        ("GTPC Echo Retransmission Timeout", f"{echo.timeout:.0f}"),
        ("GTPC Echo Maximum Request Retransmissions", echo.retries),
        ("GTPC Node Restoration", "Disabled"),
        ("GTP-C Bind IPv4 Address", row.service.bindings.get("gtpc", "None")),
    ]
    lines = [f"{'   ' if n else ''}{label}: {value}" for n, (label, value) in enumerate(rows)]
    return Lines(lines, {label.lower(): value for label, value in rows})


@layout("show gtpu-service", "chosen", "All labels are from memory.")
def gtpu_services(rows: Sequence[GtpService]) -> Screen:
    """The services of GTP-U."""
    return blocks(map(_gtpu, rows))


def _gtpu(row: GtpService) -> Lines:
    echo, address = row.echo, row.service.bindings.get("", "")
    is_ipv6 = ":" in address
    rows: list[tuple[str, int | str]] = [
        ("Service name", row.service.name),
        ("Service-Id", row.service.number),
        ("Context", row.context.name),
        ("State", "Started" if row.started else "Initialized"),
        ("Retransmission Timeout", f"{echo.retry:.0f} (secs)"),
        ("Max Retransmissions", echo.request_retries),
        ("Echo Interval", f"{echo.interval:.0f} (secs)" if echo.interval else "Disabled"),
        ("Path failure detection", "Echo msgs"),
        ("Bind IPv4 Address", "None" if is_ipv6 else address or "None"),
        ("Ipv6 Address", address if is_ipv6 else "None"),
        ("Error-ind policy", "local-purge"),
    ]
    lines = [
        f"{label + ':':<27}{value}" if not n else f"  {label + ':':<25}{value}"
        for n, (label, value) in enumerate(rows)
    ]
    return Lines(lines, {label.lower(): value for label, value in rows})


class PathTotals(Struct, frozen=True):
    """Calls and messages of paths: calls now, the most of each path together, echoes, failures.

    `created` are the calls that have come, since the counts were cleared.
    """

    sessions: int
    most: int
    created: int
    echoes: EchoCounts
    failures: int


@layout("show gtpu statistics", "chosen", "The blocks are from memory.")
def gtpu_statistics(totals: PathTotals) -> Screen:
    """Calls over GTP-U and the messages about its paths."""
    parts: list[Shown] = [
        counters("Session Stats:", ((("Current", totals.sessions), ("Maximum", totals.most)),)),
        _path_messages(totals),
        counters(
            "Tunnel Management Messages:",
            ((("Error Indication Rx", 0), ("Error Indication Tx", 0)),),
        ),
    ]
    return blocks(parts)


def _path_messages(totals: PathTotals) -> Lines:
    echoes = totals.echoes
    return counters(
        "Path Management Messages:",
        (
            (("Echo Request Tx", echoes.sent + echoes.sent_again), ("Echo Request Rx", 0)),
            (("Echo Response Rx", echoes.answered), ("Echo Response Tx", 0)),
            (("Path Failures", totals.failures),),
        ),
    )


@layout(
    "show egtpc statistics, show gtpc statistics",
    "chosen",
    "The blocks are from memory. Shown are the requests that calls were created by; how they are "
    "deleted is not known here.",
)
def gtpc_statistics(totals: PathTotals, create: str) -> Screen:
    """Requests about calls over GTP-C, and the messages about its paths."""
    count = totals.created
    requests = Lines(
        [
            f"  {create}:",
            f"    Total RX:   {count}  Initial RX: {count}  Retrans RX: 0",
            f"    Accepted:   {count}",
        ],
        {"request": create, "received": count, "accepted": count},
    )
    return screen("Tunnel Management Messages:", "", requests, "", _path_messages(totals))


_DENIED = (
    "System Failure",
    "Invalid Message Format",
    "Semantic Error in TFT",
    "Syntactic Error in TFT",
    "Semantic Error in Packet Filter",
    "Mandatory IE Incorrect",
    "Mandatory IE Missing",
)
"""Why a change of a call can be denied."""
_NSAPI = 5
"""The access point identifier of the first context of a call; calls have no others here."""


@layout(
    "show gtpc counters",
    "doc",
    "Labels and their order are documented, columns are chosen. Calls are not changed here: all "
    "counts are zero.",
)
def gtpc_counters(sessions: Iterable[Session]) -> Screen:
    """The messages that have changed calls, a call a block."""
    return blocks(_gtpc_counters(session) for session in sessions)


def _gtpc_counters(session: Session) -> Screen:
    identity = {
        "APN Name": session.group.apn or "n/a",
        "Callid": f"{session.callid:08x}",
        "IMSI": session.msid,
        "NSAPI": _NSAPI,
    }
    return screen(
        Lines([f"{label}: {value}" for label, value in identity.items()], identity),
        counters(
            "Updates PDP Context:",
            ((("Update PDP Context RX", 0),), (("Accepted", 0), ("Denied", 0))),
        ),
        "Update PDP Context Denied:",
        facts([(label, 0) for label in _DENIED], 33, 2),
    )


@layout("egtpc test echo", "chosen", "The form is from memory.")
def echo_test(address: str, counter: int | None) -> Screen:
    """Whether a node answered an echo, with its restart counter; None when it did not."""
    title = "EGTPC test echo"
    if counter is None:
        told = f"Peer: {address:<24}Tx/Rx:  5/0   RTT(ms):   0   (FAILURE)"
    else:
        told = f"Peer: {address:<24}Tx/Rx:  1/1   RTT(ms):   2   (COMPLETE)  "
        told += f"Recovery: {counter} (0x{counter:02X})"
    values = {"peer": address, "answered": counter is not None, "recovery": counter}
    return screen(title, "-" * len(title), Lines([told], values))
