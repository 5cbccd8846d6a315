"""Commands about the system: version, clock, cards, CPUs, tasks, reload, name."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis import usage
from staros_cli.chassis.usage import TaskUse
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.commands.suspension import Steps, Until
from staros_cli.messages import Refused
from staros_cli.rendering import hardware, system, tasks


@handles("show_version")
def show_version(invocation: Invocation) -> Output:
    """Show the version of the software."""
    return system.version(invocation.chassis, verbose=invocation.command.has("verbose"))


@handles("show_clock")
def show_clock(invocation: Invocation) -> Output:
    """Show date and time."""
    return system.clock(invocation.now)


@handles("show_uptime")
def show_uptime(invocation: Invocation) -> Output:
    """Show the time since the start."""
    return system.uptime(invocation.now - invocation.chassis.booted_at)


@handles("show_card_table")
def show_card_table(invocation: Invocation) -> Output:
    """Show the cards."""
    return hardware.card_table(invocation.chassis.hardware)


@handles("show_cpu_table")
def show_cpu_table(invocation: Invocation) -> Output:
    """Show the CPUs."""
    return hardware.cpu_table(usage.cpus(invocation.chassis))


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
    )


@handles("show_task_resources")
def show_task_resources(invocation: Invocation) -> Output:
    """Show tasks and what they use."""
    found = matching_tasks(invocation)
    return tasks.resources(found) if found else [messages.NO_TASKS()]


@handles("reload")
def reload(invocation: Invocation) -> Steps[None]:
    """Restart the system once every running save has ended (SR-20)."""
    yield from invocation.confirm()
    notes = [messages.WAITING_FOR_SAVES()]
    while (until := invocation.system.saves.close(invocation.state.user)) is not None:
        yield Until(until, notes)
        notes = []
    invocation.chassis.reload()


@handles("system_hostname")
def system_hostname(invocation: Invocation) -> None:
    """Name the system; prompts change at once."""
    invocation.chassis.hostname = invocation.command.text("hostname")


@handles("no_system_hostname")
def no_system_hostname(invocation: Invocation) -> None:
    """Give the system its default name."""
    invocation.chassis.hostname = invocation.chassis.default_hostname


@handles("autoconfirm", "no_autoconfirm", "timestamps", "no_timestamps", "no_commandguard")
def kept_for_sessions(invocation: Invocation) -> None:
    """Nothing but the line in the configuration: sessions look for it there."""


@handles("commandguard")
def commandguard(invocation: Invocation) -> None:
    """Guard a category of commands, the first word of commands that ask."""
    category = invocation.command.text("category")
    if category not in GUARDED:
        raise Refused(
            messages.BAD_VALUE,
            word=category,
            placeholder="<category>",
            allowed="one of " + ", ".join(GUARDED),
        )


GUARDED = ("card", "clear", "copy", "delete", "reload", "rename", "rmdir", "save")
"""The first words of the Exec commands that ask."""
