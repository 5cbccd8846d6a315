"""What the running configuration says about bulk statistics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

from staros_cli.chassis.bulkstats.settings import (
    FILES,
    ON_FAILURE,
    PRIMARY,
    REDUNDANT,
    SECONDARY,
    SYSTEM,
    BulkstatsSettings,
    FileSettings,
    Receiver,
    Schema,
)
from staros_cli.configuration.reading import integer_of, number_in, option_of, words_of
from staros_cli.configuration.tree import Node

MODE, FILE_MODE = "bulkstats", "bulkstats-file"
MOST_SCHEMAS = 2000
"""How many schemas are used; those configured behind them are only kept."""
_DEFAULT_FILE = 1
"""The file that what stands in no file belongs to (doc)."""
_ACTIVE_ONLY = "active-only"
_NAMED_FOR = {"primary-receiver": (PRIMARY,), "secondary-receiver": (SECONDARY,)}


def read(root: Node) -> BulkstatsSettings:
    """All that the running configuration says about bulk statistics."""
    collection, mode = root.find("bulkstats collection"), root.find("bulkstats mode")
    if collection is None and mode is None:
        return BulkstatsSettings()
    default = BulkstatsSettings()
    words = [words_of(node.line) for node in _settings(mode)]
    own = {line[0]: line[1] for line in words if len(line) == 2}
    receiver_mode = _mode_of(words, default.mode)
    return BulkstatsSettings(
        collection is not None,
        root.find("bulkstats historical collection") is not None,
        max(1, int(number_in(own.get("sample-interval", ""), default.sample))),
        max(1, int(number_in(own.get("transfer-interval", ""), default.transfer))),
        max(1, int(number_in(own.get("limit", ""), default.limit))),
        receiver_mode,
        ["no", "gather-on-standby"] not in words,
        tuple(_files(mode, receiver_mode)),
    )


def _mode_of(lines: Iterable[list[str]], default: str) -> str:
    """How lines say that two receivers are used."""
    found = (words[2] for words in lines if len(words) == 3 and words[:2] == ["receiver", "mode"])
    return next((mode for mode in found if mode in (ON_FAILURE, REDUNDANT)), default)


def receivers(root: Node) -> Iterator[str]:
    """The addresses of all receivers."""
    for file in _files(root.find("bulkstats mode")):
        for receiver in file.receivers:
            yield receiver.address


def _settings(mode: Node | None) -> Iterator[Node]:
    """The lines of the mode that say nothing about files."""
    for node in mode.children.values() if mode else ():
        if not node.mode and not is_schema(node.line):
            yield node


def is_schema(line: str) -> bool:
    """Whether a line is about a schema."""
    return "schema" in line.split(maxsplit=2)[:2]


def _files(mode: Node | None, receiver_mode: str = ON_FAILURE) -> Iterator[FileSettings]:
    """The files by number; what stands in none belongs to the first."""
    if mode is None:
        return
    lines: dict[int, list[Node]] = {}
    outside = [node for node in mode.children.values() if _is_about_file(node)]
    if outside:
        lines[_DEFAULT_FILE] = outside
    for node in mode.children.values():
        if node.mode == FILE_MODE:
            number = integer_of(words_of(node.line), "file", 0)
            lines.setdefault(number, []).extend(node.children.values())
    left = MOST_SCHEMAS
    for number in sorted(lines):
        if 0 < number <= FILES:
            file = _file(number, lines[number], left, receiver_mode)
            left -= len(file.schemas)
            yield file


def _is_about_file(node: Node) -> bool:
    first = node.line.partition(" ")[0]
    about_mode = node.line.startswith("receiver mode ")
    named = first in ("header", "footer", "remotefile", "receiver") and not about_mode
    return not node.mode and (named or is_schema(node.line))


def _file(number: int, nodes: Iterable[Node], most: int, mode: str) -> FileSettings:
    formats: dict[str, str] = {}
    named_for: tuple[str, ...] = (PRIMARY, SECONDARY)
    found: dict[str, Receiver] = {}
    schemas: dict[tuple[str, str], Schema] = {}
    for node in nodes:
        schema = _schema(node.line) if is_schema(node.line) else None
        if schema is not None:
            schemas[schema.kind, schema.name] = schema
            continue
        words = words_of(node.line)
        if words[1:2] == ["format"] and len(words) > 2:
            formats[words[0]] = words[2]
            if words[0] == "remotefile":
                named_for = _NAMED_FOR.get(words[-1], (PRIMARY, SECONDARY))
        elif words[:2] == ["receiver", "mode"]:
            mode = _mode_of((words,), mode)
        elif words[:1] == ["receiver"] and len(words) > 2:
            found[words[1]] = _receiver(words)
    return FileSettings(
        number,
        formats.get("remotefile", ""),
        formats.get("header", ""),
        formats.get("footer", ""),
        tuple(found.values()),
        tuple(islice(schemas.values(), most)),
        named_for,
        mode,
    )


def _receiver(words: list[str]) -> Receiver:
    role = SECONDARY if words[2] == SECONDARY else PRIMARY
    return Receiver(
        words[1], role, option_of(words[3:], "mechanism", "ftp"), option_of(words[3:], "login")
    )


@lru_cache(MOST_SCHEMAS)
def _schema(line: str) -> Schema | None:
    """The schema that a line is about, None for a line of another kind that was imported."""
    words = words_of(line)
    kind, rest = (SYSTEM, words[1:]) if words[0] == "schema" else (words[0], words[2:])
    ahead = rest[:1] == [_ACTIVE_ONLY] and len(rest) > 1
    rest = rest[ahead:]
    if not rest or "schema" not in words[:2]:
        return None
    behind = rest[1:2] == [_ACTIVE_ONLY]
    form = rest[1 + behind :]
    text = form[1] if form[:1] == ["format"] and len(form) > 1 else ""
    return Schema(kind, rest[0], text, ahead or behind)
