"""A client can make the SSH server hold and do no more than it collects."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import asyncssh
import pytest

import staros_cli
from staros_cli.network.endpoint import LARGEST
from staros_cli.network.ssh import MOST_EXCHANGES, MOST_KEYS, RECEIVED, UNCOLLECTED
from tests.network.wire import complete, connected, eventually

pytestmark = pytest.mark.end_to_end

UNKNOWN = 192
"""A kind of message that nobody knows, which has to be said."""
REQUESTS = 400_000
BATCH = 1000
ANSWERED = 64 << 10
"""Bytes of answers to what had come before the server stopped reading."""


def test_answers_that_nobody_collects_are_not_piled_up(host_key: Path) -> None:
    """The library answers whatever comes, and held every answer."""

    async def scenario() -> None:
        async with (
            staros_cli.serve(host_key_file=host_key) as lab,
            connected(lab["asr5500"]) as connection,
        ):
            (server,) = lab["asr5500"]._endpoint.connections
            client: Any = connection
            there = server.connection._transport  # type: ignore[attr-defined]
            client._transport.pause_reading()
            for _ in range(REQUESTS // BATCH):
                for _ in range(BATCH):
                    client.send_packet(UNKNOWN)
                await asyncio.sleep(0)
                assert there.get_write_buffer_size() < 2 * UNCOLLECTED + ANSWERED
                if not there.is_reading():
                    break
            assert not there.is_reading()
            client._transport.resume_reading()
            await eventually(there.is_reading)
            done = await asyncio.wait_for(connection.run("show clock"), 10)
            assert done.stdout

    complete(scenario())


def test_little_is_received_before_it_is_looked_at(host_key: Path) -> None:
    async def scenario() -> None:
        async with (
            staros_cli.serve(host_key_file=host_key) as lab,
            connected(lab["asr5500"]) as connection,
        ):
            process: Any = await connection.create_process()
            assert process.channel._send_window <= RECEIVED

    complete(scenario())


def test_no_exchange_of_keys_takes_long(host_key: Path) -> None:
    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key) as lab:
            for name in ("diffie-hellman-group18-sha512", "diffie-hellman-group-exchange-sha256"):
                with pytest.raises(asyncssh.KeyExchangeFailed):
                    async with connected(lab["asr5500"], kex_algs=[name]):
                        pass
            async with connected(lab["asr5500"], kex_algs=["ecdh-sha2-nistp256"]) as connection:
                assert (await connection.run("show clock")).stdout

    complete(scenario())


def test_a_connection_offers_so_many_keys(host_key: Path) -> None:
    """Wrong keys cost time as wrong passwords do."""
    keys = [asyncssh.generate_private_key("ssh-ed25519") for _ in range(MOST_KEYS + 5)]

    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key) as lab:
            await login(lab, 3)
            with pytest.raises(asyncssh.Error):
                await login(lab, MOST_KEYS + 5)

    async def login(lab: Any, offered: int) -> None:
        options: dict[str, Any] = {"client_keys": keys[:offered]}
        async with connected(lab["asr5500"], password="admin", **options) as connection:
            assert (await connection.run("show clock")).stdout

    complete(scenario())


def test_a_connection_exchanges_keys_so_often(host_key: Path) -> None:
    """Each exchange takes some milliseconds of everybody's time."""

    async def scenario() -> None:
        async with (
            staros_cli.serve(host_key_file=host_key) as lab,
            connected(lab["asr5500"]) as connection,
        ):
            client: Any = connection
            # The first exchange began the connection.
            for _ in range(MOST_EXCHANGES - 1):
                await exchange(client)
            assert (await connection.run("show clock")).stdout
            await exchange(client)
            await connection.wait_closed()
            async with connected(lab["asr5500"]) as another:
                assert (await another.run("show clock")).stdout

    async def exchange(client: Any) -> None:
        before = client._client_kexinit
        client._send_kexinit()
        client._kexinit_sent = True
        assert client._client_kexinit != before
        await eventually(
            lambda: client._transport is None or (client._kex is None and not client._kexinit_sent)
        )

    complete(scenario())


def test_windows_have_bounds(host_key: Path) -> None:
    huge = (1 << 31) - 1

    async def scenario() -> None:
        async with (
            staros_cli.serve(host_key_file=host_key) as lab,
            connected(lab["asr5500"]) as connection,
        ):
            process: Any = await connection.create_process(term_type="x", term_size=(huge, huge))
            await process.stdout.readuntil("# ")
            (line,) = lab["asr5500"]._endpoint.lines
            state = line.session.state
            assert (state.rows, state.width) == (LARGEST, LARGEST)
            process.change_terminal_size(80, 30)
            await eventually(lambda: (state.rows, state.width) == (30, 80))
            process.change_terminal_size(huge, huge)
            await eventually(lambda: (state.rows, state.width) == (LARGEST, LARGEST))

    complete(scenario())
