"""Subscribers' sessions.

Kept in columns, one array a property: a chassis carries many, and most questions look at one or
two properties of all of them.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator

from msgspec import Struct


class AccessKind(Struct, frozen=True):
    """A kind of access: its row in `show subscribers summary`, its service and its licence.

    `letters` are the first two of the six that `show subscribers` decodes: access and technology.
    """

    name: str
    service: str
    session_type: str
    letters: str


ACCESS_KINDS = (
    AccessKind("pdsn-simple-ipv4", "pdsn", "PDSN", "SD"),
    AccessKind("pdsn-simple-ipv6", "pdsn", "PDSN", "SD"),
    AccessKind("pdsn-mobile-ip", "pdsn", "PDSN", "MD"),
    AccessKind("pdsn-proxy-mobile-ip", "pdsn", "PDSN", "OD"),
    AccessKind("ha-mobile-ipv4", "ha", "HA", "H."),
    AccessKind("ha-proxy-mobile-ip", "ha", "HA", "h."),
    AccessKind("ggsn-pdp-type-ipv4", "ggsn", "GGSN", "GU"),
    AccessKind("ggsn-pdp-type-ppp", "ggsn", "GGSN", "PU"),
    AccessKind("pgw-gtp-ipv4", "pgw", "PGW", "#T"),
    AccessKind("pgw-gtp-ipv6", "pgw", "PGW", "^T"),
)
KIND_NUMBERS = {kind.name: number for number, kind in enumerate(ACCESS_KINDS)}


class Session(Struct, frozen=True):
    """One session, as it stands at the moment of asking."""

    row: int
    callid: int
    username: str
    msid: str
    kind: AccessKind
    address: str
    context: str
    service: str
    sessmgr: int
    connected_at: float
    active_at: float


class Wildcard:
    """A name to look for: `*` stands for many characters, `$` for one (SR-30).

    In single quotes both stand for themselves.
    """

    def __init__(self, text: str) -> None:
        literal = len(text) > 1 and text[0] == text[-1] == "'"
        self.text = text[1:-1] if literal else text
        self.is_exact = literal or not re.search(r"[*$]", text)
        pattern = re.escape(self.text).replace(r"\*", ".*").replace(r"\$", ".")
        self.matches = re.compile(pattern, re.DOTALL).fullmatch


class SessionTable:
    """All sessions of the chassis, by row."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """No session is left: the system went down."""
        self._callid = array("L")
        self._kind = array("B")
        self._sessmgr = array("H")
        self._address = array("L")
        self._place = array("H")
        self._connected_at = array("d")
        self._active_at = array("d")
        self._usernames: list[str] = []
        self._msids: list[str] = []
        self._places: list[tuple[str, str]] = []
        self._row_of_callid: dict[int, int] = {}
        self._rows_of_username: dict[str, list[int]] = {}
        self._rows_of_msid: dict[str, list[int]] = {}
        self._by_kind = [0] * len(ACCESS_KINDS)
        self._by_sessmgr: dict[int, int] = {}
        self._by_place: dict[tuple[str, str], int] = {}

    def __len__(self) -> int:
        return len(self._row_of_callid)

    def connect(
        self,
        callid: int,
        username: str,
        msid: str,
        kind: str,
        address: int,
        place: tuple[str, str],
        sessmgr: int,
        connected_at: float,
        active_at: float,
    ) -> int:
        """Add a connected session and return its row.

        `place` is the context and service that carry it, `address` an IPv4 address as a number.
        """
        row = len(self._callid)
        number = KIND_NUMBERS[kind]
        if place not in self._by_place:
            self._by_place[place] = 0
            self._places.append(place)
        self._callid.append(callid)
        self._kind.append(number)
        self._sessmgr.append(sessmgr)
        self._address.append(address)
        self._place.append(self._places.index(place))
        self._connected_at.append(connected_at)
        self._active_at.append(active_at)
        self._usernames.append(username)
        self._msids.append(msid)
        self._row_of_callid[callid] = row
        self._rows_of_username.setdefault(username, []).append(row)
        self._rows_of_msid.setdefault(msid, []).append(row)
        self._by_kind[number] += 1
        self._by_sessmgr[sessmgr] = self._by_sessmgr.get(sessmgr, 0) + 1
        self._by_place[place] += 1
        return row

    def disconnect(self, row: int) -> None:
        """End the session of a row."""
        session = self.session(row)
        del self._row_of_callid[session.callid]
        self._rows_of_username[session.username].remove(row)
        self._rows_of_msid[session.msid].remove(row)
        self._by_kind[self._kind[row]] -= 1
        self._by_sessmgr[session.sessmgr] -= 1
        self._by_place[session.context, session.service] -= 1

    def session(self, row: int) -> Session:
        """The session of a row."""
        address = self._address[row]
        context, service = self._places[self._place[row]]
        return Session(
            row,
            self._callid[row],
            self._usernames[row],
            self._msids[row],
            ACCESS_KINDS[self._kind[row]],
            ".".join(str(address >> shift & 255) for shift in (24, 16, 8, 0)),
            context,
            service,
            self._sessmgr[row],
            self._connected_at[row],
            self._active_at[row],
        )

    def rows(self) -> Iterator[int]:
        """The rows of all sessions, in the order they connected."""
        yield from self._row_of_callid.values()

    def is_in_use(self, callid: int) -> bool:
        """Whether a session has this call identifier."""
        return callid in self._row_of_callid

    def with_callid(self, callid: int) -> list[int]:
        """The row of a call identifier, or nothing."""
        row = self._row_of_callid.get(callid)
        return [] if row is None else [row]

    def with_username(self, wanted: Wildcard) -> list[int]:
        """The rows of the sessions whose username fits."""
        return self._with(self._rows_of_username, wanted)

    def with_msid(self, wanted: Wildcard) -> list[int]:
        """The rows of the sessions whose msid fits."""
        return self._with(self._rows_of_msid, wanted)

    @staticmethod
    def _with(index: dict[str, list[int]], wanted: Wildcard) -> list[int]:
        if wanted.is_exact:
            return list(index.get(wanted.text, ()))
        return sorted(row for name, rows in index.items() if wanted.matches(name) for row in rows)

    def count_of_kind(self, kind: AccessKind) -> int:
        """How many sessions have that kind of access."""
        return self._by_kind[KIND_NUMBERS[kind.name]]

    def count_of_type(self, session_type: str) -> int:
        """How many sessions count against that session limit of the licence."""
        return sum(
            count
            for kind, count in zip(ACCESS_KINDS, self._by_kind, strict=True)
            if kind.session_type == session_type
        )

    def count_of_sessmgr(self, instance: int) -> int:
        """How many sessions a sessmgr instance holds."""
        return self._by_sessmgr.get(instance, 0)

    def count_of_service(self, context: str, service: str) -> int:
        """How many sessions a service carries."""
        return self._by_place.get((context, service), 0)
