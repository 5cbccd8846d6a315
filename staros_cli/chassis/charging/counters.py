"""What the rules of active charging have counted: the traffic of calls, divided among the rules.

The calls of a group of subscribers carry so much a second on average, so that nothing has to go
through sessions: the octets of a rulebase are counted together and divided by the shares of its
rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from staros_cli.chassis.call_history import CallHistory
from staros_cli.chassis.charging.checks import findings
from staros_cli.chassis.charging.objects import ChargingConfiguration
from staros_cli.chassis.charging.shares import Match, Share, shares_of
from staros_cli.chassis.clock import Timeline
from staros_cli.chassis.findings import Finding
from staros_cli.chassis.pools import Pools
from staros_cli.chassis.subscribers import Group
from staros_cli.chassis.traffic import PACKET, mean_octets

RULEDEFS, ACTIONS, RULEBASES, ANALYZERS = "ruledef", "charging-action", "rulebase", "analyzer"
"""The statistics, which are cleared apart."""
EFFECT_AFTER = 1.0
"""Seconds until lines that were changed count (chosen)."""
PACKETS_OF_A_HIT = 4
"""Packets of a flow that has matched once (chosen)."""
MOST_MATCHES = 20_000
"""How many matches are counted; those of rules that are there no more are forgotten first."""


class Volume(Struct, frozen=True):
    """Octets from and to subscribers."""

    up: int = 0
    down: int = 0

    def __add__(self, other: Volume) -> Volume:
        return Volume(self.up + other.up, self.down + other.down)

    def __sub__(self, other: Volume) -> Volume:
        return Volume(self.up - other.up, self.down - other.down)

    def __bool__(self) -> bool:
        return bool(self.up or self.down)

    @property
    def packets(self) -> tuple[int, int]:
        """Packets from and to subscribers."""
        return self.up // PACKET, self.down // PACKET

    @property
    def hits(self) -> int:
        """How many flows were matched."""
        return sum(self.packets) // PACKETS_OF_A_HIT


NOTHING = Volume()


class Tally(Struct):
    """Octets and packets from and to subscribers, and flows, of several matches together.

    What the matches have counted is added as whole numbers, so that all statistics add up.
    """

    up: int = 0
    down: int = 0
    packets_up: int = 0
    packets_down: int = 0
    hits: int = 0

    def add(self, volume: Volume) -> None:
        """Add what a match has counted."""
        up, down = volume.packets
        self.up += volume.up
        self.down += volume.down
        self.packets_up += up
        self.packets_down += down
        self.hits += volume.hits


class ChargingChanged(Struct, frozen=True):
    """Other rules of active charging count, or other groups of credit control."""


class ActiveCharging:
    """The rules in use and what they have counted.

    `read` has what is configured. `changed` is to be called after lines about it were changed,
    `look` before anything is asked.
    """

    def __init__(
        self, groups: Sequence[Group], pools: Pools, history: CallHistory, timeline: Timeline
    ) -> None:
        self._groups = groups
        self._pools = pools
        self._history = history
        self._timeline = timeline
        self.read: Callable[[], ChargingConfiguration] = ChargingConfiguration
        self.clear()

    def clear(self) -> None:
        """Nothing was counted: the system went down."""
        self.configuration = ChargingConfiguration()
        self._is_stale, self._is_due = True, False
        self._counted = [0.0] * len(self._groups)
        self._rulebases: list[str] = [""] * len(self._groups)
        self._shares: dict[str, list[Share]] = {}
        self._octets: dict[Match, tuple[float, float]] = {}
        self._cleared: dict[str, dict[Match, Volume]] = {}

    # Configuration

    def changed(self) -> None:
        """Lines have changed: they count in a moment, so that many lines are read once."""
        self._is_stale = True
        if not self._is_due:
            self._is_due = True
            self._timeline.after(EFFECT_AFTER, self._take_effect)

    def _take_effect(self) -> None:
        self._is_due = False
        self.look()

    def look(self) -> None:
        """Count until now, and read the configuration if it has changed."""
        self._count()
        if not self._is_stale:
            return
        self._is_stale = False
        self.configuration = self.read()
        known = self.configuration.rulebases
        names = [self._named(index) for index in range(len(self._groups))]
        self._rulebases = [name if name in known else "" for name in names]
        self._shares = {
            name: shares_of(self.configuration, known[name])
            for name in dict.fromkeys(self._rulebases)
            if name
        }
        self._forget()
        self._timeline.publish(ChargingChanged())

    def _named(self, index: int) -> str:
        """The rulebase that the APN or the template of a group names."""
        template = self._pools.template(index)
        return template.rulebase if template else ""

    def rulebase_of(self, index: int) -> str:
        """The rulebase for the calls of a group, empty for none; see `look`."""
        return self._rulebases[index]

    def shares(self, rulebase: str) -> list[Share]:
        """How traffic is divided among the rules of a rulebase that is in use; see `look`."""
        return self._shares.get(rulebase, [])

    # Counting

    def _count(self) -> None:
        now = self._timeline.now
        octets: dict[str, tuple[float, float]] = {}
        for index, seconds in enumerate(self._history.seconds):
            total = seconds.at(now)
            passed, self._counted[index] = total - self._counted[index], total
            name = self._rulebases[index]
            if name and passed > 0:
                up, down = mean_octets(passed, self._groups[index].traffic)
                before = octets.get(name, (0.0, 0.0))
                octets[name] = before[0] + up, before[1] + down
        for name, (sent, received) in octets.items():
            for share in self._shares[name]:
                up, down = self._octets.get(share.match, (0.0, 0.0))
                self._octets[share.match] = up + sent * share.part, down + received * share.part

    def _forget(self) -> None:
        """Forget matches that are there no more: those that show nothing, and those too many."""
        current = {share.match for shares in self._shares.values() for share in shares}
        gone = [match for match in self._octets if match not in current]
        surplus = max(0, len(self._octets) - MOST_MATCHES)
        for place, match in enumerate(gone):
            views = (RULEDEFS, ACTIONS, RULEBASES, ANALYZERS)
            if place < surplus or not any(self._since_cleared(view, match) for view in views):
                del self._octets[match]
                for cleared in self._cleared.values():
                    cleared.pop(match, None)

    def _since_cleared(self, statistics: str, match: Match) -> Volume:
        up, down = self._octets.get(match, (0.0, 0.0))
        return Volume(int(up), int(down)) - self._cleared.get(statistics, {}).get(match, NOTHING)

    def counts(self, statistics: str, *uses: str) -> Iterator[tuple[Match, Volume]]:
        """What every match of some uses has counted since the statistics were cleared."""
        self.look()
        for match in self._octets:
            if match.use in uses:
                yield match, self._since_cleared(statistics, match)

    def clear_counts(self, statistics: str, wanted: Callable[[Match], bool]) -> None:
        """Count for the matches that are wanted from zero."""
        self.look()
        cleared = self._cleared.setdefault(statistics, {})
        for match, (up, down) in self._octets.items():
            if wanted(match):
                cleared[match] = Volume(int(up), int(down))
        self._forget()

    def findings(self) -> Iterator[Finding]:
        """What is wrong with the rules."""
        self.look()
        yield from findings(self.configuration)

    def sessions(self) -> dict[str, int]:
        """How many calls each rulebase in use has."""
        self.look()
        found = dict.fromkeys(self._shares, 0)
        for index, name in enumerate(self._rulebases):
            if name:
                found[name] += self._history.seconds[index].calls
        return found
