"""`staros-cli serve`: the chassis on the network, until a signal ends it."""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from staros_cli.network.chassis_server import ChassisServer, Served
from staros_cli.network.limits import limits_of
from staros_cli.network.listeners import is_loopback


def run(options: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT. Raises UsageError for what cannot be served."""
    server = ChassisServer(
        options.chassis,
        count=options.count,
        scenario=options.scenario,
        host=options.host,
        ssh_port=options.ssh_port,
        telnet_port=options.telnet_port,
        state=options.state,
        clock_rate=options.clock_rate,
        clock_start=options.clock_start,
        require_auth=options.require_auth,
        allow_remote_copy=options.allow_remote_copy,
        authorized_keys=Path(options.authorized_keys) if options.authorized_keys else None,
        host_key_file=Path(options.host_key) if options.host_key else None,
        limits=limits_of(options.limit),
    )
    asyncio.run(_serve(server, options.json))
    return 0


async def _serve(server: ChassisServer, as_json: bool) -> None:
    ended = signalled()
    async with server:
        gc.freeze()
        gc.enable()
        announce(list(server), as_json)
        warn(server.key_note)
        _warn(server)
        await ended.wait()


def signalled() -> asyncio.Event:
    """Set the process up to serve; returns what SIGTERM, SIGINT and SIGHUP set."""
    # A client that is gone is nothing to tell of.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, ended.set)
    return ended


def announce(server: Sequence[Served], as_json: bool, note: str = "") -> None:
    """Print what is served: a line of JSON, or a table with a note."""
    if as_json:
        print(_json(server), flush=True)
    else:
        table([_HEAD, *map(_row, server)], note)


def _json(server: Sequence[Served]) -> str:
    rows = [
        {
            "name": served.name,
            "hostname": served.hostname,
            "ssh": served.ssh,
            "telnet": served.telnet,
            "login": served.login,
        }
        for served in server
    ]
    return msgspec.json.encode(rows).decode()


_HEAD = ("chassis", "hostname", "SSH and SFTP", "telnet", "login")


def _row(served: Served) -> tuple[str, ...]:
    addresses = (served.ssh.text, served.telnet.text)
    return served.name, served.hostname, *addresses, _login(served)


def table(rows: Sequence[Sequence[str]], note: str = "") -> None:
    """Print what is served, a note, and how to end it."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())
    print(f"{note} Ctrl-C ends.".lstrip(), flush=True)


def _login(served: Served) -> str:
    login = served.login
    if login.user is None:
        return "nobody can log in"
    if login.password is None:
        return f"{login.user}, with the configured password"
    return f"{login.user}, password {login.password} (no user is configured)"


def _warn(server: ChassisServer) -> None:
    for served in server:
        if served.login.password is not None and not is_loopback(served.ssh.host):
            warn(
                f"{served.name}: whoever reaches {served.ssh.host} can log in as "
                f"{served.login.user}; configure a user, or give --require-auth"
            )
        if served.login.user is None:
            warn(
                f"{served.name}: no user is configured and --require-auth refuses the server login;"
                " configure one with 'administrator' in a context"
            )


def warn(text: str) -> None:
    """Tell whoever runs the server; an empty text says nothing."""
    if text:
        print(f"staros-cli: {text}", file=sys.stderr, flush=True)
