"""Layouts of messages of GTP."""

from __future__ import annotations

from collections.abc import Iterable

from staros_cli.chassis.session import Session
from staros_cli.chassis.signalling import GTPC_PORT, Element, Message
from staros_cli.rendering.layout import layout
from staros_cli.rendering.messages.heads import FULL_DECODE, Detail, direction, head, octets

_NUMBERS = {(2, True): 141004, (2, False): 141005, (1, True): 47000, (1, False): 47001}
_SIDES = {"pgw": "[PGW-S5/S2a/S2b]", "sgw": "[SGW-S11/S4]", "saegw": "[SGW-S11/S4]", "mme": "[MME]"}


@layout(
    "monitor subscriber",
    "capture",
    "Of GTPv2, with the elements that the model knows; GTPv1 and the sides but S11/S4 are chosen.",
)
def message(found: Message, time: float, session: Session, detail: Detail) -> list[str]:
    """A message of GTP, decoded."""
    number = f"{_NUMBERS[found.version, found.inbound]}(3)"
    size, sent = len(found.octets), "Rx" if found.inbound else "Tx"
    ends = [f"{address}:{GTPC_PORT}" for address in (found.remote, found.local)]
    source, target = ends if found.inbound else reversed(ends)
    protocol = f"{_SIDES.get(found.service, '')}GTPv2C" if found.version == 2 else "GTPC"
    width = 6 if found.version == 2 else 4
    lines = [
        *head(time, direction(found.inbound), number, detail, session),
        f"{protocol} {sent} PDU, from {source} to {target} ({size})",
        f"TEID: 0x{found.tunnel:08X}, Message type: {found.name} (0x{found.kind:02X})",
        f"Sequence Number: 0x{found.sequence:0{width}X} ({found.sequence})",
    ]
    if detail.verbosity >= FULL_DECODE:
        lines += [*_gtp_header(found), "", "INFORMATION ELEMENTS"]
        for element in found.elements:
            lines += _element(element)
        lines.pop()
    return [*lines, *octets(found.octets, detail), "", ""]


def _gtp_header(found: Message) -> list[str]:
    length = f"        Message Length: 0x{found.length:04X} ({found.length})"
    if found.version == 1:
        return ["GTP HEADER", "        Version number: 1", length]
    return [
        "GTP HEADER",
        "        Version number: 2",
        "        TEID flag: Present",
        "        Piggybacking flag: Not present",
        "        Message Priority flag: Not present",
        "        Message Priority: NA",
        length,
    ]


def _element(element: Element) -> Iterable[str]:
    first, *rest = element.lines
    yield f"        {element.name}: "
    yield f"            Value: {first}"
    yield from (f"            {line}" for line in rest)
    yield ""
