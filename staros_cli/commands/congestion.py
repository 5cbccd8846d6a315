"""Commands about congestion."""

from __future__ import annotations

from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.rendering import congestion as layouts


@handles("show_congestion_configuration")
def show_congestion_configuration(invocation: Invocation) -> Output:
    """Show from when on something is done about congestion, and what."""
    return layouts.configuration(invocation.chassis.congestion.settings)
