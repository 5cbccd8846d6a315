"""Constants of modules: a name that is given twice hides what it stood for first."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

import staros_cli

ROOT = Path(staros_cli.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_constant_is_given_twice(module: Path) -> None:
    names = Counter(
        target.id
        for statement in ast.parse(module.read_text()).body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name) and target.id.isupper()
    )
    assert [name for name, count in names.items() if count > 1] == []
