"""Commands about subscribers."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from itertools import chain

from staros_cli import messages
from staros_cli.chassis.data_rates import DataRates, data_rates, extremes
from staros_cli.chassis.disconnect_reasons import ADMIN
from staros_cli.chassis.tasks import SESSMGR
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.commands.subscriber_filters import in_turns, is_filtered, matching_rows
from staros_cli.commands.suspension import Steps
from staros_cli.rendering import subscribers as layouts
from staros_cli.rendering.values import Flow, Shown, blocks


@handles("show_subscribers")
def show_subscribers(invocation: Invocation) -> Steps[Output]:
    """Show subscribers, one a line."""
    rows = yield from matching_rows(invocation)
    if not rows:
        return [messages.NO_SUBSCRIBERS()]
    sessions, now = invocation.chassis.sessions, invocation.now
    return layouts.table((sessions.session(row, now) for row in sessions.while_there(rows)), now)


@handles("show_subscribers_summary")
def show_subscribers_summary(invocation: Invocation) -> Steps[Output]:
    """Count the subscribers."""
    rows = (yield from matching_rows(invocation)) if is_filtered(invocation) else None
    if rows == []:
        return [messages.NO_SUBSCRIBERS()]
    counts = invocation.chassis.sessions.count_kinds(rows, invocation.now)
    only = next(filter(invocation.command.has, layouts.OF_MOBILITY), "")
    return layouts.mobility_summary(counts, only) if only else layouts.summary(counts)


@handles("show_subscribers_debug_info")
def show_subscribers_debug_info(invocation: Invocation) -> Steps[Output]:
    """Show call lines (SR-28, SR-29)."""
    chassis, now = invocation.chassis, invocation.now
    rows = yield from matching_rows(invocation)
    if not rows:
        return [messages.NO_SUBSCRIBERS()]

    def record(row: int) -> Shown:
        session = chassis.sessions.session(row, now)
        task = chassis.tasks.get(SESSMGR, session.sessmgr)
        lines = chassis.sessions.lines(row, now)
        counted = chassis.sessions.counters(row, now)
        return layouts.debug_info(session, task.cpu if task else None, lines, counted)

    return Flow(map(record, chassis.sessions.while_there(rows)), blocks)


@handles("show_subscribers_data_rate")
def show_subscribers_data_rate(invocation: Invocation) -> Steps[Output]:
    """Show the data rates of subscribers together."""
    sessions, now = invocation.chassis.sessions, invocation.now
    rows = yield from matching_rows(invocation)
    found = yield from in_turns(invocation, rows, lambda part: data_rates(sessions, part, now))
    return layouts.data_rate(reduce(DataRates.and_, found, data_rates(sessions, (), now)))


@handles("show_subscribers_data_rates")
def show_subscribers_data_rates(invocation: Invocation) -> Steps[Output]:
    """Show the subscribers with the highest or the lowest data rates."""
    sessions, now = invocation.chassis.sessions, invocation.now
    highest = invocation.command.has("high")

    def furthest(part: Iterable[int]) -> list[int]:
        return extremes(sessions, part, now, highest=highest)

    rows = yield from matching_rows(invocation)
    found = yield from in_turns(invocation, rows, furthest)
    rows = furthest(sessions.while_there(chain.from_iterable(found)))
    if not rows:
        return [messages.NO_SUBSCRIBERS()]
    return layouts.data_rates([sessions.session(row, now) for row in rows])


@handles("clear_subscribers")
def clear_subscribers(invocation: Invocation) -> Steps[list[str]]:
    """End sessions."""
    chassis = invocation.chassis
    rows = yield from matching_rows(invocation)
    if not rows:
        return [messages.NO_SUBSCRIBERS()]
    if (yield from invocation.confirm()):
        rows = yield from matching_rows(invocation)  # calls came and went meanwhile

    def end(part: list[int]) -> int:
        for row in part:
            chassis.callers.end(row, ADMIN)
        chassis.calls_changed()
        return len(part)

    ended = yield from in_turns(invocation, rows, end)
    chassis.callers.wake()
    return [messages.SUBSCRIBERS_CLEARED(count=sum(ended))]
