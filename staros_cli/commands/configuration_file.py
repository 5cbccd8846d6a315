"""Applying a configuration file: its lines take the same way as typed ones."""

from __future__ import annotations

from msgspec import structs

from staros_cli import messages
from staros_cli.chassis.administrators import Administrator
from staros_cli.chassis.privilege import Privilege
from staros_cli.chassis.recovery import Effect
from staros_cli.commands import engine
from staros_cli.commands.engine import Outcome
from staros_cli.commands.state import Frame, SessionState
from staros_cli.configuration.files import Problem
from staros_cli.configuration.system import System
from staros_cli.language.lines import LineJoiner

REQUIRE = "require_session_recovery"
"""The rule of the line whose license is judged at the end."""


def apply(system: System, text: str, url: str) -> list[Problem]:
    """Apply the text of a configuration file to a system, line by line.

    A line that is refused, or that the system has a word to say about, is reported with its number,
    and reading goes on. Whether session recovery is licensed is judged when all lines have been
    read, wherever the license key stands (SR-22, SR-24).
    """
    now = system.chassis.now
    state = SessionState(Administrator("config", Privilege.SECURITY, "config", now, now))
    state.frames.append(Frame("config", system.running))
    joiner = LineJoiner()
    problems: list[Problem] = []
    required: Problem | None = None
    was_configured = system.chassis.recovery.configured
    system.chassis.begin_reading()
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        whole = joiner.feed(line)
        if whole is None and number == len(lines):
            whole = joiner.finish()
        if whole is None:
            continue
        outcome = _run(system, state, whole.strip())
        first = whole.strip().split("\n")[0]
        if outcome.lines:
            problems.append(Problem(url, number, first, "\n".join(outcome.lines)))
        if outcome.command is not None and outcome.command.rule.name == REQUIRE:
            required = Problem(url, number, first, "")
    effect = system.chassis.end_reading()
    if effect is Effect.UNLICENSED and required is not None:
        problems = [problem for problem in problems if problem.number != required.number]
        problems.append(_unlicensed(system, required, was_configured))
    return sorted(problems, key=lambda problem: problem.number)


def _unlicensed(system: System, required: Problem, was_configured: bool) -> Problem:
    """What the system says of the line that requires what no license allows.

    At a start the line stays, and the system runs without it. Applied to a running system the line
    is refused, as it would be when typed.
    """
    if not system.chassis.is_up:
        return structs.replace(required, text=messages.RUNS_WITHOUT())
    if not was_configured:
        system.chassis.no_require_session_recovery()
        system.running.drop(required.line)
    return structs.replace(required, text=f"Failure: {messages.NOT_LICENSED()}")


def _run(system: System, state: SessionState, line: str) -> Outcome:
    if line == "#exit":
        line = "exit"
    if not line or line.startswith("#"):
        return Outcome()
    if not state.frames:
        if line in ("config", "configure"):
            state.frames.append(Frame("config", system.running))
            return Outcome()
    elif line in ("config", "configure") and len(state.frames) == 1:
        return Outcome()
    outcome = engine.run_line(system, state, line)
    if outcome.question and outcome.command is not None:
        outcome = engine.run(system, state, outcome.command, confirmed=True)
    return outcome
