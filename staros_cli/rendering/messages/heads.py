"""What the layouts of messages have in common: the lines above an event, and octets below it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from staros_cli.chassis import calendar
from staros_cli.chassis.session import Session

_OCTETS_OF_A_LINE = 16
FULL_DECODE = 2
"""The verbosity from which on messages are decoded (chosen)."""


class Detail(Struct, frozen=True):
    """How much is shown of events, as keys have set it."""

    dates: bool = True
    numbers: bool = True
    sender: bool = False
    octets: bool = False
    text: bool = False
    verbosity: int = 1


def head(
    time: float, direction: str, number: str, detail: Detail, session: Session | None
) -> list[str]:
    """The lines above an event: the day, and where it goes, when, and its number."""
    moment = calendar.clock_of(time) if detail.dates else ""
    words = [direction, moment, f"Eventid:{number}" if detail.numbers else ""]
    if detail.sender and session is not None:
        words.append(f"sessmgr:{session.sessmgr}")
    line = " ".join(word for word in words if word)
    return [*([calendar.day_of(time)] if detail.dates else []), line]


def direction(inbound: bool) -> str:
    """How the line above a message begins."""
    return "INBOUND>>>>> " if inbound else "<<<<OUTBOUND "


def octets(data: bytes, detail: Detail) -> Sequence[str]:
    """The octets of a message, where they were asked for."""
    if not (detail.octets or detail.text):
        return ()
    lines = ["PDU HEX DUMP"]
    for at in range(0, len(data), _OCTETS_OF_A_LINE):
        row = data[at : at + _OCTETS_OF_A_LINE]
        octets = row.hex(" ", 2)
        text = "".join(chr(octet) if 32 <= octet < 127 else "." for octet in row)
        lines.append(
            f"0x{at:04x}   {octets:<39}   {text}" if detail.text else f"0x{at:04x}   {octets}"
        )
    return lines
