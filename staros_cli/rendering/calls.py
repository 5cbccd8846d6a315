"""Layouts about the states, the durations and the history of calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from staros_cli.chassis.access import AccessKind
from staros_cli.chassis.call_history import Interval
from staros_cli.chassis.disconnect_reasons import REASONS
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Column, Lines, Rows, Screen, Table, screen

ARRIVED, AUTHENTICATING = "ARRIVED", "AUTHENTICATING"
_CONNECTED_4, _CONNECTED_6 = "PDN-TYPE-IPv4 CONNECTED", "PDN-TYPE-IPv6 CONNECTED"
_CONNECTED_BOTH = "PDN-TYPE-IPv4+IPv6 CONNECTED"
_STATES = (
    ARRIVED,
    "CSCF-CALL-ARRIVED",
    "CSCF-REGISTERING",
    "CSCF-REGISTERED",
    "LCP-NEG",
    "LCP-UP",
    AUTHENTICATING,
    "BCMCS SERVICE AUTHENTICATING",
    "AUTHENTICATED",
    "PDG AUTHORIZING",
    "PDG AUTHORIZED",
    "IMS AUTHORIZING",
    "IMS AUTHORIZED",
    "MBMS UE AUTHORIZING",
    "MBMS BEARER AUTHORIZING",
    "DHCP PENDING",
    "L2TP-LAC CONNECTING",
    "MBMS BEARER CONNECTING",
    "CSCF-CALL-CONNECTING",
    "IPCP-UP",
    "NON-ANCHOR CONNECTED",
    "AUTH-ONLY CONNECTED",
    "SIMPLE-IPv4 CONNECTED",
    "SIMPLE-IPv6 CONNECTED",
    "SIMPLE-IPv4+IPv6 CONNECTED",
    "MOBILE-IPv4 CONNECTED",
    "MOBILE-IPv6 CONNECTED",
    "GTP CONNECTING",
    "GTP CONNECTED",
    "PROXY-MOBILE-IP CONNECTING",
    "PROXY-MOBILE-IP CONNECTED",
    "EPDG RE-AUTHORIZING",
    "HA-IPSEC CONNECTED",
    "L2TP-LAC CONNECTED",
    "HNBGW CONNECTED",
    "PDP-TYPE-PPP CONNECTED",
    "IPSG CONNECTED",
    "BCMCS CONNECTED",
    "PCC CONNECTED",
    "MBMS UE CONNECTED",
    "MBMS BEARER CONNECTED",
    "PAGING CONNECTED",
    _CONNECTED_4,
    _CONNECTED_6,
    _CONNECTED_BOTH,
    "PDN-TYPE-Non-IP CONNECTED",
    "CSCF-CALL-CONNECTED ",
    "MME ATTACHED",
    "HENBGW CONNECTED",
    "CSCF-CALL-DISCONNECTING",
    "DISCONNECTING",
)
_ENDS_IN_BLANK = ("CSCF-CALL-ARRIVED", "CSCF-REGISTERING", "CSCF-REGISTERED")
_OF_SERVICES = {
    "ggsn": "GTP CONNECTED",
    "ha": "MOBILE-IPv4 CONNECTED",
    "hnbgw": "HNBGW CONNECTED",
    "ipcf": "PCC CONNECTED",
    "ipsg": "IPSG CONNECTED",
    "lac": "L2TP-LAC CONNECTED",
    "lns": "SIMPLE-IPv4 CONNECTED",
    "mme": "MME ATTACHED",
    "pdif": "SIMPLE-IPv4 CONNECTED",
    "sgsn": "GTP CONNECTED",
}
_OF_KINDS = {
    "closedrp-pdsn": "SIMPLE-IPv4 CONNECTED",
    "ggsn-pdp-type-ppp": "PDP-TYPE-PPP CONNECTED",
    "ha-proxy-mobile-ip": "PROXY-MOBILE-IP CONNECTED",
    "pdsn-mobile-ip": "MOBILE-IPv4 CONNECTED",
    "pdsn-proxy-mobile-ip": "PROXY-MOBILE-IP CONNECTED",
    "pdsn-simple-ipv4": "SIMPLE-IPv4 CONNECTED",
    "pdsn-simple-ipv6": "SIMPLE-IPv6 CONNECTED",
}


def state_of(kind: AccessKind) -> str:
    """The state that a connected call of a kind of access counts in."""
    other = _CONNECTED_6 if kind.is_ipv6 else _CONNECTED_4
    if kind.is_dual:
        return _CONNECTED_BOTH
    return _OF_KINDS.get(kind.name) or _OF_SERVICES.get(kind.service, other)


@layout(
    "show session progress",
    "capture",
    "Which connected kinds of access count in which state is chosen, but for those of P-GW.",
)
def progress(calls: int, states: Mapping[str, int]) -> Lines:
    """How many calls there are in each state."""
    heads = (
        ("calls", calls),
        ("active calls", calls),
        ("dormant calls", 0),
        ("always-on calls", 0),
    )
    lines = [f"{count:>8} In-progress {text}" for text, count in heads]
    for state in _STATES:
        end = " " if state in _ENDS_IN_BLANK else ""
        lines.append(f"{states.get(state, 0):>8} In-progress calls @ {state} state{end}")
    values = {"calls": calls, "states": {state.strip(): states.get(state, 0) for state in _STATES}}
    return Lines(lines, values)


def _numbered(name: str) -> str:
    """A reason with its number; those that the list of every node does not have stand behind it."""
    return f"{name} ({REASONS.index(name) if name in REASONS else len(REASONS)})"


_REASONS = Table[tuple[str, int, float]](
    Column("Disconnect Reason", 53, lambda row: row[0]),
    Column("Num Disc", 10, lambda row: row[1], right=True, gap=2),
    Column("Percentage", 10, lambda row: row[2], show="{:.5f}".format, right=True, gap=2),
)
_NUMBERED = Table[tuple[str, int, float]](
    Column("Disconnect Reason", 53, lambda row: row[0], show=_numbered),
    *_REASONS.columns[1:],
)


@layout("show session disconnect-reasons", "capture")
def reasons(counts: Sequence[tuple[str, int]]) -> Screen:
    """Why calls ended, how often."""
    return _with_shares(_REASONS, counts)


@layout(
    "show session disconnect-reasons verbose",
    "doc",
    "That reasons have their numbers is documented, and the first two of these; the others depend "
    "on the release and are chosen.",
)
def all_reasons(counts: Sequence[tuple[str, int]]) -> Screen:
    """Every reason with its number, and how many calls ended for it."""
    return _with_shares(_NUMBERED, counts)


def _with_shares(table: Table[tuple[str, int, float]], counts: Sequence[tuple[str, int]]) -> Screen:
    total = sum(count for _, count in counts)
    rows = [(name, count, 100 * count / total if total else 0.0) for name, count in counts]
    head = Lines(
        ["Session Disconnect Statistics", "", f"Total Disconnects: {total}", ""],
        {"disconnects": total},
    )
    return screen(head, table.of(rows))


_PAIR_HEAD, _PAIR_RULE = "    Num Disc  Percentage", "  ----------  ----------"


@layout(
    "show session disconnect-reasons buckets",
    "capture",
    "That a pair of columns stands for a quarter of an hour is chosen.",
)
def reason_buckets(buckets: Sequence[Mapping[str, int]]) -> Lines:
    """Why calls ended in each of some intervals, the latest first."""
    totals = [sum(counts.values()) for counts in buckets]
    names = [name for name in REASONS if any(counts.get(name) for counts in buckets)]
    names += sorted({name for counts in buckets for name in counts if name not in REASONS})
    lines = [
        f"{'Disconnect Reason':<53}" + _PAIR_HEAD * len(buckets),
        "-" * 53 + _PAIR_RULE * len(buckets),
    ]
    for name in names:
        line = f"{name:<53}"
        for counts, total in zip(buckets, totals, strict=True):
            count = counts.get(name, 0)
            share = 100 * count / total if total else 0.0
            line += f"  {count:>10}  {share:>10.5f}"
        lines.append(line)
    return Lines(lines, {"buckets": [dict(counts) for counts in buckets]})


_DURATIONS = ("<1min", "<2min", "<5min", "<15min", "<1hr", "<4hr", "<12hr", "<24hr", ">24hr")
_SETUP_TIMES = (
    "<100ms",
    *(f"{first}00..{first + 1}00ms" for first in range(1, 10)),
    *("1s..2s", "2s..3s", "3s..4s", "4s..6s", "6s..8s", "8s..10s"),
    *("10s..12s", "12s..14s", "14s..16s", "16s..18s", ">18s"),
)


def _buckets(title: str, labels: Sequence[str], counts: Sequence[int]) -> Lines:
    pairs = list(zip(labels, counts, strict=True))
    lines = [f"    {title}"]
    lines += [f"{'':9}{label}{count:>{20 - len(label)}}" for label, count in pairs]
    return Lines(lines, dict(pairs))


@layout(
    "show session duration",
    "capture",
    "The class of quality of a call is that of its default bearer, by the definition; calls of "
    "kinds without bearers have none.",
)
def durations(counts: Sequence[int]) -> Lines:
    """How many calls have lasted how long."""
    return _buckets("In-Progress Call Duration Statistics", _DURATIONS, counts)


@layout(
    "show session setuptime",
    "chosen",
    "In the form of the durations. The types of calls are kinds of services.",
)
def setup_times(counts: Sequence[int]) -> Lines:
    """How many calls took how long to be connected."""
    return _buckets("Call Setup Time Statistics", _SETUP_TIMES, counts)


def _stamp(row: tuple[int, Interval]) -> str:
    return f"{datetime.fromtimestamp(row[1].began_at, UTC):%Y:%m:%d:%H:%M:%S}"


_INTERVALS = Table[tuple[int, Interval]](
    Column("Intv", 4, lambda row: row[0], right=True),
    Column("Timestamp", 19, _stamp, gap=2),
    Column("Arrived", 10, lambda row: row[1].counts.arrived, right=True),
    Column("Rejected", 10, lambda row: row[1].counts.rejected, right=True),
    Column("Connected", 10, lambda row: row[1].counts.connected, right=True),
    Column("Disconn", 10, lambda row: row[1].counts.disconnected, right=True),
    Column("Failed", 10, lambda row: row[1].counts.failed, right=True),
    Column("Handoffs", 13, lambda row: 0, right=True),
    Column("Renewals", 13, lambda row: 0, right=True),
    Column("CallOps", 13, lambda row: row[1].counts.operations, right=True),
    heads=(
        f"{'':26}------------------- Number of Calls ------------------{'':29}(A+R+D+F+H+R)",
        "Intv  Timestamp              Arrived   Rejected  Connected    Disconn     Failed      "
        "Handoffs      Renewals       CallOps ",
        "----  ------------------- ---------- ---------- ---------- ---------- ---------- "
        "------------- ------------- -------------",
    ),
)


_OF_COUNT = {
    column.head.lower(): Table(*_INTERVALS.columns[:2], column) for column in _INTERVALS.columns[2:]
}
_OF_COUNT["disconnected"] = _OF_COUNT.pop("disconn")


@layout("show session counters historical", "chosen", "The columns of all counts, one of them.")
def interval_of(found: Sequence[Interval], counted: str) -> Rows:
    """One count of calls by intervals, the latest first."""
    return _OF_COUNT[counted].of(enumerate(found, 1))


@layout("show session counters historical all", "capture")
def intervals(found: Sequence[Interval]) -> Rows:
    """The counts of calls by intervals, the latest first."""
    return _INTERVALS.of(enumerate(found, 1))
