"""Targets that are other programs, at the end of a pseudo-terminal."""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pexpect

from staros_cli.transcripts import directives
from staros_cli.transcripts.directives import Directive, Login, Settings
from staros_cli.transcripts.faults import DirectiveFault, TargetFault
from staros_cli.transcripts.format import FIRST_SESSION
from staros_cli.transcripts.prompts import waiting

TIMEOUT = 30.0
"""Seconds until a prompt that does not come is given up."""

_WINDOW = 2000
"""How many characters before the end of a stream a prompt can begin."""

_SEEN_AT_MOST = 2000
_ALL_THERE_IS = re.compile(r"(?s)\A.*")


class Child:
    """A program at a pseudo-terminal of `length` lines and `width` columns."""

    def __init__(
        self, command: Sequence[str], *, length: int, width: int, timeout: float = TIMEOUT
    ) -> None:
        self._timeout = timeout
        # A terminal of no lines has no size: programs would not know what to make of it.
        size = (length or 24, width)
        try:
            self._spawn = pexpect.spawn(
                command[0],
                list(command[1:]),
                timeout=timeout,
                encoding="utf-8",
                codec_errors="replace",
                dimensions=size,
                env={**os.environ, "TERM": "dumb"},
                echo=False,
            )
        except pexpect.ExceptionPexpect as fault:
            raise TargetFault(str(fault)) from None
        self._spawn.delaybeforesend = None
        self._spawn.delayafterread = None
        # Programs are ended before their terminal is closed: nothing to be gentle with then.
        self._spawn.ptyproc.delayafterclose = 0  # type: ignore[attr-defined]
        self.closed = False
        self.tail = ""

    @property
    def descriptor(self) -> int:
        """The file descriptor of the terminal."""
        descriptor: int = self._spawn.child_fd
        return descriptor

    def write(self, keys: str) -> None:
        """Type keys."""
        try:
            self._spawn.send(keys)
        except OSError:
            self.closed = True

    def wait_for(self, *patterns: re.Pattern[str]) -> tuple[int, str]:
        """Wait until one of the patterns or the end of the program comes.

        Returns the number of the pattern, -1 for the end, and what came. Raises TargetFault when
        it takes too long.
        """
        try:
            index: int = self._spawn.expect([*patterns, pexpect.EOF], searchwindowsize=_WINDOW)
        except pexpect.TIMEOUT:
            seen = str(self._spawn.buffer)[-_SEEN_AT_MOST:] or "nothing"
            raise TargetFault(
                f"no prompt came within {self._timeout:g} seconds; seen so far:\n{seen}"
            ) from None
        text = str(self._spawn.before)
        if index == len(patterns):
            self.closed = True
            return -1, text
        text += str(self._spawn.after)
        self.tail = re.split(r"[\r\n]", text)[-1]
        return index, text

    def read(self, count: int) -> str:
        """The next `count` characters. Raises TargetFault when they do not come."""
        if not count:
            return ""
        text = self.wait_for(re.compile(f"(?s).{{{count}}}"))[1]
        if self.closed:
            raise TargetFault(f"the target hung up; seen so far:\n{text}")
        return text

    def listen(self, seconds: float) -> str:
        """What comes within so many seconds."""
        if self._spawn.expect([pexpect.TIMEOUT, pexpect.EOF], timeout=seconds) == 1:
            self.closed = True
            return str(self._spawn.before)
        self._spawn.expect(_ALL_THERE_IS)
        return str(self._spawn.after)

    def close(self) -> None:
        """End the program."""
        self.closed = True
        process = self._spawn
        if process.isalive():
            process.kill(signal.SIGKILL)
            process.wait()
        process.close()


class ProgramTarget:
    """The installed program, its clock steered over a socket beside its terminal.

    `program` is the command that runs it.
    """

    live = False

    def __init__(self, program: Sequence[str] | None = None, timeout: float = TIMEOUT) -> None:
        self._program = list(program or installed_program())
        self._timeout = timeout
        self._child: Child | None = None
        self._directory = tempfile.mkdtemp(prefix="staros-cli-")
        self._listener = socket.socket(socket.AF_UNIX)
        self._channel: socket.socket | None = None
        self._replies = ""

    @property
    def closed(self) -> bool:
        """Whether the program has ended."""
        return self._child is not None and self._child.closed

    def begin(self, settings: Settings) -> str:
        """Start the program."""
        path = str(Path(self._directory) / "control")
        self._listener.bind(path)
        self._listener.listen(1)
        command = [*self._program, "shell", "--control", path]
        self._child = Child(
            command, length=settings.length, width=settings.width, timeout=self._timeout
        )
        self._channel = self._accept(self._child)
        for directive in settings.directives():
            self._order(directive.text)
        return self._child.read(self._order("begin"))

    def _accept(self, child: Child) -> socket.socket:
        listener = self._listener.fileno()
        ready, _, _ = select.select([listener, child.descriptor], [], [], self._timeout)
        if listener not in ready:
            said = child.wait_for(re.compile(r"\Z(?!)"))[1] if ready else "nothing"
            raise TargetFault(f"{' '.join(self._program)} did not start; it said:\n{said}")
        channel, _ = self._listener.accept()
        channel.settimeout(self._timeout)
        return channel

    def _order(self, line: str) -> int:
        """Send a line over the channel; returns how many characters the terminal shows for it."""
        assert self._channel is not None
        try:
            self._channel.sendall(f"{line}\n".encode())
            while "\n" not in self._replies:
                data = self._channel.recv(65536)
                if not data:
                    raise TargetFault("the program ended")
                self._replies += data.decode()
        except OSError as fault:
            raise TargetFault(f"the program does not answer: {fault}") from None
        reply, _, self._replies = self._replies.partition("\n")
        word, _, rest = reply.partition(" ")
        if word != "ok":
            raise DirectiveFault(rest)
        return int(rest)

    def type(self, keys: str, given_back: str = "", *, more: bool = False) -> str:
        """Type keys; returns what comes until the program waits."""
        assert self._child is not None
        return _type(self._child, keys, given_back, more)

    def direct(self, directive: Directive) -> str:
        """Have the program carry out what stands between commands."""
        assert self._child is not None
        return self._child.read(self._order(directive.text))

    def close(self) -> None:
        """End the program."""
        if self._child is not None:
            self._child.close()
        for end in (self._channel, self._listener):
            if end is not None:
                end.close()
        shutil.rmtree(self._directory, ignore_errors=True)


class SshAddress:
    """Where a live target is: `user@host:port`."""

    def __init__(self, text: str) -> None:
        """Raises ValueError when the text is no address."""
        found = re.fullmatch(
            r"(?P<user>[^@\s-][^@\s]*)@(?P<host>\[[0-9A-Fa-f:.]+\]|[^:@\s-][^:@\s]*)(?::(?P<port>\d+))?",
            text,
        )
        if found is None or not 1 <= int(found["port"] or 22) <= 65535:
            raise ValueError(f"expected user@host:port, got {text!r}")
        self.user = found["user"]
        self.host = found["host"].strip("[]")
        self.port = int(found["port"] or 22)


class SshTarget:
    """Anything reachable by SSH, through the `ssh` client and its configuration.

    `password` is given when the target asks for one, `options` are passed to `ssh -o`.
    """

    live = True

    def __init__(
        self,
        address: SshAddress,
        password: str | None = None,
        options: Sequence[str] = (),
        timeout: float = TIMEOUT,
    ) -> None:
        self._address = address
        self._password = password
        self._options = options
        self._timeout = timeout
        self._settings = Settings()
        self._sessions: dict[str, Child] = {}
        self._current = FIRST_SESSION

    @property
    def _child(self) -> Child:
        return self._sessions[self._current]

    @property
    def closed(self) -> bool:
        """Whether all connections have ended."""
        return bool(self._sessions) and self._child.closed

    def begin(self, settings: Settings) -> str:
        """Connect."""
        self._settings = settings
        login = settings.login
        user = self._address.user if login == Login() else login.user
        text = self._connect(FIRST_SESSION, user)
        if settings.timestamps:
            self._child.write("timestamps\r")
            text = self._child.wait_for(waiting())[1]
        return text

    def _connect(self, name: str, user: str) -> str:
        address = self._address
        command = ["ssh", "-e", "none", "-o", "NumberOfPasswordPrompts=1", "-o", "LogLevel=ERROR"]
        command += [word for option in self._options for word in ("-o", option)]
        command += ["-p", str(address.port), "-l", user, address.host]
        settings = self._settings
        child = Child(command, length=settings.length, width=settings.width, timeout=self._timeout)
        before = self._sessions.get(name)
        if before is not None:
            before.close()
        self._sessions[name] = child
        self._current = name
        return self._log_in(child, user)

    def _log_in(self, child: Child, user: str) -> str:
        password = re.compile(r"(?i)password[^\r\n]*: *\Z")
        host_key = re.compile(r"\(yes/no[^\r\n]*\)\? *\Z")
        index, text = child.wait_for(waiting(first=True), password, host_key)
        if index == 1:
            if self._password is None:
                raise TargetFault(
                    f"{self._address.host} asks {user} for a password; "
                    "STAROS_CLI_PASSWORD can hold it"
                )
            child.write(f"{self._password}\r")
            index, text = child.wait_for(waiting(first=True), password, host_key)
        if index == 2:
            raise TargetFault(
                f"the host key of {self._address.host} is not known; connect once by hand, "
                "or give --ssh-option StrictHostKeyChecking=accept-new"
            )
        if index != 0:
            said = text.strip() or "the login was refused"
            raise TargetFault(f"no session on {self._address.host} for {user}: {said}")
        return text

    def type(self, keys: str, given_back: str = "", *, more: bool = False) -> str:
        """Type keys; returns what comes until the target waits."""
        text = _type(self._child, keys, given_back, more)
        if self._child.closed:
            still_open = [name for name, other in self._sessions.items() if not other.closed]
            if still_open:
                self._current = still_open[-1]
                return text + ("" if text.endswith("\n") else "\r\n") + self._child.tail
        return text

    def direct(self, directive: Directive) -> str:
        """Connect again or wait; the rest is not in our power."""
        if directive.name == "session":
            name, login = directives.session(directive)
            known = self._sessions.get(name)
            if known is not None and not known.closed:
                self._current = name
                return "\r\n" + known.tail
            user = self._address.user if login == Login() else login.user
            return "\r\n" + _last_line(self._connect(name, user))
        if directive.name == "user":
            user = directives.login(directive).user
            return "\r\n" + _last_line(self._connect(self._current, user))
        if directive.name == "advance":
            return self._child.listen(directives.advance(directive))
        raise DirectiveFault(f"# {directive.name} is not possible on a live target")

    def close(self) -> None:
        """Close every connection."""
        for child in self._sessions.values():
            child.close()


def _type(child: Child, keys: str, given_back: str, more: bool) -> str:
    continued = keys.endswith("\\\r")
    child.write(keys)
    return child.wait_for(waiting(given_back, more=more, continued=continued))[1]


def _last_line(text: str) -> str:
    return re.split(r"[\r\n]", text)[-1]


def installed_program() -> list[str]:
    """The command that runs the program this module belongs to."""
    beside = Path(sys.executable).with_name("staros-cli")
    return [str(beside)] if beside.exists() else [sys.executable, "-m", "staros_cli"]
