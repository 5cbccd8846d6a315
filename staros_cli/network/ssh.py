"""SSH: logging in, shells and single commands, by asyncssh."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, cast

import asyncssh
from asyncssh.constants import MSG_KEXINIT
from asyncssh.kex import get_kex_algs
from asyncssh.stream import SSHServerStreamSession

from staros_cli import messages
from staros_cli.chassis.users import Account
from staros_cli.errors import UsageError
from staros_cli.network.chassis_endpoint import ChassisEndpoint
from staros_cli.network.endpoint import LINGER, Endpoint, Window, window
from staros_cli.network.exec_line import ExecLine
from staros_cli.network.line import TerminalLine
from staros_cli.network.pending import PendingLogins
from staros_cli.network.sftp import FileServer
from staros_cli.shell.session import DEFAULT_WIDTH

VERSION = "StarOS"
CIPHERS = (
    "aes128-gcm@openssh.com",
    "aes256-gcm@openssh.com",
    "aes128-ctr",
    "aes192-ctr",
    "aes256-ctr",
)
"""Without ChaCha20, which is made of several steps a packet here and takes three times as long."""
SFTP_VERSION = 3
KEY_EXCHANGES = (
    "mlkem768x25519-sha256",
    "curve25519-sha256",
    "curve25519-sha256@libssh.org",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521",
    "diffie-hellman-group14-sha256",
)
"""Without the large groups: a client may ask for a new exchange as often as it wants."""
RECEIVED = 256 << 10
"""How many bytes of a channel may wait here until they are looked at."""
UNCOLLECTED = 256 << 10
"""How many bytes may wait for a client before no more is taken from it."""
MOST_EXCHANGES, EXCHANGES_WITHIN = 10, 60.0
"""How often keys may be exchanged within so many seconds."""
MOST_KEYS = 20
"""How many public keys a connection may offer."""


def options(host_key: asyncssh.SSHKey, keepalive: int) -> asyncssh.SSHServerConnectionOptions:
    """The options that all servers share; made once, since it takes a while."""
    return asyncssh.SSHServerConnectionOptions(
        server_host_keys=[host_key],
        server_version=VERSION,
        encryption_algs=CIPHERS,
        kex_algs=_supported(KEY_EXCHANGES),
        compression_algs=["none"],
        window=RECEIVED,
        encoding="utf-8",
        errors="replace",
        line_editor=False,
        agent_forwarding=False,
        x11_forwarding=False,
        allow_scp=False,
        gss_host=None,
        keepalive_interval=keepalive,
        login_timeout=0,
    )


def _supported(algorithms: Sequence[str]) -> list[str]:
    """Those of the algorithms that the libraries of this machine have."""
    known = {name.decode() for name in get_kex_algs()}
    return [name for name in algorithms if name in known]


def take_only_what_is_collected(connection: asyncssh.SSHServerConnection) -> None:
    """Take nothing more from a client while much waits for it.

    The library answers every request at once, and holds the answers for a client that sends
    requests and never reads.
    """
    held = cast(Any, connection)
    transport = held._transport
    transport.set_write_buffer_limits(high=UNCOLLECTED)

    def pause() -> None:
        if not transport.is_closing():
            transport.pause_reading()

    def resume() -> None:
        if not transport.is_closing():
            transport.resume_reading()

    held.pause_writing, held.resume_writing = pause, resume


def bound_key_exchanges(
    connection: asyncssh.SSHServerConnection, clock: Callable[[], float]
) -> None:
    """End a connection that asks for new keys all the time; `clock` counts seconds.

    Each exchange takes the server some milliseconds, and clients want one in an hour.
    """
    held = cast(Any, connection)
    exchange = held._packet_handlers[MSG_KEXINIT]
    moments: deque[float] = deque(maxlen=MOST_EXCHANGES)

    def counted(*packet: Any) -> Any:
        now = clock()
        if len(moments) == MOST_EXCHANGES and now < moments[0] + EXCHANGES_WITHIN:
            raise asyncssh.ProtocolError("Too many exchanges of keys")
        moments.append(now)
        return exchange(*packet)

    held._packet_handlers = {**held._packet_handlers, MSG_KEXINIT: counted}


class Server(asyncssh.SSHServer):
    """One connection: who it is, and its sessions."""

    def __init__(self, endpoint: Endpoint, waiting: PendingLogins) -> None:
        self.endpoint = endpoint
        self.account: Account | None = None
        self.connection: asyncssh.SSHServerConnection | None = None
        self._waiting = waiting
        self._tries = 0
        self._keys = 0
        self.peer = ""
        self._by_key = False
        self.channels: set[Channel] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._linger: asyncio.TimerHandle | None = None
        self._closed = asyncio.Event()

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Take the connection, or close it while the system starts or is asked for too much."""
        self.connection = conn
        self.peer = str((conn.get_extra_info("peername") or ("",))[0])
        if not self.endpoint.answers(self.peer):
            conn.abort()
            return
        take_only_what_is_collected(conn)
        bound_key_exchanges(conn, asyncio.get_running_loop().time)
        self._waiting.add(self)
        self.endpoint.connections.add(self)
        loop = asyncio.get_running_loop()
        seconds = self.endpoint.rules.limits.login_seconds
        self._timer = loop.call_later(seconds, conn.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._logged_in_or_gone()
        if self._linger is not None:
            self._linger.cancel()
        self.endpoint.is_gone(self)
        self.connection = None
        self._closed.set()

    @property
    def sessions(self) -> int:
        """How many sessions it has."""
        return len(self.channels)

    def hang_up(self) -> None:
        """Close the connection; who does not take what is left is cut off after a while."""
        if self.connection is not None:
            self.connection.close()
            self.linger()

    def linger(self) -> None:
        """Wait for the end of the connection, but not for ever."""
        if self._linger is None:
            self._linger = asyncio.get_running_loop().call_later(LINGER, self.abort)

    def abort(self) -> None:
        """Close the connection at once."""
        if self.connection is not None:
            self.connection.abort()

    async def wait_closed(self) -> None:
        """Wait until the connection is closed."""
        await self._closed.wait()

    def _logged_in_or_gone(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._waiting.discard(self)

    def begin_auth(self, username: str) -> bool:
        """Show the banner and ask for a login."""
        if self.connection is not None:
            banner = messages.LOGIN_BANNER(platform=self.endpoint.title)
            self.connection.send_auth_banner(f"{banner}\n")
        return True

    def auth_completed(self) -> None:
        """The user is in."""
        self._logged_in_or_gone()
        if self._by_key and self.account is not None:
            self.endpoint.key_proved(self.account)

    def password_auth_supported(self) -> bool:
        """Passwords are taken."""
        return True

    async def validate_password(self, username: str, password: str) -> bool:
        """Whether the password opens an account."""
        self._by_key = False
        self.account = await self.endpoint.check_password(self.peer, username, password)
        if self.account is None:
            self._tries += 1
            if self._tries >= self.endpoint.rules.limits.login_tries:
                self._refuse_login()
        return self.account is not None

    def _refuse_login(self) -> None:
        """Close the connection: it has had its tries."""
        if self.connection is not None:
            self.connection.disconnect(
                asyncssh.DISC_NO_MORE_AUTH_METHODS_AVAILABLE, messages.LOGIN_INCORRECT()
            )

    def kbdint_auth_supported(self) -> bool:
        """Passwords are also taken as the answer to a question."""
        return True

    def get_kbdint_challenge(
        self, username: str, lang: str, submethods: str
    ) -> tuple[str, str, str, list[tuple[str, bool]]]:
        """Ask for the password."""
        return "", "", "", [("Password: ", False)]

    async def validate_kbdint_response(self, username: str, responses: Sequence[str]) -> bool:
        """Whether the answer is a password that opens an account."""
        return len(responses) == 1 and await self.validate_password(username, responses[0])

    def public_key_auth_supported(self) -> bool:
        """Public keys are taken."""
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Whether the key opens an account."""
        self._keys += 1
        if self._keys > MOST_KEYS:
            self._refuse_login()
            return False
        text = " ".join(key.export_public_key().decode().split()[:2])
        self.account = self.endpoint.account_of_key(username, text)
        self._by_key = self.account is not None
        return self._by_key

    def session_requested(self) -> Any:
        """A new session, unless there are too many."""
        # A client may ask about the key of one user and then log in as another.
        user = self.connection.get_extra_info("username") if self.connection else None
        if self.account is None or self.account.name != user:
            return False
        limits = self.endpoint.rules.limits
        if self.endpoint.is_full_for(self.peer) or not self.endpoint.is_up:
            raise _refusal(messages.TOO_MANY_SESSIONS(limit=limits.sessions))
        if len(self.channels) >= limits.channels:
            raise _refusal(f"No more than {limits.channels} channels a connection")
        channel = Channel(self, self.account)
        self.channels.add(channel)
        return channel


class NoVariables(dict[bytes, bytes]):
    """The environment of a channel, which takes nothing in."""

    def __setitem__(self, key: bytes, value: bytes) -> None:
        """Forget a variable."""


class Channel(SSHServerStreamSession[Any]):
    """One channel: a shell, a command, or a file transfer."""

    def __init__(self, server: Server, account: Account) -> None:
        super().__init__(None, self._file_server, SFTP_VERSION)
        self._server = server
        self._account = account
        self._channel: asyncssh.SSHServerChannel[str] | None = None
        self._line: TerminalLine | ExecLine | None = None
        self._files: FileServer | None = None
        self._command: str | None = None
        self._window: Window | None = None
        self._linger: asyncio.TimerHandle | None = None

    def _file_server(self, channel: Any) -> FileServer:
        endpoint = self._server.endpoint
        assert isinstance(endpoint, ChassisEndpoint)
        self._files = FileServer(channel, endpoint, self._account)
        return self._files

    # Requests of the client

    def connection_made(self, chan: Any) -> None:
        """The channel is open."""
        self._channel = chan
        # The library keeps whatever variables a client sends, and nothing here looks at them.
        chan._env = NoVariables()
        super().connection_made(chan)

    def pty_requested(self, term_type: str, term_size: Any, term_modes: Any) -> bool:
        """The client has a terminal."""
        columns, lines = term_size[:2]
        self._window = window(lines, columns, colour=term_type not in ("", "dumb"))
        return True

    def shell_requested(self) -> bool:
        """The client wants the command line."""
        return True

    def exec_requested(self, command: str) -> bool:
        """The client wants a command run."""
        self._command = command
        return True

    def subsystem_requested(self, subsystem: str) -> bool:
        """The client wants to transfer files, which only a chassis has."""
        return subsystem == "sftp" and isinstance(self._server.endpoint, ChassisEndpoint)

    def session_started(self) -> None:
        """Begin what was asked for."""
        assert self._channel is not None
        if self._channel.get_subsystem() is not None:
            super().session_started()
            return
        endpoint = self._server.endpoint
        pages = self._window if self._command is None else None
        try:
            if endpoint.is_full:
                limit = endpoint.rules.limits.sessions
                raise UsageError(f"Failure: {messages.TOO_MANY_SESSIONS(limit=limit)}")
            session = endpoint.open(self._account, pages or Window(0, DEFAULT_WIDTH))
        except UsageError as error:
            self.send(f"{error}\r\n")
            self._channel.exit(1)
            return
        if self._command is not None:
            self._line = ExecLine(endpoint, session, self, self._command)
        else:
            at_terminal = pages is not None
            self._line = TerminalLine(endpoint, session, self, echo=at_terminal, pages=at_terminal)
        if isinstance(self._line, TerminalLine) and self._line.terminal.echo:
            self._line.begin(endpoint.greeting(self._account, self._server.peer), apart=True)
        else:
            self._line.begin()

    # Input of the client

    def data_received(self, data: Any, datatype: Any) -> None:
        """The client typed something."""
        if self._line is None:
            super().data_received(data, datatype)
        else:
            self._line.feed(data)

    def eof_received(self) -> bool:
        """The client types nothing more."""
        if self._files is not None:
            self._files.client_is_gone = True
        if self._line is None:
            return super().eof_received()
        self._line.end_of_input()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """The channel is gone; with the last one the connection is."""
        self._server.channels.discard(self)
        if self._linger is not None:
            self._linger.cancel()
        if self._files is not None:
            self._files.client_is_gone = True
        if self._line is None:
            super().connection_lost(exc)
            return
        self._line.lost()
        if isinstance(self._line, TerminalLine) and not self._server.channels:
            self._server.hang_up()

    def terminal_size_changed(self, width: int, height: int, pixwidth: int, pixheight: int) -> None:
        """The window of the client has another size."""
        if self._line is not None:
            self._line.resize(height, width)

    def signal_received(self, signal: str) -> None:
        """The client sends a signal: an interrupt is Ctrl-C."""
        if signal == "INT" and self._line is not None:
            self._line.feed("\x03")

    def break_received(self, msec: int) -> bool:
        """The client sends a break, which is Ctrl-C."""
        self.signal_received("INT")
        return True

    def pause_writing(self) -> None:
        """The client does not read."""
        if self._line is None:
            super().pause_writing()
            self.pause()
        else:
            self._line.may_send(False)

    def resume_writing(self) -> None:
        """The client reads again."""
        if self._line is None:
            super().resume_writing()
            self.resume()
        else:
            self._line.may_send(True)

    # The wire of the line

    @property
    def peer(self) -> str:
        """The address of the client."""
        return self._server.peer

    def send(self, text: str) -> None:
        """Send text; without a terminal a line ends as it does on the host."""
        channel = self._channel
        if channel is None or channel.is_closing():
            return
        if self._window is None:
            text = text.replace("\r\n", "\n")
        elif self._command is not None:
            text = text.replace("\n", "\r\n")
        channel.write(text)

    @property
    def unsent(self) -> int:
        """How many bytes wait in the channel and in the connection."""
        channel, connection = self._channel, self._server.connection
        if channel is None or connection is None:
            return 0
        transport = cast(Any, connection)._transport
        waiting = transport.get_write_buffer_size() if transport is not None else 0
        return int(channel.get_write_buffer_size() + waiting)

    def pause(self) -> None:
        """Take no more characters."""
        if self._channel is not None:
            self._channel.pause_reading()

    def resume(self) -> None:
        """Take characters again."""
        if self._channel is not None:
            self._channel.resume_reading()

    def hang_up(self) -> None:
        """Close the channel with the status of its command; at a restart the connection."""
        channel, connection, line = self._channel, self._server.connection, self._line
        if not self._server.endpoint.is_up and connection is not None:
            # Nobody says good-bye on a system that goes down.
            if not self.unsent:
                connection.abort()
            else:
                self._server.hang_up()
        elif channel is not None and not channel.is_closing():
            channel.exit(line.status if isinstance(line, ExecLine) else 0)
            self._linger = asyncio.get_running_loop().call_later(LINGER, channel.abort)

    def abort(self) -> None:
        """Close the connection at once."""
        self._server.abort()


def _refusal(reason: str) -> asyncssh.ChannelOpenError:
    return asyncssh.ChannelOpenError(asyncssh.OPEN_RESOURCE_SHORTAGE, reason)


def factory(reach: Callable[[], Endpoint], waiting: PendingLogins) -> Callable[[], Server]:
    """A factory of servers: one for each connection, for the endpoint that `reach` gives."""
    return lambda: Server(reach(), waiting)
