"""The panels of a lab between the lines of the chassis, as lines of text."""

from __future__ import annotations

import io
from collections.abc import Sequence

from rich import box
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Column, Table
from rich.text import Text
from rich.theme import Theme

from staros_cli import output
from staros_cli.labs import schema as labs
from staros_cli.labs.attempt import Attempt, Item, News, Outcome, Result, StepResult
from staros_cli.labs.schema import HintSchema, QuestionSchema, Step

COSTS = ("hints", "wrong", "mistakes")
"""The reasons for lost points, as heads of a table."""
LEAST_WIDTH, MOST_WIDTH = 40, 100
LEAST_TABLE = 76
"""The columns in which a table of results can be read."""

_FRAME = 6
"""The columns that the frame of a panel takes from its title."""
_THEME = Theme(
    {
        "markdown.code": "bold magenta",
        "markdown.code_block": "magenta",
        "markdown.item.bullet": "bold",
        "markdown.item.number": "bold",
    }
)
"""Styles without a background: they are read on terminals of either colour."""


class Panels:
    """Draws; with `colour`, for a terminal that has colours.

    Where the lab is `served`, the learner logs in and has no program to start.
    """

    def __init__(self, colour: bool, served: bool = False) -> None:
        self._colour = colour
        self._served = served

    def _lines(self, width: int, *things: RenderableType) -> list[str]:
        out = io.StringIO()
        console = Console(
            file=out,
            width=min(MOST_WIDTH, max(LEAST_WIDTH, width)),
            force_terminal=self._colour,
            color_system="standard" if self._colour else None,
            no_color=not self._colour,
            highlight=False,
            legacy_windows=False,
            theme=_THEME,
            _environ={},
        )
        for thing in things:
            console.print(thing)
        return [line.rstrip() for line in out.getvalue().splitlines()]

    def _panel(
        self, width: int, title: str, *parts: RenderableType, heavy: bool = False
    ) -> list[str]:
        """A panel; a title that is too long for its frame is its first line."""
        frame = box.HEAVY if heavy else box.ROUNDED
        if cell_len(title) <= min(MOST_WIDTH, max(LEAST_WIDTH, width)) - _FRAME:
            return self._lines(width, Panel(Group(*parts), title=Text(title), box=frame))
        return self._lines(width, Panel(Group(Text(title, "bold"), *parts), box=frame))

    def introduction(self, attempt: Attempt, width: int) -> list[str]:
        """The introduction of the lab, and its first step or the one where it was left."""
        schema = attempt.lab.schema
        parts: list[RenderableType] = [Markdown(schema.introduction)] if schema.introduction else []
        parts.append(Markdown("\n".join(f"- {text}" for text in schema.objectives)))
        title = f"{schema.title} ({schema.level}, about {schema.minutes} minutes)"
        keys = "Type to the chassis at its prompt. :task :check :hint :skip :reset :quit are for"
        return [
            *self._panel(width, title, *parts, heavy=True),
            *self.task(attempt, width),
            *self._lines(width, Text(f"{keys} the lab, :answer and :explain as well.")),
        ]

    def task(self, attempt: Attempt, width: int) -> list[str]:
        """The instruction of the step, with how far the lab has come."""
        if attempt.finished:
            return self.finish(attempt, width)
        step, number = attempt.step, attempt.current + 1
        count = len(attempt.lab.steps)
        parts: list[RenderableType] = [_bar(attempt), Markdown(step.schema.instruction)]
        if step.schema.question is not None and not attempt.record.answered:
            parts += _question(step.schema.question)
        return self._panel(width, f"Step {number} of {count}: {step.schema.title}", *parts)

    def missing(self, attempt: Attempt, width: int) -> list[str]:
        """The checks that are still missing in the step."""
        missing = attempt.missing()
        if not missing:
            return ["Nothing is missing."]
        parts: list[RenderableType] = [Markdown("\n".join(f"- {text}" for text in missing))]
        question = attempt.step.schema.question
        if question is not None and not attempt.record.answered:
            parts += _question(question)
        return self._panel(width, "Not yet", *parts)

    def hint(self, hint: HintSchema, width: int) -> list[str]:
        """A hint."""
        title = f"Hint ({minus(hint.cost)})" if hint.cost else "Hint"
        return self._panel(width, title, Markdown(hint.text))

    def explanations(self, attempt: Attempt, width: int) -> list[str]:
        """The explanations of the steps that are over."""
        done = [
            (number, step)
            for number, step in enumerate(attempt.lab.steps, 1)
            if attempt.records[number - 1].outcome is not Outcome.OPEN
        ]
        if not done:
            return ["An explanation follows each step; this is the first."]
        return [line for number, step in done for line in self._explanation(number, step, width)]

    def news(self, attempt: Attempt, items: Sequence[Item], width: int) -> list[str]:
        """The news; after a step that is over, the next one."""
        lines: list[str] = []
        steps = attempt.lab.steps
        for item in items:
            step = steps[item.step]
            if item.news is News.PASSED:
                score = attempt.records[item.step].score(step)
                note = Text(f"Done: {score} of {step.schema.points} points.", style="green")
                lines += self._lines(width, note)
                lines += self._explanation(item.step + 1, step, width)
            elif item.news is News.SKIPPED:
                lines += ["Skipped.", *self._explanation(item.step + 1, step, width)]
            elif item.news is News.MISTAKE:
                title = f"Careful ({minus(item.cost)})" if item.cost else "Careful"
                lines += self._panel(width, title, Markdown(item.text))
            elif item.news is News.FAILED_FAULT:
                text = f"What was to happen here could not: {item.text}. Try :reset."
                lines += self._lines(width, Text(text, style="red"))
        if any(item.news in (News.PASSED, News.SKIPPED, News.FINISHED) for item in items):
            return lines + self.task(attempt, width)
        if any(item.news is News.QUESTION for item in items):
            lines += self._only_question(attempt, width)
        return lines

    def _only_question(self, attempt: Attempt, width: int) -> list[str]:
        question = attempt.step.schema.question
        if question is None or attempt.record.answered:
            return []
        return self._panel(width, "Done but for the question", *_question(question))

    def _explanation(self, number: int, step: Step, width: int) -> list[str]:
        text = Markdown(step.schema.explanation)
        return self._panel(width, f"Step {number}: {step.schema.title}", text)

    def finish(self, attempt: Attempt, width: int) -> list[str]:
        """The result of the attempt."""
        table = Table("step", "", "points", *COSTS, box=box.SIMPLE_HEAD)
        for step, record in zip(attempt.lab.steps, attempt.records, strict=True):
            points = f"{record.score(step)}/{step.schema.points}"
            costs = map(str, (record.hints, record.wrong_answers, len(record.mistakes)))
            table.add_row(Text(step.schema.title), record.outcome.value, points, *costs)
        total = Text(f"{attempt.score} of {attempt.lab.points} points. :quit leaves.")
        parts: list[RenderableType] = [_bar(attempt), table, total]
        following = "" if self._served else labs.next_after(attempt.lab)
        if following:
            parts.append(Text(f"The next lab: staros-cli lab start {following}"))
        return self._panel(width, "Finished", *parts, heavy=True)

    def goodbye(self, attempt: Attempt, width: int) -> list[str]:
        """The lines at the end."""
        if attempt.finished:
            return [f"{attempt.score} of {attempt.lab.points} points."]
        step = f"step {attempt.current + 1} of {len(attempt.lab.steps)}"
        if self._served:
            return [f"What was done is kept; log in again to go on with {step}."]
        return [f"What was done is kept; `staros-cli lab resume` goes on with {step}."]


def grouped(first: str, *heads: str) -> Table:
    """A table whose first column holds the names of groups and, below each, what is in it.

    Only there are texts folded where the terminal is too narrow.
    """
    others = (Column(head, no_wrap=True) for head in heads)
    table = Table(Column(first, overflow="fold"), *others, box=box.SIMPLE_HEAD)
    table.pad_edge, table.collapse_padding = False, True
    return table


def below(name: str) -> RenderableType:
    """A name below that of its group."""
    return Padding(Text(name, overflow="fold"), (0, 0, 0, 2))


def print_whole(table: Table) -> None:
    """Print a table; on a terminal too narrow for folding it is as wide as it has to be."""
    console = output.tables()
    output.tables(max(LEAST_TABLE, console.width)).print(table)


def span(seconds: float) -> str:
    """A duration for people."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def costs_of(each: Result | StepResult) -> tuple[str, ...]:
    """The cells below COSTS."""
    return tuple(map(str, (each.hints, each.wrong_answers, each.mistakes)))


def minus(cost: int) -> str:
    """The cost of something."""
    return "minus 1 point" if cost == 1 else f"minus {cost} points"


def _bar(attempt: Attempt) -> RenderableType:
    count = len(attempt.lab.steps)
    row = Table.grid(padding=(0, 1))
    bar = ProgressBar(total=count, completed=attempt.current, width=min(30, 4 * count))
    row.add_row(bar, f"{attempt.current}/{count} steps, {attempt.score} points")
    return row


def _question(schema: QuestionSchema) -> list[RenderableType]:
    how = {
        "choice": "a number, such as :answer 1",
        "number": "a number, such as :answer 42",
        "text": "a word or two, such as :answer word",
    }
    parts: list[RenderableType] = [Markdown(schema.text)]
    parts += [Text(f"  {number}. {text}") for number, text in enumerate(schema.choices, 1)]
    return [*parts, Text(f"The answer is {how[schema.kind]}.", style="dim")]
