"""The ports of a server: each host has one for SSH and one for telnet."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import asyncssh
from msgspec import Struct

from staros_cli.errors import UsageError
from staros_cli.network import host_key, ssh, telnet
from staros_cli.network.endpoint import Endpoint, Rules
from staros_cli.network.limits import Limits, LoginGate
from staros_cli.network.pending import PendingLogins
from staros_cli.network.turns import Turns

LOOPBACK = "127.0.0.1"
BACKLOG = 512


def rules_of(
    limits: Limits,
    authorized_keys: str | Path | None,
    *,
    require_auth: bool = False,
    rations: bool = True,
) -> Rules:
    """The rules of a server; `authorized_keys` is a file of public keys. Raises UsageError.

    `rations` tells whether costly lines have to wait for others.
    """
    keys = host_key.authorized(Path(authorized_keys)) if authorized_keys else frozenset[str]()
    gate = LoginGate(limits.failed_logins, time.monotonic)
    return Rules(limits, gate, require_auth, keys, Turns(rations=rations))


class Address(Struct, frozen=True):
    """Where something listens."""

    host: str
    port: int

    @property
    def text(self) -> str:
        """For a table."""
        return f"{self.host} {self.port}"


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Listeners:
    """Opens ports on one address of this machine.

    `host_key_file` holds the private key of the server; without it, the one of this user is taken.
    `key_note` tells why that could not be kept, so that clients see another key the next time.
    """

    def __init__(self, address: str, limits: Limits, host_key_file: Path | None = None) -> None:
        self._address = address
        self._limits = limits
        self._host_key_file = host_key_file
        self.key_note = ""
        self._waiting = PendingLogins(limits.logins_pending)
        self._options: asyncssh.SSHServerConnectionOptions | None = None
        self._servers: list[asyncssh.SSHAcceptor | asyncio.Server] = []

    async def open(
        self, name: str, reach: Callable[[], Endpoint], ssh_port: int = 0, telnet_port: int = 0
    ) -> tuple[Address, Address]:
        """Open the ports, 0 for any free one; returns the addresses for SSH and for telnet.

        `reach` is asked at every connection for what it leads to. Raises UsageError when a port
        cannot be had.
        """
        if not self._address:
            raise UsageError("--host: expected an address, got none")
        if self._options is None:
            self._options = ssh.options(self._key(), self._limits.keepalive)
        loop = asyncio.get_running_loop()
        try:
            acceptor = await asyncssh.listen(
                self._address,
                ssh_port,
                options=self._options,
                server_factory=ssh.factory(reach, self._waiting),
                backlog=BACKLOG,
            )
            self._servers.append(acceptor)
            server = await loop.create_server(
                telnet.factory(reach, self._waiting), self._address, telnet_port, backlog=BACKLOG
            )
            self._servers.append(server)
        except (OSError, OverflowError) as error:
            number = getattr(error, "errno", None)
            what = os.strerror(number) if number and number > 0 else str(error)
            if isinstance(error, OverflowError):
                what = "ports go up to 65535"
            ports = f", ports {ssh_port} and {telnet_port}" if ssh_port or telnet_port else ""
            text = f"{name}: cannot listen on {self._address}{ports}: {what}"
            raise UsageError(text) from None
        return (
            Address(self._address, acceptor.get_port()),
            Address(self._address, server.sockets[0].getsockname()[1]),
        )

    def _key(self) -> asyncssh.SSHKey:
        if self._host_key_file is not None:
            return host_key.load_or_make(self._host_key_file)
        key, reason = host_key.of_user()
        if reason:
            self.key_note = f"{reason}; this one lives in memory, --host-key names a file to keep"
        return key

    async def close(self, hosts: Sequence[Endpoint]) -> None:
        """Close the ports and everything that is connected to `hosts`."""
        servers, self._servers = self._servers, []
        for server in servers:
            server.close()
        await asyncio.gather(*(host.stop() for host in hosts))
        for server in servers:
            await server.wait_closed()
