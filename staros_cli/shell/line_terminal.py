"""A plain terminal: characters in, characters out, no I/O. It sends what a device would."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from staros_cli.rendering.session import help_lines
from staros_cli.shell.columns import columns
from staros_cli.shell.discipline import Event, LineDiscipline, Wanted
from staros_cli.shell.session import Awaits, CliSession, Reply


class LineTerminal:
    """Connects a session to a line of characters. Output has CRLF line ends."""

    def __init__(self, session: CliSession) -> None:
        self.session = session
        self._line = LineDiscipline(lambda: session.history)
        self._held: deque[str] = deque()
        self._out: list[str] = []

    @property
    def closed(self) -> bool:
        """Whether the session has ended."""
        return self.session.awaits is Awaits.NOTHING

    @property
    def starting(self) -> bool:
        """Whether the system is starting: `poll` has to be called until it is up."""
        return self.session.awaits is Awaits.START

    @property
    def typed(self) -> str:
        """What stands behind the prompt."""
        return self._line.text

    def begin(self) -> str:
        """What the terminal shows first."""
        self._show_lines(self.session.start_notes)
        self._out.append(self.session.prompt)
        return self._output()

    def feed(self, data: str) -> str:
        """Take what was typed; returns what to show. Keys typed during a start wait for its end."""
        self._held.extend(data)
        while self._held and not self.starting and not self.closed:
            self._line.single_keys = self.session.awaits is Awaits.KEY
            for output in self._line.feed(self._held.popleft()):
                if isinstance(output, Event):
                    self._do(output)
                else:
                    self._out.append(output)
        return self._output()

    def poll(self) -> str:
        """Let the time pass; returns what to show."""
        was_starting = self.starting
        reply = self.session.poll()
        self._show_lines(reply.lines)
        if was_starting and not self.starting:
            self._out.append(self.session.prompt)
        return self._output() + (self.feed("") if not self.starting else "")

    def _output(self) -> str:
        text = "".join(self._out).replace("\n", "\r\n")
        self._out.clear()
        return text

    def _show_lines(self, lines: Sequence[str]) -> None:
        self._out += [f"{line}\n" for line in lines]

    def _reply(self, reply: Reply) -> None:
        self._show_lines(reply.lines)
        self._out.append(reply.prompt)

    def _do(self, event: Event) -> None:
        session = self.session
        if event.wanted is Wanted.LINE:
            self._reply(session.handle(event.text))
        elif event.wanted is Wanted.KEY:
            self._wipe_prompt()
            self._reply(session.handle("" if event.text in "\r\n" else event.text))
        elif event.wanted is Wanted.HELP:
            self._help(session.help(event.text))
        elif event.wanted is Wanted.COMPLETION:
            self._complete(event.text)
        elif event.wanted is Wanted.INTERRUPT:
            self._interrupt()
        else:
            self._end(event.wanted)

    def _interrupt(self) -> None:
        if self.session.awaits is Awaits.KEY:
            self._wipe_prompt()
        else:
            self._out.append("\n")
        self._reply(self.session.interrupt())

    def _wipe_prompt(self) -> None:
        width = len(self.session.prompt)
        self._out.append("\r" + " " * width + "\r")

    def _end(self, wanted: Wanted) -> None:
        """Leave configuration or end the session; elsewhere the end of input is an interrupt."""
        session = self.session
        at_command = session.awaits is Awaits.COMMAND
        if wanted is Wanted.END_OF_CONFIGURATION:
            if at_command and session.state.frames:
                self._line.clear()
                self._out.append("\n")
                self._reply(session.handle("end"))
        elif at_command:
            self._out.append("\n")
            self._reply(session.handle("exit"))
        else:
            self._interrupt()

    def _help(self, lines: list[str]) -> None:
        self._out.append("?\n")
        self._show_lines(lines)
        self._redraw()

    def _complete(self, text: str) -> None:
        found = self.session.complete(text)
        if found.choices:
            self._out.append("\n")
            self._show_lines(help_lines(found.choices))
            self._redraw()
        else:
            self._out += [str(output) for output in self._line.insert(found.insert)]

    def _redraw(self) -> None:
        line = self._line
        back = "\b" * columns(line.text[line.cursor :])
        self._out.append(self.session.prompt + line.text + back)
