"""Commands about subscribers."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis.subscribers import Wildcard
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.rendering import subscribers as layouts


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
