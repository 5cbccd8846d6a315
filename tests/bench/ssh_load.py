"""A load of SSH clients that each wait for the prompt, as a process of its own.

`python -m tests.bench.ssh_load PORT SESSIONS COMMANDS` prints one line of JSON: commands a second,
and the 50th and 99th percentile of the answer times in milliseconds.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

import asyncssh

LINE = "show clock"
PROMPT = b"# "


class Session(asyncssh.SSHClientSession[bytes]):
    """Sends the next command as soon as the prompt is there, and checks every answer."""

    def __init__(self, commands: int) -> None:
        self.times: list[float] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._left = commands
        self._held = b""
        self._sent = 0.0
        self._channel: Any = None

    def connection_made(self, chan: Any) -> None:
        self._channel = chan

    def start(self) -> None:
        self._sent = time.perf_counter()
        self._channel.write(LINE.encode() + b"\r")

    def data_received(self, data: bytes, datatype: Any) -> None:
        self._held += data
        if not self._held.endswith(PROMPT):
            return
        held, self._held = self._held, b""
        if not self.ready.done():
            self.ready.set_result(None)
            return
        self.times.append(time.perf_counter() - self._sent)
        if held.count(b"\r\n") != 2 or not held.startswith(LINE.encode() + b"\r\n"):
            self.done.set_exception(AssertionError(held))
        elif len(self.times) >= self._left:
            self.done.set_result(None)
        else:
            self.start()


async def connect(port: int) -> asyncssh.SSHClientConnection:
    """A connection to a chassis on loopback, by its lab login and nothing of the user's own."""
    return await asyncssh.connect(
        "127.0.0.1",
        port,
        username="admin",
        password="admin",
        known_hosts=None,
        config=None,
        client_keys=None,
        agent_path=None,
    )


async def load(port: int, sessions: int, commands: int) -> dict[str, float]:
    """Run the load and return its figures."""
    connections = []
    found: list[Session] = []
    for _ in range(sessions):
        connection = await connect(port)
        connections.append(connection)
        _, session = await connection.create_session(
            lambda: Session(commands), term_type="vt100", encoding=None
        )
        assert isinstance(session, Session)
        await session.ready
        found.append(session)
    began = time.perf_counter()
    for session in found:
        session.start()
    await asyncio.gather(*(session.done for session in found))
    seconds = time.perf_counter() - began
    for connection in connections:
        connection.abort()
    times = sorted(time for session in found for time in session.times)
    return {
        "rate": len(times) / seconds,
        "p50": times[len(times) // 2] * 1000,
        "p99": times[len(times) * 99 // 100] * 1000,
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(load(*(int(text) for text in sys.argv[1:4])))))
