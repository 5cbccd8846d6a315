"""The states of a chassis of a pair, what it says in its Hellos, and which of two is preferred."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from staros_cli.chassis.srp.settings import Mode


class State(Enum):
    """The state of a chassis, as it is shown."""

    INIT = "Init"
    STANDBY = "Standby"
    PENDING_ACTIVE = "PendingActive"
    ACTIVE = "Active"
    PENDING_STANDBY = "ActivePendingStandby"


SERVING = (State.PENDING_ACTIVE, State.ACTIVE, State.PENDING_STANDBY)
"""The states of a chassis that is active, or about to be, or was so until now."""


class Reason(Enum):
    """Why the roles change: the number that traps tell (mib), and the text of screens (chosen)."""

    NOT_DEFINED = (0, "Not Defined")
    AAA = (1, "AAA Failure")
    BGP = (2, "BGP Failure")
    DIAMETER = (4, "Diameter Failure")
    DEAD = (9, "Dead Timer Expiry")
    MANUAL = (11, "Manual Switchover")

    @property
    def text(self) -> str:
        """The text of screens."""
        return self.value[1]


class Hello(Struct, frozen=True):
    """What a chassis says of itself: all that the other one knows of it."""

    state: State
    mode: Mode
    priority: int
    tiebreaker: str
    route_modifier: int


_LAST_OCTETS = 3


def wins(mine: Hello, other: Hello) -> bool:
    """Whether the first of two chassis that start becomes active.

    The primary one does. Where both are configured alike that with the lower priority does, and
    then that with the higher one of the last three octets of its MAC address (doc).
    """
    if mine.mode is not other.mode:
        return mine.mode is Mode.PRIMARY
    if mine.priority != other.priority:
        return mine.priority < other.priority
    return _last_octets(mine.tiebreaker) >= _last_octets(other.tiebreaker)


def _last_octets(address: str) -> list[int]:
    return [int(octet, 16) for octet in address.split("-")[-_LAST_OCTETS:]]


FIRST_MODIFIERS = {Mode.PRIMARY: 3, Mode.BACKUP: 4}
"""The route modifiers that chassis begin with (chosen); the active one has the lower one."""


def after_switchover(active: int, threshold: int) -> tuple[int, int]:
    """The modifiers of the active and of the standby chassis, once that has stepped down.

    The standby one is higher by one; both begin anew when that is more than the threshold.
    """
    if active + 1 > threshold:
        active = FIRST_MODIFIERS[Mode.PRIMARY]
    return active, active + 1
