"""The modules of the model keep their hands off each other.

That no two import each other is a contract in `pyproject.toml`; here: none hides an import from it,
and none writes what belongs to another. What happens to tasks and cards is published instead.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from staros_cli.chassis import changes
from staros_cli.chassis.clock import ManualClock, Timeline

MODULES = sorted(Path(changes.__file__).parent.rglob("*.py"))
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def hidden_imports(tree: ast.Module) -> Iterator[str]:
    """Imports of the program inside functions, and those that only type checkers see."""
    for node in ast.walk(tree):
        inside = isinstance(node, FUNCTION)
        checked = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node) if inside or checked else ():
            if isinstance(inner, ast.Import | ast.ImportFrom) and "staros_cli" in ast.unparse(
                inner
            ):
                yield f"line {inner.lineno}: {ast.unparse(inner)}"


def _own_names(tree: ast.Module) -> set[str]:
    """The fields and methods of the classes of a module."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
        elif isinstance(node, FUNCTION) and not isinstance(node, ast.Lambda):
            found.add(node.name)
        elif (
            isinstance(node, ast.Attribute)
            and _is_of_self(node)
            and isinstance(node.ctx, ast.Store)
        ):
            found.add(node.attr)
    return found


def _is_of_self(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")


def interference(tree: ast.Module) -> Iterator[str]:
    """Where a module writes fields of others, or uses private ones."""
    own = _own_names(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or _is_of_self(node) or node.attr in own:
            continue
        private = node.attr.startswith("_") and not node.attr.startswith("__")
        if private or not isinstance(node.ctx, ast.Load):
            yield f"line {node.lineno}: {ast.unparse(node)}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_of_the_model_hides_no_import_and_writes_no_field_of_another(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert [*hidden_imports(tree), *interference(tree)] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_modules_and_functions_of_the_model_are_small(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) < 500
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, node.name


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("def f(card):\n    card.state = 1", ["line 2: card.state"]),
        ("def f(card):\n    card.slots[1].state += 1", ["line 2: card.slots[1].state"]),
        ("def f(card):\n    return card._tasks", ["line 2: card._tasks"]),
        ("def f(card):\n    del card.state", ["line 2: card.state"]),
        ("def f():\n    from staros_cli import x", ["line 2: from staros_cli import x"]),
        ("if TYPE_CHECKING:\n    import staros_cli.x", ["line 2: import staros_cli.x"]),
        ("class A:\n    x: int\ndef f(a):\n    a.x = 1", []),
        ("class A:\n    def f(self):\n        self._x = 1\ndef g(a):\n    return a._x", []),
    ],
)
def test_what_is_forbidden_is_found(text: str, found: list[str]) -> None:
    tree = ast.parse(text)
    assert [*hidden_imports(tree), *interference(tree)] == found


def test_a_change_is_passed_at_once_to_those_who_subscribed_in_their_order() -> None:
    """To nobody else, also after the system went down, and not to those of another kind."""
    timeline = Timeline(ManualClock(0.0))
    seen: list[tuple[str, object]] = []
    failed, stops = changes.SystemFailed("x"), changes.SystemStops()
    timeline.publish(failed)
    timeline.subscribe(changes.SystemFailed, lambda change: seen.append(("a", change)))
    timeline.subscribe(changes.SystemStops, lambda change: seen.append(("b", change)))
    timeline.subscribe(changes.SystemFailed, lambda change: seen.append(("c", change)))
    timeline.clear()
    timeline.publish(failed)
    assert seen == [("a", failed), ("c", failed)]
    timeline.publish(stops)
    assert seen[2:] == [("b", stops)]
