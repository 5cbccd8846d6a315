"""Options of `staros-cli lab`; what they run is loaded when it runs."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from staros_cli import options
from staros_cli.errors import UsageError

TIME_LIMIT = 60
"""Seconds that the grading of a file may take."""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the actions of `staros-cli lab`."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="the labs that ship with the program")
    listing.add_argument("--json", action="store_true", help="for programs")
    listing.set_defaults(run=_run("show_list"))

    start = actions.add_parser("start", help="begin a lab")
    named = start.add_argument("lab", metavar="NAME_OR_FILE")
    named.completer = _names  # type: ignore[attr-defined]
    start.add_argument("--again", action="store_true", help="although it was begun before")
    start.add_argument("--learner", metavar="NAME", help="who takes it, for grading")
    start.add_argument("--ssh", action="store_true", help="open it to a class, by SSH and telnet")
    _class_options(start.add_argument_group("with --ssh"))
    _rate_option(start)
    start.set_defaults(run=_run("start"))

    resume = actions.add_parser("resume", help="go on with a lab")
    resume.add_argument("lab", metavar="NAME", nargs="?", help="default: the one left last")
    _rate_option(resume)
    resume.set_defaults(run=_run("resume"))

    report = actions.add_parser("report", help="what became of the labs taken")
    report.add_argument("--json", action="store_true", help="for programs")
    report.set_defaults(run=_run("report"))

    check = actions.add_parser("check", help="whether lab files can be used")
    check.add_argument("labs", metavar="NAME_OR_FILE", nargs="+")
    check.add_argument(
        "--solution", metavar="TRANSCRIPT", help="whether this passes every step of the lab"
    )
    check.set_defaults(run=_run("check"))

    grade = actions.add_parser("grade", help="grade recorded sessions or a class directory")
    grade.add_argument(
        "paths", metavar="PATH", nargs="+", help="transcripts, progress files, directories of them"
    )
    grade.add_argument(
        "--lab",
        action="append",
        default=[],
        metavar="FILE",
        help="a lab of your own that was taken; repeatable",
    )
    grade.add_argument("--json", metavar="FILE", help="write the grades as JSON")
    grade.add_argument("--csv", metavar="FILE", help="write the grades as CSV, a line a step")
    grade.add_argument("--html", metavar="FILE", help="write a page with charts")
    grade.add_argument(
        "--time-limit",
        type=options.seconds,
        default=TIME_LIMIT,
        metavar="SECONDS",
        help=f"go on with the next file after so long (default {TIME_LIMIT}, 0 for no limit)",
    )
    grade.set_defaults(run=_grade)


def check_is_alone(given: argparse.Namespace) -> None:
    """Raise UsageError when a lab that is taken here was given what is for a class."""
    parser = argparse.ArgumentParser()
    _class_options(parser)
    actions = [action for action in parser._actions if action.dest != "help"]
    for_class = [a.option_strings[0] for a in actions if getattr(given, a.dest) != a.default]
    if for_class:
        raise UsageError(
            f"{', '.join(for_class)}: only for a class; --ssh opens the lab to one, without it the"
            " lab is taken here"
        )


def _password(text: str) -> str:
    if not text:
        raise argparse.ArgumentTypeError("expected a word, got nothing")
    return text


def _names(**_: object) -> list[str]:
    """The names of the built-in labs, for completion."""
    from staros_cli.labs.schema import built_in

    return [lab.name for lab in built_in()]


def _class_options(group: argparse._ActionsContainer) -> None:
    group.add_argument(
        "--class", dest="root", metavar="DIR", help="where progress is kept, a directory a learner"
    )
    group.add_argument(
        "--password",
        type=_password,
        default="admin",
        metavar="WORD",
        help="of the class (default admin)",
    )
    options.add_listening(group)


def _rate_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--clock-rate",
        type=_rate,
        metavar="N",
        help="how many times faster than real time the chassis lives (default: as the lab says)",
    )


def _rate(text: str) -> float:
    return options.rate(text, 1000)


def _run(name: str) -> Callable[[argparse.Namespace], int]:
    def run(given: argparse.Namespace) -> int:
        from staros_cli.teaching import program

        action: Callable[[argparse.Namespace], int] = getattr(program, name)
        return action(given)

    return run


def _grade(given: argparse.Namespace) -> int:
    from staros_cli.teaching import grading

    return grading.grade(given)
