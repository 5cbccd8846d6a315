"""Finding what of a log the emulator can be compared with, by a replay that nobody sees."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from staros_cli.transcripts.directives import Settings
from staros_cli.transcripts.format import (
    ANY_LINES,
    LITERAL,
    REMARK,
    Key,
    Step,
    Transcript,
    Typed,
    Waiting,
)
from staros_cli.transcripts.prompts import is_question, parts_of_prompt, prompt_line
from staros_cli.transcripts.replay import Player
from staros_cli.transcripts.targets import MemoryTarget
from staros_cli.transcripts.terminals import Terminals

_UNKNOWN = "Unknown command - "
_DECLINE = "ctrl-c"


class Marked(Struct, frozen=True):
    """The lines of a transcript with remarks; how many lines are typed, left out, not known."""

    lines: list[str]
    commands: int
    left_out: int
    unknown: int


def begin_there(settings: Settings, line: str) -> tuple[list[str], str]:
    """The lines to type so that a session is at the prompt of `line`, and the remark if none do.

    The host name of the settings is left empty when the chassis has it anyhow. Raises
    DirectiveError when the chassis of the settings cannot be used.
    """
    own = parts_of_prompt(Terminals(replace(settings, host="")).terminal.session.prompt)
    if own and own.host == settings.host:
        settings.host = ""
    terminals = Terminals(settings)
    terminals.begin()
    wanted = parts_of_prompt(line)
    if wanted is None:
        return [], ""
    ways = {"": [], "config": ["configure"], "config-ctx": ["configure"]}
    keys = ways.get(wanted.mode, [])
    typed = []
    if wanted.mode != "config":
        keys = [*keys, f"context {wanted.context}"]
    for key in keys:
        prompt = terminals.terminal.session.prompt
        if parts_of_prompt(prompt) == wanted:
            break
        typed.append(prompt + key)
        terminals.feed(f"{key}\r")
    if parts_of_prompt(terminals.terminal.session.prompt) == wanted:
        return typed, ""
    found = prompt_line(line)
    assert found is not None
    return [], f"The log begins at {found.prompt}, where {settings.chassis} cannot begin"


def marked(transcript: Transcript) -> Marked:
    """A transcript with all remarked that cannot be compared on the emulator.

    A command that the emulator does not know keeps its line, with any output allowed. Lines that
    were typed at a prompt to which the emulator does not come are remarks.
    """
    return _Marker(transcript).marked()


class _Marker:
    """Plays a transcript in memory and remarks what does not fit."""

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript
        self._target = MemoryTarget()
        self._player = Player(transcript, self._target)
        self._replaced: dict[int, list[str]] = {}
        self._left_out = self._unknown = 0
        self._astray = False

    def marked(self) -> Marked:
        steps = self._transcript.steps
        for index, step in enumerate(steps):
            if not self._is_ready_for(step):
                self._leave_out(step)
            elif not isinstance(step.doing, Waiting):
                self._astray = False
                self._take(index)
        lines = [
            new
            for number, line in enumerate(self._transcript.lines, 1)
            for new in self._replaced.get(number, [line])
        ]
        return Marked(lines, self._transcript.commands, self._left_out, self._unknown)

    def _is_ready_for(self, step: Step) -> bool:
        """Whether the session is where a step needs it."""
        if isinstance(step.doing, Key):
            return self._player.is_paging
        if isinstance(step.doing, (Typed, Waiting)):
            return not self._target.closed and self._player.place.prompt == step.doing.prompt
        return True

    def _leave_out(self, step: Step) -> None:
        """Turn a step into remarks."""
        self._left_out += isinstance(step.doing, Typed)
        self._leave_out_lines(_numbers(step))
        if not self._astray:
            there = self._player.place.prompt
            where = "the session has ended" if self._target.closed else f"the session is at {there}"
            self._remark(step, f"Not replayed: {where}")
        self._astray = True

    def _leave_out_lines(self, numbers: list[int]) -> None:
        for number in numbers:
            line = self._transcript.lines[number - 1]
            while line.endswith(LITERAL):
                line = line.removesuffix(LITERAL)
            self._replaced[number] = [f"{REMARK} {line}".rstrip()]

    def _take(self, index: int) -> None:
        """Do a step, and remark what came when it cannot be compared with the log."""
        step = self._transcript.steps[index]
        came = self._player.take(index) or []
        if not isinstance(step.doing, Typed):
            return
        logged = [line.text for line in step.expected]
        if self._target.closed:
            # What the client or a shell says then is nobody's output.
            self._leave_out_lines([line.number for line in step.expected])
        elif _is_unknown(came) and not _is_unknown(logged):
            self._unknown += 1
            self._remark(step, "Not compared: the emulator does not know this command")
            self._expect(step, [ANY_LINES])
        elif is_question(self._player.place.prompt) and not self._asks_next(index):
            self._remark(step, "Not compared: the emulator asks first, and is told no")
            question = self._player.place.prompt
            self._player.decline()
            self._expect(step, [ANY_LINES, question, f"# type {_DECLINE}", ANY_LINES])

    def _asks_next(self, index: int) -> bool:
        """Whether the log has a question after a step, too; one that ends there may."""
        later = (step.doing for step in self._transcript.steps[index + 1 :])
        following = next((doing for doing in later if isinstance(doing, (Typed, Waiting))), None)
        return following is None or is_question(following.prompt)

    def _remark(self, step: Step, text: str) -> None:
        lines = self._replaced.get(step.number, [self._transcript.lines[step.number - 1]])
        self._replaced[step.number] = [f"{REMARK} {text}", *lines]

    def _expect(self, step: Step, lines: list[str]) -> None:
        """Have a step expect these lines."""
        for line in step.expected:
            self._replaced[line.number] = []
        kept = self._replaced.get(step.end, [self._transcript.lines[step.end - 1]])
        self._replaced[step.end] = [*kept, *lines]


def _numbers(step: Step) -> list[int]:
    """The lines of a step."""
    return [*range(step.number, step.end + 1), *(line.number for line in step.expected)]


def _is_unknown(output: list[str]) -> bool:
    """Whether output, behind a time stamp, says that there is no such command."""
    return any(line.startswith(_UNKNOWN) for line in output[:2])
