"""Peers that the active chassis monitors, and when it hands over for them."""

from __future__ import annotations

from msgspec import Struct

from staros_cli.chassis.peers.peer import Peer
from staros_cli.chassis.peers.registry import Peers
from staros_cli.chassis.srp.settings import Kind, MonitorSettings
from staros_cli.chassis.srp.states import Reason

REASONS = {Kind.PROBE: Reason.AAA, Kind.BGP: Reason.BGP, Kind.DIAMETER: Reason.DIAMETER}
INITIALIZING, UP, DOWN = "I", "U", "D"


class Monitor(Struct, frozen=True):
    """A monitored peer, its state by a letter, and since when, in seconds since 1970 UTC."""

    settings: MonitorSettings
    state: str
    since: float


def state_of(peer: Peer | None) -> str:
    """The state of a monitored peer; one that has never been up is initializing."""
    if peer is None:
        return INITIALIZING
    if peer.up:
        return UP
    return DOWN if peer.failures else INITIALIZING


class Monitors:
    """The states of all that is monitored, as they were when it was looked last.

    `failed` are the kinds that a switchover was made for: they do not count again until a peer of
    theirs is up, or that is reset.
    """

    def __init__(self, peers: Peers) -> None:
        self._peers = peers
        self.clear()

    def clear(self) -> None:
        """Nothing is monitored."""
        self.found: dict[MonitorSettings, Monitor] = {}
        self.failed: set[Kind] = set()

    def look(self, wanted: tuple[MonitorSettings, ...], begun_at: float) -> list[Monitor]:
        """See what has changed: the monitors that have another state than before, or are new."""
        before, self.found = self.found, {}
        changed: list[Monitor] = []
        for settings in wanted:
            peer = self._peers.with_key(settings.found)
            since = peer.up_since if peer is not None else begun_at
            monitor = self.found[settings] = Monitor(settings, state_of(peer), since)
            known = before.get(settings)
            if known is None or known.state != monitor.state:
                changed.append(monitor)
        self.failed -= {one.settings.kind for one in self.of() if one.state == UP}
        return changed

    def of(self, kind: Kind | None = None) -> list[Monitor]:
        """The monitors of a kind, or all, in the order of the configuration."""
        return [one for one in self.found.values() if kind in (None, one.settings.kind)]

    def failures(self) -> list[tuple[Kind, float]]:
        """The kinds of which all peers that count together are down, and since when."""
        together: dict[tuple[Kind, str, int | None], list[Monitor]] = {}
        for one in self.found.values():
            together.setdefault(one.settings.together, []).append(one)
        return [
            (kind, max(one.since for one in ones))
            for (kind, _, _), ones in together.items()
            if all(one.state == DOWN for one in ones)
        ]

    def none_is_up(self, kind: Kind) -> bool:
        """Whether peers of a kind are monitored, and none is up."""
        states = [one.state for one in self.of(kind)]
        return bool(states) and UP not in states and DOWN in states

    def note_failure(self, kind: Kind) -> None:
        """A switchover was made for a kind: it does not count again until it is reset."""
        self.failed.add(kind)

    def reset(self, kind: Kind) -> None:
        """Let a kind count again."""
        self.failed.discard(kind)


def counts_from(
    failed_at: float, active_since: float, damping: tuple[float, float] | None
) -> float:
    """When a failure counts: later by the damping period within the guard period."""
    if damping is None:
        return failed_at
    guard, delay = damping
    return failed_at + delay if failed_at < active_since + guard else failed_at
