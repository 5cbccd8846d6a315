"""Commands about the system: version, clock, cards, CPUs, tasks, reload, name."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis import usage
from staros_cli.chassis.usage import TaskUse
from staros_cli.commands.engine import Call, Wait, handles
from staros_cli.messages import Refused
from staros_cli.rendering import hardware, system, tasks


@handles("show_version")
def show_version(call: Call) -> list[str]:
    """Show the version of the software."""
    return system.version(call.chassis, verbose=call.command.has("verbose"))


@handles("show_clock")
def show_clock(call: Call) -> list[str]:
    """Show date and time."""
    return system.clock(call.now)


@handles("show_uptime")
def show_uptime(call: Call) -> list[str]:
    """Show the time since the start."""
    return system.uptime(call.now - call.chassis.booted_at)


@handles("show_card_table")
def show_card_table(call: Call) -> list[str]:
    """Show the cards."""
    return hardware.card_table(call.chassis.hardware)


@handles("show_cpu_table")
def show_cpu_table(call: Call) -> list[str]:
    """Show the CPUs."""
    return hardware.cpu_table(usage.cpus(call.chassis))


def matching_tasks(call: Call) -> list[TaskUse]:
    """The tasks that the command asks for. Raises Refused for a slot that does not exist."""
    command = call.command
    slot = command.number("card_number") if command.has("card") else None
    if slot is not None and slot not in call.chassis.platform.slots:
        slots = ", ".join(str(number) for number in call.chassis.platform.slots)
        raise Refused(messages.NO_SUCH_CARD, slot=slot, slots=slots)
    return usage.tasks(
        call.chassis,
        facility=command.text("facility_name"),
        instance=command.number("instance_number") if command.has("instance") else None,
        slot=slot,
        cpu=command.number("cpu_number") if command.has("cpu") else None,
    )


@handles("show_task_resources")
def show_task_resources(call: Call) -> list[str]:
    """Show tasks and what they use."""
    found = matching_tasks(call)
    return tasks.resources(found) if found else [messages.NO_TASKS()]


@handles("reload")
def reload(call: Call) -> None:
    """Restart the system once every running save has ended (SR-20)."""
    call.confirm()
    until = call.system.saves.close(call.state.user)
    if until is not None:
        raise Wait(until, [messages.WAITING_FOR_SAVES()] if call.resumed is None else [])
    call.chassis.reload()


@handles("system_hostname")
def system_hostname(call: Call) -> None:
    """Name the system; prompts change at once."""
    call.chassis.hostname = call.command.text("hostname")


@handles("no_system_hostname")
def no_system_hostname(call: Call) -> None:
    """Give the system its default name."""
    call.chassis.hostname = call.chassis.default_hostname


@handles("autoconfirm", "no_autoconfirm", "timestamps", "no_timestamps", "no_commandguard")
def kept_for_sessions(call: Call) -> None:
    """Nothing but the line in the configuration: sessions look for it there."""


@handles("commandguard")
def commandguard(call: Call) -> None:
    """Guard a category of commands, the first word of commands that ask."""
    category = call.command.text("category")
    if category not in GUARDED:
        raise Refused(
            messages.BAD_VALUE,
            word=category,
            placeholder="<category>",
            allowed="one of " + ", ".join(GUARDED),
        )


GUARDED = ("card", "clear", "copy", "delete", "reload", "rename", "rmdir", "save")
"""The first words of the Exec commands that ask."""
