"""Reading the grammar files: rules, words, help texts and privileges of every mode.

A grammar file is Lark's own language. What Lark has no place for stands in remarks of three forms:

    //! prompt config-ctx               about the whole mode
    //: administrator, keeps …          about the rule that follows
    VERSION: "version"  // Help text    about a word; a value adds `<placeholder> kind low..high:`
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from msgspec import Struct

from staros_cli.chassis.privilege import Privilege
from staros_cli.language.values import KINDS

_TERMINAL = re.compile(r'^([A-Z][A-Z0-9_]*)\s*:\s*(?:"([^"]+)"|/(.+)/)\s*(?://\s*(.*))?$')
_TERMINAL_NAME = re.compile(r"^_?[A-Z][A-Z0-9_]*\s*[:.]")
_RULE = re.compile(r"^([a-z_][a-z0-9_]*)\s*:\s*(.*)$")
_VALUE_NOTE = re.compile(r"^(<[^>]+>)\s+([a-z0-9]+)(?:\s+(\d+)(?:\.\.(\d+))?)?:\s*(.+)$")


class GrammarFault(Exception):
    """A grammar file that breaks the form above; names file, line and what was expected."""


class Keyword(Struct, frozen=True):
    """A fixed word of a command and the text that `?` shows for it."""

    name: str
    spelling: str
    help: str


class ValueWord(Struct, frozen=True):
    """A place for a value: how it looks, its kind and limits, and what it means."""

    name: str
    placeholder: str
    kind: str
    low: int
    high: int
    pattern: re.Pattern[str]
    help: str

    @property
    def allowed(self) -> str:
        """What the value may be, for help and refusals."""
        return KINDS[self.kind].allowed.format(low=self.low, high=self.high)


class Rule(Struct, frozen=True):
    """One command: who may use it and what it does to the running configuration.

    `keeps` and `drops` are the key, with placeholders, of the configuration line that the command
    writes or removes; `opens` is the mode it leads to. `stored_only` marks a line that is kept and
    shown but changes nothing in the model. `hidden` commands exist only after test commands were
    enabled.
    """

    name: str
    mode: str
    privilege: Privilege
    summary: str
    keeps: str = ""
    drops: str = ""
    opens: str = ""
    stored_only: bool = False
    hidden: bool = False


class Mode(Struct):
    """One mode of the command line, read from its grammar file.

    `bodies` are what the rules of the file say, commands and their pieces alike.
    """

    name: str
    prompt: str
    title: str
    source: str
    rules: dict[str, Rule] = {}
    keywords: dict[str, Keyword] = {}
    values: dict[str, ValueWord] = {}
    bodies: dict[str, str] = {}

    def rules_for(self, privilege: Privilege, hidden: bool) -> list[Rule]:
        """The rules that a user of this level may use, in the order of the file."""
        return [
            rule
            for rule in self.rules.values()
            if rule.privilege <= privilege and (hidden or not rule.hidden)
        ]

    def lark_source(self, rules: list[Rule]) -> str:
        """The Lark grammar that accepts one line of one of `rules`."""
        return self.source + "\n?start: " + " | ".join(rule.name for rule in rules) + "\n"


def grammar_directory() -> Path:
    """Where the grammar files are: in the package once installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "grammar"
    return installed if installed.is_dir() else package.parent / "grammar"


@cache
def mode(name: str) -> Mode:
    """The mode `name`, read once.

    Raises GrammarFault when its file breaks the form of a grammar file.
    """
    return _ModeReader(name).read()


def mode_names() -> list[str]:
    """All modes, Exec first."""
    names = {
        path.stem
        for path in grammar_directory().glob("*.lark")
        if path.read_text().startswith("//! title")
    }
    return sorted(names, key=lambda name: (name != "exec", name != "config", name))


class _ModeReader:
    def __init__(self, name: str) -> None:
        self.mode = Mode(name, "", "", "")
        self.directory = grammar_directory()

    def read(self) -> Mode:
        self._read_file("values.lark")
        self._read_file(f"{self.mode.name}.lark")
        return self.mode

    def _read_file(self, file_name: str) -> None:
        text = (self.directory / file_name).read_text()
        self.mode.source += text
        note, summary = "", ""
        for number, line in enumerate(text.splitlines(), 1):
            place = f"{file_name}:{number}"
            found = _RULE.match(line)
            if note and not found:
                raise GrammarFault(f"{place}: the rule that //: {note} is about belongs here")
            if line.startswith("//!"):
                self._directive(place, *line[3:].strip().partition(" ")[::2])
            elif line.startswith("//:"):
                note = line[3:].strip()
            elif line.startswith("//"):
                summary = f"{summary} {line[2:].strip()}".strip()
            elif found:
                self.mode.bodies[found[1]] = found[2]
                if note:
                    self._rule(place, found[1], note, summary)
                note = summary = ""
            elif _TERMINAL_NAME.match(line):
                self._word(place, line)
            elif not line.strip():
                summary = ""

    def _directive(self, place: str, name: str, text: str) -> None:
        if name == "includes":
            self._read_file(text)
        elif name == "prompt":
            self.mode.prompt = text
        elif name == "title":
            self.mode.title = text
        else:
            raise GrammarFault(f"{place}: //! is followed by title, prompt or includes, not {name}")

    def _word(self, place: str, line: str) -> None:
        found = _TERMINAL.match(line)
        if found is None or not found[4]:
            raise GrammarFault(f'{place}: a word is NAME: "spelling" or NAME: /pattern/  // Help')
        name, spelling, pattern, note = found.groups()
        if name in self.mode.keywords or name in self.mode.values:
            raise GrammarFault(f"{place}: there is a word {name} already")
        if spelling:
            self.mode.keywords[name] = Keyword(name, spelling, note)
        else:
            self._value(place, name, pattern, note)

    def _value(self, place: str, name: str, pattern: str, note: str) -> None:
        found = _VALUE_NOTE.match(note)
        if found is None or found[2] not in KINDS:
            raise GrammarFault(f"{place}: a value needs // <placeholder> kind low..high: help")
        low = int(found[3] or 0)
        high = int(found[4] or low)
        if high < low:
            raise GrammarFault(f"{place}: the limits {low}..{high} run backwards")
        try:
            shape = re.compile(pattern)
        except re.error as fault:
            raise GrammarFault(f"{place}: /{pattern}/ is no pattern: {fault}") from None
        self.mode.values[name] = ValueWord(name, found[1], found[2], low, high, shape, found[5])

    def _rule(self, place: str, name: str, note: str, summary: str) -> None:
        if name in self.mode.rules:
            raise GrammarFault(f"{place}: there is a rule {name} already")
        level, *attributes = [part.strip() for part in note.split(",")]
        try:
            privilege = Privilege[level.upper()]
        except KeyError:
            raise GrammarFault(f"{place}: {level!r} is no privilege level") from None
        options: dict[str, str] = {}
        flags: set[str] = set()
        for attribute in attributes:
            word, _, rest = attribute.partition(" ")
            if word in ("keeps", "drops", "opens"):
                options[word] = rest.strip()
            elif attribute in ("stored only", "hidden"):
                flags.add(attribute)
            else:
                raise GrammarFault(f"{place}: {attribute!r} says nothing about a rule")
        self.mode.rules[name] = Rule(
            name,
            self.mode.name,
            privilege,
            summary,
            stored_only="stored only" in flags,
            hidden="hidden" in flags,
            **options,
        )
