"""Real time and a real window for people: what the program asks of where it runs."""

from __future__ import annotations

import os
import sys
import time

from staros_cli.chassis.clock import ScaledClock
from staros_cli.shell.console import Console
from staros_cli.shell.replies import WAITS
from staros_cli.shell.session import DEFAULT_LENGTH, DEFAULT_WIDTH

LOOK_EVERY = 1.0
"""How often a session at its prompt is asked what has happened meanwhile, in real seconds."""


def window_size() -> tuple[int, int]:
    """The lines and columns of the window that the program runs in, as they are now."""
    try:
        # Not by the environment, which tells what they were when the host's shell began.
        window = os.get_terminal_size(sys.stdin.fileno())
    except (OSError, ValueError):
        return DEFAULT_LENGTH, DEFAULT_WIDTH
    return window.lines or DEFAULT_LENGTH, window.columns or DEFAULT_WIDTH


class RealTime:
    """A chassis clock that runs with the real one, `rate` times as fast, and a way to wait for it.

    `start` is the time of the chassis at the beginning, in seconds since 1970; now when None.
    """

    def __init__(self, rate: float = 1.0, start: float | None = None) -> None:
        self.clock = ScaledClock(time.time() if start is None else start, time.monotonic, rate)

    def wait_for_next(self, session: Console, at_most: float = 0.5) -> None:
        """Wait until something is due on the chassis, `at_most` so many seconds of real time."""
        time.sleep(self.to_next(session, at_most))

    def to_next(self, session: Console, at_most: float = 0.5) -> float:
        """How long that is, in seconds of real time."""
        seconds, ends_at = session.seconds_to_next_event, session.ends_waiting_at
        if ends_at is not None:
            seconds = min(seconds, max(0.0, ends_at - self.clock.now()))
        return min(at_most, seconds / self.clock.rate) + 0.001

    def until_up(self, session: Console) -> list[str]:
        """Wait until the system has started; returns what the console showed."""
        lines: list[str] = []
        while session.awaits in WAITS:
            self.wait_for_next(session)
            lines += session.poll().lines
        return lines
