"""`staros-cli shell --control SOCKET`: a shell whose time somebody else moves.

The program connects to a Unix socket and takes lines there: first those of a transcript's header,
then `begin`, then what stands between its commands, all without their `# `. Every line is answered
with `ok N`, where N is how many characters the terminal shows for it, or with `refused` and why.
"""

from __future__ import annotations

import codecs
import os
import select
import socket
import termios
import tty
from pathlib import Path

from staros_cli.errors import UsageError
from staros_cli.transcripts import directives, protocol
from staros_cli.transcripts.directives import Settings
from staros_cli.transcripts.errors import DirectiveError
from staros_cli.transcripts.terminals import Terminals


class Channel:
    """Lines from whoever moves the time."""

    def __init__(self, path: Path) -> None:
        """Raises UsageError when nobody listens at `path`."""
        self._socket = socket.socket(socket.AF_UNIX)
        self._held = b""
        try:
            self._socket.connect(str(path))
        except OSError as error:
            raise UsageError(f"--control {path}: {error.strerror or error}") from None

    def fileno(self) -> int:
        """For `select`."""
        return self._socket.fileno()

    def line(self) -> str | None:
        """The next line; None when there are no more."""
        while b"\n" not in self._held:
            data = self._socket.recv(65536)
            if not data:
                return None
            self._held += data
        line, _, self._held = self._held.partition(b"\n")
        return line.decode(errors="replace")

    @property
    def has_line(self) -> bool:
        """Whether a whole line was received already."""
        return b"\n" in self._held

    def answer(self, text: str) -> None:
        """Answer a line."""
        self._socket.sendall(f"{text}\n".encode())


def run(path: str, source: int, target: int) -> int:
    """Serve the terminal with the file descriptors `source` and `target` until it ends.

    Raises UsageError when the channel or the terminal cannot be used.
    """
    if not os.isatty(source):
        raise UsageError("--control needs a terminal on standard input")
    channel = Channel(Path(path))
    before = termios.tcgetattr(source)
    try:
        tty.setraw(source)
        terminals = _begin(channel, target)
        if terminals is not None:
            _serve(terminals, channel, source, target)
    finally:
        termios.tcsetattr(source, termios.TCSADRAIN, before)
    return 0


def _begin(channel: Channel, target: int) -> Terminals | None:
    settings = Settings()
    while (line := channel.line()) is not None:
        try:
            if line == protocol.HELP:
                channel.answer(_vocabulary())
                continue
            if line == protocol.BEGIN:
                terminals = Terminals(settings)
                _answer(channel, target, terminals.begin())
                return terminals
            directives.apply_setting(settings, protocol.read(line))
            channel.answer(protocol.ok([0]))
        except DirectiveError as error:
            channel.answer(protocol.refused(error))
    return None


def _serve(terminals: Terminals, channel: Channel, source: int, target: int) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while not terminals.closed:
        ready, _, _ = select.select([source, channel.fileno()], [], [])
        if source in ready:
            data = os.read(source, 4096)
            if not data:
                return
            _write(target, terminals.feed(decoder.decode(data)))
        if channel.fileno() in ready and not _obey(terminals, channel, target):
            return


def _obey(terminals: Terminals, channel: Channel, target: int) -> bool:
    """Carry out the lines that have come; returns whether more can come."""
    while True:
        line = channel.line()
        if line is None:
            return False
        try:
            if line == protocol.HELP:
                channel.answer(_vocabulary())
            else:
                _answer(channel, target, terminals.direct(protocol.read(line)))
        except DirectiveError as error:
            channel.answer(protocol.refused(error))
        if not channel.has_line:
            return True


def _vocabulary() -> str:
    return "\n".join([*protocol.vocabulary(), protocol.ok([0])])


def _answer(channel: Channel, target: int, shown: str) -> None:
    # The answer goes first: whoever waits for it reads the terminal only afterwards.
    channel.answer(protocol.ok([len(shown)]))
    _write(target, shown)


def _write(target: int, text: str) -> None:
    data = text.encode()
    while data:
        data = data[os.write(target, data) :]
