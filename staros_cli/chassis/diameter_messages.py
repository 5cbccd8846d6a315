"""Messages of Diameter about calls: those of credit control, to policy and to credit servers.

They hold what the model knows of a call and nothing else. Identifiers follow from the call.
"""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Iterator
from zlib import crc32

from msgspec import Struct

from staros_cli.chassis.exchanges import Exchange, Interface, Quota, Stage
from staros_cli.chassis.session import Session

CREDIT_CONTROL = 272
APPLICATIONS = {
    Interface.GX: ("3GPP-Gx", 16777238),
    Interface.GY: ("Diameter Credit Control", 4),
}
"""The names and numbers of the applications."""
_3GPP = 10415
_REQUEST, _PROXIABLE = 0x80, 0x40
_HEADER = 20
_SERVICE_CONTEXT = "32251@3gpp.org"
_STAGES = {
    Stage.INITIAL: "INITIAL_REQUEST",
    Stage.UPDATE: "UPDATE_REQUEST",
    Stage.FINAL: "TERMINATION_REQUEST",
}
_REASONS = {0: "THRESHOLD", 2: "FINAL", 3: "QUOTA_EXHAUSTED", 4: "VALIDITY_TIME"}
_CAUSES = {
    1: "DIAMETER_LOGOUT",
    4: "DIAMETER_ADMINISTRATIVE",
    5: "DIAMETER_LINK_BROKEN",
    8: "DIAMETER_SESSION_TIMEOUT",
}
_ACCESS = {"ggsn": (0, "3GPP-GPRS"), "pgw": (5, "3GPP-EPS"), "saegw": (5, "3GPP-EPS")}
"""The kinds of access that policy servers are told, by services."""
_SUCCESS = 2001


class Avp(Struct, frozen=True):
    """An attribute: its name, its value as text, its number, and its octets or its parts.

    One with a `vendor` belongs to that.
    """

    name: str
    text: str
    code: int
    data: bytes = b""
    vendor: int = 0
    mandatory: bool = True
    parts: tuple[Avp, ...] = ()

    @property
    def octets(self) -> bytes:
        """The attribute as it is sent, filled up to whole words."""
        body = b"".join(part.octets for part in self.parts) or self.data
        flags = (0x80 if self.vendor else 0) | (0x40 if self.mandatory else 0)
        head = struct.pack("!I", self.vendor) if self.vendor else b""
        length = 8 + len(head) + len(body)
        first = struct.pack("!II", self.code, flags << 24 | length)
        return first + head + body + bytes(-len(body) % 4)


class DiameterMessage(Struct, frozen=True):
    """A message: `application` is its name and number, `hop` and `end` its identifiers."""

    inbound: bool
    application: tuple[str, int]
    hop: int
    end: int
    avps: tuple[Avp, ...]

    @property
    def flags(self) -> int:
        """Whether it is a request, and that others may pass it on."""
        return _PROXIABLE if self.inbound else _REQUEST | _PROXIABLE

    @property
    def octets(self) -> bytes:
        """The message as it is sent."""
        body = b"".join(avp.octets for avp in self.avps)
        words = (
            1 << 24 | _HEADER + len(body),
            self.flags << 24 | CREDIT_CONTROL,
            self.application[1],
            self.hop,
            self.end,
        )
        return struct.pack("!5I", *words) + body


def session_id(interface: Interface, host: str, session: Session) -> str:
    """The Session-Id of a call at an interface: host, numbers that tell calls apart, identity."""
    number = crc32(f"{interface.value} {session.callid:08x} {session.connected_at:.1f}".encode())
    parts = (host, f"{session.callid}-{session.msid}", str(number), f"{session.callid:08x}-0001")
    return ";".join(parts)


def messages_of(session: Session, exchange: Exchange) -> list[DiameterMessage]:
    """The request of an exchange, and its answer where there is one."""
    identity = session_id(exchange.interface, exchange.own.name, session)
    end = crc32(f"{identity} {exchange.number}".encode())
    hop = crc32(f"{exchange.server.address} {end}".encode())
    application = APPLICATIONS[exchange.interface]
    request = (*_head(identity, exchange), *_asked(session, exchange))
    found = [DiameterMessage(False, application, hop, end, request)]
    if exchange.answered:
        answer = tuple(_answer(identity, exchange))
        found.append(DiameterMessage(True, application, hop, end, answer))
    return found


def _text(name: str, code: int, value: str, vendor: int = 0) -> Avp:
    return Avp(name, value, code, value.encode(), vendor)


def _number(name: str, code: int, value: int, shown: str = "", vendor: int = 0) -> Avp:
    text = f"{shown} ({value})" if shown else str(value)
    return Avp(name, text, code, struct.pack("!I", value & 0xFFFFFFFF), vendor)


def _long(name: str, code: int, value: int) -> Avp:
    return Avp(name, str(value), code, struct.pack("!Q", value))


def _group(name: str, code: int, *parts: Avp, vendor: int = 0) -> Avp:
    return Avp(name, "", code, vendor=vendor, parts=parts)


def _head(identity: str, exchange: Exchange) -> Iterator[Avp]:
    yield _text("Session-Id", 263, identity)
    yield _number("Auth-Application-Id", 258, APPLICATIONS[exchange.interface][1])
    yield _text("Origin-Host", 264, exchange.own.name)
    yield _text("Origin-Realm", 296, exchange.own.realm)
    if exchange.server.realm:
        yield _text("Destination-Realm", 283, exchange.server.realm)
    if exchange.number:
        yield _text("Destination-Host", 293, exchange.server.name)
    if exchange.interface is Interface.GY:
        yield _text("Service-Context-Id", 461, _SERVICE_CONTEXT)
    yield from _kind(exchange)


def _kind(exchange: Exchange) -> Iterator[Avp]:
    stage = exchange.stage
    yield _number("CC-Request-Type", 416, stage.value, _STAGES[stage])
    yield _number("CC-Request-Number", 415, exchange.number)


def _asked(session: Session, exchange: Exchange) -> Iterator[Avp]:
    if exchange.stage is Stage.INITIAL:
        yield from _subscriber(session)
        yield _framed(session.address)
        if session.group.apn:
            yield _text("Called-Station-Id", 30, session.group.apn)
        access = _ACCESS.get(session.kind.service)
        if access and exchange.interface is Interface.GX:
            yield _number("IP-CAN-Type", 1027, *access, vendor=_3GPP)
    if exchange.stage is Stage.FINAL:
        yield _number("Termination-Cause", 295, exchange.cause, _CAUSES[exchange.cause])
    if exchange.interface is Interface.GY:
        yield _number("Multiple-Services-Indicator", 455, 1, "MULTIPLE_SERVICES_SUPPORTED")
        for quota in exchange.quotas:
            yield _services(quota, exchange)


def _subscriber(session: Session) -> Iterator[Avp]:
    for kind, name, data in ((0, "E164", session.msisdn), (1, "IMSI", session.msid)):
        if data:
            yield _group(
                "Subscription-Id",
                443,
                _number("Subscription-Id-Type", 450, kind, f"END_USER_{name}"),
                _text("Subscription-Id-Data", 444, data),
            )


def _framed(address: str) -> Avp:
    found = ipaddress.ip_address(address)
    if found.version == 4:
        return Avp("Framed-IP-Address", address, 8, found.packed)
    text = f"Reserved: 00 Prefixlen: 64 IPv6 prefix: {address}"
    return Avp("Framed-IPv6-Prefix", text, 97, b"\x00\x40" + found.packed)


def _services(quota: Quota, exchange: Exchange) -> Avp:
    """What is asked for, or reported in the end, of a kind of traffic."""
    parts = [_number("Rating-Group", 432, quota.rating_group)]
    if exchange.stage is not Stage.FINAL:
        parts.insert(0, _group("Requested-Service-Unit", 437))
    if exchange.stage is not Stage.INITIAL:
        reason = _REASONS.get(exchange.why, "")
        used = (
            _number("Reporting-Reason", 872, exchange.why, reason, _3GPP),
            _long("CC-Total-Octets", 421, quota.up + quota.down),
            _long("CC-Input-Octets", 412, quota.up),
            _long("CC-Output-Octets", 414, quota.down),
        )
        parts.append(_group("Used-Service-Unit", 446, *used))
    return _group("Multiple-Services-Credit-Control", 456, *parts)


def _answer(identity: str, exchange: Exchange) -> Iterator[Avp]:
    result = _number("Result-Code", 268, _SUCCESS, "DIAMETER_SUCCESS")
    yield _text("Session-Id", 263, identity)
    yield result
    yield _text("Origin-Host", 264, exchange.server.name)
    yield _text("Origin-Realm", 296, exchange.server.realm)
    yield _number("Auth-Application-Id", 258, APPLICATIONS[exchange.interface][1])
    yield from _kind(exchange)
    if exchange.interface is Interface.GY and exchange.stage is not Stage.FINAL:
        for quota in exchange.quotas:
            yield _group(
                "Multiple-Services-Credit-Control",
                456,
                _number("Rating-Group", 432, quota.rating_group),
                result,
            )
