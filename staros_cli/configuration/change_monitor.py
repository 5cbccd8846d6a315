"""Watching the running configuration: a trap tells that it has changed, some time afterwards."""

from __future__ import annotations

import hashlib
from functools import partial

from staros_cli.chassis.chassis import Chassis
from staros_cli.configuration.tree import Node, written

LINE = "cli configuration-monitor"
"""The line that switches it on."""
INTERVAL = 900.0
"""Seconds between two looks (chosen)."""
_CHANGED = "ConfigurationUpdate"


class ChangeMonitor:
    """Compares the running configuration with what it was at the last look, while that is wanted.

    `looked_at` and `changed_at` are in seconds since 1970 UTC, None for never.
    """

    def __init__(self, chassis: Chassis, running: Node) -> None:
        self._chassis = chassis
        self._running = running
        self._run = 0
        self.on = False
        self.looked_at: float | None = None
        self.changed_at: float | None = None
        self._seen = b""

    def start(self) -> None:
        """The system has come up."""
        self.on = False
        self.looked_at = self.changed_at = None
        self.configure()

    def configure(self) -> None:
        """Look whether it is wanted; what is configured then is what changes are told from."""
        wanted = self._running.find(LINE) is not None
        if wanted is self.on:
            return
        self.on = wanted
        self._run += 1
        if wanted:
            self._seen = self._digest()
            self._wait(INTERVAL)

    def _digest(self) -> bytes:
        return hashlib.blake2b("\n".join(written(self._running)).encode()).digest()

    def _wait(self, seconds: float) -> None:
        self._chassis.timeline.after(seconds, partial(self._look, self._run))

    def _look(self, run: int) -> None:
        """Tell of a change since the last look. When the clock has jumped, looks are left out."""
        if run != self._run:
            return
        timeline = self._chassis.timeline
        self.looked_at, found = timeline.now, self._digest()
        if found != self._seen:
            self._seen, self.changed_at = found, timeline.now
            self._chassis.events.add(timeline.now, _CHANGED)
        late = (timeline.clock.now() - timeline.now) // INTERVAL
        self._wait(max(1.0, late) * INTERVAL)
