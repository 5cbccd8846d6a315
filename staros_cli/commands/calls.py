"""Commands about the states, the durations and the history of calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import partial
from math import isfinite

from staros_cli import messages
from staros_cli.chassis.call_history import Counts, Interval
from staros_cli.chassis.disconnect_reasons import REASONS
from staros_cli.chassis.session import Session
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.commands.subscriber_filters import groups_of, in_turns, matching_rows
from staros_cli.commands.suspension import Steps
from staros_cli.rendering import calls as layouts


@handles("show_session_progress")
def show_session_progress(invocation: Invocation) -> Steps[Output]:
    """Show in which states the calls are."""
    wanted = groups_of(invocation)
    if wanted is None:
        rows = yield from matching_rows(invocation)
        parts = yield from in_turns(invocation, rows, partial(_states_of_rows, invocation))
        states = sum(parts, Counter[str]())
    else:
        states = _states_of_groups(invocation, wanted)
    return layouts.progress(states.total(), states)


def _states_of_groups(invocation: Invocation, groups: Iterable[int]) -> Counter[str]:
    """How many calls of some groups are in which state."""
    sessions, history = invocation.chassis.sessions, invocation.chassis.callers.history
    setting_up = history.setting_up(invocation.now)
    states: Counter[str] = Counter()
    for index in groups:
        arrived, ended = sessions.by_group.totals(index)
        waiting = history.authenticating(index)
        states[layouts.ARRIVED] += setting_up[index]
        states[layouts.AUTHENTICATING] += waiting
        connected = arrived - ended - setting_up[index] - waiting
        states[layouts.state_of(sessions.groups[index].kind)] += connected
    return states


def _states_of_rows(invocation: Invocation, rows: list[int]) -> Counter[str]:
    """How many of some calls are in which state."""
    sessions, now = invocation.chassis.sessions, invocation.now
    return Counter(_state(sessions.session(row, now), now) for row in rows)


def _state(session: Session, now: float) -> str:
    if session.is_connected(now):
        return layouts.state_of(session.kind)
    return layouts.ARRIVED if isfinite(session.connected_at) else layouts.AUTHENTICATING


@handles("show_disconnect_reasons")
def show_disconnect_reasons(invocation: Invocation) -> Output:
    """Show why calls ended."""
    history = invocation.chassis.callers.history
    if invocation.command.has("buckets"):
        return layouts.reason_buckets(history.buckets(invocation.now))
    counts = history.reasons
    known = [*REASONS, *(reason for reason in counts if reason not in REASONS)]
    if invocation.command.has("verbose"):
        return layouts.all_reasons([(name, counts[name]) for name in known])
    return layouts.reasons([(name, counts[name]) for name in known if counts[name]])


def _groups(invocation: Invocation) -> list[int]:
    """The groups of subscribers whose calls a command asks for."""
    command = invocation.command
    qci = command.number("qci") if command.has_value("qci") else None
    kind = command.words[4] if command.has("call-type") else ""
    return [
        index
        for index, group in enumerate(invocation.chassis.sessions.groups)
        if qci in (None, group.qci) and kind in ("", group.kind.service)
    ]


@handles("show_session_duration")
def show_session_duration(invocation: Invocation) -> Output:
    """Show how long the calls have lasted that are there now."""
    history, groups = invocation.chassis.callers.history, _groups(invocation)
    return layouts.durations(history.durations(invocation.now, groups))


@handles("show_session_setuptime")
def show_session_setuptime(invocation: Invocation) -> Output:
    """Show how long it took to connect calls."""
    groups = _groups(invocation)
    return layouts.setup_times(invocation.chassis.callers.history.setup_times(groups))


@handles("show_session_counters")
def show_session_counters(invocation: Invocation) -> Output:
    """Show the counts of calls by intervals."""
    chassis, command = invocation.chassis, invocation.command
    chassis.callers.count_refusals()
    found = list(chassis.callers.history.intervals(chassis.booted_at, invocation.now))
    if command.has("recent-only") or command.has("recent-interval"):
        found = found[:1]
    if command.has("cumulative"):
        found = _added_up(found)
    counted = command.words[4]
    return layouts.intervals(found) if counted == "all" else layouts.interval_of(found, counted)


def _added_up(found: list[Interval]) -> list[Interval]:
    """Intervals with the counts of those before added."""
    total, added = Counts(), []
    for interval in reversed(found):
        counts = interval.counts
        total = Counts(
            total.arrived + counts.arrived,
            total.rejected + counts.rejected,
            total.connected + counts.connected,
            total.disconnected + counts.disconnected,
            total.failed + counts.failed,
        )
        added.append(Interval(interval.began_at, total))
    return added[::-1]


@handles("clear_disconnect_reasons")
def clear_disconnect_reasons(invocation: Invocation) -> None:
    """Count the reasons for which calls end anew."""
    invocation.chassis.callers.history.clear_reasons()


@handles("clear_session_setuptime")
def clear_session_setuptime(invocation: Invocation) -> None:
    """Count set-up times anew."""
    invocation.chassis.callers.history.clear_setup_times()


@handles("clear_session_counters")
def clear_session_counters(invocation: Invocation) -> None:
    """Count the calls of intervals anew."""
    invocation.chassis.callers.history.clear_intervals(invocation.now)


@handles("show_pcf_summary")
def show_pcf_summary(invocation: Invocation) -> list[str]:
    """Say that there are no packet control functions: no call comes through one here."""
    return [messages.NO_PCF()]


@handles("test_calls")
def test_calls(invocation: Invocation) -> None:
    """Let subscribers call more or less often, or as the chassis is defined."""
    command, callers = invocation.command, invocation.chassis.callers
    if command.has("rate"):
        callers.demand.attach_rate = float(command.number("rate"))
    elif command.has("churn"):
        callers.demand.churn = float(command.number("churn"))
    elif command.has("share"):
        callers.demand.share = command.number("percent") / 100
    else:
        callers.demand.restore()
    callers.demand_changed()
