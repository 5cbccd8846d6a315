"""A terminal on the wire: fair to other lines, patient with slow readers, never without bounds."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from time import thread_time
from typing import Protocol

from staros_cli.network.endpoint import Endpoint, window
from staros_cli.shell.console import Console
from staros_cli.shell.line_terminal import LineTerminal
from staros_cli.shell.replies import Awaits

_log = logging.getLogger(__name__)


class Wire(Protocol):
    """A carrier of characters to and from a client. `peer` is the address of the client."""

    @property
    def peer(self) -> str:
        """The address of the client."""
        ...

    def send(self, text: str) -> None:
        """Send text."""
        ...

    @property
    def unsent(self) -> int:
        """How many bytes wait to be sent."""
        ...

    def pause(self) -> None:
        """Take no more characters from the client for now."""
        ...

    def resume(self) -> None:
        """Take characters again."""
        ...

    def hang_up(self) -> None:
        """Close the connection once everything is sent."""
        ...

    def abort(self) -> None:
        """Close the connection at once."""
        ...


class WiredLine(ABC):
    """A session that a client reaches over a wire.

    `sent` counts the characters it was sent, `looks_later` tells that it will show what has
    happened when it is its turn.
    """

    def __init__(self, endpoint: Endpoint, session: Console, wire: Wire) -> None:
        self.session = session
        session.user.remote = wire.peer
        self.sent = 0
        self._endpoint = endpoint
        self._wire = wire
        self._may_send = True
        self._taking = True
        self._over = False
        self._turns = endpoint.rules.turns
        self._scheduled = False
        self.looks_later = False

    @property
    def origins(self) -> tuple[str, ...]:
        """The account of the session, and the address of the client."""
        return f"{self._endpoint.name} {self._endpoint.whose(self.session)}", self._wire.peer

    @abstractmethod
    def begin(self) -> None:
        """Do what comes first."""

    @abstractmethod
    def feed(self, data: str) -> None:
        """Take what the client sent."""

    @abstractmethod
    def end_of_input(self) -> None:
        """The client sends nothing more."""

    @abstractmethod
    def resize(self, length: int, width: int) -> None:
        """The window of the client has a new size."""

    @abstractmethod
    def _look(self) -> None:
        """Show what has happened meanwhile."""

    def _schedule(self) -> None:
        """Go on with what is to be done, soon."""
        if not self._scheduled and not self._over:
            self._scheduled = True
            self._turns.ask(self, self._work)

    def _begin_work(self) -> None:
        """Go on with what is to be done, at once if it is the turn of this line."""
        if self._turns.has_to_queue(self):
            self._schedule()
        elif not self._scheduled:
            self._work()

    @abstractmethod
    def _turn(self) -> None:
        """Do what can be done now."""

    def poll(self) -> None:
        """Show what has happened meanwhile; a command that waits goes on in its turn."""
        if self._over:
            return
        if self.session.awaits is Awaits.TURN and self._turns.rations:
            if not self.looks_later:
                self.looks_later = True
                self._turns.ask(self, self._look_in_turn, long=True)
        else:
            self._guarded(self._look)

    def _look_in_turn(self) -> None:
        self.looks_later = False
        if not self._over:
            self._guarded(self._look)
            self._endpoint.settle(self)

    def _work(self) -> None:
        """Have a turn."""
        self._scheduled = False
        if not self._over:
            self._guarded(self._turn)

    def _guarded(self, action: Callable[[], None]) -> None:
        """Do something; a fault of this program ends this line, and no other."""
        began = thread_time()
        try:
            action()
        except Exception:
            _log.exception("A session was closed by a fault of this program")
            self._drop()
        self._turns.took(self, thread_time() - began)
        if self._over:
            self._turns.forget(self)

    def may_send(self, allowed: bool) -> None:
        """Whether the client reads what is sent; no command is run while it does not."""
        self._may_send = allowed
        if allowed:
            self._schedule()

    def say_last(self, text: str) -> None:
        """Show a line and close the connection."""
        self._send(f"\r\n{text}\r\n")
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self.lost()
        self._wire.hang_up()

    def lost(self) -> None:
        """The connection is gone: nothing of the session stays behind."""
        if not self._over:
            self._over = True
            self._endpoint.remove(self)

    def _holds(self, typed: int) -> None:
        """Have the client wait while much is held of what it typed, in characters."""
        limit = self._endpoint.rules.limits.held_input
        if self._taking and typed > limit:
            self._taking = False
            self._wire.pause()
        elif not self._taking and typed <= limit // 2:
            self._taking = True
            self._wire.resume()

    def _send(self, text: str) -> None:
        if text and not self._over:
            self.sent += len(text)
            self._wire.send(text)
            if self._wire.unsent > self._endpoint.rules.limits.held_output:
                self._drop()

    def _drop(self) -> None:
        """End it without another word: the client asks for too much."""
        self.lost()
        self._wire.abort()


class TerminalLine(WiredLine):
    """Connects a session to a wire. One command is run at a time, then the others have a turn."""

    def __init__(
        self,
        endpoint: Endpoint,
        session: Console,
        wire: Wire,
        *,
        echo: bool = True,
        after_login: bool = False,
        pages: bool = True,
    ) -> None:
        super().__init__(endpoint, session, wire)
        self.terminal = LineTerminal(session, echo=echo, after_login=after_login, pages=pages)
        self._last = ""
        self._width = session.state.width
        self._ends = False

    def begin(self, greeting: Sequence[str] = (), *, apart: bool = False) -> None:
        """Show what the terminal shows first, behind a greeting.

        `apart` has a line break where nothing else comes before the first prompt.
        """
        self._endpoint.add(self)
        shown = "".join(f"{line}\r\n" for line in greeting) + self.terminal.begin()
        self._send("\r\n" + shown if apart and shown == self.session.prompt else shown)

    def feed(self, data: str) -> None:
        """Take what the client sent."""
        if self._over:
            return
        self._last = data[-1:] or self._last
        self._send(self.terminal.receive(data))
        self._begin_work()
        self._holds(self.terminal.held)

    def end_of_input(self) -> None:
        """The client sends nothing more: end when everything is done.

        Of a client that is not a terminal the last line may have no end.
        """
        self._ends = True
        if not self.terminal.echo and self._last not in ("", "\r", "\n"):
            self._send(self.terminal.receive("\n"))
        self._begin_work()

    def resize(self, length: int, width: int) -> None:
        """The window of the client has a new size, which counts unless the user set another."""
        if length <= 0 or width <= 0:
            return
        state, now = self.session.state, window(length, width)
        state.rows = now.rows
        if state.width == self._width:
            self._width = state.width = now.width

    def _look(self) -> None:
        self._send(self.terminal.look())
        self._schedule()
        self._settle()

    def _turn(self) -> None:
        terminal = self.terminal
        if self._may_send and terminal.has_work:
            self._send(terminal.step())
            if terminal.has_work:
                self._schedule()
        self._holds(terminal.held)
        self._settle()

    def _settle(self) -> None:
        """See to what the last step led to."""
        terminal = self.terminal
        self._endpoint.settle(self)
        done = self._ends and not terminal.has_work and not terminal.waiting
        if not self._over and (terminal.closed or done):
            self.close()
