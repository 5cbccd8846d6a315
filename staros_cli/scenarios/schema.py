"""Scenarios as data: one TOML file a scenario, checked before any of it happens."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from staros_cli.chassis import calendar
from staros_cli.chassis.schema import Schema, faults
from staros_cli.errors import StarosError
from staros_cli.language.errors import LineError
from staros_cli.language.parser import Command, parse_test_command
from staros_cli.whole_files import read_regular

Text = Annotated[str, Meta(min_length=1, max_length=1000)]
Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,62}$")]
_FEW = Meta(max_length=100)
DAY = 86400.0
LARGEST_FILE = 256 * 1024
"""Octets of a file at most."""
SETTLING = 60.0
"""Seconds that a scenario goes on after its last step, unless it says otherwise."""
PLAYING = "test_scenario"
"""The rule of the command that plays a scenario, which no scenario may use."""


class StepSchema(Schema, frozen=True):
    """`[[steps]]`: what happens `at` a time.

    That is a span since the scenario began, such as `90s`, `5m` or `1.5h`, or in a daily scenario a
    time of day such as `07:30` (UTC). `do` are test commands, `configure` lines that an
    administrator types in Global Configuration.
    """

    at: Text
    note: Text
    do: Annotated[tuple[Text, ...], _FEW] = ()
    configure: Annotated[tuple[Text, ...], _FEW] = ()


class ScenarioSchema(Schema, frozen=True):
    """A scenario file as a whole.

    `chassis` is the definition that `scenario run` takes, `lasts` the span that it runs for. With
    `daily` the steps come again every day.
    """

    title: Text
    summary: Text
    steps: Annotated[list[StepSchema], Meta(min_length=1, max_length=1000)]
    chassis: Text = "asr5500"
    daily: bool = False
    lasts: str = ""


class ScenarioError(StarosError):
    """A scenario that cannot be used: the file, every invalid key, what was expected."""

    def __init__(self, source: str, errors: list[str]) -> None:
        super().__init__("\n".join(f"{source}: {error}" for error in errors))
        self.errors = errors


class Step(msgspec.Struct, frozen=True):
    """What happens `at` so many seconds after the beginning, or after midnight.

    `commands` are test commands, `lines` those of Global Configuration.
    """

    at: float
    note: str
    commands: tuple[Command, ...] = ()
    lines: tuple[str, ...] = ()


class Scenario(msgspec.Struct, frozen=True):
    """A scenario that was found good; `lasts` is in seconds."""

    name: str
    schema: ScenarioSchema
    steps: tuple[Step, ...]
    lasts: float

    @property
    def title(self) -> str:
        """What it is about, in a few words."""
        return self.schema.title

    @property
    def daily(self) -> bool:
        """Whether the steps come again every day."""
        return self.schema.daily


def shipped() -> Path:
    """The directory of the scenarios that ship with the package."""
    return Path(__file__).parent / "data"


def built_in_names() -> list[str]:
    """The names of the scenarios that ship with the package."""
    return sorted(path.stem for path in shipped().glob("*.toml"))


def load(name_or_file: str) -> Scenario:
    """The built-in scenario of that name, or the one in that file. Raises ScenarioError."""
    if name_or_file in built_in_names():
        return built_in(name_or_file)
    path = Path(name_or_file)
    try:
        text = read_regular(path, LARGEST_FILE).decode()
        return parse(path.stem, text, name_or_file)
    except FileNotFoundError:
        names = ", ".join(built_in_names())
        error = f"expected a scenario file or one of {names}"
        raise ScenarioError(name_or_file, [error]) from None
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise ScenarioError(name_or_file, [f"cannot be read: {error}"]) from None


def built_in(name: str) -> Scenario:
    """The built-in scenario `name`, which must be one of `built_in_names`."""
    path = shipped() / f"{name}.toml"
    return parse(name, path.read_text(), path.name)


def parse(name: str, text: str, source: str) -> Scenario:
    """The scenario that a text describes. Raises ScenarioError with all that is wrong with it."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(source, [f"invalid TOML: {error}"]) from None
    try:
        msgspec.convert(name, Name)
        schema = msgspec.convert(table, ScenarioSchema)
    except msgspec.ValidationError as error:
        raise ScenarioError(source, _faults(name, table, error)) from None
    reading = _Reading(schema)
    steps = tuple(reading.steps())
    lasts = reading.lasts(steps)
    if reading.errors:
        raise ScenarioError(source, reading.errors)
    return Scenario(name, schema, steps, lasts)


def _faults(name: str, table: object, error: msgspec.ValidationError) -> list[str]:
    try:
        msgspec.convert(name, Name)
    except msgspec.ValidationError:
        expected = "expected up to 63 letters, digits and hyphens"
        return [f"the name of the file: {expected}, got {name!r}"]
    return faults(table, ScenarioSchema, error)


_TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


class _Reading:
    """Reads the steps of a schema, and collects what is wrong with them."""

    def __init__(self, schema: ScenarioSchema) -> None:
        self._schema = schema
        self.errors: list[str] = []

    def steps(self) -> Iterator[Step]:
        """The steps, in the order of time in which they have to stand."""
        last = 0.0
        for number, schema in enumerate(self._schema.steps):
            place = f"steps[{number}]"
            at = self._time(f"{place}.at", schema.at)
            if at < last:
                self.errors.append(f"{place}.at: expected no time before that of the step above it")
            last = max(at, last)
            if not schema.do and not schema.configure:
                self.errors.append(f"{place}: expected one of the keys do and configure")
            commands = [
                self._command(f"{place}.do[{index}]", line) for index, line in enumerate(schema.do)
            ]
            found = tuple(command for command in commands if command is not None)
            yield Step(at, schema.note, found, schema.configure)

    def lasts(self, steps: tuple[Step, ...]) -> float:
        """How long the scenario runs, in seconds."""
        if self._schema.lasts:
            found = self._span("lasts", self._schema.lasts)
            if found < steps[-1].at:
                self.errors.append("lasts: expected a span that the last step falls into")
            return found
        return DAY if self._schema.daily else steps[-1].at + SETTLING

    def _time(self, place: str, text: str) -> float:
        if not self._schema.daily:
            return self._span(place, text)
        found = _TIME_OF_DAY.fullmatch(text)
        if found is None:
            self.errors.append(f"{place}: expected a time of day such as 07:30, got {text!r}")
            return 0.0
        return 3600.0 * int(found[1]) + 60.0 * int(found[2])

    def _span(self, place: str, text: str) -> float:
        try:
            return calendar.span(text)
        except ValueError as error:
            self.errors.append(f"{place}: {error}, got {text!r}")
            return 0.0

    def _command(self, place: str, line: str) -> Command | None:
        try:
            command = parse_test_command(line)
        except LineError as error:
            self.errors.append(f"{place}: {' '.join(str(error).split())}")
            return None
        if command is None or command.rule.name == PLAYING:
            expected = "expected a test command such as 'test card 3 fail'"
            self.errors.append(f"{place}: {expected}, got {line!r}")
            return None
        return command
