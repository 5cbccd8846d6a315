"""Commands about the session itself: modes, contexts, terminal, confirmation."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis.locks import WARN_SECONDS
from staros_cli.commands.engine import Call, Wait, handles
from staros_cli.commands.state import Frame
from staros_cli.rendering import session as layouts


@handles("configure")
def configure(call: Call) -> list[str] | None:
    """Enter Global Configuration, or apply a configuration file."""
    url = call.command.text("url")
    if not url:
        notes = _take_lock(call)
        call.state.frames.append(Frame("config", call.system.running))
        return notes
    if call.state.reading is None:
        call.system.lock.check(call.state.user)
        if call.command.has("lock"):
            _take_lock(call)
        call.state.reading = call.system.apply(url, call.state.user.privilege)
    reading = call.state.reading
    if not reading.step():
        raise Wait(call.now + reading.pause, [])
    call.state.reading = None
    return [line for problem in reading.problems for line in str(problem).split("\n")]


def _take_lock(call: Call) -> list[str]:
    """Enter configuration mode: beside others, or alone if the command says so."""
    lock, user = call.system.lock, call.state.user
    if not call.command.has("lock"):
        return [messages.OTHERS_CONFIGURE()] if lock.enter(user) else []
    if call.command.has("force"):
        lock.throw_out(user)
    elif call.command.has("warn") and lock.others(user):
        if call.resumed is None:
            lock.warn(user)
            raise Wait(call.now + WARN_SECONDS, [messages.LOCK_WAIT()])
        if call.now < call.resumed:
            raise Wait(call.resumed, [])
    lock.enter_alone(user)
    return [messages.LOCK_TAKEN()]


@handles("leave_mode")
def leave_mode(call: Call) -> None:
    """Leave one level of configuration."""
    call.state.frames.pop()


@handles("end_configuration")
def end_configuration(call: Call) -> None:
    """Leave configuration for Exec mode."""
    call.state.leave_configuration()


@handles("end_session")
def end_session(call: Call) -> None:
    """End the session."""
    call.state.closed = True


@handles("change_context")
def change_context(call: Call) -> None:
    """Move the session to another context."""
    call.state.context = call.chassis.contexts.get(call.command.text("context_name")).name


@handles("autoconfirm_session")
def autoconfirm_session(call: Call) -> None:
    """Ask no more questions in this session."""
    call.state.autoconfirm = True


@handles("no_autoconfirm_session")
def no_autoconfirm_session(call: Call) -> None:
    """Ask questions again in this session."""
    call.state.autoconfirm = False


@handles("timestamps_session")
def timestamps_session(call: Call) -> None:
    """Print date and time before the output of commands."""
    call.state.timestamps = True


@handles("no_timestamps_session")
def no_timestamps_session(call: Call) -> None:
    """Print no date and time."""
    call.state.timestamps = False


@handles("terminal_length")
def terminal_length(call: Call) -> None:
    """Set the lines of a page."""
    call.state.length = call.command.number("lines")


@handles("terminal_width")
def terminal_width(call: Call) -> None:
    """Set the columns of the terminal."""
    call.state.width = call.command.number("columns")


@handles("show_terminal")
def show_terminal(call: Call) -> list[str]:
    """Show length and width of the terminal."""
    return layouts.terminal(call.state.length, call.state.width)


@handles("show_administrators")
def show_administrators(call: Call) -> list[str]:
    """Show who is logged in."""
    return layouts.administrators(call.system.administrators, call.now)
