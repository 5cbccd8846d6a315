"""`staros-cli chassis`: the definitions, for a person to look at."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import msgspec
from rich import box
from rich.console import Console
from rich.table import Table

from staros_cli import places
from staros_cli.chassis.definition import Definition, DefinitionError, built_in_names, load
from staros_cli.emulator import StateError, remove_state
from staros_cli.errors import UsageError


def show_list(*, as_json: bool = False) -> int:
    """Print the built-in definitions."""
    if as_json:
        _print_json([_summary(load(name)) for name in built_in_names()])
        return 0
    table = Table("name", "platform", "what it is", box=box.SIMPLE_HEAD)
    for name in built_in_names():
        definition = load(name)
        table.add_row(name, definition.platform.title, definition.form.title)
    Console().print(table)
    return 0


def _summary(definition: Definition) -> dict[str, object]:
    return {
        "name": definition.name,
        "platform": definition.platform.title,
        "title": definition.form.title,
    }


def _print_json(found: object) -> None:
    print(msgspec.json.format(msgspec.json.encode(found)).decode())


def show(name_or_file: str, *, as_json: bool = False) -> int:
    """Print what a definition describes. Raises UsageError when it cannot be used."""
    definition = _load(name_or_file)
    if as_json:
        state = str(places.chassis_state(definition.name))
        _print_json(_summary(definition) | {"state": state, "definition": definition.form})
        return 0
    form = definition.form
    console = Console(highlight=False)
    table = Table.grid(padding=(0, 2))
    license = definition.license()
    for key, value in (
        ("name", definition.name),
        ("title", form.title),
        ("platform", definition.platform.title),
        ("serial", form.serial),
        ("software", f"{form.software.version} ({form.software.build})"),
        ("up for", f"{form.uptime // 86400} days"),
        ("license", ", ".join(license.features) if license else "none"),
        ("sessmgrs", str(form.tasks.sessmgr)),
        ("boots from", ", ".join(f"{entry.priority} {entry.config}" for entry in form.boot)),
        ("state", str(places.chassis_state(definition.name))),
    ):
        table.add_row(key, value)
    console.print(table)
    console.print(_cards(definition))
    if form.subscribers:
        console.print(_subscribers(definition))
    return 0


def _cards(definition: Definition) -> Table:
    table = Table("slot", "card", "state", "serial", box=box.SIMPLE_HEAD)
    for card in definition.cards():
        table.add_row(str(card.slot), card.kind.title, card.state.value, card.serial)
    return table


def _subscribers(definition: Definition) -> Table:
    table = Table("subscribers", "access", "context", "service", "names", box=box.SIMPLE_HEAD)
    for group in definition.form.subscribers:
        table.add_row(str(group.count), group.access, group.context, group.service, group.username)
    return table


def check(names_or_files: Sequence[str]) -> int:
    """Tell of every definition whether it can be used; returns 1 when one cannot."""
    failed = False
    for name in names_or_files:
        try:
            definition = load(name)
        except DefinitionError as fault:
            failed = True
            print(fault, file=sys.stderr)
        else:
            print(f"{name}: good, {definition.form.title}")
    return int(failed)


def reset(name_or_file: str) -> int:
    """Forget the files of a chassis, so that it starts as new. Raises UsageError."""
    definition = _load(name_or_file)
    root = places.chassis_state(definition.name)
    if not root.exists():
        print(f"{definition.name}: nothing is kept in {root}")
        return 0
    try:
        remove_state(root)
    except StateError as fault:
        raise UsageError(str(fault)) from None
    except OSError as fault:
        raise UsageError(f"{root}: {fault.strerror or fault}") from None
    print(f"{definition.name}: {root} was removed")
    return 0


def _load(name_or_file: str) -> Definition:
    try:
        return load(name_or_file)
    except DefinitionError as fault:
        raise UsageError(str(fault)) from None
