"""Labs as data: one TOML file a lab, checked for its form by msgspec and for its sense here."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from staros_cli.chassis import definition as definitions
from staros_cli.chassis.definition import Definition, DefinitionError
from staros_cli.chassis.forms import Form, in_our_words
from staros_cli.commands import injection
from staros_cli.errors import StarosError
from staros_cli.labs.expressions import Expression, ExpressionError, parse
from staros_cli.labs.facts import FACTS
from staros_cli.language.errors import LineError
from staros_cli.language.parser import Command

Text = Annotated[str, Meta(min_length=1, max_length=4000)]
Points = Annotated[int, Meta(ge=0, le=100)]


class HintForm(Form, frozen=True):
    """`[[steps.hints]]`: a hint and the points that taking it costs."""

    text: Text
    cost: Points = 1


class CheckForm(Form, frozen=True):
    """`[[steps.checks]]`: what has to be true, and what to say of it while it is not."""

    require: Text
    missing: Text


class MistakeForm(Form, frozen=True):
    """`[[steps.mistakes]]`: what should not come about, what to say then, and what it costs."""

    when: Text
    text: Text
    cost: Points = 3


class FaultForm(Form, frozen=True):
    """`[[steps.faults]]`: a test command that strikes `after` seconds of the step.

    With `when`, an expression, the seconds count from the moment at which that is found true.
    """

    command: Text
    after: Annotated[float, Meta(ge=0, le=86400)] = 0.0
    when: str = ""


class QuestionForm(Form, frozen=True):
    """`[steps.question]`: a question; each wrong answer costs points.

    `answer` is the number of a choice from 1, a number or an expression that gives one, or a
    regular expression for free text.
    """

    kind: Literal["choice", "number", "text"]
    text: Text
    answer: int | float | str
    choices: list[Text] = []
    tolerance: Annotated[float, Meta(ge=0, le=1e9)] = 0.0
    cost: Points = 3


class StepForm(Form, frozen=True):
    """`[[steps]]`: what to do, how that is checked, and what is to be learned from it."""

    title: Text
    instruction: Text
    explanation: Text
    points: Annotated[int, Meta(ge=1, le=100)] = 10
    hints: list[HintForm] = []
    checks: list[CheckForm] = []
    mistakes: list[MistakeForm] = []
    faults: list[FaultForm] = []
    question: QuestionForm | None = None


class LabForm(Form, frozen=True):
    """A lab file as a whole. `definition` overrides keys of the chassis definition."""

    title: Text
    level: Literal["beginner", "intermediate", "advanced"]
    minutes: Annotated[int, Meta(ge=1, le=600)]
    objectives: Annotated[list[Text], Meta(min_length=1)]
    steps: Annotated[list[StepForm], Meta(min_length=1)]
    chassis: Text = "asr5500"
    seed: Annotated[int, Meta(ge=0)] | None = None
    clock_rate: Annotated[float, Meta(ge=1, le=1000)] = 1.0
    introduction: str = ""
    order: int = 1000
    definition: dict[str, object] = {}


Matches = Callable[[str], bool]
LARGEST = 1e15
"""The largest number that an answer can be; from there on neighbours are not told apart."""


class LabError(StarosError):
    """A lab file that cannot be used: the file, every key at fault, what was expected."""

    def __init__(self, source: str, faults: list[str]) -> None:
        super().__init__("\n".join(f"{source}: {fault}" for fault in faults))
        self.faults = faults


class Check(msgspec.Struct, frozen=True):
    """Something that has to be true."""

    require: Expression
    missing: str


class Mistake(msgspec.Struct, frozen=True):
    """Something that should not come about."""

    when: Expression
    text: str
    cost: int


class Fault(msgspec.Struct, frozen=True):
    """Something that fails during a step."""

    command: Command
    after: float
    when: Expression | None


class Question(msgspec.Struct, frozen=True):
    """A question.

    `right` is the answer where the chassis knows it; `matches` tells whether a text is the answer.
    """

    form: QuestionForm
    right: Expression | None = None
    matches: Matches | None = None


class Step(msgspec.Struct, frozen=True):
    """A step that was found good."""

    form: StepForm
    checks: tuple[Check, ...]
    mistakes: tuple[Mistake, ...]
    faults: tuple[Fault, ...]
    question: Question | None


class Lab(msgspec.Struct, frozen=True):
    """A lab that was found good. `edition` tells one wording of its file from another."""

    name: str
    source: str
    edition: str
    form: LabForm
    definition: Definition
    steps: tuple[Step, ...]

    @property
    def points(self) -> int:
        """Full marks."""
        return sum(step.form.points for step in self.steps)


class _Reader:
    """Makes a lab of its form and collects everything that is wrong with it."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def step(self, place: str, form: StepForm) -> Step:
        """A step; `place` names it in faults."""
        if not form.checks and form.question is None:
            self.faults.append(f"{place}: expected checks or a question, a step without has no end")
        checks = [
            Check(found, check.missing)
            for n, check in enumerate(form.checks)
            if (found := self.expression(f"{place}.checks[{n}].require", check.require, end=True))
        ]
        mistakes = [
            Mistake(found, mistake.text, mistake.cost)
            for n, mistake in enumerate(form.mistakes)
            if (found := self.expression(f"{place}.mistakes[{n}].when", mistake.when))
        ]
        faults = [
            strikes
            for n, fault in enumerate(form.faults)
            if (strikes := self.fault(f"{place}.faults[{n}]", fault))
        ]
        question = self.question(f"{place}.question", form.question) if form.question else None
        return Step(form, tuple(checks), tuple(mistakes), tuple(faults), question)

    def expression(self, place: str, text: str, *, end: bool = False) -> Expression | None:
        """An expression that is true or not; with `end`, one that ends a step."""
        try:
            found = parse(text, FACTS)
        except ExpressionError as fault:
            self.faults.append(f"{place}: {fault}")
            return None
        if found.kind is str:
            self.faults.append(f"{place}: expected something true or not, got a text: {text!r}")
        if end and found.constant is not None and not found.constant:
            self.faults.append(
                f"{place}: {text!r} is never true, the steps after it cannot be reached"
            )
        return found

    def fault(self, place: str, form: FaultForm) -> Fault | None:
        """Something that fails."""
        try:
            command = injection.understand(form.command)
        except LineError as error:
            self.faults.append(f"{place}.command: {' '.join(str(error).split())}")
            return None
        if command is None:
            expected = "expected a test command such as 'test card 3 fail'"
            self.faults.append(f"{place}.command: {expected}, got {form.command!r}")
            return None
        when = self.expression(f"{place}.when", form.when) if form.when else None
        return Fault(command, form.after, when)

    def question(self, place: str, form: QuestionForm) -> Question:
        """A question whose answer can be given."""
        if form.choices and form.kind != "choice":
            self.faults.append(f"{place}.choices: expected none beside kind {form.kind!r}")
        if form.kind == "text":
            return Question(form, matches=self.pattern(f"{place}.answer", form.answer))
        if form.kind == "number":
            return Question(form, self.number(f"{place}.answer", form.answer))
        self.choice(place, form)
        return Question(form)

    def choice(self, place: str, form: QuestionForm) -> None:
        """The number of a choice."""
        answer, most = form.answer, len(form.choices)
        if most < 2:
            self.faults.append(f"{place}.choices: expected two or more")
        if not isinstance(answer, int) or not 1 <= answer <= most:
            expected = f"expected a number from 1 to {most}"
            self.faults.append(f"{place}.answer: {expected}, got {answer!r}")

    def number(self, place: str, answer: int | float | str) -> Expression | None:
        """A number, or an expression that gives one, which is returned."""
        if isinstance(answer, str):
            return self.expression(place, answer)
        if not abs(answer) <= LARGEST:
            self.faults.append(f"{place}: expected a number up to {LARGEST:g}, got {answer!r}")
        return None

    def pattern(self, place: str, answer: int | float | str) -> Matches | None:
        """A regular expression for the whole answer."""
        if not isinstance(answer, str):
            self.faults.append(f"{place}: expected a regular expression, got {answer!r}")
            return None
        try:
            return whole(answer)
        except ValueError as fault:
            self.faults.append(f"{place}: {answer[:40]!r}: invalid regular expression: {fault}")
            return None


def whole(pattern: str) -> Matches:
    """A function that tells whether a text is what the pattern says; letter case does not count.

    The pattern is in the syntax of RE2. Raises ValueError.
    """
    from staros_cli.patterns import Pattern, SearchTooLong

    found = Pattern(pattern, ignore_case=True)

    def matches(text: str) -> bool:
        try:
            return found.fullmatch(text) is not None
        except SearchTooLong:
            return False  # no answer is as long as that

    return matches


def _unreachable(steps: Sequence[Step], definition: Definition) -> Iterator[str]:
    """Checks that wait for a card or a subscriber that the chassis does not have."""
    from staros_cli.chassis.subscribers import Group

    groups = [Group(form) for form in definition.form.subscribers]
    slots = {card.slot for card in definition.form.cards}
    for n, step in enumerate(steps):
        for m, check in enumerate(step.checks):
            place = f"steps[{n}].checks[{m}].require"
            for name, arguments in check.require.asks:
                wanted = str(arguments[0]) if arguments else ""
                if name == "card" and arguments[0] not in slots:
                    slot = int(arguments[0])
                    yield f"{place}: slot {slot} is empty, the steps after it cannot be reached"
                if name == "subscriber" and not any(
                    group.number_of_username(wanted) is not None for group in groups
                ):
                    yield (
                        f"{place}: the chassis has no subscriber {wanted!r},"
                        " the steps after it cannot be reached"
                    )


def parse_lab(name: str, text: str, source: str) -> Lab:
    """Make a lab of the text of a file; `source` names the file in faults. Raises LabError."""
    try:
        form = msgspec.convert(tomllib.loads(text), LabForm)
    except msgspec.ValidationError as fault:
        raise LabError(source, [in_our_words(str(fault), _FORMS)]) from None
    except RecursionError:
        raise LabError(source, ["expected a TOML file: this one is nested too deep"]) from None
    except (ValueError, OverflowError) as fault:
        raise LabError(source, [f"expected a TOML file: {fault}"]) from None
    reader = _Reader()
    steps = tuple(reader.step(f"steps[{n}]", step) for n, step in enumerate(form.steps))
    definition = _definition(name, form, source, reader)
    if definition is not None and not reader.faults:
        reader.faults += _unreachable(steps, definition)
    if reader.faults or definition is None:
        raise LabError(source, reader.faults)
    edition = hashlib.sha256(text.encode()).hexdigest()[:16]
    return Lab(name, source, edition, form, definition, steps)


def _definition(name: str, form: LabForm, source: str, reader: _Reader) -> Definition | None:
    own = dict(form.definition)
    if form.seed is not None:
        own["seed"] = form.seed
    beside = Path(source).parent / form.chassis
    path = definitions.shipped() / f"{form.chassis}.toml"
    if re.fullmatch(r"[\w-]+", form.chassis) is None or not path.is_file():
        path = beside
    try:
        # What the lab says itself counts, then what the definition says, then its base.
        table = definitions.with_base(tomllib.loads(path.read_text()), str(path))
        return definitions.from_table(name, {**table, **own}, str(path))
    except FileNotFoundError:
        names = ", ".join(definitions.built_in_names())
        reader.faults.append(
            f"chassis: expected a definition file or one of {names}, got {form.chassis!r}"
        )
    except RecursionError:
        reader.faults.append(f"chassis: {form.chassis} is nested too deep")
    except (OSError, ValueError, OverflowError) as fault:
        reader.faults.append(f"chassis: {form.chassis} cannot be read: {fault}")
    except DefinitionError as fault:
        reader.faults += [f"definition: {found}" for found in fault.faults]
    return None


_FORMS: dict[str, type[Form]] = {
    "": LabForm,
    "steps": StepForm,
    "steps.hints": HintForm,
    "steps.checks": CheckForm,
    "steps.mistakes": MistakeForm,
    "steps.faults": FaultForm,
    "steps.question": QuestionForm,
}


def shipped() -> Path:
    """Where the built-in labs are."""
    return Path(__file__).resolve().parent / "data"


def built_in() -> list[Lab]:
    """The built-in labs, in the order in which they are best taken."""
    labs = [load(path.stem) for path in shipped().glob("*.toml")]
    return sorted(labs, key=lambda lab: (lab.form.order, lab.name))


def next_after(lab: Lab) -> str:
    """The name of the built-in lab to take after this one; empty when there is none."""
    if Path(lab.source).parent != shipped():
        return ""
    files = shipped().glob("*.toml")
    places = ((tomllib.loads(file.read_text())["order"], file.stem) for file in files)
    later = (place for place in places if place > (lab.form.order, lab.name))
    return str(min(later, default=("", ""))[1])


def load(name_or_file: str) -> Lab:
    """The built-in lab of that name, or the lab in that file. Raises LabError."""
    path = shipped() / f"{name_or_file}.toml"
    if not re.fullmatch(r"[\w-]+", name_or_file) or not path.is_file():
        path = Path(name_or_file)
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:
        names = ", ".join(sorted(path.stem for path in shipped().glob("*.toml")))
        raise LabError(name_or_file, [f"expected a lab file or one of {names}"]) from None
    except (OSError, UnicodeDecodeError) as fault:
        raise LabError(name_or_file, [f"cannot be read: {fault}"]) from None
    return parse_lab(path.stem, text, str(path))
