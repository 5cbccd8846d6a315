"""A soak: connects, commands, aborts and reloads, and what is left of them.

`python -m tests.soak SECONDS` serves two chassis in a process of its own, whose memory, sockets and
tasks are looked at before, in between and after. It ends with status 1 when something is left.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncssh

import staros_cli
from staros_cli.network.chassis_server import ChassisServer, Served
from staros_cli.network.limits import Limits

CLIENTS = 8
SETTLED_AFTER = 3.0
GROWTH = 8.0
"""MiB that the process may have grown after it has warmed up."""


def memory() -> float:
    """MiB of memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def figures(lab: ChassisServer) -> dict[str, Any]:
    """Leavings to look for."""
    gc.collect()
    return {
        "memory": round(memory(), 1),
        "sockets": len(os.listdir("/proc/self/fd")),
        "tasks": len(asyncio.all_tasks()),
        "sessions": sum(served.sessions for served in lab),
        "administrators": sum(len(served.system.administrators) for served in lab),
        "connections": sum(len(served._endpoint.connections) for served in lab),
        "uploads": sum(served._endpoint.uploads for served in lab),
        "locks": sum(served.system.lock.holder is not None for served in lab),
    }


async def one_visit(served: Served, chance: random.Random) -> None:
    """Connect, type something, and leave in one of many ways."""
    kind = chance.randrange(8)
    if kind == 0:
        await by_telnet(served, chance)
        return
    async with asyncssh.connect(
        served.ssh.host,
        served.ssh.port,
        username="admin",
        password="admin" if kind != 1 else "wrong",
        known_hosts=None,
        config=None,
        client_keys=None,
        agent_path=None,
    ) as connection:
        if kind == 2:
            await connection.run("show version")
        elif kind == 3:
            files = await connection.start_sftp_client()
            file = await files.open("soak.cfg", "wb")
            await file.write(b"x" * chance.randrange(100_000))
            if chance.random() < 0.5:
                await file.close()
        else:
            await typing(connection, chance)
        if chance.random() < 0.5:
            connection.abort()


async def typing(connection: asyncssh.SSHClientConnection, chance: random.Random) -> None:
    """Type commands and half commands."""
    process: Any = await connection.create_process(term_type="vt100", encoding=None)
    await process.stdout.readuntil(b"# ")
    lines = ["show version", "configure lock", "configure lock warn", "show subscribers all", "sh?"]
    lines += ["context local", "system hostname soak", "end", "save configuration -noconfirm"]
    lines += ["save configuration", "exit"]
    for _ in range(chance.randrange(12)):
        process.stdin.write(chance.choice(lines).encode() + chance.choice([b"\r", b"\r", b""]))
        await asyncio.sleep(chance.random() * 0.01)
    if chance.random() < 0.05:
        process.stdin.write(b"\x03\x15end\rreload -noconfirm\r")
        await process.stdout.read()


async def by_telnet(served: Served, chance: random.Random) -> None:
    """Log in over telnet, or give up half way."""
    reader, writer = await asyncio.open_connection(served.telnet.host, served.telnet.port)
    try:
        for text, answer in ((b"login: ", b"admin\r\0"), (b"password: ", b"admin\r\0")):
            await reader.readuntil(text)
            writer.write(answer)
            if chance.random() < 0.1:
                return
        await reader.readuntil(b"# ")
        writer.write(b"show subscribers all\r\0" if chance.random() < 0.5 else b"exit\r\0")
        await reader.read(2000)
    finally:
        if chance.random() < 0.5:
            writer.transport.abort()
        writer.close()


async def client(lab: ChassisServer, number: int, until: float, count: dict[str, int]) -> None:
    """Visit again and again."""
    chance = random.Random(number)
    while time.monotonic() < until:
        try:
            served = chance.choice(list(lab))
            await asyncio.wait_for(one_visit(served, chance), 20)
            count["visits"] += 1
        except (OSError, asyncssh.Error, asyncio.IncompleteReadError):
            count["refused or cut off"] += 1
            await asyncio.sleep(0.02)


async def round_of(lab: ChassisServer, seconds: float, count: dict[str, int]) -> dict[str, Any]:
    """Let the clients visit for a while; returns what is left when they are gone."""
    until = time.monotonic() + seconds
    await asyncio.gather(*(client(lab, number, until, count) for number in range(CLIENTS)))
    await asyncio.sleep(SETTLED_AFTER)
    return figures(lab)


async def soak(seconds: float) -> dict[str, Any]:
    """The figures after warming up and at the end."""
    count = {"visits": 0, "refused or cut off": 0}
    with TemporaryDirectory() as directory:
        limits = Limits(failed_logins=100_000)
        async with staros_cli.serve(
            count=2,
            state=directory,
            host_key_file=Path(directory) / "host_key",
            clock_rate=10.0,
            limits=limits,
        ) as lab:
            began = figures(lab)
            warm = await round_of(lab, seconds * 0.3, count)
            end = await round_of(lab, seconds * 0.7, count)
        halves = [str(path) for path in Path(directory).rglob(".half-written-*")]
    return {"began": began, "warm": warm, "end": end, "half files": halves, **count}


def faults(found: dict[str, Any]) -> list[str]:
    """The leavings."""
    began, warm, end = found["began"], found["warm"], found["end"]
    left = [
        f"{name}: {began[name]} before, {end[name]} after"
        for name in ("tasks", "sessions", "administrators", "connections", "uploads", "locks")
        if end[name] != began[name]
    ]
    if end["sockets"] > began["sockets"] + 2:
        left.append(f"sockets: {began['sockets']} before, {end['sockets']} after")
    if end["memory"] > warm["memory"] + GROWTH:
        left.append(f"memory: {warm['memory']} MiB warm, {end['memory']} MiB after")
    if found["half files"]:
        left.append(f"half files: {found['half files']}")
    return left


def main(seconds: float) -> int:
    """Soak and print the figures."""
    found = asyncio.run(soak(seconds))
    print(json.dumps(found, indent=2))
    left = faults(found)
    print("\n".join(left) if left else "nothing is left behind")
    return int(bool(left))


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
