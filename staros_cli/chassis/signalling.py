"""Messages that calls are set up and ended with: those of GTP to the node a call comes through.

They hold what the model knows of a call and nothing else: identity, telephone number, access point,
address, cause. Tunnels and sequence numbers are made of the call identifier (chosen).
"""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Iterable, Sequence

from msgspec import Struct

from staros_cli.chassis.call_traces import CallEvent, Happening
from staros_cli.chassis.disconnect_reasons import REMOTE, UNTOLD
from staros_cli.chassis.peers.settings import PathSettings
from staros_cli.chassis.session import Session

GTPC_PORT = 2123
_NODE_GONE = "path-failure"
"""What the reasons have in their names for which no node can be told of the end of a call."""


class Element(Struct, frozen=True):
    """An information element: its name, its value in lines, and its octets."""

    name: str
    lines: tuple[str, ...]
    octets: bytes


class Message(Struct, frozen=True):
    """A message of GTP, of `version` 1 or 2; `kind` is its number, `name` that of the decoder.

    `local` and `remote` are the addresses of the two ends, `tunnel` the TEID.
    """

    version: int
    inbound: bool
    kind: int
    name: str
    service: str
    local: str
    remote: str
    tunnel: int
    sequence: int
    elements: tuple[Element, ...]

    @property
    def octets(self) -> bytes:
        """The message as it is sent."""
        body = b"".join(element.octets for element in self.elements)
        if self.version == 1:
            rest = struct.pack("!IHBB", self.tunnel, self.sequence, 0, 0) + body
            return struct.pack("!BBH", 0x32, self.kind, len(rest) - 4) + rest
        rest = struct.pack("!II", self.tunnel, self.sequence << 8) + body
        return struct.pack("!BBH", 0x48, self.kind, len(rest)) + rest

    @property
    def length(self) -> int:
        """The length that its header tells, in octets."""
        return len(self.octets) - (8 if self.version == 1 else 4)


def messages_of(event: CallEvent, path: PathSettings | None) -> list[Message]:
    """The messages that go with an event of a call; none where its node cannot be reached."""
    if path is None:
        return []
    session, make = event.session, _Maker(event.session, path)
    if event.happening is Happening.ARRIVED:
        if session.is_connected(event.time):
            return []  # another chassis has held it
        return [make.message("create request", (*_identity(session, make), _apn(session, make)))]
    if event.happening is Happening.CONNECTED:
        accepted = (make.accepted, _address(session, make))
        return [make.message("create response", accepted)]
    if event.happening is not Happening.ENDED or _is_silent(event.reason):
        return []
    if event.reason == REMOTE:
        return [
            make.message("delete request", (make.bearer,)),
            make.message("delete response", (make.accepted,)),
        ]
    return [
        make.message("stop request", (make.bearer,)),
        make.message("stop response", (make.accepted,)),
    ]


def _is_silent(reason: str) -> bool:
    """Whether nobody is told that a call ended: another has it, or sessmgr or node are gone."""
    return reason in UNTOLD or _NODE_GONE in reason


_KINDS = {
    2: {
        "create request": (32, "EGTP_CREATE_SESSION_REQUEST", True),
        "create response": (33, "EGTP_CREATE_SESSION_RESPONSE", False),
        "delete request": (36, "EGTP_DELETE_SESSION_REQUEST", True),
        "delete response": (37, "EGTP_DELETE_SESSION_RESPONSE", False),
        "stop request": (99, "EGTP_DELETE_BEARER_REQUEST", False),
        "stop response": (100, "EGTP_DELETE_BEARER_RESPONSE", True),
    },
    1: {
        "create request": (16, "GTP_CREATE_PDP_CONTEXT_REQ_MSG", True),
        "create response": (17, "GTP_CREATE_PDP_CONTEXT_RES_MSG", False),
        "delete request": (20, "GTP_DELETE_PDP_CONTEXT_REQ_MSG", True),
        "delete response": (21, "GTP_DELETE_PDP_CONTEXT_RES_MSG", False),
        "stop request": (20, "GTP_DELETE_PDP_CONTEXT_REQ_MSG", False),
        "stop response": (21, "GTP_DELETE_PDP_CONTEXT_RES_MSG", True),
    },
}
"""For each version of GTP: number, name of the decoder, and whether a node sends it to us."""


class _Maker:
    """Makes the messages of a call over a path."""

    def __init__(self, session: Session, path: PathSettings) -> None:
        self._session = session
        self._path = path
        self.version = 1 if session.kind.service == "ggsn" else 2

    def message(self, what: str, elements: Iterable[Element | None]) -> Message:
        """One of the messages of `_KINDS`; elements that a call does not have are left out."""
        kind, name, inbound = _KINDS[self.version][what]
        callid = self._session.callid
        return Message(
            self.version,
            inbound,
            kind,
            name,
            self._session.kind.service,
            self._path.local,
            self._path.address,
            0 if what == "create request" else callid,
            callid & (0xFFFF if self.version == 1 else 0xFFFFFF),
            tuple(element for element in elements if element is not None),
        )

    def element(
        self, name: str, lines: Sequence[str], numbers: tuple[int, int], value: bytes, fixed: bool
    ) -> Element:
        """An element; `numbers` are its types in the versions 1 and 2.

        In version 1 it has no length where it is `fixed`.
        """
        if self.version == 2:
            head = struct.pack("!BHB", numbers[1], len(value), 0)
        elif fixed:
            head = struct.pack("!B", numbers[0])
        else:
            head = struct.pack("!BH", numbers[0], len(value))
        return Element(name, tuple(lines), head + value)

    @property
    def accepted(self) -> Element:
        """The cause that a request was accepted."""
        if self.version == 1:
            return self.element("CAUSE", ("GTP_REQUEST_ACCEPTED (0x80)",), (1, 2), b"\x80", True)
        lines = ("", "    Cause: EGTP_CAUSE_REQUEST_ACCEPTED (0x10)")
        return self.element("CAUSE", lines, (1, 2), b"\x10\x00", True)

    @property
    def bearer(self) -> Element:
        """The first bearer of a call, the only one that calls have here."""
        if self.version == 1:
            return self.element("NSAPI", ("5",), (20, 73), b"\x05", True)
        return self.element("EPS BEARER ID", ("5",), (20, 73), b"\x05", True)


def _identity(session: Session, make: _Maker) -> Iterable[Element]:
    yield make.element("IMSI", (session.msid,), (2, 1), _digits(session.msid, 8), True)
    if session.msisdn:
        kind = b"\x91" if make.version == 1 else b""
        digits = kind + _digits(session.msisdn)
        yield make.element("MSISDN", (session.msisdn,), (134, 76), digits, False)


def _digits(text: str, octets: int = 0) -> bytes:
    """Decimal digits, two in an octet, the first of them low; filled up with ones."""
    padded = text.ljust(2 * octets, "f")
    padded += "f" * (len(padded) % 2)
    return bytes(int(padded[at + 1] + padded[at], 16) for at in range(0, len(padded), 2))


def _apn(session: Session, make: _Maker) -> Element | None:
    name = session.group.apn
    if not name:
        return None
    labels = [label.encode("ascii", "replace")[:63] for label in name.split(".")]
    octets = b"".join(bytes((len(label),)) + label for label in labels)
    return make.element("ACCESS POINT NAME", (name,), (131, 71), octets, False)


def _address(session: Session, make: _Maker) -> Element:
    address = ipaddress.ip_address(session.address)
    kind = f"IPv{address.version}"
    if make.version == 1:
        octets = (b"\xf1\x57" if kind == "IPv6" else b"\xf1\x21") + address.packed
        return make.element("END USER ADDRESS", (f"{kind} {address}",), (128, 79), octets, False)
    lines = ("", f"    PDN type: {kind}", f"    {kind} address: {address}")
    octets = b"\x02\x80" + address.packed if kind == "IPv6" else b"\x01" + address.packed
    return make.element("PDN ADDRESS ALLOCATION", lines, (128, 79), octets, False)
