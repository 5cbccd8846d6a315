"""Console: what a front end talks to, be it a session or something around one, such as a lab."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from staros_cli.chassis.administrators import Administrator
from staros_cli.commands.state import SessionState
from staros_cli.configuration.system import System
from staros_cli.language.completion import Completion
from staros_cli.shell.replies import Awaits, Reply


class Console(Protocol):
    """A line goes in, a reply comes out; see CliSession."""

    @property
    def system(self) -> System:
        """The system that it is for."""
        ...

    @property
    def user(self) -> Administrator:
        """The user, as `show administrators` lists them."""
        ...

    @property
    def state(self) -> SessionState:
        """Where it is, and how it wants its output."""
        ...

    @property
    def history(self) -> list[str]:
        """The lines typed, the latest last."""
        ...

    @property
    def line_limit(self) -> int:
        """The longest line that is taken, in characters."""
        ...

    @property
    def awaits(self) -> Awaits:
        """The kind of input that is taken next."""
        ...

    @property
    def prompt(self) -> str:
        """The prompt before the cursor."""
        ...

    @property
    def echoes(self) -> bool:
        """Whether typed text appears on the terminal."""
        ...

    @property
    def seconds_to_next_event(self) -> float:
        """How long, in seconds of chassis time, until something happens by itself."""
        ...

    @property
    def ends_waiting_at(self) -> float | None:
        """When something happens to it by itself, in seconds since 1970 UTC."""
        ...

    @property
    def start_notes(self) -> list[str]:
        """The lines before the first prompt."""
        ...

    def handle(self, line: str) -> Reply:
        """Take a line."""
        ...

    def is_aside(self, line: str) -> bool:
        """Whether a line is not for the chassis, so that it does not answer its question."""
        ...

    def help(self, line: str) -> list[str]:
        """The lines that `?` shows at the end of `line`."""
        ...

    def paged(self, lines: Sequence[str]) -> Reply:
        """A reply with these lines, a page at a time where the terminal has pages."""
        ...

    def complete(self, line: str) -> Completion:
        """The completion of Tab at the end of `line`."""
        ...

    def interrupt(self) -> Reply:
        """Ctrl-C."""
        ...

    def end_of_input(self) -> Reply:
        """Take an unfinished line as it stands: no more is to come."""
        ...

    def poll(self) -> Reply:
        """The reply to events since the last reply."""
        ...

    def close(self) -> None:
        """End it; nothing is taken any more."""
        ...

    def holds_secret(self, line: str) -> bool:
        """Whether a line holds a password, so that it must not be stored anywhere."""
        ...

    def warm_up(self) -> None:
        """Load the commands, so that the first line is not kept waiting."""
        ...
