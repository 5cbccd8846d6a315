"""The values of thresholds, as the model has them now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from msgspec import Struct

from staros_cli.chassis import usage
from staros_cli.chassis.access import SESSION_TYPE_OF_SERVICE
from staros_cli.chassis.allocations import SESSIONS_OF_A_SESSMGR
from staros_cli.chassis.chassis import Chassis
from staros_cli.chassis.disconnect_reasons import NO_RESOURCE
from staros_cli.chassis.peers.settings import ACCOUNTING, AUTHENTICATION
from staros_cli.chassis.peers.usage import AUTHENTICATION_FAILED
from staros_cli.chassis.platform import Role
from staros_cli.chassis.pools import Pool
from staros_cli.chassis.port_control import FAST_SPEED, SLOW_SPEED
from staros_cli.chassis.port_traffic import Octets
from staros_cli.chassis.storage import DEVICE_SIZE, DEVICES
from staros_cli.chassis.tasks import SESSMGR
from staros_cli.chassis.thresholds.names import SYSTEM
from staros_cli.chassis.thresholds.settings import Watched
from staros_cli.chassis.usage import CpuUse

BOTH = (AUTHENTICATION, ACCOUNTING)
_WINDOW = 300.0
"""Seconds over which the use of ports is measured."""


class Reading(Struct, frozen=True):
    """A value, of the object that these values of traps name: a part of `whole`, if that is set."""

    measured: float
    about: Mapping[str, object] = {}
    whole: float | None = None


class Look:
    """One look at the model; what several thresholds ask for is found once."""

    def __init__(self, chassis: Chassis) -> None:
        self._chassis = chassis

    def readings(self, watched: Watched) -> Iterator[Reading]:
        """The values of a threshold, one for each object."""
        name = watched.threshold.name
        of_sessions = name.removeprefix("total-").removesuffix("-sessions")
        if name in _MEASURES:
            yield from _MEASURES[name](self, watched)
        elif name.startswith("per-service-"):
            yield from self._of_services(name.removeprefix("per-service-").split("-")[0])
        else:
            kind = SESSION_TYPE_OF_SERVICE.get(of_sessions, "")
            yield Reading(self._chassis.sessions.count_of_type(kind))

    @cached_property
    def _cpus(self) -> list[CpuUse]:
        return usage.cpus(self._chassis)

    def _of_cpus(self, value: Callable[[CpuUse], float], *, managing: bool) -> Iterator[Reading]:
        cards = self._chassis.hardware.cards
        for use in self._cpus:
            if (cards[use.cpu.slot].kind.role is Role.MANAGEMENT) is managing:
                yield Reading(value(use), {"card": use.cpu.slot, "cpu": use.cpu.number})

    def use_of_cpus(self, watched: Watched) -> Iterator[Reading]:
        """The percent of CPUs in use over 5 minutes, or now."""
        name = watched.threshold.name
        place = 0 if name.startswith("10sec") else 1
        yield from self._of_cpus(lambda use: use.percent[place], managing=name.startswith("mgmt"))

    def memory_of_cpus(self, watched: Watched) -> Iterator[Reading]:
        """The percent of the memory of CPUs that is in use."""
        managing = watched.threshold.name.startswith("mgmt")
        yield from self._of_cpus(lambda use: 100.0 * use.memory[0] / use.total, managing=managing)

    def available_memory(self, _: Watched) -> Iterator[Reading]:
        """The MB of memory that CPUs have left."""
        yield from self._of_cpus(lambda use: use.total - use.memory[0], managing=False)

    def load_of_cpus(self, _: Watched) -> Iterator[Reading]:
        """The load of CPUs."""
        yield from self._of_cpus(lambda use: use.load[0], managing=False)

    def license(self, _: Watched) -> Iterator[Reading]:
        """The percent of licensed sessions that remain."""
        for use in self._chassis.session_use():
            if use.limit:
                left = 100.0 * max(0, use.limit - use.in_use) / use.limit
                yield Reading(left, {"service": use.session_type.lower()})

    def subscribers(self, _: Watched) -> Iterator[Reading]:
        """How many subscribers there are."""
        yield Reading(len(self._chassis.sessions))

    def active_subscribers(self, _: Watched) -> Iterator[Reading]:
        """How many subscribers are connected."""
        chassis = self._chassis
        setting_up = sum(chassis.callers.history.setting_up(chassis.now).values())
        yield Reading(len(chassis.sessions) - setting_up)

    def _of_services(self, kind: str) -> Iterator[Reading]:
        for context, service in self._chassis.contexts.services():
            if service.kind == kind:
                count = self._chassis.sessions.count_of_service(context.name, service.name)
                yield Reading(count, {"context": context.name, "service": service.name})

    def calls(self, watched: Watched) -> Iterator[Reading]:
        """How many calls were set up, or not, since the system started."""
        self._chassis.callers.count_refusals()
        history = self._chassis.callers.history
        total = history.total
        yield Reading(
            {
                "call-setup": total.connected,
                "call-setup-failure": total.rejected + total.failed,
                "call-reject-no-resource": history.rejections[NO_RESOURCE],
            }[watched.threshold.name]
        )

    def servers(self, watched: Watched) -> Iterator[Reading]:
        """Requests to AAA servers that failed or were sent again, of all where a rate is asked for.

        Of authentications those count that were refused because no server answers.
        """
        name, now = watched.threshold.name, self._chassis.now
        self._chassis.peers.count()
        uses = {"aaa-auth": (AUTHENTICATION,), "aaa-acct": (ACCOUNTING,)}.get(name[:8], BOTH)
        counts = [
            server.counts(now)
            for server in self._chassis.peers.servers.radius
            if server.settings.use in uses and watched.scope in (SYSTEM, server.settings.context)
        ]
        refused = self._refused(watched.scope) if AUTHENTICATION in uses else 0
        requests = sum(one.requests for one in counts)
        if name == "aaa-retry-rate":
            yield Reading(sum(one.retried for one in counts), whole=requests)
            return
        failed = sum(one.timeouts for one in counts) + refused
        yield Reading(failed, whole=requests + refused if name.endswith("-rate") else None)

    def _refused(self, scope: str) -> int:
        """How many calls through services of a context were refused by their authentication."""
        self._chassis.callers.count_refusals()
        history = self._chassis.callers.history
        return sum(
            history.rejected(index, AUTHENTICATION_FAILED)
            for index, group in enumerate(self._chassis.sessions.groups)
            if scope in (SYSTEM, group.place[0])
        )

    def throughput(self, _: Watched) -> Iterator[Reading]:
        """The kilobits a second of the sessions of CPUs."""
        for cpu, octets in self._chassis.card_traffic.of_cpus(_WINDOW).items():
            yield Reading(8 * octets / 1000, {"card": cpu.slot, "cpu": cpu.number})

    def reasons(self, watched: Watched) -> Iterator[Reading]:
        """How many calls ended for a reason."""
        count = self._chassis.callers.history.reasons[watched.of]
        yield Reading(count, {"reason": watched.of})

    def capacity(self, _: Watched) -> Iterator[Reading]:
        """The percent of the sessions that all session managers can have."""
        most = SESSIONS_OF_A_SESSMGR * sum(
            1 for _ in self._chassis.tasks.of(SESSMGR, standby=False)
        )
        yield Reading(100.0 * len(self._chassis.sessions) / most if most else 0.0)

    def storage(self, _: Watched) -> Iterator[Reading]:
        """The percent of devices that files take."""
        card = self._chassis.hardware.active_management.slot
        for device in DEVICES:
            used = 100.0 * self._chassis.storage.used(device) / DEVICE_SIZE
            yield Reading(used, {"card": card, "storage": f"/{device}"})

    def temperatures(self, _: Watched) -> Iterator[Reading]:
        """The temperatures of cards."""
        environment = self._chassis.environment
        if not environment.is_virtual:
            for card in self._chassis.hardware.running:
                yield Reading(environment.temperature(card), {"card": card.slot})

    @cached_property
    def _rates(self) -> dict[tuple[int, int], Octets]:
        return self._chassis.port_traffic.rates(_WINDOW)

    def port(self, watched: Watched) -> Iterator[Reading]:
        """The percent of its speed that a port receives, sends, or the greater of both."""
        slot, number = (int(part) for part in watched.scope.split("/"))
        card = self._chassis.hardware.cards.get(slot)
        if card is None:
            return
        octets = self._rates.get((slot, number), Octets())
        control = self._chassis.ports
        speed = FAST_SPEED if control.is_service_port(slot, number) else SLOW_SPEED
        received, sent = (800.0 * figure / speed for figure in (octets.received, octets.sent))
        measured = {
            "port-rx-utilization": received,
            "port-tx-utilization": sent,
        }.get(watched.threshold.name, max(received, sent))
        yield Reading(measured, {"card": slot, "port": number, "serial": card.serial})

    @cached_property
    def _pools(self) -> dict[str, list[Pool]]:
        found: dict[str, list[Pool]] = {}
        for pool in self._chassis.pools:
            if pool.settings.size and not pool.ends:
                found.setdefault(pool.settings.context, []).append(pool)
        return found

    def pool(self, watched: Watched) -> Iterator[Reading]:
        """The percent of the addresses of pools that are free, on hold, or used."""
        now = self._chassis.now
        for pool in self._pools.get(watched.scope, ()):
            count = {
                "ip-pool-free": pool.free(now),
                "ip-pool-hold": pool.held(now),
                "ip-pool-used": pool.used,
            }.get(watched.threshold.name, 0)
            about = {"context": watched.scope, "pool": pool.settings.name}
            yield Reading(100.0 * count / pool.settings.size, about)

    def pool_groups(self, watched: Watched) -> Iterator[Reading]:
        """The percent of the addresses of groups of pools that are free."""
        now = self._chassis.now
        groups: dict[str, list[Pool]] = {}
        for pool in self._pools.get(watched.scope, ()):
            if pool.settings.group:
                groups.setdefault(pool.settings.group, []).append(pool)
        for name, pools in groups.items():
            free = sum(pool.free(now) for pool in pools)
            size = sum(pool.settings.size for pool in pools)
            yield Reading(100.0 * free / size, {"context": watched.scope, "group": name})


_MEASURES: dict[str, Callable[[Look, Watched], Iterator[Reading]]] = {
    **dict.fromkeys(
        ("cpu-utilization", "10sec-cpu-utilization", "mgmt-cpu-utilization"), Look.use_of_cpus
    ),
    **dict.fromkeys(("cpu-memory-usage", "mgmt-cpu-memory-usage"), Look.memory_of_cpus),
    "cpu-available-memory": Look.available_memory,
    "cpu-load": Look.load_of_cpus,
    "license remaining-sessions": Look.license,
    "subscriber total": Look.subscribers,
    "subscriber active": Look.active_subscribers,
    **dict.fromkeys(("call-setup", "call-setup-failure", "call-reject-no-resource"), Look.calls),
    **dict.fromkeys(
        (
            *("aaa-auth-failure", "aaa-auth-failure-rate", "aaa-retry-rate"),
            *("aaa-acct-failure", "aaa-acct-failure-rate"),
        ),
        Look.servers,
    ),
    "cpu-session-throughput": Look.throughput,
    "disconnect-reason": Look.reasons,
    "system-capacity": Look.capacity,
    "storage-utilization": Look.storage,
    "card-temperature-near-power-off-limit": Look.temperatures,
    **dict.fromkeys(
        ("port-rx-utilization", "port-tx-utilization", "port-high-activity"), Look.port
    ),
    "available-ip-pool-group": Look.pool_groups,
    **dict.fromkeys(("ip-pool-free", "ip-pool-hold", "ip-pool-release", "ip-pool-used"), Look.pool),
}
