"""Commands that a client hands over with the connection: `ssh host show version`."""

from __future__ import annotations

import asyncio
from collections import deque

from staros_cli.network.line import Wire
from staros_cli.network.node import Node
from staros_cli.shell.session import Awaits, CliSession, Reply


class ExecLine:
    """Runs the lines of a command string. What the client sends answers questions.

    `status` is that of the client in the end: 1 when a line failed, else 0.
    """

    def __init__(self, node: Node, session: CliSession, wire: Wire, command: str) -> None:
        self.session = session
        self.status = 0
        self._node = node
        self._wire = wire
        self._loop = asyncio.get_running_loop()
        self._lines = deque(line.rstrip("\r") for line in command.split("\n"))
        self._typed = ""
        self._asked = False
        self._ends = False
        self._may_send = True
        self._over = False

    def begin(self) -> None:
        """Run the first line."""
        self._node.add(self)
        self._loop.call_soon(self._work)

    def feed(self, data: str) -> None:
        """Take what the client sent."""
        self._typed += data
        if len(self._typed) > self._node.rules.limits.held_input:
            self.lost()
            self._wire.abort()
        self._work()

    def end_of_input(self) -> None:
        """The client answers no more questions."""
        self._ends = True
        self._work()

    def may_send(self, allowed: bool) -> None:
        """Whether the client reads what is sent; no line is run while it does not."""
        self._may_send = allowed
        if allowed:
            self._loop.call_soon(self._work)

    def resize(self, length: int, width: int) -> None:
        """The size of the window means nothing here: the output is not paged."""

    def poll(self) -> None:
        """Show what has happened meanwhile."""
        if not self._over:
            self._show(self.session.poll())
            self._work()

    def close(self) -> None:
        """Close the connection."""
        self.lost()
        self._wire.hang_up()

    def lost(self) -> None:
        """The connection is gone: nothing of the session stays behind."""
        if not self._over:
            self._over = True
            self._node.remove(self)

    def _work(self) -> None:
        if self._over or not self._may_send:
            return
        awaits = self.session.awaits
        if awaits is Awaits.ANSWER:
            self._answer()
        elif awaits is Awaits.NOTHING or (not self._lines and awaits is not Awaits.TURN):
            self.close()
        elif awaits in (Awaits.COMMAND, Awaits.CONTINUATION):
            self._run(self._lines.popleft())

    def _run(self, line: str) -> None:
        self._asked = False
        if line.endswith("?") and self.session.awaits is Awaits.COMMAND and not line.count('"') % 2:
            self._send("".join(f"{text}\n" for text in self.session.help(line[:-1])))
        else:
            self._show(self.session.handle(line))
        self._node.settle(self)
        self._loop.call_soon(self._work)

    def _answer(self) -> None:
        if not self._asked:
            self._asked = True
            self._send(self.session.prompt)
        answer, end, rest = self._typed.replace("\r", "\n").partition("\n")
        if end or self._ends:
            self._typed = rest
            self._send("\n")
            self._asked = False
            self._show(self.session.handle(answer))
            self._node.settle(self)
            self._loop.call_soon(self._work)

    def _show(self, reply: Reply) -> None:
        self.status |= reply.failed
        self._send(reply.text)

    def _send(self, text: str) -> None:
        if text and not self._over:
            self._wire.send(text)
            if self._wire.unsent > self._node.rules.limits.held_output:
                self.lost()
                self._wire.abort()
