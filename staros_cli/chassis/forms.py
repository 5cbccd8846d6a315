"""Files that people write: their form, and how a fault in one is told."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A table of such a file: unknown keys are faults."""


def in_our_words(fault: str, forms: Mapping[str, type[Form]]) -> str:
    """A fault as msgspec tells it, beginning with the key that is wrong.

    `forms` are the forms of the tables by key, without numbers; that of the whole file has no key.
    """
    what, _, where = fault.partition(" - at `$")
    key = where.strip("`").lstrip(".")
    unknown = re.fullmatch(r"Object contains unknown field `(.*)`", what, re.DOTALL)
    if unknown:
        form = forms.get(re.sub(r"\[[^\]]*\]", "", key), forms[""])
        known = ", ".join(field.encode_name for field in msgspec.structs.fields(form))
        place = f"{key}.{unknown[1]}" if key else unknown[1]
        return f"{place}: unknown key, expected one of {known}"
    what = what.replace("`", "").replace("Object", "the table")
    return f"{key or 'the file'}: {what[0].lower()}{what[1:]}"
