"""Commands about Session Recovery and the records of the Recovery Control Task."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis.recovery import Effect
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.rendering import recovery as layouts
from staros_cli.rendering.values import screen


@handles("show_rct_stats")
def show_rct_stats(invocation: Invocation) -> Output:
    """Show what the Recovery Control Task did (SR-31 to SR-35)."""
    stats = invocation.chassis.rct
    if invocation.command.has("verbose"):
        return layouts.rct_verbose(stats.records, stats.summary())
    return layouts.rct_stats(stats.records, stats.summary())


@handles("clear_rct_stats")
def clear_rct_stats(invocation: Invocation) -> None:
    """Remove the records of the Recovery Control Task."""
    invocation.chassis.rct.clear()


@handles("require_session_recovery")
def require_session_recovery(invocation: Invocation) -> list[str] | None:
    """Enable the feature; in service with the next reload (SR-13 to SR-17)."""
    return _told(invocation.chassis.require_session_recovery())


@handles("no_require_session_recovery")
def no_require_session_recovery(invocation: Invocation) -> list[str] | None:
    """Disable the feature; in service with the next reload (SR-23)."""
    return _told(invocation.chassis.no_require_session_recovery())


def _told(effect: Effect) -> list[str] | None:
    late = effect is Effect.AFTER_RELOAD
    return messages.NEEDS_RELOAD().split("\n") if late else None


@handles("show_session_recovery_status")
def show_session_recovery_status(invocation: Invocation) -> Output:
    """Show the status of the feature (SR-25 to SR-27)."""
    status = layouts.status(invocation.chassis.recovery.status, invocation.now)
    rows = invocation.chassis.recovery_rows()
    if invocation.command.has("verbose") and rows:
        return screen(status, layouts.cpu_table(rows))
    return status
