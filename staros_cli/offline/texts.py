"""The text of a configuration, from a file or from what a terminal showed."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from msgspec import Struct

from staros_cli.configuration.files import SIZE_LIMIT
from staros_cli.errors import StarosError
from staros_cli.transcripts.logs import on_screen
from staros_cli.transcripts.prompts import (
    is_marker,
    is_time_stamp,
    parts_of_prompt,
    prompt_line,
)

_BEGIN = ("config", "configure")
_END = "end"
_HEADER = "#!$$ StarOS"
_OF_A_TERMINAL = re.compile(r"\x1b|\x08|---\(more|^\[[^\]\s]+\]\S*[#>]", re.MULTILINE)
_VERSION = re.compile(r"^#!\$\$ StarOS V(\d+\.\d+)", re.MULTILINE)


class TextError(StarosError):
    """A text that holds no configuration."""


class ConfigurationText(Struct):
    """The lines of a configuration between `config` and `end`, with their numbers in the source.

    `source` names the file for messages, `version` is that of the software that saved it, empty
    where the text does not say.
    """

    source: str
    lines: list[tuple[int, str]]
    version: str = ""

    @property
    def body(self) -> str:
        """The text between `config` and `end`."""
        return "".join(f"{line}\n" for _, line in self.lines)

    def number_in_source(self, number: int) -> int:
        """The number in the source of a line of `body`, both counted from 1."""
        return self.lines[number - 1][0] if 0 < number <= len(self.lines) else 0


def read(name: str) -> ConfigurationText:
    """The configuration in a file, or in standard input when `name` is `-`.

    Raises TextError when there is none, or when it cannot be read.
    """
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise TextError(f"{name}: {error.strerror or error}") from None
    source = "standard input" if name == "-" else name
    if len(data) > SIZE_LIMIT:
        raise TextError(f"{source}: expected {SIZE_LIMIT} bytes at most, got {len(data)}")
    if b"\0" in data:
        raise TextError(f"{source}: expected text")
    return find(data.decode(errors="replace").removeprefix("\ufeff"), source)


def find(text: str, source: str) -> ConfigurationText:
    """The configuration in a text: a saved one, a paste of a terminal, or a part of one.

    Raises TextError when there is none.
    """
    version = _VERSION.search(text)
    if _OF_A_TERMINAL.search(text):
        shown = on_screen(text)
    else:
        shown = [line.rstrip("\r") for line in text.split("\n")]
    numbered = [(number, line.rstrip()) for number, line in enumerate(shown, 1)]
    kept = [one for one in numbered if not (is_marker(one[1]) or is_time_stamp(one[1]))]
    lines = _between(kept)
    if not any(line.strip() for _, line in lines):
        raise TextError(f"{source}: expected lines of a configuration")
    return ConfigurationText(source, lines, version[1] if version else "")


def _between(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The lines from `config` to `end`, those typed in configuration modes, or all of them."""
    begin = next((place for place, (_, line) in enumerate(lines) if line.strip() in _BEGIN), None)
    if begin is None:
        found = _typed(lines) or [one for one in lines if not one[1].startswith(_HEADER)]
        while found and not found[-1][1]:
            found.pop()
        return found
    found = []
    while begin is not None:
        end = _end(lines, begin)
        found += lines[begin + 1 : end]
        begin = next(
            (n for n in range(end, len(lines)) if lines[n][1].strip() in _BEGIN and n > begin), None
        )
    return found


def _end(lines: list[tuple[int, str]], begin: int) -> int:
    """Where the configuration ends that begins at a place: at its `end`, or at a prompt."""
    level = _indentation(lines[begin][1])
    for place in range(begin + 1, len(lines)):
        line = lines[place][1]
        if (line.strip() == _END and _indentation(line) <= level) or prompt_line(line):
            return place
    return len(lines)


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())


def _typed(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The lines that were typed at prompts of configuration modes."""
    typed: list[tuple[int, str]] = []
    for number, line in lines:
        parts, found = parts_of_prompt(line), prompt_line(line)
        if parts is not None and found is not None and parts.mode and found.text.strip():
            typed.append((number, found.text.strip()))
    return [one for one in typed if one[1] != _END]
