"""Options of `staros-cli scenario`; what they run is loaded when it runs."""

from __future__ import annotations

import argparse
from collections.abc import Callable

A_DAY = "a-day"
"""The scenario that `--live` stands for."""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the actions of `staros-cli scenario`."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="the scenarios that ship with the program")
    listing.add_argument("--json", action="store_true", help="for programs")
    listing.set_defaults(run=_run("show_list"))

    show = actions.add_parser("show", help="what happens in a scenario, and when")
    _scenario(show)
    show.set_defaults(run=_run("show"))

    check = actions.add_parser("check", help="whether scenario files can be used")
    check.add_argument("scenarios", metavar="NAME_OR_FILE", nargs="+")
    check.set_defaults(run=_run("check"))

    run = actions.add_parser(
        "run",
        help="play a scenario at once, and tell what comes of it",
        description="Play a scenario on a chassis in memory, as fast as it goes, and print what "
        "happens: the steps of the scenario, and the traps that the chassis raises.",
    )
    _scenario(run)
    run.add_argument("--chassis", metavar="NAME_OR_FILE", help="default: that of the scenario")
    run.add_argument(
        "-c",
        "--command",
        action="append",
        metavar="LINE",
        default=[],
        help="run this command at the end; can stand several times",
    )
    run.set_defaults(run=_run("run"))


def add_playing(
    parser: argparse.ArgumentParser, value: Callable[[object], object] = lambda own: own
) -> None:
    """Add the options that let a chassis play a scenario while it lives."""
    which = parser.add_mutually_exclusive_group()
    named = which.add_argument(
        "--scenario",
        metavar="NAME_OR_FILE",
        default=value(None),
        help="let this happen around the chassis; staros-cli scenario list names some",
    )
    named.completer = _names  # type: ignore[attr-defined]
    which.add_argument(
        "--live",
        dest="scenario",
        action="store_const",
        const=A_DAY,
        default=value(None),
        help="let subscribers come and go in the course of the day",
    )


def _scenario(parser: argparse.ArgumentParser) -> None:
    named = parser.add_argument("scenario", metavar="NAME_OR_FILE")
    named.completer = _names  # type: ignore[attr-defined]


def _names(**_: object) -> list[str]:
    """The names of the built-in scenarios, for completion."""
    from staros_cli.scenarios.schema import built_in_names

    return built_in_names()


def _run(name: str) -> Callable[[argparse.Namespace], int]:
    def run(given: argparse.Namespace) -> int:
        from staros_cli.playing import program

        status: int = getattr(program, name)(given)
        return status

    return run
