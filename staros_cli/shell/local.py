"""`staros-cli shell`: choosing the front end that suits where the program runs."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from staros_cli import paths
from staros_cli.chassis.definition import Definition, DefinitionError, load
from staros_cli.chassis.storage import Storage
from staros_cli.emulator import StateError, build, directory_storage, memory_storage
from staros_cli.errors import UsageError
from staros_cli.shell.console import Console
from staros_cli.shell.realtime import RealTime, window_size
from staros_cli.shell.session import DEFAULT_LENGTH, DEFAULT_WIDTH, CliSession

NO_STATE = "none"
HISTORY_FILE = "history"
PROGRAM = "staros-cli"


def run(
    chassis: str,
    *,
    scenario: str | None = None,
    state: str | None,
    clock_rate: float,
    clock_start: float | None,
    commands: Sequence[str],
    as_json: bool = False,
) -> int:
    """Bring a chassis up and serve its console; returns the exit status.

    Raises UsageError when the definition or the state directory cannot be used.
    """
    if as_json and not commands and sys.stdin.isatty():
        raise UsageError("--json: expected commands, by -c or on standard input")
    try:
        definition = load(chassis).with_scenario(scenario)
    except DefinitionError as error:
        raise UsageError(str(error)) from None
    time = RealTime(clock_rate, clock_start)
    root = None if state == NO_STATE else _state_directory(definition, state)
    system = build(definition, time.clock, _storage(root, definition, time), os.urandom)
    length, rows, width = window(commands)
    session = CliSession(system, length=length, rows=rows, width=width)
    history = root / HISTORY_FILE if root else None
    if as_json:
        gc.enable()
        from staros_cli.shell import batch

        return batch.run_to_json(session, commands or sys.stdin, time, sys.stdout)
    greeting = _greeting(definition) if is_for_people() else ()
    return serve(session, time, commands=commands, history=history, greeting=greeting)


def serve(
    session: Console,
    time: RealTime,
    *,
    commands: Sequence[str],
    history: Path | None,
    greeting: Sequence[str],
) -> int:
    """Serve a session where the program runs until it ends; returns the exit status.

    `history` is the file of the lines typed, None when it is not to be kept.
    """
    if commands or not sys.stdin.isatty():
        gc.enable()
        from staros_cli.shell import batch

        lines = commands or sys.stdin
        return batch.run(session, lines, time, sys.stdout)
    if not is_for_people():
        from staros_cli.shell import plain

        gc.enable()
        return plain.run(session, time, sys.stdin.fileno(), sys.stdout.fileno())
    from staros_cli.shell.terminal import Terminal

    front = Terminal(session, time, history)
    gc.freeze()
    gc.enable()
    return front.run(greeting)


def window(commands: Sequence[str] = ()) -> tuple[int, int, int]:
    """The lines of a page, 0 for no paging, and the lines and columns of the terminal.

    Only the window of a person makes pages by itself.
    """
    if commands or not sys.stdin.isatty():
        return 0, DEFAULT_LENGTH, DEFAULT_WIDTH
    rows, width = window_size()
    return rows if is_for_people() else 0, rows, width


def is_for_people() -> bool:
    """Whether a terminal that can do more than print is on both sides."""
    plain = os.environ.get("TERM", "dumb") == "dumb"
    return not plain and sys.stdin.isatty() and sys.stdout.isatty()


def _state_directory(definition: Definition, state: str | None) -> Path:
    return Path(state) if state else paths.chassis_state(definition.name)


def _storage(root: Path | None, definition: Definition, time: RealTime) -> Storage:
    if root is None:
        return memory_storage(definition, time.clock.now())
    try:
        return directory_storage(root, definition, time.clock.now())
    except StateError as error:
        raise UsageError(f"{error}; --state names another directory, --state none none") from None


def _greeting(definition: Definition) -> list[str]:
    return [
        f"{definition.schema.title}.",
        "An emulator, not affiliated with Cisco. ? shows what can be typed, exit ends.",
        "New here? Type exit, then begin the first of the training labs:",
        f"  {_program()} lab start finding-ones-way",
        "",
    ]


def _program() -> str:
    """How the user can call this program: by its name if the shell finds it, else by its path."""
    from shutil import which  # not for the first prompt of a plain terminal

    called = Path(sys.argv[0])
    if called.name != PROGRAM or which(PROGRAM) is not None:
        return PROGRAM
    near = os.path.relpath(called)
    return near if len(near) < len(str(called)) else str(called)
