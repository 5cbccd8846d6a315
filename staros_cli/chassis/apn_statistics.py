"""What the calls of access points have carried."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from staros_cli.chassis.call_history import CallHistory
from staros_cli.chassis.pools import Pools
from staros_cli.chassis.subscribers import Group
from staros_cli.chassis.traffic import mean_octets


class ApnStatistics:
    """Counts the octets of the calls of each APN of a context. `now` is the time of the chassis.

    Names of APNs are compared in lower case. Of APNs of one name in several contexts one takes the
    calls.
    """

    def __init__(
        self,
        groups: Sequence[Group],
        pools: Pools,
        history: CallHistory,
        now: Callable[[], float],
    ) -> None:
        self._groups = groups
        self._pools = pools
        self._history = history
        self._now = now
        self._cleared: dict[tuple[str, str], tuple[int, int]] = {}

    def clear(self) -> None:
        """Nothing was carried: the system went down."""
        self._cleared = {}

    def _all(self, context: str, name: str) -> tuple[int, int]:
        up = down = 0.0
        for index, group in enumerate(self._groups):
            template = self._pools.template(index)
            if group.apn.lower() == name and template and template.context == context:
                seconds = self._history.seconds[index].at(self._now())
                octets = mean_octets(seconds, group.traffic)
                up, down = up + octets[0], down + octets[1]
        return int(up), int(down)

    def octets(self, context: str, apn: str) -> tuple[int, int]:
        """Octets from and to subscribers of an APN since they were cleared."""
        key = context, apn.lower()
        (up, down), before = self._all(*key), self._cleared.get(key, (0, 0))
        return up - before[0], down - before[1]

    def clear_counts(self, context: str, apn: str) -> None:
        """Count for an APN from zero."""
        key = context, apn.lower()
        self._cleared[key] = self._all(*key)
