"""`staros-cli lab`: the labs, for people who learn and people who teach."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from pathlib import Path

import msgspec
from rich import box
from rich.table import Column, Table
from rich.text import Text

from staros_cli import output, paths
from staros_cli.errors import UsageError
from staros_cli.labs import progress, schema
from staros_cli.labs.attempt import Result
from staros_cli.labs.panels import COSTS, below, costs_of, grouped, print_whole, span
from staros_cli.labs.progress import SUFFIX, Keeper, Progress
from staros_cli.labs.schema import Lab, LabError
from staros_cli.labs.session import LabSession
from staros_cli.shell import local
from staros_cli.shell.realtime import RealTime
from staros_cli.teaching import options as lab_options


def show_list(options: argparse.Namespace) -> int:
    """Print the built-in labs with what became of them."""
    labs = schema.built_in()
    results = {lab.name: _kept_result(_path(lab.name)) for lab in labs}
    if options.json:
        rows = [_as_table(lab, results[lab.name]) for lab in labs]
        print(msgspec.json.format(msgspec.json.encode(rows)).decode())
        return 0
    others = (Column(head, no_wrap=True) for head in ("min", "yours"))
    table = Table(_names(), "title", *others, box=box.SIMPLE_HEAD, show_edge=False)
    table.pad_edge, table.collapse_padding = False, True
    level = ""
    for lab in labs:
        if lab.schema.level != level:
            level = lab.schema.level
            table.add_row(Text(level, "bold"))
        yours = _yours(results[lab.name]).partition(" of ")[0].removesuffix(" points")
        title = Text(lab.schema.title)
        table.add_row(below(lab.name), title, str(lab.schema.minutes), yours)
    console = output.tables()
    console.print(table)
    console.print("`staros-cli lab start NAME` begins one; the first is meant for newcomers.")
    return 0


def _names() -> Column:
    """A column of names that are to be typed, so none is cut short."""
    widest = max(len(lab.name) for lab in schema.built_in())
    return Column("lab", no_wrap=True, min_width=widest + 2)


def _as_table(lab: Lab, result: Result | None) -> dict[str, object]:
    return {
        "name": lab.name,
        "title": lab.schema.title,
        "level": lab.schema.level,
        "minutes": lab.schema.minutes,
        "objectives": lab.schema.objectives,
        "steps": len(lab.steps),
        "points": lab.points,
        "result": result.as_table() if result else None,
    }


def _yours(result: Result | None) -> str:
    if result is None:
        return ""
    if result.finished:
        return f"{result.score}/{result.points} points"
    over = sum(step.outcome != "open" for step in result.steps)
    return f"step {over + 1} of {len(result.steps)}"


def _kept_result(path: Path) -> Result | None:
    try:
        return progress.read(path).result if path.exists() else None
    except UsageError as error:
        print(f"staros-cli: {error}", file=sys.stderr)
        return None


def _path(name: str) -> Path:
    return paths.lab_progress() / f"{name}{SUFFIX}"


def _load(name_or_file: str) -> Lab:
    try:
        return schema.load(name_or_file)
    except LabError as error:
        raise UsageError(str(error)) from None


def start(options: argparse.Namespace) -> int:
    """Begin a lab; returns the exit status. Raises UsageError."""
    lab = _load(options.lab)
    if options.ssh:
        from staros_cli.teaching import serving

        return serving.run(lab, options)
    lab_options.check_is_alone(options)
    keeper = Keeper(_path(lab.name))
    with keeper.alone():
        return _begin(lab, keeper, options)


def _begin(lab: Lab, keeper: Keeper, options: argparse.Namespace) -> int:
    if keeper.path.exists():
        unfinished = not options.again and not _is_finished(keeper.path)
        if unfinished:
            raise UsageError(
                f"{lab.name} was begun already: `staros-cli lab resume {lab.name}` goes on,"
                f" `staros-cli lab start {options.lab} --again` begins anew"
            )
        aside = keeper.put_aside()
        print(f"The earlier progress is kept in {aside}.")
    return _serve(lab, keeper, None, options)


def _read(path: Path) -> Progress:
    """Progress that was kept here. Raises UsageError with the way out when it cannot be used."""
    try:
        return progress.read(path)
    except UsageError as error:
        again = f"`staros-cli lab start {path.name.removesuffix(SUFFIX)} --again`"
        raise UsageError(f"{error}\n{again} keeps it aside and begins anew") from None


def _is_finished(path: Path) -> bool:
    result = _read(path).result
    return result is not None and result.finished


def resume(options: argparse.Namespace) -> int:
    """Go on with a lab, the one left last unless named. Raises UsageError."""
    path = _path(Path(options.lab).stem) if options.lab else _left_last()
    if not path.exists():
        # Where there is no such lab, this says which there are.
        _load(options.lab)
        raise UsageError(
            f"{options.lab} was not begun; `staros-cli lab start {options.lab}` begins it"
        )
    keeper = Keeper(path)
    with keeper.alone():
        kept = _read(path)
        lab = _load(kept.file or kept.lab)
        progress.check_edition(kept, lab, path)
        print(f"Going on with {lab.schema.title}: {_yours(kept.result) or 'step 1'}.", flush=True)
        return _serve(lab, keeper, kept, options)


def _left_last() -> Path:
    root = paths.lab_progress()
    files = [p for p in root.glob(f"*{SUFFIX}") if "." not in p.name.removesuffix(SUFFIX)]
    begun = [path for path in files if not _is_finished(path)]
    if not begun:
        raise UsageError("no lab is under way; `staros-cli lab list` shows what there is")
    return max(begun, key=lambda path: path.stat().st_mtime)


def _serve(lab: Lab, keeper: Keeper, kept: Progress | None, options: argparse.Namespace) -> int:
    before = kept.rate if kept else None
    rate = options.clock_rate or before or lab.schema.clock_rate
    time = RealTime(rate)
    if kept is None:
        learner = options.learner or os.environ.get("USER", "")
        kept = progress.new(lab, time.clock.now(), learner)
    kept.rate = rate
    people = local.is_for_people()
    length, rows, width = local.window()
    colour = people and "NO_COLOR" not in os.environ
    session = LabSession(
        lab,
        time.clock,
        keeper.keep,
        kept,
        length=length,
        rows=rows,
        width=width,
        colour=colour,
    )
    return local.serve(session, time, history=None, greeting=[], commands=())


def report(options: argparse.Namespace) -> int:
    """Print what became of every attempt, the ones put aside included."""
    found = [(path, _kept_result(path)) for path in sorted(paths.lab_progress().glob(f"*{SUFFIX}"))]
    results = [result for _, result in found if result is not None]
    if options.json:
        rows = [result.as_table() for result in results]
        print(msgspec.json.format(msgspec.json.encode(rows)).decode())
        return 0
    if not results:
        print("No lab was begun yet; `staros-cli lab list` shows what there is.")
        return 0
    print_whole(_report_table(results))
    return 0


def _report_table(results: Iterable[Result]) -> Table:
    table = grouped("lab, step", "outcome", "points", *COSTS, "time")
    for result in results:
        table.add_row(
            Text(result.lab, "bold"),
            "finished" if result.finished else "under way",
            Text(f"{result.score}/{result.points}", "bold"),
            *costs_of(result),
            span(result.seconds),
        )
        for step in result.steps:
            points = f"{step.score}/{step.points}"
            told = (step.outcome, points, *costs_of(step), span(step.seconds))
            table.add_row(below(step.title), *told)
    return table


def check(options: argparse.Namespace) -> int:
    """Tell of every lab file whether it can be used; returns 1 when one cannot.

    Raises UsageError when a solution cannot be replayed.
    """
    if options.solution and len(options.labs) != 1:
        raise UsageError("--solution is for one lab")
    failed = False
    for name in options.labs:
        try:
            lab = schema.load(name)
        except LabError as error:
            failed = True
            print(error, file=sys.stderr)
        else:
            steps = len(lab.steps)
            print(f"{name}: good, {lab.schema.title}, {steps} steps, {lab.points} points")
            failed |= bool(options.solution) and not _is_solved(name, Path(options.solution))
    return int(failed)


def _is_solved(lab: str, solution: Path) -> bool:
    """Whether a transcript passes every step of a lab; tells of the first that it does not."""
    from staros_cli.teaching import grading

    session = grading.session_of_transcript(solution, lab)
    result = session.result
    place = next((n for n, step in enumerate(result.steps) if step.outcome != "passed"), None)
    if place is None:
        print(f"{solution}: passes every step, {result.score} of {result.points} points")
        return True
    step = result.steps[place]
    print(f"{solution}: step {place + 1}, {step.title}, is {step.outcome}", file=sys.stderr)
    if step.outcome == "open":
        print("\n".join(f"  {text}" for text in session.attempt.missing()), file=sys.stderr)
    return False
