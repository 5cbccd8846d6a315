"""Commands about access point names."""

from __future__ import annotations

from collections import Counter

from staros_cli import messages
from staros_cli.chassis.apn_records import ApnRecord
from staros_cli.chassis.service_statistics import ServiceStatistics
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.configuration import addresses
from staros_cli.messages import Refused
from staros_cli.rendering import apn as layouts


def _wanted(invocation: Invocation) -> list[ApnRecord]:
    """All APNs that are configured, or the one that is named. Raises Refused without any."""
    wanted = invocation.command.text("apn_name").lower()
    found = [
        apn
        for apn in addresses.apns(invocation.system.running)
        if not wanted or apn.name.lower() == wanted
    ]
    if not found:
        raise Refused(messages.NO_SUCH_APN)
    return found


@handles("show_apn")
def show_apn(invocation: Invocation) -> Output:
    """Show APNs as they are configured, with the calls that each has."""
    return layouts.apns(_wanted(invocation), _calls(invocation))


@handles("show_apn_counters")
def show_apn_counters(invocation: Invocation) -> Output:
    """Show how many calls of APNs there are, were and were refused."""
    chassis = invocation.chassis
    chassis.callers.count_refusals()
    counted = ServiceStatistics(chassis.sessions, chassis.callers.history)
    names = [group.apn.lower() for group in chassis.sessions.groups]
    return layouts.counters(
        [
            (apn, counted.of(_places(names, apn.name.lower()), invocation.now))
            for apn in _wanted(invocation)
        ]
    )


def _places(names: list[str], wanted: str) -> list[int]:
    """Where a name stands in a list."""
    return [place for place, name in enumerate(names) if name == wanted]


@handles("show_apn_statistics")
def show_apn_statistics(invocation: Invocation) -> Output:
    """Show what the calls of APNs have carried."""
    statistics = invocation.chassis.apn_statistics
    found = [(apn, statistics.octets(apn.context, apn.name)) for apn in _wanted(invocation)]
    return layouts.statistics(found)


@handles("clear_apn_statistics")
def clear_apn_statistics(invocation: Invocation) -> None:
    """Count what the calls of APNs carry anew."""
    for apn in _wanted(invocation):
        invocation.chassis.apn_statistics.clear_counts(apn.context, apn.name)


def _calls(invocation: Invocation) -> dict[str, int]:
    """How many calls each APN has, by its name in lower case."""
    sessions = invocation.chassis.sessions
    counts: Counter[str] = Counter()
    for index, group in enumerate(sessions.groups):
        arrived, ended = sessions.by_group.totals(index)
        counts[group.apn.lower()] += arrived - ended
    return counts
