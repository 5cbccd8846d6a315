"""The compiled language: every mode as an automaton, kept between two runs.

It is built in a fraction of a second when the grammar files have changed, and then loads in a
millisecond, one mode at a time.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from staros_cli.language.automaton import Automaton
from staros_cli.language.rules import Rule, grammar_directory

PIPES = "pipe"
"""The mode whose commands follow a bar."""
UNLISTED = "unlisted"
"""The mode that takes any line."""
_VERSION = 5
_digest = hashlib.sha256


class CompiledMode(Struct, array_like=True):
    """A mode with its automaton."""

    name: str
    title: str
    prompt: str
    sections: tuple[str, ...]
    close: str
    always: tuple[str, ...]
    automaton: Automaton

    @property
    def rules(self) -> list[Rule]:
        """The commands of the mode, in the order of the grammar files."""
        return self.automaton.rules


class _Content(Struct, array_like=True):
    key: str
    modes: dict[str, msgspec.Raw]
    beginnings: frozenset[str]
    objects: frozenset[str]


class CompiledLanguage:
    """All modes of the command line, each decoded when it is first asked for.

    `beginnings` are the words that commands of some mode begin with, in lower case. `objects` are
    the words before the name of what has a mode of its own, such as `aaa group`.
    """

    def __init__(
        self, modes: dict[str, msgspec.Raw], beginnings: frozenset[str], objects: frozenset[str]
    ) -> None:
        self._raw = modes
        self.beginnings = beginnings
        self.objects = objects
        self._modes: dict[str, CompiledMode] = {}

    @property
    def names(self) -> list[str]:
        """The names of all modes, in the order of `modes.toml`."""
        return list(self._raw)

    def mode(self, name: str) -> CompiledMode:
        """The mode `name`."""
        found = self._modes.get(name)
        if found is None:
            found = msgspec.msgpack.decode(self._raw[name], type=CompiledMode)
            self._modes[name] = found
        return found


@cache
def compiled() -> CompiledLanguage:
    """The language of the grammar files, from where the last run kept it or built anew.

    Raises GrammarError when a grammar file is malformed.
    """
    return load(grammar_directory(), _cache_file())


def mode(name: str) -> CompiledMode:
    """The mode `name` of the command line."""
    return compiled().mode(name)


def mode_names() -> list[str]:
    """The modes that a session can be in, Exec first."""
    return [name for name in compiled().names if name != PIPES]


def load(directory: Path, file: Path | None) -> CompiledLanguage:
    """The language of the grammar files in `directory`, kept in `file`."""
    key = _key(directory)
    content = _kept(file, key) if file is not None else None
    if content is None:
        content = _build(directory, key)
        if file is not None:
            _keep(file, content)
    return CompiledLanguage(content.modes, content.beginnings, content.objects)


def _build(directory: Path, key: str) -> _Content:
    # A start from what is kept goes without the tools that read and build it.
    from staros_cli.language import builder, grammar

    helps = grammar.help_texts(directory)
    modes: dict[str, msgspec.Raw] = {}
    beginnings: set[str] = set()
    objects: set[str] = set()
    for name, mode in grammar.read_grammar(directory).items():
        machine = builder.build(mode, helps)
        made = CompiledMode(
            name, mode.title, mode.prompt, mode.sections, mode.close, mode.always, machine
        )
        modes[name] = msgspec.Raw(msgspec.msgpack.encode(made))
        beginnings.update(machine.states[0].keywords)
        objects.update(grammar.objects_of(mode))
    return _Content(key, modes, frozenset(beginnings), frozenset(objects))


def _key(directory: Path) -> str:
    """Stands for the grammar files as they are, and for the form of what is kept."""
    digest = _digest(f"{_VERSION} {msgspec.__version__}".encode())
    for path in sorted(directory.iterdir()):
        digest.update(f"\n{path.name}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _kept(file: Path, key: str) -> _Content | None:
    """The content of a file, or None where it is missing, outdated or damaged."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    size = _digest().digest_size
    checksum, body = content[:size], content[size:]
    if _digest(body).digest() != checksum:
        return None
    try:
        found = msgspec.msgpack.decode(body, type=_Content)
    except msgspec.MsgspecError:
        return None
    return found if found.key == key else None


def _keep(file: Path, content: _Content) -> None:
    """Put it where the next run finds it; without such a place it is built again."""
    from staros_cli.whole_files import write_whole

    body = msgspec.msgpack.encode(content)
    try:
        write_whole(file, _digest(body).digest() + body, durable=False)
    except OSError:
        return


def _cache_file() -> Path | None:
    """Where the compiled language of this user is kept, None where that cannot be."""
    from platformdirs import user_cache_path

    try:
        found = user_cache_path("staros-cli")
        found.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return found / "language"
