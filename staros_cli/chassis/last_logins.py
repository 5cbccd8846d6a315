"""When each user logged in last, and from where, for who logs in again."""

from __future__ import annotations

import contextlib
from pathlib import Path

import msgspec
from msgspec import Struct

from staros_cli.whole_files import write_whole

MOST_USERS = 1000
"""So many users are remembered, those that logged in last."""

_LARGEST = 1 << 20


class Login(Struct, frozen=True, array_like=True):
    """A login: seconds since 1970 UTC, and the address that it came from."""

    time: float
    origin: str


class LastLogins:
    """The last login of every user by name.

    With `path` they are kept in a file as well, so that they outlive the program. Where it cannot
    be written, only those of this program are known.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._logins = self._read()

    def enter(self, name: str, login: Login) -> Login | None:
        """A user logs in; returns the login before that, None where none is known."""
        before = self._logins.pop(name, None)
        self._logins[name] = login
        while len(self._logins) > MOST_USERS:
            del self._logins[next(iter(self._logins))]
        if self._path is not None:
            with contextlib.suppress(OSError):
                write_whole(self._path, msgspec.json.encode(self._logins), durable=False)
        return before

    def of(self, name: str) -> Login | None:
        """The last login of a user, None where none is known."""
        return self._logins.get(name)

    def _read(self) -> dict[str, Login]:
        if self._path is None:
            return {}
        try:
            with self._path.open("rb") as stream:
                return msgspec.json.decode(stream.read(_LARGEST), type=dict[str, Login])
        except (OSError, ValueError):
            return {}
