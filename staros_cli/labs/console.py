"""SessionConsole: a console that has a session, which answers what it does not answer itself."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli.chassis.administrators import Administrator
from staros_cli.commands.state import SessionState
from staros_cli.configuration.system import System
from staros_cli.shell.replies import Reply
from staros_cli.shell.session import CliSession


class SessionConsole:
    """The part of a console that its session answers. Another session may take its place."""

    def __init__(self) -> None:
        self._session: CliSession | None = None

    @property
    def session(self) -> CliSession:
        """The session on the chassis as it stands now; another one after `:reset`."""
        assert self._session is not None
        return self._session

    @property
    def system(self) -> System:
        """The system of the chassis as it stands now."""
        return self.session.system

    @property
    def user(self) -> Administrator:
        """The learner, as `show administrators` lists them."""
        return self.session.user

    @property
    def state(self) -> SessionState:
        """Where the session is, and how it wants its output."""
        return self.session.state

    @property
    def history(self) -> list[str]:
        """The lines typed, the latest last."""
        return self.session.history

    @property
    def line_limit(self) -> int:
        """The longest line that is taken, in characters."""
        return self.session.line_limit

    @property
    def echoes(self) -> bool:
        """Whether typed text appears on the terminal."""
        return self.session.echoes

    @property
    def seconds_to_next_event(self) -> float:
        """How long, in seconds of chassis time, until something happens by itself."""
        return self.session.seconds_to_next_event

    def holds_secret(self, line: str) -> bool:
        """Whether a line holds a password, so that it must not be stored anywhere."""
        return self.session.holds_secret(line)

    def warm_up(self) -> None:
        """Load the commands, so that the first line is not kept waiting."""
        self.session.warm_up()

    def end_of_input(self) -> Reply:
        """Take an unfinished line as it stands: no more is to come."""
        return self.session.end_of_input()

    def paged(self, lines: Sequence[str]) -> Reply:
        """A reply with these lines, a page at a time where the terminal has pages."""
        return self.session.paged(lines)
