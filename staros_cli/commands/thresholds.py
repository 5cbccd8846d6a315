"""Commands about thresholds."""

from __future__ import annotations

from staros_cli.chassis.thresholds.names import THRESHOLDS
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.rendering import thresholds as layouts


@handles("show_threshold")
def show_threshold(invocation: Invocation) -> Output:
    """Show which thresholds are set, and those that are looked at."""
    if invocation.command.has("default"):
        return layouts.defaults(list(THRESHOLDS.values()))
    thresholds = invocation.system.thresholds
    return layouts.thresholds(thresholds.settings, thresholds.active)
