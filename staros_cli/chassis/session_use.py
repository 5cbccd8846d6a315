"""How many sessions of each kind of service there are, have been, and may be."""

from __future__ import annotations

from msgspec import Struct

from staros_cli.chassis.access import SESSION_TYPE_OF_SERVICE
from staros_cli.chassis.contexts import Contexts
from staros_cli.chassis.licence import SESSION_TYPES, LicenseSlot
from staros_cli.chassis.sessions import SessionTable


class SessionUse(Struct, frozen=True):
    """Sessions of one kind of service: now, at most since the start and when, and allowed."""

    session_type: str
    in_use: int
    peak: int
    peak_at: float
    limit: int


class SessionPeaks:
    """Watches how many sessions there are of each kind of service."""

    def __init__(self, sessions: SessionTable, contexts: Contexts, license: LicenseSlot) -> None:
        self._sessions = sessions
        self._contexts = contexts
        self._license = license
        self._peaks: dict[str, tuple[int, float]] = {}

    def clear(self) -> None:
        """Begin anew: the system went down."""
        self._peaks = {}

    def _types(self) -> set[str]:
        services = (service for _, service in self._contexts.services())
        return {SESSION_TYPE_OF_SERVICE[s.kind] for s in services if s.takes_calls}

    def look(self, now: float) -> None:
        """Look whether there are more than ever."""
        for session_type in self._types():
            in_use = self._sessions.count_of_type(session_type)
            if in_use > self._peaks.get(session_type, (0, 0.0))[0]:
                self._peaks[session_type] = (in_use, now)

    def use(self, now: float) -> list[SessionUse]:
        """Sessions in use and allowed, for every kind of service that is configured or licensed."""
        types = self._types()
        found: list[SessionUse] = []
        for session_type in SESSION_TYPES:
            limit = self._license.session_limit(session_type, now)
            if session_type in types or limit:
                peak, peak_at = self._peaks.get(session_type, (0, 0.0))
                in_use = self._sessions.count_of_type(session_type)
                found.append(SessionUse(session_type, in_use, peak, peak_at, limit))
        return found
