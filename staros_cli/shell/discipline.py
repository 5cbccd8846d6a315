"""The line discipline: keys in, events out, no I/O.

It does for a plain terminal what a device does: echo, editing, history, and telling when a line,
help or completion is wanted. It moves the cursor with backspaces and blanks only, so that nothing
reaches a machine that a device would not send.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from enum import Enum

from msgspec import Struct

from staros_cli.language.words import has_open_quote
from staros_cli.shell.columns import columns


class Wanted(Enum):
    """The meaning of a key."""

    LINE = "a line is complete"
    HELP = "help at the cursor"
    COMPLETION = "completion at the cursor"
    INTERRUPT = "interrupt"
    END_OF_INPUT = "end of input"
    END_OF_CONFIGURATION = "leave configuration mode"
    KEY = "one key, as asked for"
    REDISPLAY = "the line once more"


class Event(Struct, frozen=True):
    """Something that is wanted, with the text before the cursor or the key."""

    wanted: Wanted
    text: str = ""


Output = str | Event
"""The output of the discipline: text to show, or an event."""

LONGEST = 16385
"""The most characters that a line takes; what is typed beyond is not echoed and not taken.

That is one more than a session takes, which refuses a line that is too long instead of running its
beginning.
"""

_RUN = re.compile(r"[ !#->@-\[\]-~]+")
"""Characters that only ever stand for themselves."""

LONGEST_ESCAPE = 16
"""The characters of an escape sequence that are looked at; what is longer means nothing here."""


LONGEST_PATTERN = 100
"""The most characters of the text that the history is searched for."""

LONGEST_FOUND = 1000
"""Longer lines of the history are not searched."""


class _Search(Struct):
    """A search of the history, which goes on while the text is typed.

    `before` is the line as it was, `place` where in the history the search has come, `match` the
    line found last.
    """

    before: str
    place: int
    match: str
    pattern: str = ""

    def find(self, history: Sequence[str], start: int) -> None:
        """Look for the latest line up to `start` that contains the pattern; without one, stay."""
        for place in range(min(start, len(history) - 1), -1, -1):
            line = history[place]
            if len(line) <= LONGEST_FOUND and self.pattern in line:
                self.place, self.match = place, line
                return

    @property
    def shown(self) -> str:
        """The line of the terminal meanwhile."""
        return f"(reverse-i-search)`{self.pattern}': {self.match}"


def begins_sequence(data: str, position: int) -> bool:
    """Whether the Escape that stands there begins a sequence, as that of an arrow key does.

    A person who presses Escape sends nothing with it.
    """
    return data[position : position + 2] in ("\x1b[", "\x1bO")


def _back_over(text: str) -> str:
    """The characters that move the cursor from behind `text` to its beginning."""
    return "\b" * columns(text)


class LineDiscipline:
    """One terminal's line. `history` is read when an arrow key asks for it.

    A `secret` line, such as a password, knows neither help nor completion nor history. With
    `single_keys` each key is an event, that of Escape only where it is a `lone_escape`.
    """

    def __init__(self, history: Callable[[], Sequence[str]], longest: int = LONGEST) -> None:
        self._history = history
        self._longest = longest
        self._place: int | None = None
        self._typed = ""
        self._escape = ""
        self._removed = ""
        self._search: _Search | None = None
        self._after_return = False
        self.text = ""
        self.cursor = 0
        self.single_keys = False
        self.lone_escape = False
        self.secret = False

    @property
    def searching(self) -> bool:
        """Whether the history is being searched: each key is work then."""
        return self._search is not None

    @property
    def before_cursor(self) -> str:
        """The text up to the cursor."""
        return self.text[: self.cursor]

    def expect_line_feed(self) -> None:
        """The line before this one ended in a carriage return, to which a line feed may belong."""
        self._after_return = True

    def clear(self) -> None:
        """Begin a new line."""
        self.text, self.cursor, self._place, self._search = "", 0, None, None

    def feed(self, key: str) -> Iterator[Output]:
        """Take one character; yields what to show and what is wanted."""
        if self._after_return and key in "\n\0":
            self._after_return = False
            return
        self._after_return = key == "\r"
        if self._escape:
            yield from self._escaped(key)
        elif self._search is not None:
            yield from self._seek(self._search, key)
        elif key == "\x1b" and not self.lone_escape:
            self._escape = key
        elif self.single_keys:
            yield Event(Wanted.INTERRUPT if key == "\x03" else Wanted.KEY, key)
        else:
            yield from self._edit(key)

    def _edit(self, key: str) -> Iterator[Output]:
        if key in "\r\n":
            yield "\n"
            yield Event(Wanted.LINE, self._take())
        elif key in _CONTROLS:
            if not (self.secret and key in _NOT_IN_SECRETS):
                yield from _CONTROLS[key](self)
        elif key == "?" and not self.secret and not self._in_quotes():
            yield Event(Wanted.HELP, self.before_cursor)
        elif key.isprintable():
            yield from self.insert(key)

    def feed_run(self, data: str, start: int) -> tuple[int, str]:
        """Take the plain characters that `data` has at `start`, all at once.

        Returns where they end, which is `start` when `feed` has to take the character there, and
        what to show.
        """
        special = self._escape or self.single_keys or self._search is not None
        found = None if special else _RUN.match(data, start)
        if found is None:
            return start, ""
        self._after_return = False
        return found.end(), "".join(self.insert(found[0]))

    def insert(self, text: str) -> Iterator[str]:
        """Put text in at the cursor, as much of it as the line takes."""
        text = text[: max(0, self._longest - len(self.text))]
        if text:
            rest = self.text[self.cursor :]
            self.text = self.before_cursor + text + rest
            self.cursor += len(text)
            yield text + rest + _back_over(rest)

    def _take(self) -> str:
        line = self.text
        self.clear()
        return line

    def _in_quotes(self) -> bool:
        return has_open_quote(self.before_cursor)

    def _escaped(self, key: str) -> Iterator[Output]:
        """Take a key after an escape. A control character ends the sequence and does its own."""
        if key == "\x1b":
            self._escape = key
            return
        if key < " " or key == "\x7f":
            self._escape = ""
            yield from self.feed(key)
            return
        if len(self._escape) < LONGEST_ESCAPE:
            self._escape += key
        if self._escape == f"\x1b{key}" and key in "[O":
            return
        if len(self._escape) > 2 and key < "@":
            return
        sequence, self._escape = self._escape, ""
        action = _SEQUENCES.get(sequence[2:])
        if action is not None and not self.single_keys and not self.secret:
            yield from action(self)

    def _replace(self, text: str) -> Iterator[Output]:
        back = _back_over(self.before_cursor)
        rest = columns(self.text) - columns(text)
        wipe = " " * rest + "\b" * rest if rest > 0 else ""
        self.text, self.cursor = text, len(text)
        yield back + text + wipe

    def _remove(self, start: int, end: int) -> Iterator[Output]:
        """Take out what stands between two positions, of which the cursor is at one."""
        if start < end:
            rest = self.text[end:]
            back = _back_over(self.text[start : self.cursor])
            gap = columns(self.text[start:end])
            self.text, self.cursor = self.text[:start] + rest, start
            yield back + rest + " " * gap + "\b" * gap + _back_over(rest)

    # Keys

    def _backspace(self) -> Iterator[Output]:
        return self._remove(max(0, self.cursor - 1), self.cursor)

    def _delete(self) -> Iterator[Output]:
        if not self.text:
            yield Event(Wanted.END_OF_INPUT)
        else:
            yield from self._delete_character()

    def _delete_character(self) -> Iterator[Output]:
        return self._remove(self.cursor, min(len(self.text), self.cursor + 1))

    def _delete_word(self) -> Iterator[Output]:
        start = len(self.before_cursor.rstrip())
        while start and not self.text[start - 1].isspace():
            start -= 1
        return self._cut(start, self.cursor)

    def _delete_to_start(self) -> Iterator[Output]:
        return self._cut(0, self.cursor)

    def _delete_to_end(self) -> Iterator[Output]:
        return self._cut(self.cursor, len(self.text))

    def _cut(self, start: int, end: int) -> Iterator[Output]:
        """Take out text that can be put back."""
        if start < end and not self.secret:
            self._removed = self.text[start:end]
        return self._remove(start, end)

    def _left(self) -> Iterator[Output]:
        if self.cursor:
            self.cursor -= 1
            yield _back_over(self.text[self.cursor])

    def _right(self) -> Iterator[Output]:
        if self.cursor < len(self.text):
            self.cursor += 1
            yield self.text[self.cursor - 1]

    def _home(self) -> Iterator[Output]:
        yield _back_over(self.before_cursor)
        self.cursor = 0

    def _end(self) -> Iterator[Output]:
        yield self.text[self.cursor :]
        self.cursor = len(self.text)

    def _older(self) -> Iterator[Output]:
        history = self._history()
        place = len(history) if self._place is None else self._place
        if place > 0:
            if self._place is None:
                self._typed = self.text
            self._place = place - 1
            yield from self._replace(history[place - 1])

    def _newer(self) -> Iterator[Output]:
        history = self._history()
        if self._place is not None:
            self._place += 1
            at_end = self._place >= len(history)
            text = self._typed if at_end else history[self._place]
            self._place = None if at_end else self._place
            yield from self._replace(text)

    def _put_back(self) -> Iterator[Output]:
        return self.insert(self._removed)

    def _redisplay(self) -> Iterator[Output]:
        yield Event(Wanted.REDISPLAY)

    # Searching the history

    def _begin_search(self) -> Iterator[Output]:
        self._search = _Search(self.text, place=len(self._history()), match=self.text)
        yield from self._replace(self._search.shown)

    def _seek(self, search: _Search, key: str) -> Iterator[Output]:
        """Take a key during a search; one that does not belong to it ends it."""
        if key == "\x12":
            search.find(self._history(), search.place - 1)
        elif key in ("\x7f", "\x08"):
            search.pattern = search.pattern[:-1]
        elif key.isprintable():
            if len(search.pattern) < LONGEST_PATTERN:
                search.pattern += key
                search.find(self._history(), search.place)
        else:
            self._search = None
            if key in ("\x03", "\x07"):
                yield from self._replace(search.before)
            else:
                yield from self._replace(search.match)
                yield from self.feed(key)
            return
        yield from self._replace(search.shown)

    def _interrupt(self) -> Iterator[Output]:
        self.clear()
        yield Event(Wanted.INTERRUPT)

    def _complete(self) -> Iterator[Output]:
        yield Event(Wanted.COMPLETION, self.before_cursor)

    def _end_configuration(self) -> Iterator[Output]:
        yield Event(Wanted.END_OF_CONFIGURATION)


_Action = Callable[[LineDiscipline], Iterator[Output]]
_CONTROLS: dict[str, _Action] = {
    "\x01": LineDiscipline._home,
    "\x02": LineDiscipline._left,
    "\x03": LineDiscipline._interrupt,
    "\x04": LineDiscipline._delete,
    "\x05": LineDiscipline._end,
    "\x06": LineDiscipline._right,
    "\x08": LineDiscipline._backspace,
    "\t": LineDiscipline._complete,
    "\x0b": LineDiscipline._delete_to_end,
    "\x0c": LineDiscipline._redisplay,
    "\x0e": LineDiscipline._newer,
    "\x10": LineDiscipline._older,
    "\x12": LineDiscipline._begin_search,
    "\x15": LineDiscipline._delete_to_start,
    "\x17": LineDiscipline._delete_word,
    "\x19": LineDiscipline._put_back,
    "\x1a": LineDiscipline._end_configuration,
    "\x7f": LineDiscipline._backspace,
}
_NOT_IN_SECRETS = "\t\x0e\x10\x12\x19"
"""Completion, history and what was removed, which have nothing to do with a secret."""

_SEQUENCES: dict[str, _Action] = {
    "A": LineDiscipline._older,
    "B": LineDiscipline._newer,
    "C": LineDiscipline._right,
    "D": LineDiscipline._left,
    "F": LineDiscipline._end,
    "H": LineDiscipline._home,
    "1~": LineDiscipline._home,
    "3~": LineDiscipline._delete_character,
    "4~": LineDiscipline._end,
}
