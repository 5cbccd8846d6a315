"""Raw terminal logs, with everything a terminal was sent, turned into transcripts."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from staros_cli.errors import StarosError
from staros_cli.transcripts.directives import Settings
from staros_cli.transcripts.format import PATTERN, header, literal
from staros_cli.transcripts.prompts import (
    CONTINUATION,
    is_marker,
    is_time_stamp,
    prompt_line,
    without_marker,
)
from staros_cli.transcripts.screen import Screen

_MARKER = re.compile(r"---\(more(?: \d+%)?\)---(?![ \t]*\r?\n)")
_TOOL_LINE = re.compile(r"Script (?:started|done) on .*|=~=~=~.*=~=~=~=.*")
_CLOCK_COMMAND = re.compile(r"sh(?:o|ow)? cl(?:o|oc|ock)?\b")
_ANY_TIME = r"[A-Z]\w+day [A-Z]\w+ \d\d \d\d:\d\d:\d\d [A-Z]+ \d{4}" + PATTERN


class LogError(StarosError):
    """A log without a single StarOS prompt."""


def from_log(log: str, chassis: str) -> str:
    """The transcript of a session that a log shows; `chassis` is for its header.

    Raises LogError when the log holds none.
    """
    lines = _on_screen(log)
    first = next((place for place, line in enumerate(lines) if prompt_line(line)), None)
    if first is None:
        raise LogError("expected lines that begin with a prompt such as [local]asr5500#")
    commands = _commands(lines[first:])
    settings = _settings(commands, chassis)
    text = [*header(settings), *(line for command in commands for line in _told(command))]
    while text and not text[-1]:
        text.pop()
    return "".join(f"{line}\n" for line in text)


def _on_screen(log: str) -> list[str]:
    """The lines as they were on the screen, the marks of the pager kept as lines of their own."""
    screen = Screen()
    lines = screen.feed(_MARKER.sub(lambda found: found[0] + "\n", log))
    # Whether a line that was begun would have been ended nobody knows.
    begun = prompt_line(screen.tail)
    lines.append(begun.prompt if begun else screen.tail.rstrip())
    kept = []
    for line in lines:
        rest = without_marker(line)
        if rest:
            kept += [line[: line.index(rest)].rstrip(), rest]
        elif not _TOOL_LINE.fullmatch(line):
            kept.append(line)
    return kept


def _commands(lines: list[str]) -> list[list[str]]:
    """The lines in groups: one that was typed, and its output."""
    groups: list[list[str]] = []
    for line in lines:
        continued = bool(groups) and len(groups[-1]) == 1 and groups[-1][0].endswith("\\")
        if prompt_line(line) or (continued and line.startswith(CONTINUATION)):
            groups.append([line])
        else:
            groups[-1].append(line)
    return groups


def _settings(commands: list[list[str]], chassis: str) -> Settings:
    settings = Settings(chassis=chassis)
    switched_on = False
    for typed, *output in commands:
        found = prompt_line(typed)
        text = found.text.strip().lower() if found else ""
        switched_on |= text.startswith("times")
        stamped = output[:1] and is_time_stamp(output[0])
        if not stamped:
            continue
        if settings.clock == Settings().clock:
            settings.clock = _moment(output[0]) or settings.clock
        if not switched_on and not _CLOCK_COMMAND.match(text):
            settings.timestamps = True
    return settings


def _moment(stamp: str) -> float | None:
    try:
        return datetime.strptime(stamp, "%A %B %d %H:%M:%S UTC %Y").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def _told(command: list[str]) -> list[str]:
    """A command as it stands in a transcript: times marked, keys of the pager told if needed."""
    typed, *output = command
    stopped = bool(output) and is_marker(output[-1])
    told = [typed]
    for place, line in enumerate(output):
        if is_marker(line):
            if stopped:
                told.append(f"# type {_key(output[place + 1 :])}")
        elif is_time_stamp(line):
            told.append(_ANY_TIME)
        else:
            told.append(literal(line))
    return told


def _key(rest: list[str]) -> str:
    """The key that was pressed at a mark, from what follows."""
    if not rest:
        return "q"
    return "enter" if len(rest) > 1 and is_marker(rest[1]) else "space"
