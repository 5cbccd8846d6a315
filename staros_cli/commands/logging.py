"""Commands about the log: events that a session shows when they happen, and what is set."""

from __future__ import annotations

from math import inf

from staros_cli import messages
from staros_cli.chassis.administrators import Administrator
from staros_cli.chassis.call_logs import log_of
from staros_cli.chassis.call_traces import MOST_CALLS
from staros_cli.chassis.event_kind import LEVELS
from staros_cli.chassis.events import Event
from staros_cli.chassis.tasks import SESSMGR
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.commands.watched_calls import rows, wanted
from staros_cli.configuration.reading import Part
from staros_cli.messages import Refused
from staros_cli.rendering import logging as layouts
from staros_cli.rendering.evidence import logs

ALL = "all"
DEFAULT_LEVEL = "error"
"""The level of events that are shown when they happen, unless a filter says otherwise."""
MOST_WATCHED = 10
"""How many subscribers a session can watch (chosen)."""
MOST_LINES = 500
"""How many lines wait for a session that does not show them; later ones are dropped."""
MOST_LATE = 600.0
"""Seconds of which a session is told step by step when the clock has jumped (chosen)."""


@handles("live_log")
def live_log(invocation: Invocation) -> None:
    """Show events in this session when they happen."""
    user = invocation.state.user
    if user.live_log is not None:
        return

    def read(event: Event) -> None:
        level = user.log_levels.get(event.facility, user.log_levels.get(ALL, DEFAULT_LEVEL))
        if LEVELS.index(event.level) <= LEVELS.index(level):
            _tell(user, event)

    user.begin_live_log(invocation.chassis.events.subscribe(read))


@handles("no_live_log")
def no_live_log(invocation: Invocation) -> None:
    """Show events in this session no more."""
    invocation.state.user.end_live_log()


@handles("live_log_filter")
def live_log_filter(invocation: Invocation) -> None:
    """Set which events this session shows when they happen."""
    command = invocation.command
    facility = command.text("logging_facility") or ALL
    invocation.state.user.filter_log(facility, command.words[-1])


class _Watcher:
    """Tells a user what happens to calls, as lines of the log, until it is ended."""

    def __init__(self, invocation: Invocation, subscriber: str) -> None:
        self._user = invocation.state.user
        self._subscriber = subscriber
        self._chassis = invocation.chassis
        self._due = inf
        self._trace = self._chassis.call_traces.begin(wanted(invocation), self._look)
        self._trace.several = True
        for row in rows(invocation)[:MOST_CALLS]:
            self._trace.begin_with(row)
        self._look()

    def end(self) -> None:
        """Tell no more."""
        self._trace.end()

    def _look(self) -> None:
        if self._trace.is_over:
            if self._subscriber in self._user.watched:
                self._user.end_watching(self._subscriber)
            return
        for event in self._trace.read():
            writer = self._chassis.tasks.writer(SESSMGR, event.session.sessmgr)
            _tell(self._user, log_of(event, writer))
        timeline = self._chassis.timeline
        time = max(self._trace.next_time, timeline.clock.now() - MOST_LATE)
        if time < self._due:
            self._due = time
            timeline.at(time, self._look_again)

    def _look_again(self) -> None:
        self._due = inf
        self._look()


def _tell(user: Administrator, event: Event) -> None:
    """Show an event in a session, unless too many wait there already."""
    if len(user.inbox) < MOST_LINES:
        for line in logs([event]):
            user.tell(line)


@handles("watch_calls")
def watch_calls(invocation: Invocation) -> None:
    """Show in this session what happens to the calls of a subscriber."""
    watched, subscriber = invocation.state.user.watched, _subscriber(invocation)
    if subscriber in watched:
        return
    if len(watched) >= MOST_WATCHED:
        raise Refused(messages.TOO_MANY_WATCHED, most=MOST_WATCHED)
    watcher = _Watcher(invocation, subscriber)
    invocation.state.user.begin_watching(subscriber, watcher.end)


def _subscriber(invocation: Invocation) -> str:
    """The words that name a subscriber."""
    return " ".join(invocation.command.words[-2:])


@handles("no_watch_calls")
def no_watch_calls(invocation: Invocation) -> None:
    """Show in this session no more what happens to the calls of a subscriber, or of all."""
    user = invocation.state.user
    subscriber = _subscriber(invocation) if invocation.command.every else ""
    if subscriber and subscriber not in user.watched:
        raise Refused(messages.NOT_WATCHED, subscriber=subscriber)
    user.end_watching(subscriber)


@handles("show_logging")
def show_logging(invocation: Invocation) -> Output:
    """Show which events are recorded, and the servers that they are sent to."""
    users = [
        user
        for user in invocation.system.administrators
        if user.live_log is not None or user.watched
    ]
    if invocation.command.has("active"):
        return layouts.live(users)
    root = Part(invocation.system.running)
    filters = [(words[0], words[2]) for words in root.lines("logging filter runtime facility")]
    servers = [
        words for context in root.within("context") for words in context.lines("logging syslog")
    ]
    return layouts.settings(filters, servers, len(users))
