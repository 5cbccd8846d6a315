"""The clock of a lab's chassis: it can stand at recorded moments, then goes on from the last."""

from __future__ import annotations

from staros_cli.chassis.clock import Clock

LONGEST = 30 * 86400.0
"""The longest attempt that is gone through again, in seconds of the chassis."""


class LabClock:
    """Follows `source`; `start` is the time it shows at first, in seconds since 1970."""

    def __init__(self, source: Clock, start: float) -> None:
        self._source = source
        self._held: float | None = None
        self._shift = start - source.now()

    def now(self) -> float:
        """The time of the chassis."""
        return self._source.now() + self._shift if self._held is None else self._held

    def hold(self, time: float) -> None:
        """Stand at a moment, earlier or later than now."""
        self._held = time

    def release(self) -> None:
        """Go on from where it stands."""
        if self._held is not None:
            self._shift = self._held - self._source.now()
            self._held = None
