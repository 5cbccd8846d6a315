"""Every command of the grammar as lines to type: a walk over what the parser says may come next."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from msgspec import Struct

from staros_cli.chassis.privilege import Privilege
from staros_cli.language.automaton import Keyword
from staros_cli.language.compiled import mode, mode_names
from staros_cli.language.parser import Expected, language, words_of
from staros_cli.language.symbols import ValueWord

EXAMPLES = {
    "digits": "1$$5",
    "facility": "sessmgr",
    "hexadecimal": "04fd4f0a",
    "hostname": "lab1",
    "identifier": "CARD_FAILURE",
    "ipv4": "10.1.2.3",
    "key": '"AB CD"',
    "name": "core",
    "netmask": "255.255.255.0",
    "password": "secret",
    "pattern": '"a b"',
    "port": "5/10",
    "secret": "secret",
    "text": '"to the core"',
    "url": "/flash/a.cfg",
    "wildcard": "'joe*'",
    "word": "reload",
}
"""A value to type for every kind; numbers depend on their range."""


def example(value: ValueWord) -> str:
    """A value to type in a place."""
    return str((value.low + value.high) // 2) if value.kind == "integer" else EXAMPLES[value.kind]


class Step(Struct, frozen=True):
    """One word of a line: as it is typed in full, the keyword it is if any, and what else fits."""

    typed: str
    keyword: Keyword | None
    expected: Expected


Steps = tuple[Step, ...]


def line_of(steps: Steps) -> str:
    """The words as one line."""
    return " ".join(step.typed for step in steps)


def expected_after(steps: Steps, mode: str) -> Expected:
    """The words that may follow these for a user who may do everything."""
    return language(mode, Privilege.SECURITY, hidden=True).expected_after(words_of(line_of(steps)))


DO = "do"


def places(mode: str, pipes_behind: str = "show version") -> Iterator[tuple[Steps, Expected]]:
    """Every place of every command of `mode`: the words before it, and what may come next.

    No word stands twice in a line. Pipes are the same behind every command and so are walked
    behind one only.
    """
    waiting: list[Steps] = [()]
    while waiting:
        steps = waiting.pop()
        expected = expected_after(steps, mode)
        yield steps, expected
        used = {step.typed for step in steps}
        if line_of(steps) == DO:
            continue  # the commands of Exec mode follow again
        fresh = (word for word in expected.keywords if word.spelling not in used)
        waiting += [(*steps, Step(word.spelling, word, expected)) for word in fresh]
        waiting += [(*steps, Step(example(v), None, expected)) for v in expected.values]
        if expected.bar and line_of(steps) == pipes_behind:
            waiting.append((*steps, Step("|", None, expected)))


def all_keywords() -> set[str]:
    """Every keyword of every mode."""
    return {word for name in mode_names() for word in keywords_of(name)}


def keywords_of(name: str) -> set[str]:
    """Every keyword of a mode."""
    states = mode(name).automaton.states
    return {keyword.spelling for state in states for keyword in state.keywords.values()}


@cache
def commands(mode: str) -> tuple[Steps, ...]:
    """Every command of `mode`, with every choice of its options."""
    return tuple(steps for steps, expected in places(mode) if expected.end)


def all_commands() -> list[tuple[str, Steps]]:
    """Every command of every mode."""
    return [(mode, steps) for mode in mode_names() for steps in commands(mode)]


def beginnings(step: Step) -> list[str]:
    """All ways to shorten the keyword of a step that leave no doubt, shortest first.

    A shorter form is in doubt when another keyword begins so, or when it is one.
    """
    if step.keyword is None:
        return [step.typed]
    word = step.typed
    others = {k.spelling.lower() for k in step.expected.keywords} - {word.lower()}
    short = [
        word[:length]
        for length in range(1, len(word))
        if not any(other.startswith(word[:length].lower()) for other in others)
    ]
    return [*short, word]
