"""One chassis on the network: its system, its users, and what a restart does to them."""

from __future__ import annotations

import hmac
import itertools
from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from msgspec import Struct

from staros_cli import messages
from staros_cli.chassis import calendar
from staros_cli.chassis.last_logins import Login as LastLogin
from staros_cli.chassis.passwords import matches
from staros_cli.chassis.privilege import Privilege
from staros_cli.chassis.users import Account, nobody
from staros_cli.configuration.system import System
from staros_cli.network.clock_driver import ClockDriver
from staros_cli.network.endpoint import Endpoint, Line, Rules, Window
from staros_cli.printable import printable
from staros_cli.shell.console import Console
from staros_cli.shell.session import CliSession

LAB_USER = LAB_PASSWORD = "admin"
"""The login of a chassis that has no user configured."""


TERMINAL = "/dev/pts/"


class Login(Struct, frozen=True):
    """User and password of a login; None for a part that the user has to know."""

    user: str | None
    password: str | None


class ChassisEndpoint(Endpoint):
    """A chassis and its lines.

    `guests` may log in, with the password of the lab login, whatever is configured;
    `first_terminal` is what who logs in first sits at.
    """

    def __init__(
        self,
        name: str,
        system: System,
        rules: Rules,
        driver: ClockDriver,
        guests: Mapping[str, Account] | None = None,
        first_terminal: str = f"{TERMINAL}0",
    ) -> None:
        super().__init__(name, rules, driver)
        self.system = system
        self._guests = guests or {}
        self._chassis = system.chassis
        self._starts = self._chassis.starts
        self._first_terminal = first_terminal
        self._terminals: set[str] = set()
        self.uploads = 0

    @property
    def title(self) -> str:
        """The platform."""
        return self._chassis.platform.banner

    @property
    def is_up(self) -> bool:
        """Whether the system has started: only then is it to be reached."""
        self._chassis.catch_up()
        return self._chassis.is_up

    # Logging in

    @property
    def login(self) -> Login:
        """The login to announce."""
        users = self._chassis.users
        if len(users):
            best = max(users, key=lambda account: account.privilege)
            return Login(best.name, None)
        if self.rules.require_auth:
            return Login(None, None)
        return Login(LAB_USER, LAB_PASSWORD)

    def _lab_account(self, name: str) -> Account | None:
        """The account of a lab login of that name, None when there is none."""
        if name in self._guests:
            return self._guests[name]
        if name != LAB_USER or len(self._chassis.users) or self.rules.require_auth:
            return None
        return Account(LAB_USER, Privilege.SECURITY, "")

    async def _admitted(self, name: str, password: str) -> Account | None:
        lab = self._lab_account(name)
        if lab is not None:
            return lab if is_same(password, LAB_PASSWORD) else None
        users, outside = self._chassis.users, self.rules.hashes
        found = users.find(name)
        kept = found.kept_password if found else await outside.do(nobody)
        right = await outside.do(partial(matches, password, kept))
        self._chassis.catch_up()
        return users.admit(name, right, self._chassis.now) if users.find(name) is found else None

    def account_of_key(self, name: str, key: str) -> Account | None:
        """The account that a public key opens, None when it opens none."""
        users = self._chassis.users
        if key not in self.rules.keys and key != users.key_of(name):
            return None
        self._chassis.catch_up()
        # Wrong passwords of somebody else do not lock out the holder of a key.
        return self._lab_account(name) or users.not_suspended(name)

    # Sessions

    def open(self, account: Account, window: Window) -> Console:
        """A new session of that account."""
        terminal = next(name for name in self._names() if name not in self._terminals)
        session = CliSession(
            self.system,
            account.name,
            account.privilege,
            terminal,
            rows=window.rows,
            width=window.width,
            console=False,
            context=account.context or "local",
            idle_limit=float(account.idle_limit),
            absolute_limit=float(account.absolute_limit),
            line_limit=self.rules.limits.line,
        )
        session.is_welcome = lambda: self._is_welcome(account)
        self._terminals.add(terminal)
        return session

    def greeting(self, account: Account, peer: str) -> list[str]:
        """The login of this user before this one, which is the last one from now on."""
        now = LastLogin(self._chassis.now, peer)
        before = self.system.last_logins.enter(account.name, now)
        if before is None:
            return []
        time = calendar.trap_date(before.time)
        return [messages.LAST_LOGIN(time=time, origin=printable(before.origin))]

    def _is_welcome(self, account: Account) -> bool:
        """Whether the account of a session is still there, with the level it had."""
        if account is self._guests.get(account.name) or account.name == LAB_USER:
            return True
        found = self._chassis.users.find(account.name)
        return found is not None and found.privilege >= account.privilege

    def _names(self) -> Iterator[str]:
        """Names of terminals, in the order in which they are given."""
        yield self._first_terminal
        yield from (f"{TERMINAL}{number}" for number in itertools.count())

    def remove(self, line: Line) -> None:
        """A line is gone, and its session with it."""
        super().remove(line)
        self._terminals.discard(line.session.user.terminal)

    # Events by themselves

    @property
    def _is_restless(self) -> bool:
        return self._starts != self._chassis.starts or not self._chassis.is_up

    def look(self) -> None:
        """Have every line show what has happened; a restart closes them all."""
        self._chassis.catch_up()
        if self._starts != self._chassis.starts:
            self._starts = self._chassis.starts
            super().look()
            for connection in list(self.connections):
                connection.hang_up()
        super().look()

    def _next_look(self, lines: Iterable[Line]) -> float | None:
        timeline = self._chassis.timeline
        if self._chassis.is_up or timeline.next_due is None:
            return super()._next_look(lines)
        return max(0.0, timeline.next_due - timeline.clock.now())

    @property
    def is_kept(self) -> bool:
        """Whether somebody can do nothing until time has passed."""
        return not self._chassis.is_up or super().is_kept

    async def stop(self) -> None:
        """Close everything; saves that run are ended first."""
        self.system.saves.finish()
        await super().stop()


def is_same(given: str, known: str) -> bool:
    """Whether a word is the one known, without telling by the time it takes."""
    encoded = (text.encode(errors="surrogatepass") for text in (given, known))
    return hmac.compare_digest(*encoded)
