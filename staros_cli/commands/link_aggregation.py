"""Commands about ports that carry VLANs together."""

from __future__ import annotations

from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.commands.ports import row_of
from staros_cli.rendering import link_aggregation as layouts


@handles("show_link_aggregation")
def show_link_aggregation(invocation: Invocation) -> Output:
    """Show the ports that belong together."""
    wanted = invocation.command.number("group_number")
    ports = invocation.chassis.contexts.ports
    groups = [group for group in ports.groups if wanted in (0, group.number)]
    rows = [
        (group, row_of(invocation, *place)) for group in groups for place in sorted(group.places)
    ]
    if invocation.command.has("info"):
        return layouts.info(groups, rows)
    return layouts.table(rows)
