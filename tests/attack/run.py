"""Runs attacks: a server in a process of its own, the attack in another, the measure in a third."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from staros_cli.chassis import passwords
from staros_cli.chassis.passwords import SALT_LENGTH
from staros_cli.labs import progress, schema
from staros_cli.labs.progress import MOST_INPUTS, SUFFIX, Input
from tests.attack.attacks import INSPECTORS, OF_CLASS
from tests.attack.clients import PASSWORD, Shell, Target, waits

P95 = 0.050
"""Seconds that another client may wait for `show clock` in 95 of 100 cases."""

GROWTH = 30.0
"""MiB that a server may be larger after an attack than before it."""

END = 5.0
"""Seconds that a server under attack may take to end on SIGTERM."""

SETTLED_AFTER = 4.0
"""Seconds after an attack until what is left of it is looked at."""

LAB = "finding-ones-way"
VICTIM = "ann"


class Figures(Struct, frozen=True):
    """The outcome of an attack: times in seconds, memory in MiB, complaints of the server."""

    name: str
    rounds: int
    count: int
    p50: float
    p95: float
    longest: float
    before: float
    peak: float
    after: float
    end: float
    complaints: str

    @property
    def faults(self) -> list[str]:
        """The findings that must not be."""
        found = []
        if not self.rounds:
            found.append("the attack did nothing")
        if self.p95 > P95:
            found.append(f"95 of 100 waits are up to {self.p95 * 1000:.0f} ms")
        if self.after - self.before > GROWTH:
            found.append(f"{self.after - self.before:.0f} MiB are not given back")
        if self.end > END:
            found.append(f"it took {self.end:.1f} s to end")
        if self.complaints:
            found.append(f"the server said: {self.complaints}")
        return found


def memory(process: int) -> float:
    """MiB of memory of a process."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@contextmanager
def server(name: str, root: Path) -> Iterator[tuple[subprocess.Popen[str], int, int]]:
    """A server for an attack, with its ports."""
    command = [sys.executable, "-m", "staros_cli"]
    if name in OF_CLASS:
        _write_long_progress(root)
        command += ["lab", "start", LAB, "--ssh", "--class", str(root)]
    else:
        command += ["serve", "--state", str(root / "state")]
    command += ["--json", "--host-key", str(root / "host_key")]
    with (root / "complaints").open("w") as complaints:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaints, text=True)
    try:
        assert process.stdout is not None
        (found,) = json.loads(process.stdout.readline())
        yield process, found["ssh"]["port"], found["telnet"]["port"]
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _write_long_progress(root: Path) -> None:
    """The progress of learners that holds as many costly lines as can be kept."""
    lab = schema.load(LAB)
    lines = ("configure", *("cli test-commands password x", "do show clock") * (MOST_INPUTS // 2))
    for number in range(3):
        kept = progress.new(lab, 1.6e9, f"eve{number}")
        kept.inputs = [Input(1.6e9, "line", line) for line in lines[: MOST_INPUTS - 100]]
        file = root / f"eve{number}" / f"{LAB}{SUFFIX}"
        file.parent.mkdir(parents=True)
        file.write_bytes(msgspec.json.encode(kept))


async def _make_users(port: int) -> None:
    """Configure those who attack and the one who measures."""
    kept = passwords.encrypt(PASSWORD, bytes(SALT_LENGTH))
    target = Target(port, 0, 60, "admin")
    async with target.connected("admin") as connection:
        shell = await Shell.on(connection)
        lines = ["configure", "context local"]
        lines += [f"inspector eve{n} encrypted password {kept}" for n in range(INSPECTORS)]
        lines += [f"operator {VICTIM} encrypted password {kept}"]
        for line in (*lines, f"administrator sam encrypted password {kept}"):
            shown = await shell.run(line)
            assert "Failure" not in shown, shown


def begin_attack(name: str, ssh: int, telnet: int, seconds: float) -> subprocess.Popen[str]:
    """Attack from a process that gives way to others, as a client elsewhere would not be in it."""
    arguments = [name, str(ssh), str(telnet), str(seconds)]
    command = ["nice", sys.executable, "-m", "tests.attack.attacks", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


async def _measure(
    process: int, ssh: int, seconds: float, password: str
) -> tuple[list[float], float]:
    """The waits of a client, and the largest size of the server meanwhile."""
    measuring = asyncio.create_task(waits(Target(ssh, 0, seconds), VICTIM, password))
    peak = 0.0
    while not measuring.done():
        peak = max(peak, memory(process))
        await asyncio.sleep(0.1)
    return sorted(await measuring), peak


def run(name: str, seconds: float, root: Path) -> Figures:
    """Attack a new server for so many seconds; `root` is a directory for it."""
    password = "admin" if name in OF_CLASS else PASSWORD
    with server(name, root) as (process, ssh, telnet):
        if name not in OF_CLASS:
            asyncio.run(_make_users(ssh))
        asyncio.run(_measure(process.pid, ssh, 1.0, password))
        before = memory(process.pid)
        attacker = begin_attack(name, ssh, telnet, seconds)
        times, peak = asyncio.run(_measure(process.pid, ssh, seconds, password))
        rounds = _end_of(attacker)
        time.sleep(SETTLED_AFTER)
        after = memory(process.pid)
        attacker = begin_attack(name, ssh, telnet, SETTLED_AFTER)
        time.sleep(SETTLED_AFTER)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10 * END)
        except subprocess.TimeoutExpired:
            process.kill()
        end = time.monotonic() - began
        attacker.kill()
        attacker.communicate()
    middle, late = times[len(times) // 2], times[len(times) * 95 // 100]
    complaints = (root / "complaints").read_text().strip()[-2000:]
    return Figures(
        name, rounds, len(times), middle, late, times[-1], before, peak, after, end, complaints
    )


def _end_of(attacker: subprocess.Popen[str]) -> int:
    """The work of an attacker by its end."""
    try:
        said, _ = attacker.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        attacker.kill()
        said, _ = attacker.communicate()
    return int(said.strip() or 0)
