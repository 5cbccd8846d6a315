"""Commands about what faults leave behind: traps, alarms, logs, crashes."""

from __future__ import annotations

from math import inf

from staros_cli import messages
from staros_cli.chassis import calendar
from staros_cli.chassis.crashes import Crash
from staros_cli.chassis.event_kind import LEVELS
from staros_cli.chassis.events import Event, LogFilter
from staros_cli.chassis.storage import is_remote, locate
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.commands.files import confirm_overwriting
from staros_cli.commands.suspension import Steps
from staros_cli.messages import Refused
from staros_cli.rendering import evidence as layouts


@handles("clear_alarm")
def clear_alarm(invocation: Invocation) -> None:
    """Remove the alarms that are outstanding."""
    invocation.chassis.events.clear_alarms()


@handles("clear_crash")
def clear_crash(invocation: Invocation) -> None:
    """Remove one crash record, or all."""
    if invocation.command.has("number"):
        invocation.chassis.crashes.remove(_crash(invocation))
    else:
        invocation.chassis.crashes.clear()


def _crash(invocation: Invocation) -> Crash:
    """The crash record that the command names. Raises Refused when there is none."""
    number = invocation.command.number("crash_number")
    crash = invocation.chassis.crashes.get(number)
    if crash is None:
        raise Refused(messages.NO_CRASH, number=number)
    return crash


@handles("clear_snmp_trap")
def clear_snmp_trap(invocation: Invocation) -> None:
    """Remove the history of traps, or their counts."""
    if invocation.command.has("history"):
        invocation.chassis.events.clear_history()
    else:
        invocation.chassis.events.clear_counts(invocation.now)


@handles("show_crash")
def show_crash(invocation: Invocation) -> Output:
    """Show crash records."""
    crashes = invocation.chassis.crashes
    if invocation.command.has("number"):
        return layouts.crashes([_crash(invocation)])
    if not crashes.records:
        return [messages.NO_CRASHES()]
    if invocation.command.has("all"):
        return layouts.crashes(crashes.records)
    virtual = invocation.chassis.platform.virtual
    return layouts.crash_list(crashes.records, crashes.total, virtual)


@handles("show_snmp_trap_history")
def show_snmp_trap_history(invocation: Invocation) -> Output:
    """Show the traps raised."""
    events = list(invocation.chassis.events.history)
    return layouts.traps(events) if events else [messages.NO_TRAPS()]


@handles("show_snmp_notifies")
def show_snmp_notifies(invocation: Invocation) -> Output:
    """Show how many traps of each kind were raised."""
    return layouts.notifies(invocation.chassis.events, invocation.now)


@handles("show_alarm")
def show_alarm(invocation: Invocation) -> Output:
    """Show alarms."""
    events, command = invocation.chassis.events, invocation.command
    if command.has("outstanding"):
        alarms = events.outstanding
        if not alarms:
            return [messages.NO_ALARMS()]
        verbose = command.has("verbose")
        return layouts.alarms_verbose(alarms) if verbose else layouts.alarms(alarms)
    statistics = layouts.alarm_statistics(events)
    return layouts.all_alarms(statistics, events) if command.has("all") else statistics


@handles("show_logs")
def show_logs(invocation: Invocation) -> Output:
    """Show the latest log lines."""
    events = _logged(invocation)
    return layouts.logs(events) if events else [messages.NO_LOGS()]


@handles("save_logs")
def save_logs(invocation: Invocation) -> Steps[list[str]]:
    """Write log lines to a file."""
    url = invocation.command.text("url")
    if is_remote(url):
        raise Refused(messages.REMOTE_URL, url=url)
    path = locate(url)
    yield from confirm_overwriting(invocation, path)
    text = "\n".join([*layouts.logs(_logged(invocation)), ""])
    invocation.chassis.storage.write(path, text.encode(), invocation.now)
    return []


def _logged(invocation: Invocation) -> list[Event]:
    """The lines of the log that the command asks for, the newest first."""
    command = invocation.command
    level = next((word for word in LEVELS if command.has(word)), LEVELS[-1])
    callid = command.text("call_id")
    inactive, active = command.has("inactive"), command.has("active") or command.has("runtime")
    wanted = LogFilter(
        command.text("log_facility"),
        level,
        _date(command.text("since_date"), 0.0),
        _date(command.text("until_date"), inf),
        command.text("process"),
        int(callid, 16) if callid else None,
        active or not inactive,
        inactive or not active,
    )
    return invocation.chassis.events.logged(wanted)


@handles("logs_checkpoint")
def logs_checkpoint(invocation: Invocation) -> None:
    """Begin the log anew and keep its lines as inactive ones."""
    invocation.chassis.events.checkpoint_log()


@handles("clear_log")
def clear_log(invocation: Invocation) -> None:
    """Forget lines of the log; nothing is counted of messages without a descriptor."""
    command, events = invocation.command, invocation.chassis.events
    if command.has("runtime"):
        events.clear_log()
    elif command.has("checkpointed"):
        events.clear_checkpointed()


def _date(text: str, otherwise: float) -> float:
    """The time that was typed, or another when none was. Raises Refused for no date."""
    try:
        return calendar.typed_date(text) if text else otherwise
    except ValueError:
        raise Refused(messages.BAD_DATE, date=text) from None
