"""The program's own command line."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence

from staros_cli import __version__, options, output
from staros_cli.errors import StarosError
from staros_cli.offline import options as offline_options
from staros_cli.playing import options as scenario_options
from staros_cli.printable import printable_text
from staros_cli.teaching import options as lab_options
from staros_cli.transcripts import options as transcript_options

DEFAULT_CHASSIS = "asr5500"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit status: 0, 1 when a command failed, 2 for bad usage."""
    output.prepare()
    try:
        return output.printed(lambda: _run(arguments))
    except StarosError as error:
        print(f"staros-cli: {printable_text(str(error))}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _run(arguments: Sequence[str] | None) -> int:
    parser = _parser()
    if "_ARGCOMPLETE" in os.environ:
        import argcomplete

        argcomplete.autocomplete(parser)
    given, unknown = parser.parse_known_args(arguments)
    if unknown:
        # argparse would show the usage of the program instead of that of the command.
        given.parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    status: int = given.run(given)
    return status


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
    listing.add_argument("--json", action="store_true", help="for programs")
    listing.set_defaults(run=_chassis_list)
    for name, text, run in (
        ("show", "what a definition describes", _chassis_show),
        ("check", "whether definition files can be used", _chassis_check),
        ("reset", "forget what was saved on a chassis", _chassis_reset),
    ):
        action = actions.add_parser(name, help=text)
        many = "+" if name == "check" else None
        named = action.add_argument("chassis", metavar="NAME_OR_FILE", nargs=many)
        named.completer = _chassis_names  # type: ignore[attr-defined]
        if name == "show":
            action.add_argument("--json", action="store_true", help="for programs")
        action.set_defaults(run=run)

    offline_options.add_import(actions.add_parser("import", help="make one of a configuration"))
    offline_options.add(commands.add_parser("config", help="configurations: check and compare"))

    license = commands.add_parser("license", help="license keys for labs")
    makers = license.add_subparsers(title="actions", metavar="ACTION", required=True)
    _license_options(makers.add_parser("make", help="make a key"))
    transcript_options.add(commands.add_parser("transcript", help="terminal sessions as tests"))
    lab_options.add(commands.add_parser("lab", help="training labs: learn by doing, be checked"))
    scenario_options.add(commands.add_parser("scenario", help="what happens around a chassis"))
    _completion_options(commands)
    _name_parsers(parser)
    return parser


def _name_parsers(parser: argparse.ArgumentParser) -> None:
    """Let what was parsed name the parser of its command, which shows the usage of that."""
    parser.set_defaults(parser=parser)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                _name_parsers(command)


def _completion_options(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    completion = commands.add_parser(
        "completion",
        help="completion of this program in a shell",
        description='Print code that lets a shell complete this program: eval "$(staros-cli '
        'completion bash)" in ~/.bashrc, zsh likewise; staros-cli completion fish | source.',
    )
    completion.add_argument("shell", choices=("bash", "zsh", "fish"))
    completion.set_defaults(run=_completion)


def _completion(given: argparse.Namespace) -> int:
    from argcomplete.shell_integration import shellcode

    print(shellcode(["staros-cli"], shell=given.shell))
    return 0


def _chassis_names(**_: object) -> list[str]:
    """The names of the built-in chassis, for completion."""
    from staros_cli.chassis.definition import built_in_names

    return built_in_names()


def _shell_options(parser: argparse.ArgumentParser, default: object = None) -> None:
    def value(own: object) -> object:
        return argparse.SUPPRESS if default is argparse.SUPPRESS else own

    chassis = parser.add_argument(
        "--chassis",
        metavar="NAME_OR_FILE",
        default=value(DEFAULT_CHASSIS),
        help=f"a built-in definition or a definition file (default {DEFAULT_CHASSIS})",
    )
    chassis.completer = _chassis_names  # type: ignore[attr-defined]
    _life_options(parser, value)
    parser.add_argument(
        "-c",
        "--command",
        action="append",
        metavar="LINE",
        default=value([]),
        help="run this command and end; can stand several times",
    )
    parser.add_argument(
        "--json",
        action="store_true",
        default=value(False),
        help="print what came of the commands as JSON, with their tables as data",
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
    scenario_options.add_playing(parser, value)


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
    options.add_listening(parser)
    parser.add_argument(
        "--require-auth", action="store_true", help="refuse the login admin, password admin"
    )
    parser.add_argument(
        "--allow-remote-copy", action="store_true", help="let 'copy' reach other machines"
    )
    _life_options(parser, lambda own: own)
    parser.add_argument(
        "--control",
        metavar="SOCKET",
        help="time stands still and is moved by lines at this Unix socket; 'help' there lists them",
    )
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
    return options.number(text, 1, 1000)


def _rate(text: str) -> float:
    return options.rate(text, 100_000)


def _moment(text: str) -> float:
    from staros_cli.chassis import calendar

    try:
        return calendar.moment(text)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"expected an ISO 8601 date, got {text!r}") from None


def _shell(given: argparse.Namespace) -> int:
    if given.control:
        from staros_cli.control import shell

        return shell.run(given.control, sys.stdin.fileno(), sys.stdout.fileno())
    # Nothing that is made on the way to the first prompt is ever garbage; looking for some there
    # costs a tenth of the wait. The front ends switch the search on when they begin to serve.
    gc.disable()
    from staros_cli.shell import local

    return local.run(
        given.chassis,
        scenario=given.scenario,
        state=given.state,
        clock_rate=given.clock_rate,
        clock_start=given.clock_start,
        commands=given.command,
        as_json=given.json,
    )


def _serve(given: argparse.Namespace) -> int:
    gc.disable()  # as for the shell, until the ports are open
    from staros_cli.network import serve

    given.chassis = given.definitions + given.named or [DEFAULT_CHASSIS]
    if given.control:
        from staros_cli.control import server

        return server.run(given)
    return serve.run(given)


def _chassis_list(given: argparse.Namespace) -> int:
    from staros_cli import catalogue

    return catalogue.show_list(as_json=given.json)


def _chassis_show(given: argparse.Namespace) -> int:
    from staros_cli import catalogue

    return catalogue.show(given.chassis, as_json=given.json)


def _chassis_check(given: argparse.Namespace) -> int:
    from staros_cli import catalogue

    return catalogue.check(given.chassis)


def _chassis_reset(given: argparse.Namespace) -> int:
    from staros_cli import catalogue

    return catalogue.reset(given.chassis)


def _license_make(given: argparse.Namespace) -> int:
    from staros_cli import keys

    return keys.make(given)
