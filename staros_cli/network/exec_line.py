"""Commands that a client hands over with the connection: `ssh host show version`."""

from __future__ import annotations

from collections import deque

from staros_cli.language.words import asks_for_help
from staros_cli.network.endpoint import Endpoint
from staros_cli.network.line import Wire, WiredLine
from staros_cli.shell.console import Console
from staros_cli.shell.replies import Awaits, Reply, watched_text

_INTERRUPT = "\x03"
_NEXT_PAGE = " "


class ExecLine(WiredLine):
    """Runs the lines of a command string. What the client sends answers questions.

    `status` is that of the client in the end: 1 when a line failed, else 0.
    """

    def __init__(self, endpoint: Endpoint, session: Console, wire: Wire, command: str) -> None:
        super().__init__(endpoint, session, wire)
        self.status = 0
        self._lines = deque(line.rstrip("\r") for line in command.split("\n"))
        self._typed = ""
        self._after_return = False
        self._asked = False
        self._ends = False

    def begin(self) -> None:
        """Run the first line."""
        self._endpoint.add(self)
        self._schedule()

    def feed(self, data: str) -> None:
        """Take what the client sent: answers, or Ctrl-C."""
        if self._over or not data:
            return
        if self._after_return:
            data = data.removeprefix("\n")
        self._after_return = data.endswith("\r")
        self._typed += data.replace("\r\n", "\n").replace("\r", "\n")
        if _INTERRUPT in self._typed:
            self._typed = self._typed.rpartition(_INTERRUPT)[2]
            self._asked = False
            self._show(self.session.interrupt())
        self._holds(len(self._typed))
        self._begin_work()

    def end_of_input(self) -> None:
        """The client answers no more questions."""
        self._ends = True
        self._begin_work()

    def resize(self, length: int, width: int) -> None:
        """The size of the window means nothing here: the output is not paged."""

    def _look(self) -> None:
        if self.session.awaits is Awaits.WATCH:
            self._send(watched_text(self.session.prompt, self.session.poll()))
        else:
            self._show(self.session.poll())
        self._turn()

    def _turn(self) -> None:
        if self._over or not self._may_send:
            return
        awaits = self.session.awaits
        if awaits is Awaits.ANSWER:
            self._answer()
        elif awaits is Awaits.KEY:
            self._show(self.session.handle(_NEXT_PAGE))
            self._schedule()
        elif awaits is Awaits.WATCH:
            self._take_keys()
        elif awaits is Awaits.NOTHING or (not self._lines and awaits is not Awaits.TURN):
            self.close()
        elif awaits in (Awaits.COMMAND, Awaits.CONTINUATION):
            self._run(self._lines.popleft())

    def _run(self, line: str) -> None:
        self._asked = False
        if self.session.awaits is Awaits.COMMAND and asks_for_help(line):
            self._send("".join(f"{text}\n" for text in self.session.help(line[:-1])))
        else:
            self._show(self.session.handle(line))
        self._endpoint.settle(self)
        self._schedule()

    def _take_keys(self) -> None:
        """Take a key that the client sent; where it sends no more, nobody watches any more."""
        key, self._typed = self._typed[:1], self._typed[1:]
        if key or self._ends:
            before = self.session.prompt
            reply = self.session.handle(key) if key else self.session.interrupt()
            if reply.awaits is Awaits.WATCH:
                self._send(watched_text(before, reply))
            else:
                self._send("\n" if before else "")
                self._show(reply)
            self._holds(len(self._typed))
            self._endpoint.settle(self)
            self._schedule()

    def _answer(self) -> None:
        if not self._asked:
            self._asked = True
            self._send(self.session.prompt)
        answer, end, rest = self._typed.partition("\n")
        if end or self._ends:
            self._typed = rest
            # Nobody was there to answer: what was wanted has not been done.
            self.status |= not end
            self._holds(len(rest))
            self._send("\n")
            self._asked = False
            self._show(self.session.handle(answer))
            self._endpoint.settle(self)
            self._schedule()

    def _show(self, reply: Reply) -> None:
        self.status |= reply.failed
        watches = reply.awaits is Awaits.WATCH
        self._send(watched_text("", reply) if watches else reply.text)
