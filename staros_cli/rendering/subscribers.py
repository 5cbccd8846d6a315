"""Layouts about subscribers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct, to_builtins

from staros_cli.chassis.access import AccessKind
from staros_cli.chassis.call_lines import CallLine, Checkpoints
from staros_cli.chassis.data_rates import LONG, DataRates, Rate
from staros_cli.chassis.hardware import Cpu
from staros_cli.chassis.session import Session
from staros_cli.chassis.sessions import KindCount
from staros_cli.chassis.traffic import REDIRECTIONS_ALLOWED, LineCounters, Pattern
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import (
    Column,
    Flow,
    Lines,
    Rows,
    Shown,
    Table,
    blocks,
    key_of,
    screen,
)

LEGEND = (
    "+-----Access  (S) - pdsn-simple-ip     (M) - pdsn-mobile-ip  (H) - ha-mobile-ip",
    "|     Type:   (P) - ggsn-pdp-type-ppp  (h) - ha-ipsec        (N) - lns-l2tp",
    "|             (I) - ggsn-pdp-type-ipv4                       (G) - IPSG",
    "|             (V) - ggsn-pdp-type-ipv6                       (C) - cscf-sip",
    "|             (z) - ggsn-pdp-type-ipv4v6                     (A) - X2GW ",
    "|             (R) - sgw-gtp-ipv4       (O) - sgw-gtp-ipv6    (Q) - sgw-gtp-ipv4-ipv6",
    "|             (W) - pgw-gtp-ipv4       (Y) - pgw-gtp-ipv6    (Z) - pgw-gtp-ipv4-ipv6",
    "|             (B) - pgw-gtp-non-ip     (J) - sgw-gtp-non-ip",
    "|             (@) - saegw-gtp-ipv4     (#) - saegw-gtp-ipv6  ($) - saegw-gtp-ipv4-ipv6",
    "|             (&) - samog-ip           (^) - cgw-gtp-ipv6    (*) - cgw-gtp-ipv4-ipv6",
    "|             (p) - sgsn-pdp-type-ppp  (s) - sgsn            (4) - sgsn-pdp-type-ip",
    "|             (6) - sgsn-pdp-type-ipv6 (2) - sgsn-pdp-type-ipv4-ipv6",
    "|             (L) - pdif-simple-ip     (K) - pdif-mobile-ip  (o) - femto-ip",
    "|             (F) - standalone-fa                            ",
    "|             (e) - ggsn-mbms-ue       (U) - pdg-ipsec-ipv4",
    "|             (E) - ha-mobile-ipv6     (T) - pdg-ssl         (v) - pdg-ipsec-ipv6",
    "|             (f) - hnbgw-hnb          (g) - hnbgw-iu        (x) - s1-mme",
    "|                                      (k) - PCC",
    "|             (X) - HSGW               (n) - ePDG            (t) - henbgw-ue",
    "|             (m) - henbgw-henb        (q) - wsg-simple-ip   (r) - samog-pmip",
    "|             (D) - bng-simple-ip      (l) - pgw-pmip        (3) - GILAN",
    "|             (y) - User-Plane         (u) - Unknown",
    "|             (+) - samog-eogre        (%) - eMBMS-ipv4      (!) - eMBMS-ipv6",
    "|",
    "|+----Access  (X) - CDMA 1xRTT         (E) - GPRS GERAN      (I) - IP",
    "||    Tech:   (D) - CDMA EV-DO         (U) - WCDMA UTRAN     (W) - Wireless LAN",
    "||            (A) - CDMA EV-DO REVA    (G) - GPRS Other      (M) - WiMax",
    "||            (C) - CDMA Other         (J) - GAN             (O) - Femto IPSec",
    "||            (P) - PDIF               (S) - HSPA            (L) - eHRPD",
    "||            (T) - eUTRAN             (B) - PPPoE           (F) - FEMTO UTRAN",
    "||            (N) - NB-IoT             (Q) - WSG             (.) - Other/Unknown",
    "||",
    "||+---Call    (C) - Connected          (c) - Connecting",
    "|||   State:  (d) - Disconnecting      (u) - Unknown",
    "|||           (r) - CSCF-Registering   (R) - CSCF-Registered",
    "|||           (U) - CSCF-Unregistered",
    "|||",
    "|||+--Access  (A) - Attached           (N) - Not Attached",
    "||||  CSCF    (.) - Not Applicable",
    "||||  Status:",
    "||||",
    "||||+-Link    (A) - Online/Active      (D) - Dormant/Idle",
    "||||| Status:",
    "|||||",
    "|||||+Network (I) - IP                 (M) - Mobile-IP         (L) - L2TP",
    "||||||Type:   (P) - Proxy-Mobile-IP    (i) - IP-in-IP          (G) - GRE",
    "||||||        (V) - IPv6-in-IPv4       (S) - IPSEC             (C) - GTP",
    "||||||        (A) - R4 (IP-GRE)        (T) - IPv6              (u) - Unknown",
    "||||||        (W) - PMIPv6(IPv4)       (Y) - PMIPv6(IPv4+IPv6) (R) - IPv4+IPv6",
    "||||||        (v) - PMIPv6(IPv6)       (/) - GTPv1(For SAMOG)  (+) - GTPv2(For SAMOG)",
    "||||||        (N) - NON-IP             (x) - UDP-IPv4          (X) - UDP-IPv6",
    "||||||",
    "||||||",
)

_BLOCKS = ("access", "technology", "state", "cscf", "link", "network")
_ENTRY = re.compile(r"\((.)\) - (.+?) *(?=\(.\) - |$)")


def _decoded() -> Iterator[tuple[str, str, str]]:
    """Every letter of the legend: the part of a call it is for, the letter, its meaning."""
    for line in LEGEND:
        rest = line.lstrip("|")
        part = _BLOCKS[len(line) - len(rest) - (not rest.startswith("+"))]
        for letter, text in _ENTRY.findall(line):
            yield part, letter, text


_MEANINGS = {(part, letter): text for part, letter, text in _decoded()}
_OF_BEARERS = {"pgw": "gtp", "sgw": "sgw", "saegw": "sgw"}
"""The services whose records name the kind of bearer."""
CONNECTED, CONNECTING, NOT_ATTACHED, ACTIVE = "C", "c", "N", "A"
NOT_APPLICABLE = "."


def letters_of(session: Session, now: float) -> str:
    """The six letters of a call."""
    access, technology, network = tuple(session.kind.letters)
    state = CONNECTED if session.is_connected(now) else CONNECTING
    cscf = NOT_APPLICABLE if session.kind.is_user_plane else NOT_ATTACHED
    return f"{access}{technology}{state}{cscf}{ACTIVE}{network}"


def meaning(part: str, letter: str) -> str:
    """The meaning of a letter: of `access`, `technology`, `state`, `cscf`, `link` or `network`."""
    return _MEANINGS[part, letter]


def access_type(kind: AccessKind) -> str:
    """A kind of access as records name it."""
    if kind.is_user_plane:
        return kind.name
    bearer = _OF_BEARERS.get(kind.service)
    if bearer:
        return f"{bearer}-pdn-type-{'ipv6' if kind.is_ipv6 else 'ipv4'}"
    return meaning("access", kind.letters[0])


def clock(seconds: float) -> str:
    """A time as `00h01m19s`."""
    whole = int(seconds)
    return f"{whole // 3600:02d}h{whole % 3600 // 60:02d}m{whole % 60:02d}s"


class _Seen(Struct, frozen=True):
    """A session as of a time, in seconds since 1970 UTC."""

    session: Session
    now: float


def _unless_user_plane(session: Session, text: str) -> str:
    """What identifies a subscriber; lists do not show that of sessions of a user plane."""
    return "-" if session.kind.is_user_plane else text


_SUBSCRIBERS = Table[_Seen](
    Column("vvvvvv", 6, lambda seen: letters_of(seen.session, seen.now), key="letters"),
    Column("CALLID", 8, lambda seen: f"{seen.session.callid:08x}"),
    Column("MSID", 15, lambda seen: _unless_user_plane(seen.session, seen.session.msid)),
    Column("USERNAME", 22, lambda seen: _unless_user_plane(seen.session, seen.session.username)),
    Column("IP", 29, lambda seen: seen.session.address),
    Column("TIME-IDLE", 9, lambda seen: int(seen.session.idle(seen.now)), clock),
    over=LEGEND,
)


@layout(
    "show subscribers",
    "capture",
    "Legend, columns and footer are known; the letters of kinds that no capture has are chosen.",
)
def table(sessions: Iterable[Session], now: float) -> Flow:
    """Subscribers, one a line, and how many they are."""
    seen = (_Seen(session, now) for session in sessions)
    return _SUBSCRIBERS.flow(seen, lambda count: ("", total_line(count)))


def in_records(records: Iterable[Shown]) -> Flow:
    """Records of subscribers with an empty line between two, and how many they are."""
    return Flow(records, lambda made: screen(*blocks(made).parts, "", total_line(len(made))))


def total_line(count: int) -> Lines:
    """How many subscribers were found."""
    return Lines([f"Total subscribers matching specified criteria: {count}"], {"total": count})


_ROWS = (
    ("Total Subscribers", ""),
    ("Active", "Dormant"),
    ("LAPI Devices", ""),
    ("DCNR Devices", ""),
    ("pdsn-simple-ipv4", "pdsn-simple-ipv6"),
    ("pdsn-mobile-ip", "ha-mobile-ipv6"),
    ("hsgw-ipv6", "hsgw-ipv4"),
    ("hsgw-ipv4-ipv6", "pgw-pmip-ipv6"),
    ("pgw-pmip-ipv4", "pgw-pmip-ipv4-ipv6"),
    ("pgw-gtp-ipv6", "pgw-gtp-ipv4"),
    ("pgw-gtp-ipv4-ipv6", "sgw-gtp-ipv6"),
    ("sgw-gtp-ipv4", "sgw-gtp-ipv4-ipv6"),
    ("sgw-pmip-ipv6", "sgw-pmip-ipv4"),
    ("sgw-pmip-ipv4-ipv6", "pgw-gtps2b-ipv4"),
    ("pgw-gtps2b-ipv6", "pgw-gtps2b-ipv4-ipv6"),
    ("pgw-gtps2a-ipv4", "pgw-gtps2a-ipv6"),
    ("pgw-gtps2a-ipv4-ipv6", ""),
    ("pgw-gtp-non-ip", "sgw-gtp-non-ip"),
    ("mme", "mme-embms"),
    ("henbgw-ue", "henbgw-henb"),
    ("x2gw-enb", ""),
    ("ipsg-rad-snoop", "ipsg-rad-server"),
    ("ha-mobile-ip", "ggsn-pdp-type-ppp"),
    ("ggsn-pdp-type-ipv4", "lns-l2tp"),
    ("ggsn-pdp-type-ipv6", "ggsn-pdp-type-ipv4v6"),
    ("ggsn-mbms-ue-type-ipv4", ""),
    ("pdif-simple-ipv4", ""),
    ("pdif-simple-ipv6", "pdif-mobile-ip"),
    ("wsg-simple-ipv4", "wsg-simple-ipv6"),
    ("pdg-simple-ipv4", "ttg-ipv4"),
    ("pdg-simple-ipv6", "ttg-ipv6"),
    ("femto-ip", ""),
    ("epdg-pmip-ipv6", "epdg-pmip-ipv4"),
    ("epdg-pmip-ipv4-ipv6", ""),
    ("epdg-gtp-ipv6", "epdg-gtp-ipv4"),
    ("epdg-gtp-ipv4-ipv6", ""),
    ("sgsn", "sgsn-pdp-type-ppp"),
    ("sgsn-pdp-type-ipv4", "sgsn-pdp-type-ipv6"),
    ("sgsn-pdp-type-ipv4-ipv6", "type not determined"),
    ("sgsn-subs-type-gn", "sgsn-subs-type-s4"),
    ("sgsn-pdp-type-gn", "sgsn-pdp-type-s4"),
    ("cdma 1x rtt sessions", "cdma evdo sessions"),
    ("cdma evdo rev-a sessions", "cdma 1x rtt active"),
    ("cdma evdo active", "cdma evdo rev-a active"),
    ("hnbgw", "hnbgw-iu"),
    ("bng-simple-ipv4", ""),
    ("pcc", ""),
    ("in bytes dropped", "out bytes dropped"),
    ("in packet dropped", "out packet dropped"),
    ("in packet dropped zero mbr", "out packet dropped zero mbr"),
    ("in bytes dropped ovrchrgPtn", "out bytes dropped ovrchrgPtn"),
    ("in packet dropped ovrchrgPtn", "out packet dropped ovrchrgPtn"),
    ("ipv4 ttl exceeded", "ipv4 bad hdr"),
    ("ipv4 bad length trim", ""),
    ("ipv4 frag failure", "ipv4 frag sent"),
    ("ipv4 in-acl dropped", "ipv4 out-acl dropped"),
    ("ipv6 bad hdr", "ipv6 bad length trim"),
    ("ipv6 in-acl dropped", "ipv6 out-acl dropped"),
    ("ipv4 in-css-down dropped", "ipv4 out-css-down dropped"),
    ("ipv4 out xoff pkt dropped", "ipv6 out xoff pkt dropped"),
    ("ipv4 xoff bytes dropped", "ipv6 xoff bytes dropped"),
    ("ipv4 out no-flow dropped", ""),
    ("ipv4 early pdu rcvd", "ipv4 icmp packets dropped"),
    ("ipv6 input ehrpd-access drop", "ipv6 output ehrpd-access drop"),
    ("dormancy count", "handoff count"),
    ("pdsn fwd dynamic flows", "pdsn rev dynamic flows"),
    ("fwd static access-flows", "rev static access-flows"),
    ("pdsn fwd packet filters", "pdsn rev packet filters"),
    ("traffic flow templates", ""),
)
_NARROW = {"henbgw-henb": 29}
"""A label that the device pads to fewer characters than the others."""
_TECHNOLOGIES = {"X": "cdma 1x rtt", "D": "cdma evdo", "A": "cdma evdo rev-a"}
"""The technologies that have rows of their own, by their letters."""


@layout(
    "show subscribers summary",
    "capture",
    "Rows and columns of a gateway. Where kinds without a row of their own count is chosen: those "
    "of an SAE-GW as those of an S-GW. Dropped packets, dormancy and handoffs are not modelled.",
)
def summary(counts: Sequence[KindCount]) -> Lines:
    """Subscribers by kind of access. Those being connected are not active yet."""
    found: Counter[str] = Counter()
    for count in counts:
        found[count.kind.counted_as] += count.total
        found["Total Subscribers"] += count.total
        found["Active"] += count.connected
        technology = _TECHNOLOGIES.get(count.kind.letters[1])
        if technology:
            found[f"{technology} sessions"] += count.total
            found[f"{technology} active"] += count.connected
    return _pairs(_ROWS, found)


def _pairs(rows: Sequence[tuple[str, str]], found: Counter[str]) -> Lines:
    """Counters, one or two on a line."""
    lines = [
        f"{_cell(left, found):<45}{_cell(right, found) if right else ''}".rstrip()
        for left, right in rows
    ]
    labels = [label for row in rows for label in row if label]
    return Lines(lines, {key_of(label): found[label] for label in labels})


OF_MOBILITY = {
    "gprs-only": ("Total Ready Subscribers", "Total Standby Subscribers"),
    "mme-only": ("Total Connected Subscribers", "Total Idle Subscribers"),
    "sgsn-only": ("Total Connected Subscribers", "Total Idle Subscribers"),
}
"""Nodes that know subscribers without packets, by the filter for theirs: those with, and those."""


@layout(
    "show subscribers mme-only|sgsn-only|gprs-only summary",
    "client",
    "The labels are those that clients look for; which of them belong to which node is chosen. "
    "No subscriber is idle or on standby here.",
)
def mobility_summary(counts: Sequence[KindCount], only: str) -> Lines:
    """Subscribers of a node that follows where they are, by what it knows of them."""
    present, absent = OF_MOBILITY[only]
    connected = sum(count.connected for count in counts)
    found = Counter(
        {"Total Subscribers": sum(count.total for count in counts), "Active": connected}
    )
    found["Total Active Subscribers"] = found[present] = connected
    rows = (*_ROWS[:2], ("Total Active Subscribers", ""), (present, absent))
    return _pairs(rows, found)


def _cell(label: str, found: Counter[str]) -> str:
    return f"{label + ':':<{_NARROW.get(label, 31)}}{found[label]}"


@layout(
    "show subscribers debug-info",
    "seed",
    "What a screen shows while the aaamgr of a call is away is chosen.",
)
def debug_info(
    session: Session,
    cpu: Cpu | None,
    lines: tuple[CallLine, CallLine | None],
    counted: tuple[LineCounters, LineCounters],
) -> Lines:
    """The call lines of a subscriber (SR-28); `cpu` is None while its sessmgr does not run.

    Without a peer line, which is while its aaamgr is away, only its heading is shown.
    """
    primary, peer = lines
    text = [
        f"username: {session.username:<18} callid: {session.callid:08x}"
        f"{'':<13}msid: {session.msid}",
        f"  Card/Cpu: {cpu or '-'}",
        f"  Sessmgr Instance: {session.sessmgr}",
        "  Primary callline:",
        *_call_line(primary, counted[0]),
        "  Peer callline:",
        *(_call_line(peer, counted[1]) if peer else ["  Redundancy Status: Not Available"]),
    ]
    values = {
        "username": session.username,
        "callid": f"{session.callid:08x}",
        "msid": session.msid,
        "card_cpu": str(cpu) if cpu else None,
        "sessmgr_instance": session.sessmgr,
        "primary": _call_line_data(primary),
        "peer": _call_line_data(peer) if peer else None,
    }
    return Lines(text, values)


def _call_line_data(line: CallLine) -> dict[str, Any]:
    return {
        "recovered": line.recovered,
        "state": line.state.value,
        "full": to_builtins(line.full),
        "micro": to_builtins(line.micro),
        "trace": [{"state": state.value, "event": event} for state, event in line.trace],
    }


def _call_line(line: CallLine, counted: LineCounters) -> list[str]:
    status = "Recovered" if line.recovered else "Original"
    lines = [
        f"  Redundancy Status: {status} Session",
        "    Checkpoints          Attempts       Success      Last-Attempt     Last-Success",
        _checkpoints("Full:", line.full),
        _checkpoints("Micro:", line.micro),
        f"    Current state: {line.state.value}",
        "    FSM Event trace:",
        "        State                            Event",
    ]
    lines += [f"        {state.value:<32} {event}" for state, event in line.trace]
    return lines + _counters(counted)


def _checkpoints(label: str, made: Checkpoints) -> str:
    attempt, success = f"{made.last_attempt}ms", f"{made.last_success}ms"
    return f"       {label:<8}{made.attempts:>18}{made.success:>14}{attempt:>18}{success:>17}"


def _pair(label: str, value: int, second: str = "", other: int = 0) -> str:
    left = f"    {label:<30}{value:>6}"
    return f"{left}        {second:<28} {other}".rstrip() if second else left


def _counters(counted: LineCounters) -> list[str]:
    """Counts of packets that were put in order, reassembled or redirected.

    All that arrive out of sequence are put in order, so nothing is flushed or dropped.
    """
    added, current = counted.redirections_added, counted.redirections_current
    return [
        "  Data Reorder statistics",
        _pair("Total timer expiry:", 0, "Total flush (tmr expiry):"),
        _pair("Total no buffers:", 0, "Total flush (no buffers):"),
        _pair("Total flush (queue full):", 0, "Total flush (out of range):"),
        _pair("Total flush (svc change):", 0, "Total out-of-seq pkt drop:"),
        _pair("Total out-of-seq arrived:", counted.out_of_sequence),
        "  IPv4 Reassembly Statistics:",
        _pair("Success:", counted.reassembled, "In Progress:"),
        _pair("Failure (timeout):", counted.reassembly_timeouts, "Failure (no buffers):"),
        _pair("Failure (other reasons):", 0),
        "  Redirected Session Entries:",
        _pair("Allowed:", REDIRECTIONS_ALLOWED, "Current:", current),
        _pair("Added:", added, "Deleted:", added - current),
        "    Revoked for use by different subscriber: 0",
    ]


def _peak(pattern: Pattern) -> Rate:
    return pattern.rate, pattern.rate * pattern.ratio


def _rate_columns(label: str, rate: Callable[[Session], Rate]) -> Iterator[Column[Session]]:
    """The columns of a rate, in bits a second: from the subscriber and to it."""
    for place, side in enumerate(("from", "to")):
        yield Column(
            f"{label} {side}",
            11,
            lambda session, place=place: round(8 * rate(session)[place]),  # type: ignore[misc]
            right=True,
            key=f"{label}_{side}_user",
        )


_RATES = Table[Session](
    Column("CALLID", 8, lambda session: f"{session.callid:08x}"),
    Column("USERNAME", 22, lambda session: _unless_user_plane(session, session.username)),
    *_rate_columns("peak", lambda session: _peak(session.pattern)),
    *_rate_columns("ave", lambda session: session.rate(LONG)),
)


@layout(
    "show subscribers data-rate high | low",
    "chosen",
    "The ten subscribers with the highest or the lowest peak rates; known are the words only.",
)
def data_rates(sessions: Sequence[Session]) -> Rows:
    """The subscribers with the highest or the lowest data rates, in bits a second."""
    return _RATES.of(sessions)


@layout("show subscribers data-rate", "client", "Words after a client, columns chosen.")
def data_rate(rates: DataRates) -> Lines:
    """The data rates of subscribers together: at most, over 15 and over 5 minutes."""
    lines = [
        f"{'Total Subscribers':<18}:{rates.total:>11}   {'Active':<18}:{rates.active:>11}   "
        f"{'Dormant':<18}:{0:>11}",
        "",
    ]
    values: dict[str, Any] = {"total": rates.total, "active": rates.active, "dormant": 0}
    for unit, factor in (("bps", 8.0), ("pps", 1 / rates.packet)):
        for label, rate in (("peak", rates.peak), ("ave", rates.long), ("sust", rates.short)):
            received, sent = (round(value * factor) for value in rate)
            lines.append(
                f"{f'{label} rate from user({unit})':<27}:{received:>12}   "
                f"{f'{label} rate to user({unit})':<26}:{sent:>12}"
            )
            values |= {f"{label}_{unit}_from_user": received, f"{label}_{unit}_to_user": sent}
    return Lines(lines, values)
