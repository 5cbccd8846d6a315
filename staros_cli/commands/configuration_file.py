"""Applying a configuration file: its lines take the same way as typed ones."""

from __future__ import annotations

from staros_cli.chassis.administrators import Administrator
from staros_cli.chassis.privilege import Privilege
from staros_cli.commands import engine
from staros_cli.commands.engine import Outcome
from staros_cli.commands.state import Frame, SessionState
from staros_cli.configuration.files import Problem
from staros_cli.configuration.system import System
from staros_cli.language.lines import LineJoiner


def apply(system: System, text: str, url: str) -> list[Problem]:
    """Apply the text of a configuration file to a system, line by line.

    A line that is refused, or that the system has a word to say about, is reported with its number,
    and reading goes on.
    """
    now = system.chassis.now
    state = SessionState(Administrator("config", Privilege.SECURITY, "config", now, now))
    state.frames.append(Frame("config", system.running))
    joiner = LineJoiner()
    problems: list[Problem] = []
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        whole = joiner.feed(line)
        if whole is None and number == len(lines):
            whole = joiner.finish()
        if whole is None:
            continue
        outcome = _run(system, state, whole.strip())
        if outcome.lines:
            first = whole.strip().split("\n")[0]
            problems.append(Problem(url, number, first, "\n".join(outcome.lines)))
    return problems


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
