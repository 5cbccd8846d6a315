"""How fast a served chassis answers, and what many of them take. `make bench` shows it.

The targets are those of a chassis on loopback; a load of its own process waits for each prompt.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from tests.bench.ssh_load import connect

Figures = dict[str, float]


@contextmanager
def serving(host_key: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], Any]]:
    """A server in a process of its own, and what it says of its chassis."""
    command = [sys.executable, "-m", "staros_cli", "serve", "--json", "--state", "none"]
    command += ["--host-key", str(host_key), *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.terminate()


def memory(process: subprocess.Popen[str]) -> float:
    """MiB of memory of a process."""
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def load(port: int, sessions: int, commands: int) -> Figures:
    """Run the load in a process of its own."""
    words = [sys.executable, "-m", "tests.bench.ssh_load", str(port), str(sessions), str(commands)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    found: Figures = json.loads(done.stdout)
    return found


async def prompts(port: int, count: int) -> list[asyncssh.SSHClientConnection]:
    """Connections that each have a session at its prompt."""
    found = []
    for _ in range(count):
        connection = await connect(port)
        process: Any = await connection.create_process(term_type="vt100")
        await process.stdout.readuntil("# ")
        found.append(connection)
    return found


@pytest.mark.parametrize(("sessions", "commands"), [(1, 2000), (50, 100)])
def test_commands_a_second(benchmark: Any, tmp_path: Path, sessions: int, commands: int) -> None:
    """Targets: 1,300 a second over one session; 3,000 over fifty with p99 under 35 ms."""
    with serving(tmp_path / "key") as (_, (chassis,)):
        port = chassis["ssh"]["port"]
        found = benchmark.pedantic(load, (port, sessions, commands), rounds=1)
    benchmark.extra_info.update(found)
    print(f"\n{sessions} sessions: {found['rate']:.0f}/s, p99 {found['p99']:.1f} ms")


def test_first_prompt(benchmark: Any, tmp_path: Path) -> None:
    """Target: 0.5 s from the command to the first prompt over SSH."""

    async def one(port: int) -> float:
        (connection,) = await prompts(port, 1)
        there = time.perf_counter()
        connection.abort()
        return there

    def first() -> float:
        began = time.perf_counter()
        with serving(tmp_path / "key") as (_, (chassis,)):
            return asyncio.run(one(chassis["ssh"]["port"])) - began

    seconds = [first() for _ in range(6)][1:]
    benchmark.extra_info["seconds"] = seconds
    benchmark.pedantic(first, rounds=1)
    print(f"\nfirst prompt: {min(seconds):.2f} to {max(seconds):.2f} s")


def test_idle_sessions(benchmark: Any, tmp_path: Path) -> None:
    """Target: 200 idle sessions add less than 20 MiB."""
    with serving(tmp_path / "key") as (process, (chassis,)):

        async def fill() -> float:
            kept = await prompts(chassis["ssh"]["port"], 1)
            before = memory(process)
            kept += await prompts(chassis["ssh"]["port"], 200)
            return memory(process) - before

        added = benchmark.pedantic(lambda: asyncio.run(fill()), rounds=1)
    benchmark.extra_info["MiB"] = added
    print(f"\n200 idle sessions: {added:.1f} MiB")


def test_two_hundred_chassis(benchmark: Any, tmp_path: Path) -> None:
    """Targets: 200 chassis listen within 3 s and take less than 400 MiB."""

    def start() -> float:
        began = time.perf_counter()
        with serving(tmp_path / "key", "--count", "200") as (process, found):
            assert len(found) == 200
            taken = memory(process)
            print(f"\n200 chassis: {time.perf_counter() - began:.2f} s, {taken:.0f} MiB")
            return taken

    benchmark.extra_info["MiB"] = benchmark.pedantic(start, rounds=1)
