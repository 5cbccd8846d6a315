"""A plain terminal: characters in, characters out, no I/O. It sends what a device would."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli.rendering.session import help_lines
from staros_cli.shell.columns import columns
from staros_cli.shell.console import Console
from staros_cli.shell.discipline import Event, LineDiscipline, Wanted, begins_sequence
from staros_cli.shell.replies import (
    CLEAR,
    KEYS,
    WAITS,
    Awaits,
    Reply,
    continued_text,
    watched_text,
)

STEP_OUTPUT = 64 << 10
"""How many characters of line editing are shown in one step, about: a key can show a whole line."""


class LineTerminal:
    """Connects a session to a line of characters. Output has CRLF line ends.

    Without `echo` what is typed is not shown, as for a client that shows it by itself.
    `after_login` tells that the first character may belong to the line end of a login. Without
    `pages` output never waits for a key.
    """

    def __init__(
        self,
        session: Console,
        *,
        echo: bool = True,
        after_login: bool = False,
        pages: bool = True,
    ) -> None:
        self.session = session
        self.echo = echo
        self._pages = pages
        self._line = LineDiscipline(lambda: session.history, session.line_limit + 1)
        if after_login:
            self._line.expect_line_feed()
        self._held = ""
        self._ahead = ""
        self._out: list[str] = []

    @property
    def closed(self) -> bool:
        """Whether the session has ended."""
        return self.session.awaits is Awaits.NOTHING

    @property
    def waiting(self) -> bool:
        """Whether `poll` has to be called until something happens: a start, a lock that is free."""
        return self.session.awaits in WAITS

    @property
    def _shows(self) -> bool:
        """Whether typed text appears."""
        return self.echo and self.session.echoes

    @property
    def held(self) -> int:
        """How many characters were typed that nobody has looked at."""
        return len(self._held) + len(self._ahead)

    @property
    def has_work(self) -> bool:
        """Whether `step` would do something."""
        return bool(self._held) and self.session.awaits not in _DEAF

    @property
    def typed(self) -> str:
        """The text behind the prompt."""
        return self._line.text

    def begin(self) -> str:
        """The first output of the terminal."""
        self._show_lines(self.session.start_notes)
        self._out.append(self.session.prompt)
        return self._output()

    def feed(self, data: str) -> str:
        """Take what was typed; returns what to show. Keys typed during a wait stay for its end."""
        shown = self.receive(data)
        while self.has_work:
            shown += self.step()
        return shown

    def receive(self, data: str) -> str:
        """Take what was typed for `step` to look at. Ctrl-C ends a wait; returns what to show."""
        self._held += data
        if "\x03" in self._held and self.session.awaits is Awaits.TURN:
            self._held = self._held.rpartition("\x03")[2]
            self._out.append("\n")
            self._reply(self.session.interrupt())
        return self._output()

    def step(self) -> str:
        """Look at what was typed up to the first key that does something; returns what to show.

        Each key of a search does.
        Line editing that shows much goes on in the next step.
        """
        data, line = self._held, self._line
        line.single_keys = self.session.awaits in KEYS
        watching = self.session.awaits is Awaits.WATCH
        line.secret = not self.session.echoes
        position, acted, size = 0, False, 0
        while position < len(data) and not acted and size < STEP_OUTPUT:
            end, shown = line.feed_run(data, position)
            if end > position:
                position = end
                size += len(shown)
                if self._shows:
                    self._out.append(shown)
                continue
            line.lone_escape = watching and not begins_sequence(data, position)
            for output in line.feed(data[position]):
                if isinstance(output, Event):
                    acted = True
                else:
                    size += len(output)
                self._take(output)
            acted = acted or line.searching
            position += 1
        self._held = data[position:]
        if self.session.awaits is Awaits.KEY and not line.single_keys:
            # Keys typed before the marker was shown are for the prompt, not for the pager.
            self._ahead, self._held = self._held, ""
        self._take_up_ahead()
        return self._output()

    def _take_up_ahead(self) -> None:
        """Have what was typed before the pager came looked at when it is over."""
        if self._ahead and self.session.awaits is not Awaits.KEY:
            self._held, self._ahead = self._ahead + self._held, ""

    def poll(self) -> str:
        """Let the time pass; returns what to show, of keys that had to wait as well."""
        return self.look() + self.feed("")

    def look(self) -> str:
        """Let the time pass; returns what to show. Keys that had to wait are left to `step`."""
        was_waiting, prompt = self.waiting, self.session.prompt
        watched = self.session.awaits is Awaits.WATCH
        reply = self.session.poll()
        if watched:
            self._out.append(watched_text(prompt, reply))
        elif was_waiting:
            self._out.append(continued_text(prompt, reply))
        elif reply.lines:
            self._out.append("\r" + " " * len(prompt) + "\r" if prompt.startswith("---") else "\n")
            self._show_lines(reply.lines)
            self._redraw()
        self._take_up_ahead()
        return self._output()

    def _output(self) -> str:
        text = "".join(self._out).replace("\n", "\r\n")
        self._out.clear()
        return text

    def _show_lines(self, lines: Sequence[str]) -> None:
        if lines:
            self._out.append("\n".join(lines))
            self._out.append("\n")

    def _reply(self, reply: Reply) -> None:
        if reply.clears:
            self._out.append(CLEAR)
        self._show_lines(reply.lines)
        while not self._pages and reply.awaits is Awaits.KEY:
            reply = self.session.handle(" ")
            self._show_lines(reply.lines)
        self._out.append(reply.prompt)

    def _take(self, output: str | Event) -> None:
        if isinstance(output, Event):
            self._do(output)
        elif self._shows or output == "\n":
            self._out.append(output)

    def _do(self, event: Event) -> None:
        session = self.session
        if event.wanted is Wanted.LINE:
            self._reply(session.handle(event.text))
        elif event.wanted in (Wanted.KEY, Wanted.INTERRUPT) and session.awaits is Awaits.WATCH:
            before = session.prompt
            is_key = event.wanted is Wanted.KEY
            reply = session.handle(event.text) if is_key else session.interrupt()
            self._out.append(watched_text(before, reply))
        elif event.wanted is Wanted.KEY:
            self._wipe_prompt()
            self._reply(session.handle("" if event.text in "\r\n" else event.text))
            self._give_back()
        elif event.wanted is Wanted.HELP:
            self._help(session.help(event.text))
        elif event.wanted is Wanted.COMPLETION:
            self._complete(event.text)
        elif event.wanted is Wanted.INTERRUPT:
            self._interrupt()
        elif event.wanted is Wanted.REDISPLAY:
            self._out.append("\n")
            self._redraw()
        else:
            self._end(event.wanted)

    def _interrupt(self) -> None:
        if self.session.awaits is Awaits.KEY:
            self._wipe_prompt()
            self._reply(self.session.interrupt())
            self._give_back()
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
        if not self.echo:
            # The line that was asked about comes with its end: it must not be run for that.
            self._line.clear()
        if self._pages:
            self._reply(self.session.paged(lines))
            self._give_back()
        else:
            self._show_lines(lines)
            self._redraw()

    def _complete(self, text: str) -> None:
        found = self.session.complete(text)
        if found.choices:
            self._out.append("\n")
            self._show_lines(help_lines(found.choices))
            self._redraw()
        else:
            for output in self._line.insert(found.insert):
                self._take(output)

    def _redraw(self) -> None:
        self._out.append(self.session.prompt)
        if self.session.echoes:
            self._out.append(self._typed_again)

    @property
    def _typed_again(self) -> str:
        line = self._line
        return line.text + "\b" * columns(line.text[line.cursor :])

    def _give_back(self) -> None:
        """Show what stands behind the prompt again, once that is shown."""
        if self.session.awaits is not Awaits.KEY and self.session.echoes:
            self._out.append(self._typed_again)


_DEAF = (*WAITS, Awaits.NOTHING)
