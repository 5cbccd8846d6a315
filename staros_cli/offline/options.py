"""The options of `staros-cli chassis import` and `staros-cli config`."""

from __future__ import annotations

import argparse

from staros_cli import options


def add_import(parser: argparse.ArgumentParser) -> None:
    """Add the options of `chassis import`."""
    parser.description = (
        "Make a chassis of a saved configuration, or of what `show configuration` showed on a "
        "terminal. Lines that the grammar does not know are kept as they are, and listed."
    )
    parser.epilog = (
        "examples: staros-cli chassis import gw1.cfg -o gw1.toml --subscribers 1000; "
        "staros-cli --chassis gw1.toml"
    )
    parser.add_argument("file", metavar="FILE", help="the configuration, - for standard input")
    parser.add_argument("-o", "--output", metavar="FILE", help="write the definition there")
    parser.add_argument(
        "--platform",
        choices=("asr5000", "asr5500", "vpc-di", "vpc-si"),
        help="of the chassis; without it, cards and ports tell",
    )
    parser.add_argument(
        "--subscribers",
        type=_subscribers,
        default=0,
        metavar="N",
        help="so many for each service that takes calls",
    )
    parser.add_argument("--strict", action="store_true", help="take no unknown or refused lines")
    parser.add_argument(
        "--keep-secrets", action="store_true", help="do not replace passwords and keys"
    )
    parser.set_defaults(run=_import)


def _subscribers(text: str) -> int:
    return options.number(text, 1, 1_000_000)


def add(parser: argparse.ArgumentParser) -> None:
    """Add the actions of `config`."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    check = actions.add_parser(
        "check",
        help="whether a configuration would be taken",
        description="Check every line, the order, references between objects, and licenses. "
        "Exit status 0 when all is well, 1 when something was found, 2 when the file is unusable.",
        epilog="example: staros-cli config check change.cfg --json",
    )
    check.add_argument("file", metavar="FILE", help="the configuration, - for standard input")
    _common(check)
    check.set_defaults(run=_check)
    diff = actions.add_parser(
        "diff",
        help="what two configurations differ in",
        description="Compare two configurations by what they mean: the order of lines counts only "
        "where the device heeds it. Exit status 0 when they are the same, 1 when not.",
        epilog="example: staros-cli config diff running.cfg planned.cfg --commands",
    )
    diff.add_argument("before", metavar="A", help="a configuration")
    diff.add_argument("after", metavar="B", help="another one, - for standard input")
    diff.add_argument(
        "--commands", action="store_true", help="print the lines that lead from A to B"
    )
    _common(diff)
    diff.set_defaults(run=_diff)


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--platform",
        choices=("asr5000", "asr5500", "vpc-di", "vpc-si"),
        help="of the chassis; without it, cards and ports tell",
    )
    parser.add_argument("--json", action="store_true", help="for programs")


def _import(given: argparse.Namespace) -> int:
    from staros_cli.offline import importing

    return importing.run(given)


def _check(given: argparse.Namespace) -> int:
    from staros_cli.offline import checking

    return checking.run(given)


def _diff(given: argparse.Namespace) -> int:
    from staros_cli.offline import comparing

    return comparing.run(given)
