"""How the time of what is served passes: with the real one, or as somebody moves it."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Protocol

from staros_cli.chassis.clock import ManualClock

IDLE = 3600.0
"""The longest sleep between two looks at the clock, in seconds."""

_MARGIN = 0.001


class ClockDriver(Protocol):
    """Waits for a moment of the chassis."""

    async def wait(self, seconds: float, stirred: asyncio.Event, *, in_the_way: bool) -> None:
        """Wait so many seconds of chassis time, or until `stirred` is set.

        `in_the_way` tells that somebody can do nothing meanwhile.
        """
        ...


class RealTimeDriver:
    """The time of the chassis runs `rate` times as fast as the real one."""

    def __init__(self, rate: float) -> None:
        self._rate = rate

    async def wait(self, seconds: float, stirred: asyncio.Event, *, in_the_way: bool) -> None:
        """Sleep."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stirred.wait(), min(IDLE, seconds / self._rate) + _MARGIN)


class ManualDriver:
    """The time stands still, but for waits that are in somebody's way: those are over at once."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock

    async def wait(self, seconds: float, stirred: asyncio.Event, *, in_the_way: bool) -> None:
        """Move the clock on, or wait for somebody to do it."""
        if in_the_way:
            self._clock.advance_to_event(seconds)
            await asyncio.sleep(0)
        else:
            await stirred.wait()
