"""Every command of the grammar as lines to type: a walk over what the parser says may come next."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from functools import cache

from msgspec import Struct

from staros_cli.chassis.privilege import Privilege
from staros_cli.language.automaton import Keyword
from staros_cli.language.compiled import PIPES, compiled, mode, mode_names
from staros_cli.language.parser import Expected, language, parse, words_of
from staros_cli.language.rules import FIRST_WORD, Rule
from staros_cli.language.symbols import ValueWord

EXAMPLES = {
    "address": "2001:db8::1",
    "bits": "0x1F",
    "date": "2027:01:31:12:00:00",
    "digits": "1$$5",
    "facility": "sessmgr",
    "format": r'"%date%\n \"x\""',
    "hexadecimal": "04fd4f0a",
    "hostname": "lab1",
    "identifier": "CARD_FAILURE",
    "ipv4": "10.1.2.3",
    "ipv6": "2001:db8::2",
    "key": '"AB CD"',
    "mac": "02-00-5e-00-00-01",
    "name": "core",
    "netmask": "255.255.255.0",
    "network": "2001:db8::/64",
    "network4": "192.0.2.0/24",
    "network6": "2001:db8:1::/64",
    "numeral": "0123456789",
    "option": "anything",
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
    if value.kind == "integer":
        return str((value.low + value.high) // 2)
    found = EXAMPLES[value.kind]
    if value.kind == "numeral":
        found = found.ljust(value.low, "0")
    return found[: value.high] if value.kind in ("name", "numeral") else found


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


def places(mode: str, pipes_behind: str = "show version") -> Iterator[tuple[Steps, Expected]]:
    """Every place of every command of `mode`: the words before it, and what may come next.

    Every edge of the automaton of the mode is gone once, from a state that is reached by as few
    words as can be. Pipes are the same behind every command and so are walked behind one only.
    """
    for steps, _ in edges(mode):
        expected = expected_after(steps, mode)
        yield steps, expected
        if expected.bar and line_of(steps) == pipes_behind:
            for piped, _ in edges(PIPES, (*steps, Step("|", None, expected))):
                yield piped, expected_after(piped, mode)


def edges(mode: str, before: Steps = ()) -> Iterator[tuple[Steps, int]]:
    """The words that lead along every edge of the automaton of a mode, and the state behind it.

    They stand behind those `before`.
    """
    states = compiled().mode(mode).automaton.states
    waiting = deque([(0, before)])
    reached = {0}
    yield before, 0
    while waiting:
        number, steps = waiting.popleft()
        state = states[number]
        expected = Expected(
            tuple(state.keywords.values()), tuple(value.word for value in state.values)
        )
        following = [
            (Step(word.spelling, word, expected), word.target) for word in state.keywords.values()
        ]
        following += [(Step(example(v.word), None, expected), v.target) for v in state.values]
        for step, target in following:
            yield (*steps, step), target
            if target not in reached:
                reached.add(target)
                waiting.append((target, (*steps, step)))


def _opened(rule: Rule, steps: Steps) -> Iterator[tuple[str, str]]:
    """The modes that a command opens, by its first word perhaps, and the lines that open them."""
    _, *others = (step.typed for step in steps)
    if rule.opens == FIRST_WORD:
        for word in steps[0].expected.keywords:
            if steps[0].keyword and word.target == steps[0].keyword.target:
                yield word.spelling, " ".join((word.spelling, *others))
    elif rule.opens:
        yield rule.opens, line_of(steps)


@cache
def way_to(mode: str) -> tuple[str, ...]:
    """The lines that lead from Global Configuration to a mode."""
    ways: dict[str, tuple[str, ...]] = {"config": ()}
    waiting = deque(["config"])
    while waiting:
        before = waiting.popleft()
        for steps in commands(before):
            line = line_of(steps)
            rule = parse(line, before, Privilege.SECURITY, hidden=True).rule
            for opened, opener in _opened(rule, steps):
                if opened not in ways:
                    ways[opened] = (*ways[before], opener)
                    waiting.append(opened)
    return ways[mode]


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

    A shorter form is in doubt when another keyword begins so, or when it is one, of another mode
    perhaps.
    """
    if step.keyword is None:
        return [step.typed]
    word = step.typed
    others = {k.spelling.lower() for k in step.expected.keywords} - {word.lower()}
    short = [
        word[:length]
        for length in range(1, len(word))
        if not any(other.startswith(word[:length].lower()) for other in others)
        and word[:length].lower() not in compiled().beginnings
    ]
    return [*short, word]
