"""`staros-cli lab grade`: what a class has come to.

Every attempt is gone through again on a chassis of its own, so a grade is what was done and not
what a file claims.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import msgspec
from rich.table import Table
from rich.text import Text

from staros_cli.chassis.clock import ManualClock
from staros_cli.errors import UsageError
from staros_cli.labs import progress, schema
from staros_cli.labs.attempt import Grade
from staros_cli.labs.panels import COSTS, below, costs_of, grouped, print_whole, span
from staros_cli.labs.progress import Progress
from staros_cli.labs.schema import Lab, LabError
from staros_cli.labs.session import LabSession
from staros_cli.teaching import submission
from staros_cli.time_limit import at_most
from staros_cli.transcripts import format, runs
from staros_cli.transcripts.format import SUFFIX as TRANSCRIPT_SUFFIX
from staros_cli.transcripts.format import Transcript
from staros_cli.transcripts.replay import replay
from staros_cli.transcripts.targets import MemoryTarget
from staros_cli.whole_files import write_whole

COLUMNS = (
    "learner",
    "file",
    "lab",
    "step",
    "outcome",
    "points",
    "score",
    "hints",
    "wrong-answers",
    "mistakes",
    "seconds",
)
MOST_OF_NAME = 100
"""The most characters of a learner's name that are shown."""


def grade(options: argparse.Namespace) -> int:
    """Grade files and directories; returns 0, or 1 when some could not be graded.

    Raises UsageError when there is nothing to grade or a file cannot be written.
    """
    known = known_labs(options.lab)
    grades: list[Grade] = []
    faults: list[str] = []
    for path, learner in submission.find(options.paths):
        try:
            with at_most(options.time_limit):
                grades.append(grade_file(path, learner, known))
        except TimeoutError as error:
            faults.append(f"{path}: cannot be graded: {error}; --time-limit gives it more")
        except UsageError as error:
            faults.append(str(error))
        except Exception as error:
            # The other files are graded, whatever one does to the program.
            faults.append(f"{path}: cannot be graded: {type(error).__name__}: {error}")
    if grades:
        print_whole(table(grades))
    for said in faults:
        print(f"staros-cli: {submission.plain(said)}", file=sys.stderr)
    if options.json:
        _write(options.json, as_json(grades))
    if options.csv:
        _write(options.csv, as_csv(grades))
    if options.html:
        from staros_cli.teaching import grade_page

        names = [Path(path).resolve().name.split(".")[0] for path in options.paths]
        day = datetime.now().astimezone().date()
        _write(options.html, grade_page.page(grades, ", ".join(names), day))
    return int(bool(faults))


def known_labs(files: Sequence[str] = ()) -> dict[str, Lab]:
    """Labs that can have been taken, by name: the built-in ones and those in `files`.

    Raises UsageError for a file that cannot be used, or has the name of another.
    """
    own: dict[str, Lab] = {}
    for file in files:
        lab = _load(file)
        if lab.name in own:
            raise UsageError(f"--lab {file}: expected one lab of the name {lab.name}")
        own[lab.name] = lab
    return {lab.name: lab for lab in schema.built_in()} | own


def _load(name: str) -> Lab:
    try:
        return schema.load(name)
    except LabError as error:
        raise UsageError(f"--lab: {error}") from None


def grade_file(path: Path, learner: str = "", known: Mapping[str, Lab] | None = None) -> Grade:
    """Go through an attempt again and grade it. Raises UsageError when that cannot be done.

    `known` are the labs that can have been taken, the built-in ones by default. What a file says
    of a lab is a name to find there and never a path: a lab that a learner wrote proves nothing.
    """
    known = known_labs() if known is None else known
    if path.name.endswith(TRANSCRIPT_SUFFIX):
        whose, session = "", _taken_in_transcript(path, known)
    else:
        kept = progress.decode(submission.read(path), path)
        whose, session = kept.learner, _taken_in_progress(path, kept, known)
    name = learner or whose or path.name.split(".")[0]
    return Grade(submission.plain(name)[:MOST_OF_NAME], submission.plain(str(path)), session.result)


def _known(name: str, path: Path, known: Mapping[str, Lab]) -> Lab:
    if name not in known:
        raise UsageError(
            f"{path}: the lab {name} is not known; --lab FILE names a lab that does not ship with"
            " the program"
        )
    return known[name]


def _taken_in_progress(path: Path, kept: Progress, known: Mapping[str, Lab]) -> LabSession:
    """The lab that progress is of, after its inputs."""
    lab = _known(kept.lab, path, known)
    if kept.edition != lab.edition:
        raise UsageError(
            f"{path}: this is not the {lab.name} that was taken, but another wording of it;"
            " --lab FILE names a lab that does not ship with the program"
        )
    try:
        return LabSession(lab, ManualClock(kept.began), None, kept)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None


def _taken_in_transcript(path: Path, known: Mapping[str, Lab]) -> LabSession:
    """The lab that the head of a transcript names, after its lines; its output does not count."""
    transcript = submission.without_output(format.parse(submission.text(path), str(path)))
    if not transcript.settings.lab:
        raise UsageError(f"{path}: expected a line such as # lab finding-ones-way at its head")
    lab = _known(Path(transcript.settings.lab).stem, path, known)
    transcript.settings.lab = lab.source
    return _session_after(transcript, submission.CarefulTarget(path.parent))


def session_of_transcript(path: Path, lab: str) -> LabSession:
    """A lab, by name or file, after the lines of a transcript, whose head does not count.

    Raises UsageError when the transcript cannot be replayed.
    """
    transcript = runs.load(path)
    transcript.settings.lab = lab
    return _session_after(transcript, MemoryTarget())


def _session_after(transcript: Transcript, target: MemoryTarget) -> LabSession:
    """A lab after the lines of a transcript. Raises UsageError when they cannot be replayed."""
    replay(transcript, target)
    assert target.lab is not None
    return target.lab


def table(grades: Sequence[Grade]) -> Table:
    """The grades for a person to read, by labs."""
    shown = grouped("lab, learner", "points", "%", *COSTS, "time", "")
    before = ""
    for found in sorted(grades, key=lambda each: (each.result.lab, each.learner)):
        result = found.result
        if result.lab != before:
            before = result.lab
            shown.add_row(Text(result.lab, "bold"))
        shown.add_row(
            below(found.learner),
            f"{result.score}/{result.points}",
            str(result.percent),
            *costs_of(result),
            span(result.seconds),
            "finished" if result.finished else "under way",
        )
    return shown


def as_json(grades: Sequence[Grade]) -> str:
    """The grades as JSON."""
    return msgspec.json.format(msgspec.json.encode(grades)).decode() + "\n"


def as_csv(grades: Sequence[Grade]) -> str:
    """The grades as CSV, a line for each step of each attempt."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for found in grades:
        for step in found.result.steps:
            row = msgspec.to_builtins(step)
            row["step"] = row.pop("title")
            writer.writerow(
                {
                    "learner": _no_formula(found.learner),
                    "file": _no_formula(found.file),
                    "lab": found.result.lab,
                    **row,
                }
            )
    return out.getvalue()


def _no_formula(text: str) -> str:
    """A cell that spreadsheets take for a text."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _write(name: str, text: str) -> None:
    """Write a file, whole at any moment; a device, a pipe or a link stays what it is."""
    path = Path(name)
    try:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            sys.stdout.flush()
            path.write_bytes(text.encode())
        else:
            write_whole(path, text.encode())
    except OSError as error:
        raise UsageError(f"{name}: {error.strerror or error}") from None
