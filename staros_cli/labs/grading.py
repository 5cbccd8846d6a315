"""`staros-cli lab grade`: what a class has come to.

Every attempt is gone through again on a chassis of its own, so a grade is what was done and not
what a file claims.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from rich import box
from rich.table import Column, Table

from staros_cli.chassis.clock import ManualClock
from staros_cli.chassis.storage import write_whole
from staros_cli.faults import UsageFault
from staros_cli.labs import form, progress
from staros_cli.labs.attempt import Grade
from staros_cli.labs.form import BadLab, Lab
from staros_cli.labs.panels import COSTS, print_whole
from staros_cli.labs.progress import SUFFIX
from staros_cli.labs.session import LabSession
from staros_cli.transcripts import runs
from staros_cli.transcripts.faults import TranscriptFault
from staros_cli.transcripts.format import SUFFIX as TRANSCRIPT_SUFFIX
from staros_cli.transcripts.replay import replay
from staros_cli.transcripts.targets import MemoryTarget

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


def grade(options: argparse.Namespace) -> int:
    """Grade files and directories; returns 0, or 1 when some could not be graded.

    Raises UsageFault when there is nothing to grade or a file cannot be written.
    """
    own = {found.name: found for found in (_lab(name, Path("--lab")) for name in options.lab)}
    grades: list[Grade] = []
    faults: list[str] = []
    for path, learner in find(options.paths):
        try:
            grades.append(grade_file(path, learner, own))
        except UsageFault as fault:
            faults.append(str(fault))
    if grades:
        print_whole(table(grades))
    for text in faults:
        print(f"staros-cli: {text}", file=sys.stderr)
    if options.json:
        _write(options.json, as_json(grades))
    if options.csv:
        _write(options.csv, as_csv(grades))
    if options.html:
        from staros_cli.labs import grade_page

        _write(options.html, grade_page.page(grades))
    return int(bool(faults))


def find(names: Sequence[str]) -> list[tuple[Path, str]]:
    """Files to grade with the learner that their directory names. Raises UsageFault."""
    found: list[tuple[Path, str]] = []
    for name in names:
        path = Path(name)
        inside = sorted(_files(path)) if path.is_dir() else [path]
        if not inside:
            kinds = f"*{SUFFIX} or *{TRANSCRIPT_SUFFIX}"
            raise UsageFault(f"{name}: expected {kinds} files in it")
        for file in inside:
            below = file.parent != path and path.is_dir()
            found.append((file, file.relative_to(path).parts[0] if below else ""))
    return found


def _files(root: Path) -> Iterator[Path]:
    for suffix in (SUFFIX, TRANSCRIPT_SUFFIX):
        yield from root.rglob(f"*{suffix}")


def grade_file(path: Path, learner: str = "", own: Mapping[str, Lab] | None = None) -> Grade:
    """Go through an attempt again and grade it. Raises UsageFault when that cannot be done.

    `own` are labs that do not ship with the program, by name.
    """
    if path.name.endswith(TRANSCRIPT_SUFFIX):
        replayed = session_of_transcript(path)
        return Grade(learner or path.name.split(".")[0], str(path), replayed.result)
    kept = progress.read(path)
    lab = (own or {}).get(kept.lab) or _lab(kept.file or kept.lab, path)
    progress.check_edition(kept, lab, path)
    session = LabSession(lab, ManualClock(kept.began), None, kept)
    return Grade(learner or kept.learner or path.name.split(".")[0], str(path), session.result)


def _lab(name: str, path: Path) -> Lab:
    try:
        return form.load(name)
    except BadLab as fault:
        raise UsageFault(f"{path}: {fault}") from None


def session_of_transcript(path: Path, lab: str = "") -> LabSession:
    """A lab after the lines of a transcript; `lab` is its file when the head shall not count.

    Raises UsageFault when the transcript cannot be replayed.
    """
    target = MemoryTarget()
    try:
        transcript = runs.load(path)
        transcript.settings.lab = lab or transcript.settings.lab
        if not transcript.settings.lab:
            raise UsageFault(f"{path}: expected a line such as # lab finding-ones-way at its head")
        replay(transcript, target)
    except TranscriptFault as fault:
        raise UsageFault(str(fault)) from None
    assert target.lab is not None
    return target.lab


def table(grades: Sequence[Grade]) -> Table:
    """The grades for a person to read."""
    widest = max((len(each.result.lab) for each in grades), default=0)
    lab = Column("lab", no_wrap=True, min_width=widest)
    widest = max((len(each.learner) for each in grades), default=0)
    learner = Column("learner", no_wrap=True, min_width=widest)
    shown = Table(learner, lab, "points", "%", *COSTS, "time", "", box=box.SIMPLE_HEAD)
    shown.pad_edge, shown.collapse_padding = False, True
    for found in sorted(grades, key=lambda each: (each.learner, each.result.lab)):
        result = found.result
        minutes, seconds = divmod(int(result.seconds), 60)
        shown.add_row(
            found.learner,
            result.lab,
            f"{result.score}/{result.points}",
            str(result.percent),
            *map(str, (result.hints, result.wrong_answers, result.mistakes)),
            f"{minutes}:{seconds:02d}",
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
                    "learner": found.learner,
                    "file": found.file,
                    "lab": found.result.lab,
                    **row,
                }
            )
    return out.getvalue()


def _write(name: str, text: str) -> None:
    try:
        write_whole(Path(name), text.encode())
    except OSError as fault:
        raise UsageFault(f"{name}: {fault.strerror or fault}") from None
