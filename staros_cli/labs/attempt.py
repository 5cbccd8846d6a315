"""One attempt at a lab: where it stands and what it has cost. No I/O, no keystrokes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum

import msgspec
from msgspec import Struct

from staros_cli.chassis.events import Event
from staros_cli.commands import injection
from staros_cli.commands.state import SessionState
from staros_cli.configuration.system import System
from staros_cli.labs.facts import HELP, Moment, View, is_shown
from staros_cli.labs.schema import Fault, HintSchema, Lab, QuestionSchema, Step
from staros_cli.shell.ran import Ran


class Outcome(Enum):
    """The outcome of a step."""

    OPEN = "open"
    PASSED = "passed"
    SKIPPED = "skipped"


class StepRecord(Struct):
    """The record of a step so far. Seconds are of the chassis."""

    outcome: Outcome = Outcome.OPEN
    hints: int = 0
    wrong_answers: int = 0
    answered: bool = False
    mistakes: list[int] = []
    seconds: float = 0.0

    def score(self, step: Step) -> int:
        """The points it is worth: none unless it was passed."""
        if self.outcome is not Outcome.PASSED:
            return 0
        cost = sum(hint.cost for hint in step.schema.hints[: self.hints])
        cost += sum(step.mistakes[number].cost for number in self.mistakes)
        if step.question is not None:
            cost += self.wrong_answers * step.question.schema.cost
        return max(0, step.schema.points - cost)


class News(Enum):
    """The findings of a look at the chassis."""

    PASSED = "a step was passed"
    SKIPPED = "a step was skipped"
    QUESTION = "only the question of the step is left"
    MISTAKE = "something came about that should not have"
    FAILED_FAULT = "what was to fail could not"
    FINISHED = "the last step was passed or skipped"


class Item(Struct, frozen=True):
    """A piece of news, about the step of that number."""

    news: News
    step: int
    text: str = ""
    cost: int = 0


class Attempt:
    """An attempt at a lab on a system, from its first step on.

    It is told what happens (`ran`, `helped`), and looks at the system when it is told to.
    """

    def __init__(self, lab: Lab, system: System, state: Callable[[], SessionState]) -> None:
        """`state` gives the state of the console, which a restart of the system replaces."""
        self.lab = lab
        self.records = [StepRecord() for _ in lab.steps]
        self.current = 0
        self._system = system
        self._state = state
        self._moments: list[Moment] = []
        self._texts = lab.texts
        self._last_event: Event | None = self._newest_event()
        self._starts = system.chassis.starts
        self._rct_records = len(system.chassis.rct.records)
        self._untold: list[Item] = []
        self._waiting: list[tuple[Fault, float | None]] = []
        self._begin_step()

    # Where it stands

    @property
    def finished(self) -> bool:
        """Whether no step is left."""
        return self.current >= len(self.lab.steps)

    @property
    def step(self) -> Step:
        """The step it is at; the last one when no step is left."""
        return self.lab.steps[min(self.current, len(self.lab.steps) - 1)]

    @property
    def record(self) -> StepRecord:
        """The record of the current step."""
        return self.records[min(self.current, len(self.lab.steps) - 1)]

    @property
    def score(self) -> int:
        """The points so far."""
        pairs = zip(self.records, self.lab.steps, strict=True)
        return sum(record.score(step) for record, step in pairs)

    @property
    def unarmed(self) -> int:
        """How many faults of the step wait for something to become true."""
        return sum(due is None for _, due in self._waiting)

    def seconds(self, number: int, until: float) -> float:
        """How long, in seconds of the chassis, the step of that number took or takes by `until`."""
        if number == self.current:
            return max(0.0, until - self._step_began)
        return self.records[number].seconds

    # Events

    def ran(self, ran: Ran) -> None:
        """A command ran on the console, or was refused."""
        self._collect()
        self._moments.append(
            Moment(
                ran.command.whole,
                self.current,
                ran.refused,
                ran.command.text("user_name"),
                ran.hidden,
                frozenset(text for text in self._texts if is_shown(text, ran.shown)),
            )
        )

    def helped(self) -> None:
        """`?` or Tab was used."""
        self._moments.append(Moment((HELP,), self.current))

    def look(self) -> list[Item]:
        """Look at the system: mistakes, faults that are due, steps that are passed by now.

        A system that is starting is not what anybody left it in, so that is not looked at.
        """
        found: list[Item] = []
        while not self.finished and self._system.chassis.is_up:
            self._collect()
            found += self._strike()
            view = self._view()
            found += self._mistakes(view)
            if not self._is_passed(view):
                return found + self._only_question(view)
            found.append(Item(News.PASSED, self.current))
            self._end_step(Outcome.PASSED)
            if self.finished:
                found.append(Item(News.FINISHED, self.current - 1))
        return found

    def missing(self) -> list[str]:
        """The checks that are missing in the step, in the words of the lab."""
        if self.finished:
            return []
        self._collect()
        view = self._view()
        found = [check.missing for check in self.step.checks if not check.require.holds(view)]
        if self.step.question is not None and not self.record.answered:
            found.append("The question waits for its answer.")
        return found

    # Requests of the learner

    def blame(self, number: str) -> None:
        """Have a mistake of the step counted that was made before; another number is nothing."""
        known = [str(index) for index in range(len(self.step.mistakes))]
        if number in known and int(number) not in self.record.mistakes:
            self.record.mistakes.append(int(number))

    def charge_wrong_answer(self) -> None:
        """Have an answer counted that was wrong before."""
        self.record.wrong_answers += 1

    def hint(self) -> HintSchema | None:
        """The next hint, which costs points from now on; None when there is no more."""
        hints = self.step.schema.hints
        if self.finished or self.record.hints >= len(hints):
            return None
        self.record.hints += 1
        return hints[self.record.hints - 1]

    def answer(self, text: str) -> bool:
        """Take an answer to the question of the step; tells whether it is right.

        Raises ValueError when there is no question or the text is not an answer of its kind.
        """
        question = self.step.question
        if self.finished or question is None:
            raise ValueError("There is no question here.")
        if self.record.answered:
            raise ValueError("The question has been answered.")
        if self._waiting:
            raise ValueError("The event that the question is about has not happened yet.")
        schema = question.schema
        if question.matches is not None:
            right = question.matches(text.strip())
        else:
            wanted = question.right.evaluate(self._view()) if question.right else schema.answer
            right = abs(_number(text, schema) - float(wanted)) <= schema.tolerance
        self.record.answered = right
        self.record.wrong_answers += not right
        return right

    def skip(self) -> list[Item]:
        """Go on without the points of the step; what was still to fail in it fails at once."""
        if self.finished:
            return []
        self._waiting = [(fault, self._system.chassis.now) for fault, _ in self._waiting]
        found = [*self._strike(), Item(News.SKIPPED, self.current)]
        self._end_step(Outcome.SKIPPED)
        if self.finished:
            return [*found, Item(News.FINISHED, self.current - 1)]
        return found + self.look()

    # Inside

    def _newest_event(self) -> Event | None:
        log = self._system.chassis.events.log
        return log[-1] if log else None

    def _collect(self) -> None:
        """Take the events over that have happened since the last time."""
        fresh: list[Event] = []
        for event in reversed(self._system.chassis.events.log):
            if event is self._last_event:
                break
            fresh.append(event)
        self._last_event = self._newest_event()
        self._moments += [Moment((event.kind.name,), self.current) for event in reversed(fresh)]

    def _view(self) -> View:
        return View(
            self._system,
            self._state(),
            self._moments,
            self.current,
            self._step_began,
            self._callids,
            self._starts,
            self._rct_records,
        )

    def _begin_step(self) -> None:
        chassis = self._system.chassis
        self._step_began = chassis.now
        self._asked = False
        sessions = chassis.sessions
        self._callids = frozenset(sessions.callids())
        self._waiting = []
        for fault in () if self.finished else self.step.faults:
            self._waiting.append((fault, None if fault.when else chassis.now + fault.after))
        self._arm()

    def _end_step(self, outcome: Outcome) -> None:
        self.record.outcome = outcome
        self.record.seconds = self._system.chassis.now - self._step_began
        self.current += 1
        self._begin_step()

    def _is_passed(self, view: View) -> bool:
        if self.step.question is not None and not self.record.answered:
            return False
        return self._is_done(view)

    def _is_done(self, view: View) -> bool:
        return all(check.require.holds(view) for check in self.step.checks)

    def _only_question(self, view: View) -> list[Item]:
        """News, once a step, that all is done but its question; none where that is all there is."""
        if self._asked or self._waiting or not self.step.checks or not self._is_done(view):
            return []
        self._asked = True
        return [Item(News.QUESTION, self.current)]

    def _mistakes(self, view: View) -> list[Item]:
        found: list[Item] = []
        for number, mistake in enumerate(self.step.mistakes):
            if number not in self.record.mistakes and mistake.when.holds(view):
                self.record.mistakes.append(number)
                found.append(Item(News.MISTAKE, self.current, mistake.text, mistake.cost))
        return found

    def _arm(self) -> None:
        """Have the chassis wake at the moments when something is to fail."""
        timeline = self._system.chassis.timeline
        for _, due in self._waiting:
            if due is not None:
                timeline.at(due, self._wake)

    def _wake(self) -> None:
        self._untold += self._strike_due()

    def _strike(self) -> list[Item]:
        """Let the faults strike that are due, those included that a restart of the system undid."""
        view = self._view()
        for index, (fault, due) in enumerate(self._waiting):
            if due is None and fault.when is not None and fault.when.holds(view):
                moment = self._system.chassis.now + fault.after
                self._waiting[index] = (fault, moment)
                self._system.chassis.timeline.at(moment, self._wake)
        found, self._untold = [*self._untold, *self._strike_due()], []
        return found

    def _strike_due(self) -> list[Item]:
        chassis = self._system.chassis
        due = [f for f, at in self._waiting if at is not None and at <= chassis.now]
        if not due or not chassis.is_up:
            return []
        self._waiting = [
            (f, at) for f, at in self._waiting if not any(f is struck for struck in due)
        ]
        found: list[Item] = []
        for fault in due:
            outcome = injection.inject(self._system, fault.command)
            if outcome.failed:
                text = f"{fault.command.line}: {' '.join(outcome.lines)}"
                found.append(Item(News.FAILED_FAULT, self.current, text))
        self._collect()
        return found


def _number(text: str, schema: QuestionSchema) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if schema.kind == "choice" and value not in range(1, len(schema.choices) + 1):
        raise ValueError(f"Expected the number of a choice, from 1 to {len(schema.choices)}.")
    if value != value:
        raise ValueError(f"Expected a number, got {text!r}.")
    return value


class StepResult(Struct, frozen=True, rename="kebab"):
    """A step in a report."""

    title: str
    outcome: str
    points: int
    score: int
    hints: int
    wrong_answers: int
    mistakes: int
    seconds: float


class Result(Struct, frozen=True, rename="kebab"):
    """An attempt in a report. Seconds are real ones."""

    lab: str
    title: str
    finished: bool
    points: int
    score: int
    hints: int
    seconds: float
    steps: list[StepResult]

    @property
    def wrong_answers(self) -> int:
        """How many answers were wrong."""
        return sum(step.wrong_answers for step in self.steps)

    @property
    def mistakes(self) -> int:
        """How many mistakes were made."""
        return sum(step.mistakes for step in self.steps)

    @property
    def percent(self) -> int:
        """The score in hundredths of full marks."""
        return 100 * self.score // self.points

    def as_table(self) -> dict[str, object]:
        """The same as JSON holds it."""
        table: dict[str, object] = msgspec.to_builtins(self)
        return table


class Grade(Struct, frozen=True):
    """The grade of one attempt: whose it is, and the file it was found in."""

    learner: str
    file: str
    result: Result


def result(attempt: Attempt, rate: float, until: float) -> Result:
    """The result of an attempt by `until`, on a chassis `rate` times as fast as real time."""
    lab = attempt.lab
    pairs: Sequence[tuple[StepRecord, Step]] = list(zip(attempt.records, lab.steps, strict=True))
    steps = [
        StepResult(
            step.schema.title,
            record.outcome.value,
            step.schema.points,
            record.score(step),
            record.hints,
            record.wrong_answers,
            len(record.mistakes),
            round(attempt.seconds(number, until) / rate, 3),
        )
        for number, (record, step) in enumerate(pairs)
    ]
    return Result(
        lab.name,
        lab.schema.title,
        attempt.finished,
        lab.points,
        attempt.score,
        sum(step.hints for step in steps),
        round(sum(step.seconds for step in steps), 3),
        steps,
    )
