"""Applying a configuration file: its lines take the same way as typed ones."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import structs

from staros_cli import messages
from staros_cli.chassis.administrators import Administrator
from staros_cli.chassis.privilege import Privilege
from staros_cli.chassis.recovery import Effect
from staros_cli.commands import engine, opaque, refused_blocks
from staros_cli.commands.engine import Outcome, Suspended
from staros_cli.commands.state import Frame, SessionState
from staros_cli.configuration.files import Problem
from staros_cli.configuration.system import System
from staros_cli.configuration.tree import INDENT
from staros_cli.language.lines import LineJoiner

REQUIRE = "require_session_recovery"
"""The rule of the line whose license is judged at the end."""


SLICE = 150
"""Lines of a slice: what a system does at a time while a file is applied."""

PAUSE, PAUSE_AFTER_HASH = 0.01, 0.25
"""Seconds that are left to others between two slices; the hash of a password takes long."""

MOST_PROBLEMS = 1000
"""How many refused lines are told one by one."""

LINE_LIMIT = 16384
"""The longest line that is taken, in characters, with those that continue it."""


class FileReading:
    """A configuration file that is applied to a system line by line, a slice at a time.

    A line that is refused, or that the system has a word to say about, is reported with its number,
    and reading goes on. Whether session recovery is licensed is judged when all lines have been
    read, wherever the license key stands (SR-22, SR-24). Lines run with the rights of `privilege`,
    and only configuration commands are taken: a file that applies itself or restarts the system
    would never end.
    """

    def __init__(self, system: System, text: str, url: str, privilege: Privilege) -> None:
        now = system.chassis.now
        self._system = system
        self._url = url
        self._state = SessionState(Administrator("config", privilege, "config", now, now))
        self._state.frames.append(Frame("config", system.running))
        self._joiner = LineJoiner()
        self._lines = enumerate(_lines(text), 1)
        self._state.file.indented, self._blocks = structure_of(text)
        self._problems: list[Problem] = []
        self._more = 0
        self._taken = 0
        self._refused = 0
        self._first_refused = 0
        self._number = 0
        self._required: Problem | None = None
        self._was_configured = system.chassis.recovery.configured
        self._done = False
        self._hashed = False
        self._waiting: tuple[int, str, Suspended] | None = None

    @property
    def problems(self) -> list[Problem]:
        """The lines refused so far, or that the system had something to say about."""
        found = sorted(self._problems, key=lambda problem: problem.number)
        if self._more:
            text = messages.MORE_REFUSED(url=self._url, count=self._more)
            found.append(Problem(self._url, 0, "", text))
        return found

    @property
    def summary(self) -> str:
        """How many lines were taken and refused; empty when none was refused."""
        if not self._refused:
            return ""
        return messages.FILE_APPLIED(
            url=self._url, taken=self._taken, refused=self._refused, first=self._first_refused
        )

    @property
    def pause(self) -> float:
        """How many seconds to leave to others before the next slice."""
        return PAUSE_AFTER_HASH if self._hashed else PAUSE

    def step(self) -> bool:
        """Apply a slice; returns whether the file has been applied to its end."""
        if self._done:
            return True
        chassis = self._system.chassis
        chassis.begin_reading()
        try:
            left = SLICE
            self._hashed = False
            if self._waiting is not None:
                left -= self._resume(*self._waiting)
            while left > 0 and not self._done:
                left -= self._next_line()
        finally:
            chassis.pause_reading()
        return self._done

    def abandon(self) -> None:
        """Apply no more of it: what was applied stays."""
        if self._waiting is not None:
            self._waiting[2].close()
        if not self._done:
            self._end()

    def _next_line(self) -> int:
        """Apply a line; returns what that costs, in lines."""
        number, line = next(self._lines, (0, None))
        if line is None:
            if self._joiner.pending:
                return self._take(self._number, self._joiner.finish())
            self._end()
            return 0
        self._number = number
        if self._joiner.size + len(line) > LINE_LIMIT:
            self._joiner.clear()
            text = f"Failure: {messages.LINE_TOO_LONG(limit=LINE_LIMIT)}"
            self._report(Problem(self._url, number, line[:60], text))
            return 1
        whole = self._joiner.feed(line)
        return 1 if whole is None else self._take(number, whole)

    def _take(self, number: int, whole: str) -> int:
        self._state.file.number = number
        self._state.file.opens_block = number in self._blocks
        outcome = _run(self._system, self._state, whole)
        return self._settle(number, whole.strip().split("\n")[0], outcome)

    def _resume(self, number: int, first: str, suspended: Suspended) -> int:
        """Go on with a line that waits; returns what that costs, in lines."""
        self._waiting = None
        outcome = engine.answer_yes(engine.go_on(suspended))
        return self._settle(number, first, outcome)

    def _settle(self, number: int, first: str, outcome: Outcome) -> int:
        """Note what came of a line; returns what it costs, in lines."""
        if outcome.suspended is not None:
            self._waiting = number, first, outcome.suspended
            return SLICE
        if outcome.failed:
            self._refused += 1
            self._first_refused = self._first_refused or number
        elif first and not first.startswith("#"):
            self._taken += 1
        if outcome.lines:
            self._report(Problem(self._url, number, first, "\n".join(outcome.lines)))
        command = outcome.command
        if command is None:
            return 1
        if command.rule.name == REQUIRE:
            self._required = Problem(self._url, number, first, "")
        self._hashed = bool(command.secrets) and self._system.outside is None
        return SLICE if self._hashed else 1

    def _report(self, problem: Problem) -> None:
        if len(self._problems) < MOST_PROBLEMS:
            self._problems.append(problem)
        else:
            self._more += 1

    def _end(self) -> None:
        self._done = True
        effect = self._system.chassis.end_reading()
        required = self._required
        if effect is Effect.UNLICENSED and required is not None:
            self._problems = [p for p in self._problems if p.number != required.number]
            self._problems.append(_unlicensed(self._system, required, self._was_configured))


def structure_of(text: str) -> tuple[bool, frozenset[int]]:
    """Whether blanks show which lines of a file belong together, and the lines with some below.

    Those are told by their numbers; a line that is closed at once has none, and opens a block too.
    Lines that all stand as far in as a device writes those below `config` are in no deeper mode.
    """
    levels: set[int] = set()
    openers: set[int] = set()
    last, last_level = 0, -1
    joiner = LineJoiner()
    for number, line in enumerate(_lines(text), 1):
        whole = joiner.feed(line)
        bare = whole.strip() if whole is not None else ""
        closes = bare in opaque.CLOSING
        if whole is None or not bare or (bare.startswith("#") and not closes):
            continue
        level = refused_blocks.indentation_of(whole)
        if not _WITHOUT_LEVEL.fullmatch(bare):
            levels.add(level)
            if level > last_level >= 0 or (level == last_level and closes):
                openers.add(last)
        last, last_level = number, -1 if closes else level
    indented = len(levels) > 1 or levels == {len(INDENT)}
    return indented, frozenset(openers) if indented else frozenset()


_WITHOUT_LEVEL = re.compile(r"config(?:ure)?|end|license\s+key\b.*", re.DOTALL)
"""Lines whose blanks tell nothing: they stand at the edge in any file."""


def _lines(text: str) -> Iterator[str]:
    """The lines of a text, which is large perhaps, one at a time."""
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield text[start:end].removesuffix("\r")
        start = end + 1


def _unlicensed(system: System, required: Problem, was_configured: bool) -> Problem:
    """The problem of a line that requires a feature without a license.

    At a start the line stays, and the system runs without it. Applied to a running system the line
    is refused, as it would be when typed.
    """
    if not system.chassis.is_up:
        return structs.replace(required, text=messages.RUNS_WITHOUT())
    if not was_configured:
        system.chassis.no_require_session_recovery()
        system.running.drop(required.line)
    return structs.replace(required, text=f"Failure: {messages.NOT_LICENSED()}")


def _run(system: System, state: SessionState, whole: str) -> Outcome:
    state.indentation = refused_blocks.indentation_of(whole)
    inside = refused_blocks.outcome_inside(state, whole)
    if inside is not None:
        return inside
    line = whole.strip()
    if line and opaque.closes_run(system, state, line):
        return Outcome()
    if not line or line.startswith("#"):
        state.pass_remark(line)
        return Outcome()
    if not state.frames:
        if line in ("config", "configure"):
            state.frames.append(Frame("config", system.running))
            return Outcome()
        return Outcome([f"Failure: {messages.CONFIGURATION_ONLY()}"], failed=True)
    if line in ("config", "configure") and len(state.frames) == 1:
        return Outcome()
    outcome = engine.run_line(system, state, line, configuration_only=True)
    if outcome.command is not None:
        state.file.unknown_run = []
    refused_blocks.note(state, whole, outcome)
    return engine.answer_yes(outcome)
