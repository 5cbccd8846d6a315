"""POSIX regular expressions, basic and extended, in the terms of RE2.

They are read as GNU grep reads them: in a basic expression `+ ? { } ( ) |` stand for themselves
unless a backslash precedes them, in an extended one it is the other way round. Collating symbols
of several characters are not known, nor are references to groups: RE2 searches in a time that is
linear in the line, and within the memory it is given, which these would not allow.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from staros_cli.patterns import Pattern, PatternError, SearchTooLong

MOST_REPEATS = 1000
"""How often a piece may be repeated: what RE2 takes."""

LONGEST = 1000
"""The longest expression that is taken, in characters."""

WORD_START, WORD_END = "\ue000", "\ue001"
"""Marks put into a line where words begin and end, when the expression asks for `\\<` or `\\>`."""

_CLASSES = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": " \\t",
    "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": " \\t\\n\\r\\f\\v",
    "upper": "A-Z",
    "xdigit": "0-9a-fA-F",
}
_ESCAPES = {
    "b": r"\b",
    "B": r"\B",
    "w": r"\w",
    "W": r"\W",
    "s": r"\s",
    "S": r"\S",
    "`": r"(?:\A)",
    "'": r"\z",
}
_WORD_EDGES = {"<": WORD_START, ">": WORD_END}
_MARKS = f"{WORD_START}{WORD_END}"
_OUTSIDE_MARKS = {
    r"\W": rf"[^\w{_MARKS}]",
    r"\S": rf"[^\s{_MARKS}]",
    ".": rf"[^\n{_MARKS}]",
}
"""A piece of an expression for a line with marks, which it must not take for characters."""
_SWITCHED = "+?{}()|"
_INTERVAL = re.compile(r"\{([0-9]*)(,?)([0-9]*)\}")
_BASIC_INTERVAL = re.compile(r"\{([0-9]*)(,?)([0-9]*)\\\}")
_ELEMENT = re.compile(r"\[([.=])(.)\1\]")
_WORD = re.compile(r"[A-Za-z0-9_]+")
_OPEN_BRACKET = "a bracket is not closed"
_START, _END = r"\A", r"\z"


class Patience:
    """The time that several searches may take together, in seconds that `now` counts."""

    def __init__(self, seconds: float, now: Callable[[], float]) -> None:
        self._now = now
        self._until = now() + seconds

    @property
    def left(self) -> float:
        """The rest of it; 0 or less when it is used up."""
        return self._until - self._now()


def searcher(
    pattern: str, extended: bool, ignore_case: bool, patience: Patience
) -> Callable[[str], bool]:
    """A function that tells whether a line has the expression `pattern` in it.

    Raises PatternError. The function raises SearchTooLong when there is no patience left: the
    searches that a user asks for must not hold up everybody else.
    """
    if len(pattern) > LONGEST:
        raise PatternError(f"it is longer than {LONGEST} characters")
    reader = _Reader(pattern, extended)
    try:
        found = Pattern(reader.read(), ignore_case=ignore_case)
    except RecursionError:
        raise PatternError("it is nested too deep") from None

    def search(line: str) -> bool:
        if patience.left <= 0:
            raise SearchTooLong
        return found.is_in(_with_marks(line) if reader.asks_for_words else line)

    return search


def _with_marks(line: str) -> str:
    """A line with a mark where each word begins and ends."""
    return _WORD.sub(lambda word: f"{WORD_START}{word[0]}{WORD_END}", line)


class _Reader:
    """Reads an expression once from left to right. Operators are tokens such as `(` or `*`."""

    def __init__(self, pattern: str, extended: bool) -> None:
        self._pattern = pattern
        self._extended = extended
        self._position = 0
        self._branch_start = 0
        self._marked = re.search(r"(?<!\\)(?:\\\\)*\\[<>]", pattern) is not None

    @property
    def asks_for_words(self) -> bool:
        """Whether the expression asks for the start or end of words, so that lines need marks."""
        return self._marked

    def read(self) -> str:
        """The expression in the syntax of RE2. Raises PatternError."""
        translated = self._alternatives(inside=False)
        if self._position < len(self._pattern):
            raise PatternError("unmatched ) or \\)")
        return translated

    def _operator(self) -> str:
        """The operator here, or an empty string: what switches with a backslash, and `*`."""
        rest = self._pattern[self._position : self._position + 2]
        if rest[:1] == "*":
            return "*"
        if self._extended:
            return rest[0] if rest and rest[0] in _SWITCHED else ""
        return rest[1] if len(rest) == 2 and rest[0] == "\\" and rest[1] in _SWITCHED else ""

    def _skip(self, operator: str) -> None:
        self._position += 1 if self._extended or operator == "*" else 2

    def _alternatives(self, inside: bool) -> str:
        branches = [self._branch(inside)]
        while self._operator() == "|":
            self._skip("|")
            branches.append(self._branch(inside))
        return "|".join(branches)

    def _branch(self, inside: bool) -> str:
        out: list[str] = []
        self._branch_start = self._position
        at_start = True
        while self._position < len(self._pattern):
            operator = self._operator()
            if operator == "|" or (operator == ")" and (inside or not self._extended)):
                break
            atom = self._atom(operator, at_start)
            # In a basic expression what follows the first `^` stands at the start as well.
            at_start = at_start and atom == _START and not self._extended
            out.append(atom if at_start else self._repeated(atom))
        return "".join(out)

    def _atom(self, operator: str, at_start: bool) -> str:
        """One piece that can be repeated, read with its operator if it is one."""
        if operator == "(":
            return self._group()
        if operator and not at_start and operator == "{":
            return self._brace_as_text()
        if operator in ("*", "+", "?", "{") and self._extended:
            # Nothing stands before it: it repeats nothing.
            return "" if operator != "{" or self._interval() else self._brace_as_text()
        if operator:
            self._skip(operator)
            return re.escape(operator)
        return self._character()

    def _brace_as_text(self) -> str:
        self._skip("{")
        return r"\{"

    def _group(self) -> str:
        self._skip("(")
        inner = self._alternatives(inside=True)
        if self._operator() != ")":
            raise PatternError("unmatched ( or \\(")
        self._skip(")")
        return f"(?:{inner})"

    def _character(self) -> str:
        first = self._branch_start == self._position
        character = self._pattern[self._position]
        if character == "[":
            return self._bracket()
        self._position += 1
        if character == "\\":
            return self._escaped()
        if character == ".":
            return self._beside_marks(".")
        if character == "^" and (self._extended or first):
            return _START
        if character == "$" and (self._extended or self._at_end()):
            return self._beside_marks(_END)
        return self._beside_marks(re.escape(character))

    def _beside_marks(self, piece: str) -> str:
        """A piece as it is in a line with marks: one may stand before it."""
        if not self._marked:
            return piece
        return f"(?:[{_MARKS}]?{_OUTSIDE_MARKS.get(piece, piece)})"

    def _at_end(self) -> bool:
        """Whether a branch of a basic expression ends here."""
        return self._position == len(self._pattern) or self._operator() in (")", "|")

    def _escaped(self) -> str:
        if self._position == len(self._pattern):
            raise PatternError("a backslash at its end")
        character = self._pattern[self._position]
        self._position += 1
        if character in "123456789":
            raise PatternError(f"references to groups (\\{character}) are not supported")
        if character in _WORD_EDGES:
            return f"(?:{_WORD_EDGES[character]})"
        if character == "B" and self._marked:
            raise PatternError("\\B cannot stand beside \\< or \\>")
        if character in "b`":
            return _ESCAPES[character]
        return self._beside_marks(_ESCAPES.get(character) or re.escape(character))

    def _repeated(self, atom: str) -> str:
        """`atom` with the repeats that follow it."""
        while True:
            operator = self._operator()
            if operator in ("*", "+", "?"):
                self._skip(operator)
                repeat = operator
            elif operator == "{":
                repeat = self._interval()
            else:
                return atom
            if not repeat:
                return atom
            # A repeat is not repeated again in the same way: that would take ages.
            if not atom.endswith(f"){repeat}") or len(repeat) > 1:
                atom = f"(?:{atom}){repeat}"

    def _interval(self) -> str:
        """The interval here; an empty string when an extended expression has none after all."""
        start = self._position + (0 if self._extended else 1)
        found = (_INTERVAL if self._extended else _BASIC_INTERVAL).match(self._pattern, start)
        if found is None or not (found[1] or found[2]):
            if found is None and self._extended:
                return ""
            raise PatternError("what stands in its braces is no interval")
        low = int(found[1] or 0)
        high = low if not found[2] else int(found[3]) if found[3] else None
        if max(low, high or 0) > MOST_REPEATS:
            raise PatternError(f"nothing can be repeated more than {MOST_REPEATS} times")
        if high is not None and high < low:
            raise PatternError("an interval begins with its lower number")
        self._position = found.end()
        return f"{{{low},{'' if high is None else high}}}"

    # Brackets

    def _bracket(self) -> str:
        position = self._position + 1
        negated = self._pattern[position : position + 1] == "^"
        position += negated
        first, members = position, []
        while self._pattern[position : position + 1] != "]" or position == first:
            member, position = self._member(position)
            members.append(member)
        if self._pattern[first] == self._pattern[position - 1] == ":" and position > first + 1:
            raise PatternError("a class of characters is written [[:name:]]")
        self._position = position + 1
        inner = "".join(members)
        bracket = f"[^{inner}{_MARKS if self._marked else ''}]" if negated else f"[{inner}]"
        return self._beside_marks(bracket)

    def _member(self, position: int) -> tuple[str, int]:
        """A class, a range or a character of a bracket, and the position behind it."""
        if self._pattern.startswith("[:", position):
            end = self._pattern.find(":]", position + 2)
            if end < 0:
                raise PatternError(_OPEN_BRACKET)
            name = self._pattern[position + 2 : end]
            if name not in _CLASSES:
                raise PatternError(f"there is no class [:{name}:]")
            return _CLASSES[name], end + 2
        low, position = self._element(position)
        if self._pattern[position : position + 1] != "-" or self._pattern.startswith(
            "-]", position
        ):
            return re.escape(low), position
        high, position = self._element(position + 1)
        if high < low:
            raise PatternError(f"the range {low}-{high} runs backwards")
        return f"{re.escape(low)}-{re.escape(high)}", position

    def _element(self, position: int) -> tuple[str, int]:
        """One character of a bracket, perhaps written as [.x.] or [=x=]."""
        found = _ELEMENT.match(self._pattern, position)
        if found:
            return found[2], found.end()
        if position >= len(self._pattern):
            raise PatternError(_OPEN_BRACKET)
        return self._pattern[position], position + 1
