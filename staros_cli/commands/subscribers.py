"""Commands about subscribers."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis.subscribers import Wildcard
from staros_cli.commands.engine import Call, handles
from staros_cli.rendering import subscribers as layouts


def matching_rows(call: Call) -> list[int]:
    """The sessions that the command asks for (SR-30)."""
    sessions, command = call.chassis.sessions, call.command
    if command.has("callid"):
        return sessions.with_callid(int(command.text("call_id"), 16))
    if command.has("username"):
        return sessions.with_username(Wildcard(command.text("user_name")))
    if command.has("msid") or command.has("imsi"):
        return sessions.with_msid(Wildcard(command.text("ms_id") or command.text("imsi_id")))
    return list(sessions.rows())


@handles("show_subscribers")
def show_subscribers(call: Call) -> list[str]:
    """Show subscribers, one a line."""
    rows = matching_rows(call)
    if not rows:
        return [messages.NO_SUBSCRIBERS()]
    sessions = call.chassis.sessions
    return layouts.table([sessions.session(row, call.now) for row in rows], call.now)


@handles("show_subscribers_summary")
def show_subscribers_summary(call: Call) -> list[str]:
    """Count the subscribers."""
    return layouts.summary(call.chassis.sessions, call.now)
