"""Commands about subscribers."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis.data_rates import data_rates, extremes
from staros_cli.chassis.disconnect_reasons import ADMIN
from staros_cli.chassis.tasks import SESSMGR
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.commands.subscriber_filters import is_filtered, matching_rows
from staros_cli.commands.suspension import Steps
from staros_cli.rendering import subscribers as layouts
from staros_cli.rendering.values import Shown, blocks


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
    rows = matching_rows(invocation) if is_filtered(invocation) else None
    if rows == []:
        return [messages.NO_SUBSCRIBERS()]
    return layouts.summary(invocation.chassis.sessions.count_kinds(rows, invocation.now))


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


@handles("show_subscribers_data_rate")
def show_subscribers_data_rate(invocation: Invocation) -> Output:
    """Show the data rates of subscribers together."""
    chassis = invocation.chassis
    return layouts.data_rate(
        data_rates(chassis.sessions, matching_rows(invocation), invocation.now)
    )


@handles("show_subscribers_data_rates")
def show_subscribers_data_rates(invocation: Invocation) -> Output:
    """Show the subscribers with the highest or the lowest data rates."""
    sessions, now = invocation.chassis.sessions, invocation.now
    highest = invocation.command.has("high")
    rows = extremes(sessions, matching_rows(invocation), now, highest=highest)
    if not rows:
        return [messages.NO_SUBSCRIBERS()]
    return layouts.data_rates([sessions.session(row, now) for row in rows])


@handles("clear_subscribers")
def clear_subscribers(invocation: Invocation) -> Steps[list[str]]:
    """End sessions."""
    rows = matching_rows(invocation)
    if not rows:
        return [messages.NO_SUBSCRIBERS()]
    if (yield from invocation.confirm()):
        rows = matching_rows(invocation)  # calls came and went while the question stood
    for row in rows:
        invocation.chassis.callers.end(row, ADMIN)
    invocation.chassis.calls_changed()
    invocation.chassis.callers.wake()
    return [messages.SUBSCRIBERS_CLEARED(count=len(rows))]
