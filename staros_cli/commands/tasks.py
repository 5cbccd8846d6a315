"""Commands about tasks."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis import usage
from staros_cli.chassis.tasks import AAAMGR, SESSMGR
from staros_cli.chassis.usage import TaskUse
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.messages import Refused
from staros_cli.rendering import tasks as layouts


def matching_tasks(invocation: Invocation) -> list[TaskUse]:
    """The tasks that the command asks for. Raises Refused for a slot that does not exist."""
    command = invocation.command
    slot = command.number("card_number") if command.has("card") else None
    if slot is not None and slot not in invocation.chassis.platform.slots:
        slots = ", ".join(str(number) for number in invocation.chassis.platform.slots)
        raise Refused(messages.NO_SUCH_CARD, slot=slot, slots=slots)
    return usage.tasks(
        invocation.chassis,
        facility=command.text("facility_name"),
        instance=command.number("instance_number") if command.has("instance") else None,
        slot=slot,
        cpu=command.number("cpu_number") if command.has("cpu") else None,
        peak=command.has("max"),
    )


@handles("show_task_resources")
def show_task_resources(invocation: Invocation) -> Output:
    """Show tasks and what they use."""
    found = matching_tasks(invocation)
    if not found:
        return [messages.NO_TASKS()]
    if invocation.command.has("verbose"):
        return layouts.resources_in_full(found)
    return layouts.resources(found)


@handles("show_task_memory")
def show_task_memory(invocation: Invocation) -> Output:
    """Show the memory of tasks."""
    found = matching_tasks(invocation)
    return layouts.memory(found) if found else [messages.NO_TASKS()]


@handles("show_task_table")
def show_task_table(invocation: Invocation) -> Output:
    """Show the tasks with their processes and those that started them."""
    tasks = invocation.chassis.tasks
    found = [(use.task, tasks.parent(use.task)) for use in matching_tasks(invocation)]
    return layouts.table(found) if found else [messages.NO_TASKS()]


@handles("show_session_subsystem")
def show_session_subsystem(invocation: Invocation) -> Output:
    """Show what the managers of sessions have counted (SR-06)."""
    if not invocation.command.has("facility"):
        callers = invocation.chassis.callers
        callers.count_refusals()
        before = invocation.chassis.sessions.statistics.rejected_before
        rejected = callers.history.total.rejected - before
        sessmgrs, aaamgrs = _sessmgrs(invocation), _aaamgrs(invocation)
        each = invocation.command.has("verbose")
        return layouts.all_managers(sessmgrs, aaamgrs, rejected, each=each)
    if invocation.command.has("aaamgr"):
        aaa = _aaamgrs(invocation)
        return layouts.aaa_managers(aaa) if aaa else [messages.NO_TASKS()]
    sessions = _sessmgrs(invocation)
    return layouts.session_managers(sessions) if sessions else [messages.NO_TASKS()]


@handles("clear_session_subsystem")
def clear_session_subsystem(invocation: Invocation) -> None:
    """Let the managers of sessions count anew."""
    chassis, now = invocation.chassis, invocation.now
    chassis.callers.count_refusals()
    managers = chassis.tasks.of(SESSMGR, standby=False)
    connecting = {
        task.instance: chassis.sessions.connecting(task.instance, now) for task in managers
    }
    rejected = chassis.callers.history.total.rejected
    chassis.sessions.statistics.count_anew(connecting, rejected)


def _instances(invocation: Invocation, facility: str) -> list[int]:
    """The instances of a facility that the command asks for and that are not standby."""
    command = invocation.command
    wanted = command.number("instance_number") if command.has("instance") else None
    active = invocation.chassis.tasks.of(facility, standby=False)
    return sorted(task.instance for task in active if wanted in (None, task.instance))


def _sessmgrs(invocation: Invocation) -> list[layouts.SessmgrRow]:
    sessions, now = invocation.chassis.sessions, invocation.now
    return [
        layouts.SessmgrRow(
            n,
            sessions.statistics.sessmgr(n),
            sessions.count_of_sessmgr(n),
            sessions.connecting(n, now),
        )
        for n in _instances(invocation, SESSMGR)
    ]


def _aaamgrs(invocation: Invocation) -> list[layouts.AaamgrRow]:
    sessions, now = invocation.chassis.sessions, invocation.now
    return [
        layouts.AaamgrRow(
            n,
            sessions.statistics.aaamgr(n),
            sessions.count_of_sessmgr(n),
            sessions.connecting(n, now),
            sessions.recovery_records(n, now),
        )
        for n in _instances(invocation, AAAMGR)
    ]


@handles("task_kill")
def task_kill(invocation: Invocation) -> None:
    """Let tasks abort."""
    command = invocation.command
    instance = command.number("instance_number") if command.has("instance") else None
    invocation.chassis.task_faults.kill(command.text("facility_name"), instance)


@handles("task_core")
def task_core(invocation: Invocation) -> Output:
    """Take no memory of a process: there is none."""
    command = invocation.command
    facility = command.text("facility_name")
    instance = command.number("instance_number") if command.has("instance") else None
    invocation.chassis.tasks.find(facility, instance)
    raise Refused(messages.NO_CORE, kind=command.words[1], facility=facility)


_LEAK_RATE = 60.0
"""MB a minute that a sessmgr loses unless the line tells (chosen)."""


@handles("test_task_leak")
def test_task_leak(invocation: Invocation) -> None:
    """Let an active sessmgr lose memory, as long as its process runs."""
    command, chassis = invocation.command, invocation.chassis
    instance = command.number("instance_number")
    active = [task for task in chassis.tasks.find(SESSMGR, instance) if not task.standby]
    if not active:
        raise Refused(messages.NO_SUCH_TASK, facility=SESSMGR, instance=instance)
    rate = command.number("rate") if command.has("rate") else _LEAK_RATE
    chassis.loads.leak(active[0], float(rate))
