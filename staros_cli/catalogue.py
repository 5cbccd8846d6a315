"""`staros-cli chassis`: the definitions, for a person to look at."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

import msgspec
from rich import box
from rich.table import Table

from staros_cli import output, paths
from staros_cli.chassis.definition import Definition, DefinitionError, built_in_names, load
from staros_cli.configuration.system import System
from staros_cli.device import Device
from staros_cli.emulator import StateError, remove_state
from staros_cli.errors import StarosError, UsageError
from staros_cli.messages import Refused
from staros_cli.printable import printable


def show_list(*, as_json: bool = False) -> int:
    """Print the built-in definitions."""
    if as_json:
        _print_json([_summary(load(name)) for name in built_in_names()])
        return 0
    table = Table("name", "platform", "what it is", box=box.SIMPLE_HEAD)
    for name in built_in_names():
        definition = load(name)
        table.add_row(name, definition.platform.title, definition.schema.title)
    output.tables().print(table)
    return 0


def _summary(definition: Definition) -> dict[str, object]:
    return {
        "name": definition.name,
        "platform": definition.platform.title,
        "title": definition.schema.title,
    }


def _print_json(found: object) -> None:
    print(msgspec.json.format(msgspec.json.encode(found)).decode())


def show(name_or_file: str, *, as_json: bool = False) -> int:
    """Print what a definition describes. Raises UsageError when it cannot be used."""
    definition = _load(name_or_file)
    if as_json:
        state = str(paths.chassis_state(definition.name))
        _print_json(_summary(definition) | {"state": state, "definition": definition.schema})
        return 0
    schema = definition.schema
    console = output.tables()
    table = Table.grid(padding=(0, 2))
    license = definition.license()
    for key, value in (
        ("name", definition.name),
        ("title", schema.title),
        ("platform", definition.platform.title),
        ("serial", schema.serial),
        ("software", f"{schema.software.version} ({schema.software.build})"),
        ("up for", f"{schema.uptime // 86400} days"),
        ("license", ", ".join(license.features) if license else "none"),
        ("sessmgrs", str(schema.tasks.sessmgr)),
        ("boots from", ", ".join(f"{entry.priority} {entry.config}" for entry in schema.boot)),
        ("state", str(paths.chassis_state(definition.name))),
    ):
        table.add_row(key, value)
    console.print(table)
    console.print(_cards(definition))
    if schema.subscribers:
        console.print(_subscribers(definition))
    return 0


def _cards(definition: Definition) -> Table:
    table = Table("slot", "card", "state", "serial", box=box.SIMPLE_HEAD)
    for card in definition.cards():
        table.add_row(str(card.slot), card.kind.title, card.state.value, card.serial)
    return table


def _subscribers(definition: Definition) -> Table:
    table = Table("subscribers", "access", "context", "service", "names", box=box.SIMPLE_HEAD)
    for group in definition.schema.subscribers:
        table.add_row(str(group.count), group.access, group.context, group.service, group.username)
    return table


def check(names_or_files: Sequence[str]) -> int:
    """Tell of every definition whether it can be used; returns 1 when one cannot.

    That is seen by a start in memory. Lines of its configuration that the start refuses are told as
    well, and subscribers without a service; a definition may hold such things on purpose.
    """
    failed = False
    for name in names_or_files:
        try:
            system = Device(load(name)).system
        except Refused as refusal:
            failed = True
            print(printable(f"{name}: {refusal}"), file=sys.stderr)
            continue
        except StarosError as error:
            failed = True
            print(printable(str(error)), file=sys.stderr)
            continue
        schema = system.chassis.definition.schema
        if schema.boot and system.chassis.booted_from is None:
            failed = True
        else:
            print(f"{name}: good, {schema.title}")
        for note in [*system.boot_notes, *map(str, system.problems), *_without_service(system)]:
            print(printable(f"{name}: {' '.join(note.split())}"), file=sys.stderr)
    return int(failed)


def _without_service(system: System) -> Iterator[str]:
    """The groups of subscribers that nothing takes calls of, each in a line.

    Those of a system out of service wait for one.
    """
    if not system.chassis.in_service:
        return
    started = {
        (context.name, service.name) for context, service in system.chassis.contexts.started()
    }
    for number, group in enumerate(system.chassis.sessions.groups):
        if group.place not in started:
            context, service = group.place
            yield (
                f"subscribers[{number}]: expected a service {service} that is bound in context"
                f" {context}, nobody connects"
            )


def reset(name_or_file: str) -> int:
    """Forget the files of a chassis, so that it starts as new. Raises UsageError."""
    definition = _load(name_or_file)
    root = paths.chassis_state(definition.name)
    if not root.exists():
        print(f"{definition.name}: nothing is kept in {root}")
        return 0
    try:
        remove_state(root)
    except StateError as error:
        raise UsageError(str(error)) from None
    except OSError as error:
        raise UsageError(f"{root}: {error.strerror or error}") from None
    print(f"{definition.name}: {root} was removed")
    return 0


def _load(name_or_file: str) -> Definition:
    try:
        return load(name_or_file)
    except DefinitionError as error:
        raise UsageError(str(error)) from None
