"""The mutation test itself: what it changes, and that it does not take one for the other."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from tests.mutation.mutants import modules, mutants
from tests.mutation.names import Names
from tests.mutation.operators import changes
from tests.mutation.results import KILLED, SURVIVED, Result, Results
from tests.mutation.trials import by_place, exchange

CHANGED = {
    "if a < b: pass": ["if a <= b:", "if a >= b:"],
    "def f(): x = {'a': 1}": ["x = {'a': 2}"],
    "x = a == b": ["x = a != b"],
    "x = a is not None": ["x = a is None"],
    "x = a and b": ["x = a or b", "x = b", "x = a"],
    "x = not a": ["x = a"],
    "x = a + b": ["x = a - b"],
    "x = 'a' + b": [],
    "x = 2": ["x = 3"],
    "x = 0.5": ["x = 1.0"],
    "x = True": ["x = False"],
    "x = 'text'": [],
    "x = f'{a + 1}'": [],
    "x: int = 2": ["x: int = 3"],
    "x = {'a': 1, 'b': True}": ["x = {'a': 1, 'b': False}"],
    "x = f(1, a=2)": ["x = f(1, a=3)"],
    "x = a if b else c": ["x = c if b else a"],
    "x = min(a)": ["x = max(a)"],
    "x = sorted(a)": ["x = list(a)"],
    "x = sorted(a, key=b)": ["x = sorted(a)"],
    "x = f(a, b, c)": ["x = f(b, a, c)"],
    "x = [a for a in b if a]": ["x = [a for a in b]"],
    "f(a)": [""],
    "a.b = c": [""],
    "a.b += c": ["", "a.b -= c"],
    "raise a": [""],
    "if a: f()": ["if not a:", ""],
    "def f() -> bool: return g()": ["return not g()"],
    "def f() -> int: return g()": ["return g() + 1"],
    "def f() -> list[int]: return g()": ["return []"],
    "def f() -> int | None: return g()": ["return None"],
    "def f(a: bool = True) -> str: return g()": ["def f(a: bool=False) -> str:"],
    "@cache(1)\ndef f(): pass": [],
    "class A(B, frozen=True): pass": [],
    "class A:\n  'Text.'\n  a: int = 1": ["a: int = 2"],
    "while True:\n  break": ["while False:", ""],
    "from a import b": [],
    "'Text.'": [],
}


@pytest.mark.parametrize("text", CHANGED, ids=range(len(CHANGED)))
def test_every_kind_of_change(text: str) -> None:
    tree = ast.parse(text)
    assert [change.after for change in changes(tree)] == CHANGED[text]
    assert ast.unparse(tree) == ast.unparse(ast.parse(text))


def test_every_module_with_rules_has_mutants_and_their_code() -> None:
    for path in modules():
        for mutant in mutants(path):
            inside = bool(mutant.change.top)
            assert (mutant.code is not None) == inside
            assert mutant.lines.start <= mutant.lines[-1]


def test_what_depends_on_a_constant(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(
        "A = 1\nB = {A: 2}\nC = 3\n\ndef f():\n    return B\n\ndef g():\n    return C\n"
    )
    names = Names([path])
    assert names.lines({"A"}) == {(str(path), 6)}
    assert names.lines({"C"}) == {(str(path), 9)}


def test_results_are_kept_as_long_as_they_hold(tmp_path: Path) -> None:
    first, second, *_ = mutants(modules(["recovery"])[0])
    file = tmp_path / "results"
    results = Results(file)
    results.add(first, Result(KILLED, "a", ("SR-01",)))
    results.add(second, Result(SURVIVED))
    assert Results(file).get(first, {"a"}) == Result(KILLED, "a", ("SR-01",))
    assert Results(file).get(first, {"b"}) is None
    assert Results(file).get(second, set()) == Result(SURVIVED)
    file.write_text(file.read_text().replace(results._state, "of other tests") + '["cut')
    assert Results(file).get(first, {"a"}) is not None
    assert Results(file).get(second, set()) is None
    assert Results(file, fresh=True).get(first, {"a"}) is None


def test_the_code_of_a_function_is_exchanged(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text("class A:\n    @property\n    def b(self):\n        return 1 < 1\n")
    found: dict[str, Any] = {}
    exec(compile(path.read_text(), str(path), "exec"), found)
    functions = by_place([found["A"].b.fget])
    values = {}
    for mutant in mutants(path):
        assert mutant.code is not None
        assert exchange(mutant.code, functions)
        values[mutant.change.after] = found["A"]().b
    assert values == {
        "return 1 <= 1": True,
        "return 1 >= 1": True,
        "return 2 < 1": False,
        "return 1 < 2": True,
    }
