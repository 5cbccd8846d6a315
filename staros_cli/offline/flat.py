"""Configurations without indentation, as some terminals and tools leave them.

The grammar tells which lines it knows belong to which mode. Unknown lines may open a mode too: then
there is an `exit` more behind them than the modes that are known need.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from staros_cli.chassis.privilege import Privilege
from staros_cli.commands.configuration_file import structure_of
from staros_cli.commands.opaque import CLOSING, DEEPEST
from staros_cli.configuration.tree import INDENT
from staros_cli.language.compiled import UNLISTED
from staros_cli.language.errors import LineError
from staros_cli.language.parser import parse
from staros_cli.language.rules import FIRST_WORD

_ROOT = "config"
_OPENED_FROM_OUTSIDE = "charging_object"
"""The rule of lines that lead two modes further in; the first word names the inner one."""


def indented(text: str) -> str:
    """A configuration with each line as far in as its mode is; one that has blanks as it is.

    No line is added or left out.
    """
    if structure_of(text)[0]:
        return text
    lines = text.split("\n")
    depths = list(_Depths(lines).all())
    return "\n".join(
        INDENT * depth + line.strip() if line.strip() else ""
        for depth, line in zip(depths, lines, strict=True)
    )


class _Run(Struct, frozen=True):
    """Unknown lines in a row, from `start` to before `end`, and the `exit` lines up to `after`."""

    start: int
    end: int
    after: int

    @property
    def closers(self) -> int:
        """How many modes are closed behind it."""
        return self.after - self.end


class _Depths:
    def __init__(self, lines: Sequence[str]) -> None:
        self._all = [line.strip() for line in lines]
        self._passive = list(_passive(self._all))
        pairs = zip(self._all, self._passive, strict=True)
        self._lines = [line for line, passive in pairs if not passive]
        self._modes = [_ROOT]
        self._decided = 0
        self._openers: set[int] = set()

    def all(self) -> Iterator[int]:
        """How deep each line stands."""
        place = 0
        for line, passive in zip(self._all, self._passive, strict=True):
            if passive:
                yield len(self._modes)
                continue
            if line in CLOSING:
                if len(self._modes) > 1:
                    self._modes.pop()
                yield len(self._modes)
            else:
                yield from self._depth_of(place, line)
            place += 1

    def _depth_of(self, place: int, line: str) -> Iterator[int]:
        for left, mode in enumerate(reversed(self._modes)):
            opened = _opened(line, mode) if mode != UNLISTED else None
            if opened is None and mode != UNLISTED:
                continue
            del self._modes[len(self._modes) - left :]
            break
        else:
            opened = None
        yield len(self._modes)
        if opened is None and self._opens(place):
            opened = UNLISTED
        if opened and len(self._modes) < DEEPEST - 1:
            self._modes.append(opened)

    def _opens(self, place: int) -> bool:
        """Whether an unknown line opens a mode, as the `exit` lines up to the next known one tell.

        Of several that may, those with most lines behind them do.
        """
        if place >= self._decided:
            runs = list(self._runs(place))
            self._decided = runs[-1].after
            left = self._left_before(self._decided)
            openers = sum(run.closers for run in runs) - left
            longest = sorted(runs, key=lambda run: run.start - run.end)
            for depth in range(max((run.closers for run in runs), default=0)):
                able = [run for run in longest if min(run.closers, run.end - run.start) > depth]
                self._openers.update(run.start + depth for run in able[: max(0, openers)])
                openers -= len(able)
        return place in self._openers

    def _runs(self, place: int) -> Iterator[_Run]:
        """The runs of unknown lines from a place to the next line that is known."""
        while True:
            start = place
            while place < len(self._lines) and not self._ends_run(place):
                place += 1
            end = place
            while place < len(self._lines) and self._lines[place] in CLOSING:
                place += 1
            yield _Run(start, end, place)
            if place == end or place == len(self._lines) or self._ends_run(place):
                return

    def _left_before(self, place: int) -> int:
        """How many modes are left before a line that is known, or before the end."""
        left = self._taken_by(place) if place < len(self._lines) else None
        return len(self._modes) - 1 if left is None else left

    def _ends_run(self, place: int) -> bool:
        return self._lines[place] in CLOSING or self._taken_by(place) is not None

    def _taken_by(self, place: int) -> int | None:
        """How many modes are left for one that knows a line; None where none does."""
        for left, mode in enumerate(reversed(self._modes)):
            if mode != UNLISTED and _opened(self._lines[place], mode) is not None:
                return left
        return None


def _passive(lines: Sequence[str]) -> Iterator[bool]:
    """Of each line whether it is empty, a remark, or the rest of the line before it."""
    continued = False
    for line in lines:
        yield continued or not line or (line.startswith("#") and line not in CLOSING)
        continued = line.endswith("\\")


def _opened(line: str, mode: str) -> str | None:
    """The mode that a line opens in a mode, empty for none; None when it is not known there."""
    try:
        command = parse(line, mode, Privilege.SECURITY)
    except LineError:
        return None
    if command.rule.name == _OPENED_FROM_OUTSIDE or command.rule.opens == FIRST_WORD:
        return command.words[0]
    return command.rule.opens
