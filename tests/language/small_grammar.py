"""Grammars of a few commands, written to a directory of their own."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from staros_cli.chassis.privilege import Privilege
from staros_cli.language.compiled import CompiledMode, load
from staros_cli.language.parser import Language
from staros_cli.language.rules import grammar_directory

MODES = """[test]
title = "Test"
prompt = "(test)"
sections = ["one", "two"]

[inner]
title = "Inner"
prompt = "(inner)"
"""
WORDS = """show: Displays
thing: A thing
<number>: Number of the thing
"""


def write_grammar(directory: Path, text: str, modes: str = MODES, words: str = WORDS) -> None:
    """Write `text` as the grammar file `test.lark`, with the values of the real grammar."""
    for name in ("values.lark", "pipes.lark"):
        (directory / name).write_text((grammar_directory() / name).read_text())
    (directory / "modes.toml").write_text(modes + '[pipe]\ntitle = ""\n')
    (directory / "words.txt").write_text(words)
    (directory / "test.lark").write_text(text)


def compiled_mode(text: str, name: str = "test") -> CompiledMode:
    """The mode of a grammar file, compiled."""
    with TemporaryDirectory() as directory:
        write_grammar(Path(directory), text)
        return load(Path(directory), None).mode(name)


def language_of(text: str) -> Language:
    """The language of a grammar file, for a user who may do everything."""
    return Language(compiled_mode(text).automaton, Privilege.SECURITY, hidden=True)


def small_language() -> Language:
    """The commands `call clear` and `call-id clear`."""
    return language_of(
        """//! mode test

// Clears.
//: inspector
short: "call" "clear"

// Clears.
//: inspector
long: "call-id" "clear"
"""
    )
