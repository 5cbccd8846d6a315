"""Work that takes long and need not be done where everybody waits for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Working(Protocol):
    """Work that was begun; `done` tells that it is over, `cancelled` is set when nobody wants it.

    `result` is what came of it.
    """

    cancelled: bool

    @property
    def done(self) -> bool:
        """Whether it is over."""
        ...

    @property
    def result(self) -> object:
        """The result."""
        ...


class Outside(Protocol):
    """Does work outside of the thread that serves everybody."""

    def begin(self, work: Callable[[], object], tell: Callable[[], None]) -> Working:
        """Begin something; `tell` is called when it is over."""
        ...
