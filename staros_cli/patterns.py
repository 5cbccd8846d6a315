"""Regular expressions that users write, matched in linear time by RE2.

RE2 knows neither back-references nor looking around; in return no expression takes longer than its
size times the length of the text, and none takes more memory than it is given.
"""

from __future__ import annotations

from staros_cli.errors import StarosError

MOST_CHARACTERS = 8192
"""The longest expression that is compiled."""

MOST_MEMORY = 1 << 20
"""The memory in bytes that a compiled expression may take while it searches."""

MOST_STEPS = 10_000_000
"""The size of an expression times the bytes of a text that is searched: some 15 ms at worst."""

_TOO_LARGE = "its repeats are too large: together no more than 1000 are possible"
_IN_OUR_WORDS = {
    "invalid repetition size": _TOO_LARGE,
    "bad repetition operator": "a repeat follows a repeat",
    "pattern too large": _TOO_LARGE,
    "invalid perl operator": "looking around and back-references are not supported",
    "invalid escape sequence: \\Z": "\\z stands for the end of the text",
    "missing )": "a group is not closed",
    "unexpected )": "a group is closed that was not opened",
    "missing ]": "a bracket is not closed",
    "no argument for repetition operator": "a repeat has nothing to repeat",
}


class PatternError(StarosError, ValueError):
    """No regular expression, or none that can be used; its text says why."""


class SearchTooLong(StarosError):
    """A search that would take too long."""


class Pattern:
    """A regular expression in the syntax of RE2. Raises PatternError.

    Compiled expressions are kept by their users only, never here: each takes memory.
    """

    def __init__(self, text: str, *, ignore_case: bool = False) -> None:
        import re2  # takes 10 ms, which only those who search need to wait

        if len(text) > MOST_CHARACTERS:
            raise PatternError(f"it is longer than {MOST_CHARACTERS} characters")
        options = re2.Options()
        options.max_mem = MOST_MEMORY
        options.case_sensitive = not ignore_case
        options.log_errors = False
        try:
            self._compiled = re2.compile(text.encode(errors="replace"), options)
        except re2.error as error:
            raise PatternError(_reason(error)) from None
        finally:
            re2.purge()
        self._most_bytes = MOST_STEPS // self._compiled.programsize

    def is_in(self, text: str) -> bool:
        """Whether some part of `text` matches. Raises SearchTooLong."""
        return self._compiled.search(self._encoded(text)) is not None

    def fullmatch(self, text: str) -> dict[str, str] | None:
        """The texts of the named groups when all of `text` matches, else None.

        Raises SearchTooLong.
        """
        found = self._compiled.fullmatch(self._encoded(text))
        if found is None:
            return None
        values = found.groupdict(default=b"")
        return {name.decode(): value.decode(errors="replace") for name, value in values.items()}

    @property
    def names(self) -> list[str]:
        """The names of the groups."""
        index = self._compiled.groupindex
        return [name.decode() for name in sorted(index, key=index.__getitem__)]

    def _encoded(self, text: str) -> bytes:
        encoded = text.encode(errors="replace")
        if len(encoded) > self._most_bytes:
            raise SearchTooLong
        return encoded


def _reason(fault: Exception) -> str:
    said = fault.args[0] if fault.args else b""
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    for theirs, ours in _IN_OUR_WORDS.items():
        if text.startswith(theirs):
            return ours
    return text
