"""Turning what is typed at a terminal, and what it shows, into a transcript."""

from __future__ import annotations

import os
from pathlib import Path

from msgspec.structs import replace

from staros_cli.chassis.definition import built_in_names
from staros_cli.language.words import has_open_quote
from staros_cli.shell.replies import Awaits
from staros_cli.transcripts import directives
from staros_cli.transcripts.directives import Directive, Settings
from staros_cli.transcripts.errors import DirectiveError
from staros_cli.transcripts.format import LITERAL, REMARK, header, literal
from staros_cli.transcripts.prompts import is_marker, is_question, prompt_line
from staros_cli.transcripts.screen import Screen
from staros_cli.transcripts.terminals import Terminals

STOP = "stop"
"""`# stop` ends a recording; its session goes on and is not written down any more."""

STOPPED = "The recording has ended. The session goes on until you leave it"

_ERASE_LINE = "\x15"
_NAMES = {key: name for name, key in directives.KEYS.items()}


def seen_from(folder: Path, settings: Settings) -> Settings:
    """The settings with the path of a definition file as it is from `folder`."""
    if settings.chassis in built_in_names() or not Path(settings.chassis).is_file():
        return settings
    return replace(settings, chassis=os.path.relpath(settings.chassis, folder))


class Recorder:
    """A chassis to type at. `folder` is where the transcript will lie: paths in it start there.

    `lines` is the transcript so far.
    """

    def __init__(self, settings: Settings, folder: Path) -> None:
        """Raises DirectiveError when the settings cannot be used."""
        self._terminals = Terminals(settings)
        self._folder = folder
        self._screen = Screen()
        self._pager_keys: list[tuple[int, str]] = []
        self._given_back = ""
        self._kept: str | None = None
        self.lines = header(seen_from(folder, settings))

    @property
    def closed(self) -> bool:
        """Whether the session has ended."""
        return self._terminals.closed

    def begin(self) -> str:
        """The first output of the terminal."""
        shown = self._terminals.begin()
        finished = self._screen.feed(shown)
        # A blank line of a header says nothing; one that was shown has to be marked.
        self.lines += [literal(line) or LITERAL for line in finished]
        return shown

    def feed(self, keys: str) -> str:
        """Type keys; returns what the terminal shows."""
        return "".join(self._key(key) for key in keys if not self.closed)

    def transcript(self) -> str:
        """The transcript up to where it was stopped, with the prompt that waits."""
        if self._kept is not None:
            return self._kept
        lines = list(self.lines)
        waiting = prompt_line(self._screen.tail)
        if waiting and not is_question(self._screen.tail) and not self._terminals.closed:
            text = waiting.text.strip()
            if text == self._given_back.strip():
                lines.append(f"{waiting.prompt} {text}".rstrip())
        return "".join(f"{line}\n" for line in lines)

    def _key(self, key: str) -> str:
        awaits = self._terminals.terminal.session.awaits
        typed = self._terminals.terminal.typed
        if key in "\r\n" and awaits is Awaits.COMMAND and typed.startswith("#"):
            shown = self._remark(typed)
            if shown is not None:
                return shown
        shown = self._terminals.feed(key)
        finished = self._screen.feed(shown)
        if awaits is Awaits.KEY:
            self._turn_page(key, finished)
        elif awaits is Awaits.WATCH:
            self.lines.append(f"# type {_NAMES.get(chr(13) if key == chr(10) else key, key)}")
            self._note(finished)
        elif finished:
            self._typed(key, typed, finished)
        return shown

    def _typed(self, key: str, typed: str, finished: list[str]) -> None:
        """Note a line that was typed and its output."""
        line, *output = finished
        self.lines.append(line)
        self._given_back = typed if key in "?\t" else ""
        name = _NAMES.get("\r" if key == "\n" else key, "")
        looks_like_help = line.endswith("?") and not has_open_quote(typed)
        if name and (name != "enter" or looks_like_help):
            self.lines.append(f"# type {name}")
        self._note(output)

    def _turn_page(self, key: str, finished: list[str]) -> None:
        """Note a key of the pager; it is told only when not all of the output was shown."""
        name = _NAMES.get("\r" if key == "\n" else key.lower(), "space")
        name = name if name in ("enter", "q", "ctrl-c") else "space"
        self._pager_keys.append((len(self.lines), name))
        self._note(finished)
        if self._terminals.terminal.session.awaits is not Awaits.KEY:
            if name in ("q", "ctrl-c"):
                for place, pressed in reversed(self._pager_keys):
                    self.lines.insert(place, f"# type {pressed}")
            self._pager_keys.clear()

    def _note(self, output: list[str]) -> None:
        self.lines += [literal(line) for line in output if not is_marker(line)]

    # For recordings only

    def _remark(self, typed: str) -> str | None:
        """Carry out a directive or keep a remark; None when the line is for the device."""
        if typed.startswith(REMARK):
            self.lines.append(typed.rstrip())
            return "\r\n" + self._bare_prompt()
        word = typed.removeprefix("# ").partition(" ")[0]
        if not typed.startswith("# ") or word not in (*directives.STEPS, STOP) or word == "type":
            return None
        prompt = self._bare_prompt()
        if word == STOP:
            self._kept = self.transcript()
            return f"\r\n{STOPPED}\r\n{prompt}"
        try:
            shown = self._direct(directives.read(typed.removeprefix("# ")))
            return "\r\n" + (shown or prompt)
        except DirectiveError as error:
            return "\r\n" + str(error).replace("\n", "\r\n") + "\r\n" + prompt

    def _bare_prompt(self) -> str:
        """Take back what was typed, on the screen too; returns the prompt that is left."""
        self._terminals.feed(_ERASE_LINE)
        prompt = self._terminals.terminal.session.prompt
        self._screen = Screen()
        self._screen.feed(prompt)
        return prompt

    def _direct(self, directive: Directive) -> str:
        shown = self._terminals.direct(directive)
        if directive.name == "put":
            file = os.path.relpath(directive.words[0], self._folder)
            directive = Directive("put", (file, *directive.words[1:]))
        self.lines.append(f"# {directive.text}")
        self._given_back = ""
        finished = self._screen.feed(shown)
        self._note(finished[1:] if shown.startswith("\r\n") else finished)
        return shown.removeprefix("\r\n")
