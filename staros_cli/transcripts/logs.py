"""Raw terminal logs, with everything a terminal was sent, turned into transcripts."""

from __future__ import annotations

import re

from msgspec import Struct

from staros_cli.errors import StarosError
from staros_cli.transcripts.comparable import Marked, begin_there, marked
from staros_cli.transcripts.directives import Login, Settings
from staros_cli.transcripts.echoed_keys import is_keys_only, meant
from staros_cli.transcripts.format import PATTERN, REMARK, header, literal, parse
from staros_cli.transcripts.log_settings import settings_of
from staros_cli.transcripts.prompts import (
    CONTINUATION,
    is_marker,
    is_question,
    is_time_stamp,
    prompt_line,
    without_marker,
)
from staros_cli.transcripts.screen import Screen

_MARKER = re.compile(r"---\(more(?: \d+%)?\)---(?![ \t]*\r?\n)")
_TOOL_LINE = re.compile(r"Script (?:started|done) on .*|=~=~=~.*=~=~=~=.*")
_ERASED = "\b \b"
_ANY_TIME = r"[A-Z]\w+day [A-Z]\w+ \d\d \d\d:\d\d:\d\d [A-Z]+ \d{4}" + PATTERN


class LogError(StarosError):
    """A log without a single StarOS prompt."""


class Converted(Struct):
    """A transcript made of a log.

    `commands` counts the lines that are typed, `left_out` those of them that cannot be, `unknown`
    those that the emulator does not know.
    """

    settings: Settings
    lines: list[str]
    commands: int
    left_out: int
    unknown: int

    @property
    def text(self) -> str:
        """It as it stands in a file."""
        return "".join(f"{line}\n" for line in [*header(self.settings), *self.lines])


def from_log(log: str, chassis: str | None = None, login: Login | None = None) -> Converted:
    """The transcript of a session that a log shows.

    `chassis` and `login` are for its header; without them they are what the log shows. What cannot
    be compared on that chassis is marked. Raises LogError when the log holds no session,
    DirectiveError when the chassis cannot be used.
    """
    lines = on_screen(log)
    first = next((place for place, line in enumerate(lines) if prompt_line(line)), None)
    if first is None:
        raise LogError("expected lines that begin with a prompt such as [local]asr5500#")
    commands = _commands(lines[first:])
    settings, remark = settings_of(log, lines[:first], commands, chassis)
    if login is not None:
        settings.login = login
    way, missed = begin_there(settings, commands[0][0])
    remarks = [f"{REMARK} {said}" for said in (remark, missed) if said]
    text = [*remarks, *way, *(line for command in commands for line in _told(command))]
    while text and not text[-1]:
        text.pop()
    found = _with_marks(settings, text)
    return Converted(settings, found.lines, found.commands, found.left_out, found.unknown)


def _with_marks(settings: Settings, lines: list[str]) -> Marked:
    """The lines of a transcript, those marked that cannot be compared."""
    head = header(settings)
    text = "".join(f"{line}\n" for line in [*head, *lines])
    transcript = parse(text, "the log")
    transcript.settings = settings
    found = marked(transcript)
    return Marked(found.lines[len(head) :], found.commands, found.left_out, found.unknown)


def on_screen(log: str) -> list[str]:
    """The lines as they were on the screen, the marks of the pager kept as lines of their own."""
    screen = Screen()
    log = log.replace("\x7f", _ERASED)
    lines = screen.feed(_MARKER.sub(lambda found: found[0] + "\n", log))
    # Whether a line that was begun would have been ended nobody knows.
    begun = prompt_line(screen.tail)
    lines.append(begun.prompt if begun else screen.tail.rstrip())
    kept = []
    for line in lines:
        rest = without_marker(line)
        if rest:
            kept += [line[: line.index(rest)].rstrip(), rest]
        elif not _TOOL_LINE.fullmatch(line) and not is_keys_only(line):
            kept.append(line)
    return kept


def _commands(lines: list[str]) -> list[list[str]]:
    """The lines in groups: one that was typed, as it was meant, and its output."""
    groups: list[list[str]] = []
    history: list[str] = []
    for line in lines:
        continued = bool(groups) and len(groups[-1]) == 1 and groups[-1][0].endswith("\\")
        found = prompt_line(line)
        if found:
            text = meant(found.text, history)
            if text.strip() and not is_question(line):
                history.append(text)
            groups.append([f"{found.prompt} {text}".rstrip() if text != found.text else line])
        elif continued and line.startswith(CONTINUATION):
            groups.append([line])
        else:
            groups[-1].append(line)
    return groups


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
