"""Labs as data: one TOML file a lab, checked for its form by msgspec and for its sense here."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from staros_cli.chassis import definition as definitions
from staros_cli.chassis.definition import Definition, DefinitionError
from staros_cli.chassis.schema import Schema, faults
from staros_cli.errors import StarosError
from staros_cli.labs.expressions import Expression, ExpressionError, parse
from staros_cli.labs.facts import FACTS
from staros_cli.language.errors import LineError
from staros_cli.language.parser import Command, parse_test_command
from staros_cli.whole_files import read_regular

Text = Annotated[str, Meta(min_length=1, max_length=4000)]
Points = Annotated[int, Meta(ge=0, le=100)]


class HintSchema(Schema, frozen=True):
    """`[[steps.hints]]`: a hint and the points that taking it costs."""

    text: Text
    cost: Points = 1


class CheckSchema(Schema, frozen=True):
    """`[[steps.checks]]`: what has to be true, and what to say of it while it is not."""

    require: Text
    missing: Text


class MistakeSchema(Schema, frozen=True):
    """`[[steps.mistakes]]`: what should not come about, what to say then, and what it costs."""

    when: Text
    text: Text
    cost: Points = 3


class FaultSchema(Schema, frozen=True):
    """`[[steps.faults]]`: a test command that strikes `after` seconds of the step.

    With `when`, an expression, the seconds count from the moment at which that is found true.
    """

    command: Text
    after: Annotated[float, Meta(ge=0, le=86400)] = 0.0
    when: str = ""


class QuestionSchema(Schema, frozen=True):
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


class StepSchema(Schema, frozen=True):
    """`[[steps]]`: what to do, how that is checked, and what is to be learned from it."""

    title: Text
    instruction: Text
    explanation: Text
    points: Annotated[int, Meta(ge=1, le=100)] = 10
    hints: list[HintSchema] = []
    checks: list[CheckSchema] = []
    mistakes: list[MistakeSchema] = []
    faults: list[FaultSchema] = []
    question: QuestionSchema | None = None


class LabSchema(Schema, frozen=True):
    """A lab file as a whole. `definition` overrides keys of the chassis definition."""

    title: Text
    level: Literal["beginner", "intermediate", "advanced"]
    minutes: Annotated[int, Meta(ge=1, le=600)]
    objectives: Annotated[list[Text], Meta(min_length=1)]
    steps: Annotated[list[StepSchema], Meta(min_length=1)]
    chassis: Text = "asr5500"
    seed: Annotated[int, Meta(ge=0)] | None = None
    clock_rate: Annotated[float, Meta(ge=1, le=1000)] = 1.0
    introduction: str = ""
    order: int = 1000
    definition: dict[str, object] = {}


Matches = Callable[[str], bool]
LARGEST = 1e15
"""The largest number that an answer can be; from there on neighbours are not told apart."""


LARGEST_FILE = 16 << 20
"""Bytes of a lab file at most."""


class LabError(StarosError):
    """A lab file that cannot be used: the file, every invalid key, what was expected."""

    def __init__(self, source: str, errors: list[str]) -> None:
        super().__init__("\n".join(f"{source}: {error}" for error in errors))
        self.errors = errors


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

    schema: QuestionSchema
    right: Expression | None = None
    matches: Matches | None = None


class Step(msgspec.Struct, frozen=True):
    """A step that was found good."""

    schema: StepSchema
    checks: tuple[Check, ...]
    mistakes: tuple[Mistake, ...]
    faults: tuple[Fault, ...]
    question: Question | None

    @property
    def expressions(self) -> list[Expression]:
        """All expressions in it, but for that of an answer."""
        found = [check.require for check in self.checks]
        found += [mistake.when for mistake in self.mistakes]
        return found + [fault.when for fault in self.faults if fault.when]


class Lab(msgspec.Struct, frozen=True):
    """A lab that was found good. `edition` tells one wording of its file from another."""

    name: str
    source: str
    edition: str
    schema: LabSchema
    definition: Definition
    steps: tuple[Step, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts that its expressions ask for in the output of commands."""
        asks = [asked for step in self.steps for found in step.expressions for asked in found.asks]
        return tuple({str(arguments[1]): "" for name, arguments in asks if name == "saw"})

    @property
    def points(self) -> int:
        """Full marks."""
        return sum(step.schema.points for step in self.steps)


class _Reader:
    """Makes a lab of its form and collects everything that is wrong with it."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.required: dict[str, Expression] = {}

    def parts(self, table: Mapping[str, object]) -> None:
        """Look at what can be read in a file whose form is not good."""
        for place, step in _tables(table, "steps"):
            try:
                self.step(place, msgspec.convert(step, StepSchema))
            except msgspec.ValidationError:
                self.expressions(place, step)

    def expressions(self, place: str, step: Mapping[str, object]) -> None:
        """Look at the expressions of a step whose form is not good."""
        for name, key in (("checks", "require"), ("mistakes", "when"), ("faults", "when")):
            for inside, each in _tables(step, name):
                text = each.get(key)
                if isinstance(text, str) and text:
                    self.expression(f"{place}.{inside}.{key}", text, end=name == "checks")

    def step(self, place: str, schema: StepSchema) -> Step:
        """A step; `place` names it in errors."""
        if not schema.checks and schema.question is None:
            self.errors.append(f"{place}: expected checks or a question, a step without has no end")
        checks = [
            Check(found, check.missing)
            for n, check in enumerate(schema.checks)
            if (found := self.expression(f"{place}.checks[{n}].require", check.require, end=True))
        ]
        mistakes = [
            Mistake(found, mistake.text, mistake.cost)
            for n, mistake in enumerate(schema.mistakes)
            if (found := self.expression(f"{place}.mistakes[{n}].when", mistake.when))
        ]
        faults = [
            strikes
            for n, fault in enumerate(schema.faults)
            if (strikes := self.fault(f"{place}.faults[{n}]", fault))
        ]
        question = self.question(f"{place}.question", schema.question) if schema.question else None
        return Step(schema, tuple(checks), tuple(mistakes), tuple(faults), question)

    def expression(self, place: str, text: str, *, end: bool = False) -> Expression | None:
        """An expression that is true or not; with `end`, one that ends a step."""
        try:
            found = parse(text, FACTS)
        except ExpressionError as error:
            self.errors.append(f"{place}: {error}")
            return None
        if found.kind is str:
            self.errors.append(f"{place}: expected something true or not, got a text: {text!r}")
        if end:
            self.required[place] = found
        if end and found.constant is not None and not found.constant:
            self.errors.append(
                f"{place}: {text!r} is never true, the steps after it cannot be reached"
            )
        return found

    def fault(self, place: str, schema: FaultSchema) -> Fault | None:
        """Something that fails."""
        try:
            command = parse_test_command(schema.command)
        except LineError as error:
            self.errors.append(f"{place}.command: {' '.join(str(error).split())}")
            return None
        if command is None:
            expected = "expected a test command such as 'test card 3 fail'"
            self.errors.append(f"{place}.command: {expected}, got {schema.command!r}")
            return None
        when = self.expression(f"{place}.when", schema.when) if schema.when else None
        return Fault(command, schema.after, when)

    def question(self, place: str, schema: QuestionSchema) -> Question:
        """A question whose answer can be given."""
        if schema.choices and schema.kind != "choice":
            self.errors.append(f"{place}.choices: expected none beside kind {schema.kind!r}")
        if schema.kind == "text":
            return Question(schema, matches=self.pattern(f"{place}.answer", schema.answer))
        if schema.kind == "number":
            return Question(schema, self.number(f"{place}.answer", schema.answer))
        self.choice(place, schema)
        return Question(schema)

    def choice(self, place: str, schema: QuestionSchema) -> None:
        """The number of a choice."""
        answer, most = schema.answer, len(schema.choices)
        if most < 2:
            self.errors.append(f"{place}.choices: expected two or more")
        if not isinstance(answer, int) or not 1 <= answer <= most:
            expected = f"expected a number from 1 to {most}"
            self.errors.append(f"{place}.answer: {expected}, got {answer!r}")

    def number(self, place: str, answer: int | float | str) -> Expression | None:
        """A number, or an expression that gives one, which is returned."""
        if isinstance(answer, str):
            return self.expression(place, answer)
        if not abs(answer) <= LARGEST:
            self.errors.append(f"{place}: expected a number up to {LARGEST:g}, got {answer!r}")
        return None

    def pattern(self, place: str, answer: int | float | str) -> Matches | None:
        """A regular expression for the whole answer."""
        if not isinstance(answer, str):
            self.errors.append(f"{place}: expected a regular expression, got {answer!r}")
            return None
        try:
            return whole(answer)
        except ValueError as error:
            self.errors.append(f"{place}: {answer[:40]!r}: invalid regular expression: {error}")
            return None


def _tables(table: Mapping[str, object], name: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The tables of a list in a file, each with its place, as far as it has any."""
    found = table.get(name)
    for number, each in enumerate(found if isinstance(found, list) else ()):
        if isinstance(each, dict):
            yield f"{name}[{number}]", each


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


def _unreachable(required: Mapping[str, Expression], definition: Definition) -> Iterator[str]:
    """Checks, by their places, that wait for a card or a subscriber that the chassis has not."""
    from staros_cli.chassis.subscribers import Group

    groups = [Group(schema) for schema in definition.schema.subscribers]
    slots = {card.slot for card in definition.schema.cards}
    for place, found in required.items():
        for name, arguments in found.asks:
            wanted = str(arguments[0]) if arguments else ""
            if name == "card" and arguments[0] not in slots:
                known = ", ".join(map(str, sorted(slots)))
                yield (
                    f"{place}: slot {int(arguments[0])} is empty, the steps after it cannot be"
                    f" reached; cards are in {known}"
                )
            if name == "subscriber" and not any(
                group.number_of_username(wanted) is not None for group in groups
            ):
                names = (
                    ", ".join(dict.fromkeys(group.schema.username for group in groups)) or "none"
                )
                yield (
                    f"{place}: the chassis has no subscriber {wanted!r},"
                    f" the steps after it cannot be reached; subscribers are {names}"
                )


def parse_lab(name: str, text: str, source: str) -> Lab:
    """Make a lab of the text of a file; `source` names the file in errors. Raises LabError."""
    try:
        table = tomllib.loads(text)
    except RecursionError:
        raise LabError(source, ["expected a TOML file: this one is nested too deep"]) from None
    except (ValueError, OverflowError) as error:
        raise LabError(source, [f"expected a TOML file: {error}"]) from None
    reader = _Reader()
    try:
        schema = msgspec.convert(table, LabSchema)
    except msgspec.ValidationError as error:
        reader.parts(table)
        _definition(name, _draft(table), source, reader)
        raise LabError(source, faults(table, LabSchema, error) + reader.errors) from None
    steps = tuple(reader.step(f"steps[{n}]", step) for n, step in enumerate(schema.steps))
    definition = _definition(name, schema, source, reader)
    if definition is not None:
        reader.errors += _unreachable(reader.required, definition)
    if reader.errors or definition is None:
        raise LabError(source, reader.errors)
    edition = hashlib.sha256(text.encode()).hexdigest()[:16]
    return Lab(name, source, edition, schema, definition, steps)


def _draft(table: Mapping[str, object]) -> LabSchema:
    """What a file whose form is not good says of its chassis, as far as it does."""
    kinds = {"chassis": str, "seed": int, "definition": dict}
    said: dict[str, Any] = {
        name: table[name] for name, kind in kinds.items() if isinstance(table.get(name), kind)
    }
    return LabSchema("", "beginner", 1, [], [], **said)


def _definition(name: str, schema: LabSchema, source: str, reader: _Reader) -> Definition | None:
    own = dict(schema.definition)
    if schema.seed is not None:
        own["seed"] = schema.seed
    beside = Path(source).parent / schema.chassis
    path = definitions.shipped() / f"{schema.chassis}.toml"
    if re.fullmatch(r"[\w-]+", schema.chassis) is None or not path.is_file():
        path = beside
    try:
        # The lab itself counts first, then the definition, then its base.
        table = definitions.with_base(tomllib.loads(path.read_text()), str(path))
        return definitions.from_table(name, {**table, **own}, str(path))
    except FileNotFoundError:
        names = ", ".join(definitions.built_in_names())
        reader.errors.append(
            f"chassis: expected a definition file or one of {names}, got {schema.chassis!r}"
        )
    except RecursionError:
        reader.errors.append(f"chassis: {schema.chassis} is nested too deep")
    except (OSError, ValueError, OverflowError) as error:
        reader.errors.append(f"chassis: {schema.chassis} cannot be read: {error}")
    except DefinitionError as error:
        reader.errors += [f"definition: {found}" for found in error.errors]
    return None


def shipped() -> Path:
    """Where the built-in labs are."""
    return Path(__file__).resolve().parent / "data"


def built_in() -> list[Lab]:
    """The built-in labs, in the order in which they are best taken."""
    labs = [load(path.stem) for path in shipped().glob("*.toml")]
    return sorted(labs, key=lambda lab: (lab.schema.order, lab.name))


def next_after(lab: Lab) -> str:
    """The name of the built-in lab to take after this one; empty when there is none."""
    if Path(lab.source).parent != shipped():
        return ""
    files = shipped().glob("*.toml")
    places = ((tomllib.loads(file.read_text())["order"], file.stem) for file in files)
    later = (place for place in places if place > (lab.schema.order, lab.name))
    return str(min(later, default=("", ""))[1])


def load(name_or_file: str) -> Lab:
    """The built-in lab of that name, or the lab in that file. Raises LabError."""
    path = shipped() / f"{name_or_file}.toml"
    if not re.fullmatch(r"[\w-]+", name_or_file) or not path.is_file():
        path = Path(name_or_file)
    try:
        text = read_regular(path, LARGEST_FILE).decode()
    except FileNotFoundError:
        names = ", ".join(sorted(path.stem for path in shipped().glob("*.toml")))
        raise LabError(name_or_file, [f"expected a lab file or one of {names}"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise LabError(name_or_file, [f"cannot be read: {error}"]) from None
    return parse_lab(path.stem, text, str(path))
