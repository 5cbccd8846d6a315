"""The program's own command line."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence

from staros_cli import __version__
from staros_cli.faults import UsageFault
from staros_cli.labs import options as lab_options
from staros_cli.transcripts import options as transcript_options

DEFAULT_CHASSIS = "asr5500"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit status: 0, 1 when a command failed, 2 for bad usage."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
        return status
    except UsageFault as fault:
        print(f"staros-cli: {fault}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # Nobody reads on: point standard output elsewhere, so that closing it says nothing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="staros-cli",
        description="An emulator of the StarOS command line. Without a command: shell.",
        epilog="This project is not affiliated with Cisco.",
    )
    parser.add_argument("--version", action="version", version=f"staros-cli {__version__}")
    _shell_options(parser)
    parser.set_defaults(run=_shell, control=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    shell = commands.add_parser("shell", help="the console of a chassis (the default)")
    _shell_options(shell, argparse.SUPPRESS)
    shell.add_argument("--control", metavar="SOCKET", help=argparse.SUPPRESS)
    shell.set_defaults(run=_shell)

    _serve_options(commands.add_parser("serve", help="chassis on the network: SSH, telnet, SFTP"))

    chassis = commands.add_parser("chassis", help="chassis definitions")
    actions = chassis.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="the definitions that ship with the program")
    listing.set_defaults(run=_chassis_list)
    for name, text, run in (
        ("show", "what a definition describes", _chassis_show),
        ("check", "whether definition files can be used", _chassis_check),
        ("reset", "forget what was saved on a chassis", _chassis_reset),
    ):
        action = actions.add_parser(name, help=text)
        many = "+" if name == "check" else None
        action.add_argument("chassis", metavar="NAME_OR_FILE", nargs=many)
        action.set_defaults(run=run)

    license = commands.add_parser("license", help="license keys for labs")
    makers = license.add_subparsers(title="actions", metavar="ACTION", required=True)
    _license_options(makers.add_parser("make", help="make a key"))
    transcript_options.add(commands.add_parser("transcript", help="terminal sessions as tests"))
    lab_options.add(commands.add_parser("lab", help="training labs: learn by doing, be checked"))
    return parser


def _shell_options(parser: argparse.ArgumentParser, default: object = None) -> None:
    def value(own: object) -> object:
        return argparse.SUPPRESS if default is argparse.SUPPRESS else own

    parser.add_argument(
        "--chassis",
        metavar="NAME_OR_FILE",
        default=value(DEFAULT_CHASSIS),
        help=f"a built-in definition or a definition file (default {DEFAULT_CHASSIS})",
    )
    _life_options(parser, value)
    parser.add_argument(
        "-c",
        "--command",
        action="append",
        metavar="LINE",
        default=value([]),
        help="run this command and end; can stand several times",
    )


def _life_options(parser: argparse.ArgumentParser, value: Callable[[object], object]) -> None:
    parser.add_argument(
        "--state",
        metavar="DIR",
        default=value(None),
        help="where the files of the chassis live; none keeps them in memory",
    )
    parser.add_argument(
        "--clock-rate",
        type=_rate,
        metavar="N",
        default=value(1.0),
        help="how many times faster than real time the chassis lives (default 1)",
    )
    parser.add_argument(
        "--clock-start",
        type=_moment,
        metavar="DATE",
        default=value(None),
        help="time of the chassis at the beginning, such as 2026-03-27T17:12:25Z (default now)",
    )


def _serve_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "definitions",
        nargs="*",
        metavar="NAME_OR_FILE",
        help=f"built-in definitions or definition files (default {DEFAULT_CHASSIS})",
    )
    parser.add_argument(
        "--chassis",
        action="append",
        default=[],
        dest="named",
        metavar="NAME_OR_FILE",
        help="the same; repeatable",
    )
    parser.add_argument(
        "--count", type=_count, default=1, metavar="N", help="how many of each (default 1)"
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)"
    )
    for name, title in (("ssh", "SSH and SFTP"), ("telnet", "telnet")):
        parser.add_argument(
            f"--{name}-port",
            type=_port,
            default=0,
            metavar="PORT",
            help=f"port of {title}, the next ones for further chassis (default any free one)",
        )
    parser.add_argument("--json", action="store_true", help="print one line of JSON, no table")
    parser.add_argument(
        "--require-auth", action="store_true", help="refuse the login admin, password admin"
    )
    parser.add_argument(
        "--allow-remote-copy", action="store_true", help="let 'copy' reach other machines"
    )
    parser.add_argument(
        "--authorized-keys", metavar="FILE", help="public keys that may log in as any user"
    )
    parser.add_argument(
        "--host-key", metavar="FILE", help="private key of the server, made if it is not there"
    )
    parser.add_argument(
        "--limit", action="append", default=[], metavar="NAME=N", help="see docs/network.md"
    )
    _life_options(parser, lambda own: own)
    parser.set_defaults(run=_serve)


def _license_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--feature", action="append", default=[], metavar="NAME", help="a feature; repeatable"
    )
    parser.add_argument(
        "--sessions", action="append", default=[], metavar="TYPE=N", help="a limit; repeatable"
    )
    parser.add_argument(
        "--for-chassis", default="ANY", metavar="SERIAL", help="serial number, ANY for every one"
    )
    parser.add_argument("--expires", metavar="DATE", help="such as 2027-01-31; never by default")
    parser.add_argument("--issued", metavar="DATE", help="today by default")
    parser.add_argument("--number", type=int, default=100000, help="number of the key")
    parser.add_argument("--comment", default="Training lab license", help="text of the key")
    parser.set_defaults(run=_license_make)


def _count(text: str) -> int:
    return _number(text, 1, 1000)


def _port(text: str) -> int:
    return _number(text, 0, 65535)


def _number(text: str, low: int, high: int) -> int:
    if not (text.isascii() and text.isdigit() and low <= int(text[:9]) <= high):
        raise argparse.ArgumentTypeError(f"expected a number from {low} to {high}, got {text!r}")
    return int(text)


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not 1 <= rate <= 100_000:
        raise argparse.ArgumentTypeError(f"expected a number from 1 to 100000, got {text!r}")
    return rate


def _moment(text: str) -> float:
    from staros_cli.chassis import calendar

    try:
        return calendar.moment(text)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"expected an ISO 8601 date, got {text!r}") from None


def _shell(options: argparse.Namespace) -> int:
    if options.control:
        from staros_cli.transcripts import controlled

        return controlled.run(options.control, sys.stdin.fileno(), sys.stdout.fileno())
    # Nothing that is made on the way to the first prompt is ever garbage; looking for some there
    # costs a tenth of the wait. The front ends switch the search on when they begin to serve.
    gc.disable()
    from staros_cli.shell import local

    return local.run(
        options.chassis,
        state=options.state,
        clock_rate=options.clock_rate,
        clock_start=options.clock_start,
        commands=options.command,
    )


def _serve(options: argparse.Namespace) -> int:
    gc.disable()  # as for the shell, until the ports are open
    from staros_cli.network import serve

    options.chassis = options.definitions + options.named or [DEFAULT_CHASSIS]
    return serve.run(options)


def _chassis_list(options: argparse.Namespace) -> int:
    from staros_cli import catalogue

    return catalogue.show_list()


def _chassis_show(options: argparse.Namespace) -> int:
    from staros_cli import catalogue

    return catalogue.show(options.chassis)


def _chassis_check(options: argparse.Namespace) -> int:
    from staros_cli import catalogue

    return catalogue.check(options.chassis)


def _chassis_reset(options: argparse.Namespace) -> int:
    from staros_cli import catalogue

    return catalogue.reset(options.chassis)


def _license_make(options: argparse.Namespace) -> int:
    from staros_cli import keys

    return keys.make(options)
