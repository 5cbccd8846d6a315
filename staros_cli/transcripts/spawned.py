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

from staros_cli.transcripts import protocol
from staros_cli.transcripts.directives import Directive, Settings
from staros_cli.transcripts.errors import TargetError
from staros_cli.transcripts.prompts import waiting
from staros_cli.transcripts.protocol import Orders

TIMEOUT = 30.0
"""Seconds until a prompt that does not come is given up."""

_WINDOW = 2000
"""How many characters before the end of a stream a prompt can begin."""

_SEEN_AT_MOST = 2000
_ALL_THERE_IS = re.compile(r"(?s)\A.*")


class Child:
    """A program at a pseudo-terminal of `length` lines and `width` columns.

    `received` counts the characters that came, `tail` is the line where it waits.
    """

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
        except pexpect.ExceptionPexpect as error:
            raise TargetError(str(error)) from None
        self._spawn.delaybeforesend = None
        self._spawn.delayafterread = None
        # Programs are ended before their terminal is closed: nothing to be gentle with then.
        self._spawn.ptyproc.delayafterclose = 0  # type: ignore[attr-defined]
        self.closed = False
        self.tail = ""
        self.received = 0

    @property
    def status(self) -> int | None:
        """The exit status of the program once it has ended, None when a signal ended it."""
        self._spawn.wait()
        status: int | None = self._spawn.exitstatus
        return status

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

    def wait_for(self, *patterns: re.Pattern[str], window: int | None = _WINDOW) -> tuple[int, str]:
        """Wait until one of the patterns or the end of the program comes.

        They are looked for in the last `window` characters, in all that came with None. Returns
        the number of the pattern, -1 for the end, and what came. Raises TargetError when it takes
        too long.
        """
        try:
            index: int = self._spawn.expect([*patterns, pexpect.EOF], searchwindowsize=window)
        except pexpect.TIMEOUT:
            seen = str(self._spawn.buffer)[-_SEEN_AT_MOST:] or "nothing"
            raise TargetError(
                f"no prompt came within {self._timeout:g} seconds; seen so far:\n{seen}"
            ) from None
        text = str(self._spawn.before)
        if index == len(patterns):
            self.closed = True
            return -1, text
        text += str(self._spawn.after)
        self.received += len(text)
        self.tail = re.split(r"[\r\n]", text)[-1]
        return index, text

    def type(self, keys: str, given_back: str, *, more: bool) -> str:
        """Type keys; returns what comes until a session waits (see Target.type)."""
        continued = keys.endswith("\\\r")
        self.write(keys)
        return self.wait_for(waiting(given_back, more=more, continued=continued))[1]

    def read(self, count: int) -> str:
        """The next `count` characters. Raises TargetError when they do not come."""
        if not count:
            return ""
        text = self.wait_for(re.compile(f"(?s).{{{count}}}"), window=None)[1]
        if self.closed:
            raise TargetError(f"the target hung up; seen so far:\n{text}")
        return text

    def listen(self, seconds: float) -> str:
        """The output within so many seconds."""
        if self._spawn.expect([pexpect.TIMEOUT, pexpect.EOF], timeout=seconds) == 1:
            self.closed = True
            return str(self._spawn.before)
        self._spawn.expect(_ALL_THERE_IS)
        text = str(self._spawn.after)
        self.received += len(text)
        return text

    def close(self) -> None:
        """End the program."""
        self.closed = True
        process = self._spawn
        if process.isalive():
            process.kill(signal.SIGKILL)
            process.wait()
        process.close()


class ProgramTarget:
    """The installed program, its clock controlled over a socket beside its terminal.

    `program` is the command that runs it.
    """

    live = came_back = False

    def __init__(self, program: Sequence[str] | None = None, timeout: float = TIMEOUT) -> None:
        self._program = list(program or installed_program())
        self._timeout = timeout
        self._child: Child | None = None
        self._directory = tempfile.mkdtemp(prefix="staros-cli-")
        self._listener = socket.socket(socket.AF_UNIX)
        self._orders: Orders | None = None

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
        self._orders = Orders(self._accept(self._child), self._timeout)
        for directive in settings.directives():
            self._orders.give(directive.text)
        return self._child.read(*self._orders.give(protocol.BEGIN))

    def _accept(self, child: Child) -> socket.socket:
        listener = self._listener.fileno()
        ready, _, _ = select.select([listener, child.descriptor], [], [], self._timeout)
        if listener not in ready:
            said = child.wait_for(re.compile(r"\Z(?!)"))[1] if ready else "nothing"
            raise TargetError(f"{' '.join(self._program)} did not start; it said:\n{said}")
        return self._listener.accept()[0]

    def type(self, keys: str, given_back: str = "", *, more: bool = False) -> str:
        """Type keys; returns what comes until the program waits."""
        assert self._child is not None
        return self._child.type(keys, given_back, more=more)

    def direct(self, directive: Directive) -> str:
        """Have the program carry out what stands between commands."""
        assert self._child is not None
        assert self._orders is not None
        return self._child.read(*self._orders.give(directive.text))

    def close(self) -> None:
        """End the program."""
        if self._child is not None:
            self._child.close()
        for end in (self._orders, self._listener):
            if end is not None:
                end.close()
        shutil.rmtree(self._directory, ignore_errors=True)


def installed_program() -> list[str]:
    """The command that runs the program this module belongs to."""
    beside = Path(sys.executable).with_name("staros-cli")
    return [str(beside)] if beside.exists() else [sys.executable, "-m", "staros_cli"]
