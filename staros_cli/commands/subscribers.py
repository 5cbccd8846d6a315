"""Commands about subscribers."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis.subscribers import Wildcard
from staros_cli.commands.engine import Call, handles
from staros_cli.rendering import subscribers as layouts


def matching_rows(call: Call) -> list[int]:
    """The sessions that the command asks for (SR-30)."""
    sessions, command = call.chassis.sessions, call.command
    if command.has("CALLID_WORD"):
        return sessions.with_callid(int(command.text("CALLID"), 16))
    if command.has("USERNAME_WORD"):
        return sessions.with_username(Wildcard(command.text("USERNAME")))
    if command.has("MSID_WORD") or command.has("IMSI_WORD"):
        return sessions.with_msid(Wildcard(command.text("MSID") or command.text("IMSI")))
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
