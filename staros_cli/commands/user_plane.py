"""Commands about the rules of sessions of user planes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from staros_cli import messages
from staros_cli.chassis.user_plane import UserPlaneSession
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.commands.subscriber_filters import matching_rows
from staros_cli.rendering import user_plane as layouts
from staros_cli.rendering.values import Screen

_VIEWS: dict[str, Callable[[Iterable[UserPlaneSession]], Screen]] = {
    "far": layouts.fars,
    "pdr": layouts.pdrs,
    "qer": layouts.qers,
    "urr": layouts.urrs,
}


@handles("show_user_plane_rules")
def show_user_plane_rules(invocation: Invocation) -> Output:
    """Show the rules that the packets of sessions go by."""
    rows = matching_rows(invocation)
    if not rows:
        return [messages.NO_SUBSCRIBERS()]
    chassis = invocation.chassis
    sessions = (chassis.sessions.session(row, invocation.now) for row in rows)
    view = next(view for word, view in _VIEWS.items() if invocation.command.has(word))
    return view(map(chassis.user_planes.of, sessions))
