"""Commands about the rules of sessions of user planes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from staros_cli import messages
from staros_cli.chassis.user_plane import UserPlaneSession
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.commands.subscriber_filters import matching_rows
from staros_cli.commands.suspension import Steps
from staros_cli.rendering import user_plane as layouts
from staros_cli.rendering.values import Flow

_VIEWS: dict[str, Callable[[Iterable[UserPlaneSession]], Flow]] = {
    "far": layouts.fars,
    "pdr": layouts.pdrs,
    "qer": layouts.qers,
    "urr": layouts.urrs,
}


@handles("show_user_plane_rules")
def show_user_plane_rules(invocation: Invocation) -> Steps[Output]:
    """Show the rules that the packets of sessions go by."""
    rows = yield from matching_rows(invocation)
    if not rows:
        return [messages.NO_SUBSCRIBERS()]
    chassis, now = invocation.chassis, invocation.now
    sessions = (chassis.sessions.session(row, now) for row in chassis.sessions.while_there(rows))
    view = next(view for word, view in _VIEWS.items() if invocation.command.has(word))
    return view(map(chassis.user_planes.of, sessions))
