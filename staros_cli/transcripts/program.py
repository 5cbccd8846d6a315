"""`staros-cli transcript`: replay, record, check, from-log."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from staros_cli.errors import UsageError
from staros_cli.transcripts import directives, logs, runs
from staros_cli.transcripts.directives import Directive, Settings
from staros_cli.transcripts.errors import DirectiveError, TranscriptError
from staros_cli.transcripts.junit import Outcome
from staros_cli.transcripts.recorder import seen_from
from staros_cli.transcripts.runs import OWN_SERVER, Way
from staros_cli.transcripts.terminals import definition_of
from staros_cli.whole_files import write_whole

PASSWORD_VARIABLE = "STAROS_CLI_PASSWORD"
_COLOURS = {"---": "bold", "+++": "bold", "@@": "cyan", "-": "red", "+": "green"}


def replay(options: argparse.Namespace) -> int:
    """Replay transcripts; returns 0, 1 when one differs, 2 when one could not be replayed.

    Raises UsageError when nothing can be replayed.
    """
    paths = runs.find(options.paths)
    way = _way(options)
    outcomes: list[Outcome] = []
    for outcome in _with_progress(runs.run_all(paths, way, options.jobs), len(paths)):
        outcomes.append(outcome)
        _tell(outcome, way.update)
    if options.junit:
        from staros_cli.transcripts import junit

        try:
            junit.write(Path(options.junit), outcomes)
        except OSError as error:
            raise UsageError(f"{options.junit}: {error.strerror or error}") from None
    return _sum_up(outcomes, way.update)


def _way(options: argparse.Namespace) -> Way:
    password = None
    if options.control and options.ssh in (None, OWN_SERVER):
        raise UsageError("--control goes with --ssh USER@HOST:PORT")
    if options.control and options.jobs > 1:
        raise UsageError("--jobs: one chassis behind --control replays one transcript at a time")
    if options.ssh and options.ssh != OWN_SERVER:
        from staros_cli.transcripts.over_ssh import SshAddress

        try:
            address = SshAddress(options.ssh)
        except ValueError as error:
            raise UsageError(f"--ssh: {error}") from None
        password = os.environ.get(PASSWORD_VARIABLE)
        if password is None and options.ask_password:
            password = getpass.getpass(f"Password of {address.user}@{address.host}: ")
    return Way(
        in_memory=options.in_memory,
        ssh=options.ssh or "",
        control=options.control or "",
        password=password,
        ssh_options=tuple(options.ssh_option),
        timeout=options.timeout,
        update=options.update,
    )


def _with_progress(outcomes: Iterator[Outcome], total: int) -> Iterator[Outcome]:
    """Show how far it is, at a terminal and nowhere else."""
    if not (sys.stderr.isatty() and sys.stdout.isatty()):
        yield from outcomes
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("Replaying", total=total)
        for outcome in outcomes:
            progress.update(bar, advance=1, description=Path(outcome.path).stem)
            yield outcome


def _tell(outcome: Outcome, update: bool) -> None:
    if outcome.error is not None:
        print(f"staros-cli: {outcome.error}", file=sys.stderr)
    elif outcome.result is not None and not outcome.result.passed:
        if update:
            print(f"{outcome.path}: updated")
        else:
            _print_report(outcome.result.report())


def _print_report(lines: Iterable[str]) -> None:
    if not sys.stdout.isatty():
        sys.stdout.writelines(f"{line}\n" for line in lines)
        sys.stdout.flush()
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for line in lines:
        style = next((style for mark, style in _COLOURS.items() if line.startswith(mark)), "")
        console.print(Text(line, style), soft_wrap=True)


def _sum_up(outcomes: list[Outcome], update: bool) -> int:
    results = [outcome.result for outcome in outcomes if outcome.result is not None]
    differing = sum(not result.passed for result in results)
    faulty = len(outcomes) - len(results)
    commands = sum(result.commands for result in results)
    parts = [f"{len(results) - differing} passed"]
    parts += [f"{differing} {'updated' if update else 'failed'}"] if differing else []
    parts += [f"{faulty} could not be replayed"] if faulty else []
    plural = "" if len(outcomes) == 1 else "s"
    print(f"{len(outcomes)} transcript{plural}, {commands} commands: {', '.join(parts)}")
    if faulty:
        return 2
    return int(bool(differing) and not update)


def check(options: argparse.Namespace) -> int:
    """Validate transcripts without running them; returns 0, or 2 when one cannot be used."""
    status = 0
    for path in runs.find(options.paths):
        try:
            transcript = runs.check(path)
        except TranscriptError as error:
            status = 2
            print(f"staros-cli: {error}", file=sys.stderr)
        else:
            chassis = transcript.settings.chassis
            print(f"{path}: good, {transcript.commands} commands on {chassis}")
    return status


def from_log(options: argparse.Namespace) -> int:
    """Turn a raw terminal log into a transcript. Raises UsageError when it cannot be used.

    What cannot be compared is told on standard error.
    """
    target = _new_file(options.output, options.force) if options.output else None
    try:
        data = sys.stdin.buffer.read() if options.log == "-" else Path(options.log).read_bytes()
    except OSError as error:
        raise UsageError(f"{options.log}: {error.strerror or error}") from None
    try:
        login = directives.login(_user(options.user)) if options.user else None
        found = logs.from_log(data.decode(errors="replace"), options.chassis, login)
    except logs.LogError as error:
        raise UsageError(f"{options.log}: {error}") from None
    except DirectiveError as error:
        raise UsageError(str(error).removeprefix("# ")) from None
    if target is None:
        sys.stdout.write(found.text)
    else:
        found.settings = seen_from(target.resolve().parent, found.settings)
        _write(target, found.text)
    _tell_of_log(found)
    return 0


def _write(target: Path, text: str) -> None:
    try:
        write_whole(target, text.encode())
    except OSError as error:
        raise UsageError(f"{target}: {error.strerror or error}") from None


def _tell_of_log(found: logs.Converted) -> None:
    """Say what was taken for the header, and how much can be compared."""
    begins = ", ".join(directive.text for directive in found.settings.directives())
    parts = [f"{found.commands} commands"]
    parts += [f"{found.unknown} not known to the emulator"] if found.unknown else []
    parts += [f"{found.left_out} left out"] if found.left_out else []
    print(f"{begins}: {', '.join(parts)}", file=sys.stderr)


def _user(text: str) -> Directive:
    """The directive of NAME[:LEVEL]."""
    return Directive("user", tuple(text.split(":")))


def record(options: argparse.Namespace) -> int:
    """Run a shell and record it. Raises UsageError when the file or the chassis cannot be used."""
    target = _new_file(options.file, options.force)
    settings = Settings()
    try:
        for directive in _header(options):
            directives.apply_setting(settings, directive)
        definition_of(settings)
    except DirectiveError as error:
        raise UsageError(str(error).removeprefix("# ")) from None
    from staros_cli.transcripts import recording

    return recording.run(settings, target, sys.stdin.fileno(), sys.stdout.fileno())


def _header(options: argparse.Namespace) -> Iterator[Directive]:
    yield Directive("chassis", (options.chassis,))
    if options.seed is not None:
        yield Directive("seed", (options.seed,))
    if options.clock is not None:
        yield Directive("clock", (options.clock,))
    if options.terminal is not None:
        yield Directive("terminal", tuple(options.terminal.split("x")))
    if options.user is not None:
        yield _user(options.user)
    if options.timestamps:
        yield Directive("timestamps")


def _new_file(name: str, force: bool) -> Path:
    path = Path(name)
    if path.exists() and not force:
        raise UsageError(f"{name}: exists already; --force writes over it")
    if not path.parent.is_dir():
        raise UsageError(f"{name}: there is no directory {path.parent}")
    return path
