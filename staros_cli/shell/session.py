"""CliSession: a line goes in, a reply comes out. All front ends talk to the chassis through it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from staros_cli import commands, messages
from staros_cli.chassis.administrators import Administrator
from staros_cli.chassis.console import BootStep
from staros_cli.chassis.contexts import LOCAL
from staros_cli.chassis.privilege import Privilege
from staros_cli.commands import engine, refused_blocks
from staros_cli.commands.engine import Outcome, Suspended
from staros_cli.commands.state import SessionState
from staros_cli.commands.suspension import Ask, Until, Watch
from staros_cli.configuration.system import System
from staros_cli.language import completion
from staros_cli.language.completion import Completion, Suggestion
from staros_cli.language.errors import LineError
from staros_cli.language.lines import LineJoiner
from staros_cli.language.parser import language
from staros_cli.messages import Refused
from staros_cli.printable import printable, printable_lines
from staros_cli.rendering import session as layouts
from staros_cli.rendering.system import boot_record
from staros_cli.rendering.values import Shown
from staros_cli.shell import secrets
from staros_cli.shell.pager import Pager, needs_paging
from staros_cli.shell.ran import Ran
from staros_cli.shell.replies import WAITS, Awaits, Reply

LINE_LIMIT = 16384
"""The longest line that is taken, in characters."""

DEFAULT_LENGTH = 24
"""The lines of a page where the terminal has no length: a first guess, and for `| more`."""

DEFAULT_WIDTH = 80
"""The columns of a terminal that does not tell."""

HISTORY_LIMIT = 500


class CliSession:
    """One user's session at the command line. It does no I/O.

    Output is paged by `length`, the lines of a page; 0 means no paging, and `rows` are the lines of
    the terminal for those who ask for pages by `| more`. A `console` session
    outlives a restart of the system and shows it; any other is closed by it. `idle_limit` and
    `absolute_limit` are seconds of chassis time after which the session ends, 0 for never;
    `line_limit` is the longest line that is taken, in characters. `watcher`, when it is set, is
    told of every command that was understood and run. `is_welcome` tells whether the user of the
    session may go on; the session ends when not.
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
        rows: int = DEFAULT_LENGTH,
        console: bool = True,
        context: str = LOCAL,
        idle_limit: float = 0.0,
        absolute_limit: float = 0.0,
        line_limit: int = LINE_LIMIT,
    ) -> None:
        self.system = system
        self.history: list[str] = []
        self.watcher: Callable[[Ran], None] | None = None
        self.is_welcome: Callable[[], bool] = lambda: True
        self._chassis = system.chassis
        self._chassis.catch_up()
        now = self._chassis.now
        self.user = Administrator(
            user, privilege, terminal, now, now, "Exec", idle_limit, absolute_limit
        )
        self.state = self._new_state(length, width, rows)
        self.state.context = context
        self._console = console
        self.line_limit = line_limit
        self._starts = self._chassis.starts
        self._told = self._chassis.console.count
        self._joiner = LineJoiner()
        self._suspended: Suspended | None = None
        self._pager: Pager | None = None
        system.log_in(self.user)
        self._tell("CLISessionStart")

    def _new_state(self, length: int, width: int, rows: int) -> SessionState:
        stamps = self.system.running.find("timestamps") is not None
        return SessionState(
            self.user,
            length=length,
            width=width,
            rows=rows,
            history=self.history,
            timestamps=stamps,
        )

    def _fresh_state(self) -> SessionState:
        """The state after a restart, on the same terminal."""
        return self._new_state(self.state.length, self.state.width, self.state.rows)

    # For front ends

    @property
    def awaits(self) -> Awaits:
        """The kind of input that is taken next."""
        if self.state.closed:
            return Awaits.NOTHING
        if not self._chassis.is_up:
            return Awaits.START
        if self._wait is not None:
            return Awaits.TURN
        if self._watch is not None:
            return Awaits.WATCH
        if self._pager is not None:
            return Awaits.KEY
        if self._question is not None:
            return Awaits.ANSWER
        return Awaits.CONTINUATION if self._joiner.pending else Awaits.COMMAND

    @property
    def prompt(self) -> str:
        """The prompt before the cursor."""
        awaits = self.awaits
        if awaits is Awaits.COMMAND:
            return self.state.prompt(self._chassis.hostname)
        if awaits is Awaits.ANSWER and self._question is not None:
            return self._question.text
        if awaits is Awaits.KEY and self._pager is not None:
            return self._pager.marker
        if awaits is Awaits.WATCH and self._watch is not None:
            return self._watch.prompt
        if awaits is Awaits.TURN and self._wait is not None:
            return self._wait.progress
        return "> " if awaits is Awaits.CONTINUATION else ""

    @property
    def echoes(self) -> bool:
        """Whether typed text appears on the terminal; not for a password that was asked for."""
        return self._question is None or self._question.echo

    @property
    def _question(self) -> Ask | None:
        """The question that the user has to answer."""
        waits_for = self._suspended.waits_for if self._suspended else None
        return waits_for if isinstance(waits_for, Ask) else None

    @property
    def _wait(self) -> Until | None:
        """The wait of the command that was typed last."""
        waits_for = self._suspended.waits_for if self._suspended else None
        return waits_for if isinstance(waits_for, Until) else None

    @property
    def _watch(self) -> Watch | None:
        """The wait for a key of the command that was typed last."""
        waits_for = self._suspended.waits_for if self._suspended else None
        return waits_for if isinstance(waits_for, Watch) else None

    def _drop(self) -> None:
        """Give up a command that asks or waits, a line that is not whole, and the pager."""
        suspended, self._suspended = self._suspended, None
        if suspended is not None:
            suspended.close()
        self._pager = None
        self._joiner.clear()

    @property
    def seconds_to_next_event(self) -> float:
        """How long, in seconds of chassis time, until something happens by itself."""
        due = self._chassis.timeline.next_due
        return max(0.0, due - self._chassis.timeline.clock.now()) if due is not None else 0.0

    @property
    def ends_waiting_at(self) -> float | None:
        """When something happens to this session by itself: a time limit, the end of a wait.

        In seconds since 1970 UTC, None when there is no such time.
        """
        waits = self._wait or self._watch
        times = (self.user.ends_at, waits.time if waits else None)
        return min((time for time in times if time is not None), default=None)

    @property
    def start_notes(self) -> list[str]:
        """The notes of the last start of the system; only the console has some."""
        if not self._console:
            return []
        notes = [*self.system.boot_notes, *map(str, self.system.problems), self.system.summary]
        return [line for note in notes if note for line in note.split("\n")]

    def handle(self, line: str) -> Reply:
        """Take a line: a command, an answer, or a key of the pager, whatever is awaited."""
        self.catch_up()
        if (expired := self._expired()) is not None:
            return expired
        self.user.active_at = self._chassis.now
        awaits = self.awaits
        if awaits is Awaits.KEY:
            return self._turn_page(line)
        if awaits is Awaits.ANSWER:
            return self._answer(line)
        if awaits is Awaits.WATCH:
            return self._show(self._go_on(line[:1] or "\r"), [])
        if awaits in (Awaits.NOTHING, *WAITS):
            return self.reply([])
        if self._joiner.size + len(line) > self.line_limit:
            self._joiner.clear()
            return self.reply([f"Failure: {messages.LINE_TOO_LONG(limit=self.line_limit)}"], True)
        whole = self._joiner.feed(line.rstrip("\r\n"))
        return self.reply([]) if whole is None else self._command(whole)

    @property
    def pending_line(self) -> str:
        """The beginning of a line that goes on."""
        return self._joiner.held

    def reopen(self) -> None:
        """Take up a session again that has ended."""
        self.state.closed = False
        self.system.log_in(self.user)

    def is_aside(self, line: str) -> bool:
        """Whether a line is not for the chassis, so that it does not answer its question."""
        return False

    def help(self, line: str) -> list[str]:
        """The lines that `?` shows at the end of `line`."""
        self.catch_up()
        if self.awaits is not Awaits.COMMAND:
            return []
        try:
            found = self._suggest(line)
        except LineError as error:
            return [printable(line) for line in str(error).split("\n")]
        return layouts.help_lines(found)

    def complete(self, line: str) -> Completion:
        """The completion of Tab at the end of `line`."""
        self.catch_up()
        try:
            if self.awaits is Awaits.COMMAND:
                return completion.complete(line, self._suggest)
        except LineError:
            pass
        return Completion("", ())

    def interrupt(self) -> Reply:
        """Ctrl-C: decline a question, stop the pager, forget an unfinished line."""
        self.catch_up()
        if self._question is not None:
            return self._answer("")
        if self._wait is not None:
            self.system.give_up(self.user)
        self._drop()
        return self.reply([])

    def end_of_input(self) -> Reply:
        """Take an unfinished line as it stands: no more is to come."""
        self.catch_up()
        return self._command(self._joiner.finish())

    def poll(self) -> Reply:
        """The reply to events since the last reply.

        That is the lines of the console while the system starts, what others sent, the end of a
        wait, and the end of the session by a time limit.
        """
        self.catch_up()
        if (expired := self._expired()) is not None:
            return expired
        if (self._wait or self._watch) is not None and self._chassis.is_up:
            return self._show(self._go_on(""), [])
        return self.reply(self.read_console())

    def close(self) -> None:
        """End the session; nothing is taken any more."""
        self._chassis.catch_up()
        self.state.closed = True
        self._drop()
        if self.system.log_out(self.user):
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

    def holds_secret(self, line: str) -> bool:
        """Whether a line holds a password, so that it must not be kept anywhere.

        A piece of a continued line is judged with the pieces before it.
        """
        if self._joiner.pending or line.endswith("\\"):
            return secrets.holds_secret(self._joiner.held + line, None)
        try:
            return secrets.holds_secret(line, engine.understand(self.state, line))
        except LineError:
            return secrets.holds_secret(line, None)

    def with_secrets(self, line: str, replace: Callable[[str], str]) -> str | None:
        """A line that was completed, or an answer, with each password in it replaced.

        That is the line itself when it holds none, and None when it may hold one but is refused.
        """
        if self.awaits is Awaits.ANSWER:
            return line if self.echoes or not line.strip() else replace(line)
        try:
            command = engine.accept(self.state, line)
        except (LineError, Refused):
            command = None
        return secrets.replaced(line, command, replace)

    def completed(self, line: str) -> str | None:
        """The whole line that `line` completes, None when more lines are needed."""
        return self._joiner.completed(line.rstrip("\r\n"))

    def warm_up(self) -> None:
        """Load the commands of Exec mode, so that the first line is not kept waiting."""
        commands.load()
        language("exec", self.user.privilege)

    # Inside

    def _suggest(self, line: str) -> list[Suggestion]:
        return engine.in_modes(
            self.state, lambda mode: completion.suggest(line, mode, *self._rights)
        )

    @property
    def _rights(self) -> tuple[Privilege, bool]:
        return self.user.privilege, self.state.hidden_commands

    def catch_up(self) -> None:
        """Take notice of a restart, and of somebody else who took configuration mode."""
        self._chassis.catch_up()
        if self._starts != self._chassis.starts:
            self._starts = self._chassis.starts
            self._drop()
            if not self._console:
                self.close()
                return
            self.state = self._fresh_state()
        if self.user not in self.system.administrators:
            self.state.closed = True  # its process aborted
        if self.state.frames and not self.system.lock.is_inside(self.user):
            self.state.leave_configuration()
            self._drop()

    def _expired(self) -> Reply | None:
        """The end of the session when its user was removed, or a time limit is over."""
        if not self.state.closed and self._chassis.is_up and not self.is_welcome():
            self.state.closed = True
            return self.reply([messages.USER_REMOVED(name=self.user.name)])
        ends_at, now = self.user.ends_at, self._chassis.now
        if ends_at is None or now < ends_at or self.state.closed:
            return None
        idle = not self.user.absolute_limit or now < self.user.started_at + self.user.absolute_limit
        limit = self.user.idle_limit if idle else self.user.absolute_limit
        self.state.closed = True
        name = "idle" if idle else "absolute"
        return self.reply([messages.TIMED_OUT(seconds=int(limit), limit=name)])

    def reply(
        self, lines: Sequence[str], failed: bool = False, shown: Shown | None = None
    ) -> Reply:
        """A reply with these lines, after what others have sent, as the session stands now."""
        self.user.mode = "Config" if self.state.frames else "Exec"
        if self.state.closed:
            self.close()
        if self.user.inbox:
            lines = [*self.user.read_inbox(), *lines]
        clears = self._watch is not None and self._watch.clears
        return Reply(printable_lines(lines), self.prompt, self.awaits, failed, shown, clears)

    def _command(self, line: str) -> Reply:
        text = line.strip()
        inside = refused_blocks.outcome_inside(self.state, line)
        if inside is not None:
            return self._show(inside, [])
        if not text or text.startswith("#"):
            self.state.pass_remark(text)
            return self.reply([])
        in_exec = not self.state.frames
        stamp = layouts.timestamp(self._chassis.now) if in_exec and self.state.timestamps else []
        outcome = engine.run_line(self.system, self.state, text)
        refused_blocks.note(self.state, line, outcome)
        if not secrets.holds_secret(text, outcome.command):
            self._remember(text)
        return self._show(outcome, stamp)

    def _remember(self, text: str) -> None:
        if "\n" not in text and (not self.history or self.history[-1] != text):
            self.history.append(text)
            del self.history[:-HISTORY_LIMIT]

    def _answer(self, line: str) -> Reply:
        return self._show(self._go_on(line.rstrip("\r\n")), [])

    def _go_on(self, answer: str) -> Outcome:
        """Let the command that asks or waits go on."""
        suspended, self._suspended = self._suspended, None
        assert suspended is not None
        return engine.go_on(suspended, answer)

    def _show(self, outcome: Outcome, stamp: list[str]) -> Reply:
        """Send the output of a command through its pipes and the pager."""
        lines, failed = outcome.lines, outcome.failed
        self._suspended = outcome.suspended
        if not self.state.frames and self._wait is None:
            self.system.lock.leave(self.user)
        if outcome.suspended is not None:
            return self.reply([*stamp, *lines])
        parts = outcome.command.parts if outcome.command else ()
        if parts and not failed:
            from staros_cli.shell.pipes import through_pipes  # not for the first prompt

            try:
                lines = through_pipes(lines, parts)
            except Refused as refusal:
                lines, failed = [f"Failure: {refusal}"], True
        if outcome.command is not None and self.watcher is not None:
            hidden = bool(outcome.lines) and not lines
            self.watcher(Ran(outcome.command, failed, lines, hidden))
        if self._chassis.starts != self._starts:
            self.catch_up()
            lines = self.read_console()
        lines = [*stamp, *lines]
        wants_pages = any(part.has("more") for part in parts)
        length = self.state.length or (self.state.rows if wants_pages else 0)
        shown = None if parts else outcome.shown
        return replace(self.paged(lines, length), failed=failed, shown=shown)

    def paged(self, lines: Sequence[str], length: int | None = None) -> Reply:
        """A reply with these lines, in pages of `length` lines or as the terminal has them."""
        length = self.state.length if length is None else length
        if not needs_paging(lines, length, self.state.width):
            return self.reply(lines)
        self._pager = Pager(lines, length, self.state.width)
        return self._turn_page(" ")

    def _turn_page(self, key: str) -> Reply:
        pager = self._pager
        assert pager is not None
        lines = pager.press(key[:1])
        if pager.done:
            self._pager = None
        return self.reply(lines)

    def read_console(self) -> list[str]:
        """The console records since the last time, with what the start had to say."""
        lines: list[str] = []
        records = self._chassis.console.since(self._told)
        self._told = self._chassis.console.count
        for record in records:
            lines += boot_record(record, self._chassis)
            if record.step is BootStep.CONFIGURATION:
                lines += self.start_notes
            if record.step is BootStep.UP and self._console:
                self.state = self._fresh_state()
        return lines
