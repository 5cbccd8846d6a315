"""Errors of a line before any command runs."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli import messages
from staros_cli.errors import StarosError


class GrammarError(StarosError):
    """A grammar file that cannot be used: file, line and column, and what is wrong there."""

    def __init__(self, file: str, line: int, column: int, problem: str) -> None:
        super().__init__(f"{file}:{line}:{column}: {problem}")


class LineError(StarosError):
    """A line that is not a command; its text is what the device prints."""


class UnknownKeyword(LineError):
    """A word that no command has at this place."""

    def __init__(self, word: str) -> None:
        super().__init__(messages.UNKNOWN_KEYWORD(word=word))


class AmbiguousKeyword(LineError):
    """A word that begins several keywords of this place."""

    def __init__(self, word: str, spellings: Sequence[str]) -> None:
        super().__init__(messages.AMBIGUOUS_KEYWORD(word=word, keywords=", ".join(spellings)))


class IncompleteCommand(LineError):
    """A line that ends before its command is finished."""

    def __init__(self, line: str) -> None:
        super().__init__(messages.INCOMPLETE_COMMAND(line=line))


class BadValue(LineError):
    """A value that is malformed or out of range."""

    def __init__(self, word: str, placeholder: str, allowed: str) -> None:
        super().__init__(
            "Failure: " + messages.BAD_VALUE(word=word, placeholder=placeholder, allowed=allowed)
        )


class OpenQuote(LineError):
    """A quote without its end."""

    def __init__(self) -> None:
        super().__init__("Failure: " + messages.OPEN_QUOTE())


class NotAllowed(LineError):
    """A command that exists, typed by a user whose privilege is too low."""

    def __init__(self, privilege: str) -> None:
        super().__init__("Failure: " + messages.NOT_ALLOWED(privilege=privilege))
