"""Paths of GTP-C and GTP-U to the nodes that calls come through, and of Sx to control planes."""

from __future__ import annotations

from ipaddress import ip_address
from math import inf
from zlib import crc32

from msgspec import Struct

from staros_cli.chassis.peers.peer import Change, Obstacle, Peer, next_after
from staros_cli.chassis.peers.settings import GTPC, PathSettings

NO_RESPONSE = "no-response-from-peer"
RESTARTED = "echo-rsp-restart-counter-change"
"""Why a path failed, as the trap says it (capture)."""
REASONS = (
    NO_RESPONSE,
    "create-sess-restart-counter-change",
    "echo-req-restart-counter-change",
    RESTARTED,
    "restart-counter-change",
)
"""All reasons that are known; nodes tell of their restarts by answers to echoes only here."""


class EchoCounts(Struct, frozen=True):
    """The echoes of a path, its failures and the restarts of its node since they were cleared."""

    sent: int = 0
    answered: int = 0
    sent_again: int = 0
    failures: int = 0
    restarts: int = 0

    def plus(self, other: EchoCounts) -> EchoCounts:
        """The counts of both."""
        return EchoCounts(
            self.sent + other.sent,
            self.answered + other.answered,
            self.sent_again + other.sent_again,
            self.failures + other.failures,
            self.restarts + other.restarts,
        )


class Failure(Struct, frozen=True):
    """A path failed, at a time in seconds since 1970 UTC, with that many calls."""

    time: float
    reason: str
    old_counter: int
    new_counter: int
    sessions: int


class Path(Peer):
    """A path, which is tried by echoes while calls go through it."""

    def __init__(
        self, settings: PathSettings, now: float, obstacle: Obstacle, up: bool = True
    ) -> None:
        self.settings = settings
        self.last_failure: Failure | None = None
        self._begun_at = now
        self._cleared = EchoCounts()
        super().__init__(now, obstacle, up=up)

    def configure(self, settings: PathSettings) -> None:
        """Go on with other settings."""
        self.settings = settings
        self.plan()

    @property
    def _phase(self) -> int:
        return crc32(self.settings.address.encode())

    @property
    def restart_reason(self) -> str:
        """Why the path fails when its node has restarted."""
        return RESTARTED

    @property
    def restart_counter(self) -> int:
        """The restart counter that the node tells: it follows from its address and its restarts."""
        return (self._phase % 30 + 1 + self.restarts) % 256

    def next_echo(self, time: float) -> float:
        """When the next echo is sent, infinite where none are."""
        interval = self.settings.echo_interval
        return next_after(time, interval, self._phase % interval) if interval else inf

    def fails_at(self) -> float:
        """When an echo was not answered."""
        settings = self.settings
        silent = settings.echo_timeout * (1 + settings.echo_retries)
        return self.next_echo(self.obstacle_since) + silent

    def returns_at(self) -> float:
        """When the next echo is answered."""
        return self.next_echo(self.obstacle_since)

    def turn(self, now: float) -> None:
        """The path fails, or is there again."""
        super().turn(now)
        self.history.append(Change(now, "Up" if self.up else "Down"))

    def fail(self, now: float, reason: str, sessions: int) -> Failure:
        """Note why the path failed; a node that has restarted counts that."""
        old = self.restart_counter
        if reason == self.restart_reason:
            self.note_restart(now)
        self.last_failure = Failure(now, reason, old, self.restart_counter, sessions)
        return self.last_failure

    def note_restart(self, now: float) -> None:
        """The node has restarted."""
        self.restarts += 1

    def _all(self, now: float) -> EchoCounts:
        interval, settings = self.settings.echo_interval, self.settings
        if not interval:
            return EchoCounts(failures=self.failures, restarts=self.restarts)
        sent = int((now - self._begun_at) // interval)
        answered = min(sent, int(self.seconds_up(now) // interval))
        again = self.failures * settings.echo_retries
        return EchoCounts(sent, answered, again, self.failures, self.restarts)

    def counts(self, now: float) -> EchoCounts:
        """The echoes since the counts were cleared."""
        found, before = self._all(now), self._cleared
        return EchoCounts(
            found.sent - before.sent,
            found.answered - before.answered,
            found.sent_again - before.sent_again,
            found.failures - before.failures,
            found.restarts - before.restarts,
        )

    def clear_counts(self, now: float) -> None:
        """Count from zero."""
        self._cleared = self._all(now)


_FIRST_NODE = int(ip_address("198.18.0.0"))
_NODES_OF_A_GROUP = 2


def nodes_of_group(index: int, count: int) -> tuple[str, ...]:
    """The addresses of the nodes that the subscribers of a group come through (chosen)."""
    nodes = min(_NODES_OF_A_GROUP, max(1, count))
    first = _FIRST_NODE + (index + 1) * 256
    return tuple(str(ip_address(first + n)) for n in range(1, nodes + 1))


class Side(Struct, frozen=True):
    """The side of a service that calls come in by: interface, letter of the node, reasons.

    The reasons are those that calls end with when a path of GTP-C or of GTP-U fails.
    """

    interface: str
    node: str
    control: str
    user: str

    def reason(self, kind: str) -> str:
        """Why calls end when a path of GTP-C, or of GTP-U, fails."""
        return self.control if kind == GTPC else self.user


SIDES = {
    "pgw": Side("pgw-ingress", "S", "path-failure-s5", "gtpu-path-failure-s5u"),
    "sgw": Side("sgw-ingress", "M", "path-failure-s11", "gtpu-path-failure-s1u"),
    "saegw": Side("sgw-ingress", "M", "path-failure-s11", "gtpu-path-failure-s1u"),
    "mme": Side("mme", "S", "path-failure-s11", "path-failure-s11"),
    "user-plane": Side("sxab", "C", "path-failure", "path-failure"),
    "ggsn": Side("ggsn", "G", "gtpc-path-failure", "gtpu-path-failure"),
}
"""The kinds of services whose calls come over GTP or Sx."""
