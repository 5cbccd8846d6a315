"""Telnet's options: bytes in, characters and answers out, no I/O (RFC 854, 857, 858, 1073)."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from msgspec import Struct

IAC, DONT, DO, WONT, WILL, SB, SE = 255, 254, 253, 252, 251, 250, 240
_INTERRUPT, _BREAK, _ERASE_CHARACTER, _ERASE_LINE, _ARE_YOU_THERE = 244, 243, 247, 248, 246
ECHO, SUPPRESS_GO_AHEAD, WINDOW_SIZE = 1, 3, 31

_OURS = (ECHO, SUPPRESS_GO_AHEAD)
_KEYS = {_INTERRUPT: "\x03", _BREAK: "\x03", _ERASE_CHARACTER: "\x7f", _ERASE_LINE: "\x15"}
LONGEST_PARAMETER = 64
"""The most bytes of a parameter that are looked at; of longer ones the rest is dropped."""

GREETING = bytes((IAC, WILL, ECHO, IAC, WILL, SUPPRESS_GO_AHEAD, IAC, DO, WINDOW_SIZE))
"""The first offer of the server: echo, character by character, and the window size."""


class WindowSize(Struct, frozen=True):
    """The size of the client's window, in columns and lines."""

    width: int
    length: int


class Answer(Struct, frozen=True):
    """Bytes to send back as they are."""

    data: bytes


Found = str | WindowSize | Answer


class Options:
    """One connection's options. `echo` tells whether the client leaves the echo to the server."""

    def __init__(self) -> None:
        self.echo = True
        self._ours = dict.fromkeys(_OURS, True)
        self._theirs = {SUPPRESS_GO_AHEAD: False, WINDOW_SIZE: True}
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._state = ""
        self._verb = 0
        self._parameter = bytearray()

    def feed(self, data: bytes) -> Iterator[Found]:
        """Take what the client sent; yields typed text, window sizes and answers, in order."""
        position = 0
        while position < len(data):
            if not self._state:
                end = data.find(IAC, position)
                end = len(data) if end < 0 else end
                if end > position:
                    yield self._decoder.decode(data[position:end])
                self._state = "command" if end < len(data) else ""
                position = end + 1
            else:
                yield from self._byte(data[position])
                position += 1

    def _byte(self, byte: int) -> Iterator[Found]:
        state, self._state = self._state, ""
        if state == "command":
            yield from self._command(byte)
        elif state == "option":
            yield from self._option(self._verb, byte)
        elif state == "parameter":
            self._state = "parameter end" if byte == IAC else state
            if byte != IAC:
                self._hold(byte)
        elif byte == SE:
            yield from self._parameter_done()
        else:
            self._hold(byte)
            self._state = "parameter"

    def _hold(self, byte: int) -> None:
        if len(self._parameter) < LONGEST_PARAMETER:
            self._parameter.append(byte)

    def _command(self, byte: int) -> Iterator[Found]:
        if byte == IAC:
            yield self._decoder.decode(bytes((IAC,)))
        elif byte in (DO, DONT, WILL, WONT):
            self._verb, self._state = byte, "option"
        elif byte == SB:
            self._parameter.clear()
            self._state = "parameter"
        elif byte == _ARE_YOU_THERE:
            yield Answer(b"\r\n[Yes]\r\n")
        elif byte in _KEYS:
            yield _KEYS[byte]

    def _option(self, verb: int, option: int) -> Iterator[Found]:
        """Answer only what changes something, so that two sides never answer for ever."""
        about_us = verb in (DO, DONT)
        wanted = verb in (DO, WILL)
        known = self._ours if about_us else self._theirs
        if option not in known:
            if wanted:
                yield Answer(bytes((IAC, WONT if about_us else DONT, option)))
            return
        if known[option] is not wanted:
            known[option] = wanted
            yes, no = (WILL, WONT) if about_us else (DO, DONT)
            yield Answer(bytes((IAC, yes if wanted else no, option)))
        if about_us and option == ECHO:
            self.echo = wanted

    def _parameter_done(self) -> Iterator[Found]:
        found = self._parameter
        if len(found) == 5 and found[0] == WINDOW_SIZE:
            yield WindowSize(found[1] << 8 | found[2], found[3] << 8 | found[4])
