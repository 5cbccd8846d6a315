"""Targets that a transcript can be replayed on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from staros_cli.transcripts.directives import Directive, Settings
from staros_cli.transcripts.terminals import Terminals

if TYPE_CHECKING:
    from staros_cli.labs.session import LabSession


class Target(Protocol):
    """Something with a command line. Streams are text as a terminal gets it.

    All calls raise TargetError when the target fails, DirectiveError when it cannot do what a
    directive asks for.
    """

    @property
    def closed(self) -> bool:
        """Whether nothing can be typed any more."""
        ...

    @property
    def live(self) -> bool:
        """Whether it is a system of its own, which commands may harm."""
        ...

    @property
    def came_back(self) -> bool:
        """Whether the last keys ended the connection, which was then made again.

        What a console shows in between has not been seen.
        """
        ...

    def begin(self, settings: Settings) -> str:
        """Bring the target up; returns what it shows until it waits."""
        ...

    def type(self, keys: str, given_back: str = "", *, more: bool = False) -> str:
        """Type keys; returns what comes until the target waits.

        `given_back` is what will stand behind the prompt again, `more` allows more than that.
        """
        ...

    def direct(self, directive: Directive) -> str:
        """Carry out what stands between commands; returns what comes by that.

        What comes begins with a line end when it does not stand behind the prompt that waits.
        """
        ...

    def close(self) -> None:
        """End it, and every process that was started for it."""
        ...


class MemoryTarget:
    """The emulator in this process. `lab` is the console when the transcript is of a lab."""

    live = came_back = False

    def __init__(self) -> None:
        self._terminals: Terminals | None = None
        self.lab: LabSession | None = None

    @property
    def closed(self) -> bool:
        """Whether all sessions have ended."""
        return self._terminals is not None and self._terminals.closed

    def begin(self, settings: Settings) -> str:
        """Build the chassis."""
        self._terminals = Terminals(settings)
        self.lab = self._terminals.lab
        return self._terminals.begin()

    def type(self, keys: str, given_back: str = "", *, more: bool = False) -> str:
        """Type keys; returns what the terminal shows."""
        assert self._terminals is not None
        return self._terminals.feed(keys)

    def direct(self, directive: Directive) -> str:
        """Carry out what stands between commands."""
        assert self._terminals is not None
        return self._terminals.direct(directive)

    def close(self) -> None:
        """Let the chassis go."""
        self._terminals = None
