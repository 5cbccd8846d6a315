"""Endpoints behind listeners: admission, lines, and events that come by themselves."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterable
from functools import partial
from typing import Protocol

from msgspec import Struct, field

from staros_cli.chassis.users import Account
from staros_cli.network.clock_driver import ClockDriver
from staros_cli.network.limits import Limits, LoginGate
from staros_cli.network.memory import Leavings
from staros_cli.network.turns import Turns
from staros_cli.network.worker import Worker
from staros_cli.shell.console import Console
from staros_cli.shell.replies import WAITS, Awaits
from staros_cli.shell.session import DEFAULT_LENGTH, DEFAULT_WIDTH

LINGER = 30.0
"""How many seconds a connection that is closed may take to send what is left."""

PATIENCE = 3.0
"""How many seconds the end of the server waits for connections to close."""


class Line(Protocol):
    """A connection with a session, as its host sees it.

    `looks_later` tells that it will show what has happened when it is its turn.
    """

    session: Console
    looks_later: bool

    @property
    def origins(self) -> tuple[str, ...]:
        """Whose it is and where it comes from."""
        ...

    @property
    def sent(self) -> int:
        """How many characters were sent."""
        ...

    def poll(self) -> None:
        """Show what has happened meanwhile."""
        ...

    def say_last(self, text: str) -> None:
        """Show a line and close the connection."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


class Connection(Protocol):
    """A connection, before and after somebody has logged in over it.

    `peer` is the address it comes from.
    """

    peer: str

    @property
    def sessions(self) -> int:
        """How many sessions it has."""
        ...

    def hang_up(self) -> None:
        """Close the connection once everything is sent."""
        ...

    def abort(self) -> None:
        """Close the connection at once."""
        ...

    async def wait_closed(self) -> None:
        """Wait until the connection is closed."""
        ...


LARGEST = 512
"""The most lines and columns of a terminal, as for `terminal length` and `terminal width`."""


class Window(Struct, frozen=True):
    """The terminal of a client: lines and columns, and whether it has colours."""

    rows: int
    width: int
    colour: bool = False


def window(length: int, width: int, *, colour: bool = False) -> Window:
    """The terminal that a client tells of, whatever it says: its size has bounds, 0 is a guess."""
    return Window(
        min(length, LARGEST) if length > 0 else DEFAULT_LENGTH,
        min(width, LARGEST) if width > 0 else DEFAULT_WIDTH,
        colour,
    )


class Rules(Struct, frozen=True):
    """The rules that the endpoints of a server share.

    `gate` slows guessing down, `require_auth` refuses the lab login, `keys` are public keys in the
    form of OpenSSH that may log in as anybody who may; `turns` keeps costly lines from being in the
    way of others, `hashes` makes the hashes of passwords, `leavings` is told of connections that
    are gone.
    """

    limits: Limits
    gate: LoginGate
    require_auth: bool = False
    keys: frozenset[str] = frozenset()
    turns: Turns = field(default_factory=Turns)
    hashes: Worker = field(default_factory=partial(Worker, "hashes"))
    leavings: Leavings = field(default_factory=Leavings)


class Endpoint(ABC):
    """The endpoint of an address, with its connections and lines."""

    def __init__(self, name: str, rules: Rules, driver: ClockDriver) -> None:
        self.name = name
        self.rules = rules
        self.connections: set[Connection] = set()
        self._lines: dict[Line, None] = {}
        self._driver = driver
        self._driving: asyncio.Task[None] | None = None
        self._stirred = asyncio.Event()

    @property
    @abstractmethod
    def title(self) -> str:
        """The name in the banner before the login."""

    @property
    @abstractmethod
    def is_up(self) -> bool:
        """Whether it is to be reached."""

    # Logging in

    def answers(self, peer: str) -> bool:
        """Whether a connection from there is taken."""
        limits = self.rules.limits
        return (
            self.is_up
            and len(self.connections) < limits.connections
            and self.rules.gate.is_open(peer)
        )

    async def check_password(self, peer: str, name: str, password: str) -> Account | None:
        """The account of that name and password, None when the login is refused."""
        gate = self.rules.gate
        async with gate.turn(peer):
            if not gate.is_open(peer):
                return None
            account = await self._admitted(name, password)
            if account is None:
                gate.failed(peer)
            return account

    @abstractmethod
    async def _admitted(self, name: str, password: str) -> Account | None:
        """The account that name and password open."""

    @abstractmethod
    def account_of_key(self, name: str, key: str) -> Account | None:
        """The account that a public key opens, None when it opens none.

        It is asked before the client has proved to hold the private key: nothing may change.
        """

    def key_proved(self, account: Account) -> None:
        """Somebody has logged in by a key: earlier failures of the account count no more."""
        account.failures = 0

    # Sessions

    @property
    def lines(self) -> list[Line]:
        """The lines, in the order in which they came."""
        return list(self._lines)

    @property
    def is_full(self) -> bool:
        """Whether there may be no further session."""
        return len(self._lines) >= self.rules.limits.sessions

    def is_full_for(self, peer: str) -> bool:
        """Whether there may be no further session, of anybody or of that address."""
        own = sum(other.sessions for other in self.connections if other.peer == peer)
        return self.is_full or own >= self.rules.limits.address_sessions

    @abstractmethod
    def open(self, account: Account, window: Window) -> Console:
        """A new session of that account. Raises UsageError when it cannot be had."""

    def greeting(self, account: Account, peer: str) -> list[str]:
        """The lines before the first prompt of a user who has logged in from that address."""
        return []

    def whose(self, session: Console) -> str:
        """The name of the account that a session is of."""
        return session.user.name

    def is_gone(self, connection: Connection) -> None:
        """A connection is over."""
        self.connections.discard(connection)
        self.rules.leavings.soon()

    def add(self, line: Line) -> None:
        """A line has its session."""
        self._lines[line] = None
        line.session.user.on_news = self.stir
        if self._next_look([line]) is not None:
            self.stir()

    def remove(self, line: Line) -> None:
        """A line is gone, and its session with it."""
        if line in self._lines:
            del self._lines[line]
            self.rules.turns.forget(line)
            line.session.close()
            line.session.user.on_news = None
            self.settle()

    # Events by themselves

    def settle(self, line: Line | None = None) -> None:
        """To be called after a session did something: others may have to hear of it.

        `line` is the one that did it, if it is still there.
        """
        if self._is_restless or (line is not None and self._needs_driver(line)):
            self.stir()

    def _needs_driver(self, line: Line) -> bool:
        """Whether the driver has to wake up for a line, or to begin."""
        if line.session.awaits in WAITS:
            return True
        return self._driving is None and self._next_look([line]) is not None

    @property
    def _is_restless(self) -> bool:
        """Whether something has come about that everybody has to hear of."""
        return False

    def stir(self) -> None:
        """Have a look at everything soon."""
        self._stirred.set()
        if self._driving is None:
            self._driving = asyncio.get_running_loop().create_task(self._drive(), name=self.name)

    async def _drive(self) -> None:
        """Let the time pass while there is something to wait for."""
        try:
            while True:
                self._stirred.clear()
                self.look()
                seconds = self._next_look(self._lines)
                if seconds is None and not self._stirred.is_set():
                    return
                await self._driver.wait(seconds or 0.0, self._stirred, in_the_way=self.is_kept)
        finally:
            self._driving = None

    async def settled(self) -> None:
        """Wait until nobody is kept from typing."""
        self.stir()
        while self.is_kept:
            await asyncio.sleep(0)

    def look(self) -> None:
        """Have every line show what has happened."""
        for line in list(self._lines):
            line.poll()

    def _next_look(self, lines: Iterable[Line]) -> float | None:
        """Seconds of chassis time until lines have to be looked at, None for never."""
        return min((s for line in lines if (s := _seconds_to_wait(line)) is not None), default=None)

    @property
    def is_kept(self) -> bool:
        """Whether somebody can do nothing until time has passed."""
        return any(line.session.awaits in WAITS for line in self._lines)

    async def stop(self) -> None:
        """Close all lines and connections and stop waiting for anything."""
        for line in list(self._lines):
            line.close()
        connections = list(self.connections)
        for connection in connections:
            connection.hang_up()
        waits = [asyncio.ensure_future(one.wait_closed()) for one in connections]
        if waits:
            _, late = await asyncio.wait(waits, timeout=PATIENCE)
            for connection in list(self.connections):
                connection.abort()
            await asyncio.gather(*late)
        if self._driving is not None:
            self._driving.cancel()
            await asyncio.gather(self._driving, return_exceptions=True)


def _seconds_to_wait(line: Line) -> float | None:
    session = line.session
    if session.awaits is Awaits.START:
        return session.seconds_to_next_event
    if line.looks_later:
        return None
    ends_at = session.ends_waiting_at
    return (
        None if ends_at is None else max(0.0, ends_at - session.system.chassis.timeline.clock.now())
    )
