"""Requests of a handler to its session: an answer, or time."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TypeVar

from msgspec import Struct

Result = TypeVar("Result")


class Ask(Struct, frozen=True):
    """A question to the user: `answer = yield Ask("Are you sure? [Yes|No]: ")`.

    `notes` are shown before it. Without `echo` the answer does not appear on the terminal.
    """

    text: str
    notes: Sequence[str] = ()
    echo: bool = True


class Until(Struct, frozen=True):
    """A wait: the handler goes on when something has changed, at `time` at the latest.

    `time` is in seconds since 1970 UTC. The handler looks itself whether what it waits for has come
    about. `notes` are shown before the wait. `progress` is as much as there is so far of the line
    that comes next; it grows from wait to wait.
    """

    time: float
    notes: Sequence[str] = ()
    progress: str = ""


class Watch(Struct, frozen=True):
    """A wait for a key: the handler goes on with it, or when something has happened.

    Then it goes on with an empty text, at `time` at the latest, in seconds since 1970 UTC; Enter is
    a carriage return. `notes` are shown before, on a screen that is empty if `clears`; `prompt`
    stands behind them, on a line that is not ended.
    """

    time: float
    notes: Sequence[str] = ()
    prompt: str = ""
    clears: bool = False


Steps = Generator[Ask | Until | Watch, str, Result]
"""A handler, or a part of one, that may ask and wait; the answer to a wait is an empty text."""


class Declined(Exception):
    """The user does not want the command to go on."""
