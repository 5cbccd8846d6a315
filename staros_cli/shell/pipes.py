"""What stands behind the bar: `grep` on the output of a command."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from staros_cli import messages
from staros_cli.language.parser import Part
from staros_cli.messages import Refused

_CLASSES = {
    "[:alnum:]": "a-zA-Z0-9",
    "[:alpha:]": "a-zA-Z",
    "[:blank:]": " \\t",
    "[:digit:]": "0-9",
    "[:lower:]": "a-z",
    "[:punct:]": "!-/:-@\\[-`{-~",
    "[:space:]": "\\s",
    "[:upper:]": "A-Z",
    "[:xdigit:]": "0-9a-fA-F",
}
_BRACKET = re.compile(r"\[(\^?)(\]?(?:\[:[a-z]+:\]|[^\]])*)\]")


def grep(lines: Iterable[str], part: Part) -> list[str]:
    """The lines that a `grep` of the command line lets through.

    Raises Refused when its pattern is no regular expression.
    """
    pattern = str(part.values["PATTERN"])
    flags = re.IGNORECASE if "GREP_IGNORE" in part.keywords else 0
    try:
        search = re.compile(_translated(pattern, "GREP_EXTENDED" in part.keywords), flags).search
    except (re.error, OverflowError, RecursionError) as fault:
        raise Refused(messages.BAD_PATTERN, pattern=pattern, reason=fault) from None
    wanted = "GREP_INVERT" not in part.keywords
    numbered = "GREP_NUMBER" in part.keywords
    return [
        f"{number}:{line}" if numbered else line
        for number, line in enumerate(lines, 1)
        if (search(line) is not None) is wanted
    ]


def through_pipes(lines: Sequence[str], parts: Sequence[Part]) -> list[str]:
    """The output of a command after its pipes, from left to right. Raises Refused."""
    result = list(lines)
    for part in parts:
        if part.name == "pipe_grep":
            result = grep(result, part)
    return result


def _translated(pattern: str, extended: bool) -> str:
    """A POSIX expression in Python's terms.

    In a basic expression `+ ? { } ( ) |` stand for themselves unless a backslash precedes them; in
    an extended one it is the other way round.
    """
    out: list[str] = []
    position = 0
    while position < len(pattern):
        character = pattern[position]
        if character == "[" and (found := _BRACKET.match(pattern, position)):
            out.append(f"[{found[1]}{_bracket(found[2])}]")
            position = found.end()
            continue
        if character == "\\" and position + 1 < len(pattern):
            following = pattern[position + 1]
            special = following in "+?{}()|" and not extended
            out.append(following if special else _escaped(following))
            position += 2
            continue
        out.append(_single(character, position, len(pattern), extended, out))
        position += 1
    return "".join(out)


def _escaped(following: str) -> str:
    """What a backslash and a character that it does not make special stand for."""
    return f"\\{following}" if following in "bBwWsS" else re.escape(following)


def _single(character: str, position: int, length: int, extended: bool, out: list[str]) -> str:
    at_start = not out or out[-1] in ("(", "|")
    if character in "*+?{" and at_start:
        return re.escape(character)
    if character in "+?{}()|" and not extended:
        return re.escape(character)
    if character == "^" and not extended and not at_start:
        return r"\^"
    if character == "$" and not extended and position + 1 < length:
        return r"\$"
    return re.escape(character) if character in "\\[]" else character


def _bracket(inner: str) -> str:
    plain = inner.replace("\\", r"\\")
    for name, members in _CLASSES.items():
        plain = plain.replace(name, members)
    if plain.startswith("]"):
        plain = "\\" + plain
    return re.sub(r"(?<!\\)\[", r"\\[", plain)
