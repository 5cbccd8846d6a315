"""Layouts about subscribers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct, to_builtins

from staros_cli.chassis.access import TRAITS
from staros_cli.chassis.call_lines import CallLine, Checkpoints
from staros_cli.chassis.data_rates import DataRates
from staros_cli.chassis.hardware import Cpu
from staros_cli.chassis.session import Session
from staros_cli.chassis.sessions import SessionTable
from staros_cli.chassis.traffic import REDIRECTIONS_ALLOWED, LineCounters
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Column, Lines, Screen, Table, key_of, screen

SECOND_COLUMN = 45

LEGEND = (
    "+-----Access     (S) - pdsn-simple-ip      (M) - pdsn-mobile-ip      (H) - ha-mobile-ip",
    "|     Type:      (O) - pdsn-proxy-mip      (h) - ha-proxy-mip        (G) - ggsn-pdp-ipv4",
    "|                (P) - ggsn-pdp-ppp        (#) - pgw-gtp-ipv4        (^) - pgw-gtp-ipv6",
    "|",
    "|+----Access     (X) - CDMA 1xRTT          (D) - CDMA EV-DO          (U) - WCDMA UTRAN",
    "||    Tech:      (T) - eUTRAN              (.) - Other/Unknown",
    "||",
    "||+---Call       (C) - Connected           (c) - Connecting          (d) - Disconnecting",
    "|||   State:",
    "|||",
    "|||+--Access     (N) - Not Applicable      (A) - Attached",
    "||||  CSCF",
    "||||  Status:",
    "||||",
    "||||+-Link       (A) - Online/Active       (D) - Dormant/Idle",
    "||||| Status:",
    "|||||",
    "|||||+Network    (T) - IPv4                (6) - IPv6",
    "|||||| Type:",
    "||||||",
)


class _Seen(Struct, frozen=True):
    """A session as of a time, in seconds since 1970 UTC."""

    session: Session
    now: float

    @property
    def letters(self) -> str:
        """The six letters that the legend explains."""
        state = "C" if self.session.is_connected(self.now) else "c"
        network = "6" if self.session.kind.is_ipv6 else "T"
        return f"{self.session.kind.letters}{state}NA{network}"


_SUBSCRIBERS = Table[_Seen](
    Column("vvvvvv", 6, lambda seen: seen.letters, key="letters"),
    Column("CALLID", 8, lambda seen: f"{seen.session.callid:08x}"),
    Column("MSID", 15, lambda seen: seen.session.msid),
    Column("USERNAME", 22, lambda seen: seen.session.username),
    Column("IP", 29, lambda seen: seen.session.address),
    Column(
        "TIME-IDLE", 9, lambda seen: int(seen.session.idle(seen.now)), lambda idle: _clock(idle)
    ),
    over=LEGEND,
)


@layout(
    "show subscribers {all|callid|imsi|msid|username}",
    "capture",
    "The columns are seen on a device; which letters the legend decodes is chosen.",
)
def table(sessions: Sequence[Session], now: float) -> Screen:
    """Subscribers, one a line, and how many they are."""
    total = len(sessions)
    line = Lines([f"Total subscribers matching specified criteria: {total}"], {"total": total})
    return screen(_SUBSCRIBERS.of(_Seen(session, now) for session in sessions), "", line)


@layout("show subscribers summary", "capture", "A device has more rows; these are the kinds here.")
def summary(sessions: SessionTable, now: float) -> Lines:
    """Subscribers by kind of access. Those being connected are not active yet."""
    total, active = len(sessions), sessions.count_connected(now)
    cells = [("Total Subscribers:", total), ("", -1), ("Active:", active), ("Dormant:", 0)]
    cells += [(f"{kind.name}:", count) for kind, count in sessions.kinds()]
    if len(cells) % 2:
        cells.append(("", -1))
    lines: list[str] = []
    for left, right in zip(cells[::2], cells[1::2], strict=True):
        text = _cell(*left).ljust(SECOND_COLUMN) + _cell(*right)
        lines.append(text.rstrip())
    return Lines(lines, {key_of(label): count for label, count in cells if label})


def _cell(label: str, count: int) -> str:
    return f"{label}{count:>{32 - len(label)}}" if label else ""


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


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600:02d}h{whole % 3600 // 60:02d}m{whole % 60:02d}s"


@layout("show subscribers full", "chosen", "A device shows far more.")
def full(session: Session, now: float, not_covered: str) -> Lines:
    """Timers and accounting of a subscriber, and whether a failure would take the session.

    `not_covered` says why session recovery does not cover it, empty where it does (SR-08).
    """
    usage = session.usage()
    connected = session.is_connected(now)
    trait = TRAITS.get(session.group.schema.trait)
    lines = [
        f"Username: {session.username}",
        f"  Access Type: {session.kind.name}",
        f"  Callid: {session.callid:08x}    Msid: {session.msid}",
        f"  State: {'Connected' if connected else 'Connecting'}",
        f"  Sessmgr Instance: {session.sessmgr}",
        f"  IP Address: {session.address}",
        f"  Context: {session.group.place[0]}    Service: {session.group.place[1]}",
    ]
    if trait:
        lines.append(f"  {trait.shown[0]}: {trait.shown[1]}")
    lines += [
        f"  Call Duration: {_clock(session.duration(now))}",
        f"  Idle Time: {_clock(session.idle(now))}",
    ]
    if session.kind.registers:
        lines.append(f"  Re-registration Time Left: {_clock(session.registration_left(now))}")
    lines.append(f"  Input Octets: {usage.received}    Output Octets: {usage.sent}")
    if not_covered:
        lines.append(f"  Session Recovery: Not Supported ({not_covered})")
        lines.append(f"  A Failure Loses: {trait.lost if trait else 'the session'}")
    elif not connected:
        lines.append("  Session Recovery: Not Supported (the call is not fully connected)")
    else:
        lines.append("  Session Recovery: Supported")
    values = {
        "username": session.username,
        "access_type": session.kind.name,
        "callid": f"{session.callid:08x}",
        "msid": session.msid,
        "connected": connected,
        "sessmgr_instance": session.sessmgr,
        "ip_address": session.address,
        "context": session.group.place[0],
        "service": session.group.place[1],
        "call_duration": int(session.duration(now)),
        "idle_time": int(session.idle(now)),
        "input_octets": usage.received,
        "output_octets": usage.sent,
        "not_covered": not_covered or None,
    }
    return Lines(lines, values)


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
