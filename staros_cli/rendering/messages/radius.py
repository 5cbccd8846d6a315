"""Layouts of messages of RADIUS."""

from __future__ import annotations

from staros_cli.chassis.exchanges import Exchange, Interface
from staros_cli.chassis.radius_messages import RadiusMessage
from staros_cli.chassis.session import Session
from staros_cli.rendering.layout import layout
from staros_cli.rendering.messages.heads import FULL_DECODE, Detail, direction, head, octets

_NUMBERS = {
    (Interface.AUTHENTICATION, True): "23900(6)",
    (Interface.AUTHENTICATION, False): "23901(6)",
    (Interface.ACCOUNTING, True): "24900(6)",
    (Interface.ACCOUNTING, False): "24901(6)",
}


@layout(
    "monitor subscriber",
    "chosen",
    "The heads of events of accounting are captured, the rest is remembered. The model knows no "
    "dictionary but one that a key has chosen.",
)
def message(
    found: RadiusMessage,
    exchange: Exchange,
    time: float,
    session: Session,
    detail: Detail,
    dictionary: str,
) -> list[str]:
    """A message of RADIUS, decoded; `dictionary` is empty where none was chosen."""
    ends = [f"{host.address}:{host.port}" for host in (exchange.server, exchange.own)]
    source, target = ends if found.inbound else reversed(ends)
    number = _NUMBERS[exchange.interface, found.inbound]
    way = f"{exchange.interface.value} {'Rx' if found.inbound else 'Tx'}"
    chosen = f" PDU-dict={dictionary}" if dictionary else ""
    size = len(found.octets)
    lines = [
        *head(time, direction(found.inbound), number, detail, session),
        f"RADIUS {way} PDU, from {source} to {target} ({size}){chosen}",
        f" Code: {found.code} ({found.name})",
        f" Id: {found.identifier}",
        f" Length: {size}",
    ]
    if detail.verbosity >= FULL_DECODE:
        lines.append(f" Authenticator: {found.authenticator.hex(' ').upper()}")
        lines += [f"   {each.name} = {each.text}" for each in found.attributes]
    return [*lines, *octets(found.octets, detail), "", ""]
