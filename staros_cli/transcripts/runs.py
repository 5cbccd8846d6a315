"""Replaying many transcripts: finding them, one after the other or at the same time."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from msgspec import Struct

from staros_cli.chassis.definition import built_in_names
from staros_cli.errors import UsageError
from staros_cli.transcripts import format
from staros_cli.transcripts.directives import Directive
from staros_cli.transcripts.errors import DirectiveError, TranscriptError
from staros_cli.transcripts.format import SUFFIX, Step, Transcript
from staros_cli.transcripts.junit import Outcome
from staros_cli.transcripts.paths import within
from staros_cli.transcripts.replay import replay
from staros_cli.transcripts.targets import MemoryTarget, Target
from staros_cli.transcripts.terminals import definition_of
from staros_cli.whole_files import write_whole

OWN_SERVER = "serve"


class Way(Struct, frozen=True):
    """How transcripts are replayed: in memory, on an SSH address, or on a program.

    `ssh` can be OWN_SERVER for a chassis that is served for each; `control` is the socket at which
    the time of an address is moved. `program` is the command that runs the program, empty for the
    installed one; `timeout` is how many seconds a prompt may take.
    """

    in_memory: bool = False
    ssh: str = ""
    control: str = ""
    password: str | None = None
    ssh_options: tuple[str, ...] = ()
    program: tuple[str, ...] = ()
    timeout: float = 30.0
    update: bool = False

    def target(self) -> Target:
        """A new target."""
        if self.in_memory:
            return MemoryTarget()
        if self.ssh == OWN_SERVER:
            from staros_cli.transcripts.over_ssh import ServedTarget

            return ServedTarget(self.program or None, self.timeout)
        if self.ssh:
            from staros_cli.transcripts.over_ssh import SshAddress, SshTarget

            address = SshAddress(self.ssh)
            control = Path(self.control) if self.control else None
            return SshTarget(address, self.password, self.ssh_options, self.timeout, control)
        from staros_cli.transcripts.spawned import ProgramTarget

        return ProgramTarget(self.program or None, self.timeout)


def find(paths: Sequence[str]) -> list[Path]:
    """The transcripts in files and directories, in order. Raises UsageError when one has none."""
    found: list[Path] = []
    for name in paths:
        path = Path(name)
        inside = sorted(path.rglob(f"*{SUFFIX}")) if path.is_dir() else [path]
        if not inside:
            raise UsageError(f"{name}: there is no *{SUFFIX} file in it")
        found += inside
    return found


def run(path: Path, way: Way) -> Outcome:
    """Replay a transcript; with `update`, write what came into it."""
    began = time.perf_counter()
    try:
        transcript = load(path)
        result = replay(transcript, way.target(), update=way.update)
        if way.update and not result.passed:
            _accept(path, result.updated, result.stopped, result.differences[-1].line)
    except TranscriptError as error:
        return Outcome(str(path), time.perf_counter() - began, error=error)
    return Outcome(str(path), time.perf_counter() - began, result=result)


def _accept(path: Path, lines: list[str], stopped: bool, line: int) -> None:
    if stopped:
        reason = "cannot be updated: the session is not where the file has it from here on"
        raise TranscriptError(str(path), line, reason)
    try:
        write_whole(path, "".join(f"{line}\n" for line in lines).encode())
    except OSError as error:
        raise TranscriptError(str(path), 0, error.strerror or str(error)) from None


def run_all(paths: Sequence[Path], way: Way, jobs: int) -> Iterator[Outcome]:
    """Replay transcripts, `jobs` at a time; outcomes come as they are ready."""
    if jobs == 1:
        for path in paths:
            yield run(path, way)
        return
    # Processes that are born anew: one that was copied could hold another's locks and terminals.
    with ProcessPoolExecutor(min(jobs, len(paths)), get_context("spawn")) as pool:
        running = [pool.submit(run, path, way) for path in paths]
        for done in as_completed(running):
            yield done.result()


def load(path: Path) -> Transcript:
    """Read a transcript and find its definition beside it when that is a file.

    Raises TranscriptError, also for a transcript that names files outside its own directory: it may
    be a stranger's, and what it puts on its chassis it can show.
    """
    transcript = format.read(path)
    _check_inside(path, transcript)
    lab = path.parent / transcript.settings.lab
    if transcript.settings.lab and lab.is_file():
        transcript.settings.lab = str(lab)
    beside = path.parent / transcript.settings.chassis
    if transcript.settings.chassis not in built_in_names() and beside.is_file():
        transcript.settings.chassis = str(beside)
    return transcript


def _check_inside(path: Path, transcript: Transcript) -> None:
    """Raise TranscriptError when a file that a transcript names is not below its directory."""
    settings = transcript.settings
    named = [
        ("chassis", _header_line(transcript, "chassis"), settings.chassis),
        ("lab", _header_line(transcript, "lab"), settings.lab),
    ]
    named += [
        ("put", step.number, step.doing.words[0])
        for step in transcript.steps
        if isinstance(step.doing, Directive) and step.doing.name == "put"
    ]
    for directive, number, name in named:
        try:
            within(path, name, directive)
        except DirectiveError as error:
            raise TranscriptError(str(path), number, str(error)) from None


def check(path: Path) -> Transcript:
    """Validate a transcript without running it. Raises TranscriptError."""
    transcript = load(path)
    try:
        definition_of(transcript.settings)
    except DirectiveError as error:
        raise TranscriptError(str(path), _header_line(transcript, "chassis"), str(error)) from None
    for step in transcript.steps:
        _check_file(path, step)
    return transcript


def _check_file(path: Path, step: Step) -> None:
    if isinstance(step.doing, Directive) and step.doing.name == "put":
        file = path.parent / step.doing.words[0]
        if not file.is_file():
            raise TranscriptError(str(path), step.number, f"# put: {file} does not exist")


def _header_line(transcript: Transcript, name: str) -> int:
    lines = enumerate(transcript.lines, 1)
    return next((number for number, line in lines if line.startswith(f"# {name} ")), 0)
