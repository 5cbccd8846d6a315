"""What servers are asked when something happens to a call that somebody watches."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from staros_cli.chassis.call_traces import Happening
from staros_cli.chassis.charging.credit import FINAL, INITIAL, UPDATE
from staros_cli.chassis.credit.control import CreditControl
from staros_cli.chassis.credit.counts import CAUSES, Counted
from staros_cli.chassis.credit.sessions import CreditUse
from staros_cli.chassis.disconnect_reasons import CHARGING_SERVER, UNTOLD
from staros_cli.chassis.exchanges import Exchange, Host, Interface, Quota, Stage
from staros_cli.chassis.peers.diameter import DiameterPeer
from staros_cli.chassis.peers.registry import Peers
from staros_cli.chassis.peers.servers import RadiusServer
from staros_cli.chassis.peers.settings import ACCOUNTING, AUTHENTICATION
from staros_cli.chassis.peers.usage import taker_of
from staros_cli.chassis.sessions import NEVER, SessionTable

_REQUESTS = {Stage.INITIAL: INITIAL, Stage.UPDATE: UPDATE, Stage.FINAL: FINAL}
_REPORTS = {Counted.THRESHOLD: 0, Counted.EXHAUSTED: 3, Counted.VALIDITY: 4}
_FINAL_REPORT = 2
"""The numbers of the reasons for which use is reported."""
_CAUSES = {
    Counted.LOGOUT: 1,
    Counted.ADMINISTRATIVE: 4,
    Counted.LINK_BROKEN: 5,
    Counted.SESSION_TIMEOUT: 8,
}
"""The numbers of the causes for which a session ends."""
_SAME = 1e-3
"""Seconds by which two moments may differ that are one."""
_RADIUS_PORT = 1814
"""The port that requests to RADIUS servers come from (chosen)."""


class CallExchanges:
    """Tells what servers are asked for a call, and whether they answer, at this moment."""

    def __init__(self, sessions: SessionTable, peers: Peers, credit: CreditControl) -> None:
        self._sessions = sessions
        self._peers = peers
        self._credit = credit

    def quota_times(self, row: int) -> tuple[float, float] | None:
        """When a call first asks for more quota, and every how many seconds; None for never."""
        use = self._credit.use_of(row)
        if use is None or use.period == inf:
            return None
        return self._sessions.connected_at(row) + use.period, use.period

    def of(self, row: int, happening: Happening, time: float, reason: str) -> tuple[Exchange, ...]:
        """What is asked when something happens to a call at a time, in its order.

        Nothing is asked for a call that another chassis has held, which comes connected.
        """
        if happening is Happening.ARRIVED:
            if self._sessions.connected_at(row) <= time:
                return ()
            return (
                *self._radius(row, AUTHENTICATION, Stage.INITIAL),
                *self._gx(row, Stage.INITIAL),
                *self._gy(row, Stage.INITIAL, time),
            )
        if happening is Happening.CONNECTED:
            return tuple(self._radius(row, ACCOUNTING, Stage.INITIAL))
        if happening is Happening.QUOTA:
            return tuple(self._gy(row, Stage.UPDATE, time))
        if happening is not Happening.ENDED or reason in UNTOLD:
            return ()
        stage = Stage.UPDATE if reason == CHARGING_SERVER else Stage.FINAL
        cause = _CAUSES[CAUSES.get(reason, Counted.LINK_BROKEN)]
        asked = (*self._gx(row, Stage.FINAL, cause), *self._gy(row, stage, time, cause))
        if self._sessions.connected_at(row) > time:
            return asked
        return (*asked, *self._radius(row, ACCOUNTING, Stage.FINAL))

    def _radius(self, row: int, use: str, stage: Stage) -> Iterator[Exchange]:
        servers = self._peers.use(self._sessions.group_of(row))
        pool = servers.authentication if use == AUTHENTICATION else servers.accounting
        found = self._peers.servers.of_radius(pool, use) if pool else []
        server = taker_of(found)
        if server is not None and server.up:
            interface = Interface[use.upper()]
            rejected = use == AUTHENTICATION and self._sessions.connected_at(row) == NEVER
            yield _exchange_of(server, interface, stage, server.answers and not rejected)

    def _gx(self, row: int, stage: Stage, cause: int = 0) -> Iterator[Exchange]:
        name = self._peers.policies.service_of(row)
        service = self._peers.configuration.ims.get(name)
        if service is None:
            return
        peer = taker_of(self._peers.servers.of_endpoint(service.endpoint))
        if peer is not None and peer.up:
            own, server = _ends(peer)
            number = int(stage is Stage.FINAL)
            yield Exchange(Interface.GX, stage, own, server, peer.answers, number, cause=cause)

    def _gy(self, row: int, stage: Stage, time: float, cause: int = 0) -> Iterator[Exchange]:
        use = self._credit.use_of(row)
        asked = self._credit.attempt(row, _REQUESTS[stage])
        if use is None or not asked.asked:
            return
        number, quotas = 0, tuple(Quota(rating_group) for rating_group, _ in use.parts)
        if stage is not Stage.INITIAL:
            updates = self._updates(row, time, use)
            number = updates + (stage is Stage.FINAL)
            since = self._sessions.connected_at(row)
            if updates:
                since += use.period * (updates - (stage is Stage.UPDATE))
            quotas = tuple(self._used(row, use, since, time))
        why = _FINAL_REPORT if stage is Stage.FINAL else _REPORTS.get(use.why, 0)
        for place, peer in enumerate(asked.asked, 1):
            own, server = _ends(peer)
            answered = asked.answered and place == len(asked.asked)
            yield Exchange(Interface.GY, stage, own, server, answered, number, quotas, why, cause)

    def _updates(self, row: int, time: float, use: CreditUse) -> int:
        """How many requests for quota a call has sent until a time."""
        lasted = max(0.0, time - self._sessions.connected_at(row))
        return int((lasted + _SAME) // use.period) if use.period < inf else 0

    def _used(self, row: int, use: CreditUse, since: float, time: float) -> Iterator[Quota]:
        """What a call has used of its quotas between two times."""
        pattern = self._sessions.session(row, time).pattern
        up = pattern.octets(since, time)
        for rating_group, part in use.parts:
            yield Quota(rating_group, int(up * part), int(up * pattern.ratio * part))


def _ends(peer: DiameterPeer) -> tuple[Host, Host]:
    found = peer.settings
    own = Host(found.local or "0.0.0.0", peer.local_port, found.origin, found.origin_realm)
    return own, Host(found.address, found.port, found.name, found.realm)


def _exchange_of(
    server: RadiusServer, interface: Interface, stage: Stage, answered: bool
) -> Exchange:
    found = server.settings
    own = Host(found.local or "0.0.0.0", _RADIUS_PORT)
    return Exchange(interface, stage, own, Host(found.address, found.port), answered)
