"""The variables of the system as a whole: its calls, their traffic, its licences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, partial

from staros_cli.chassis.bulk_variables.catalog import Kind, Variable
from staros_cli.chassis.calendar import days_of
from staros_cli.chassis.chassis import Chassis
from staros_cli.chassis.licence import SESSION_TYPES
from staros_cli.chassis.tasks import AAAMGR
from staros_cli.chassis.traffic import PACKET, mean_octets

_DURATIONS = (
    *("1min", "2min", "5min", "15min", "1hour", "4hour", "12hour", "24hour"),
    "over24hour",
)
"""Ends of names for the durations that are counted together; those between are chosen."""
_SETUP_TIMES = (
    *(f"{tenths}00ms" for tenths in range(1, 11)),
    *("2sec", "3sec", "4sec", "6sec", "8sec", "10sec", "12sec", "14sec", "16sec"),
)
"""The same for set-up times; those above are counted as `over16sec`."""


class SystemFigures:
    """The calls of a chassis, each figure computed once."""

    def __init__(self, chassis: Chassis) -> None:
        self._chassis = chassis
        self.history = chassis.callers.history
        self.total = self.history.total
        self.calls = len(chassis.sessions)
        self.uptime = int(chassis.now - chassis.booted_at)

    @property
    def connected(self) -> int:
        """Calls that were connected until now."""
        return self.history.connected(self._chassis.now)

    @property
    def arriving(self) -> int:
        """Calls that are being set up."""
        return sum(self.history.setting_up(self._chassis.now).values())

    @cached_property
    def durations(self) -> list[int]:
        """How many calls have lasted how long."""
        return self.history.durations(self._chassis.now)

    def setup_times(self, first: int, end: int) -> int:
        """How many calls took how long to be connected, some classes together."""
        return sum(self.history.setup_times()[first:end])

    @cached_property
    def octets(self) -> tuple[int, int]:
        """Octets from and to subscribers since the start."""
        up = down = 0.0
        for group, seconds in zip(self._chassis.sessions.groups, self.history.seconds, strict=True):
            octets = mean_octets(seconds.at(self._chassis.now), group.traffic)
            up, down = up + octets[0], down + octets[1]
        return int(up), int(down)

    @cached_property
    def requests(self) -> int:
        """Requests to authenticate since the managers began."""
        chassis = self._chassis
        instances = (task.instance for task in chassis.tasks.of(AAAMGR, standby=False))
        return sum(chassis.sessions.statistics.aaamgr(n).auth_requests for n in instances)

    def licensed(self, session_type: str) -> int:
        """How many sessions of a type are licensed."""
        return self._chassis.license.session_limit(session_type, self._chassis.now)


def _objects(chassis: Chassis) -> Iterable[SystemFigures]:
    chassis.callers.count_refusals()
    return (SystemFigures(chassis),)


def _class_of_duration(place: int, figures: SystemFigures) -> int:
    return figures.durations[place]


def _class_of_setup(first: int, end: int, figures: SystemFigures) -> int:
    return figures.setup_times(first, end)


def _licence(session_type: str, figures: SystemFigures) -> int:
    return figures.licensed(session_type)


def _classes() -> Iterator[tuple[str, Variable]]:
    for place, end in enumerate(_DURATIONS):
        value: Callable[[SystemFigures], object] = partial(_class_of_duration, place)
        yield f"sess-calldur-{end}", Variable(f"Current calls by duration: {end}", value)
    for place, end in enumerate(_SETUP_TIMES):
        value = partial(_class_of_setup, place, place + 1)
        yield f"sess-setuptime-{end}", Variable(f"Calls by set-up time: {end}", value)
    value = partial(_class_of_setup, len(_SETUP_TIMES), 1 << 10)
    yield "sess-setuptime-over16sec", Variable("Calls by set-up time: over 16sec", value)
    for session_type in SESSION_TYPES:
        value = partial(_licence, session_type)
        name = f"lic-{session_type.lower()}"
        yield name, Variable(f"Licensed sessions of type {session_type}", value)


SYSTEM = Kind(
    _objects,
    {
        "sess-ttlarrived": Variable("Calls that arrived", lambda s: s.total.arrived),
        "sess-ttlrejected": Variable("Calls that were rejected", lambda s: s.total.rejected),
        "sess-ttlconnected": Variable("Calls that were connected", lambda s: s.connected),
        "sess-ttlfailed": Variable("Calls that failed", lambda s: s.total.failed),
        "sess-ttldisconn": Variable("Calls that were disconnected", lambda s: s.total.disconnected),
        "sess-curttlcalls": Variable("Current calls", lambda s: s.calls),
        "sess-curactcall": Variable("Current active calls", lambda s: s.calls),
        "sess-curdormcall": Variable("Current dormant calls", lambda _: 0),
        "sess-curarrived": Variable("Current calls that are set up", lambda s: s.arriving),
        "sess-rxbytes": Variable("Octets from subscribers", lambda s: s.octets[0]),
        "sess-txbytes": Variable("Octets to subscribers", lambda s: s.octets[1]),
        "sess-rxpackets": Variable("Packets from subscribers", lambda s: s.octets[0] // PACKET),
        "sess-txpackets": Variable("Packets to subscribers", lambda s: s.octets[1] // PACKET),
        "aaa-ttlauthreq": Variable("Requests to authenticate", lambda s: s.requests),
        "uptimestr": Variable("Time since the start as text", lambda s: days_of(s.uptime)),
        **dict(_classes()),
    },
)
