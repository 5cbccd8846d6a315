"""Which calls policy servers have authorized, and what these were asked for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from msgspec import Struct

from staros_cli.chassis.peers.served import Served
from staros_cli.chassis.peers.settings import ImsAuthorization
from staros_cli.chassis.peers.usage import AUTHORIZATION_FAILED, Servers, Use, taker_of
from staros_cli.chassis.sessions import SessionTable

POLICY_CONTROL, SERVICE = "policy-control", "service"
"""The statistics, which are cleared apart."""
_INITIAL, _INITIAL_ANSWERS, _FINAL, _FINAL_ANSWERS, _REFUSED = range(5)
_Tally = Counter[tuple[str, int]]


class ImsCounts(Struct, frozen=True):
    """Requests about policies since the counts were cleared, and the calls that are authorized.

    Of the calls whose request was not answered, those `refused` were not connected.
    """

    current: int = 0
    initial: int = 0
    initial_answers: int = 0
    final: int = 0
    final_answers: int = 0
    refused: int = 0

    def plus(self, other: ImsCounts) -> ImsCounts:
        """The counts of both."""
        names = self.__struct_fields__
        return ImsCounts(*(getattr(self, name) + getattr(other, name) for name in names))


class Policies:
    """The calls that services for policies authorize.

    `rejected` tells how many calls of a group were refused for a reason. `look` is to be called
    before another server takes the requests, as that of `Meter`.
    """

    def __init__(self, sessions: SessionTable, servers: Servers) -> None:
        self._sessions = sessions
        self._servers = servers
        self._rejected: Callable[[int, str], int] = lambda group, reason: 0
        self.forget()

    def forget(self) -> None:
        """No call was authorized: the system went down."""
        self._served: dict[int, Served] = {}
        self._seen: dict[int, tuple[int, int, int]] = {}
        self._tally: _Tally = Counter()
        self._cleared: dict[str, _Tally] = {}

    def count_refusals(self, rejected: Callable[[int, str], int]) -> None:
        """Let `rejected` tell how many calls of a group were refused for a reason."""
        self._rejected = rejected

    def look(self, uses: Sequence[Use], now: float) -> None:
        """Count what was asked for calls that came and ended since the last look."""
        for index, use in enumerate(uses):
            known = self._served.get(index)
            if use.ims is not None and known is not None and known.name == use.ims.name:
                self._count(index, known, use.ims)
                continue
            self._served.pop(index, None)
            if use.ims is not None:
                self._served[index] = Served.begin(use.ims.name, self._sessions, index, now)
                self._seen[index] = (0, 0, self._rejected(index, AUTHORIZATION_FAILED))

    def _count(self, index: int, known: Served, ims: ImsAuthorization) -> None:
        """Calls from before the service are not authorized by it."""
        known.look(self._sessions.by_group.totals(index)[0])
        before = self._seen[index]
        totals = known.initial, known.final, self._rejected(index, AUTHORIZATION_FAILED)
        self._seen[index] = totals
        came, ended, refused = (now - then for now, then in zip(totals, before, strict=True))
        peer = taker_of(self._servers.of_endpoint(ims.endpoint))
        answered = peer is None or peer.serves
        if peer is not None:
            peer.count(came + ended, peer.serves)
        found = {
            _INITIAL: came + refused,
            _INITIAL_ANSWERS: came * answered,
            _FINAL: ended,
            _FINAL_ANSWERS: ended * answered,
            _REFUSED: refused,
        }
        self._tally.update({(ims.name, what): count for what, count in found.items()})

    @property
    def in_use(self) -> bool:
        """Whether a service for policies looks after calls."""
        return bool(self._served)

    @property
    def requests(self) -> int:
        """How many requests there were since the system started."""
        return sum(n for (_, what), n in self._tally.items() if what in (_INITIAL, _FINAL))

    # Calls

    def ended(self, row: int, reason: str) -> None:
        """A call is about to end."""
        known = self._of(row)
        if known is not None:
            known.ended(reason)

    def came_back(self, row: int) -> None:
        """A call that another chassis held is here again."""
        known = self._served.get(self._sessions.group_of(row))
        if known is not None:
            known.came_back(is_one=known.has(self._sessions.connected_at(row)))

    def service_of(self, row: int) -> str:
        """The service that has authorized a call, empty for none."""
        known = self._of(row)
        return known.name if known is not None else ""

    def _of(self, row: int) -> Served | None:
        known = self._served.get(self._sessions.group_of(row))
        is_one = known is not None and known.has(self._sessions.connected_at(row))
        return known if is_one else None

    # What was counted

    def counts(self, name: str, statistics: str = POLICY_CONTROL) -> ImsCounts:
        """What a service has asked since the statistics were cleared."""
        before = self._cleared.get(statistics, Counter())
        asked = [self._tally[name, what] - before[name, what] for what in range(5)]
        current = sum(each.current for each in self._served.values() if each.name == name)
        return ImsCounts(current, *asked)

    def clear(self, statistics: str) -> None:
        """Count requests about policies from zero."""
        self._cleared[statistics] = self._tally.copy()
