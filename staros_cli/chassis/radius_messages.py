"""Messages of RADIUS about calls: authentication and accounting.

They hold what the model knows of a call and nothing else, no password among it. Identifiers and
authenticators follow from the call.
"""

from __future__ import annotations

import hashlib
import ipaddress
import struct
from collections.abc import Iterator

from msgspec import Struct

from staros_cli.chassis.disconnect_reasons import (
    ABSOLUTE_TIMEOUT,
    ADMIN,
    IDLE_TIMEOUT,
    LOCAL,
    REMOTE,
)
from staros_cli.chassis.exchanges import Exchange, Interface, Stage
from staros_cli.chassis.session import Session

_CODES = {
    Interface.AUTHENTICATION: ((1, "Access-Request"), (2, "Access-Accept")),
    Interface.ACCOUNTING: ((4, "Accounting-Request"), (5, "Accounting-Response")),
}
_CAUSES = {
    REMOTE: (1, "User-Request"),
    IDLE_TIMEOUT: (4, "Idle-Timeout"),
    ABSOLUTE_TIMEOUT: (5, "Session-Timeout"),
    ADMIN: (6, "Admin-Reset"),
    LOCAL: (6, "Admin-Reset"),
}
"""Why a call ended, by the reasons of the chassis; for all others it lost its service."""
_LOST = (3, "Lost-Service")
_HEADER = 20
_ANY = "0.0.0.0"
"""Stands for the own address where none is configured."""


class Attribute(Struct, frozen=True):
    """An attribute: its name, its value as text, its number and its octets."""

    name: str
    text: str
    code: int
    data: bytes

    @property
    def octets(self) -> bytes:
        """The attribute as it is sent; a value has 253 octets at most."""
        data = self.data[:253]
        return bytes((self.code, len(data) + 2)) + data


class RadiusMessage(Struct, frozen=True):
    """A message: its code with name, the number that requests are told apart by, what it holds."""

    inbound: bool
    code: int
    name: str
    identifier: int
    authenticator: bytes
    attributes: tuple[Attribute, ...]

    @property
    def octets(self) -> bytes:
        """The message as it is sent."""
        body = b"".join(attribute.octets for attribute in self.attributes)
        head = struct.pack("!BBH", self.code, self.identifier, _HEADER + len(body))
        return head + self.authenticator + body


def messages_of(
    session: Session, exchange: Exchange, time: float, reason: str
) -> list[RadiusMessage]:
    """The request of an exchange at a time, and its answer where there is one."""
    made = [_request(session, exchange, time, reason), tuple(_granted(exchange))]
    codes = _CODES[exchange.interface]
    found = []
    for inbound, ((code, name), attributes) in enumerate(zip(codes, made, strict=True)):
        seed = f"{session.callid:08x} {exchange.stage.value} {code} {time:.3f}".encode()
        authenticator = hashlib.sha256(seed).digest()[:16]
        identifier = (session.callid + exchange.stage.value) & 0xFF
        message = RadiusMessage(bool(inbound), code, name, identifier, authenticator, attributes)
        found.append(message)
    return found if exchange.answered else found[:1]


def _text(name: str, code: int, value: str) -> Attribute:
    return Attribute(name, value, code, value.encode())


def _number(name: str, code: int, value: int, shown: str = "") -> Attribute:
    return Attribute(name, shown or str(value), code, struct.pack("!I", value & 0xFFFFFFFF))


def _address(name: str, code: int, value: str) -> Attribute:
    return Attribute(name, value, code, ipaddress.ip_address(value).packed)


def _framed(session: Session) -> Attribute:
    if ":" in session.address:
        packed = ipaddress.IPv6Address(session.address).packed
        return Attribute("Framed-IPv6-Prefix", f"{session.address}/64", 97, b"\x00\x40" + packed)
    return _address("Framed-IP-Address", 8, session.address)


def _request(
    session: Session, exchange: Exchange, time: float, reason: str
) -> tuple[Attribute, ...]:
    found = [
        _text("User-Name", 1, session.username),
        _number("Service-Type", 6, 2, "Framed"),
    ]
    if ":" not in exchange.own.address and exchange.own.address != _ANY:
        found.insert(1, _address("NAS-IP-Address", 4, exchange.own.address))
    if session.group.apn:
        found.append(_text("Called-Station-Id", 30, session.group.apn))
    if session.msisdn:
        found.append(_text("Calling-Station-Id", 31, session.msisdn))
    if exchange.interface is Interface.ACCOUNTING:
        found += _accounting(session, exchange.stage, time, reason)
    return tuple(found)


def _accounting(session: Session, stage: Stage, time: float, reason: str) -> Iterator[Attribute]:
    stops = stage is Stage.FINAL
    yield _number("Acct-Status-Type", 40, 2 if stops else 1, "Stop" if stops else "Start")
    yield _text("Acct-Session-Id", 44, f"{session.callid:08X}")
    yield _framed(session)
    if stops:
        usage = session.usage()
        yield _number("Acct-Input-Octets", 42, usage.received)
        yield _number("Acct-Output-Octets", 43, usage.sent)
        yield _number("Acct-Session-Time", 46, int(session.duration(time)))
        yield _number("Acct-Terminate-Cause", 49, *_CAUSES.get(reason, _LOST))


def _granted(exchange: Exchange) -> Iterator[Attribute]:
    """What an answer holds."""
    if exchange.interface is Interface.AUTHENTICATION:
        yield _number("Service-Type", 6, 2, "Framed")
