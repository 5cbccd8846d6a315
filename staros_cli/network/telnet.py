"""Telnet: logging in, and a terminal in character or line mode."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable

from staros_cli import messages
from staros_cli.chassis.users import Account
from staros_cli.errors import UsageError
from staros_cli.network.endpoint import LINGER, Endpoint, window
from staros_cli.network.line import TerminalLine
from staros_cli.network.options import GREETING, IAC, Answer, Options, WindowSize
from staros_cli.network.pending import PendingLogins
from staros_cli.shell.discipline import Event, LineDiscipline, Wanted
from staros_cli.shell.replies import Awaits
from staros_cli.shell.session import DEFAULT_LENGTH, DEFAULT_WIDTH

LONGEST_ANSWER = 256
"""The most characters of a name or password."""


LONGEST_LOGIN = 4096
"""The most characters that are looked at in all tries of a connection to log in."""

_PROBES = 3
"""Signs of life that are asked for before a connection counts as lost."""

_log = logging.getLogger(__name__)


def keep_alive(connection: socket.socket, seconds: int) -> None:
    """Have the host ask for signs of life, so many seconds after the last; 0 for never."""
    if not seconds:
        return
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (
        ("TCP_KEEPIDLE", seconds),
        ("TCP_KEEPINTVL", seconds),
        ("TCP_KEEPCNT", _PROBES),
    ):
        # Not every host has all of them.
        if hasattr(socket, name):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


class Connection(asyncio.Protocol):
    """One connection: first the login, then a terminal."""

    def __init__(self, endpoint: Endpoint, waiting: PendingLogins) -> None:
        self._endpoint = endpoint
        self._waiting = waiting
        self._options = Options()
        self._transport: asyncio.Transport | None = None
        self.peer = ""
        self._login: _Login | None = None
        self._line: TerminalLine | None = None
        self._size = (DEFAULT_LENGTH, DEFAULT_WIDTH)
        self._timer: asyncio.TimerHandle | None = None
        self._check: asyncio.Task[None] | None = None
        self._typed_ahead = ""
        self._asked = 0
        self._linger: asyncio.TimerHandle | None = None
        self._closed = asyncio.Event()

    # Input of the client

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask who it is, or close while the system starts or is asked for too much."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.peer = str((transport.get_extra_info("peername") or ("",))[0])
        limits = self._endpoint.rules.limits
        if not self._endpoint.answers(self.peer):
            transport.abort()
            return
        keep_alive(transport.get_extra_info("socket"), limits.keepalive)
        self._waiting.add(self)
        self._endpoint.connections.add(self)
        self._login = _Login(limits.login_tries)
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(limits.login_seconds, transport.abort)
        transport.write(GREETING)
        self.send(self._login.begin())

    def data_received(self, data: bytes) -> None:
        """Sort what was typed from what the two sides tell each other."""
        for found in self._options.feed(data):
            if isinstance(found, str):
                self._typed(found)
            elif isinstance(found, Answer):
                self._write(found.data)
            else:
                self._resized(found)
        if self._line is not None:
            self._line.terminal.echo = self._options.echo

    def eof_received(self) -> bool:
        """The client types nothing more: what it typed is still done."""
        # A client that goes while a command waits does not want it any more.
        if self._line is None or self._line.session.awaits is Awaits.TURN:
            return False
        self._line.end_of_input()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._login_over()
        if self._linger is not None:
            self._linger.cancel()
        if self._check is not None:
            self._check.cancel()
        if self._line is not None:
            self._line.lost()
        self._endpoint.is_gone(self)
        self._transport = None
        self._closed.set()

    @property
    def sessions(self) -> int:
        """How many sessions it has."""
        return int(self._line is not None)

    async def wait_closed(self) -> None:
        """Wait until the connection is closed."""
        await self._closed.wait()

    def pause_writing(self) -> None:
        """The client does not read."""
        if self._line is not None:
            self._line.may_send(False)

    def resume_writing(self) -> None:
        """The client reads again."""
        if self._line is not None:
            self._line.may_send(True)

    def _resized(self, size: WindowSize) -> None:
        if size.length and size.width:
            self._size = (size.length, size.width)
            if self._line is not None:
                self._line.resize(*self._size)

    def _typed(self, text: str) -> None:
        if self._line is not None:
            self._line.terminal.echo = self._options.echo
            self._line.feed(text)
        elif self._login is not None:
            self._typed_ahead += text
            if len(self._typed_ahead) > self._endpoint.rules.limits.held_input:
                self.abort()
                return
            self._ask()

    # Logging in

    def _ask(self) -> None:
        """Go on with the login as far as what was typed allows."""
        login, typed, position = self._login, self._typed_ahead, 0
        if login is None or self._check is not None:
            return
        shown = []
        while position < len(typed) and not (login.cancelled or login.complete):
            shown.append(login.feed(typed[position], self._options.echo))
            position += 1
        self._typed_ahead = typed[position:]
        self._asked += position
        self.send("".join(shown))
        if login.cancelled:
            self.hang_up()
        elif self._asked > LONGEST_LOGIN:
            self.abort()
        elif login.complete:
            checking = self._try(login.name, login.password)
            self._check = asyncio.get_running_loop().create_task(checking)

    async def _try(self, name: str, password: str) -> None:
        """Check a login; a fault of this program ends this connection, and no other."""
        try:
            await self._enter(name, password)
        except Exception:
            _log.exception("A login was broken off by a fault of this program")
            self.abort()

    async def _enter(self, name: str, password: str) -> None:
        account = await self._endpoint.check_password(self.peer, name, password)
        self._check = None
        login = self._login
        if self._transport is None or login is None:
            return
        if account is None:
            self.send(f"{messages.LOGIN_INCORRECT()}\r\n")
            if login.is_last:
                self.hang_up()
                return
            self.send(login.again())
        elif self._endpoint.is_full_for(self.peer) or not self._endpoint.is_up:
            limit = self._endpoint.rules.limits.sessions
            self.send(f"Failure: {messages.TOO_MANY_SESSIONS(limit=limit)}\r\n")
            self.hang_up()
            return
        else:
            self._begin(account)
        typed, self._typed_ahead = self._typed_ahead, ""
        self._typed(typed)

    def _begin(self, account: Account) -> None:
        self._login_over()
        try:
            session = self._endpoint.open(account, window(*self._size))
        except UsageError as error:
            self.send(f"{error}\r\n")
            self.hang_up()
            return
        self._line = TerminalLine(
            self._endpoint, session, self, echo=self._options.echo, after_login=True
        )
        # Only SSH tells of the login before this one.
        self._endpoint.greeting(account, self.peer)
        self._line.begin()

    def _login_over(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._login = None
        self._waiting.discard(self)

    # The wire of the line

    def send(self, text: str) -> None:
        """Send text."""
        self._write(text.encode(errors="replace").replace(bytes((IAC,)), bytes((IAC, IAC))))

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing() and data:
            self._transport.write(data)
            if self.unsent > self._endpoint.rules.limits.held_output:
                self._transport.abort()

    @property
    def unsent(self) -> int:
        """How many bytes wait to be sent."""
        return self._transport.get_write_buffer_size() if self._transport is not None else 0

    def pause(self) -> None:
        """Take no more characters."""
        if self._transport is not None and self._transport.is_reading():
            self._transport.pause_reading()

    def resume(self) -> None:
        """Take characters again."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def hang_up(self) -> None:
        """Close the connection; who does not take what is left is cut off after a while."""
        if self._transport is not None:
            self._transport.close()
            if self._linger is None:
                self._linger = asyncio.get_running_loop().call_later(LINGER, self.abort)

    def abort(self) -> None:
        """Close the connection at once."""
        if self._transport is not None:
            self._transport.abort()


class _Login:
    """Asks for name and password, with the line discipline but nothing of the command line."""

    def __init__(self, tries: int) -> None:
        self._tries = tries
        self._line = LineDiscipline(lambda: (), LONGEST_ANSWER)
        self._answers: list[str] = []
        self.cancelled = False

    @property
    def name(self) -> str:
        """The name given."""
        return self._answers[0]

    @property
    def password(self) -> str:
        """The password given."""
        return self._answers[1]

    @property
    def complete(self) -> bool:
        """Whether both were given."""
        return len(self._answers) == 2

    @property
    def is_last(self) -> bool:
        """Whether there is no further try."""
        return self._tries <= 1

    def begin(self) -> str:
        """Ask for the name."""
        return messages.LOGIN_PROMPT()

    def again(self) -> str:
        """Ask once more."""
        self._tries -= 1
        self._answers.clear()
        return self.begin()

    def feed(self, key: str, echo: bool) -> str:
        """Take a character; returns what to show. A password is never shown."""
        shown = ""
        for output in self._line.feed(key):
            if not isinstance(output, Event):
                if output == "\n":
                    shown += "\r\n"
                elif echo and not self._answers:
                    shown += output
            elif output.wanted is Wanted.LINE:
                self._answers.append(output.text)
                if len(self._answers) == 1:
                    shown += messages.PASSWORD_PROMPT()
            elif output.wanted in (Wanted.INTERRUPT, Wanted.END_OF_INPUT):
                self.cancelled = True
            elif output.wanted is Wanted.HELP:
                typed = "".join(self._line.insert("?"))
                shown += typed if echo and not self._answers else ""
        return shown


def factory(reach: Callable[[], Endpoint], waiting: PendingLogins) -> Callable[[], Connection]:
    """A factory of servers: one for each connection, for the endpoint that `reach` gives."""
    return lambda: Connection(reach(), waiting)
