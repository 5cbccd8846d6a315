"""Memory that connections leave behind, given back to the host."""

from __future__ import annotations

import asyncio
import ctypes
import gc
from collections.abc import Callable

AFTER = 1.0
"""Seconds between the end of a connection and the search for what it left."""

EVERY = 2.0
"""Seconds between two searches at least: each takes some milliseconds."""


def give_back() -> None:
    """Find what nobody uses any more and give its memory to the host.

    What a connection held refers to itself in circles, and the library of C keeps what is freed.
    """
    gc.collect()
    trim = _trim()
    if trim is not None:
        trim(0)


def _trim() -> Callable[[int], object] | None:
    """The function that gives memory back; not every C library has it."""
    try:
        found: Callable[[int], object] = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):
        return None
    return found


class Leavings:
    """Looks for what connections left, some time after they are gone."""

    def __init__(self, give_back: Callable[[], None] = give_back) -> None:
        self._give_back = give_back
        self._not_before = 0.0
        self._waits = False

    def soon(self) -> None:
        """A connection is gone."""
        if not self._waits:
            self._waits = True
            loop = asyncio.get_running_loop()
            loop.call_at(max(loop.time() + AFTER, self._not_before), self._look)

    def _look(self) -> None:
        self._waits = False
        self._give_back()
        self._not_before = asyncio.get_running_loop().time() + EVERY
