"""Running a command: the handlers, what a command writes to the configuration, and refusals."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Sequence
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from staros_cli import commands, messages
from staros_cli.chassis import passwords
from staros_cli.chassis.chassis import Chassis
from staros_cli.commands import opaque
from staros_cli.commands.state import Frame, SessionState
from staros_cli.commands.suspension import Ask, Declined, Steps, Until, Watch
from staros_cli.configuration.system import System
from staros_cli.language.errors import AmbiguousKeyword, LineError, NotAllowed
from staros_cli.language.parser import Command, parse
from staros_cli.language.rules import FIRST_WORD, WHOLE_LINE, Rule
from staros_cli.messages import Refused
from staros_cli.rendering.values import Flow, Shown


class Invocation(Struct):
    """One run of a command, as its handler sees it.

    A handler may set `kept_line` when the configuration is to hold other words than were typed, and
    `kept_key` when they are found by another key than that of the rule.
    """

    system: System
    state: SessionState
    command: Command
    kept_line: str = ""
    kept_key: str = ""

    @property
    def chassis(self) -> Chassis:
        """The chassis that the command is for."""
        return self.system.chassis

    @property
    def now(self) -> float:
        """The time of the chassis."""
        return self.system.chassis.now

    def confirm(
        self, text: str = messages.ARE_YOU_SURE(), notes: Sequence[str] = ()
    ) -> Steps[bool]:
        """Ask before going on, unless the user wants no question; returns whether it was asked.

        `notes` are shown before the question `text`. Raises Declined when the answer is not yes.
        """
        if self.command.has("-noconfirm"):
            return False
        running = self.system.running
        notes = list(notes)
        if self.state.autoconfirm or running.find("autoconfirm"):
            category = self.command.words[0]
            if not running.find(f"commandguard exec-command {category}"):
                return False
            notes.append(messages.COMMANDGUARD())
        answer = yield Ask(text, notes)
        if answer.strip().lower() not in ("y", "yes"):
            raise Declined
        return True


_BLANKS = str.maketrans("\t\n", "  ")
ENCRYPTED = "encrypted"
_URL_PASSWORD = re.compile(r"(://[^/\s:@]*):[^/\s@]*@")
ALL_OF_THEM = " *"
"""The end of the key of lines that are removed together."""
A_TURN = 1_500
"""How many lines of a long output are made before others have their turn."""
MOST_LINES = 500_000
"""The longest output of a command, in lines."""
_OVER_LINES = {"key"}
"""Values that may stand on several lines."""

Output = Shown | Flow | list[str] | None
Handler = Callable[[Invocation], Output] | Callable[[Invocation], Steps[Output]]
"""A function, or a generator where the command may ask or wait."""
EXEC = "exec"

Found = TypeVar("Found")

HANDLERS: dict[str, Handler] = {}
Check = Callable[[Invocation], None]
CHECKS: dict[str, Check] = {}
"""What is asked before a line is kept, by rule."""
_Handler = TypeVar("_Handler", bound=Handler)


def handles(*rules: str) -> Callable[[_Handler], _Handler]:
    """Make a function the handler of these rules of the grammar."""

    def register(handler: _Handler) -> _Handler:
        for rule in rules:
            if rule in HANDLERS:
                raise ValueError(f"{rule} has two handlers")
            HANDLERS[rule] = handler
        return handler

    return register


def checks(*rules: str) -> Callable[[Check], Check]:
    """Make a function look at lines of these rules before they are kept; it may raise Refused."""

    def register(check: Check) -> Check:
        CHECKS.update(dict.fromkeys(rules, check))
        return check

    return register


def _check(invocation: Invocation) -> None:
    commands.load_configuration()
    found = CHECKS.get(invocation.command.rule.name)
    if found is not None:
        found(invocation)


def handler_of(rule: Rule) -> Handler:
    """The handler of a rule; its family is loaded when it is first needed."""
    for load in (commands.load_configuration, commands.load):
        if rule.name not in HANDLERS:
            load()
    return HANDLERS[rule.name]


class Suspended(Struct, frozen=True, eq=False):
    """A command that has begun and waits: for an answer, or for time to pass."""

    invocation: Invocation
    steps: Steps[Output]
    waits_for: Ask | Until | Watch

    def close(self) -> None:
        """Give the command up."""
        self.steps.close()


class Outcome(Struct, frozen=True):
    """The outcome of a line: output, whether it failed, and the command if it is not over.

    `suspended` is what to go on with once there is an answer, or once time has passed; `shown` is
    what the lines were made of.
    """

    lines: Sequence[str] = ()
    failed: bool = False
    command: Command | None = None
    suspended: Suspended | None = None
    shown: Shown | None = None

    @property
    def question(self) -> Ask | None:
        """The question to answer first, if there is one."""
        found = self.suspended.waits_for if self.suspended else None
        return found if isinstance(found, Ask) else None

    @property
    def wait(self) -> Until | None:
        """The wait of the command, if there is one."""
        found = self.suspended.waits_for if self.suspended else None
        return found if isinstance(found, Until) else None


def understand(state: SessionState, line: str) -> Command:
    """Parse a line in the mode of the session, else in the modes around it, from inside out.

    Raises LineError: that of the mode of the session when no mode takes the line.
    """
    return in_modes(
        state, lambda mode: parse(line, mode, state.user.privilege, state.hidden_commands)
    )


def in_modes(state: SessionState, look: Callable[[str], Found]) -> Found:
    """The result of `look` in the mode of the session, else in the modes around it, outwards.

    A word that may mean several commands of the mode of the session is none of another one.
    Raises LineError: that of the mode of the session when it raises one for every mode.
    """
    try:
        return look(state.mode)
    except (AmbiguousKeyword, NotAllowed):
        raise
    except LineError:
        for frame in reversed(state.frames[:-1]):
            try:
                return look(frame.mode)
            except NotAllowed:
                raise
            except LineError:
                continue
        raise


def accept(state: SessionState, line: str, *, configuration_only: bool = False) -> Command:
    """Understand a line that is to be run.

    Control characters are refused, and line breaks but in the values of commands that are kept with
    them: what is accepted can be shown to anybody and saved. So are commands of Exec mode where
    only those of configuration are taken. Raises LineError, and Refused.
    """
    _check_text(line)
    command = understand(state, line)
    broken = {name for name, value in command.values.items() if "\n" in str(value)}
    if broken - _OVER_LINES:
        raise Refused(messages.LINE_BREAK)
    if configuration_only and command.rule.mode == EXEC:
        raise Refused(messages.CONFIGURATION_ONLY)
    return command


def _check_text(line: str) -> None:
    """Refuse control characters. Raises Refused."""
    if not line.translate(_BLANKS).isprintable():
        raise Refused(messages.NOT_TEXT)


def run_line(
    system: System, state: SessionState, line: str, *, configuration_only: bool = False
) -> Outcome:
    """Run one line in the mode of the session; never raises for anything that can be typed."""
    state.leave_what_is_gone(system.chassis.contexts.by_name)
    try:
        _check_text(line)
        if state.frames and opaque.in_block(system, state, line):
            return Outcome()
        command = _accepted_or_kept(system, state, line, configuration_only)
    except LineError as error:
        return Outcome(str(error).split("\n"), failed=True)
    except Refused as refusal:
        return Outcome([f"Failure: {refusal}"], failed=True)
    if command is None:
        return Outcome()
    frames = list(state.frames)
    if command.rule.mode != EXEC:
        state.leave_to(command.rule.mode)
    outcome = run(system, state, command)
    if outcome.failed:
        state.frames = frames
        try:
            if state.in_file and opaque.refused(system, state, line, "\n".join(outcome.lines)):
                return Outcome()
        except Refused as refusal:
            return Outcome([f"Failure: {refusal}"], failed=True)
    return outcome


def _accepted_or_kept(
    system: System, state: SessionState, line: str, configuration_only: bool
) -> Command | None:
    """What a line is; None when no mode takes it and it was kept. Raises LineError, Refused."""
    if state.frames and opaque.in_its_mode(system, state, line):
        return None
    try:
        return accept(state, line, configuration_only=configuration_only)
    except LineError as error:
        if state.frames and opaque.unknown(system, state, line, str(error)):
            return None
        raise


def run(system: System, state: SessionState, command: Command) -> Outcome:
    """Run a command that was understood, up to its first question or wait."""
    invocation = Invocation(system, state, command)
    try:
        if command.rule.keeps:
            system.room.take(command.line, system.chassis.now)
        if command.rule.kept:
            _check(invocation)
            return _finish(invocation, None)
        found = handler_of(command.rule)(invocation)
    except Refused as refusal:
        return _refused(command, str(refusal))
    if isinstance(found, Generator):
        return _advance(invocation, found, None)
    return _ended(invocation, found)


def go_on(suspended: Suspended, answer: str = "") -> Outcome:
    """Go on with a command: with the answer of the user, or without when time has passed."""
    invocation = suspended.invocation
    state = invocation.state
    depth = len(state.frames)
    state.leave_what_is_gone(invocation.system.chassis.contexts.by_name)
    if len(state.frames) < depth:
        # Somebody removed what this was for while the command waited.
        suspended.close()
        return _refused(invocation.command, messages.REMOVED_MEANWHILE())
    return _advance(invocation, suspended.steps, answer)


def answer_yes(outcome: Outcome) -> Outcome:
    """Answer all questions with yes, for those who cannot; waits are left to the caller."""
    while outcome.question is not None and outcome.suspended is not None:
        outcome = go_on(outcome.suspended, "yes")
    return outcome


def _advance(invocation: Invocation, steps: Steps[Output], answer: str | None) -> Outcome:
    """Let a handler go on to its next question or wait, or to its end."""
    try:
        waits_for = steps.send(answer)  # type: ignore[arg-type]  # None begins a generator
    except StopIteration as end:
        return _ended(invocation, end.value)
    except Declined:
        return Outcome([messages.ABORTED()])
    except Refused as refusal:
        return _refused(invocation.command, str(refusal))
    suspended = Suspended(invocation, steps, waits_for)
    return Outcome(waits_for.notes, command=invocation.command, suspended=suspended)


def _ended(invocation: Invocation, output: Output) -> Outcome:
    """A handler has ended; a long output is made in turns."""
    if isinstance(output, Flow):
        return _advance(invocation, _in_turns(invocation, output), None)
    return _finish(invocation, output)


def _in_turns(invocation: Invocation, flow: Flow) -> Steps[Output]:
    """Make the parts of a long output."""
    found: list[Shown] = []
    lines = since = 0
    for part in flow.parts:
        found.append(part)
        lines += len(part.lines)
        if lines > MOST_LINES:
            raise Refused(messages.TOO_MANY_LINES, most=MOST_LINES)
        if lines - since >= A_TURN:
            since = lines
            yield Until(invocation.now)
    return flow.whole(found)


def _refused(command: Command, reason: str) -> Outcome:
    return Outcome(f"Failure: {reason}".split("\n"), failed=True, command=command)


def _finish(invocation: Invocation, output: Shown | list[str] | None) -> Outcome:
    """A command has ended: it is written to the configuration."""
    _store(invocation)
    if invocation.command.rule.mode != EXEC:
        invocation.chassis.routing.changed()
    if invocation.command.rule.read:
        invocation.chassis.configuration_changed()
    if output is None or isinstance(output, list):
        return Outcome(output or [], command=invocation.command)
    return Outcome(output.lines, command=invocation.command, shown=output)


def _store(invocation: Invocation) -> None:
    """Write the command to the running configuration, as its rule in the grammar says."""
    rule, state = invocation.command.rule, invocation.state
    if not (rule.keeps or rule.drops):
        return
    node = state.frames[-1].node
    command = _without_url_passwords(invocation.command)
    key = invocation.kept_key or key_of(rule.keeps or rule.drops, command)
    if rule.drops:
        if key.endswith(ALL_OF_THEM):
            node.drop_all(key.removesuffix(ALL_OF_THEM))
        else:
            node.drop(key)
        return
    words = _words_to_keep(invocation, command)
    line = invocation.kept_line or " ".join(words)
    opens = words[0] if rule.opens == FIRST_WORD else rule.opens
    form = (rule.keeps if rule.keeps != WHOLE_LINE else rule.syntax) if rule.without_effect else ""
    child = node.put(key, line, opens, rule.section, form)
    if opens:
        state.frames.append(Frame(opens, child, _subject(rule, invocation), state.indentation))


def _without_url_passwords(command: Command) -> Command:
    """The command with the accounts in its URLs, but not their passwords."""
    words = tuple(_URL_PASSWORD.sub(r"\1@", word) for word in command.words)
    return command if words == command.words else replace(command, words=words)


def _words_to_keep(invocation: Invocation, command: Command) -> list[str]:
    """The words of a command as the configuration holds them.

    A secret that nothing has a use for has a stand-in there, marked as encrypted.
    """
    words = list(command.words)
    if command.has("-noconfirm"):
        words.pop()  # it ends a command; anywhere else it is a name
    for position, _ in reversed(command.secrets):
        if command.rule.kept and not command.has_at(max(position - 2, 0), ENCRYPTED):
            words[position] = ""
            chassis_id = invocation.chassis.definition.chassis_id
            words[position] = passwords.stand_in(chassis_id, " ".join(words), invocation.now)
            words.insert(position - 1, ENCRYPTED)
    return words


def key_of(template: str, command: Command) -> str:
    """The key of the line that a command writes or removes, from that of its rule."""
    if template == WHOLE_LINE:
        words = command.words[1:] if command.rule.drops else command.words
        return " ".join(words)
    template = re.sub(r"\{(\d)\}", lambda found: command.words[int(found[1])], template)
    return re.sub(r"<([^>]+)>", lambda found: command.text(found[1]), template)


def _subject(rule: Rule, invocation: Invocation) -> str:
    found = re.search(r"<[^>]+>", rule.keeps)
    return key_of(found[0], invocation.command) if found else ""
