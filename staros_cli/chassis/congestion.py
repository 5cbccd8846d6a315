"""Congestion: what is measured, when it is too much, and what services do with new calls then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from msgspec import Struct

from staros_cli.chassis.access import SESSION_TYPE_OF_SERVICE
from staros_cli.chassis.calls import Callers
from staros_cli.chassis.changes import CongestionChanged
from staros_cli.chassis.clock import Timeline
from staros_cli.chassis.contexts import Contexts
from staros_cli.chassis.disconnect_reasons import NO_RESOURCE
from staros_cli.chassis.events import EventStream
from staros_cli.chassis.licence import LicenseSlot
from staros_cli.chassis.port_control import FAST_SPEED
from staros_cli.chassis.port_traffic import PortTraffic
from staros_cli.chassis.sessions import SessionTable

NONE, REJECT, DROP, REDIRECT = "none", "reject", "drop", "redirect"
LICENSE, SERVICE = "license-utilization", "max-sessions-per-service-utilization"
RECEIVED, SENT = "port-rx-utilization", "port-tx-utilization"
TOLERANCE = "tolerance"
DEFAULTS = {
    "system-cpu-utilization": 80,
    "service-control-cpu-utilization": 80,
    "system-memory-utilization": 80,
    "message-queue-utilization": 80,
    "message-queue-wait-time": 10,
    RECEIVED: 80,
    SENT: 80,
    LICENSE: 100,
    SERVICE: 100,
    TOLERANCE: 10,
}
"""The thresholds, in percent, of the waiting time in seconds."""
RESOURCES = {
    LICENSE: "license",
    SERVICE: "servicecapacity",
    RECEIVED: "rxportutil",
    SENT: "txportutil",
}
"""The names of what is measured, as traps tell them (mib). The others are never too much here."""
_WINDOW = 300.0
_LOOK_PERIOD = 10.0
"""Seconds between two looks at what is too much."""


class CongestionSettings(Struct, frozen=True):
    """What is configured: thresholds by name, and what services do, by their kinds."""

    enabled: bool = False
    thresholds: dict[str, int] = {}
    policies: dict[str, str] = {}

    def threshold(self, name: str) -> int:
        """A threshold, by default if none is configured."""
        return self.thresholds.get(name, DEFAULTS[name])

    def policy(self, kind: str) -> str:
        """What services of a kind do with new calls when there is too much to do."""
        return self.policies.get(kind, NONE)


class CongestionCount(Struct, frozen=True):
    """Services of a kind: what is too much now, how often something was, and the calls refused."""

    kind: str
    resource: str = ""
    policy: str = NONE
    applied: int = 0
    rejected: int = 0


class Congestion:
    """Whether services have too much to do. `look` is to be called when calls have changed.

    A resource is too much from its threshold on, until it is below that by the tolerance.
    """

    def __init__(
        self,
        sessions: SessionTable,
        contexts: Contexts,
        license: LicenseSlot,
        port_traffic: PortTraffic,
        callers: Callers,
        events: EventStream,
        timeline: Timeline,
    ) -> None:
        self._sessions = sessions
        self._contexts = contexts
        self._license = license
        self._port_traffic = port_traffic
        self._callers = callers
        self._events = events
        self._timeline = timeline
        self.read: Callable[[], CongestionSettings] = CongestionSettings
        self.settings = CongestionSettings()
        self.clear()

    def clear(self) -> None:
        """The system went down: nothing is configured, and nothing is too much."""
        self.settings = CongestionSettings()
        self._too_much: dict[str, str] = {}
        self._look_is_due = False
        self.clear_counts()
        self._events.end_alarm("Congestion")

    def configure(self) -> None:
        """Look at the configuration, which may have changed."""
        self.settings = self.read()
        self.look()

    def resource(self, kind: str) -> str:
        """The threshold that is exceeded for services of a kind; empty when none is."""
        return self._too_much.get(kind, "")

    def look(self) -> None:
        """Look what is too much now, and tell what has changed."""
        if not self.settings.enabled and not self._too_much:
            return
        ports = self._of_ports() if self.settings.enabled else {}
        for kind in self._kinds():
            before = self._too_much.get(kind, "")
            after = self._exceeded(kind, before, ports) if self.settings.enabled else ""
            if after:
                if not before:
                    self._begin(kind)
                    self._tell("Congestion", kind, after)
                self._too_much[kind] = after
            elif before:
                self._rejected[kind] = self._refused(kind)
                del self._too_much[kind]
                self._tell("CongestionClear", kind, before)
        self._look_again()

    def _look_again(self) -> None:
        """See to it that the end of what is too much is seen although no call comes or goes."""
        if self._too_much and not self._look_is_due:
            self._look_is_due = True
            self._timeline.after(_LOOK_PERIOD, self._take_look)

    def _take_look(self) -> None:
        self._look_is_due = False
        before = dict(self._too_much)
        self.look()
        if self._too_much != before:
            self._timeline.publish(CongestionChanged())

    def _tell(self, name: str, kind: str, exceeded: str) -> None:
        policy, resource = self.settings.policy(kind), RESOURCES[exceeded]
        self._events.add(self._timeline.now, name, kind=kind, policy=policy, resource=resource)

    def _kinds(self) -> list[str]:
        """The kinds of services that take calls, in a lasting order."""
        found = {service.kind for _, service in self._contexts.services() if service.takes_calls}
        return sorted(found | set(self._too_much))

    def _exceeded(self, kind: str, before: str, ports: dict[str, float]) -> str:
        """The first threshold that is exceeded; the one exceeded before is asked first."""
        measures = self._of_sessions(kind) | ports
        for name, value in sorted(measures.items(), key=lambda one: one[0] != before):
            limit = self.settings.threshold(name)
            if not limit:
                return name
            lowered = limit - self.settings.threshold(TOLERANCE) if name == before else limit
            if value > 0 and value >= lowered:
                return name
        return ""

    def _of_sessions(self, kind: str) -> dict[str, float]:
        """How much of what services of a kind may have is used, in percent."""
        session_type = SESSION_TYPE_OF_SERVICE.get(kind, "")
        allowed = self._license.session_limit(session_type, self._timeline.now)
        used = self._sessions.count_of_type(session_type)
        licensed = 100.0 * used / allowed if allowed else 0.0
        return {LICENSE: licensed, SERVICE: self._fullest(kind, allowed)}

    def _of_ports(self) -> dict[str, float]:
        """How busy ports are, in percent; nothing where no threshold is configured for that."""
        if not {RECEIVED, SENT} & self.settings.thresholds.keys():
            return {}
        rates = self._port_traffic.rates(_WINDOW).values()
        return {
            RECEIVED: _percent([octets.received for octets in rates]),
            SENT: _percent([octets.sent for octets in rates]),
        }

    def _fullest(self, kind: str, allowed: int) -> float:
        """The most sessions of a service of a kind, in percent of those it may have."""
        counts: dict[tuple[str, str], int] = {}
        for index, group in enumerate(self._sessions.groups):
            if group.kind.service == kind:
                arrived, ended = self._sessions.by_group.totals(index)
                counts[group.place] = counts.get(group.place, 0) + arrived - ended
        return 100.0 * max(counts.values(), default=0) / allowed if allowed else 0.0

    # Counts

    def _begin(self, kind: str) -> None:
        """Services of a kind begin to have too much to do."""
        self._applied[kind] += 1
        self._before[kind] = self._callers.rejected(kind, NO_RESOURCE)

    def _refused(self, kind: str) -> int:
        """How many calls of a kind were refused because there was too much to do."""
        found = self._rejected[kind]
        if kind in self._too_much and kind in self._before:
            found += self._callers.rejected(kind, NO_RESOURCE) - self._before[kind]
        return found

    def counts(self) -> list[CongestionCount]:
        """What is too much, and was, by the kinds of services that take calls."""
        return [
            CongestionCount(
                kind,
                self.resource(kind),
                self.settings.policy(kind),
                self._applied[kind],
                self._refused(kind),
            )
            for kind in self._kinds()
        ]

    def clear_counts(self) -> None:
        """Count anew how often there is too much to do, and the calls refused."""
        self._applied: Counter[str] = Counter()
        self._rejected: Counter[str] = Counter()
        self._before = {kind: self._callers.rejected(kind, NO_RESOURCE) for kind in self._too_much}

    # Calls

    def refusal(self, group: int) -> str:
        """Why calls of a group are refused now, by the name of the reason; empty when not."""
        kind = self._sessions.groups[group].kind.service
        policy = self.settings.policy(kind) if self.resource(kind) else NONE
        return NO_RESOURCE if policy in (REJECT, REDIRECT) else ""

    def drops(self, group: int) -> bool:
        """Whether calls of a group stay without an answer now."""
        kind = self._sessions.groups[group].kind.service
        return bool(self.resource(kind)) and self.settings.policy(kind) == DROP


def _percent(octets: Sequence[float]) -> float:
    return 100.0 * 8 * max(octets, default=0.0) / FAST_SPEED
