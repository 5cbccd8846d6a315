"""What ports of groups and the switches at their other end tell each other (LACP).

There is a switch at the other end of every link that is there. It takes part without being asked
and asks for a LACPDU every 30 seconds. LACPDUs are counted from the times at which ports have
begun to send them, so that nothing is due while they do.
"""

from __future__ import annotations

from msgspec import Struct

from staros_cli.chassis.clock import Timeline
from staros_cli.chassis.contexts import Contexts
from staros_cli.chassis.links import Place
from staros_cli.chassis.ports import Group

FAST, SLOW = 1.0, 30.0
"""Seconds between two LACPDUs."""
DISTRIBUTING, STANDBY, WAITING, DOWN = "Distributing", "Standby", "Waiting", "Down"
SWITCH = "02-AA-00-00-00-01"
"""The hardware address of the switch at the other end (chosen)."""
SWITCH_PRIORITY = 0x8000


class Exchanged(Struct, frozen=True):
    """LACPDUs that a port has sent and received."""

    sent: int = 0
    received: int = 0

    def plus(self, other: Exchanged) -> Exchanged:
        """The sum of both."""
        return Exchanged(self.sent + other.sent, self.received + other.received)


class _Run(Struct, frozen=True):
    """A time without a break in which a port sends and receives: its begin, and the intervals."""

    since: float
    sends_every: float
    receives_every: float

    def exchanged(self, now: float) -> Exchanged:
        """The LACPDUs until now: the first at once."""
        passed = max(0.0, now - self.since)
        return Exchanged(
            1 + int(passed // self.sends_every), 1 + int(passed // self.receives_every)
        )


class LinkAgreements:
    """Which ports of groups agree with the switch, and what they have sent. `look` has to be called
    when ports, links or groups have changed."""

    def __init__(self, contexts: Contexts, timeline: Timeline) -> None:
        self._contexts = contexts
        self._timeline = timeline
        self._before: dict[Place, Exchanged] = {}
        self._runs: dict[Place, _Run] = {}

    def start(self, at: float) -> None:
        """The system has come up at a time: nothing was sent before."""
        self._before, self._runs = {}, {}
        self._begin(at)

    def look(self) -> None:
        """See which ports take part now."""
        self._begin(self._timeline.now)

    def _begin(self, now: float) -> None:
        ports = self._contexts.ports
        wanted = {
            place: (
                FAST if group.lacp.rate == "fast" else SLOW,
                FAST if group.lacp.timeout == "short" else SLOW,
            )
            for group in ports.groups
            for place in ports.able(group)
        }
        for place, run in list(self._runs.items()):
            if wanted.get(place) != (run.sends_every, run.receives_every):
                self._before[place] = self._sum(place, now)
                del self._runs[place]
        for place, intervals in wanted.items():
            if place not in self._runs:
                self._runs[place] = _Run(now, *intervals)

    def _sum(self, place: Place, now: float) -> Exchanged:
        before = self._before.get(place, Exchanged())
        run = self._runs.get(place)
        return before.plus(run.exchanged(now)) if run else before

    def exchanged(self, place: Place) -> Exchanged:
        """The LACPDUs of a port since the system started."""
        return self._sum(place, self._timeline.now)

    def state(self, group: Group, place: Place) -> str:
        """Whether a port of a group carries frames, stands by, waits for others, or is down."""
        ports = self._contexts.ports
        if place not in ports.able(group):
            return DOWN
        aggregated = ports.aggregated(group)
        if place in aggregated:
            return DISTRIBUTING
        return STANDBY if aggregated else WAITING
