"""The traps about the Service Redundancy Protocol."""

from __future__ import annotations

from staros_cli.chassis.clock import Timeline
from staros_cli.chassis.events import EventStream
from staros_cli.chassis.srp.monitors import DOWN, UP, Monitor, Monitors
from staros_cli.chassis.srp.settings import Kind, SrpSettings
from staros_cli.chassis.srp.states import Reason

ALARMS = ("SRPConnDown", "SRPAAAUnreachable", "SRPConfigOutOfSync")
PORT_OF_BGP = 179


class SrpNotices:
    """Tells of what happens to a chassis of a pair. What is so from the beginning is `quiet`."""

    def __init__(self, events: EventStream, timeline: Timeline) -> None:
        self._events = events
        self._timeline = timeline
        self.clear()

    def clear(self) -> None:
        """The protocol runs no more: no alarm is about it."""
        self.quiet = False
        self._connection_lost = self._unreachable = self._differs = False
        for name in ALARMS:
            self._events.end_alarm(name)

    def be_quiet(self, quiet: bool) -> None:
        """Tell of nothing while what is so from the beginning is found out."""
        self.quiet = quiet

    def _add(self, name: str, settings: SrpSettings, **values: object) -> None:
        if not self.quiet:
            own = {"context": settings.context, "own": settings.local}
            self._events.add(self._timeline.now, name, **own, **values)

    def state(self, name: str, settings: SrpSettings, modifier: int) -> None:
        """The chassis is active now, or standby."""
        self._add(name, settings, modifier=modifier)

    def initiated(self, settings: SrpSettings) -> None:
        """An operator lets the chassis hand over."""
        self._add("SRPSwitchoverInitiated", settings)

    def switchover(self, settings: SrpSettings, modifier: int, reason: Reason) -> None:
        """The roles of the two change."""
        self._add("SRPSwitchoverOccured", settings, modifier=modifier, reason=reason.text)

    def connection(self, settings: SrpSettings, up: bool) -> None:
        """The connection to the other chassis was lost, or stands again."""
        if up and self._connection_lost:
            self._add("SRPConnUp", settings)
        elif not up:
            self._add("SRPConnDown", settings)
        self._connection_lost = not up

    def compared(self, settings: SrpSettings, differs: bool) -> None:
        """The configurations were compared."""
        if differs is not self._differs:
            self._add("SRPConfigOutOfSync" if differs else "SRPConfigInSync", settings)
        self._differs = differs

    def monitored(self, settings: SrpSettings, changed: list[Monitor], monitors: Monitors) -> None:
        """Monitored peers have other states than before."""
        for one in changed:
            if one.settings.kind is Kind.BGP and one.state in (UP, DOWN):
                name = f"BGPPeer{'R' if one.state == UP else 'Unr'}eachable"
                self._add(name, settings, port=PORT_OF_BGP, peer=one.settings.address)
        unreachable = monitors.none_is_up(Kind.PROBE)
        if unreachable is not self._unreachable:
            name = f"SRPAAA{'Unr' if unreachable else 'R'}eachable"
            self._add(name, settings, port=monitors.of(Kind.PROBE)[0].settings.port)
        self._unreachable = unreachable
