"""Words, handler and layout of a family have one name."""

from __future__ import annotations

from pathlib import Path

import staros_cli
from staros_cli import commands
from staros_cli.commands.engine import HANDLERS
from staros_cli.language import compiled
from staros_cli.language.rules import grammar_directory

PACKAGE = Path(staros_cli.__file__).parent
NO_FAMILIES = {"layout", "values", "__init__"}


def test_a_handler_stands_where_its_words_do() -> None:
    commands.load()
    for name in compiled.mode_names():
        for rule in compiled.mode(name).rules:
            if not (rule.kept or rule.continues):
                module = HANDLERS[rule.name].__module__.rpartition(".")[2]
                assert rule.family == module, rule.place


def test_a_layout_stands_where_its_handler_does() -> None:
    families = {path.stem for path in grammar_directory().glob("*.lark")}
    layouts = {path.stem for path in (PACKAGE / "rendering").glob("*.py")} - NO_FAMILIES
    assert layouts <= families
