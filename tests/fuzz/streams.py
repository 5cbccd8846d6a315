"""Random bytes over telnet, SSH and SFTP to one server that goes on all the while."""

from __future__ import annotations

import asyncio
import logging
import random
import socket
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncssh

import staros_cli
from staros_cli.chassis.invariants import violations
from staros_cli.network import ssh, telnet
from staros_cli.network.chassis_server import Served
from staros_cli.network.limits import Limits
from staros_cli.network.pending import PendingLogins
from tests.fuzz.lines import Lines
from tests.network.wire import connected

PATIENCE = 10.0
"""Seconds after which a connection that was closed counts as stuck."""
LIMITS = Limits(failed_logins=1_000_000, keepalive=0)

_LOGIN = b"admin\r\nadmin\r\n"
_KEYS = [
    *(b"\r\n", b"\r\0", b"\n", b"\r", b"\x03", b"\x04", b"\x15", b"\x17", b"\x1a", b"\x1b[A"),
    *(b"\x1b[3~", b"\x1b[", b"\x7f", b"\x08", b"\t", b"?", b" ", b"q", b"yes\r\n", b"|", b'"'),
    *(b"\\\r\n", b"\xff", b"\xff\xf4", b"\xff\xf6", b"\xff\xfa\x1f", b"\xff\xf0", b"\xff\xff"),
    *(b"\xff\xfd\x01", b"\xff\xfe\x03", b"\xff\xfb\x1f", b"\xff\xfc\x18", b"\xc3", b"\xe2\x80\xae"),
]
_PATHS = [
    *(b"/flash/system.cfg", b"/flash", b"/", b"/flash/x", b"/flash/y", b"/flash/d", b"/hd-raid/x"),
    *(b"..", b"/hd-raid/../flash", b"\xff", b"a" * 300, b"/flash/d/d/d", b""),
]
_HANDLES = [*(number.to_bytes(4) for number in (0, 0, 0, 0, 1, 2)), b"", b"\xff" * 300]
_DATA = [b"", b"config\nend\n", b"x" * 40_000]
_REQUESTS = [
    *((3, "pna"), (3, "pna"), (3, "pna"), (4, "h"), (5, "hNn"), (5, "hNn"), (6, "hNd"), (6, "hNd")),
    *((7, "p"), (8, "h"), (9, "pa"), (10, "ha"), (11, "p"), (12, "h"), (13, "p"), (14, "pa")),
    *((15, "p"), (16, "p"), (17, "p"), (18, "pp"), (19, "p"), (20, "pp"), (200, "dd"), (255, "n")),
]
"""Types of requests, and the fields of each: paths, handles, data, attributes, numbers,
w for opening to write."""


class _Faults(logging.Handler):
    """Errors that a server logs, and exceptions that reach the event loop."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(self.format(record))

    def of_loop(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Note what the event loop was left with."""
        error = context.get("exception")
        if not isinstance(error, ConnectionError):
            self.found.append(f"{context.get('message')}: {error!r}")


class Streams:
    """Draws streams by `rng` and sends them to the server that `served` tells of."""

    def __init__(self, served: Served, rng: random.Random) -> None:
        self._served = served
        self._endpoint = served._endpoint
        self._waiting = PendingLogins(LIMITS.logins_pending)
        self._rng = rng
        self._lines = Lines(rng)
        self._options = ssh.options(asyncssh.generate_private_key("ssh-ed25519"), 0)
        self._client: asyncssh.SSHClientConnection | None = None

    async def one(self) -> str:
        """Send one stream and wait until its connection is closed; returns its kind."""
        kind = self._rng.choice((self._telnet, self._telnet, self._telnet, self._ssh, self._sftp))
        await asyncio.wait_for(kind(), PATIENCE)
        return kind.__name__.strip("_")

    # Contents

    def _typed(self) -> bytes:
        rng = self._rng
        pieces = [_LOGIN if rng.random() < 0.7 else b""]
        for _ in range(rng.randrange(12)):
            if rng.random() < 0.4:
                pieces.append(rng.choice(_KEYS))
            elif rng.random() < 0.3:
                pieces.append(rng.randbytes(rng.randrange(30)))
            else:
                mode = rng.choice(("exec", "config", "context"))
                pieces.append(self._lines.line(mode).encode(errors="replace") + b"\r\n")
        return b"".join(pieces)

    def _packets(self) -> bytes:
        """Packets of SSH before the keys are exchanged: a version, then whatever."""
        rng = self._rng
        pieces = [rng.choice((b"SSH-2.0-x\r\n", b"SSH-1.5-x\r\n", b"\x00\r\n", b"x" * 300, b""))]
        for _ in range(rng.randrange(6)):
            body = bytes([rng.choice((1, 2, 3, 4, 5, 20, 21, 30, 50, 80, 90, 255))])
            body += rng.randbytes(rng.randrange(60))
            padding = 4 + (8 - (len(body) + 9) % 8) % 8
            size = rng.choice((1 + len(body) + padding, rng.randrange(1 << 32)))
            pieces.append(size.to_bytes(4) + bytes([padding]) + body + bytes(padding))
        return b"".join(pieces)

    def _requests(self) -> bytes:
        """Requests of SFTP, most of them whole."""
        rng = self._rng
        pieces = [b"\x00\x00\x00\x05\x01\x00\x00\x00\x03"] if rng.random() < 0.9 else []
        first = [(3, "pwa"), (6, "hNd")] if rng.random() < 0.5 else []
        rest = [rng.choice(_REQUESTS) for _ in range(rng.randrange(8))]
        for number, (kind, shape) in enumerate(first + rest):
            body = bytes([kind]) + number.to_bytes(4) + b"".join(map(self._field, shape))
            if rng.random() < 0.1:
                body = body[: rng.randrange(len(body))] + rng.randbytes(rng.randrange(24))
            size = len(body) if rng.random() < 0.9 else rng.randrange(1 << 32)
            pieces.append(size.to_bytes(4) + body)
        return b"".join(pieces)

    def _field(self, kind: str) -> bytes:
        """A field of a request: a path, a handle, data, flags of attributes, a number."""
        rng = self._rng
        if kind in "phd":
            text = rng.choice({"p": _PATHS, "h": _HANDLES, "d": _DATA}[kind])
            return len(text).to_bytes(4) + text
        if kind == "a":
            return rng.choice((0, 0, 0, 1, 4, 8, rng.randrange(1 << 32))).to_bytes(4)
        if kind == "w":
            return (asyncssh.FXF_WRITE | asyncssh.FXF_READ | asyncssh.FXF_CREAT).to_bytes(4)
        size = 4 if kind == "n" else 8
        return rng.choice((0, 1, 2, 26, rng.randrange(1 << 8 * size))).to_bytes(size)

    # Sending

    async def _telnet(self) -> None:
        def connection() -> telnet.Connection:
            return telnet.Connection(self._endpoint, self._waiting)

        await self._send(self._typed(), connection)

    async def _ssh(self) -> None:
        await self._send(self._packets(), None)

    async def _send(self, data: bytes, make: Callable[[], asyncio.Protocol] | None) -> None:
        """Send the data in pieces over a new connection, then end it in one way or another."""
        ours, theirs = socket.socketpair()
        theirs.setblocking(False)
        if make is not None:
            await asyncio.get_running_loop().connect_accepted_socket(make, theirs)
        else:
            factory = ssh.factory(lambda: self._endpoint, self._waiting)
            serving = asyncio.ensure_future(
                asyncssh.run_server(theirs, options=self._options, server_factory=factory)
            )
        reader, writer = await asyncio.open_connection(sock=ours)
        try:
            while data:
                size = self._rng.choice((1, 7, 60, 2000))
                writer.write(data[:size])
                data = data[size:]
                await asyncio.sleep(0)
            if self._rng.random() < 0.5:
                writer.write_eof()
            else:
                writer.close()
            if make is not None:
                await reader.read()
        except ConnectionError:
            pass
        finally:
            writer.transport.abort()
        if make is None:
            await asyncio.gather(serving, return_exceptions=True)

    async def _sftp(self) -> None:
        try:
            if self._client is None or self._client.is_closed():
                self._client = await connected(self._served).__aenter__()
            channel, _ = await self._client.create_session(
                asyncssh.SSHClientSession, subsystem="sftp", encoding=None
            )
        except (OSError, asyncssh.Error):
            # A system that restarts closes what is open, and takes no connections meanwhile.
            self.close()
            return
        data = self._requests()
        try:
            channel.write(data)
            if self._rng.random() < 0.5:
                channel.write_eof()
            for _ in range(self._rng.choice((0, 5, 40))):
                await asyncio.sleep(0)
        except (OSError, asyncssh.Error):
            pass
        channel.close()
        await channel.wait_closed()

    def close(self) -> None:
        """End the connection of the client of SFTP."""
        if self._client is not None:
            self._client.abort()
            self._client = None


async def send(seed: int, count: int, note: Callable[[float], None]) -> list[str]:
    """Send so many streams; `note` is given the seconds of work of each. Returns the faults."""
    faults = _Faults()
    asyncio.get_running_loop().set_exception_handler(faults.of_loop)
    logging.getLogger().addHandler(faults)
    rng = random.Random(seed)
    kind = "?"
    try:
        with tempfile.TemporaryDirectory() as place:
            async with staros_cli.serve(
                "vpc-si", host_key_file=Path(place) / "key", limits=LIMITS, clock_rate=1000.0
            ) as lab:
                (served,) = lab
                streams = Streams(served, rng)
                for number in range(count):
                    began = time.process_time()
                    try:
                        kind = await streams.one()
                    except TimeoutError:
                        faults.found.append(f"stream {number}: not over within {PATIENCE} s")
                    note(time.process_time() - began)
                    if faults.found:
                        break
                streams.close()
                faults.found += map(str, violations(served.system.chassis))
    finally:
        logging.getLogger().removeHandler(faults)
    return [f"{kind}: {fault}" for fault in faults.found]
