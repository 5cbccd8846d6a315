"""Clients on loopback, for tests: a shell over SSH and one over telnet."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Protocol

import asyncssh

from staros_cli.network.listeners import Address

PROMPT = b"# "
PATIENCE = 10.0 if sys.gettrace() is None else 90.0
"""Seconds after which a test gives up waiting for something that should have come long ago.

A run that counts covered lines takes several times as long.
"""


class Reachable(Protocol):
    """An object with an address for SSH."""

    @property
    def ssh(self) -> Address:
        """Where it listens."""
        ...


@asynccontextmanager
async def connected(
    served: Reachable, user: str = "admin", password: str | None = "admin", **options: Any
) -> AsyncIterator[asyncssh.SSHClientConnection]:
    """An SSH connection to a chassis."""
    if password is not None:
        options.setdefault("client_keys", None)
    async with asyncssh.connect(
        served.ssh.host,
        served.ssh.port,
        username=user,
        password=password,
        known_hosts=None,
        config=None,
        agent_path=None,
        **options,
    ) as connection:
        yield connection


class Shell:
    """A command line over SSH, as bytes."""

    def __init__(self, process: asyncssh.SSHClientProcess[bytes]) -> None:
        self.process = process
        self.prompt: bytes | re.Pattern[bytes] = PROMPT

    async def until(self, text: bytes | None = None) -> bytes:
        """The output up to `text`, which is included, or to the prompt."""
        wanted: Any = text or self.prompt
        return await asyncio.wait_for(self.process.stdout.readuntil(wanted), PATIENCE)

    async def type(self, keys: str, text: bytes | None = None) -> bytes:
        """Type keys; returns what comes up to `text` or to the prompt."""
        self.process.stdin.write(keys.encode())
        return await self.until(text)

    async def run(self, line: str) -> str:
        """Run a command; returns what it prints, without echo and prompt."""
        shown = (await self.type(f"{line}\r")).decode()
        assert shown.startswith(f"{line}\r\n"), shown
        return shown[len(line) + 2 :].rpartition("\r\n")[0].replace("\r\n", "\n")

    async def rest(self) -> bytes:
        """The output until the other side closes."""
        return await asyncio.wait_for(self.process.stdout.read(), PATIENCE)


@asynccontextmanager
async def shell(
    served: Reachable,
    user: str = "admin",
    password: str | None = "admin",
    *,
    term: str | None = "vt100",
    size: tuple[int, int] = (80, 24),
    first: bytes = PROMPT,
) -> AsyncIterator[Shell]:
    """A command line, at its first prompt; `size` is columns and lines."""
    async with connected(served, user, password) as connection:
        process: Any = await connection.create_process(
            term_type=term, term_size=size, encoding=None
        )
        found = Shell(process)
        await found.until(first)
        yield found


class Telnet:
    """A telnet client that answers nothing by itself."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def until(self, text: bytes) -> bytes:
        """The output up to `text`, which is included."""
        return await asyncio.wait_for(self.reader.readuntil(text), PATIENCE)

    async def type(self, keys: bytes, text: bytes) -> bytes:
        """Type keys; returns what comes up to `text`."""
        self.writer.write(keys)
        return await self.until(text)

    async def rest(self) -> bytes:
        """The output until the other side closes."""
        return await asyncio.wait_for(self.reader.read(), PATIENCE)

    async def log_in(self, user: bytes = b"admin", password: bytes = b"admin") -> bytes:
        """Log in; returns what comes up to the first prompt."""
        await self.until(b"login: ")
        await self.type(user + b"\r\0", b"password: ")
        return await self.type(password + b"\r\0", PROMPT)


@asynccontextmanager
async def telnet(address: Address) -> AsyncIterator[Telnet]:
    """A telnet connection."""
    reader, writer = await asyncio.open_connection(address.host, address.port)
    try:
        yield Telnet(reader, writer)
    finally:
        writer.close()


async def eventually(condition: Any) -> None:
    """Give the other side turns until `condition` holds."""

    async def look() -> None:
        while not condition():
            await asyncio.sleep(0)

    await asyncio.wait_for(look(), PATIENCE)


def complete(scenario: Coroutine[Any, Any, None]) -> None:
    """Run a test that waits for others, and give up when it waits for ever."""

    async def bounded() -> None:
        await asyncio.wait_for(scenario, 3 * PATIENCE)

    asyncio.run(bounded())
