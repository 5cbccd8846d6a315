"""Options of `staros-cli transcript`; what they run is loaded when it runs."""

from __future__ import annotations

import argparse
from collections.abc import Callable

_CHASSIS = "asr5500"


def add(parser: argparse.ArgumentParser) -> None:
    """Add the actions of `staros-cli transcript`."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    replay = actions.add_parser("replay", help="replay transcripts and compare what comes")
    replay.add_argument("paths", nargs="+", metavar="PATH", help="files, or directories of them")
    where = replay.add_mutually_exclusive_group()
    where.add_argument("--in-memory", action="store_true", help="without starting a process")
    where.add_argument(
        "--ssh",
        metavar="USER@HOST:PORT",
        help="on a live target; serve: over SSH, on a chassis that is served for each transcript",
    )
    replay.add_argument(
        "--control", metavar="SOCKET", help="of the `staros-cli serve --control` behind --ssh"
    )
    replay.add_argument(
        "--ssh-option", action="append", default=[], metavar="OPTION", help="for `ssh -o`"
    )
    replay.add_argument(
        "--ask-password", action="store_true", help="ask for it; or set STAROS_CLI_PASSWORD"
    )
    replay.add_argument("--junit", metavar="FILE", help="write the results as JUnit XML")
    replay.add_argument(
        "-j", "--jobs", type=_count, default=1, metavar="N", help="so many at a time (default 1)"
    )
    replay.add_argument("--update", action="store_true", help="accept what came into the files")
    replay.add_argument(
        "--timeout",
        type=_seconds,
        default=30.0,
        metavar="SECONDS",
        help="how long a prompt may take (default 30)",
    )
    replay.set_defaults(run=_run("replay"))

    record = actions.add_parser("record", help="run a shell and record it")
    record.add_argument("file", metavar="FILE")
    record.add_argument("--chassis", default=_CHASSIS, metavar="NAME_OR_FILE")
    record.add_argument("--seed", metavar="N", help="of the chassis")
    record.add_argument("--clock-start", dest="clock", metavar="DATE", help="it stands still")
    record.add_argument("--terminal", metavar="LINESxCOLUMNS", help="24x80 by default")
    record.add_argument("--user", metavar="NAME[:LEVEL]", help="who is at the terminal")
    record.add_argument("--timestamps", action="store_true", help="begin with time stamps on")
    record.set_defaults(run=_run("record"))

    check = actions.add_parser("check", help="whether transcripts can be replayed")
    check.add_argument("paths", nargs="+", metavar="PATH", help="files, or directories of them")
    check.set_defaults(run=_run("check"))

    log = actions.add_parser("from-log", help="turn a raw terminal log into a transcript")
    log.add_argument("log", metavar="LOG", help="the log, - for standard input")
    log.add_argument("-o", "--output", metavar="FILE", help="standard output by default")
    log.add_argument(
        "--chassis", metavar="NAME_OR_FILE", help="the platform that the log shows by default"
    )
    log.add_argument(
        "--user", metavar="NAME[:LEVEL]", help="by default as the login and the prompt show"
    )
    log.set_defaults(run=_run("from_log"))
    for action in (record, log):
        action.add_argument("--force", action="store_true", help="write over a file that exists")


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 256):
        raise argparse.ArgumentTypeError(f"expected a number from 1 to 256, got {text!r}")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"expected seconds, up to 86400, got {text!r}")
    return seconds


def _run(name: str) -> Callable[[argparse.Namespace], int]:
    def run(options: argparse.Namespace) -> int:
        from staros_cli.transcripts import program

        action: Callable[[argparse.Namespace], int] = getattr(program, name)
        return action(options)

    return run
