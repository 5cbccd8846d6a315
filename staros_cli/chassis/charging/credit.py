"""Groups of credit control, as they are configured.

Defaults are remembered, as no text at hand tells them.
"""

from __future__ import annotations

from msgspec import Struct

DEFAULT_GROUP = "default"
"""The group that is configured without a name."""
INITIAL, UPDATE, FINAL = "initial-request", "update-request", "terminate-request"
"""The requests of a session, as the configuration names them."""
CONTINUE, RETRY_AND_TERMINATE, TERMINATE = "continue", "retry-and-terminate", "terminate"
_OFFLINE = f"{CONTINUE} go-offline-after-tx-expiry"
HANDLING = {INITIAL: TERMINATE, UPDATE: RETRY_AND_TERMINATE, FINAL: RETRY_AND_TERMINATE}
"""What is done when a request fails and nothing is configured about it."""
DIAMETER = "diameter"
TIMEOUT = 10.0
"""Seconds that a request may take."""


class PeerChoice(Struct, frozen=True):
    """A line that chooses servers: the first, and the one that takes over.

    With `by` it is for those subscribers whose `imsi` or `msisdn` has at its `side` digits from
    `first` to `last`.
    """

    peer: str
    realm: str = ""
    secondary: str = ""
    secondary_realm: str = ""
    by: str = ""
    side: str = ""
    first: str = ""
    last: str = ""

    def takes(self, digits: str) -> bool:
        """Whether it is for a subscriber with such an identity."""
        length = len(self.first)
        part = digits[-length:] if self.side == "suffix" else digits[:length]
        return self.first <= part <= self.last


class Unreachable(Struct, frozen=True):
    """What is done while no server is reached: sessions go on at first, for an interim.

    `seconds` and `octets` are how long an interim is, 0 where that is not limited. After it a
    server is asked again, up to `retries` times, with another interim after each; then sessions
    go on without it, or they end.
    """

    goes_on: bool
    seconds: float = 0.0
    octets: float = 0.0
    retries: int = 0

    @property
    def ends_at_once(self) -> bool:
        """Whether there is no interim."""
        return not (self.goes_on or self.seconds or self.octets)


_GOES_ON = Unreachable(True)


class Threshold(Struct, frozen=True):
    """The rest of a quota at which another is asked for: an amount, or percent of the quota."""

    amount: float = 0.0
    percent: float = 0.0

    def used(self, quota: float) -> float:
        """How much of a quota is used when another is asked for."""
        return max(quota / 100, quota - (self.amount or quota * self.percent / 100))

    def __bool__(self) -> bool:
        return bool(self.amount or self.percent)


class CreditGroup(Struct, frozen=True):
    """A group of credit control.

    `endpoint` is empty where none is configured, `handling` what is configured about requests that
    fail, in the words of the configuration, `timeout` the seconds that a request may take,
    `validity` those that a quota is good, 0 for no limit. With `failover` another server is asked
    whatever is configured about failures, with `asks_again` sessions that went on without a server
    ask one that is reached.
    """

    name: str
    mode: str = DIAMETER
    endpoint: str = ""
    choices: tuple[PeerChoice, ...] = ()
    handling: dict[str, str] = {}
    unreachable: dict[str, Unreachable] = {}
    timeout: float = TIMEOUT
    validity: float = 0.0
    volume_threshold: Threshold = Threshold()
    time_threshold: Threshold = Threshold()
    failover: bool = False
    asks_again: bool = False

    def interims(self, request: str) -> Unreachable:
        """What is done while no server is reached; sessions go on if nothing is configured now."""
        return self.unreachable.get(request, _GOES_ON)

    def goes_on(self, request: str) -> bool:
        """Whether a session goes on when a request fails, if only for an interim."""
        unreachable = self.unreachable.get(request)
        if unreachable is not None:
            return not unreachable.ends_at_once
        return self._handling(request).startswith(CONTINUE)

    def asks_another(self, request: str) -> bool:
        """Whether another server is asked when one has not answered."""
        return self.failover or self._handling(request) not in (TERMINATE, _OFFLINE)

    def _handling(self, request: str) -> str:
        return self.handling.get(request, HANDLING[request])
