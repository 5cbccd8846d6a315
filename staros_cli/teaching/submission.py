"""Submissions of learners: files that anybody can have written."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from staros_cli.errors import UsageError
from staros_cli.labs.clock import LONGEST
from staros_cli.labs.progress import MOST_INPUTS, SUFFIX
from staros_cli.transcripts import directives
from staros_cli.transcripts.directives import Directive
from staros_cli.transcripts.errors import DirectiveError
from staros_cli.transcripts.format import SUFFIX as TRANSCRIPT_SUFFIX
from staros_cli.transcripts.format import Step, Transcript, Typed
from staros_cli.transcripts.targets import MemoryTarget
from staros_cli.whole_files import read_regular

LARGEST = 8 << 20
"""The most bytes of a file, and of all files that a transcript puts on its chassis."""
MOST_RESETS = 50
"""How often a transcript may take its chassis back."""
_RESET = re.compile(r"\s*:\s*r")


def find(names: Sequence[str]) -> list[tuple[Path, str]]:
    """Files to grade with the learner that their directory names. Raises UsageError."""
    found: list[tuple[Path, str]] = []
    for name in names:
        path = Path(name)
        inside = sorted(_files(path)) if path.is_dir() else [path]
        if not inside:
            kinds = f"*{SUFFIX} or *{TRANSCRIPT_SUFFIX}"
            raise UsageError(f"{name}: expected {kinds} files in it")
        for file in inside:
            below = file.parent != path and path.is_dir()
            found.append((file, file.relative_to(path).parts[0] if below else ""))
    return found


def _files(root: Path) -> Iterator[Path]:
    for suffix in (SUFFIX, TRANSCRIPT_SUFFIX):
        yield from root.rglob(f"*{suffix}")


def read(path: Path) -> bytes:
    """The content of a regular file that is not a link and not too large. Raises UsageError."""
    try:
        return read_regular(path, LARGEST, follow=False)
    except OSError as error:
        if path.is_symlink():
            raise UsageError(f"{path}: expected a regular file, not a link") from None
        if error.errno == errno.EFBIG:
            raise UsageError(f"{path}: expected at most {LARGEST} bytes") from None
        raise UsageError(f"{path}: {error.strerror or error}") from None


def text(path: Path) -> str:
    """The text in such a file. Raises UsageError."""
    try:
        return read(path).decode()
    except UnicodeDecodeError as error:
        place = f"byte {error.start + 1} is not UTF-8"
        raise UsageError(f"{path}: expected a text file, {place}") from None


def plain(said: str) -> str:
    """A text fit for terminals and files: without control characters, and encodable."""
    writable = said.encode("utf-8", "backslashreplace").decode()
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in writable)


def without_output(transcript: Transcript) -> Transcript:
    """A transcript that only does things: its output proves nothing and is not compared.

    Raises UsageError when it asks for more work than somebody can have done.
    """
    path = transcript.path
    if len(transcript.steps) > MOST_INPUTS:
        raise UsageError(f"{path}: expected at most {MOST_INPUTS} lines that do something")
    typed = [step.doing.text for step in transcript.steps if isinstance(step.doing, Typed)]
    if sum(_RESET.match(line) is not None for line in typed) > MOST_RESETS:
        raise UsageError(f"{path}: expected :reset at most {MOST_RESETS} times")
    if any("${" in line for line in typed):
        raise UsageError(f"{path}: expected lines as they were typed, without ${{name}}")
    steps = [Step(step.number, step.end, step.doing) for step in transcript.steps]
    return Transcript(path, transcript.lines, transcript.settings, steps)


class CarefulTarget(MemoryTarget):
    """The emulator for a transcript in `directory`, where its files have to be, too."""

    def __init__(self, directory: Path) -> None:
        super().__init__()
        self._directory = directory.resolve()
        self._bytes = 0
        self._seconds = 0.0

    def direct(self, directive: Directive) -> str:
        """Carry out what stands between commands."""
        if directive.name == "put":
            self._check_file(Path(directives.put(directive)[0]))
        if directive.name == "advance":
            self._seconds += directives.advance(directive)
            if self._seconds > LONGEST:
                raise DirectiveError(f"# advance: expected at most {LONGEST:.0f} seconds in all")
        return super().direct(directive)

    def _check_file(self, file: Path) -> None:
        if not file.is_relative_to(self._directory):
            raise DirectiveError("# put: expected a file beside the transcript or below")
        try:
            self._bytes += len(read(file))
        except UsageError as error:
            raise DirectiveError(f"# put: {error}") from None
        if self._bytes > LARGEST:
            raise DirectiveError(f"# put: expected files of at most {LARGEST} bytes in all")
