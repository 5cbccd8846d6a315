"""The mutants that no proof has to notice, with the reason: `tests/mutants.toml`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import msgspec

from tests.mutation.mutants import ROOT, Mutant

FILE = ROOT / "tests/mutants.toml"


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A survivor: module and path of the function, the change, and why nothing notices it.

    Equivalent ones behave as the program does, or differ in what nobody can see; others are
    accepted, and count as survivors.
    """

    where: str
    before: str
    after: str
    kind: Literal["equivalent", "accepted"]
    reason: str


class Outside(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Functions that are not mutated, because no statement is about what they do."""

    functions: list[str]
    reason: str


class _File(msgspec.Struct, forbid_unknown_fields=True):
    outside: list[Outside] = []
    mutant: list[Entry] = []


class Accepted:
    """The entries of the file, and the functions that are left out."""

    def __init__(self, path: Path = FILE) -> None:
        file = msgspec.toml.decode(path.read_bytes(), type=_File)
        self.entries = file.mutant
        self.outside = {name for outside in file.outside for name in outside.functions}
        self._by_key = {(entry.where, entry.before, entry.after): entry for entry in self.entries}

    def leaves_out(self, mutant: Mutant) -> bool:
        """Whether a mutant is one of a function that is left out."""
        return _key(mutant)[0] in self.outside

    def get(self, mutant: Mutant) -> Entry | None:
        """The entry of a mutant, if it has one."""
        return self._by_key.get(_key(mutant))

    def stale(self, tried: Iterable[Path], survivors: Iterable[Mutant]) -> list[Entry]:
        """The entries of modules that were tried whose mutant did not survive or is gone."""
        keys = {_key(mutant) for mutant in survivors}
        names = {str(path.relative_to(ROOT / "staros_cli")) for path in tried}
        return [
            entry
            for key, entry in self._by_key.items()
            if key not in keys and entry.where.split(":")[0] in names
        ]


def entry(mutant: Mutant, kind: str, reason: str) -> str:
    """An entry for the file."""
    where, before, after = _key(mutant)
    values = {"where": where, "before": before, "after": after, "kind": kind, "reason": reason}
    return "[[mutant]]\n" + "".join(
        f"{name} = {msgspec.json.encode(value).decode()}\n" for name, value in values.items()
    )


def _key(mutant: Mutant) -> tuple[str, str, str]:
    module = mutant.file.relative_to(ROOT / "staros_cli")
    return f"{module}:{mutant.change.path}", mutant.change.before, mutant.change.after
