"""The form of a transcript: the session as it looks on the terminal, and a few `#` lines."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import Struct

from staros_cli.language.lines import LineJoiner
from staros_cli.language.words import asks_for_help
from staros_cli.patterns import PatternError
from staros_cli.transcripts import directives
from staros_cli.transcripts.directives import Directive, Settings
from staros_cli.transcripts.errors import DirectiveError, TranscriptError
from staros_cli.transcripts.line_pattern import LinePattern
from staros_cli.transcripts.prompts import CONTINUATION, is_marker, is_question, prompt_line

SUFFIX = ".transcript"
LITERAL = " (text)"
PATTERN = " (re)"
GLOB = " (glob)"
ANY_LINES = "..."
REMARK = "##"
FIRST_SESSION = "console"
"""The name of the session that a transcript begins with."""

_DIRECTIVE = re.compile(r"# (?P<text>\S.*)")
_REFERENCE = re.compile(r"\$\{([^}]*)\}")


class Typed(Struct, frozen=True):
    """A line that was typed: the prompt before it, and the key that ended it.

    `key` is `enter`, `help` or a name of `directives.KEYS`.
    """

    prompt: str
    text: str
    key: str = "enter"


class Key(Struct, frozen=True):
    """A key that was typed where the pager waits."""

    key: str


class Waiting(Struct, frozen=True):
    """The prompt at the end: nothing was typed any more, but for what `?` gave back."""

    prompt: str
    text: str


class Expected(Struct, frozen=True):
    """A line of output with its place in the file, from 1."""

    number: int
    text: str


Doing = Typed | Key | Waiting | Directive | None
"""The effect of a step; None stands for the beginning of the session."""


class Step(Struct):
    """Something that is done, at a line of the file, and the output that has to follow.

    `end` is the last line that says what is done.
    """

    number: int
    end: int
    doing: Doing
    expected: list[Expected] = []


class Transcript(Struct):
    """A transcript as it was read."""

    path: str
    lines: list[str]
    settings: Settings
    steps: list[Step]

    @property
    def commands(self) -> int:
        """How many lines are typed."""
        return sum(isinstance(step.doing, Typed) for step in self.steps)


def read(path: Path) -> Transcript:
    """Read a transcript. Raises TranscriptError when the file or a line cannot be used."""
    try:
        text = path.read_bytes().decode()
    except OSError as error:
        raise TranscriptError(str(path), 0, error.strerror or str(error)) from None
    except UnicodeDecodeError as error:
        place = f"byte {error.start + 1} is not UTF-8"
        raise TranscriptError(str(path), 0, f"expected a text file, {place}") from None
    return parse(text, str(path))


def parse(text: str, path: str) -> Transcript:
    """A transcript from its text. Raises TranscriptError."""
    return _Reader(path, text).transcript()


class _Reader:
    """Reads a transcript line by line."""

    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self._lines = [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]
        # Blank lines at the end of a file are nobody's output.
        self._end = len("\n".join(self._lines).rstrip().split("\n"))
        self._settings = Settings()
        self._steps = [Step(1, 0, None)]
        self._in_header = True
        self._joiner = LineJoiner()
        self._session = FIRST_SESSION
        self._last: dict[str, int] = {}
        self._names: set[str] = set()

    def transcript(self) -> Transcript:
        for number, line in enumerate(self._lines[: self._end], 1):
            try:
                self._line(number, line)
            except DirectiveError as error:
                raise TranscriptError(self._path, number, str(error)) from None
        if not self._last:
            raise TranscriptError(
                self._path, 0, "expected lines that begin with a prompt such as [local]asr5500#"
            )
        self._find_waiting()
        return Transcript(self._path, self._lines, self._settings, self._steps)

    def _line(self, number: int, line: str) -> None:
        if line.startswith(REMARK):
            if line.endswith(LITERAL):
                self._expect(number, line)
            return
        directive = _DIRECTIVE.fullmatch(line)
        typed = None if line.endswith(LITERAL) else self._typed(line)
        if directive and not line.endswith(LITERAL):
            self._directive(number, directives.read(directive["text"]))
        elif typed is not None:
            self._in_header = False
            self._check_references(typed.text)
            self._last[self._session] = len(self._steps)
            self._steps.append(Step(number, number, typed))
        elif (line or not self._in_header) and not is_marker(line):
            self._expect(number, line)

    def _typed(self, line: str) -> Typed | None:
        if self._joiner.pending and line.startswith(CONTINUATION):
            self._joiner.feed(line.removeprefix(CONTINUATION))
            return Typed(CONTINUATION.rstrip(), line.removeprefix(CONTINUATION))
        found = prompt_line(line)
        if found is None:
            return None
        self._joiner.clear()
        if not is_question(line):
            self._joiner.feed(found.text)
            if asks_for_help(found.text):
                return Typed(found.prompt, found.text[:-1], "help")
        return Typed(found.prompt, found.text)

    def _directive(self, number: int, directive: Directive) -> None:
        if self._in_header:
            if directive.name not in directives.STEPS or directive.name == "user":
                directives.apply_setting(self._settings, directive)
                return
            self._in_header = False
        self._check_references(directive.text)
        if directive.name not in directives.STEPS or not _REFERENCE.search(directive.text):
            # Captured texts are known only when it runs, and checked there.
            directives.check_step(directive)
        if directive.name == "type":
            self._key(number, directive)
            return
        if directive.name == "session":
            self._session = directive.words[0]
        self._joiner.clear()
        self._steps.append(Step(number, number, directive))

    def _key(self, number: int, directive: Directive) -> None:
        """A key ends the line it follows at once; elsewhere it is for what waits for keys."""
        step = self._steps[-1]
        (name,) = directive.words
        ends_lines = name in directives.KEYS
        if isinstance(step.doing, Typed) and not step.expected and ends_lines:
            typed = step.doing
            text = typed.text + "?" if typed.key == "help" else typed.text
            self._steps[-1] = Step(step.number, number, Typed(typed.prompt, text, name))
            self._joiner.clear()
        elif isinstance(step.doing, (Typed, Key)):
            self._steps.append(Step(number, number, Key(name)))
        else:
            raise DirectiveError("# type: expected after a line that is typed, or in its output")

    def _expect(self, number: int, line: str) -> None:
        if not line.endswith(LITERAL):
            self._check_references(line)
        if line.endswith(PATTERN):
            self._check_pattern(line.removesuffix(PATTERN))
        self._steps[-1].expected.append(Expected(number, line))

    def _check_pattern(self, pattern: str) -> None:
        plain = _REFERENCE.sub("x", pattern)
        try:
            names = LinePattern(plain).names
        except PatternError as error:
            raise DirectiveError(f"invalid regular expression: {plain!r}: {error}") from None
        self._names.update(names)

    def _check_references(self, text: str) -> None:
        for name in _REFERENCE.findall(text):
            if name not in self._names:
                known = ", ".join(sorted(self._names)) or "none yet"
                raise DirectiveError(f"${{{name}}} was not captured before; captured: {known}")

    def _find_waiting(self) -> None:
        """The last prompt of a session with nothing typed behind it is the one that waits."""
        for index in self._last.values():
            step = self._steps[index]
            typed = step.doing
            if not isinstance(typed, Typed) or typed.key != "enter" or step.expected:
                continue
            before = self._steps[index - 1].doing
            given_back = (
                before.text if isinstance(before, Typed) and before.key in ("help", "tab") else ""
            )
            if typed.text.strip() == given_back.strip() and not is_question(typed.prompt):
                step.doing = Waiting(typed.prompt, given_back)


def literal(line: str) -> str:
    """A line of output as it stands in a transcript: marked when it would read as another thing."""
    if _means_something(line.rstrip()):
        return line.rstrip() + LITERAL
    return line.rstrip()


def _means_something(line: str) -> bool:
    return (
        line == ANY_LINES
        or line.startswith((REMARK, CONTINUATION))
        or line.endswith((LITERAL, PATTERN, GLOB))
        or _DIRECTIVE.fullmatch(line) is not None
        or _REFERENCE.search(line) is not None
        or is_marker(line)
        or prompt_line(line) is not None
    )


def header(settings: Settings) -> list[str]:
    """The lines that begin a transcript."""
    return [f"# {directive.text}" for directive in settings.directives()]
