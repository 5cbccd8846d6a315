"""A round of fuzzing: a seed, so many lines on one chassis, files, streams of bytes."""

from __future__ import annotations

import asyncio
import random
import sys
import time
import traceback

from msgspec import Struct

from staros_cli.chassis.invariants import violations
from tests.fuzz import files as bad_files
from tests.fuzz.lines import Lines, answer, sessions
from tests.fuzz.streams import send

SLOW = 1.0
"""Seconds of work after which something counts as a hang."""


class Tally(Struct):
    """The count of trials, and the errors; the longest is in seconds of work."""

    lines: int = 0
    files: int = 0
    streams: int = 0
    longest: float = 0.0
    faults: list[str] = []

    def __str__(self) -> str:
        return (
            f"{self.lines} lines, {self.files} files, {self.streams} streams, "
            f"longest {self.longest:.2f} s, {len(self.faults)} faults"
        )

    def fault(self, seed: int, what: str) -> None:
        """Note and print a fault."""
        self.faults.append(what)
        print(f"seed {seed}: {what}", file=sys.stderr)


def one_round(seed: int, tally: Tally, lines: int, files: int, streams: int) -> None:
    """Type lines on a chassis, read damaged files, send streams to a server, drawn by the seed."""
    rng = random.Random(seed)
    _lines(seed, rng, tally, lines)
    for _ in range(files):
        kind = rng.choice(bad_files.KINDS)
        tally.files += 1
        began = time.process_time()
        try:
            kind(rng)
        except Exception:
            tally.fault(seed, f"{kind.__name__}: {traceback.format_exc()}")
        _took(seed, tally, time.process_time() - began, kind.__name__)
    _streams(seed, tally, streams)


def _streams(seed: int, tally: Tally, count: int) -> None:
    def note(seconds: float) -> None:
        tally.streams += 1
        _took(seed, tally, seconds, f"stream {tally.streams}")

    for fault in asyncio.run(send(seed, count, note)) if count else ():
        tally.fault(seed, fault)


def _lines(seed: int, rng: random.Random, tally: Tally, count: int) -> None:
    lab, open_sessions = sessions(rng)
    source = Lines(rng)
    for number in range(count):
        session = rng.choice(open_sessions)
        line = source.line(session.state.mode)
        tally.lines += 1
        began = time.process_time()
        try:
            answer(session, line, rng)
        except Exception:
            tally.fault(seed, f"{line!r}: {traceback.format_exc()}")
            return
        _took(seed, tally, time.process_time() - began, repr(line))
        if session.state.closed:
            open_sessions.remove(session)
            if not open_sessions:
                return
        if number % 50 == 0:
            lab.clock.advance(rng.choice((0.1, 1.0, 5.0, 60.0)))
            lab.chassis.catch_up()
            if found := violations(lab.chassis):
                tally.fault(seed, f"after {line!r}: {found}")
                return


def _took(seed: int, tally: Tally, seconds: float, what: str) -> None:
    tally.longest = max(tally.longest, seconds)
    if seconds > SLOW:
        tally.fault(seed, f"{what[:200]}: {seconds:.1f} s")
