"""Layouts about subscribers."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli.chassis.sessions import ACCESS_KINDS, Session, SessionTable
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
        idle = int(max(0.0, now - session.active_at))
        network = "6" if session.kind.name.endswith("ipv6") else "T"
        lines.append(
            f"{session.kind.letters}CNA{network} {session.callid:08x} {session.msid:<15} "
            f"{session.username:<22} {session.address:<29} "
            f"{idle // 3600:02d}h{idle % 3600 // 60:02d}m{idle % 60:02d}s"
        )
    lines += ["", f"Total subscribers matching specified criteria: {len(sessions)}"]
    return lines


@layout("show subscribers summary", "capture", "A device has more rows; these are the kinds here.")
def summary(sessions: SessionTable) -> list[str]:
    """Subscribers by kind of access."""
    total = len(sessions)
    cells = [("Total Subscribers:", total), ("", -1), ("Active:", total), ("Dormant:", 0)]
    cells += [(f"{kind.name}:", sessions.count_of_kind(kind)) for kind in ACCESS_KINDS]
    lines: list[str] = []
    for left, right in zip(cells[::2], cells[1::2], strict=True):
        text = _cell(*left).ljust(SECOND_COLUMN) + _cell(*right)
        lines.append(text.rstrip())
    return lines


def _cell(label: str, count: int) -> str:
    return f"{label}{count:>{32 - len(label)}}" if label else ""
