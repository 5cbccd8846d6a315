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
from rich.console import Console
from rich.table import Column, Table

from staros_cli.chassis.clock import ManualClock
from staros_cli.chassis.storage import write_whole
from staros_cli.faults import UsageFault
from staros_cli.labs import form, progress
from staros_cli.labs.attempt import Grade
from staros_cli.labs.form import BadLab, Lab
from staros_cli.labs.progress import SUFFIX
from staros_cli.labs.session import LabSession
from staros_cli.transcripts import runs
from staros_cli.transcripts.format import SUFFIX as TRANSCRIPT_SUFFIX
from staros_cli.transcripts.format import Transcript
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
    known = known_labs(options.lab)
    grades: list[Grade] = []
    faults: list[str] = []
    for path, learner in find(options.paths):
        try:
            grades.append(grade_file(path, learner, known))
        except UsageFault as fault:
            faults.append(str(fault))
    Console(highlight=False).print(table(grades))
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


def known_labs(files: Sequence[str] = ()) -> dict[str, Lab]:
    """Labs that can have been taken, by name: the built-in ones and those in `files`.

    Raises UsageFault for a file that is no good, or has the name of another.
    """
    own: dict[str, Lab] = {}
    for file in files:
        lab = _load(file)
        if lab.name in own:
            raise UsageFault(f"--lab {file}: expected one lab of the name {lab.name}")
        own[lab.name] = lab
    return {lab.name: lab for lab in form.built_in()} | own


def _load(name: str) -> Lab:
    try:
        return form.load(name)
    except BadLab as fault:
        raise UsageFault(f"--lab: {fault}") from None


def grade_file(path: Path, learner: str = "", known: Mapping[str, Lab] | None = None) -> Grade:
    """Go through an attempt again and grade it. Raises UsageFault when that cannot be done.

    `known` are the labs that can have been taken, the built-in ones by default. What a file says
    of a lab is a name to find there and never a path: a lab that a learner wrote proves nothing.
    """
    known = known_labs() if known is None else known
    if path.name.endswith(TRANSCRIPT_SUFFIX):
        session = _taken_in_transcript(path, known)
        return Grade(learner or path.name.split(".")[0], str(path), session.result)
    kept = progress.read(path)
    lab = _known(kept.lab, path, known)
    if kept.edition != lab.edition:
        raise UsageFault(
            f"{path}: this is not the {lab.name} that was taken, but another wording of it;"
            " --lab FILE names a lab that does not ship with the program"
        )
    session = LabSession(lab, ManualClock(kept.began), None, kept)
    return Grade(learner or kept.learner or path.name.split(".")[0], str(path), session.result)


def _known(name: str, path: Path, known: Mapping[str, Lab]) -> Lab:
    if name not in known:
        raise UsageFault(
            f"{path}: the lab {name} is not known; --lab FILE names a lab that does not ship with"
            " the program"
        )
    return known[name]


def _taken_in_transcript(path: Path, known: Mapping[str, Lab]) -> LabSession:
    """The lab that the head of a transcript names, after its lines."""
    transcript = _transcript(path)
    lab = _known(Path(transcript.settings.lab).stem, path, known)
    transcript.settings.lab = lab.source
    return _session_after(transcript)


def session_of_transcript(path: Path, lab: str) -> LabSession:
    """A lab, by name or file, after the lines of a transcript, whose head does not count.

    Raises UsageFault when the transcript cannot be replayed.
    """
    transcript = runs.load(path)
    transcript.settings.lab = lab
    return _session_after(transcript)


def _transcript(path: Path) -> Transcript:
    """A transcript that names its lab. Raises UsageFault."""
    transcript = runs.load(path)
    if not transcript.settings.lab:
        raise UsageFault(f"{path}: expected a line such as # lab finding-ones-way at its head")
    return transcript


def _session_after(transcript: Transcript) -> LabSession:
    """A lab after the lines of a transcript. Raises UsageFault when they cannot be replayed."""
    target = MemoryTarget()
    replay(transcript, target)
    assert target.lab is not None
    return target.lab


def table(grades: Sequence[Grade]) -> Table:
    """The grades for a person to read."""
    widest = max((len(each.result.lab) for each in grades), default=0)
    lab = Column("lab", no_wrap=True, min_width=widest)
    shown = Table("learner", lab, "points", "%", "hints", "time", "", box=box.SIMPLE_HEAD)
    for found in sorted(grades, key=lambda each: (each.learner, each.result.lab)):
        result = found.result
        minutes, seconds = divmod(int(result.seconds), 60)
        shown.add_row(
            found.learner,
            result.lab,
            f"{result.score}/{result.points}",
            str(result.percent),
            str(result.hints),
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
