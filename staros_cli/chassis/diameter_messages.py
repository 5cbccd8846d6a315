"""Names that messages of Diameter have in common."""

from __future__ import annotations

from zlib import crc32

from staros_cli.chassis.session import Session

GX, GY = "Gx", "Gy"
"""The interfaces that calls use: policy control and credit control."""


def session_id(interface: str, host: str, session: Session) -> str:
    """The Session-Id of a call at an interface: host, numbers that tell calls apart, identity."""
    number = crc32(f"{interface} {session.callid:08x} {session.connected_at:.1f}".encode())
    parts = (host, f"{session.callid}-{session.msid}", str(number), f"{session.callid:08x}-0001")
    return ";".join(parts)
