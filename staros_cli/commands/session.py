"""Commands about the session itself: modes, contexts, terminal, confirmation."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis.administrators import Administrator
from staros_cli.chassis.locks import WARN_SECONDS
from staros_cli.chassis.storage import locate
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.commands.state import Frame
from staros_cli.commands.suspension import Steps, Until
from staros_cli.configuration import files
from staros_cli.messages import Refused
from staros_cli.rendering import session as layouts


@handles("configure")
def configure(invocation: Invocation) -> Steps[list[str]]:
    """Enter Global Configuration, or apply a configuration file."""
    state, system = invocation.state, invocation.system
    url = invocation.command.text("url")
    if not url:
        notes = yield from _take_lock(invocation)
        state.frames.append(Frame("config", system.running))
        return notes
    system.lock.check(state.user)
    if invocation.command.has("lock"):
        yield from _take_lock(invocation)
    reading = system.apply(url, state.user.privilege)
    try:
        while not reading.step():
            yield Until(invocation.now + reading.pause)
    except GeneratorExit:
        reading.abandon()
        raise
    told = [line for problem in reading.problems for line in str(problem).split("\n")]
    return [*told, reading.summary] if reading.summary else told


def _take_lock(invocation: Invocation) -> Steps[list[str]]:
    """Enter configuration mode: beside others, or alone if the command says so."""
    lock, user = invocation.system.lock, invocation.state.user
    if not invocation.command.has("lock"):
        return [messages.OTHERS_CONFIGURE()] if lock.enter(user) else []
    if invocation.command.has("force"):
        lock.throw_out(user)
    elif invocation.command.has("warn") and lock.others(user):
        lock.warn(user)
        until = invocation.now + WARN_SECONDS
        yield Until(until, [messages.LOCK_WAIT()])
        while lock.others(user) and invocation.now < until:
            yield Until(until)
    lock.enter_alone(user)
    return [messages.LOCK_TAKEN()]


@handles("leave_mode")
def leave_mode(invocation: Invocation) -> None:
    """Leave one level of configuration."""
    invocation.state.frames.pop()


@handles("end_configuration")
def end_configuration(invocation: Invocation) -> None:
    """Leave configuration for Exec mode."""
    invocation.state.leave_configuration()


@handles("end_session")
def end_session(invocation: Invocation) -> None:
    """End the session."""
    invocation.state.closed = True


@handles("change_context")
def change_context(invocation: Invocation) -> None:
    """Move the session to another context."""
    invocation.state.context = invocation.chassis.contexts.get(
        invocation.command.text("context_name")
    ).name


@handles("autoconfirm_session")
def autoconfirm_session(invocation: Invocation) -> None:
    """Ask no more questions in this session."""
    invocation.state.autoconfirm = True


@handles("no_autoconfirm_session")
def no_autoconfirm_session(invocation: Invocation) -> None:
    """Ask questions again in this session."""
    invocation.state.autoconfirm = False


@handles("timestamps_session")
def timestamps_session(invocation: Invocation) -> None:
    """Print date and time before the output of commands."""
    invocation.state.timestamps = True


@handles("no_timestamps_session")
def no_timestamps_session(invocation: Invocation) -> None:
    """Print no date and time."""
    invocation.state.timestamps = False


@handles("terminal_length")
def terminal_length(invocation: Invocation) -> None:
    """Set the lines of a page."""
    invocation.state.length = invocation.command.number("lines")


@handles("terminal_width")
def terminal_width(invocation: Invocation) -> None:
    """Set the columns of the terminal."""
    invocation.state.width = invocation.command.number("columns")


@handles("show_cli")
def show_cli(invocation: Invocation) -> Output:
    """Show the lines that were typed in this session, or the process that serves it."""
    state = invocation.state
    if invocation.command.has("history"):
        return list(state.history)
    return layouts.cli_session(state.user, invocation.system.process(state.user))


@handles("show_configuration_monitor")
def show_configuration_monitor(invocation: Invocation) -> Output:
    """Show whether the configuration is watched, and whether it has changes that are not saved."""
    system = invocation.system
    try:
        url = system.default_url()
        saved = files.read(system.chassis, locate(url)) == files.text_of(
            system.chassis, system.running
        )
    except Refused:
        url, saved = "none", False
    return layouts.configuration_monitor(system.changes, url, saved)


@handles("debug_shell")
def debug_shell(invocation: Invocation) -> Output:
    """Open no shell: nothing that is typed is run on the host."""
    raise Refused(messages.NO_DEBUG_SHELL)


@handles("show_terminal")
def show_terminal(invocation: Invocation) -> Output:
    """Show length and width of the terminal."""
    return layouts.terminal(invocation.state.length, invocation.state.width)


@handles("show_administrators")
def show_administrators(invocation: Invocation) -> Output:
    """Show who is logged in."""
    system, command = invocation.system, invocation.command
    if command.has("session") or command.has("session-id"):
        numbered = [(_number(invocation, user), user) for user in system.administrators]
        return layouts.session_numbers(numbered)
    return layouts.administrators(system.administrators, system.lock.holder, invocation.now)


def _number(invocation: Invocation, user: Administrator) -> int:
    """The number of a session, that of its process; 0 when that does not run."""
    process = invocation.system.process(user)
    return process.instance if process else 0


@handles("clear_administrator")
def clear_administrator(invocation: Invocation) -> None:
    """End sessions of administrators, but for the own one."""
    command, own = invocation.command, invocation.state.user
    name, number = command.text("admin_name"), command.number("session_id")
    others = [user for user in invocation.system.administrators if user is not own]
    found = [
        user
        for user in others
        if (_number(invocation, user) == number if number else user.name == name)
    ]
    if not found:
        raise Refused(messages.NO_SUCH_SESSION, name=name or number)
    for user in found:
        user.tell(messages.CLOSED_BY(name=own.name))
        invocation.system.log_out(user)
        user.wake()
