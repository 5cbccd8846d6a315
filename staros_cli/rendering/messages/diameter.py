"""Layouts of messages of Diameter."""

from __future__ import annotations

from collections.abc import Iterator

from staros_cli.chassis.diameter_messages import CREDIT_CONTROL, Avp, DiameterMessage
from staros_cli.chassis.exchanges import Exchange
from staros_cli.chassis.session import Session
from staros_cli.rendering.layout import layout
from staros_cli.rendering.messages.heads import FULL_DECODE, Detail, direction, head, octets

_NUMBERS = {True: "81991(5)", False: "81990(5)"}


@layout(
    "monitor subscriber",
    "capture",
    "Of a request over Gx, with the attributes that the model knows. Answers, and the names of the "
    "other application, are chosen, and so is which options show which interface.",
)
def message(
    found: DiameterMessage, exchange: Exchange, time: float, session: Session, detail: Detail
) -> list[str]:
    """A message of credit control, decoded."""
    ends = [f"{host.address}:{host.port}" for host in (exchange.server, exchange.own)]
    source, target = ends if found.inbound else reversed(ends)
    name, number = found.application
    kind = "Answer" if found.inbound else "Request"
    flags = "PXY" if found.inbound else "REQ PXY"
    lines = [
        *head(time, direction(found.inbound), _NUMBERS[found.inbound], detail, session),
        f"Diameter message from {source} to {target}",
        "  Base Header Information:",
        "   Version: 1",
        f"   Message Length: {len(found.octets)}",
        f"   Command Flags: {flags}   ({found.flags}) ",
        f"   Command Code: Credit-Control-{kind} ({CREDIT_CONTROL})",
        f"   Application ID: {name} ({number})",
        f"   Hop2Hop-ID: 0x{found.hop:08x}",
        f"   End2End-ID: 0x{found.end:08x}",
    ]
    if detail.verbosity >= FULL_DECODE:
        lines.append("  AVP Information:")
        for avp in found.avps:
            lines += _avp(avp, 8)
    return [*lines, *octets(found.octets, detail), "", ""]


def _avp(avp: Avp, indent: int) -> Iterator[str]:
    flags = ("[V] " if avp.vendor else "") + ("[M] " if avp.mandatory else "")
    yield f"{' ' * indent}{flags}{avp.name}: {avp.text}"
    for part in avp.parts:
        yield from _avp(part, indent + 2)
