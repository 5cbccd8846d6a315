"""Pipes: `grep` on the output of a command."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from time import thread_time

from staros_cli import messages
from staros_cli.language.parser import Part
from staros_cli.messages import Refused
from staros_cli.patterns import PatternError, SearchTooLong
from staros_cli.shell import posix
from staros_cli.shell.posix import Patience

SEARCH_LIMIT = 0.02
"""Seconds that the searches of a command may take together, and a little more for each line."""

SEARCH_LIMIT_A_LINE = 0.00001


def grep(lines: Iterable[str], part: Part, patience: Patience) -> list[str]:
    """The lines that a `grep` of the command line lets through.

    Raises Refused when its pattern is not a regular expression, or one that takes too long.
    """
    pattern = str(part.values["pattern"])
    wanted, numbered = not part.has("-v"), part.has("-n")
    with _searching(pattern):
        search = posix.searcher(pattern, part.has("-E"), part.has("-i"), patience)
        return [
            f"{number}:{line}" if numbered else line
            for number, line in enumerate(lines, 1)
            if search(line) is wanted
        ]


def first_match(
    lines: Sequence[str], pattern: str, now: Callable[[], float] = thread_time
) -> int | None:
    """The position of the first line that matches, None when none does. Raises Refused."""
    with _searching(pattern):
        search = posix.searcher(pattern, False, False, _patience(len(lines), now))
        return next((number for number, line in enumerate(lines) if search(line)), None)


@contextmanager
def _searching(pattern: str) -> Iterator[None]:
    """Turn what can be wrong with a pattern into Refused."""
    try:
        yield
    except PatternError as error:
        raise Refused(messages.BAD_PATTERN, pattern=pattern, reason=error) from None
    except SearchTooLong:
        raise Refused(messages.HARD_PATTERN, pattern=pattern) from None


def _patience(lines: int, now: Callable[[], float]) -> Patience:
    return Patience(SEARCH_LIMIT + SEARCH_LIMIT_A_LINE * lines, now)


def through_pipes(
    lines: Sequence[str], parts: Sequence[Part], now: Callable[[], float] = thread_time
) -> list[str]:
    """The output of a command after its pipes, from left to right. `now` counts seconds.

    By default those are seconds of work: a busy machine makes no pattern harder. Raises Refused.
    """
    result = list(lines)
    patience = _patience(len(result), now)
    for part in parts:
        if part.has("grep"):
            result = grep(result, part, patience)
    return result
