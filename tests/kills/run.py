"""Lives in processes of their own that are killed, and a look at what they leave.

A kill comes before a line of the program that writes, or after a time. Lines make the same kills of
the same seed; times reach every moment, inside of a call to the system too.
"""

from __future__ import annotations

import itertools
import os
import pickle
import random
import re
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from msgspec import Struct

import staros_cli
from tests.kills.lives import LIVES, Fault, Life, Told, forget

_PACKAGE = Path(staros_cli.__file__).parent
WRITES = frozenset(
    str(_PACKAGE / name)
    for name in (
        "whole_files.py",
        "state_lock.py",
        "emulator.py",
        "chassis/storage.py",
        "chassis/boot_stack.py",
        "chassis/saves.py",
        "chassis/secret_key.py",
        "labs/progress.py",
        "network/sftp.py",
        "network/host_key.py",
    )
) | {shutil.__file__}
"""The files of the program that write or remove, before a line of which a kill may come."""

VERSIONS = 8
"""How many versions a life writes that is measured; a kill comes at one of their lines."""


class Moment(Struct, frozen=True):
    """When a life is killed: before its line of that number, or after that many seconds."""

    line: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        return f"after {self.seconds * 1000:.1f} ms" if self.seconds else f"before line {self.line}"


class Measured(Struct, frozen=True):
    """How many lines that write a life of a few versions has, and how many seconds it takes."""

    lines: int
    seconds: float


class Tally(Struct):
    """The outcome of the kills of one life: kills, and lives that ended before theirs.

    `written` counts the versions that were told to be written, `old` and `new` the lives of which
    the last such version was there or the one after it.
    """

    kills: int = 0
    outlived: int = 0
    written: int = 0
    old: int = 0
    new: int = 0
    faults: list[str] = []


class Trial:
    """One life below a directory, from version to version and from kill to kill."""

    def __init__(self, name: str, root: Path) -> None:
        self.name = name
        self.root = root
        self.tally = Tally()
        self._life = LIVES[name]()
        self._version = 0
        self._begin()
        self.measured = self._measure()
        self._begin()

    def _begin(self) -> None:
        forget(self.root)
        self.root.mkdir(parents=True)
        self._version = 0
        _in_child(lambda: self._life.prepare(self.root))
        self._known = set(_files(self.root))

    def _measure(self) -> Measured:
        def life() -> Measured:
            counter = _Lines(0)
            began = time.monotonic()
            counter.begin()
            for _ in itertools.islice(self._life.live(self.root, 0, lambda _: None), VERSIONS):
                pass
            return Measured(counter.seen, time.monotonic() - began)

        measured = _in_child(life)
        assert isinstance(measured, Measured)
        return measured

    def kill(self, moment: Moment) -> None:
        """Live until then, and look at what is left."""
        told, killed = self._die(moment)
        self.tally.kills += killed
        self.tally.outlived += not killed
        self.tally.written += told - self._version
        try:
            found = _in_child(lambda: self._life.version(self.root, told))
            assert isinstance(found, int)
            self._look(told, found)
            self._version = found
            if found >= self._life.most:
                self._begin()
        except Fault as error:
            self.tally.faults.append(f"{self.name}, killed {moment} at version {told}: {error}")
            self._begin()

    def _look(self, told: int, found: int) -> None:
        if found not in (told, told + 1):
            raise Fault(f"version {found} is there")
        self.tally.old += found == told
        self.tally.new += found == told + 1
        new = set(_files(self.root)) - self._known
        expected = re.compile(self._life.may_appear)
        left = sorted(name for name in new if not expected.fullmatch(name))
        if left:
            raise Fault(f"left behind: {', '.join(left)}")

    def _die(self, moment: Moment) -> tuple[int, bool]:
        """The last version that was told, and whether a kill came before the end of the life."""
        reading, writing = os.pipe()
        process = os.fork()
        if process == 0:
            os.close(reading)
            _live(self._life, self.root, self._version, moment, writing)
        os.close(writing)
        if moment.seconds:
            time.sleep(moment.seconds)
            os.kill(process, signal.SIGKILL)
        with os.fdopen(reading, "rb") as stream:
            lines = stream.read().splitlines()
        status = os.waitpid(process, 0)[1]
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        if not killed and status != 0:
            text = b"\n".join(lines).decode(errors="replace")
            self.tally.faults.append(f"{self.name}: a life ended by itself: {text}")
            lines = []
        return (int(lines[-1]) if lines else self._version), killed


def _live(life: Life, root: Path, after: int, moment: Moment, writing: int) -> None:
    """Be the process that is killed; never returns."""
    try:
        told: Told = lambda number: void(os.write(writing, f"{number}\n".encode()))  # noqa: E731
        _Lines(moment.line).begin()
        versions: Iterator[Any] = life.live(root, after, told)
        for _ in versions if moment.seconds else itertools.islice(versions, VERSIONS):
            pass
        os._exit(0)
    except BaseException:
        os.write(writing, traceback.format_exc().encode())
        os._exit(1)


def void(_: object) -> None:
    """Forget a result."""


class _Lines:
    """Counts the lines of the program that write, and kills it before the one of that number."""

    def __init__(self, last: int) -> None:
        self.seen = 0
        self._last = last

    def begin(self) -> None:
        """Count from now on."""
        sys.settrace(self._enter)

    def _enter(self, frame: FrameType, event: str, argument: object) -> Any:
        return self._count if frame.f_code.co_filename in WRITES else None

    def _count(self, frame: FrameType, event: str, argument: object) -> Any:
        if event == "line":
            self.seen += 1
            if self.seen == self._last:
                os.kill(os.getpid(), signal.SIGKILL)
        return self._count


def _in_child(work: Callable[[], object]) -> object:
    """The result of work in a process of its own, which holds nothing afterwards. Raises Fault."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reading)
        try:
            answer: tuple[bool, object] = (True, work())
        except Fault as error:
            answer = (False, str(error))
        except BaseException:
            answer = (False, traceback.format_exc())
        with os.fdopen(writing, "wb") as stream:
            stream.write(pickle.dumps(answer))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        good, found = pickle.loads(stream.read())
    os.waitpid(process, 0)
    if not good:
        raise Fault(str(found))
    return found


def _files(root: Path) -> Iterator[str]:
    """Everything below a directory."""
    return (str(path.relative_to(root)) for path in root.rglob("*"))


def run(kills: int, seed: int, by_time: bool, root: Path) -> list[Trial]:
    """Kill lives of all kinds in turn; every other kill `by_time` comes after a time."""
    chance = random.Random(seed)
    trials = [Trial(name, root / name.replace(" ", "-")) for name in LIVES]
    for number in itertools.count():
        if sum(trial.tally.kills for trial in trials) >= kills or number >= 2 * kills:
            break
        trial = trials[number % len(trials)]
        timed = by_time and number // len(trials) % 2 == 1
        if timed:
            moment = Moment(seconds=chance.uniform(0.0005, trial.measured.seconds))
        else:
            moment = Moment(line=chance.randint(1, trial.measured.lines))
        trial.kill(moment)
    return trials
