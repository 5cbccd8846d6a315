"""Commands about the log: events that a session shows when they happen, and what is set."""

from __future__ import annotations

from staros_cli.chassis.event_kinds import LEVELS
from staros_cli.chassis.events import Event
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.configuration.reading import Part
from staros_cli.rendering import logging as layouts
from staros_cli.rendering.evidence import logs

ALL = "all"
DEFAULT_LEVEL = "error"
"""The level of events that are shown when they happen, unless a filter says otherwise."""
MOST_LINES = 500
"""How many lines wait for a session that does not show them; later ones are dropped."""


@handles("live_log")
def live_log(invocation: Invocation) -> None:
    """Show events in this session when they happen."""
    user = invocation.state.user
    if user.live_log is not None:
        return

    def read(event: Event) -> None:
        level = user.log_levels.get(event.facility, user.log_levels.get(ALL, DEFAULT_LEVEL))
        shown = LEVELS.index(event.level) <= LEVELS.index(level)
        if shown and len(user.inbox) < MOST_LINES:
            for line in logs([event]):
                user.tell(line)

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


@handles("show_logging")
def show_logging(invocation: Invocation) -> Output:
    """Show which events are recorded, and the servers that they are sent to."""
    users = [user for user in invocation.system.administrators if user.live_log is not None]
    if invocation.command.has("active"):
        return layouts.live(users)
    root = Part(invocation.system.running)
    filters = [(words[0], words[2]) for words in root.lines("logging filter runtime facility")]
    servers = [
        words for context in root.within("context") for words in context.lines("logging syslog")
    ]
    return layouts.settings(filters, servers, len(users))
