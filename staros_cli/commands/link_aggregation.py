"""Commands about ports that carry VLANs together."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis.port_traffic import WINDOWS
from staros_cli.chassis.ports import Group
from staros_cli.commands.engine import Invocation, Output, checks, handles
from staros_cli.commands.ports import place_of, row_of
from staros_cli.messages import Refused
from staros_cli.rendering import link_aggregation as layouts
from staros_cli.rendering.link_aggregation import Member
from staros_cli.rendering.ports import PortRow


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


def _groups(invocation: Invocation) -> list[Group]:
    """The groups, or the one that is named."""
    wanted = invocation.command.number("group_number")
    groups = invocation.chassis.contexts.ports.groups
    return [group for group in groups if wanted in (0, group.number)]


def _rows(invocation: Invocation, groups: list[Group]) -> list[tuple[Group, PortRow]]:
    """The ports of groups."""
    return [
        (group, row_of(invocation, *place)) for group in groups for place in sorted(group.places)
    ]


def _members(invocation: Invocation, groups: list[Group]) -> list[Member]:
    """The ports of groups, with what they agree on."""
    lacp = invocation.chassis.ports.lacp
    return [
        Member(group, row, lacp.state(group, row.at), lacp.exchanged(row.at))
        for group, row in _rows(invocation, groups)
    ]


@handles("show_link_aggregation")
def show_link_aggregation(invocation: Invocation) -> Output:
    """Show the ports that belong together."""
    groups = _groups(invocation)
    if invocation.command.has("info"):
        if not groups:
            return [messages.NO_LINK_GROUPS()]
        return layouts.info(groups, _members(invocation, groups))
    return layouts.table(_rows(invocation, groups))


@handles("show_link_aggregation_lacp")
def show_link_aggregation_lacp(invocation: Invocation) -> Output:
    """Show what the ports of groups and the switches behind them agree on."""
    groups = _groups(invocation)
    if not groups:
        return [messages.NO_LINK_GROUPS()]
    return layouts.lacp_info(groups, _members(invocation, groups))


@handles("show_link_aggregation_statistics")
def show_link_aggregation_statistics(invocation: Invocation) -> Output:
    """Show how often ports of groups have sent, and received."""
    return layouts.statistics(_members(invocation, _groups(invocation)))


@handles("show_link_aggregation_utilization")
def show_link_aggregation_utilization(invocation: Invocation) -> Output:
    """Show how many megabits a second groups and their ports carry."""
    traffic = invocation.chassis.port_traffic
    rates = [traffic.rates(window) for window in WINDOWS]
    groups = _groups(invocation)
    return layouts.utilization(groups, _rows(invocation, groups), rates)
