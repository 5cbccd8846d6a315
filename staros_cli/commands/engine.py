"""Running a command: the handlers, what a command writes to the configuration, and refusals."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from msgspec import Struct

from staros_cli import commands, messages
from staros_cli.chassis.chassis import Chassis
from staros_cli.commands.state import Frame, SessionState
from staros_cli.configuration.system import System
from staros_cli.language.errors import LineError, NotAllowed
from staros_cli.language.grammar import WHOLE_LINE, Rule
from staros_cli.language.parser import Command, parse
from staros_cli.messages import Refused


class Question(Exception):
    """A command wants to be confirmed before it does anything."""

    def __init__(self, text: str, notes: list[str]) -> None:
        super().__init__(text)
        self.text = text
        self.notes = notes


class Wait(Exception):
    """A command cannot go on yet; it is run again, `resumed`, when something changed or in time.

    `until` is when it has waited long enough, in seconds since 1970 UTC.
    """

    def __init__(self, until: float, notes: list[str]) -> None:
        super().__init__(until)
        self.until = until
        self.notes = notes


class Call(Struct):
    """One run of a command, as its handler sees it.

    `resumed` tells that the command has waited, and until when it may. A handler may set
    `kept_line` when the configuration is to hold other words than were typed.
    """

    system: System
    state: SessionState
    command: Command
    confirmed: bool = False
    kept_line: str = ""
    resumed: float | None = None

    @property
    def chassis(self) -> Chassis:
        """The chassis that the command is for."""
        return self.system.chassis

    @property
    def now(self) -> float:
        """The time of the chassis."""
        return self.system.chassis.now

    def confirm(self, text: str = messages.ARE_YOU_SURE(), notes: Sequence[str] = ()) -> None:
        """Ask before going on, unless that was done or the user wants no question.

        `notes` are shown before the question `text`.

        Raises Question; the handler is run again from its start once the answer was yes.
        """
        if self.confirmed or self.command.has("-noconfirm"):
            return
        running = self.system.running
        notes = list(notes)
        if self.state.autoconfirm or running.find("autoconfirm"):
            category = self.command.words[0]
            if not running.find(f"commandguard exec-command {category}"):
                return
            notes.append(messages.COMMANDGUARD())
        raise Question(text, notes)


_BLANKS = str.maketrans("\t\n", "  ")
_OVER_LINES = {"key"}
"""Values that may stand on several lines."""

Handler = Callable[[Call], list[str] | None]
HANDLERS: dict[str, Handler] = {}


def handles(*rules: str) -> Callable[[Handler], Handler]:
    """Make a function the handler of these rules of the grammar."""

    def register(handler: Handler) -> Handler:
        for rule in rules:
            if rule in HANDLERS:
                raise ValueError(f"{rule} has two handlers")
            HANDLERS[rule] = handler
        return handler

    return register


def handler_of(rule: Rule) -> Handler:
    """The handler of a rule; its family is loaded when it is first needed."""
    for load in (commands.load_configuration, commands.load):
        if rule.name not in HANDLERS:
            load()
    return HANDLERS[rule.name]


class Outcome(Struct, frozen=True):
    """What came of a line: output, whether it failed, or the question to answer first.

    `waits_until` tells that the command waits for something, and until when at most.
    """

    lines: list[str] = []
    failed: bool = False
    question: str = ""
    command: Command | None = None
    waits_until: float | None = None


def understand(state: SessionState, line: str) -> Command:
    """Parse a line in the mode of the session, else in the modes around it, from inside out.

    Raises LineError: that of the mode of the session when no mode takes the line.
    """
    try:
        return _parse(state, line, state.mode)
    except NotAllowed:
        raise
    except LineError:
        for frame in reversed(state.frames[:-1]):
            try:
                return _parse(state, line, frame.mode)
            except NotAllowed:
                raise
            except LineError:
                continue
        raise


def _parse(state: SessionState, line: str, mode: str) -> Command:
    return parse(line, mode, state.user.privilege, state.hidden_commands)


def run_line(system: System, state: SessionState, line: str) -> Outcome:
    """Run one line in the mode of the session; never raises for anything that can be typed.

    Control characters are refused, and line breaks but in the values of commands that are kept with
    them: what is accepted can be shown to anybody and saved.
    """
    state.leave_what_is_gone(system.chassis.contexts.by_name)
    if not line.translate(_BLANKS).isprintable():
        return Outcome([f"Failure: {messages.NOT_TEXT()}"], failed=True)
    try:
        command = understand(state, line)
    except LineError as error:
        return Outcome(str(error).split("\n"), failed=True)
    broken = {name for name, value in command.values.items() if "\n" in str(value)}
    if broken - _OVER_LINES:
        return Outcome([f"Failure: {messages.LINE_BREAK()}"], failed=True)
    frames = list(state.frames)
    state.leave_to(command.rule.mode)
    outcome = run(system, state, command)
    if outcome.failed:
        state.frames = frames
    return outcome


def run(
    system: System,
    state: SessionState,
    command: Command,
    confirmed: bool = False,
    resumed: float | None = None,
) -> Outcome:
    """Run a command that was understood."""
    depth = len(state.frames)
    state.leave_what_is_gone(system.chassis.contexts.by_name)
    if len(state.frames) < depth:
        # Somebody removed what this was for while the command waited.
        return Outcome([f"Failure: {messages.REMOVED_MEANWHILE()}"], failed=True, command=command)
    call = Call(system, state, command, confirmed, resumed=resumed)
    rule = command.rule
    try:
        lines = None if rule.kept else handler_of(rule)(call)
    except Question as question:
        return Outcome(question.notes, question=question.text, command=command)
    except Wait as wait:
        return Outcome(wait.notes, command=command, waits_until=wait.until)
    except Refused as refusal:
        return Outcome(f"Failure: {refusal}".split("\n"), failed=True, command=command)
    _store(call)
    return Outcome(lines or [], command=command)


def _store(call: Call) -> None:
    """Write the command to the running configuration, as its rule in the grammar says."""
    rule, state = call.command.rule, call.state
    if not (rule.keeps or rule.drops):
        return
    node = state.frames[-1].node
    key = _key(rule.keeps or rule.drops, call)
    if rule.drops:
        node.drop(key)
        return
    # `-noconfirm` ends a command; anywhere else it is a name.
    words = call.command.words[:-1] if call.command.has("-noconfirm") else call.command.words
    line = call.kept_line or " ".join(words)
    child = node.put(key, line, rule.opens, rule.section)
    if rule.opens:
        state.frames.append(Frame(rule.opens, child, _subject(rule, call)))


def _key(template: str, call: Call) -> str:
    command = call.command
    if template == WHOLE_LINE:
        words = command.words[1:] if command.rule.drops else command.words
        return " ".join(words)
    template = re.sub(r"\{(\d)\}", lambda found: command.words[int(found[1])], template)
    return re.sub(r"<([^>]+)>", lambda found: command.text(found[1]), template)


def _subject(rule: Rule, call: Call) -> str:
    found = re.search(r"<[^>]+>", rule.keeps)
    return _key(found[0], call) if found else ""
