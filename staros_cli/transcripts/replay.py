"""Replaying a transcript on a target, step by step."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from staros_cli.transcripts import compare, directives
from staros_cli.transcripts.compare import Captures
from staros_cli.transcripts.directives import Directive
from staros_cli.transcripts.errors import DirectiveError, TargetError, TranscriptError
from staros_cli.transcripts.format import Key, Step, Transcript, Typed, Waiting
from staros_cli.transcripts.paths import within
from staros_cli.transcripts.prompts import (
    CONTINUATION,
    PromptLine,
    is_marker,
    is_waiting,
    prompt_line,
)
from staros_cli.transcripts.screen import Screen
from staros_cli.transcripts.targets import Target

ERASE_LINE = "\x15"
_ENDS = {"enter": "\r", "help": "?"} | directives.KEYS
_GIVE_BACK = ("help", "tab")


class Difference(Struct, frozen=True):
    """Where what came is not what was expected."""

    line: int
    reason: str


class Result(Struct):
    """The result of a replay. `updated` is the transcript as it would have passed.

    `stopped` tells that lines were left out, because the session was not where the file has it.
    """

    path: str
    commands: int
    differences: list[Difference]
    lines: list[str]
    updated: list[str]
    stopped: bool = False

    @property
    def passed(self) -> bool:
        """Whether everything came as expected."""
        return not self.differences

    def diff(self) -> list[str]:
        """The differences, as a unified diff with the line numbers of the file."""
        came = f"{self.path} (what came)"
        return list(difflib.unified_diff(self.lines, self.updated, self.path, came, lineterm=""))

    def report(self) -> list[str]:
        """The differences, for a person: the places, then the diff."""
        places = [f"{self.path}:{found.line}: {found.reason}" for found in self.differences]
        return [*places, *self.diff()]


def replay(transcript: Transcript, target: Target, *, update: bool = False) -> Result:
    """Replay a transcript and close the target.

    It ends where the session is not where the file has it, since what would follow is meant for
    another place; `update` goes on on targets that cannot be harmed. Raises TranscriptError when
    the target fails.
    """
    player = Player(transcript, target, update)
    try:
        return player.play()
    finally:
        target.close()


class _Astray(Exception):
    """The session is not where the file has it."""


class Player:
    """Does the steps of a transcript on a target and notes what differs.

    With `update` it goes on where the session is elsewhere, on targets that cannot be harmed.
    """

    def __init__(self, transcript: Transcript, target: Target, update: bool = False) -> None:
        self._transcript = transcript
        self._target = target
        self._goes_on = update and not target.live
        self._screen = Screen()
        self._captures = Captures()
        self._differences: list[Difference] = []
        self._replaced: dict[int, list[str]] = {}
        self._commands = 0

    @property
    def place(self) -> PromptLine:
        """The prompt at which the session waits, and the text behind it."""
        tail = self._screen.tail
        if tail.startswith(CONTINUATION):
            return PromptLine(CONTINUATION.rstrip(), tail.removeprefix(CONTINUATION))
        return prompt_line(tail) or PromptLine(tail, "")

    @property
    def is_paging(self) -> bool:
        """Whether the pager waits for a key."""
        return is_marker(self._screen.tail)

    def play(self) -> Result:
        """Do all steps; returns what came of them. Raises TranscriptError."""
        transcript = self._transcript
        stopped = False
        for index, step in enumerate(transcript.steps):
            try:
                came = self.take(index)
            except (TargetError, DirectiveError) as error:
                number = max(1, step.number)
                raise TranscriptError(transcript.path, number, str(error)) from None
            except _Astray:
                stopped = True
                break
            if came is not None:
                self._compare(step, came)
        updated = [
            new
            for number, line in enumerate(transcript.lines, 1)
            for new in self._replaced.get(number, [line])
        ]
        return Result(
            transcript.path,
            self._commands,
            self._differences,
            transcript.lines,
            updated,
            stopped,
        )

    def take(self, index: int) -> list[str] | None:
        """Do the step `index`; returns the lines that came, None where none are compared.

        Raises TargetError or DirectiveError when that is not possible.
        """
        step = self._transcript.steps[index]
        doing = step.doing
        if doing is None:
            came = self._screen.feed(self._target.begin(self._transcript.settings))
            if not step.expected:
                return None
        elif isinstance(doing, Waiting):
            self._check_prompt(step, doing.prompt, doing.text)
            return None
        elif self._target.closed:
            raise TargetError("the target hung up before this line")
        elif isinstance(doing, Typed):
            came = self._type(step, doing)
        elif isinstance(doing, Key):
            came = self._press(step, doing)
        else:
            came = self._direct(doing)
        if self._target.came_back:
            return None
        if not isinstance(_doing(self._transcript.steps, index + 1), Key):
            while self.is_paging and not self._target.closed:
                came += self._screen.feed(self._target.type(" ", _given_back(doing)))
        return [line for line in came if not is_marker(line)]

    def decline(self) -> None:
        """Decline the question that waits."""
        self._screen.feed(self._target.type(directives.KEYS["ctrl-c"]))

    def _type(self, step: Step, typed: Typed) -> list[str]:
        given_back = self._check_prompt(step, typed.prompt)
        text = self._captures.filled(typed.text)
        goes_on = text.startswith(given_back)
        keys = text[len(given_back) :] if goes_on else ERASE_LINE + text
        keys += _ENDS[typed.key]
        self._commands += 1
        more = typed.key == "tab"
        came = self._screen.feed(self._target.type(keys, _given_back(typed, text), more=more))
        shown = came.pop(0) if came else self._screen.tail
        line = self._transcript.lines[step.number - 1]
        if shown.rstrip() != self._captures.filled(line).rstrip():
            if step.number not in self._replaced:
                self._differ(step.number, "the line that was typed reads otherwise")
            self._replaced[step.number] = [shown.rstrip()]
        return came

    def _check_prompt(self, step: Step, prompt: str, text: str | None = None) -> str:
        """Check where the session is; returns what stands behind the prompt."""
        tail = self._screen.tail
        there, given_back = self.place.prompt, self.place.text
        right = there == prompt and (text is None or given_back.strip() == text.strip())
        if not right:
            closed = self._target.closed
            shown = "the session has ended" if closed else f"the session is at {tail.rstrip()!r}"
            self._differ(step.number, f"expected the prompt {prompt!r}, {shown}")
            line = self._transcript.lines[step.number - 1]
            waits = is_waiting(tail)
            self._replaced[step.number] = [there + line.removeprefix(prompt)] if waits else []
            if not self._goes_on or not waits:
                raise _Astray
        return given_back

    def _press(self, step: Step, doing: Key) -> list[str]:
        if is_waiting(self._screen.tail):
            self._differ(step.number, f"nothing waits for the key {doing.key}")
            self._replaced[step.number] = []
            return []
        return self._screen.feed(self._target.type(directives.characters(doing.key)))

    def _direct(self, directive: Directive) -> list[str]:
        words = tuple(self._captures.filled(word) for word in directive.words)
        directive = Directive(directive.name, words)
        if directive.name == "put":
            file = within(Path(self._transcript.path), directive.words[0], directive.name)
            directive = Directive("put", (str(file), *directive.words[1:]))
        stream = self._target.direct(directive)
        came = self._screen.feed(stream)
        return came[1:] if stream.startswith("\r\n") else came

    def _compare(self, step: Step, came: list[str]) -> None:
        expected = [line.text for line in step.expected]
        before = dict(self._captures.values)
        if compare.matches(expected, came, self._captures):
            return
        self._captures.values = before
        accepted = compare.accepted(expected, came, self._captures)
        first = next(
            (place for place, line in enumerate(expected) if accepted[place : place + 1] != [line]),
            len(expected),
        )
        number = step.expected[first].number if first < len(expected) else step.end + 1
        self._differ(number, "the output differs")
        self._replace(step, accepted)

    def _replace(self, step: Step, accepted: Sequence[str]) -> None:
        for line in step.expected:
            self._replaced[line.number] = []
        if step.expected:
            self._replaced[step.expected[0].number] = list(accepted)
        elif step.end:
            kept = self._replaced.get(step.end, [self._transcript.lines[step.end - 1]])
            self._replaced[step.end] = [*kept, *accepted]

    def _differ(self, number: int, reason: str) -> None:
        self._differences.append(Difference(number, reason))


def _given_back(doing: object, text: str | None = None) -> str:
    """The text that stands behind the prompt again after a step; it was typed as `text`."""
    if not isinstance(doing, Typed) or doing.key not in _GIVE_BACK:
        return ""
    return doing.text if text is None else text


def _doing(steps: Sequence[Step], index: int) -> object:
    return steps[index].doing if index < len(steps) else None
