"""The limits of the network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated
from weakref import WeakValueDictionary

import msgspec
from msgspec import Meta, Struct

from staros_cli.errors import UsageError
from staros_cli.shell.session import LINE_LIMIT


class Limits(Struct, frozen=True, kw_only=True):
    """The limits of a server; what goes beyond is refused or closed.

    `sessions` and `connections` a chassis at the same time, `channels` a connection; `line` in
    characters; `held_output` in bytes for a client that does not read; `held_input` in characters
    that were typed ahead; `login_seconds` to log in; `login_tries` a connection; `logins_pending`
    connections of the server that have not logged in, of which the oldest make room for new ones,
    those of the address that has most of them first; `address_sessions` of one address on a
    chassis; `failed_logins` a minute from one address;
    `upload` in bytes a file, `uploads` in bytes of all files that are being written on one chassis;
    `keepalive` in seconds between two signs of life asked of a client, 0 for none.
    """

    sessions: Annotated[int, Meta(ge=1, le=10_000)] = 500
    connections: Annotated[int, Meta(ge=1, le=20_000)] = 1000
    channels: Annotated[int, Meta(ge=1, le=1000)] = 10
    line: Annotated[int, Meta(ge=80, le=LINE_LIMIT)] = LINE_LIMIT
    held_output: Annotated[int, Meta(ge=4096, le=1 << 30)] = 4 << 20
    held_input: Annotated[int, Meta(ge=1024, le=1 << 30)] = 256 << 10
    login_seconds: Annotated[int, Meta(ge=1, le=3600)] = 60
    login_tries: Annotated[int, Meta(ge=1, le=20)] = 3
    logins_pending: Annotated[int, Meta(ge=1, le=10_000)] = 500
    address_sessions: Annotated[int, Meta(ge=1, le=10_000)] = 400
    failed_logins: Annotated[int, Meta(ge=1, le=100_000)] = 30
    upload: Annotated[int, Meta(ge=1024, le=1 << 30)] = 16 << 20
    uploads: Annotated[int, Meta(ge=1024, le=1 << 32)] = 64 << 20
    keepalive: Annotated[int, Meta(ge=0, le=86_400)] = 60


def limits_of(pairs: list[str]) -> Limits:
    """The limits with some of them set, each as `name=number`. Raises UsageError."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, _, number = pair.partition("=")
        key = name.replace("-", "_")
        if key not in Limits.__struct_fields__:
            names = ", ".join(field.replace("_", "-") for field in Limits.__struct_fields__)
            raise UsageError(f"--limit: expected NAME=N with a name of {names}, got {pair!r}")
        found[key] = number
    try:
        return msgspec.convert(found, Limits, strict=False)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$.")
        name = where.strip("`").replace("_", "-")
        what = what[0].lower() + what[1:].replace("`", "")
        raise UsageError(f"--limit {name}: {what}, got {found[where.strip('`')]!r}") from None


class LoginGate:
    """Slows guessing down: after too many failed logins an address is refused for a minute.

    `limit` is the failed logins a minute, `clock` counts seconds.
    """

    WINDOW = 60.0

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        self._limit = limit
        self._clock = clock
        self._failures: dict[str, list[float]] = {}
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def turn(self, address: str) -> asyncio.Lock:
        """A lock for the time of a try, so that an address has one try at a time."""
        lock = self._turns.get(address)
        if lock is None:
            lock = self._turns[address] = asyncio.Lock()
        return lock

    def is_open(self, address: str) -> bool:
        """Whether somebody at that address may try to log in."""
        return len(self._recent(address)) < self._limit

    def failed(self, address: str) -> None:
        """Count a failed login; old ones of all addresses are forgotten."""
        for other in list(self._failures):
            self._recent(other)
        self._failures.setdefault(address, []).append(self._clock())

    def _recent(self, address: str) -> list[float]:
        since = self._clock() - self.WINDOW
        kept = [time for time in self._failures.get(address, ()) if time > since]
        if kept:
            self._failures[address] = kept
        else:
            self._failures.pop(address, None)
        return kept
