"""Layouts about subscribers."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli.chassis.hardware import Cpu
from staros_cli.chassis.sessions import CallLine, Checkpoints, Session, SessionTable
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
        network = "6" if session.kind.name.endswith("ipv6") else "T"
        lines.append(
            f"{session.kind.letters}{state}NA{network} {session.callid:08x} {session.msid:<15} "
            f"{session.username:<22} {session.address:<29} "
            f"{_clock(session.idle(now))}"
        )
    lines += ["", f"Total subscribers matching specified criteria: {len(sessions)}"]
    return lines


@layout("show subscribers summary", "capture", "A device has more rows; these are the kinds here.")
def summary(sessions: SessionTable) -> list[str]:
    """Subscribers by kind of access."""
    total = len(sessions)
    cells = [("Total Subscribers:", total), ("", -1), ("Active:", total), ("Dormant:", 0)]
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
    "What the peer line of a call that was never recovered counts is chosen.",
)
def debug_info(session: Session, cpu: Cpu | None, primary: CallLine, peer: CallLine) -> list[str]:
    """The call lines of a subscriber (SR-28); `cpu` is None while its sessmgr does not run."""
    return [
        f"username: {session.username:<18} callid: {session.callid:08x}"
        f"{'':<13}msid: {session.msid}",
        f"  Card/Cpu: {cpu or '-'}",
        f"  Sessmgr Instance: {session.sessmgr}",
        "  Primary callline:",
        *_call_line(primary),
        "  Peer callline:",
        *_call_line(peer),
    ]


def _call_line(line: CallLine) -> list[str]:
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
    return lines + _COUNTERS


def _checkpoints(label: str, made: Checkpoints) -> str:
    age = f"{made.age}ms"
    return f"       {label:<8}{made.attempts:>18}{made.success:>14}{age:>18}{age:>17}"


def _pair(label: str, value: int, second: str = "", other: int = 0) -> str:
    left = f"    {label:<30}{value:>6}"
    return f"{left}        {second:<28} {other}".rstrip() if second else left


# Nothing of this is modelled; a session that never reordered, reassembled or redirected anything
# shows these figures.
_COUNTERS = [
    "  Data Reorder statistics",
    _pair("Total timer expiry:", 0, "Total flush (tmr expiry):"),
    _pair("Total no buffers:", 0, "Total flush (no buffers):"),
    _pair("Total flush (queue full):", 0, "Total flush (out of range):"),
    _pair("Total flush (svc change):", 0, "Total out-of-seq pkt drop:"),
    _pair("Total out-of-seq arrived:", 0),
    "  IPv4 Reassembly Statistics:",
    _pair("Success:", 0, "In Progress:"),
    _pair("Failure (timeout):", 0, "Failure (no buffers):"),
    _pair("Failure (other reasons):", 0),
    "  Redirected Session Entries:",
    _pair("Allowed:", 2000, "Current:"),
    _pair("Added:", 0, "Deleted:"),
    "    Revoked for use by different subscriber: 0",
]


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600:02d}h{whole % 3600 // 60:02d}m{whole % 60:02d}s"


@layout("show subscribers full", "chosen", "A device shows far more.")
def full(session: Session, now: float) -> list[str]:
    """Timers and accounting of a subscriber."""
    received, sent = session.octets(now)
    connected = session.is_connected(now)
    lines = [
        f"Username: {session.username}",
        f"  Access Type: {session.kind.name}",
        f"  Callid: {session.callid:08x}    Msid: {session.msid}",
        f"  State: {'Connected' if connected else 'Connecting'}",
        f"  Sessmgr Instance: {session.sessmgr}",
        f"  IP Address: {session.address}",
        f"  Context: {session.group.place[0]}    Service: {session.group.place[1]}",
        f"  Call Duration: {_clock(max(0.0, now - session.connected_at))}",
        f"  Idle Time: {_clock(session.idle(now))}",
    ]
    if session.kind.registers:
        lines.append(f"  Re-registration Time Left: {_clock(session.registration_left(now))}")
    return [*lines, f"  Input Octets: {received}    Output Octets: {sent}"]
