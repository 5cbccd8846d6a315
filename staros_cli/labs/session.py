"""LabSession: the console of a lab. Lines that begin with `:` go to the lab.

It has a session on the chassis of the lab, and puts another in its place when the chassis is taken
back. Every front end can serve it as it serves a session.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from time import thread_time

from msgspec.structs import replace

from staros_cli.chassis.clock import Clock
from staros_cli.configuration.system import System
from staros_cli.device import Device
from staros_cli.errors import UsageError
from staros_cli.labs import attempt as attempts
from staros_cli.labs.attempt import Attempt, Item, StepRecord
from staros_cli.labs.clock import LabClock
from staros_cli.labs.console import SessionConsole
from staros_cli.labs.panels import Panels, minus
from staros_cli.labs.progress import VERSION, Input, Kind, Progress
from staros_cli.labs.recorder import (
    FULL,
    HELP,
    HINT,
    INTERRUPT,
    LINE,
    MISTAKE,
    TIME,
    WRONG,
    Keep,
    Recorder,
)
from staros_cli.labs.schema import Lab
from staros_cli.labs.stand_ins import StandIns
from staros_cli.language.completion import Completion
from staros_cli.shell.replies import KEYS, Awaits, Reply
from staros_cli.shell.session import DEFAULT_LENGTH, LINE_LIMIT, CliSession

SLICE = 0.005
"""Seconds of work of a slice."""

MARK = ":"
COMMANDS = {
    "task": "shows the instruction of the step again",
    "check": "tells what is still missing",
    "hint": "shows the next hint; it costs points",
    "answer": "answers the question of the step, such as :answer 2",
    "explain": "shows what the steps behind you were about",
    "skip": "goes on to the next step without its points",
    "reset": "takes the chassis back to where the step began",
    "quit": "leaves; what was done is kept",
}

UNKNOWN = "***"
"""Stands in progress for a line that is no command but may hold a password."""

TAKES_LINES = (Awaits.COMMAND, Awaits.CONTINUATION, Awaits.ANSWER)

_UNDECODABLE = re.compile("[\ud800-\udfff]")
"""Bytes of a pipe that are not text; for the chassis they are what any control character is."""


class LabSession(SessionConsole):
    """The console of a lab. `clock` is the source of time, `keep` is given all progress at once.

    `line_limit` is for what is typed from now on: what was taken before is taken again.
    With `progress`, goes through what was done before and stands where that ended; raises
    UsageError where nobody can have done that. `in_slices` does so in `poll`, a slice of `SLICE`
    seconds of work at a time, which `working` counts: until then the session awaits its turn.
    """

    def __init__(
        self,
        lab: Lab,
        clock: Clock,
        keep: Keep | None = None,
        progress: Progress | None = None,
        *,
        length: int = 0,
        width: int = 80,
        rows: int = DEFAULT_LENGTH,
        colour: bool = False,
        line_limit: int = LINE_LIMIT,
        served: bool = False,
        in_slices: bool = False,
        working: Callable[[], float] = thread_time,
    ) -> None:
        super().__init__()
        self.lab = lab
        self._clock = clock
        self.attempt: Attempt
        self._panels = Panels(colour, served)
        self._lines_up_to = line_limit
        self._introduced = False
        self._held: list[Item] = []
        self._rows = rows
        self._in_slices = in_slices
        self._working = working
        self._replay: Iterator[None] | None = None
        progress = progress or Progress(VERSION, lab.name, lab.edition, clock.now())
        self._recorder = Recorder(progress, keep)
        self._stand_ins = StandIns(f"{lab.name} {progress.began}")
        self._go_through(progress.inputs, length, width, self._resumed)

    def _resumed(self) -> list[str]:
        self._introduced = False
        return self.start_notes

    # For front ends

    @property
    def progress(self) -> Progress:
        """The progress so far, as it is stored."""
        return self._recorder.progress

    @property
    def prompt(self) -> str:
        """The prompt before the cursor."""
        return "" if self._replay is not None else self.session.prompt

    def close(self) -> None:
        """End the session; what was not gone through stays as it was kept."""
        self._replay = None
        self.session.close()

    @property
    def awaits(self) -> Awaits:
        """The kind of input that is taken next: nothing while earlier inputs are replayed."""
        return self.session.awaits if self._replay is None else Awaits.TURN

    @property
    def ends_waiting_at(self) -> float | None:
        """When something happens to this session by itself: at once while it goes through inputs.

        In seconds since 1970 UTC, None when there is no such time.
        """
        if self._replay is not None:
            return self.system.chassis.timeline.clock.now()
        return self.session.ends_waiting_at

    @property
    def start_notes(self) -> list[str]:
        """The notes of the start; before the first line, after the introduction of the lab."""
        if self._replay is not None:
            return []
        notes = self.session.start_notes
        if self._introduced:
            return notes
        return [*self._panels.introduction(self.attempt, self.state.width), *notes]

    def handle(self, line: str) -> Reply:
        """Take a line for the chassis, or one that begins with `:` for the lab."""
        self._introduced = True
        line = _UNDECODABLE.sub("\x7f", line)
        self.session.catch_up()
        if self.awaits in KEYS:
            return self._noticing(self.session.handle(line))
        if self._is_too_long(line):
            # A line refused whole does the same as Ctrl-C, and is not worth its room.
            self._recorder.forget_pieces()
            self._take(INTERRUPT, "")
            reply = self._with_news(self.session.handle(line))
        elif self.awaits in (Awaits.COMMAND, Awaits.ANSWER) and self.is_aside(line):
            self._take(LINE, line)
            reply = self._lab_line(line.strip()[1:])
        else:
            reply = self._with_goodbye(self._with_news(self._chassis_line(line)))
        self._kept()
        return self._with_warning(reply)

    def _is_too_long(self, line: str) -> bool:
        """Whether a line is refused for its length, be it for the chassis or for the lab."""
        takes_lines = self.awaits in (Awaits.COMMAND, Awaits.CONTINUATION)
        return takes_lines and len(self.session.pending_line) + len(line) > self.line_limit

    def _chassis_line(self, line: str) -> Reply:
        """Have the chassis take a line. Passwords reach neither it nor the file of progress."""
        if self._recorder.replaying or self.awaits not in TAKES_LINES:
            self._take(LINE, line)
            return self.session.handle(line)
        whole = line if self.awaits is Awaits.ANSWER else self.session.completed(line)
        if whole is None:
            self._recorder.take_piece(self.system.chassis.now, line)
            return self.session.handle(line)
        without = self.session.with_secrets(whole, self._stand_ins.of)
        if without == whole:
            self._take(LINE, line)
            self._recorder.end_of_line()
            return self.session.handle(line)
        self._recorder.forget_pieces()
        if without is None:
            # The chassis refuses it, and tells why with words of it.
            self._take(LINE, UNKNOWN)
            return self.session.handle(line)
        self._take(LINE, without)
        if self.awaits is Awaits.CONTINUATION:
            self.session.interrupt()
        return self.session.handle(without)

    def is_aside(self, line: str) -> bool:
        """Whether a line is for the lab, which leaves a question of the chassis open."""
        return line.strip()[:1] == MARK

    def poll(self) -> Reply:
        """The reply to events on the chassis and in the lab since the last reply."""
        if self._replay is not None:
            return self._slice(self._replay)
        # A learner who sees the system start has seen the lines above that.
        self._introduced = True
        return self._noticing(self.session.poll())

    def _noticing(self, reply: Reply) -> Reply:
        """The reply to what is no input for the chassis; what comes about meanwhile is kept.

        Turning pages is none: whoever resumes may have a terminal of another length.
        """
        before = self._mark()
        reply = self._with_news(reply)
        if before != self._mark():
            self._take(TIME, "")
            self._kept()
        return reply

    def interrupt(self) -> Reply:
        """Ctrl-C, which does nothing to what was done before."""
        if self._replay is not None:
            return self._reply([])
        self.session.catch_up()
        self._recorder.forget_pieces()
        self._take(INTERRUPT, "")
        reply = self._with_news(self.session.interrupt())
        self._kept()
        return reply

    def help(self, line: str) -> list[str]:
        """The lines that `?` shows: the commands of the lab behind `:`."""
        if self.is_aside(line):
            return _help()
        self._note_help()
        return self.session.help(line)

    def complete(self, line: str) -> Completion:
        """The completion of Tab."""
        if self.is_aside(line):
            typed = line.strip()[1:]
            fit = [name for name in COMMANDS if name.startswith(typed)]
            return Completion(f"{fit[0][len(typed) :]} " if len(fit) == 1 else "", ())
        self._note_help()
        return self.session.complete(line)

    @property
    def goodbye(self) -> list[str]:
        """The lines for who leaves."""
        return self._panels.goodbye(self.attempt, self.state.width)

    @property
    def result(self) -> attempts.Result:
        """The result of the attempt by its last input."""
        kept = self.progress
        until = kept.inputs[-1].time if kept.inputs else kept.began
        return attempts.result(self.attempt, kept.rate or self.lab.schema.clock_rate, until)

    def _reply(self, lines: Sequence[str], failed: bool = False) -> Reply:
        """A reply of the lab; nothing is taken while it goes through what was done before."""
        reply = self.session.reply(lines, failed)
        return replace(reply, prompt=self.prompt, awaits=self.awaits)

    # Going through what was done

    def _go_through(
        self, inputs: Sequence[Input], length: int, width: int, then: Callable[[], list[str]]
    ) -> None:
        """Bring a new chassis up and do all this on it, each at its time; `then` tells the end."""
        commands = self.history if self._session else []
        time = LabClock(self._clock, self.progress.began)
        time.hold(self.progress.began)
        self._begin(Device(self.lab.definition, clock=time).system, length, width)
        self._recorder.replaying = True

        def over() -> list[str]:
            self.state.length, self.state.width = length, width
            self.session.line_limit = self._lines_up_to
            self._recorder.go_on()
            time.release()
            self._held = []
            self.history[:] = commands or self.history
            lines = then()
            self._kept()
            return lines

        self._over = over
        steps = self._steps(inputs, time)
        if self._in_slices and inputs:
            self._replay = steps
            return
        for _ in steps:
            pass
        over()

    def _steps(self, inputs: Sequence[Input], time: LabClock) -> Iterator[None]:
        for count, done in enumerate(inputs, 1):
            time.hold(done.time)
            self._do_again(done)
            self._recorder.note_steps(self.attempt.current, count)
            yield

    def _slice(self, steps: Iterator[None]) -> Reply:
        """Go through inputs for a while; the reply to the last of them is what is told then."""
        until = self._working() + SLICE
        self._replay = None
        try:
            for _ in steps:
                if self._working() >= until:
                    self._replay = steps
                    return self._reply([])
            return self._reply(self._over())
        except UsageError as error:
            self.state.closed = True
            return self._reply([str(error)], True)

    def _begin(self, system: System, length: int, width: int) -> None:
        before = self._session
        self._rows = before.state.rows if before else self._rows
        self._session = CliSession(system, length=length, width=width, rows=self._rows)
        if before is not None:
            self.user.on_news = before.user.on_news
        self.attempt = Attempt(self.lab, system, lambda: self.state)
        self.session.watcher = self.attempt.ran
        self._recorder.begin()

    def _do_again(self, done: Input) -> None:
        # The console records up to then have been shown; nobody asks for them meanwhile.
        self.session.catch_up()
        self.session.read_console()
        if done.kind == LINE:
            self.handle(done.text)
        elif done.kind == HELP:
            self._note_help()
        elif done.kind == INTERRUPT:
            self.interrupt()
        elif done.kind == MISTAKE:
            self.attempt.blame(done.text)
        elif done.kind == HINT:
            self.attempt.hint()
        elif done.kind == WRONG:
            self.attempt.charge_wrong_answer()
        else:
            self.poll()
        if self.awaits in KEYS:
            self.session.interrupt()
        # A learner who left comes back to a console that is open.
        self.session.reopen()

    def _take(self, kind: Kind, text: str) -> None:
        """Note what came in."""
        self._recorder.take(self.system.chassis.now, kind, text)

    def _with_warning(self, reply: Reply) -> Reply:
        """The reply; once, that what is done from here on cannot be kept any more."""
        if reply.awaits is not Awaits.COMMAND or not self._recorder.read_warning():
            return reply
        return _longer(reply, FULL)

    def _kept(self) -> None:
        """Keep what was noted, unless a line is unfinished: that may be half of a password."""
        if self.session.awaits is not Awaits.CONTINUATION:
            self._recorder.keep(self.attempt.current, self.result)

    def _note_help(self) -> None:
        if self.awaits is Awaits.COMMAND:
            self.session.catch_up()
            self._take(HELP, "")
            self.attempt.helped()
            self._held += self.attempt.look()
            self._kept()

    # News

    def _mark(self) -> tuple[int, int, int]:
        attempt = self.attempt
        mistakes = sum(len(record.mistakes) for record in attempt.records)
        return attempt.current, mistakes, attempt.unarmed

    def _with_news(self, reply: Reply) -> Reply:
        """The reply, with what it brought about in the lab once the chassis waits for a command."""
        self._held += self.attempt.look()
        if not self._held or reply.awaits is not Awaits.COMMAND:
            return reply
        items, self._held = self._held, []
        if self._recorder.replaying:
            return reply
        return _longer(reply, self._panels.news(self.attempt, items, self.state.width))

    def _with_goodbye(self, reply: Reply) -> Reply:
        """The reply; to what ends the session, with what :quit says."""
        if reply.awaits is not Awaits.NOTHING:
            return reply
        return _longer(reply, self.goodbye)

    # Lines of the lab

    def _lab_line(self, line: str) -> Reply:
        name, _, rest = line.strip().partition(" ")
        fit = [known for known in COMMANDS if name and known.startswith(name)]
        if len(fit) != 1:
            asked = not name or "help".startswith(name)
            unknown = [] if asked else [f"The lab does not know :{name}. It knows:"]
            return self._reply([*unknown, *_help()], not asked)
        lines = self._commands()[fit[0]](rest.strip())
        reply = self._reply(lines)
        return reply if fit[0] in ("reset", "quit") else self._with_news(reply)

    def _commands(self) -> dict[str, Callable[[str], list[str]]]:
        panels, width = self._panels, self.state.width
        return {
            "task": lambda rest: panels.task(self.attempt, width),
            "check": lambda rest: panels.missing(self.attempt, width),
            "hint": self._hint,
            "answer": self._answer_question,
            "explain": lambda rest: panels.explanations(self.attempt, width),
            "skip": self._skip,
            "reset": self._reset,
            "quit": self._quit,
        }

    def _hint(self, rest: str) -> list[str]:
        hint = self.attempt.hint()
        if hint is None:
            return ["There are no more hints."]
        return self._panels.hint(hint, self.state.width)

    def _answer_question(self, rest: str) -> list[str]:
        try:
            right = self.attempt.answer(rest)
        except ValueError as error:
            return [str(error)]
        if right:
            left = " Not all is done yet; :check tells what is missing."
            return ["That is right." + (left if self.attempt.missing() else "")]
        schema = self.attempt.step.schema
        cost = (
            f": {minus(schema.question.cost)}" if schema.question and schema.question.cost else ""
        )
        hints = ", or ask for a :hint" if self.attempt.record.hints < len(schema.hints) else ""
        return [f"That is not it{cost}. Look again{hints}."]

    def _skip(self, rest: str) -> list[str]:
        self._held += self.attempt.skip()
        return [] if self._held else self._panels.task(self.attempt, self.state.width)

    def _reset(self, rest: str) -> list[str]:
        """Go through everything again up to the beginning of the step; what was paid stays paid."""
        if self.attempt.finished:
            return ["The lab is finished."]
        if self._recorder.replaying:
            raise UsageError("expected progress without :reset, which takes back what it holds")
        self._go_back()
        return [] if self._replay is not None else self._taken_back()

    def _taken_back(self) -> list[str]:
        return [
            "The chassis is where it was when this step began.",
            *self._panels.task(self.attempt, self.state.width),
        ]

    def _go_back(self) -> None:
        """Go through everything up to the beginning of the step, then what it has cost so far.

        Where not everything could be kept, that is the last step whose beginning was.
        """
        record = self.attempt.records[self._recorder.step_of(self.attempt.current)]
        self._recorder.take_back(self.attempt.current, _costs(record))
        state = self.state
        self._go_through(self.progress.inputs, state.length, state.width, self._taken_back)

    def _quit(self, rest: str) -> list[str]:
        self.state.closed = True
        return self.goodbye


def _costs(record: StepRecord) -> list[tuple[Kind, str]]:
    """The inputs that charge a step with what it has cost."""
    costs: list[tuple[Kind, str]] = [(HINT, "")] * record.hints
    costs += [(WRONG, "")] * record.wrong_answers
    return costs + [(MISTAKE, str(number)) for number in record.mistakes]


def _longer(reply: Reply, lines: Sequence[str]) -> Reply:
    """The reply with more lines at its end."""
    return replace(reply, lines=[*reply.lines, *lines])


def _help() -> list[str]:
    """The commands of the lab with what each does."""
    width = max(map(len, COMMANDS))
    return [f"  :{name:<{width}} - {text}" for name, text in COMMANDS.items()]
