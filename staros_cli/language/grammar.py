"""The commands of every mode, put together from the grammar files.

`modes.toml` names the modes with title, prompt and the order of their saved lines, `words.txt` has
the help text of each word, `values.lark` the kinds of values. Every other file is a family of
commands, for the modes that its `//! mode` lines name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from staros_cli.chassis.privilege import Privilege
from staros_cli.language.errors import GrammarError
from staros_cli.language.reader import (
    Choice,
    Definition,
    GrammarFile,
    Literal,
    Node,
    Reference,
    Repeat,
    Sequence,
    read_file,
)
from staros_cli.language.rules import CLOSE, FIRST_WORD, WHOLE_LINE, Rule
from staros_cli.language.symbols import (
    Body,
    Fixed,
    Options,
    Repeated,
    Symbols,
    ValueWord,
    syntax,
    values_in,
)
from staros_cli.language.values import KINDS

EVIDENCE = {"d": "doc", "k": "client", "c": "capture", "r": "remembered", "g": "guess"}
"""The letters that begin the remark after a kept command, and what each stands for."""

EVERY_CONFIGURATION_MODE = "*"
NO_CONFIRMATION = "-noconfirm"
_PIPE = "_pipe"


class Mode(Struct):
    """One mode of the command line: its rules with what they are made of.

    `group` names modes that have commands in common. `sections` is the order of its lines in a
    saved file, `close` the line behind them, `always` those that stand in it unless configured.
    """

    name: str
    title: str
    prompt: str
    group: str = ""
    sections: tuple[str, ...] = ()
    close: str = CLOSE
    always: tuple[str, ...] = ()
    rules: dict[str, Rule] = {}
    bodies: dict[str, Body] = {}


class _ModeEntry(Struct, forbid_unknown_fields=True):
    title: str = ""
    prompt: str = ""
    group: str = ""
    close: str = CLOSE
    sections: tuple[str, ...] = ()
    always: tuple[str, ...] = ()


def read_grammar(directory: Path) -> dict[str, Mode]:
    """All modes of the grammar files in `directory`, in the order of `modes.toml`.

    Raises GrammarError where a file is malformed.
    """
    return _Grammar(directory).modes


class _Grammar:
    def __init__(self, directory: Path) -> None:
        entries = _mode_entries(directory / "modes.toml")
        self.modes = {
            name: Mode(
                name,
                entry.title,
                entry.prompt,
                entry.group,
                entry.sections,
                entry.close,
                entry.always,
            )
            for name, entry in entries.items()
        }
        self._words = help_texts(directory)
        self._files = {path.stem: read_file(path) for path in sorted(directory.glob("*.lark"))}
        self._undone: set[tuple[str, str, str]] = set()
        for file in self._files.values():
            for definition in file.definitions.values():
                if not _is_piece(definition):
                    self._add(file, definition)

    def _add(self, file: GrammarFile, definition: Definition) -> None:
        if not definition.modes:
            raise _error(definition, "expected //! mode before the first command")
        body = _Resolver(self._files, self._words, definition).body(file, definition)
        piped = _ends_in_pipe(definition.body)
        made = list(_rules_of(definition, body, piped))
        for mode in self._modes_of(definition):
            for rule, its_body in made:
                self._put(definition, mode, msgspec.structs.replace(rule, mode=mode.name), its_body)

    def _modes_of(self, definition: Definition) -> Iterator[Mode]:
        for name in definition.modes:
            if name == EVERY_CONFIGURATION_MODE:
                yield from (m for m in self.modes.values() if m.prompt)
            else:
                found = [m for m in self.modes.values() if name in (m.name, m.group)]
                if not found:
                    raise _error(definition, f"invalid mode {name}: expected one of modes.toml")
                yield from found

    def _put(self, definition: Definition, mode: Mode, rule: Rule, body: Body) -> None:
        if rule.opens and rule.opens != FIRST_WORD and rule.opens not in self.modes:
            raise _error(definition, f"invalid mode {rule.opens}: expected one of modes.toml")
        if rule.section and rule.section not in mode.sections:
            message = f"invalid section {rule.section}: expected one of {mode.name} in modes.toml"
            raise _error(definition, message)
        known = mode.rules.get(rule.name)
        if known is not None:
            raise _error(definition, f"a second rule {rule.name}, the first is {known.place}")
        if rule.drops and (mode.name, rule.drops, rule.syntax) in self._undone:
            return
        self._undone.add((mode.name, rule.drops, rule.syntax))
        self._check_key(definition, rule, body)
        mode.rules[rule.name], mode.bodies[rule.name] = rule, body

    def _check_key(self, definition: Definition, rule: Rule, body: Body) -> None:
        """A configuration line is found again by its key: each place of it must be a value."""
        placeholders = [value.placeholder for value in values_in(body)]
        for word in (rule.keeps + " " + rule.drops).split():
            if word.startswith("<") and word not in placeholders:
                raise _error(definition, f"invalid key: the command has no value {word}")


def objects_of(mode: Mode) -> Iterator[str]:
    """The words before the name of each kind of object that the mode has: `aaa group`.

    An object is what a command leads to that takes a name and has a mode of its own.
    """
    for name, rule in mode.rules.items():
        *words, last = rule.keeps.split() or [""]
        if not (rule.opens and words and last.startswith("<")):
            continue
        if words == [FIRST_WORD]:
            yield from _first_words(mode.bodies[name])
        elif not any(word.startswith(("<", "{")) for word in words):
            yield " ".join(words)


def _first_words(body: Body) -> Iterator[str]:
    if isinstance(body, Fixed):
        yield body.spelling
    elif isinstance(body, Symbols):
        yield from _first_words(body.items[0])
    elif isinstance(body, Options):
        for option in body.options:
            yield from _first_words(option)


def _error(definition: Definition, problem: str, column: int = 1) -> GrammarError:
    return GrammarError(definition.file, definition.line, column, problem)


def _mode_entries(path: Path) -> dict[str, _ModeEntry]:
    try:
        return msgspec.convert(tomllib.loads(path.read_text()), dict[str, _ModeEntry])
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise GrammarError(path.name, 1, 1, str(error)) from None


def help_texts(directory: Path) -> dict[str, str]:
    """The help text of each word and of each `<value>`."""
    path = directory / "words.txt"
    texts: dict[str, str] = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        word, separator, text = line.partition(": ")
        if not separator or not text.strip():
            raise GrammarError(path.name, number, 1, 'expected "word: help"')
        if word in texts:
            raise GrammarError(path.name, number, 1, f"a second help text for {word}")
        texts[word] = text.strip()
    return texts


def _is_piece(definition: Definition) -> bool:
    return definition.name.startswith("_") or bool(definition.parameters)


def _ends_in_pipe(node: Node) -> bool:
    if isinstance(node, Sequence):
        return _ends_in_pipe(node.items[-1])
    return isinstance(node, Repeat) and _is_pipe(node.item)


def _is_pipe(node: Node) -> bool:
    return isinstance(node, Reference) and node.name == _PIPE


# From what is written to what it stands for


class _Resolver:
    """Puts pieces and values in the places of their names."""

    def __init__(
        self, files: dict[str, GrammarFile], words: dict[str, str], command: Definition
    ) -> None:
        self._files = files
        self._words = words
        self._command = command
        self._open: list[Definition] = []

    def body(self, file: GrammarFile, definition: Definition) -> Body:
        """The body of a rule, without its pipes."""
        node = definition.body
        if _ends_in_pipe(node) and isinstance(node, Sequence):
            node = Sequence(node.items[:-1])
        return self._of(file, node)

    def _of(self, file: GrammarFile, node: Node) -> Body:
        if isinstance(node, Literal):
            return Fixed(node.text, self._help_in_place(node.text))
        if isinstance(node, Sequence):
            return Symbols(tuple(self._of(file, item) for item in node.items))
        if isinstance(node, Choice):
            return Options(tuple(self._of(file, option) for option in node.options))
        if isinstance(node, Repeat):
            return Repeated(self._of(file, node.item), node.needed, node.many)
        return self._reference(file, node)

    def _reference(self, file: GrammarFile, node: Reference) -> Body:
        home = self._files.get(file.imports.get(node.name, file.name.removesuffix(".lark")))
        found = home.definitions.get(node.name) if home else None
        if home is None or found is None:
            problem = f"unknown piece {node.name}{self._hint(node.name)}"
            raise GrammarError(file.name, node.line, node.column, problem)
        if any(found is piece for piece in self._open):
            raise GrammarError(file.name, node.line, node.column, f"{node.name} contains itself")
        if found.parameters:
            return self._value(file, home, found, node)
        self._open.append(found)
        body = self._of(home, found.body)
        self._open.pop()
        if isinstance(body, ValueWord) and found.remark:
            own = self._help_in_place(body.placeholder) or found.remark
            return msgspec.structs.replace(body, help=own)
        return body

    def _help_in_place(self, text: str) -> str:
        """The help that the command has for a word or value, else the innermost piece around it."""
        around = (self._command, *reversed(self._open))
        return next((piece.helps[text] for piece in around if text in piece.helps), "")

    def _hint(self, name: str) -> str:
        """Where a piece stands that a file has not imported."""
        homes = [stem for stem, file in self._files.items() if name in file.definitions]
        return f": expected %import .{homes[0]} ({name}) at the top of the file" if homes else ""

    def _value(
        self, file: GrammarFile, home: GrammarFile, found: Definition, node: Reference
    ) -> ValueWord:
        def refuse(problem: str) -> GrammarError:
            return GrammarError(file.name, node.line, node.column, problem)

        if node.name not in KINDS:
            raise refuse(f"unknown kind of value {node.name}")
        if len(node.arguments) != len(found.parameters):
            raise refuse(f"expected {node.name}{{{', '.join(found.parameters)}}}")
        name, *limits = node.arguments
        low, high = 0, 0
        if limits:
            first, dots, last = limits[0].partition("..")
            if not (first.isdecimal() and (last.isdecimal() or not dots)):
                raise refuse(f'invalid range "{limits[0]}": expected "low..high"')
            low = int(first)
            high = int(last) if dots else low
            if high < low:
                raise refuse(f'invalid range "{limits[0]}": the first number is the larger one')
        terminal = found.body
        pattern = home.patterns.get(terminal.name) if isinstance(terminal, Reference) else None
        if pattern is None:
            raise GrammarError(home.name, found.line, 1, f"expected a terminal for {node.name}")
        placeholder = f"<{name}>"
        help = self._help_in_place(placeholder) or self._words.get(placeholder, "")
        return ValueWord(placeholder, node.name, low, high, pattern, help)


# Rules with their notes


class _Attributes(Struct):
    """The attributes in the note or the remark of a rule."""

    privilege: Privilege = Privilege.ADMINISTRATOR
    evidence: str = ""
    keeps: str = ""
    drops: str = ""
    opens: str = ""
    continues: str = ""
    hidden: bool = False
    no: bool = False
    default: bool = False
    remove: bool = False
    read: bool = False
    key: str = "setting"


FORMS = ("no", "default", "remove")
"""The words that a form of a kept command can begin with."""
_READ = "read"
_KEYS = ("named", "list", "switch")
_TEXTS = ("keeps", "drops", "opens", "continues")


def _rules_of(definition: Definition, body: Body, piped: bool) -> Iterator[tuple[Rule, Body]]:
    if definition.note:
        attributes = _attributes(definition, definition.note, kept=False)
        yield _rule(definition, attributes, definition.summary, body, piped), body
    elif definition.remark:
        yield from _kept_rules(definition, body)
    else:
        raise _error(definition, "expected a //: line before a command, or // after a kept one")


def _rule(
    definition: Definition, attributes: _Attributes, summary: str, body: Body, piped: bool
) -> Rule:
    return Rule(
        definition.name,
        "",
        attributes.privilege,
        summary,
        attributes.keeps,
        attributes.drops,
        attributes.opens,
        definition.section,
        kept=bool(attributes.evidence),
        evidence=attributes.evidence,
        hidden=attributes.hidden,
        piped=piped,
        continues=attributes.continues,
        syntax=f"{syntax(body)} …" if attributes.continues else syntax(body),
        place=definition.place,
        read=attributes.read,
    )


def _attributes(definition: Definition, note: str, *, kept: bool) -> _Attributes:
    first, *others = [part.strip() for part in note.split(",")]
    found = _Attributes()
    if kept:
        if first not in EVIDENCE:
            raise _error(definition, f"invalid evidence {first!r}: expected {', '.join(EVIDENCE)}")
        found.evidence = EVIDENCE[first]
    else:
        found.privilege = _privilege(definition, first)
    for attribute in others:
        word, _, rest = attribute.partition(" ")
        if word in _TEXTS and rest:
            setattr(found, word, rest.strip())
        elif word == "at" and kept:
            found.privilege = _privilege(definition, rest)
        elif attribute == _READ or (attribute in FORMS and kept):
            setattr(found, attribute, True)
        elif attribute in _KEYS and kept:
            found.key = attribute
        elif attribute == "hidden":
            found.hidden = True
        else:
            raise _error(definition, f"invalid attribute {attribute!r}")
    return found


def _privilege(definition: Definition, name: str) -> Privilege:
    try:
        return Privilege.named(name)
    except ValueError as error:
        raise _error(definition, str(error)) from None


def _kept_rules(definition: Definition, body: Body) -> Iterator[tuple[Rule, Body]]:
    """A kept command and the forms that follow from it: `no …`, `default …`, `remove …`."""
    note, separator, help = definition.remark.partition(": ")
    if not separator or not help.strip():
        raise _error(definition, 'expected "// evidence, attributes: Help"')
    attributes = _attributes(definition, note, kept=True)
    summary = f"{help.strip().removesuffix('.')}."
    if attributes.drops:
        yield _rule(definition, attributes, summary, body, piped=False), body
        return
    items = body.items if isinstance(body, Symbols) else (body,)
    if attributes.keeps:
        key = items[: len(attributes.keeps.split())]
    else:
        key = _key_items(items, attributes.key)
        whole = attributes.key == "list"
        attributes.keeps = WHOLE_LINE if whole else " ".join(syntax(item) for item in key)
    rule = _rule(definition, attributes, summary, body, piped=False)
    yield rule, body
    if attributes.key == "switch":
        yield _variant(rule, "no", key, switch=True)
    for word in FORMS:
        if getattr(attributes, word) and not (word == "no" and attributes.key == "switch"):
            yield _variant(rule, word, key)


def _key_items(items: tuple[Body, ...], key: str) -> tuple[Body, ...]:
    """The words that tell a line from others: those before the first value or option.

    A `named` line has the values that follow them as well, the line of a `list` is its own key.
    """
    if key == "list":
        return items
    length = 0
    while length < len(items) and isinstance(items[length], Fixed):
        length += 1
    if key == "named":
        while length < len(items) and isinstance(items[length], ValueWord):
            length += 1
    return items[:length]


def _variant(
    rule: Rule, word: str, key: tuple[Body, ...], switch: bool = False
) -> tuple[Rule, Body]:
    """The form of a kept command that begins with `no`, `default` or `remove`.

    That of a line which begins with `no` itself is the line without it.
    """
    if word == "no" and isinstance(key[0], Fixed) and key[0].spelling == "no":
        bare = rule.name.removeprefix("no_")
        body, name = Symbols(key[1:]), bare if bare != rule.name else f"undo_{rule.name}"
    else:
        body, name = Symbols((Fixed(word), *key)), f"{word}_{rule.name}"
    text = syntax(body)
    if rule.opens:
        body = Symbols((*body.items, Repeated(Fixed(NO_CONFIRMATION), False, False)))
    return (
        msgspec.structs.replace(
            rule,
            name=name,
            summary=f"Switches it off: {rule.summary}" if switch else _removal(rule),
            keeps=rule.keeps if switch else "",
            drops="" if switch else rule.keeps,
            opens="",
            syntax=text,
        ),
        body,
    )


def _removal(rule: Rule) -> str:
    """What the form does that removes the line of a rule."""
    return "Removes such a line." if rule.keeps == WHOLE_LINE else f"Removes `{rule.keeps}`."
