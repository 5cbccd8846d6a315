"""What the calls of services have come to since the system started."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from staros_cli.chassis.call_history import CallHistory
from staros_cli.chassis.sessions import SessionTable
from staros_cli.chassis.traffic import mean_octets


class ServiceCounts(Struct, frozen=True):
    """Calls of some groups of subscribers.

    `active` are those that are connected, `connecting` those that are not yet. `setup` were
    connected at some time, `released` ended after that, `failed` before, `rejected` were refused.
    `up` and `down` are octets from and to subscribers.
    """

    active: int = 0
    connecting: int = 0
    setup: int = 0
    released: int = 0
    failed: int = 0
    rejected: int = 0
    up: int = 0
    down: int = 0

    @property
    def asked(self) -> int:
        """How many calls were asked for."""
        return self.setup + self.connecting + self.failed + self.rejected

    def plus(self, other: ServiceCounts) -> ServiceCounts:
        """The counts of both."""
        names = self.__struct_fields__
        return ServiceCounts(*(getattr(self, name) + getattr(other, name) for name in names))

    def since(self, before: ServiceCounts) -> ServiceCounts:
        """The counts since those before; there are as many calls as there are."""
        return ServiceCounts(
            self.active,
            self.connecting,
            self.setup - before.setup,
            self.released - before.released,
            self.failed - before.failed,
            self.rejected - before.rejected,
            max(0, self.up - before.up),
            max(0, self.down - before.down),
        )


_NOTHING = ServiceCounts()


class ServiceStatistics:
    """Counts the calls of groups of subscribers, since the system started or was told to anew.

    Times are in seconds since 1970 UTC.
    """

    def __init__(self, sessions: SessionTable, history: CallHistory) -> None:
        self._sessions = sessions
        self._history = history
        self.clear()

    def clear(self) -> None:
        """Nothing was counted: the system went down."""
        self._before: dict[int, ServiceCounts] = {}
        self._rejected_before: dict[int, Counter[str]] = {}

    def of(self, groups: Iterable[int], now: float) -> ServiceCounts:
        """The counts of some groups together."""
        total, setting_up = ServiceCounts(), self._history.setting_up(now)
        for index in groups:
            counts = self._of_group(index, now, setting_up[index])
            total = total.plus(counts.since(self._before.get(index, _NOTHING)))
        return total

    def _of_group(self, index: int, now: float, setting_up: int) -> ServiceCounts:
        history = self._history
        came, ended = self._sessions.by_group.totals(index)
        connecting = setting_up + history.authenticating(index)
        failed = history.failed(index)
        seconds = history.seconds[index].at(now)
        up, down = mean_octets(seconds, self._sessions.groups[index].traffic)
        return ServiceCounts(
            came - ended - connecting,
            connecting,
            came - connecting - failed,
            ended - failed,
            failed,
            history.rejections_of[index].total(),
            int(max(0.0, up)),
            int(max(0.0, down)),
        )

    def rejections(self, groups: Iterable[int]) -> Counter[str]:
        """How many calls of some groups were refused, by the reason."""
        found: Counter[str] = Counter()
        for index in groups:
            found.update(self._history.rejections_of[index])
            found.subtract(self._rejected_before.get(index, {}))
        return +found

    def count_anew(self, groups: Iterable[int], now: float) -> None:
        """Count the calls of some groups from zero."""
        setting_up = self._history.setting_up(now)
        for index in groups:
            self._before[index] = self._of_group(index, now, setting_up[index])
            self._rejected_before[index] = Counter(self._history.rejections_of[index])
