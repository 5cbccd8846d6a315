"""The `#` lines of a transcript: how the chassis begins, and what happens to it.

The same lines steer a running program: `staros-cli shell --control` takes them without their `#`.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

from msgspec import Struct

from staros_cli.chassis import calendar
from staros_cli.chassis.privilege import Privilege
from staros_cli.commands import injection
from staros_cli.configuration.system import System
from staros_cli.language.errors import LineError
from staros_cli.language.parser import Command, parse_test_command
from staros_cli.messages import Refused
from staros_cli.scenarios import schema as scenarios
from staros_cli.scenarios.schema import Scenario
from staros_cli.transcripts.errors import DirectiveError

DEFAULT_CHASSIS = "asr5500"
DEFAULT_CLOCK = calendar.moment("2026-03-27T17:12:25Z")
DEFAULT_USER = "admin"

HOST_NAME = re.compile(r"[A-Za-z0-9_-]{1,63}")
"""The names that a host may have."""


class Directive(Struct, frozen=True):
    """A `#` line: its name and what follows."""

    name: str
    words: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The line without its `# `."""
        return " ".join([self.name, *(shlex.quote(word) for word in self.words)])


class Form(Struct, frozen=True):
    """How a directive is written: its arguments, those in brackets optional, and its effect."""

    arguments: str
    effect: str


HEADER_FORMS = {
    "lab": Form("NAME_OR_FILE", "the lab, which brings its own chassis"),
    "chassis": Form("NAME_OR_FILE", "the definition of the chassis"),
    "host": Form("NAME", "the host name"),
    "seed": Form("N", "what chance draws from"),
    "clock": Form("DATE", "the time at which it begins, such as 2026-03-27T17:12:25Z"),
    "terminal": Form("LINES COLUMNS", "the size of the terminal, 0 lines for no paging"),
    "user": Form("NAME [LEVEL]", "the user at the terminal"),
    "timestamps": Form("", "time stamps are on"),
}
"""The directives of a header."""

STEP_FORMS = {
    "advance": Form("SPAN", "the clock moves on, such as by 30, 1.5s, 5m, 2h or 1d"),
    "fault": Form("COMMAND", "a test command of the device is run"),
    "scenario": Form("NAME", "a scenario that ships with the program begins to be played"),
    "put": Form("FILE URL", "a file of the host is written to the chassis"),
    "session": Form("NAME [USER [LEVEL]]", "another terminal is opened or turned to"),
    "type": Form(
        "KEY", "a key that leaves no trace: a character, space, enter, tab, escape, ctrl-c, -d, -z"
    ),
    "user": Form("NAME [LEVEL]", "somebody else logs in"),
}
"""The directives between commands."""


class Login(Struct, frozen=True):
    """The user at the terminal."""

    user: str = DEFAULT_USER
    privilege: Privilege = Privilege.SECURITY


class Settings(Struct):
    """How a transcript begins.

    `clock` is in seconds since 1970, `seed` None for that of the definition, `length` (0 for no
    paging) and `width` are the lines and columns of the terminal, `host` is the host name, empty
    for that of the definition. A `lab` brings its own chassis.
    """

    lab: str = ""
    chassis: str = DEFAULT_CHASSIS
    host: str = ""
    seed: int | None = None
    clock: float = DEFAULT_CLOCK
    length: int = 24
    width: int = 80
    login: Login = Login()
    timestamps: bool = False

    def directives(self) -> list[Directive]:
        """The header that says the same; what is so by default is left out."""
        found = [Directive("chassis", (self.chassis,))]
        if self.lab:
            found = [Directive("lab", (self.lab,))]
        if self.host:
            found.append(Directive("host", (self.host,)))
        if self.seed is not None:
            found.append(Directive("seed", (str(self.seed),)))
        found.append(Directive("clock", (calendar.iso(self.clock),)))
        if (self.length, self.width) != (24, 80):
            found.append(Directive("terminal", (str(self.length), str(self.width))))
        if self.login != Login():
            level = self.login.privilege.name.lower()
            found.append(Directive("user", (self.login.user, level)))
        if self.timestamps:
            found.append(Directive("timestamps"))
        return found


def read(text: str) -> Directive:
    """The directive in a `#` line, given without its `# `. Raises DirectiveError."""
    try:
        words = shlex.split(text)
    except ValueError:
        raise DirectiveError("the closing quote is missing") from None
    if not words:
        raise DirectiveError(f"a directive is missing, expected {_names(_ALL)}")
    return Directive(words[0], tuple(words[1:]))


# Header


def apply_setting(settings: Settings, directive: Directive) -> None:
    """Take a line of the header over. Raises DirectiveError when it means nothing there."""
    setting = _SETTINGS.get(directive.name)
    if setting is None:
        place = "is for later lines" if directive.name in STEPS else "is not known"
        raise DirectiveError(f"# {directive.name} {place}; a header takes {_names(_SETTINGS)}")
    setting(settings, directive)


def _set_chassis(settings: Settings, directive: Directive) -> None:
    (settings.chassis,) = _words(directive)


def _set_lab(settings: Settings, directive: Directive) -> None:
    (settings.lab,) = _words(directive)


def _set_host(settings: Settings, directive: Directive) -> None:
    (host,) = _words(directive)
    if not HOST_NAME.fullmatch(host):
        expected = "expected up to 63 letters, digits, underscores and hyphens"
        raise DirectiveError(f"# host: {expected}, got {host!r}")
    settings.host = host


def _set_seed(settings: Settings, directive: Directive) -> None:
    (text,) = _words(directive)
    settings.seed = _number(directive, text, 0, 2**63 - 1)


def _set_clock(settings: Settings, directive: Directive) -> None:
    (text,) = _words(directive)
    try:
        settings.clock = calendar.moment(text)
    except (ValueError, OverflowError):
        expected = "expected an ISO 8601 date such as 2026-03-27T17:12:25Z"
        raise DirectiveError(f"# clock: {expected}, got {text!r}") from None


def _set_terminal(settings: Settings, directive: Directive) -> None:
    length, width = _words(directive)
    settings.length = _number(directive, length, 0, 10_000)
    settings.width = _number(directive, width, 1, 10_000)


def _set_user(settings: Settings, directive: Directive) -> None:
    settings.login = login(directive)


def _set_timestamps(settings: Settings, directive: Directive) -> None:
    _words(directive)
    settings.timestamps = True


_SETTINGS: dict[str, Callable[[Settings, Directive], None]] = {
    "lab": _set_lab,
    "chassis": _set_chassis,
    "host": _set_host,
    "seed": _set_seed,
    "clock": _set_clock,
    "terminal": _set_terminal,
    "user": _set_user,
    "timestamps": _set_timestamps,
}


# Between commands


def login(directive: Directive) -> Login:
    """The user of `# user NAME [LEVEL]`. Raises DirectiveError."""
    name, *level = _words(directive)
    return Login(name, _level(level[0] if level else "security"))


def session(directive: Directive) -> tuple[str, Login]:
    """Name and user of `# session NAME [USER [LEVEL]]`. Raises DirectiveError."""
    name, *who = _words(directive)
    return name, login(Directive("user", tuple(who))) if who else Login()


def advance(directive: Directive) -> float:
    """The seconds of `# advance SPAN`. Raises DirectiveError."""
    (text,) = _words(directive)
    try:
        return calendar.span(text)
    except ValueError as error:
        raise DirectiveError(f"# advance: {error}, got {text!r}") from None


def put(directive: Directive) -> tuple[str, str]:
    """File and URL of `# put FILE URL`. Raises DirectiveError."""
    file, url = _words(directive)
    return file, url


def key(directive: Directive) -> str:
    """The characters of the key that `# type KEY` names. Raises DirectiveError."""
    (name,) = _words(directive)
    return characters(name)


def characters(name: str) -> str:
    """The characters of a key, by its name or as it is printed. Raises DirectiveError."""
    if name in KEYS:
        return KEYS[name]
    if len(name) == 1 and name.isprintable():
        return name
    raise DirectiveError(f"# type: expected a character, {_names(KEYS)}, got {name!r}")


KEYS = {
    "space": " ",
    "enter": "\r",
    "q": "q",
    "tab": "\t",
    "escape": "\x1b",
    "ctrl-c": "\x03",
    "ctrl-d": "\x04",
    "ctrl-z": "\x1a",
}
"""Keys that leave no trace on the screen, by name."""


def fault(directive: Directive) -> Command:
    """The test command of `# fault COMMAND`. Raises DirectiveError when it is none."""
    line = " ".join(f'"{word}"' if " " in word else word for word in directive.words)
    try:
        command = parse_test_command(line)
    except LineError as error:
        said = str(error).replace("\n", ", ")
        raise DirectiveError(f"# fault: {said}; {_FAULT_EXPECTED}") from None
    if command is None:
        raise DirectiveError(f"# fault: invalid test command {line!r}: {_FAULT_EXPECTED}")
    return command


_FAULT_EXPECTED = (
    "expected a test command such as 'task kill facility sessmgr instance 1' or 'test card 3 fail'"
)


def inject_fault(system: System, directive: Directive) -> None:
    """Carry out `# fault COMMAND`. Raises DirectiveError when it is none or is refused."""
    command = fault(directive)
    system.chassis.catch_up()
    outcome = injection.inject(system, command)
    if outcome.failed:
        raise DirectiveError(f"# {directive.text}: {' '.join(outcome.lines)}")


def scenario(directive: Directive) -> Scenario:
    """The scenario of `# scenario NAME`. Raises DirectiveError when there is none of that name."""
    (name,) = _words(directive)
    if name not in scenarios.built_in_names():
        names = ", ".join(scenarios.built_in_names())
        raise DirectiveError(f"# scenario: expected one of {names}, got {name!r}")
    return scenarios.built_in(name)


def play_scenario(system: System, directive: Directive) -> None:
    """Carry out `# scenario NAME`. Raises DirectiveError when that cannot be."""
    found = scenario(directive)
    system.chassis.catch_up()
    try:
        injection.play(system, found)
    except Refused as refusal:
        raise DirectiveError(f"# {directive.text}: {refusal}") from None


STEPS: dict[str, Callable[[Directive], object]] = {
    "advance": advance,
    "fault": fault,
    "put": put,
    "scenario": scenario,
    "session": session,
    "type": key,
    "user": login,
}
"""The directives that may stand between commands, each with its check."""

_ALL = [*_SETTINGS, *STEPS]


def check_step(directive: Directive) -> None:
    """Raise DirectiveError when a directive between commands is not known or misses something."""
    check = STEPS.get(directive.name)
    if check is None:
        place = "is for the header" if directive.name in _SETTINGS else "is not known"
        raise DirectiveError(
            f"# {directive.name} {place}; between commands stand {_names(STEPS)}; an output line"
            " that looks so is written with ' (text)' at its end"
        )
    check(directive)


def _words(directive: Directive) -> tuple[str, ...]:
    """The words behind a directive. Raises DirectiveError when it takes more or fewer."""
    form = (HEADER_FORMS | STEP_FORMS)[directive.name]
    expected = form.arguments.split()
    least = sum(not word.startswith("[") for word in expected)
    if not least <= len(directive.words) <= len(expected):
        schema = " ".join(["#", directive.name, *expected])
        raise DirectiveError(f"expected {schema}, got # {directive.text}")
    return directive.words


def _number(directive: Directive, text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise DirectiveError(
            f"# {directive.name}: expected a number from {least} to {most}, got {text!r}"
        )
    return int(text)


def _level(text: str) -> Privilege:
    try:
        return Privilege.named(text)
    except ValueError as error:
        raise DirectiveError(f"# user: {error}") from None


def _names(known: object) -> str:
    assert isinstance(known, (dict, list))
    return ", ".join(known)
