"""Clients of a server that is attacked: those that attack, and the one that measures."""

from __future__ import annotations

import asyncio
import re
import struct
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import asyncssh

PROMPT = re.compile(r"(?m)^\[\w+\][\w()-]+[#>] ")
LONGEST_PROMPT = 80
FIRST_ROUND = 20.0
"""Seconds that an attack may take longer until it has done something."""

HERE = "127.0.0.1"
PASSWORD = "S3cret-of-attack"


class Target:
    """A server with the ports of SSH and telnet. `rounds` counts what an attack has done to it."""

    def __init__(self, ssh: int, telnet: int, seconds: float, password: str = PASSWORD) -> None:
        self.ssh = ssh
        self.telnet = telnet
        self.rounds = 0
        self._password = password
        self._until = time.monotonic() + seconds

    @property
    def goes_on(self) -> bool:
        """Whether there is time left to attack."""
        return self.left > 0

    @property
    def left(self) -> float:
        """Seconds that are left; some more where nothing could be done on a busy machine."""
        more = 0 if self.rounds else FIRST_ROUND
        return max(0.0, self._until + more - time.monotonic())

    @asynccontextmanager
    async def connected(
        self, user: str, password: str | None = None
    ) -> AsyncIterator[asyncssh.SSHClientConnection]:
        """A connection of a user."""
        async with asyncssh.connect(
            HERE,
            self.ssh,
            username=user,
            password=password or self._password,
            known_hosts=None,
            config=None,
            client_keys=None,
            agent_path=None,
            login_timeout=60,
        ) as connection:
            yield connection

    async def side_by_side(
        self, count: int, one: Callable[[int], Coroutine[Any, Any, None]]
    ) -> None:
        """Run so many attackers at once; what one of them meets is told by the others."""

        async def bounded(number: int) -> None:
            while self.goes_on:
                try:
                    async with asyncio.timeout(self.left + 0.5):
                        await one(number)
                except (OSError, asyncssh.Error, asyncio.IncompleteReadError, TimeoutError):
                    # Being thrown out is no reason to stop.
                    await asyncio.sleep(0.05)

        await asyncio.gather(*(bounded(number) for number in range(count)))


class Shell:
    """A command line over SSH as text, for a user with that prompt."""

    def __init__(self, process: asyncssh.SSHClientProcess[str]) -> None:
        self.process = process

    @classmethod
    async def on(cls, connection: asyncssh.SSHClientConnection, **options: Any) -> Shell:
        """Open one and wait for its prompt."""
        shell = cls(await connection.create_process(errors="replace", **options))
        await shell.prompt()
        return shell

    async def prompt(self) -> str:
        """The output up to the next prompt."""
        shown = await self.process.stdout.readuntil(PROMPT, LONGEST_PROMPT)
        assert isinstance(shown, str)
        return shown

    async def run(self, line: str) -> str:
        """Run a line; returns what comes up to the next prompt."""
        self.process.stdin.write(f"{line}\n")
        return await self.prompt()


def packet(kind: int, *parts: bytes) -> bytes:
    """A packet of SFTP."""
    body = bytes([kind]) + b"".join(parts)
    return struct.pack(">I", len(body)) + body


def string(value: bytes) -> bytes:
    """A string as SFTP sends it."""
    return struct.pack(">I", len(value)) + value


async def waits(target: Target, user: str, password: str) -> list[float]:
    """How long each `show clock` of a client took, in seconds, as long as there is time."""
    times: list[float] = []
    async with target.connected(user, password) as connection:
        shell = await Shell.on(connection)
        while target.goes_on:
            target.rounds += 1
            began = time.perf_counter()
            shown = await shell.run("show clock")
            times.append(time.perf_counter() - began)
            assert " UTC 20" in shown, shown
            await asyncio.sleep(0.02)
    return times
