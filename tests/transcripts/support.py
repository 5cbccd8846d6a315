"""Helpers of the transcript tests."""

from __future__ import annotations

from pathlib import Path

from staros_cli.transcripts.directives import Directive, Settings
from staros_cli.transcripts.format import parse
from staros_cli.transcripts.prompts import waiting
from staros_cli.transcripts.replay import Result, replay
from staros_cli.transcripts.spawned import Child, installed_program
from staros_cli.transcripts.targets import MemoryTarget

ROOT = Path(__file__).parent.parent.parent
TRANSCRIPTS = sorted((ROOT / "transcripts").glob("*.transcript"))

_OPTIONS = {
    "chassis": ("--chassis", ""),
    "seed": ("--seed", ""),
    "clock": ("--clock-start", ""),
    "terminal": ("--terminal", "x"),
    "user": ("--user", ":"),
}


def in_memory(text: str, *, update: bool = False) -> Result:
    """Replay a transcript, given as text, in memory."""
    return replay(parse(text, "session.transcript"), MemoryTarget(), update=update)


class RecordingTarget:
    """`staros-cli transcript record` at a pseudo-terminal, with directives typed as lines."""

    live = came_back = False

    def __init__(self, file: Path) -> None:
        self._file = file
        self._child: Child | None = None

    @property
    def closed(self) -> bool:
        return self._child is not None and self._child.closed

    def begin(self, settings: Settings) -> str:
        command = [*installed_program(), "transcript", "record", str(self._file)]
        for directive in settings.directives():
            if directive.name == "timestamps":
                command.append("--timestamps")
            else:
                option, between = _OPTIONS[directive.name]
                command += [option, between.join(directive.words)]
        self._child = Child(command, length=settings.length, width=settings.width)
        return self._child.wait_for(waiting(first=True))[1]

    def type(self, keys: str, given_back: str = "", *, more: bool = False) -> str:
        assert self._child is not None
        self._child.write(keys)
        continued = keys.endswith("\\\r")
        shown = self._child.wait_for(waiting(given_back, more=more, continued=continued))[1]
        # At the end the program tells which file it wrote; that is no part of the session.
        return shown.partition(str(self._file))[0]

    def direct(self, directive: Directive) -> str:
        line = f"# {directive.text}"
        return self.type(f"{line}\r").removeprefix(line)

    def close(self) -> None:
        if self._child is not None:
            self._child.close()
