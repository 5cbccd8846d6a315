"""Commands about access point names."""

from __future__ import annotations

from collections import Counter

from staros_cli import messages
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.configuration import addresses
from staros_cli.messages import Refused
from staros_cli.rendering import apn as layouts


@handles("show_apn")
def show_apn(invocation: Invocation) -> Output:
    """Show APNs as they are configured, with the calls that each has."""
    wanted = invocation.command.text("apn_name").lower()
    found = [
        apn
        for apn in addresses.apns(invocation.system.running)
        if not wanted or apn.name.lower() == wanted
    ]
    if not found:
        raise Refused(messages.NO_SUCH_APN)
    return layouts.apns(found, _calls(invocation))


def _calls(invocation: Invocation) -> dict[str, int]:
    """How many calls each APN has, by its name in lower case."""
    sessions = invocation.chassis.sessions
    counts: Counter[str] = Counter()
    for index, group in enumerate(sessions.groups):
        arrived, ended = sessions.by_group.totals(index)
        counts[group.apn.lower()] += arrived - ended
    return counts
