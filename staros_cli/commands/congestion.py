"""Commands about congestion."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis.congestion import CongestionCount
from staros_cli.chassis.tasks import DEMUX_BY_SERVICE, SESSMGR
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.commands.tasks import matching_tasks
from staros_cli.messages import Refused
from staros_cli.rendering import congestion as layouts


@handles("show_congestion_configuration")
def show_congestion_configuration(invocation: Invocation) -> Output:
    """Show from when on something is done about congestion, and what."""
    return layouts.configuration(invocation.chassis.congestion.settings)


@handles("show_congestion_statistics")
def show_congestion_statistics(invocation: Invocation) -> Output:
    """Show whether there is too much to do, by kinds of services or by tasks that take calls."""
    counts = invocation.chassis.congestion.counts()
    facility = invocation.command.text("facility_name")
    if not facility:
        return layouts.statistics(counts)
    if facility != SESSMGR and not any(facility in names for names in DEMUX_BY_SERVICE.values()):
        raise Refused(messages.TAKES_NO_CALLS, facility=facility)
    tasks = [use.task for use in matching_tasks(invocation) if not use.task.standby]
    if not tasks:
        return [messages.NO_TASKS()]
    return layouts.statistics_of_tasks(tasks, _of_facility(counts, facility))


def _of_facility(counts: list[CongestionCount], facility: str) -> CongestionCount:
    """What is too much for tasks of a facility. Calls are refused by the first that they meet."""
    served = [
        one
        for one in counts
        if facility == SESSMGR or facility in DEMUX_BY_SERVICE.get(one.kind, ())
    ]
    first = [one for one in served if DEMUX_BY_SERVICE.get(one.kind, ("",))[0] == facility]
    resource = next((one.resource for one in served if one.resource), "")
    applied = sum(one.applied for one in served)
    return CongestionCount(facility, resource, "", applied, sum(one.rejected for one in first))


@handles("clear_congestion_statistics")
def clear_congestion_statistics(invocation: Invocation) -> None:
    """Count anew how often there was too much to do, and the calls refused."""
    invocation.chassis.congestion.clear_counts()
