"""The rules of the language: commands with what they need and do, and where they are written."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from msgspec import Struct

from staros_cli.chassis.privilege import Privilege

WHOLE_LINE = "*"
"""The key of a line that stands beside others of its kind: the line itself."""
CLOSE = "#exit"
"""The line behind the lines of a mode, unless the mode has another one."""
FIRST_WORD = "{0}"
"""Stands for the mode that has the name of the first word of the command."""


class Rule(Struct, frozen=True):
    """One command: who may use it and what it does to the running configuration.

    `keeps` and `drops` are the key, with placeholders, of the configuration line that the command
    writes or removes; `opens` is the mode it leads to, `section` its place in a saved file. A key
    that ends in ` *` stands for all lines that begin so. A `kept` line is stored and shown but
    changes nothing in the model, unless the model reads it (`read`) from the running configuration;
    `evidence` tells how its form is known. One that `continues`
    ("exec show") goes on as the commands of that mode do behind those words. `hidden` commands
    exist only after test commands were enabled, those that are `piped` take pipes. `syntax` is the
    command as a reader writes it down, `place` its file and line.
    """

    name: str
    mode: str
    privilege: Privilege
    summary: str
    keeps: str = ""
    drops: str = ""
    opens: str = ""
    section: str = ""
    kept: bool = False
    evidence: str = ""
    hidden: bool = False
    piped: bool = False
    continues: str = ""
    syntax: str = ""
    place: str = ""
    read: bool = False

    @property
    def without_effect(self) -> bool:
        """Whether it is kept and shown and changes nothing."""
        return self.kept and not self.read

    @property
    def family(self) -> str:
        """The family of commands that it belongs to, which is the name of its file."""
        return self.place.partition(".")[0]


@cache
def grammar_directory() -> Path:
    """The directory of the grammar files, in the package or, in a checkout, beside it."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "grammar"
    return installed if installed.is_dir() else package.parent / "grammar"
