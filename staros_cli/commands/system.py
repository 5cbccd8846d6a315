"""Commands about the system: version, clock, cards, CPUs, tasks, reload, name."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.commands.suspension import Steps, Until
from staros_cli.messages import Refused
from staros_cli.rendering import system as layouts

GUARDED = ("card", "clear", "copy", "delete", "reload", "rename", "rmdir", "save")


@handles("show_version")
def show_version(invocation: Invocation) -> Output:
    """Show the version of the software."""
    return layouts.version(invocation.chassis, verbose=invocation.command.has("verbose"))


@handles("show_clock")
def show_clock(invocation: Invocation) -> Output:
    """Show date and time."""
    return layouts.clock(invocation.now)


@handles("show_uptime")
def show_uptime(invocation: Invocation) -> Output:
    """Show the time since the start."""
    return layouts.uptime(invocation.now - invocation.chassis.booted_at)


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
