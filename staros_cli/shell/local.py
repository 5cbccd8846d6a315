"""`staros-cli shell`: choosing the front end that suits where the program runs."""

from __future__ import annotations

import gc
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from staros_cli import places
from staros_cli.chassis.definition import BadDefinition, Definition, load
from staros_cli.chassis.storage import Storage
from staros_cli.emulator import ForeignState, build, directory_storage, memory_storage
from staros_cli.faults import UsageFault
from staros_cli.shell.realtime import RealTime
from staros_cli.shell.session import DEFAULT_LENGTH, CliSession

NO_STATE = "none"
HISTORY_FILE = "history"


def run(
    chassis: str,
    *,
    state: str | None,
    clock_rate: float,
    clock_start: float | None,
    commands: Sequence[str],
) -> int:
    """Bring a chassis up and serve its console; returns the exit status.

    Raises UsageFault when the definition or the state directory cannot be used.
    """
    try:
        definition = load(chassis)
    except BadDefinition as fault:
        raise UsageFault(str(fault)) from None
    time = RealTime(clock_rate, clock_start)
    root = None if state == NO_STATE else _state_directory(definition, state)
    system = build(definition, time.clock, _storage(root, definition, time), os.urandom)
    terminal = sys.stdin.isatty() and not commands
    length, width = _size() if terminal else (0, 80)
    session = CliSession(system, length=length, width=width)
    if not terminal:
        gc.enable()
        from staros_cli.shell import batch

        lines = commands or sys.stdin
        return batch.run(session, lines, time, sys.stdout)
    if os.environ.get("TERM", "dumb") == "dumb" or not sys.stdout.isatty():
        from staros_cli.shell import plain

        gc.enable()
        return plain.run(session, time, sys.stdin.fileno(), sys.stdout.fileno())
    from staros_cli.shell.terminal import Terminal

    front = Terminal(session, time, root / HISTORY_FILE if root else None)
    gc.freeze()
    gc.enable()
    return front.run(_greeting(definition))


def _state_directory(definition: Definition, state: str | None) -> Path:
    return Path(state) if state else places.chassis_state(definition.name)


def _storage(root: Path | None, definition: Definition, time: RealTime) -> Storage:
    if root is None:
        return memory_storage(definition, time.clock.now())
    try:
        return directory_storage(root, definition, time.clock.now())
    except ForeignState as fault:
        raise UsageFault(f"{fault}; --state names another directory, --state none none") from None


def _size() -> tuple[int, int]:
    window = shutil.get_terminal_size((80, DEFAULT_LENGTH))
    return window.lines, window.columns


def _greeting(definition: Definition) -> list[str]:
    return [
        f"{definition.form.title}. An emulator, not affiliated with Cisco.",
        "? shows what can be typed, exit ends the session.",
        "",
    ]
