"""The mutants: every change of every module that holds rules, compiled."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType
from typing import NamedTuple

from tests.mutation.operators import Change, changes

ROOT = Path(__file__).parents[2]
RULES = (
    "access",
    "allocations",
    "call_lines",
    "card_actions",
    "card_faults",
    "card_records",
    "cards",
    "chassis",
    "contexts",
    "crash_records",
    "hardware",
    "licence",
    "licence_expiry",
    "manager_statistics",
    "notices",
    "placement",
    "platform",
    "rct",
    "recovery",
    "session",
    "sessions",
    "state_transfer",
    "task_control",
    "task_faults",
    "tasks",
    "traffic",
)
"""Modules of the model that hold rules of the chapter."""
READING = ("configuration/system", "configuration/tree", "commands/configuration_file")
"""Modules that read configuration files."""


class Mutant(NamedTuple):
    """A module with a change; `number` counts those of a module, `digest` stands for its text.

    `code` is that of the outermost function around the change; None stands for a change outside of
    functions, which takes effect only when the module is imported.
    """

    file: Path
    number: int
    digest: str
    change: Change
    code: CodeType | None

    @property
    def key(self) -> str:
        """The text that identifies it as long as the module stays as it is."""
        return hashlib.sha256(f"{self.digest}{self.number}".encode()).hexdigest()[:20]

    @property
    def lines(self) -> range:
        """The lines of what is changed."""
        return range(self.change.first, self.change.last + 1)

    @property
    def where(self) -> str:
        """Its place for people."""
        return f"{self.file.relative_to(ROOT)}:{self.change.first}"


def modules(names: Sequence[str] = ()) -> list[Path]:
    """The modules that hold rules, or those of them that are named."""
    package = ROOT / "staros_cli"
    found = [package / "chassis" / f"{name}.py" for name in RULES]
    found += [package / f"{name}.py" for name in READING]
    return [path for path in found if not names or path.stem in names]


def mutants(path: Path) -> Iterator[Mutant]:
    """All mutants of a module."""
    tree = ast.parse(path.read_text())
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    for number, change in enumerate(changes(tree)):
        whole = _compiled(tree, path)
        code = _function(whole, change.top) if change.top else None
        yield Mutant(path, number, digest, change, code)


def mutated(path: Path, number: int) -> CodeType:
    """A module with one change."""
    tree = ast.parse(path.read_text())
    for index, _ in enumerate(changes(tree)):
        if index == number:
            return _compiled(tree, path)
    raise ValueError(f"{path} has no mutant {number}")


def _compiled(tree: ast.Module, path: Path) -> CodeType:
    return compile(ast.fix_missing_locations(tree), str(path), "exec", dont_inherit=True)


def _function(code: CodeType, top: str) -> CodeType:
    """The code of a function that is not inside another one, within that of its module."""
    path, _, line = top.rpartition(":")
    *classes, name = path.split(".")
    for class_name in classes:
        (code,) = (inner for inner in _inner(code) if inner.co_name == class_name)
    (found,) = (
        inner
        for inner in _inner(code)
        if inner.co_name == name and inner.co_firstlineno == int(line)
    )
    return found


def _inner(code: CodeType) -> Iterator[CodeType]:
    return (const for const in code.co_consts if isinstance(const, CodeType))
