"""The chassis as one of a pair: its states, and how it comes from one to another.

Nothing runs while nothing changes: what is to happen next is due on the timeline, and what is
periodic is computed when it is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from math import inf

from staros_cli.chassis.calls import Callers
from staros_cli.chassis.clock import Timeline
from staros_cli.chassis.events import EventStream
from staros_cli.chassis.licence import ICSR, LicenseSlot
from staros_cli.chassis.peers.registry import Peers
from staros_cli.chassis.peers.srp import SrpLink
from staros_cli.chassis.session_columns import MovedCall
from staros_cli.chassis.sessions import SessionTable
from staros_cli.chassis.srp.checkpoints import Checkpoints
from staros_cli.chassis.srp.handover import Handover
from staros_cli.chassis.srp.monitors import REASONS, Monitors, counts_from
from staros_cli.chassis.srp.notices import SrpNotices
from staros_cli.chassis.srp.partner import Partner, tiebreaker_of
from staros_cli.chassis.srp.records import SrpCounts, Switchover, Switchovers, end, lose
from staros_cli.chassis.srp.settings import Kind, Mode, SrpSettings
from staros_cli.chassis.srp.states import (
    FIRST_MODIFIERS,
    SERVING,
    Hello,
    Reason,
    State,
    after_switchover,
    wins,
)
from staros_cli.chassis.tasks import SESSMGR, TaskTable

CONVERGENCE = 2.0
"""Seconds until traffic arrives at a chassis that takes over (chosen)."""
FLUSH = 1.0
"""Seconds that pending checkpoints take before a chassis steps down (chosen)."""
_MANAGERS_WAIT = 60.0
"""Seconds that a chassis that takes over waits for its session managers at most (chosen)."""


class Machine:
    """The state of this chassis in the pair. `read` has what is configured of it.

    Without a complete configuration, or without a license, the protocol does not run, and the
    chassis serves as any other.
    """

    def __init__(
        self,
        timeline: Timeline,
        events: EventStream,
        peers: Peers,
        sessions: SessionTable,
        callers: Callers,
        tasks: TaskTable,
        license: LicenseSlot,
        changed: Callable[[], None],
    ) -> None:
        self._timeline = timeline
        self._peers = peers
        self._sessions = sessions
        self._callers = callers
        self._tasks = tasks
        self._license = license
        self.read: Callable[[], SrpSettings | None] = lambda: None
        self.tiebreaker = tiebreaker_of(license.serial)
        self.partner = Partner(license.serial)
        self.notices = SrpNotices(events, timeline)
        self.handover = Handover(timeline, sessions, callers, changed)
        self.checkpoints = Checkpoints(sessions, timeline)
        self.monitors = Monitors(peers)
        self.counts = SrpCounts()
        self.switchovers = Switchovers()
        self._knows_partner = False
        self._moved: Iterator[MovedCall] | None = None
        callers.tell(self.checkpoints.arrived)
        callers.tell_of_ends(self.checkpoints.ending)
        callers.leave_unanswered(self.drops)
        self.clear()

    def clear(self) -> None:
        """The system went down. The other chassis, and the calls that it has, outlive that."""
        self.handover.stop()
        self.notices.clear()
        self.checkpoints.clear()
        self.monitors.clear()
        self.counts.clear()
        self.switchovers.clear()
        self.settings: SrpSettings | None = None
        self.is_running = False
        self.state = State.INIT
        self.modifier = FIRST_MODIFIERS[Mode.BACKUP]
        self._started_at: float | None = None
        self._wakes_at = inf
        self._forget_runs()

    def _forget_runs(self) -> None:
        self.since = self.begun_at = self.active_since = self.connected_at = 0.0
        self._heard_at = self.compared_at = 0.0
        self._was_up = self._partner_gone = False
        self._was_away = self._is_taking = self._settles = self.is_out_of_sync = False
        self._record: Switchover | None = None

    # What it is about

    @property
    def now(self) -> float:
        """The time of the chassis, in seconds since 1970 UTC."""
        return self._timeline.now

    @property
    def link(self) -> SrpLink | None:
        """The connection to the other chassis."""
        return self._peers.srp_link

    @property
    def is_connected(self) -> bool:
        """Whether the connection stands."""
        return self.is_running and self._was_up

    def drops(self, group: int) -> bool:
        """Whether calls get no answer here: traffic does not come to a chassis that is standby."""
        return self.is_running and self.state is not State.ACTIVE

    def hello(self, settings: SrpSettings) -> Hello:
        """What this chassis says of itself."""
        return Hello(self.state, settings.mode, settings.priority, self.tiebreaker, self.modifier)

    # Beginning and ending

    def start(self, at: float, quiet: bool) -> None:
        """The system is up since a time; with `quiet` the pair has been so as well."""
        self._started_at = at
        self.notices.be_quiet(quiet)
        self.look()
        self.notices.be_quiet(False)
        if self._moved is not None and self.is_running:
            self.handover.begin_receiving(self._moved, self._synchronize)
        self._moved = None

    def settle(self) -> None:
        """All subscribers have called, as they had before: they did so at the active chassis."""
        if self._settles:
            self._settles = False
            self.notices.be_quiet(True)
            self.handover.give(lambda row: True, lambda calls: None)
            self._become_standby()
            self.notices.be_quiet(False)

    def system_stops(self) -> None:
        """The system goes down, with its calls: a standby chassis takes over those it knows."""
        link = self.link
        if link is None or not self.is_running or not link.is_there(self.now):
            self.handover.held.clear()
        elif self.is_connected and self.partner.state is State.STANDBY:
            young, now = self.checkpoints.young_seconds(), self.now
            calls = self._sessions.all_moved()
            self._moved = (
                call
                for call in calls
                if call.connected_at <= now and int(call.connected_at) not in young
            )
            self.partner.become(State.ACTIVE)
        self.clear()

    def look(self) -> None:
        """Look at the configuration, which may have changed."""
        if self._started_at is None:
            return
        settings = self.settings = self.read()
        licensed = self.is_running or self._license.allows(ICSR, self.now)
        if settings is None or not settings.is_complete or not licensed:
            self._stop()
            return
        self.checkpoints.configure(settings.checkpoint_after, settings.checkpoint_every)
        if not self.is_running:
            self._begin(settings)
        self.judge()

    def _begin(self, settings: SrpSettings) -> None:
        """The protocol runs from now on."""
        self.is_running = True
        self.state = State.INIT
        self.modifier = FIRST_MODIFIERS[settings.mode]
        quiet = self.notices.quiet and self._started_at is not None
        self.since = self._started_at if quiet and self._started_at is not None else self.now
        self.begun_at = self.since
        if not self._knows_partner:
            self._knows_partner = True
            self.partner.begin(settings)

    def _stop(self) -> None:
        """The protocol runs no more: the chassis serves alone, and has no calls of the other."""
        if self.is_running or len(self.handover.held):
            was_away = self._was_away or len(self.handover.held)
            self.handover.stop()
            self.checkpoints.clear()
            self.monitors.clear()
            self.notices.clear()
            if self._was_up:
                self.counts.connected(False)
            self.is_running = self._knows_partner = False
            self.state = State.INIT
            self._forget_runs()
            if was_away:
                self.handover.forget()
            self._callers.wake()

    # Judging

    def judge(self) -> None:
        """See what has changed around the chassis, and do what follows from that."""
        settings = self.settings
        if not self.is_running or settings is None or self.link is None:
            return
        self._note_link(settings)
        self._compare(settings)
        changed = self.monitors.look(settings.monitors, self.since)
        if changed:
            self.notices.monitored(settings, changed, self.monitors)
        {
            State.INIT: self._in_init,
            State.STANDBY: self._in_standby,
            State.PENDING_ACTIVE: self._in_pending_active,
            State.ACTIVE: self._in_active,
            State.PENDING_STANDBY: _wait_for_the_end,
        }[self.state](settings)

    def _again(self, at: float) -> None:
        """Judge again at a time, or before it: what is still to come then is found out anew."""
        if at < self._wakes_at:
            self._wakes_at = at
            self._timeline.at(at, partial(self._wake, at))

    def _wake(self, at: float) -> None:
        if at == self._wakes_at:
            self._wakes_at = inf
            self.judge()

    def _note_link(self, settings: SrpSettings) -> None:
        """Note that the connection was lost, or stands, and whether the other chassis is gone."""
        link, now = self.link, self.now
        if link is not None and not link.is_there(now):
            self._partner_gone = True
        up = link is not None and link.up
        if up is self._was_up:
            return
        self._was_up = up
        self.counts.connected(up)
        self.notices.connection(settings, up)
        if not up:
            self._heard_at = now if link is None else max(self.since, link.last_hello(now))
            self.checkpoints.stop_receiving()
            if self.state is State.ACTIVE:
                self.checkpoints.stop_sending()
            return
        self.connected_at = self.since if self.notices.quiet else now
        self.compared_at = self.connected_at
        self._note_comparison(settings)
        if self._partner_gone:
            self._partner_gone = False
            self.partner.begin(settings)
            if self.state in SERVING:
                self.partner.become(State.STANDBY, self.modifier + 1)
        self._synchronize()

    def _synchronize(self) -> None:
        """Bring the chassis that is standby up to date: all calls are sent to it."""
        self.checkpoints.stop_receiving()
        if self.is_connected and self.state is State.ACTIVE:
            self.checkpoints.stop_sending()
            instances = [task.instance for task in self._tasks.of(SESSMGR, standby=False)]
            self.checkpoints.begin_sending(instances)
        elif self.is_connected and self.state is State.STANDBY:
            self.checkpoints.begin_receiving(self.handover.held.by_sessmgr)

    # The states

    def _in_init(self, settings: SrpSettings) -> None:
        """Meet the other chassis, or go on without it when it is not heard for long enough."""
        if self._was_up:
            self._meet(settings)
            return
        alone_at = self.since + settings.delay + settings.dead
        if self.now < alone_at:
            self._again(alone_at)
        elif self._is_elsewhere():
            self._pend(settings, None)
        else:
            self.handover.held.clear()
            self._become_active()

    def _meet(self, settings: SrpSettings) -> None:
        other = self.partner.state
        first = wins(self.hello(settings), self.partner.hello(settings))
        if other in SERVING or (other is State.INIT and not first):
            self.partner.become(State.ACTIVE)
            if self.notices.quiet:
                # Its subscribers are still to call, which they did before the roles were as now.
                self.state, self._settles = State.ACTIVE, True
            elif len(self._sessions):
                self.state = State.PENDING_STANDBY
                self.handover.begin_giving(lambda row: True, lambda _: None, self._become_standby)
            else:
                self._become_standby()
        else:
            self._become_active()

    def _in_standby(self, settings: SrpSettings) -> None:
        """Take over when the other chassis is dead, or has forgotten what it was."""
        if self._was_up:
            if self.partner.state is State.INIT:
                self._pend(settings, Reason.NOT_DEFINED)
            return
        dead_at = self._heard_at + settings.dead
        if self.now >= dead_at:
            self._pend(settings, Reason.DEAD)
        else:
            self._again(dead_at)

    def _is_elsewhere(self) -> bool:
        """Whether traffic goes to the other chassis, whatever this one hears of it."""
        link = self.link
        is_there = link is not None and link.is_there(self.now)
        return is_there and self.partner.state is State.ACTIVE

    def _pend(self, settings: SrpSettings, reason: Reason | None) -> None:
        """Begin to take over."""
        self.state, self.since, self._is_taking = State.PENDING_ACTIVE, self.now, False
        self.checkpoints.stop_receiving()
        if reason is not None:
            self.counts.switchovers[reason] += 1
            self.notices.switchover(settings, self.modifier, reason)
            self._record = self.switchovers.begin(self.now, reason, len(self.handover.held))
        self._again(self.now + CONVERGENCE)

    def _in_pending_active(self, settings: SrpSettings) -> None:
        """Take the calls up once traffic comes here, which it never does while it goes elsewhere.

        With the other chassis heard again, and active, this one is standby as before.
        """
        if self._is_taking:
            return
        if self._is_elsewhere():
            if self._was_up:
                self._become_standby()
            return
        waited = self.now - self.since
        if waited < CONVERGENCE:
            self._again(self.since + CONVERGENCE)
        elif waited < _MANAGERS_WAIT and len(self.handover.held) and not self._any_manager():
            self._again(self.now + 1.0)
        else:
            self._is_taking = True
            self.handover.begin_taking(self._lose, self._become_active)

    def _any_manager(self) -> bool:
        return any(task.is_up(self.now) for task in self._tasks.of(SESSMGR, standby=False))

    def _in_active(self, settings: SrpSettings) -> None:
        """Hand over when what is monitored has failed, and a standby chassis is there."""
        if self._settles:
            return
        if not self._was_up or self.partner.state is not State.STANDBY:
            return
        for kind, since in self.monitors.failures():
            if kind in self.monitors.failed:
                continue
            at = counts_from(since, self.active_since, settings.damping.get(kind))
            if self.now < at:
                self._again(at)
                continue
            if kind is not Kind.BGP:
                self.monitors.note_failure(kind)
            self.step_down(settings, REASONS[kind])
            return

    def step_down(self, settings: SrpSettings, reason: Reason) -> None:
        """Begin to hand over to the standby chassis."""
        self.state, self.since = State.PENDING_STANDBY, self.now
        self.counts.switchovers[reason] += 1
        record = self.switchovers.begin(self.now, reason, len(self._sessions))
        self._record = record
        self._timeline.after(FLUSH, partial(self._flushed, settings, record))

    def _flushed(self, settings: SrpSettings, record: Switchover) -> None:
        """Pending checkpoints were sent: the calls go."""
        if self.state is State.PENDING_STANDBY and self._record is record:
            self.notices.switchover(settings, self.modifier, record.reason)
            self.handover.begin_giving(
                self.checkpoints.is_sent, self._never_sent, self._become_standby
            )

    # Becoming

    def _become_active(self) -> None:
        """Serve from now on."""
        settings = self.settings
        assert settings is not None
        self.state, self._is_taking = State.ACTIVE, False
        if not self.notices.quiet:
            self.since = self.now
        self.active_since = self.since
        self.modifier, other = after_switchover(self.modifier, settings.threshold)
        if self._was_up:
            self.partner.become(State.STANDBY, other)
        self.notices.state("SRPActive", settings, self.modifier)
        self._end_record()
        if self._was_away:
            self._was_away = False
            self.handover.forget()
        self._synchronize()
        self._callers.wake()
        self._again(self.now)

    def _become_standby(self) -> None:
        """Serve no more: the other chassis does."""
        settings = self.settings
        assert settings is not None
        self.checkpoints.stop_sending()
        self.state, self.since, self._was_away = State.STANDBY, self.now, True
        other = self.partner.hello(settings).route_modifier
        active, self.modifier = after_switchover(other, settings.threshold)
        self.partner.become(State.ACTIVE, active)
        self.notices.state("SRPStandby", settings, self.modifier)
        self._end_record()
        self._synchronize()
        self._again(self.now)

    def _end_record(self) -> None:
        if self._record is not None:
            end(self._record, self.now)
            self._record = None

    def _lose(self, calls: int) -> None:
        if self._record is not None:
            lose(self._record, calls, never_sent=False)

    def _never_sent(self, calls: int) -> None:
        if self._record is not None:
            lose(self._record, calls, never_sent=True)

    # Comparing the configurations

    def _compare(self, settings: SrpSettings) -> None:
        """Note the comparisons that were due until now."""
        if not self._was_up:
            return
        times = int((self.now - self.compared_at) // settings.compare_every)
        if times > 0:
            self.compared_at += times * settings.compare_every
            self._note_comparison(settings, times)
        if self.partner.differs is not self.is_out_of_sync:
            self._again(self.compared_at + settings.compare_every)

    def _note_comparison(self, settings: SrpSettings, times: int = 1) -> None:
        self.is_out_of_sync = self.partner.differs
        self.counts.compared(self.partner.differs, times)
        self.notices.compared(settings, self.partner.differs)


def _wait_for_the_end(settings: SrpSettings) -> None:
    """What a chassis does that steps down."""
