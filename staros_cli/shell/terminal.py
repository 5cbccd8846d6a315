"""The local terminal of people, by prompt_toolkit."""

from __future__ import annotations

import os
import re
import signal
import sys
import termios
import tty
from asyncio import get_running_loop, sleep
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from select import select

from msgspec.structs import replace
from prompt_toolkit import PromptSession
from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.history import DummyHistory, InMemoryHistory
from prompt_toolkit.input.typeahead import get_typeahead
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.key_binding.key_processor import KeyPress, KeyProcessor
from prompt_toolkit.keys import Keys

from staros_cli.language.words import has_open_quote
from staros_cli.rendering.session import help_lines
from staros_cli.shell.console import Console
from staros_cli.shell.history import lines_typed
from staros_cli.shell.realtime import LOOK_EVERY, RealTime, window_size
from staros_cli.shell.replies import CLEAR, Awaits, Reply, watched_text

LOAD_AFTER = 0.05
"""Seconds from the first prompt to loading the commands; the prompt is drawn by then."""

REACTION = 0.1
"""Seconds from Ctrl-C to the end of a wait, at most."""

WAITING = "Waiting, Ctrl-C gives it up"
_LINE_END = re.compile(r"\r\n|\r|\n")
_SEQUENCE = re.compile(r"\x1b[\[O][0-9;]*[ -~]")
_WIPE_LINE = "\r\x1b[K"


class Terminal:
    """One person at the console of a chassis. `history_file` is None when nothing is to be kept."""

    def __init__(self, session: Console, time: RealTime, history_file: Path | None) -> None:
        self._session = session
        self._time = time
        self._size = (session.state.length, session.state.width)
        self._commands: PromptSession[str] = PromptSession(
            history=lines_typed(session, history_file),
            key_bindings=self._keys(),
            enable_suspend=False,
        )
        self._answers: PromptSession[str] | None = None
        self._pasted: deque[str] = deque()
        self._typed = self._after_paste = ""
        self._ahead: list[KeyPress] = []
        self._keys_of_pager: deque[str] = deque()

    def run(self, greeting: Sequence[str]) -> int:
        """Serve the terminal until the session ends."""
        _print([*greeting, *self._session.start_notes])
        while self._session.awaits is not Awaits.NOTHING:
            self._follow_size()
            self._show(self._next())
        self._session.close()
        return 0

    def _next(self) -> Reply:
        awaits = self._session.awaits
        if awaits is not Awaits.KEY:
            self._keys_of_pager.clear()
        if awaits is Awaits.START:
            return self._watch_start()
        if awaits is Awaits.TURN:
            return self._wait_for_turn()
        if awaits is Awaits.KEY:
            return self._session.handle(self._next_key())
        if awaits is Awaits.WATCH:
            return self._watch_events()
        try:
            if self._pasted:
                return self._session.handle(self._next_pasted())
            if awaits is Awaits.ANSWER:
                return self._session.handle(self._ask())
            typed, self._typed = self._typed, ""
            line = self._prompt(self._commands, default=typed, before=self._work_behind_prompt)
            self._follow_size()  # the window may have changed while the line was typed
            return self._session.handle(line)
        except KeyboardInterrupt:
            self._pasted.clear()
            return self._session.interrupt()
        except EOFError:
            at_command = awaits is Awaits.COMMAND
            return self._session.handle("exit") if at_command else self._session.interrupt()

    def _next_key(self) -> str:
        """The next key for the pager; several may come at once."""
        if not self._keys_of_pager:
            self._keys_of_pager.extend(_read_keys(self._session.prompt))
        return self._keys_of_pager.popleft()

    def _prompt(
        self,
        lines: PromptSession[str],
        default: str = "",
        before: Callable[[], None] = lambda: None,
    ) -> str:
        """Have a line typed, with the keys first that were typed ahead of the prompt."""

        def begin() -> None:
            before()
            ahead, self._ahead = self._ahead, []
            if ahead:
                # Keys that look at the history find it loaded then, and no later key goes before.
                lines.default_buffer.load_history_if_not_yet_loaded()
                get_running_loop().call_soon(_feed, lines.app.key_processor, ahead)

        try:
            return lines.prompt(self._session.prompt, pre_run=begin, default=default)
        finally:
            self._ahead += get_typeahead(lines.app.input)

    def _next_pasted(self) -> str:
        """The next line that was pasted, shown as if it were typed."""
        line = self._pasted.popleft()
        _print([self._session.prompt + (line if self._session.echoes else "")])
        if self._session.awaits is Awaits.COMMAND and line.strip():
            self._commands.history.append_string(line)
        if not self._pasted:
            self._typed = self._after_paste
        return line

    def _paste(self, buffer: Buffer, text: str) -> None:
        """Put pasted text into a line; each line that ends in it is taken as if it were typed.

        What follows the last line end stays to be gone on with.
        """
        first, *rest = _LINE_END.split(text.replace("\t", " "))
        buffer.insert_text(first)
        if rest:
            self._after_paste = rest.pop() + buffer.document.text_after_cursor
            self._pasted.extend(rest)
            self._typed = "" if rest else self._after_paste
            buffer.text = buffer.document.text_before_cursor
            buffer.validate_and_handle()

    def _ask(self) -> str:
        """Put the question of the session, with a history of its own."""
        if self._answers is None:
            self._answers = PromptSession(history=InMemoryHistory())
        if self._session.echoes:
            return self._prompt(self._answers)
        hidden: PromptSession[str] = PromptSession(history=DummyHistory(), is_password=True)
        return self._prompt(hidden)

    def _work_behind_prompt(self) -> None:
        """Load the commands once the prompt is on the screen, and show what happens meanwhile."""
        get_running_loop().call_later(LOAD_AFTER, self._session.warm_up)
        self._commands.app.create_background_task(self._keep_looking())

    async def _keep_looking(self) -> None:
        while True:
            await sleep(LOOK_EVERY)
            reply = self._session.poll()
            if reply.lines:
                await run_in_terminal(partial(_print, reply.lines))
            if reply.awaits not in (Awaits.COMMAND, Awaits.CONTINUATION):
                self._commands.app.exit(result="")
                return

    def _show(self, reply: Reply) -> None:
        _write(CLEAR if reply.clears else "")
        _print(reply.lines)

    def _follow_size(self) -> None:
        """Take over the size of the window, unless the user has set another one."""
        state = self._session.state
        state.rows, width = window_size()
        if (state.length, state.width) == self._size:
            self._size = state.length, state.width = state.rows, width

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()

        @keys.add("?", eager=True)
        def help_wanted(event: KeyPressEvent) -> None:
            buffer = event.current_buffer
            line = buffer.document.text_before_cursor
            if has_open_quote(line):
                buffer.insert_text("?")
            else:
                self._list(f"{line}?", lambda: self._session.help(line))

        @keys.add("tab", eager=True)
        def completion_wanted(event: KeyPressEvent) -> None:
            buffer = event.current_buffer
            line = buffer.document.text_before_cursor
            found = self._session.complete(line)
            if found.choices:
                self._list(line, lambda: help_lines(found.choices))
            else:
                buffer.insert_text(found.insert)

        @keys.add(Keys.BracketedPaste, eager=True)
        def lines_pasted(event: KeyPressEvent) -> None:
            self._paste(event.current_buffer, event.data)

        @keys.add("c-z", eager=True)
        def leave_configuration(event: KeyPressEvent) -> None:
            if self._session.awaits is Awaits.COMMAND and self._session.state.frames:
                event.current_buffer.text = "end"
                event.current_buffer.validate_and_handle()

        return keys

    def _list(self, line: str, lines: Callable[[], Sequence[str]]) -> None:
        prompt = self._session.prompt

        def show() -> None:
            _print([f"{prompt}{line}"])
            reply = self._session.paged(lines())
            _print(reply.lines)
            while reply.awaits is Awaits.KEY:
                reply = self._session.handle(self._next_key())
                _print(reply.lines)

        run_in_terminal(show)

    def _watch_start(self) -> Reply:
        """Show the system going down and coming up."""
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        from staros_cli.chassis.chassis import BOOT_TIME

        console = Console(highlight=False, markup=False)
        columns = (TextColumn("{task.description}"), BarColumn())
        with Progress(*columns, console=console, transient=True) as progress:
            clock = self._time.clock
            began = clock.now()
            bar = progress.add_task("Starting", total=BOOT_TIME)
            while self._session.awaits is Awaits.START:
                self._time.wait_for_next(self._session, at_most=0.05)
                for line in self._session.poll().lines:
                    console.print(line, soft_wrap=True)
                progress.update(bar, completed=clock.now() - began)
        return self._session.poll()

    def _watch_events(self) -> Reply:
        """Show events and take keys, until the command that does so is over."""
        _write(self._session.prompt)
        with _keys_at_once() as source:
            while True:
                before = self._session.prompt
                if select([source], [], [], self._time.to_next(self._session))[0]:
                    replies = self._watched_keys(os.read(source, 1024).decode(errors="replace"))
                else:
                    replies = iter((self._session.poll(),))
                for reply in replies:
                    _write(watched_text(before, reply))
                    before = reply.prompt
                    if reply.awaits is not Awaits.WATCH:
                        _write(_WIPE_LINE)  # the prompt is drawn anew
                        return replace(reply, lines=())

    def _watched_keys(self, keys: str) -> Iterator[Reply]:
        """The replies to keys; Ctrl-C and the end of input give up."""
        for key in _single(keys) if keys else "\x03":
            gives_up = key in "\x03\x04"
            yield self._session.interrupt() if gives_up else self._session.handle(key)

    def _wait_for_turn(self) -> Reply:
        """Wait until the command that waits can go on; Ctrl-C gives it up."""
        reply = self._session.poll()
        with _noted_interrupts() as interrupts, _marked() as mark:
            while reply.awaits is Awaits.TURN and not (reply.lines or interrupts):
                mark(reply.prompt or WAITING)
                self._time.wait_for_next(self._session, at_most=REACTION)
                reply = self._session.poll()
        waits = reply.awaits is Awaits.TURN and not reply.lines
        return self._session.interrupt() if waits else reply


def _feed(processor: KeyProcessor, keys: list[KeyPress]) -> None:
    processor.feed_multiple(keys)
    processor.process_keys()


def _print(lines: Sequence[str]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


@contextmanager
def _noted_interrupts() -> Iterator[list[int]]:
    """Note Ctrl-C in a list instead of raising it in the midst of what the chassis does."""
    interrupts: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: interrupts.append(number))
    try:
        yield interrupts
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _marked() -> Iterator[Callable[[str], None]]:
    """Show a marker for as long as something takes; yields what sets it."""

    def mark(marker: str) -> None:
        _write(f"{_WIPE_LINE}{marker[: window_size()[1] - 1]}")

    try:
        yield mark
    finally:
        _write(_WIPE_LINE)


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _single(keys: str) -> str:
    """The keys of what was read; an escape sequence, such as that of an arrow key, is none."""
    return _SEQUENCE.sub("", keys).replace("\r\n", "\r").replace("\n", "\r")


@contextmanager
def _keys_at_once() -> Iterator[int]:
    """Have keys come as they are pressed, Ctrl-C among them; yields where from."""
    source = sys.stdin.fileno()
    before = termios.tcgetattr(source)
    try:
        tty.setcbreak(source)
        now = termios.tcgetattr(source)
        now[3] &= ~termios.ISIG
        termios.tcsetattr(source, termios.TCSADRAIN, now)
        yield source
    finally:
        termios.tcsetattr(source, termios.TCSADRAIN, before)


def _read_keys(marker: str) -> list[str]:
    """Show the marker of the pager, read the keys that come, wipe the marker.

    Enter is an empty text; an escape sequence, such as that of an arrow key, is one key.
    """
    source = sys.stdin.fileno()
    before = termios.tcgetattr(source)
    sys.stdout.write(marker)
    sys.stdout.flush()
    try:
        tty.setcbreak(source)
        keys = os.read(source, 1024).decode(errors="replace") or "q"
    except KeyboardInterrupt:
        keys = "q"
    finally:
        termios.tcsetattr(source, termios.TCSADRAIN, before)
        sys.stdout.write("\r" + " " * len(marker) + "\r")
        sys.stdout.flush()
    if keys.startswith("\x1b"):
        return ["\x1b"]
    return ["" if key in "\r\n" else key for key in keys]
