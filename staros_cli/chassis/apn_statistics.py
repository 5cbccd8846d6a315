"""What the calls of access points have carried."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from staros_cli.chassis.call_history import CallHistory
from staros_cli.chassis.subscribers import Group
from staros_cli.chassis.traffic import mean_octets


class ApnStatistics:
    """Counts the octets of the calls of each APN. `now` is the time of the chassis.

    Names of APNs are compared in lower case.
    """

    def __init__(
        self, groups: Sequence[Group], history: CallHistory, now: Callable[[], float]
    ) -> None:
        self._groups = groups
        self._history = history
        self._now = now
        self._cleared: dict[str, tuple[int, int]] = {}

    def clear(self) -> None:
        """Nothing was carried: the system went down."""
        self._cleared = {}

    def _all(self, name: str) -> tuple[int, int]:
        up = down = 0.0
        for index, group in enumerate(self._groups):
            if group.apn.lower() == name:
                seconds = self._history.seconds[index].at(self._now())
                octets = mean_octets(seconds, group.traffic)
                up, down = up + octets[0], down + octets[1]
        return int(up), int(down)

    def octets(self, apn: str) -> tuple[int, int]:
        """Octets from and to subscribers of an APN since they were cleared."""
        name = apn.lower()
        (up, down), before = self._all(name), self._cleared.get(name, (0, 0))
        return up - before[0], down - before[1]

    def clear_counts(self, apn: str) -> None:
        """Count for an APN from zero."""
        self._cleared[apn.lower()] = self._all(apn.lower())
