"""Files that people write: their schema, and the text of an error in one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta


class Schema(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A table of such a file: unknown keys are errors."""


def faults(table: object, schema: type[Schema], error: msgspec.ValidationError) -> list[str]:
    """Everything that is wrong with a table that msgspec refused with `error`."""
    return list(faults_in(table, schema)) or [str(error)]


def faults_in(table: object, schema: type[Schema], place: str = "") -> Iterator[str]:
    """Everything that is wrong with the form of a table: its key, what is allowed, what it has.

    `place` is the key of the table, empty for the whole file.
    """
    if not isinstance(table, Mapping):
        yield f"{place or 'the file'}: expected a table, got {_kind(table)}"
        return
    hints = get_type_hints(schema, include_extras=True)
    fields = {field.encode_name: field for field in msgspec.structs.fields(schema)}
    for key in table:
        if key not in fields:
            yield f"{_key(place, key)}: unknown key, expected one of {', '.join(fields)}"
    for name, field in fields.items():
        if name in table:
            yield from _faults_of(table[name], hints[field.name], _key(place, name))
        elif field.required:
            yield f"{place or 'the file'}: missing required key {name}"


def _faults_of(value: object, hint: Any, place: str) -> Iterator[str]:
    """What is wrong with a value of that type."""
    schema, many = _schema_in(hint)
    if schema and many and isinstance(value, list) and value:
        for number, each in enumerate(value):
            yield from faults_in(each, schema, f"{place}[{number}]")
    elif schema and not many:
        yield from faults_in(value, schema, place)
    else:
        try:
            msgspec.convert(value, hint)
        except msgspec.ValidationError as error:
            yield _told(str(error), value, hint, place)


def _told(error: str, value: object, hint: Any, place: str) -> str:
    """A fault in a value, with all that would be right."""
    what, _, inside = error.partition(" - at `$")
    key = f"{place}{inside.strip('`')}"
    if get_origin(hint) is Literal:
        return f"{key}: expected one of {', '.join(get_args(hint))}, got {value!r}"
    what = what.replace("`", "").replace("Object", "the table")
    return f"{key}: {what[0].lower()}{what[1:]}{_range(hint)}"


def _range(hint: Any) -> str:
    """The numbers that a type allows; empty when it has no two bounds."""
    metas = [meta for meta in get_args(hint)[1:] if isinstance(meta, Meta)]
    bounds = [(meta.ge, meta.le) for meta in metas if meta.ge is not None and meta.le is not None]
    return "".join(f", allowed is {least:,} to {most:,}" for least, most in bounds)


def _schema_in(hint: Any) -> tuple[type[Schema] | None, bool]:
    """The schema of the tables that a type holds, and whether they are a list."""
    if get_origin(hint) is Annotated:
        return _schema_in(get_args(hint)[0])
    many = get_origin(hint) is list
    for part in get_args(hint) or (hint,):
        if isinstance(part, type) and issubclass(part, Schema):
            return part, many
    return None, False


def _key(place: str, name: object) -> str:
    return f"{place}.{name}" if place else str(name)


def _kind(value: object) -> str:
    names = {list: "a list", str: "a text", bool: "a truth", int: "a number", float: "a number"}
    return names.get(type(value), "another value")
