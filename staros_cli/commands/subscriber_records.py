"""Commands that show all that is known of subscribers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from staros_cli import messages
from staros_cli.chassis.tasks import SESSMGR
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.commands.subscriber_filters import matching_rows
from staros_cli.commands.suspension import Steps
from staros_cli.rendering import subscriber_records as layouts
from staros_cli.rendering import user_plane


@handles("show_subscribers_full")
def show_subscribers_full(invocation: Invocation) -> Steps[Output]:
    """Show records of subscribers, and what a failure would take (SR-06, SR-08 to SR-10)."""
    rows = yield from matching_rows(invocation)
    if not rows:
        return [messages.NO_SUBSCRIBERS()]
    calls = _calls(invocation, rows)
    if invocation.command.words[2] == "saegw-only":
        return layouts.saegw_full(calls)
    if invocation.command.words[2] == "user-plane-only":
        of = invocation.chassis.user_planes.of
        return user_plane.full((call, of(call.session)) for call in calls)
    return layouts.full(calls)


@handles("show_subscribers_counters")
def show_subscribers_counters(invocation: Invocation) -> Steps[Output]:
    """Show what subscribers have sent and received."""
    rows = yield from matching_rows(invocation)
    return layouts.counters(_calls(invocation, rows)) if rows else [messages.NO_SUBSCRIBERS()]


@handles("show_subscribers_aaa")
def show_subscribers_aaa(invocation: Invocation) -> Steps[Output]:
    """Show by which servers subscribers are authenticated, accounted for and authorized."""
    rows = yield from matching_rows(invocation)
    chassis = invocation.chassis
    if not rows:
        return [messages.NO_SUBSCRIBERS()]
    chassis.peers.look()
    sessions, now, use = chassis.sessions, invocation.now, chassis.peers.use
    there = sessions.while_there(rows)
    found = ((sessions.session(row, now), use(sessions.group_of(row))) for row in there)
    return layouts.aaa_configuration(found, now)


@handles("show_access_flows")
def show_access_flows(invocation: Invocation) -> Output:
    """Say that no subscriber has flows in the access network: none are modelled."""
    return [messages.NO_SUBSCRIBERS()]


def _calls(invocation: Invocation, rows: list[int]) -> Iterator[layouts.Call]:
    """The calls of some rows; what many of them share is looked up once."""
    chassis, sessions, now = invocation.chassis, invocation.chassis.sessions, invocation.now
    running = {task.instance: task.cpu for task in chassis.tasks.of(SESSMGR, False)}
    not_covered = cache(chassis.not_covered)
    chassis.charging.look()
    for row in sessions.while_there(rows):
        session, group = sessions.session(row, now), sessions.group_of(row)
        cpu, rulebase = running.get(session.sessmgr), chassis.charging.rulebase_of(group)
        yield layouts.Call(session, now, cpu, not_covered(group), rulebase)
