"""Every command of the grammar as lines to type: a walk over what the parser says may come next."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from msgspec import Struct

from staros_cli.chassis.privilege import Privilege
from staros_cli.language.grammar import Keyword, mode_names
from staros_cli.language.parser import Expected, language, words_of

EXAMPLES = {
    "ADDRESS": "10.1.2.3",
    "CALLID": "04fd4f0a",
    "CARD": "3",
    "CATEGORY": "reload",
    "COLUMNS": "132",
    "CONFIG_URL": "/flash/system.cfg",
    "CONTEXT_NAME": "pgw",
    "CPU": "1",
    "DESCRIPTION": '"to the core"',
    "FACILITY": "sessmgr",
    "FROM_URL": "/flash/a.cfg",
    "HOSTNAME": "lab1",
    "IMAGE_URL": "/flash/image.bin",
    "IMSI": "00101*",
    "INSTANCE": "7",
    "INTERFACE_NAME": "core",
    "LICENSE_KEY": '"AB CD"',
    "LINES": "40",
    "MSID": "1$$5",
    "NETMASK": "255.255.255.0",
    "PATTERN": '"a b"',
    "PORT": "5/10",
    "PRIORITY": "9",
    "SERVICE_NAME": "svc1",
    "TO_URL": "/hd-raid/b.cfg",
    "URL": "/flash/c.cfg",
    "CRASH_NUMBER": "12",
    "DEVICE_TEXT": "CPU_0",
    "FROM_CARD": "1",
    "PASSWORD": "secret",
    "USER_NAME": "joe",
    "USER_PASSWORD": "secret",
    "ABSOLUTE_SECONDS": "3600",
    "IDLE_SECONDS": "600",
    "PUBLIC_KEY": '"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAABXNob3J0"',
    "FAILED_LOGINS": "3",
    "LOCKOUT_MINUTES": "10",
    "REASON_TEXT": "CARD_FAILURE",
    "TO_CARD": "4",
    "USERNAME": "'joe*'",
}
"""A value to type for every place that takes one."""


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
    """What may follow these words for a user who may do everything."""
    return language(mode, Privilege.SECURITY, hidden=True).expected_after(words_of(line_of(steps)))


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
        fresh = (word for word in expected.keywords if word.spelling not in used)
        waiting += [(*steps, Step(word.spelling, word, expected)) for word in fresh]
        waiting += [(*steps, Step(EXAMPLES[v.name], None, expected)) for v in expected.values]
        if expected.bar and line_of(steps) == pipes_behind:
            waiting.append((*steps, Step("|", None, expected)))


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
