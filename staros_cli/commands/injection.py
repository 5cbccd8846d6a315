"""Letting something fail from outside the command line, with the device's own test commands."""

from __future__ import annotations

from staros_cli.chassis.administrators import Administrator
from staros_cli.chassis.privilege import Privilege
from staros_cli.commands import engine
from staros_cli.commands.engine import Outcome
from staros_cli.commands.state import SessionState
from staros_cli.configuration.system import System
from staros_cli.language.parser import Command, language


def understand(line: str) -> Command | None:
    """The test command of a line, None when it is another command. Raises LineError.

    The test commands of Exec mode are all the faults there are; nothing has to open them here.
    """
    command = language("exec", Privilege.SECURITY, True).parse(line)
    return command if command.rule.hidden else None


def inject(system: System, command: Command) -> Outcome:
    """Carry out a test command at the moment where the chassis stands."""
    now = system.chassis.now
    nobody = Administrator("", Privilege.SECURITY, "", now, now)
    return engine.answer_yes(engine.run(system, SessionState(nobody), command))
