"""Letting something fail from outside the command line, with the device's own test commands."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli import messages
from staros_cli.chassis.administrators import Administrator
from staros_cli.chassis.privilege import Privilege
from staros_cli.commands import engine
from staros_cli.commands.engine import Outcome
from staros_cli.commands.state import SessionState
from staros_cli.configuration.system import System
from staros_cli.language.parser import Command
from staros_cli.scenarios.play import Play
from staros_cli.scenarios.schema import Scenario, Step


def inject(system: System, command: Command) -> Outcome:
    """Carry out a test command at the moment where the chassis stands."""
    return engine.answer_yes(engine.run(system, SessionState(_nobody(system)), command))


def _nobody(system: System) -> Administrator:
    """A user who may do everything and sits at no terminal."""
    now = system.chassis.now
    return Administrator("", Privilege.SECURITY, "", now, now)


def configure(system: System, lines: Sequence[str]) -> list[str]:
    """Type lines in Global Configuration; returns those that were refused, and why.

    Questions are answered with yes. Lines that leave configuration are refused, and where that
    cannot be entered none is typed.
    """
    user = _nobody(system)
    try:
        return _typed(system, SessionState(user), lines)
    finally:
        system.lock.leave(user)


def _typed(system: System, state: SessionState, lines: Sequence[str]) -> list[str]:
    entered = engine.answer_yes(engine.run_line(system, state, "configure"))
    if entered.failed or not state.frames:
        return [f"configure: {' '.join(entered.lines)}"]
    refused: list[str] = []
    for line in lines:
        if not state.frames:
            refused.append(f"{line}: {messages.CONFIGURATION_ONLY()}")
            continue
        outcome = engine.run_line(system, state, line, configuration_only=True)
        outcome = engine.answer_yes(outcome)
        if outcome.failed:
            refused.append(f"{line}: {' '.join(outcome.lines)}")
    return refused


def play(system: System, scenario: Scenario) -> Play:
    """Begin to play a scenario. Raises Refused when it is played already, or too many are."""
    return system.scenarios.play(scenario, lambda step: happen(system, step))


def happen(system: System, step: Step) -> list[str]:
    """Let a step of a scenario happen; returns what of it was refused, and why."""
    refused = configure(system, step.lines) if step.lines else []
    for command in step.commands:
        if not system.chassis.is_up:
            refused.append(f"{command.line}: {messages.SYSTEM_DOWN()}")
            continue
        outcome = inject(system, command)
        if outcome.failed:
            refused.append(f"{command.line}: {' '.join(outcome.lines)}")
    return refused
