"""Commands about access lists."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.messages import Refused
from staros_cli.rendering import access_lists as layouts


@handles("show_access_list")
def show_access_list(invocation: Invocation) -> Output:
    """Show the access lists of the context of the prompt."""
    command, context = invocation.command, invocation.state.context
    version = 6 if command.has("ipv6") else 4
    lists = invocation.chassis.routing.configuration(context).access_lists.lists
    wanted = command.text("access_list_name")
    found = [
        (name, rules)
        for (of, name), rules in lists.items()
        if of == version and wanted in ("", name)
    ]
    if wanted and not found:
        raise Refused(messages.NO_ACCESS_LIST, name=wanted, context=context)
    return layouts.access_lists(version, found)
