"""The language at two thousand commands: built, loaded, and lines understood."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from staros_cli.chassis.privilege import Privilege
from staros_cli.language.compiled import load
from staros_cli.language.parser import Language
from tests.language.small_grammar import write_grammar

COMMANDS = 2000
MODES = '[exec]\ntitle = "Exec"\nprompt = ""\n'
OPTIONS = (
    '["verbose" | "name" name{"name", "1..63"}] ["all" | "slot" integer{"slot", "1..48"}] _pipe*'
)


def _show(number: int) -> str:
    words = f'"show" "family{number % 80}" "part{number // 80}" {OPTIONS}'
    return f"// Shows thing {number}.\n//: inspector\nshow_{number}: {words}\n"


def _kept(number: int) -> str:
    words = f'"family{number % 80}" "part{number // 80}" integer{{"seconds", "1..3600"}}'
    return f"kept_{number}: {words}  // d, no: Sets thing {number}\n"


@pytest.fixture(params=[_show, _kept], ids=["show", "kept"])
def directory(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Grammar files of two thousand commands."""
    head = "%import .values (integer, name)\n%import .pipes (_pipe)\n\n//! mode exec\n\n"
    text = head + "\n".join(request.param(number) for number in range(COMMANDS))
    grammar = tmp_path / "grammar"
    grammar.mkdir()
    write_grammar(grammar, text, MODES)
    return grammar


@pytest.mark.benchmark(group="language of 2,000 commands, built")
def test_building(benchmark: BenchmarkFixture, directory: Path) -> None:
    benchmark(lambda: load(directory, None))


@pytest.mark.benchmark(group="language of 2,000 commands, loaded")
def test_loading(benchmark: BenchmarkFixture, directory: Path, tmp_path: Path) -> None:
    file = tmp_path / "language"
    load(directory, file)
    benchmark(lambda: load(directory, file).mode("exec"))


@pytest.mark.benchmark(group="language of 2,000 commands, a line")
@pytest.mark.parametrize(
    "line", ["show family7 part3 verbose", "sh family7 part3 v slot 12 | more"]
)
def test_a_line(benchmark: BenchmarkFixture, tmp_path: Path, line: str) -> None:
    head = "%import .values (integer, name)\n%import .pipes (_pipe)\n\n//! mode exec\n\n"
    write_grammar(tmp_path, head + "\n".join(map(_show, range(COMMANDS))), MODES)
    language = Language(load(tmp_path, None).mode("exec").automaton, Privilege.SECURITY, False)
    assert benchmark(language.parse, line).rule.name == "show_247"
