"""Commands about subscribers."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis.data_rates import data_rates
from staros_cli.chassis.subscribers import Wildcard
from staros_cli.chassis.tasks import SESSMGR
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.commands.suspension import Steps
from staros_cli.rendering import subscribers as layouts
from staros_cli.rendering.values import Shown, blocks


def matching_rows(invocation: Invocation) -> list[int]:
    """The sessions that the command asks for (SR-30)."""
    sessions, command = invocation.chassis.sessions, invocation.command
    if command.has("callid"):
        return sessions.with_callid(int(command.text("call_id"), 16))
    if command.has("username"):
        return sessions.with_username(Wildcard(command.text("user_name")))
    if command.has("msid") or command.has("imsi"):
        return sessions.with_msid(Wildcard(command.text("ms_id") or command.text("imsi_id")))
    return list(sessions.rows())


@handles("show_subscribers")
def show_subscribers(invocation: Invocation) -> Output:
    """Show subscribers, one a line."""
    rows = matching_rows(invocation)
    if not rows:
        return [messages.NO_SUBSCRIBERS()]
    sessions = invocation.chassis.sessions
    return layouts.table([sessions.session(row, invocation.now) for row in rows], invocation.now)


@handles("show_subscribers_summary")
def show_subscribers_summary(invocation: Invocation) -> Output:
    """Count the subscribers."""
    return layouts.summary(invocation.chassis.sessions, invocation.now)


@handles("show_subscribers_debug_info")
def show_subscribers_debug_info(invocation: Invocation) -> Output:
    """Show call lines (SR-28, SR-29)."""
    chassis, now = invocation.chassis, invocation.now
    found: list[Shown] = []
    for row in matching_rows(invocation):
        session = chassis.sessions.session(row, now)
        task = chassis.tasks.get(SESSMGR, session.sessmgr)
        lines = chassis.sessions.lines(row, now)
        counted = chassis.sessions.counters(row, now)
        found.append(layouts.debug_info(session, task.cpu if task else None, lines, counted))
    return blocks(found) if found else [messages.NO_SUBSCRIBERS()]


@handles("show_subscribers_full")
def show_subscribers_full(invocation: Invocation) -> Output:
    """Show timers and accounting, and what a failure would take (SR-06, SR-08 to SR-10)."""
    chassis, now = invocation.chassis, invocation.now
    found: list[Shown] = []
    for row in matching_rows(invocation):
        session = chassis.sessions.session(row, now)
        group = chassis.sessions.group_of(row)
        found.append(layouts.full(session, now, chassis.not_covered(group)))
    return blocks(found) if found else [messages.NO_SUBSCRIBERS()]


@handles("show_subscribers_data_rate")
def show_subscribers_data_rate(invocation: Invocation) -> Output:
    """Show the data rates of subscribers together."""
    chassis = invocation.chassis
    return layouts.data_rate(
        data_rates(chassis.sessions, matching_rows(invocation), invocation.now)
    )


@handles("clear_subscribers")
def clear_subscribers(invocation: Invocation) -> Steps[list[str]]:
    """End sessions."""
    rows = matching_rows(invocation)
    if not rows:
        return [messages.NO_SUBSCRIBERS()]
    yield from invocation.confirm()
    for row in rows:
        invocation.chassis.callers.end(row)
    invocation.chassis.calls_changed()
    invocation.chassis.callers.wake()
    return [messages.SUBSCRIBERS_CLEARED(count=len(rows))]
