"""Commands about credit control."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis.credit.counts import Statistics, Tally
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.messages import Refused
from staros_cli.rendering import credit_control as layouts


@handles("show_credit_control_statistics")
def show_credit_control_statistics(invocation: Invocation) -> Output:
    """Show what was asked of servers of credit control."""
    credit, command = invocation.chassis.credit, invocation.command
    group, server = command.text("cc_group_name"), command.text("server_name")
    found = credit.statistics(group, server)
    if group and not found:
        raise Refused(messages.NO_CREDIT_CONTROL_GROUP, name=group)
    if server and server not in credit.servers:
        raise Refused(messages.NO_CREDIT_CONTROL_SERVER, name=server)
    if not (group or server):
        found.append(Statistics(layouts.NOT_CORRELATED, Tally()))
    return layouts.statistics(found)


@handles("clear_credit_control_statistics")
def clear_credit_control_statistics(invocation: Invocation) -> None:
    """Count what is asked of servers of credit control from zero."""
    invocation.chassis.credit.clear_statistics()
