"""Files that people write: their schema, and the text of an error in one."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec


class Schema(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A table of such a file: unknown keys are errors."""


def in_our_words(error: str, schemas: Mapping[str, type[Schema]]) -> str:
    """An error as msgspec tells it, beginning with the key that is wrong.

    `schemas` are those of the tables by key, without numbers; that of the whole file has no key.
    """
    what, _, where = error.partition(" - at `$")
    key = where.strip("`").lstrip(".")
    unknown = re.fullmatch(r"Object contains unknown field `(.*)`", what, re.DOTALL)
    if unknown:
        schema = schemas.get(re.sub(r"\[[^\]]*\]", "", key), schemas[""])
        known = ", ".join(field.encode_name for field in msgspec.structs.fields(schema))
        place = f"{key}.{unknown[1]}" if key else unknown[1]
        return f"{place}: unknown key, expected one of {known}"
    what = what.replace("`", "").replace("Object", "the table")
    return f"{key or 'the file'}: {what[0].lower()}{what[1:]}"
