"""Chassis definitions: the files that say what a chassis is made of and what state it is in.

A definition is a TOML file. Its form is checked by msgspec against the classes below, its sense by
`check`, which reports all errors at once.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from functools import cache
from pathlib import Path

import msgspec

from staros_cli.chassis import calendar
from staros_cli.chassis.definition_checks import errors_in
from staros_cli.chassis.definition_schema import DefinitionSchema, RctSchema
from staros_cli.chassis.hardware import Card, CardState, Cpu
from staros_cli.chassis.licence import ANY_CHASSIS, License
from staros_cli.chassis.placement import TaskPlacement
from staros_cli.chassis.platform import CARD_KINDS, PLATFORMS, Platform
from staros_cli.chassis.rct import Action, RctRecord, TaskRef
from staros_cli.chassis.schema import faults
from staros_cli.errors import StarosError
from staros_cli.whole_files import read_regular

_CONFIG_LINE = re.compile(r"^config\n", re.MULTILINE)
_HOSTNAME_LINE = re.compile(r"^ *system hostname .*\n", re.MULTILINE)


LARGEST_FILE = 64 << 20
"""Bytes of a definition file at most."""


class DefinitionError(StarosError):
    """A definition that cannot be used: the file, every invalid key, what was expected."""

    def __init__(self, source: str, errors: list[str]) -> None:
        super().__init__("\n".join(f"{source}: {error}" for error in errors))
        self.source = source
        self.errors = errors


class Definition:
    """A definition that was found good, in the terms of the model."""

    def __init__(self, name: str, schema: DefinitionSchema) -> None:
        self.name = name
        self.schema = schema
        self.platform: Platform = PLATFORMS[schema.platform]

    def with_hostname(self, hostname: str) -> Definition:
        """The same with a host name in every configuration file that it boots from."""
        files = dict(self.schema.files)
        for url in {entry.config for entry in self.schema.boot} & files.keys():
            text = _HOSTNAME_LINE.sub("", files[url])
            files[url] = _CONFIG_LINE.sub(rf"\g<0>  system hostname {hostname}\n", text, count=1)
        return Definition(self.name, msgspec.structs.replace(self.schema, files=files))

    def with_scenario(self, scenario: str | None) -> Definition:
        """The same that plays a scenario, given by name or file; itself without one."""
        if scenario is None:
            return self
        return Definition(self.name, msgspec.structs.replace(self.schema, scenario=scenario))

    @property
    def chassis_id(self) -> str:
        """The identity that saved configurations carry: 44 characters of base 36."""
        return chassis_id(self.schema.serial)

    def cards(self) -> list[Card]:
        """New cards, as they are when the chassis is up."""
        return [
            Card(card.slot, CARD_KINDS[card.kind], CardState(card.state.title()), card.serial)
            for card in self.schema.cards
        ]

    def placements(self) -> list[TaskPlacement]:
        """Where the definition puts tasks; empty when the placement rules decide."""
        return [
            TaskPlacement(
                Cpu(*(int(part) for part in schema.cpu.split("/"))),
                schema.sessmgr,
                schema.aaamgr,
                schema.demux,
            )
            for schema in self.schema.placement
        ]

    def rct_records(self) -> list[RctRecord]:
        """Earlier records of the Recovery Control Task."""
        return [_rct_record(schema) for schema in self.schema.rct]

    def license(self) -> License | None:
        """The licence of the factory configuration, if there is one."""
        schema = self.schema.license
        if schema is None:
            return None
        return License(
            chassis=schema.chassis
            or (ANY_CHASSIS if self.platform.virtual else self.schema.serial),
            features=tuple(schema.features),
            sessions=dict(schema.sessions),
            issued=calendar.moment(schema.issued),
            expires=calendar.moment(schema.expires) if schema.expires else None,
            number=schema.number,
            comment=schema.comment,
        )


def _rct_record(schema: RctSchema) -> RctRecord:
    recovered: list[TaskRef] = []
    for text in schema.recovered:
        facility, instance, cpu, pid = text.split()
        slot, number = cpu.split("/")
        task = TaskRef(facility, int(instance), int(slot), int(number), int(pid))
        recovered.append(task)
    began = calendar.moment(schema.start)
    return RctRecord(
        Action(schema.action),
        schema.planned,
        schema.source,
        schema.target,
        began,
        schema.duration,
        management=schema.management,
        reason=schema.reason,
        device=schema.device,
        usable=schema.usable,
        status=schema.status,
        failed_at=calendar.moment(schema.failed_at) if schema.failed_at else None,
        facility=schema.facility,
        instance=schema.instance,
        graceful=schema.graceful,
        recovered=tuple(recovered),
    )


def chassis_id(serial: str) -> str:
    """The identity of the chassis with that serial number."""
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    number = int.from_bytes(hashlib.sha256(serial.encode()).digest() * 2)
    text = ""
    for _ in range(44):
        number, digit = divmod(number, 36)
        text += digits[digit]
    return text


def parse(name: str, text: str, source: str) -> Definition:
    """Make a definition of the text of a file; `source` names the file in errors.

    Raises DefinitionError.
    """
    try:
        table = tomllib.loads(text)
    except RecursionError:
        raise DefinitionError(
            source, ["expected a TOML file: this one is nested too deep"]
        ) from None
    except (ValueError, OverflowError) as error:  # among them numbers of thousands of digits
        raise DefinitionError(source, [f"expected a TOML file: {error}"]) from None
    return from_table(name, with_base(table, source), source)


def with_base(table: dict[str, object], source: str) -> dict[str, object]:
    """The table with what it does not say itself from the built-in definition `base`.

    Raises DefinitionError when there is no such definition.
    """
    if "base" not in table:
        return table
    base = table.pop("base")
    if base not in built_in_names():
        names = ", ".join(built_in_names())
        raise DefinitionError(source, [f"base: expected one of {names}, got {base!r}"])
    below = tomllib.loads((shipped() / f"{base}.toml").read_text())
    return {**with_base(below, source), **table}


def from_table(name: str, table: dict[str, object], source: str) -> Definition:
    """Make a definition of a table, as a TOML file holds it. Raises DefinitionError."""
    if not re.fullmatch(r"\w[\w .-]{0,99}", name):
        expected = "a letter or digit first, then letters, digits, blanks, dots, hyphens"
        raise DefinitionError(source, [f"the name of the file: expected {expected}, got {name!r}"])
    try:
        schema = msgspec.convert(table, DefinitionSchema)
    except msgspec.ValidationError as error:
        raise DefinitionError(source, faults(table, DefinitionSchema, error)) from None
    except RecursionError:
        raise DefinitionError(source, ["expected fewer tables within each other"]) from None
    errors = list(errors_in(schema))
    if errors:
        raise DefinitionError(source, errors)
    return Definition(name, schema)


def shipped() -> Path:
    """Where the built-in definitions are."""
    return Path(__file__).resolve().parent.parent / "definitions"


def built_in_names() -> list[str]:
    """The names of the definitions that ship with the package."""
    return sorted(path.stem for path in shipped().glob("*.toml"))


@cache
def built_in(name: str) -> Definition:
    """The built-in definition `name`, which must be one of `built_in_names`."""
    path = shipped() / f"{name}.toml"
    return parse(name, path.read_text(), path.name)


def load(name_or_file: str) -> Definition:
    """The built-in definition of that name, or the definition in that file.

    Raises DefinitionError when there is neither or the file cannot be used.
    """
    if (shipped() / f"{name_or_file}.toml").is_file() and re.fullmatch(r"[\w-]+", name_or_file):
        return built_in(name_or_file)
    path = Path(name_or_file)
    try:
        text = read_regular(path, LARGEST_FILE).decode()
    except FileNotFoundError:
        names = ", ".join(built_in_names())
        error = f"expected a definition file or one of {names}"
        raise DefinitionError(name_or_file, [error]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError(name_or_file, [f"cannot be read: {error}"]) from None
    found = parse(path.stem, text, name_or_file)
    beside = path.parent / found.schema.scenario
    return found.with_scenario(str(beside)) if found.schema.scenario and beside.is_file() else found
