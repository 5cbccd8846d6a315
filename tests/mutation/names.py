"""Which lines of functions depend on something that is defined outside of functions."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.mutation.operators import names_defined

FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
Line = tuple[str, int]


class Names:
    """Where the names of some modules are used."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._used_on: dict[str, set[Line]] = defaultdict(set)
        self._used_by: dict[str, set[str]] = defaultdict(set)
        for path in paths:
            self._block(str(path), ast.parse(path.read_text()).body)

    def _block(self, file: str, statements: Iterable[ast.stmt]) -> None:
        for statement in statements:
            if isinstance(statement, ast.ClassDef):
                self._block(file, statement.body)
            elif isinstance(statement, FUNCTION):
                for name, line in _used(statement):
                    self._used_on[name].add((file, line))
            else:
                for defined in names_defined(statement):
                    for name, _ in _used(statement):
                        self._used_by[name].add(defined)

    def lines(self, names: Iterable[str]) -> set[Line]:
        """The lines of functions that depend on what has these names outside of functions."""
        waiting = set(names)
        found: set[str] = set()
        while waiting:
            name = waiting.pop()
            found.add(name)
            waiting |= self._used_by[name] - found
        return {line for name in found for line in self._used_on[name]}


def _used(node: ast.AST) -> Iterator[tuple[str, int]]:
    for inner in ast.walk(node):
        match inner:
            case ast.Name(id=name, ctx=ast.Load()) | ast.Attribute(attr=name):
                yield name, inner.lineno
            case ast.keyword(arg=str(name)):
                yield name, inner.value.lineno
