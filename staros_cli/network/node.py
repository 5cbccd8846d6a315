"""One chassis on the network: its system, who is connected, and what happens by itself."""

from __future__ import annotations

import asyncio
import hmac
from typing import Protocol

from msgspec import Struct

from staros_cli.chassis.passwords import matches
from staros_cli.chassis.privilege import Privilege
from staros_cli.chassis.users import Account, nobody
from staros_cli.configuration.system import System
from staros_cli.network.limits import Limits, LoginGate
from staros_cli.shell.session import CliSession

LAB_USER = LAB_PASSWORD = "admin"
"""The login of a chassis that has no user configured."""

PATIENCE = 3.0
"""How many seconds the end of the server waits for connections to close."""

IDLE = 3600.0
"""The longest sleep between two looks at the clock, in seconds."""


class Line(Protocol):
    """A connection with a session, as the chassis sees it."""

    session: CliSession

    def poll(self) -> None:
        """Show what has happened meanwhile."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


class Connection(Protocol):
    """A connection, before and after somebody has logged in over it."""

    def hang_up(self) -> None:
        """Close the connection once everything is sent."""
        ...

    async def wait_closed(self) -> None:
        """Wait until the connection is closed."""
        ...


class Login(Struct, frozen=True):
    """What to log in with; None for what the user has to know."""

    user: str | None
    password: str | None


class Rules(Struct, frozen=True):
    """What the chassis of a server share.

    `gate` slows guessing down, `require_auth` refuses the lab login, `keys` are public keys in the
    form of OpenSSH that may log in as anybody who may.
    """

    limits: Limits
    gate: LoginGate
    require_auth: bool = False
    keys: frozenset[str] = frozenset()


class Node:
    """A chassis and its lines. `rate` is how many times faster than real time it lives."""

    def __init__(self, name: str, system: System, rules: Rules, rate: float) -> None:
        self.name = name
        self.system = system
        self.rules = rules
        self._chassis = system.chassis
        self._rate = rate
        self._starts = self._chassis.starts
        self.connections: set[Connection] = set()
        self._lines: set[Line] = set()
        self._ttys: set[int] = set()
        self._driver: asyncio.Task[None] | None = None
        self._stirred = asyncio.Event()
        self.uploads = 0

    @property
    def is_up(self) -> bool:
        """Whether the system has started: only then is it to be reached."""
        self._chassis.catch_up()
        return self._chassis.is_up

    # Logging in

    @property
    def login(self) -> Login:
        """What to tell people to log in with."""
        users = self._chassis.users
        if len(users):
            best = max(users, key=lambda account: account.privilege)
            return Login(best.name, None)
        if self.rules.require_auth:
            return Login(None, None)
        return Login(LAB_USER, LAB_PASSWORD)

    @property
    def lab_account(self) -> Account | None:
        """The account of the lab login, None when it is refused."""
        if len(self._chassis.users) or self.rules.require_auth:
            return None
        return Account(LAB_USER, Privilege.SECURITY, "")

    async def check_password(self, peer: str, name: str, password: str) -> Account | None:
        """The account of that name and password, None when the login is refused."""
        if not self.rules.gate.is_open(peer):
            return None
        account = await self._admitted(name, password)
        if account is None:
            self.rules.gate.failed(peer)
        return account

    async def _admitted(self, name: str, password: str) -> Account | None:
        lab = self.lab_account
        if lab is not None:
            given = f"{name}\0{password}".encode(errors="surrogatepass")
            right = hmac.compare_digest(given, f"{LAB_USER}\0{LAB_PASSWORD}".encode())
            return lab if right else None
        users = self._chassis.users
        found = users.find(name)
        kept = found.kept_password if found else await asyncio.to_thread(nobody)
        right = await asyncio.to_thread(matches, password, kept)
        self._chassis.catch_up()
        return users.admit(name, right, self._chassis.now) if users.find(name) is found else None

    def account_of_key(self, name: str, key: str) -> Account | None:
        """The account that a public key opens, None when it opens none."""
        users = self._chassis.users
        if key not in self.rules.keys and key != users.key_of(name):
            return None
        account = self.lab_account if name == LAB_USER else None
        self._chassis.catch_up()
        return account or users.admit(name, True, self._chassis.now)

    # Sessions

    @property
    def sessions(self) -> int:
        """How many sessions there are."""
        return len(self._lines)

    @property
    def is_full(self) -> bool:
        """Whether there may be no further session."""
        return len(self._lines) >= self.rules.limits.sessions

    def open(self, account: Account, length: int, width: int) -> CliSession:
        """A new session of that account, on a terminal of so many lines and columns."""
        tty = next(number for number in range(len(self._ttys) + 1) if number not in self._ttys)
        session = CliSession(
            self.system,
            account.name,
            account.privilege,
            f"/dev/pts/{tty}",
            length=length,
            width=width,
            console=False,
            context=account.context or "local",
            idle_limit=float(account.idle_limit),
            absolute_limit=float(account.absolute_limit),
            line_limit=self.rules.limits.line,
        )
        self._ttys.add(tty)
        return session

    def add(self, line: Line) -> None:
        """A line has its session."""
        self._lines.add(line)
        line.session.user.on_news = self.stir
        if line.session.ends_waiting_at is not None:
            self.stir()

    def remove(self, line: Line) -> None:
        """A line is gone, and its session with it."""
        if line in self._lines:
            self._lines.remove(line)
            line.session.close()
            line.session.user.on_news = None
            self._ttys.discard(int(line.session.user.terminal.rpartition("/")[2]))
            self.settle()

    # What happens by itself

    def settle(self, line: Line | None = None) -> None:
        """To be called after a session did something: others may have to hear of it.

        `line` is the one that did it, if it is still there.
        """
        waits = line is not None and line.session.ends_waiting_at is not None
        restarted = self._starts != self._chassis.starts or not self._chassis.is_up
        if restarted or (waits and self._driver is None):
            self.stir()

    def stir(self) -> None:
        """Have a look at everything soon."""
        self._stirred.set()
        if self._driver is None:
            self._driver = asyncio.get_running_loop().create_task(self._drive(), name=self.name)

    async def _drive(self) -> None:
        """Let the time pass while there is something to wait for."""
        try:
            while True:
                self._stirred.clear()
                self._look()
                seconds = self._seconds_to_wait()
                if seconds is None and not self._stirred.is_set():
                    return
                wait = min(IDLE, (seconds or 0.0) / self._rate) + 0.001
                try:
                    await asyncio.wait_for(self._stirred.wait(), wait)
                except TimeoutError:
                    continue
        finally:
            self._driver = None

    def _look(self) -> None:
        self._chassis.catch_up()
        if self._starts != self._chassis.starts:
            self._starts = self._chassis.starts
            self._go_down()
        for line in list(self._lines):
            line.poll()

    def _go_down(self) -> None:
        """The system restarts: what it had to say is sent, then no connection is left."""
        for line in list(self._lines):
            line.poll()
        for connection in list(self.connections):
            connection.hang_up()

    def _seconds_to_wait(self) -> float | None:
        """Seconds of chassis time until something has to be looked at, None for never."""
        timeline = self._chassis.timeline
        times = [line.session.ends_waiting_at for line in self._lines]
        if not self._chassis.is_up:
            times.append(timeline.next_due)
        due = min((time for time in times if time is not None), default=None)
        return None if due is None else max(0.0, due - timeline.clock.now())

    async def stop(self) -> None:
        """Close all lines and connections and stop waiting for anything."""
        for line in list(self._lines):
            line.close()
        connections = list(self.connections)
        for connection in connections:
            connection.hang_up()
        closed = (connection.wait_closed() for connection in connections)
        waits = [asyncio.ensure_future(one) for one in closed]
        if waits:
            await asyncio.wait(waits, timeout=PATIENCE)
        if self._driver is not None:
            self._driver.cancel()
            await asyncio.gather(self._driver, return_exceptions=True)
