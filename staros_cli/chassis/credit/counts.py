"""What is counted of credit control."""

from __future__ import annotations

from collections import Counter
from enum import Enum, auto

from msgspec import Struct

from staros_cli.chassis.disconnect_reasons import (
    ABSOLUTE_TIMEOUT,
    ADMIN,
    IDLE_TIMEOUT,
    LOCAL,
    REMOTE,
)


class Counted(Enum):
    """The things that are counted."""

    STARTS = auto()
    TERMINATED = auto()
    SWITCHOVERS = auto()
    INITIAL = auto()
    INITIAL_ANSWERS = auto()
    INITIAL_TIMEOUTS = auto()
    UPDATES = auto()
    UPDATE_ANSWERS = auto()
    UPDATE_TIMEOUTS = auto()
    FINAL = auto()
    FINAL_ANSWERS = auto()
    FINAL_TIMEOUTS = auto()
    THRESHOLD = auto()
    EXHAUSTED = auto()
    VALIDITY = auto()
    CATEGORIES = auto()
    CATEGORIES_GONE = auto()
    GRANTS = auto()
    ACTION_TERMINATED = auto()
    ACTION_CONTINUE = auto()
    TX_EXPIRY = auto()
    CONNECTION_FAILURE = auto()
    UNREACHABLE_CONTINUE = auto()
    UNREACHABLE_TERMINATED = auto()
    SERVER_RETRIES = auto()
    ASSUMED_POSITIVE = auto()
    LOGOUT = auto()
    ADMINISTRATIVE = auto()
    LINK_BROKEN = auto()
    SESSION_TIMEOUT = auto()


Tally = Counter[Counted]

CAUSES = {
    REMOTE: Counted.LOGOUT,
    ADMIN: Counted.ADMINISTRATIVE,
    LOCAL: Counted.ADMINISTRATIVE,
    ABSOLUTE_TIMEOUT: Counted.SESSION_TIMEOUT,
    IDLE_TIMEOUT: Counted.SESSION_TIMEOUT,
}
"""Why a session ends, for the reasons of the ends of calls; for all others its link is broken."""


class Statistics(Struct, frozen=True):
    """What was counted of a group or a server, and the sessions that there are now.

    Of these `offline` go on without a server, and `assumed` do so for an interim.
    """

    group: str
    tally: Tally
    current: int = 0
    offline: int = 0
    assumed: int = 0
