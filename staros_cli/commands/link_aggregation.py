"""Commands about ports that carry VLANs together."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.commands.engine import Invocation, Output, checks, handles
from staros_cli.commands.ports import place_of, row_of
from staros_cli.messages import Refused
from staros_cli.rendering import link_aggregation as layouts


@checks("link_aggregation_master")
def group_has_one_master(invocation: Invocation) -> None:
    """A group has one master. Raises Refused for a second."""
    place, number = place_of(invocation), invocation.command.number("group_number")
    for group in invocation.chassis.contexts.ports.groups:
        if group.number == number and group.master != place:
            master = f"{group.master[0]}/{group.master[1]}"
            raise Refused(messages.HAS_MASTER, group=number, master=master)


@checks("link_aggregation_member")
def member_carries_nothing(invocation: Invocation) -> None:
    """Interfaces are bound at the master of a group. Raises Refused for a port that has one."""
    place = place_of(invocation)
    port = invocation.chassis.contexts.ports.by_place.get(place)
    bound = [one.interface for one in port.vlans.values() if one.interface] if port else []
    if bound:
        raise Refused(messages.CARRIES_INTERFACE, port=f"{place[0]}/{place[1]}", name=bound[0])


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
