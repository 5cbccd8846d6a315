"""Layouts about subscribers."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli.chassis.access import TRAITS
from staros_cli.chassis.call_lines import CallLine, Checkpoints
from staros_cli.chassis.data_rates import DataRates
from staros_cli.chassis.hardware import Cpu
from staros_cli.chassis.session import Session
from staros_cli.chassis.sessions import SessionTable
from staros_cli.chassis.traffic import REDIRECTIONS_ALLOWED, LineCounters
from staros_cli.rendering.layout import layout

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


@layout(
    "show subscribers {all|callid|imsi|msid|username}",
    "capture",
    "The columns are seen on a device; which letters the legend decodes is chosen.",
)
def table(sessions: Sequence[Session], now: float) -> list[str]:
    """Subscribers, one a line, and how many they are."""
    lines = [
        *LEGEND,
        "vvvvvv CALLID   MSID            USERNAME               "
        "IP                            TIME-IDLE",
        "------ -------- --------------- ---------------------- "
        "----------------------------- ---------",
    ]
    for session in sessions:
        state = "C" if session.is_connected(now) else "c"
        network = "6" if session.kind.is_ipv6 else "T"
        lines.append(
            f"{session.kind.letters}{state}NA{network} {session.callid:08x} {session.msid:<15} "
            f"{session.username:<22} {session.address:<29} "
            f"{_clock(session.idle(now))}"
        )
    lines += ["", f"Total subscribers matching specified criteria: {len(sessions)}"]
    return lines


@layout("show subscribers summary", "capture", "A device has more rows; these are the kinds here.")
def summary(sessions: SessionTable, now: float) -> list[str]:
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
    return lines


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
) -> list[str]:
    """The call lines of a subscriber (SR-28); `cpu` is None while its sessmgr does not run.

    Without a peer line, which is while its aaamgr is away, only its heading is shown.
    """
    primary, peer = lines
    return [
        f"username: {session.username:<18} callid: {session.callid:08x}"
        f"{'':<13}msid: {session.msid}",
        f"  Card/Cpu: {cpu or '-'}",
        f"  Sessmgr Instance: {session.sessmgr}",
        "  Primary callline:",
        *_call_line(primary, counted[0]),
        "  Peer callline:",
        *(_call_line(peer, counted[1]) if peer else ["  Redundancy Status: Not Available"]),
    ]


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
    """What packets needed that had to be put in order, reassembled or redirected.

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
def full(session: Session, now: float, not_covered: str) -> list[str]:
    """Timers and accounting of a subscriber, and whether a failure would take the session.

    `not_covered` says why session recovery does not cover it, empty where it does (SR-08).
    """
    usage = session.usage()
    connected = session.is_connected(now)
    trait = TRAITS.get(session.group.form.trait)
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
    return lines


@layout("show subscribers data-rate", "client", "Words after a client, columns chosen.")
def data_rate(rates: DataRates) -> list[str]:
    """The data rates of subscribers together: at most, over 15 and over 5 minutes."""
    lines = [
        f"{'Total Subscribers':<18}:{rates.total:>11}   {'Active':<18}:{rates.active:>11}   "
        f"{'Dormant':<18}:{0:>11}",
        "",
    ]
    for unit, factor in (("bps", 8.0), ("pps", 1 / rates.packet)):
        for label, rate in (("peak", rates.peak), ("ave", rates.long), ("sust", rates.short)):
            received, sent = (round(value * factor) for value in rate)
            lines.append(
                f"{f'{label} rate from user({unit})':<27}:{received:>12}   "
                f"{f'{label} rate to user({unit})':<26}:{sent:>12}"
            )
    return lines
