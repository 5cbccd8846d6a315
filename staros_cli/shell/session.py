"""CliSession: a line goes in, a reply comes out. All front ends talk to the chassis through it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum

from msgspec import Struct

from staros_cli import commands, messages
from staros_cli.chassis.administrators import Administrator
from staros_cli.chassis.chassis import BootStep
from staros_cli.chassis.privilege import Privilege
from staros_cli.commands import engine
from staros_cli.commands.engine import Outcome
from staros_cli.commands.state import SessionState
from staros_cli.configuration.system import System
from staros_cli.language import completion
from staros_cli.language.completion import Completion
from staros_cli.language.errors import LineError
from staros_cli.language.lines import LineJoiner
from staros_cli.language.parser import Command, language
from staros_cli.messages import Refused
from staros_cli.rendering import session as layouts
from staros_cli.rendering.system import boot_record
from staros_cli.shell.pager import Pager, needs_paging
from staros_cli.shell.pipes import through_pipes

LINE_LIMIT = 16384
"""The longest line that is taken, in characters."""

DEFAULT_LENGTH = 24
"""The lines of a page where the terminal has no length: a first guess, and for `| more`."""

HISTORY_LIMIT = 500


class Awaits(Enum):
    """What a session takes next."""

    COMMAND = "a command"
    CONTINUATION = "the rest of a line"
    ANSWER = "the answer to a question"
    KEY = "a key: blank for a page, Enter for a line, q to stop"
    START = "nothing, until the system has started"
    NOTHING = "nothing, it is closed"


class Reply(Struct, frozen=True):
    """What a session answers: output, the prompt to show, what it takes next.

    `failed` tells that the line was no command or was refused.
    """

    lines: Sequence[str]
    prompt: str
    awaits: Awaits
    failed: bool = False

    @property
    def text(self) -> str:
        """The output as text, each line ended."""
        return "".join(f"{line}\n" for line in self.lines)


class CliSession:
    """One user's session at the command line. It does no I/O.

    Output is paged by `length`, the lines of the terminal; 0 means no paging. A `console` session
    outlives a restart of the system and shows it; any other is closed by it. `watcher`, when it is
    set, is told of every command that was understood and run, and whether it was refused.
    """

    def __init__(
        self,
        system: System,
        user: str = "admin",
        privilege: Privilege = Privilege.SECURITY,
        terminal: str = "/dev/console",
        *,
        length: int = 0,
        width: int = 80,
        console: bool = True,
    ) -> None:
        commands.load()
        self.system = system
        self.history: list[str] = []
        self.watcher: Callable[[Command, bool], None] | None = None
        self._chassis = system.chassis
        self._chassis.catch_up()
        now = self._chassis.now
        self.user = Administrator(user, privilege, terminal, now, now)
        self.state = self._new_state(length, width)
        self._console = console
        self._starts = self._chassis.starts
        self._told = len(self._chassis.console)
        self._joiner = LineJoiner()
        self._question: Command | None = None
        self._pager: Pager | None = None
        system.administrators.append(self.user)
        self._tell("CLISessionStart")

    def _new_state(self, length: int, width: int) -> SessionState:
        stamps = self.system.running.find("timestamps") is not None
        return SessionState(self.user, length=length, width=width, timestamps=stamps)

    # What front ends call

    @property
    def awaits(self) -> Awaits:
        """What the session takes next."""
        if self.state.closed:
            return Awaits.NOTHING
        if not self._chassis.is_up:
            return Awaits.START
        if self._pager is not None:
            return Awaits.KEY
        if self._question is not None:
            return Awaits.ANSWER
        return Awaits.CONTINUATION if self._joiner.pending else Awaits.COMMAND

    @property
    def prompt(self) -> str:
        """What stands before the cursor."""
        awaits = self.awaits
        if awaits is Awaits.COMMAND:
            return self.state.prompt(self._chassis.hostname)
        if awaits is Awaits.ANSWER:
            return messages.ARE_YOU_SURE()
        if awaits is Awaits.KEY and self._pager is not None:
            return self._pager.marker
        return "> " if awaits is Awaits.CONTINUATION else ""

    @property
    def seconds_to_next_event(self) -> float:
        """How long, in seconds of chassis time, until something happens by itself."""
        due = self._chassis.timeline.next_due
        return max(0.0, due - self._chassis.timeline.clock.now()) if due is not None else 0.0

    @property
    def start_notes(self) -> list[str]:
        """What the last start of the system had to say, for the console."""
        notes = [*self.system.boot_notes, *map(str, self.system.problems)]
        return [line for note in notes for line in note.split("\n")]

    def handle(self, line: str) -> Reply:
        """Take a line: a command, an answer, or a key of the pager, whatever is awaited."""
        self._catch_up()
        self.user.active_at = self._chassis.now
        awaits = self.awaits
        if awaits is Awaits.KEY:
            return self._turn_page(line)
        if awaits is Awaits.ANSWER:
            return self._answer(line)
        if awaits in (Awaits.NOTHING, Awaits.START):
            return self._reply([])
        if self._joiner.length + len(line) > LINE_LIMIT:
            self._joiner.clear()
            return self._reply([f"Failure: {messages.LINE_TOO_LONG(limit=LINE_LIMIT)}"], True)
        whole = self._joiner.feed(line.rstrip("\r\n"))
        return self._reply([]) if whole is None else self._command(whole)

    def help(self, line: str) -> list[str]:
        """What `?` shows at the end of `line`."""
        self._catch_up()
        if self.awaits is not Awaits.COMMAND:
            return []
        try:
            found = completion.suggest(line, *self._where())
        except LineError as error:
            return str(error).split("\n")
        return layouts.help_lines(found)

    def complete(self, line: str) -> Completion:
        """What Tab does at the end of `line`."""
        self._catch_up()
        try:
            if self.awaits is Awaits.COMMAND:
                return completion.complete(line, *self._where())
        except LineError:
            pass
        return Completion("", ())

    def interrupt(self) -> Reply:
        """Ctrl-C: decline a question, stop the pager, forget an unfinished line."""
        self._catch_up()
        if self._question is not None:
            return self._answer("")
        self._pager = None
        self._joiner.clear()
        return self._reply([])

    def end_of_input(self) -> Reply:
        """Take an unfinished line as it stands: no more is to come."""
        self._catch_up()
        return self._command(self._joiner.finish())

    def poll(self) -> Reply:
        """What has happened meanwhile: the lines of the console while the system starts."""
        self._catch_up()
        return self._reply(self._console_lines())

    def close(self) -> None:
        """End the session; nothing is taken any more."""
        self.state.closed = True
        if self.user in self.system.administrators:
            self.system.administrators.remove(self.user)
            self._tell("CLISessionEnd")

    def _tell(self, name: str) -> None:
        """Raise the trap about this session."""
        self._chassis.events.add(
            self._chassis.now,
            name,
            user=self.user.name,
            level=self.user.privilege.title,
            terminal=self.user.terminal,
        )

    def warm_up(self) -> None:
        """Load the commands of Exec mode, so that the first line is not kept waiting."""
        language("exec", self.user.privilege, False)

    # Inside

    def _where(self) -> tuple[str, Privilege, bool]:
        return self.state.mode, self.user.privilege, self.state.hidden_commands

    def _catch_up(self) -> None:
        self._chassis.catch_up()
        if self._starts != self._chassis.starts:
            self._starts = self._chassis.starts
            self._question = self._pager = None
            self._joiner.clear()
            if not self._console:
                self.close()
                return
            self.state = self._new_state(self.state.length, self.state.width)

    def _reply(self, lines: Sequence[str], failed: bool = False) -> Reply:
        if self.state.closed:
            self.close()
        return Reply(lines, self.prompt, self.awaits, failed)

    def _command(self, line: str) -> Reply:
        text = line.strip()
        if text == "#exit" and self.state.frames:
            text = "exit"
        if not text or text.startswith("#"):
            return self._reply([])
        self._remember(text)
        if any(c != "\n" and not c.isprintable() for c in text.replace("\t", " ")):
            return self._reply([f"Failure: {messages.NOT_TEXT()}"], True)
        in_exec = not self.state.frames
        self.user.mode = "Exec" if in_exec else "Config"
        stamp = layouts.timestamp(self._chassis.now) if in_exec and self.state.timestamps else []
        return self._show(engine.run_line(self.system, self.state, text), stamp)

    def _remember(self, text: str) -> None:
        if "\n" not in text and (not self.history or self.history[-1] != text):
            self.history.append(text)
            del self.history[:-HISTORY_LIMIT]

    def _answer(self, line: str) -> Reply:
        command, self._question = self._question, None
        assert command is not None
        if line.strip().lower() not in ("y", "yes"):
            return self._reply([messages.ABORTED()])
        return self._show(engine.run(self.system, self.state, command, confirmed=True), [])

    def _show(self, outcome: Outcome, stamp: list[str]) -> Reply:
        """Send the output of a command through its pipes and the pager."""
        lines, failed = outcome.lines, outcome.failed
        if outcome.question:
            self._question = outcome.command
            return self._reply([*stamp, *lines])
        if outcome.command is not None and self.watcher is not None:
            self.watcher(outcome.command, failed)
        parts = outcome.command.parts if outcome.command else ()
        if parts and not failed:
            try:
                lines = through_pipes(lines, parts)
            except Refused as refusal:
                lines, failed = [f"Failure: {refusal}"], True
        if self._chassis.starts != self._starts:
            self._catch_up()
            lines = self._console_lines()
        lines = [*stamp, *lines]
        wants_pages = any(part.name == "pipe_more" for part in parts)
        length = self.state.length or (DEFAULT_LENGTH if wants_pages else 0)
        if needs_paging(lines, length, self.state.width):
            self._pager = Pager(lines, length, self.state.width)
            return self._turn_page(" ", failed)
        return self._reply(lines, failed)

    def _turn_page(self, key: str, failed: bool = False) -> Reply:
        pager = self._pager
        assert pager is not None
        lines: list[str] = []
        if key[:1] in ("q", "Q"):
            pager.stop()
        elif key in ("", "\r", "\n"):
            lines = pager.line()
        else:
            lines = pager.page()
        if pager.done:
            self._pager = None
        return self._reply(lines, failed)

    def _console_lines(self) -> list[str]:
        """The console records since the last time, with what the start had to say."""
        lines: list[str] = []
        records = self._chassis.console[self._told :]
        self._told = len(self._chassis.console)
        for record in records:
            lines += boot_record(record, self._chassis)
            if record.step is BootStep.CONFIGURATION:
                lines += self.start_notes
            if record.step is BootStep.UP:
                self.state = self._new_state(self.state.length, self.state.width)
        return lines
