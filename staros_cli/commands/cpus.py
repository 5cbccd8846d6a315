"""Commands about single CPUs."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis import usage
from staros_cli.chassis.usage import CpuUse
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.messages import Refused
from staros_cli.rendering import cpus as layouts
from staros_cli.rendering.values import screen


def _cpus(invocation: Invocation) -> list[CpuUse]:
    """The CPUs that the command asks for. Raises Refused when no running card has such ones."""
    command = invocation.command
    slot = command.number("card_number") if "card_number" in command.values else None
    number = command.number("cpu_number") if "cpu_number" in command.values else None
    found = [
        use
        for use in usage.cpus(invocation.chassis)
        if slot in (None, use.cpu.slot) and number in (None, use.cpu.number)
    ]
    if not found:
        raise Refused(messages.NO_SUCH_CPU)
    return found


@handles("show_cpu_info")
def show_cpu_info(invocation: Invocation) -> Output:
    """Show CPUs in detail."""
    command, cpus = invocation.command, _cpus(invocation)
    verbose = command.has("verbose")
    details = layouts.details(cpus, usage.tasks(invocation.chassis), verbose=verbose)
    return screen(details, "", layouts.graphs(cpus)) if command.has("graphs") else details


@handles("show_cpu_errors")
def show_cpu_errors(invocation: Invocation) -> Output:
    """Show the errors of CPUs."""
    return layouts.errors(_cpus(invocation))


@handles("show_memory")
def show_memory(invocation: Invocation) -> Output:
    """Show the memory of CPUs."""
    return layouts.memory(_cpus(invocation))
