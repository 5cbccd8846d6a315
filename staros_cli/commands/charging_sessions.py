"""Commands about the calls whose traffic is charged for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from staros_cli.chassis.tasks import SESSMGR
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.commands.subscriber_filters import in_turns, matching_rows, rows_of
from staros_cli.commands.suspension import Steps
from staros_cli.rendering import charging_sessions as layouts
from staros_cli.rendering.charging_sessions import ChargedCall


@handles("show_charging_sessions")
def show_charging_sessions(invocation: Invocation) -> Steps[Output]:
    """Show the calls whose traffic is charged for."""
    command, chassis = invocation.command, invocation.chassis
    wanted = command.text("rulebase_name")
    chassis.charging.look()

    def is_charged(row: int) -> bool:
        rulebase = chassis.charging.rulebase_of(chassis.sessions.group_of(row))
        return bool(rulebase) and wanted in ("", rulebase)

    rows = yield from rows_of(invocation, (yield from matching_rows(invocation)), is_charged)
    if command.has("summary"):
        found = yield from in_turns(
            invocation, rows, lambda part: layouts.carried(_calls(invocation, part))
        )
        return layouts.summary(found)
    calls = _calls(invocation, chassis.sessions.while_there(rows))
    return layouts.full(calls) if command.has("full") else layouts.table(calls)


def _calls(invocation: Invocation, rows: Iterable[int]) -> Iterator[ChargedCall]:
    """Those of some calls with a rulebase that are connected."""
    chassis, now = invocation.chassis, invocation.now
    charging, sessions = chassis.charging, chassis.sessions
    running = {task.instance: task.cpu for task in chassis.tasks.of(SESSMGR, standby=False)}
    for row in rows:
        session = sessions.session(row, now)
        if session.is_connected(now):
            rulebase = charging.rulebase_of(sessions.group_of(row))
            uses = {share.match.use for share in charging.shares(rulebase)}
            cpu, controlled = running.get(session.sessmgr), bool(chassis.credit.group_of(row))
            yield ChargedCall(session, rulebase, uses, now, cpu, controlled)
