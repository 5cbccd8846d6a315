"""Replies of a session, and the kinds of input that it takes."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any

from msgspec import Struct

from staros_cli.rendering.values import Shown


class Awaits(Enum):
    """The kinds of input that a session takes."""

    COMMAND = "a command"
    CONTINUATION = "the rest of a line"
    ANSWER = "the answer to a question"
    KEY = "a key: blank for a page, Enter for a line, q to stop"
    START = "nothing, until the system has started"
    WATCH = "a key, which acts at once, while events are shown"
    TURN = "nothing, until the command that waits can go on"
    NOTHING = "nothing, it is closed"


WAITS = (Awaits.START, Awaits.TURN)
"""The states of a session in which nothing can be typed until time has passed."""


KEYS = (Awaits.KEY, Awaits.WATCH)
"""The states of a session in which single keys are taken."""


class Reply(Struct, frozen=True):
    """The answer of a session: output, the prompt to show, the input that is taken next.

    `failed` tells that the line was no command or was refused. `shown` is what the lines were made
    of, None where they were only text or went through a pipe. With `clears` the screen is emptied
    before.
    """

    lines: Sequence[str]
    prompt: str
    awaits: Awaits
    failed: bool = False
    shown: Shown | None = None
    clears: bool = False

    @property
    def text(self) -> str:
        """The output as text, each line ended."""
        return "\n".join((*self.lines, ""))

    @property
    def data(self) -> Any:
        """The output as data: tables as lists of rows, blocks as dictionaries, else the lines."""
        return list(self.lines) if self.shown is None else self.shown.data


CLEAR = "\x1b[2J\x1b[0;0f"
"""The characters that empty the screen of a terminal, as a device sends them."""


def continued_text(before: str, reply: Reply) -> str:
    """The text that shows a reply at a terminal after a wait.

    `before` stands on the line of the cursor: the beginning of the line that comes next.
    """
    text = "".join(f"{line}\n" for line in reply.lines) + reply.prompt
    if text.startswith(before):
        return text[len(before) :]
    return f"\n{text}"


def watched_text(before: str, reply: Reply) -> str:
    """The text that shows a reply at a terminal where keys act at once.

    `before` stands on the line of the cursor, the prompt until then; a longer prompt goes on there.
    """
    goes_on = not reply.lines and reply.awaits is Awaits.WATCH and reply.prompt.startswith(before)
    if goes_on:
        return reply.prompt[len(before) :]
    lines = "".join(f"{line}\n" for line in reply.lines)
    begin = CLEAR if reply.clears else "\n" if before else ""
    return f"{begin}{lines}{reply.prompt}"
