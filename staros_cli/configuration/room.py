"""The room for the running configuration: as much as a file has that can be read again."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.configuration.files import SIZE_LIMIT
from staros_cli.configuration.tree import Node, written
from staros_cli.messages import Refused

_AROUND_A_LINE = 80
"""Most characters that a saved line has beside those typed: indentation, masks, stand-ins."""

_AGAIN_AFTER = 1.0
"""Seconds until a configuration that was found full is measured again."""


class Room:
    """Counts what lines take, and measures the configuration when the count is used up.

    Lines that are replaced or removed give nothing back before that, so that it hardly ever costs
    anything.
    """

    def __init__(self, running: Node, limit: int = SIZE_LIMIT) -> None:
        self._running = running
        self._limit = limit
        self._left = limit
        self._full_at = -_AGAIN_AFTER

    def take(self, line: str, now: float) -> None:
        """Take room for a line. Raises Refused when the configuration is full."""
        wanted = len(line) + _AROUND_A_LINE
        if wanted > self._left and now >= self._full_at + _AGAIN_AFTER:
            self._left = self._limit - sum(len(text) + 1 for text in written(self._running))
        if wanted > self._left:
            self._full_at = now
            raise Refused(messages.CONFIGURATION_FULL, limit=self._limit)
        self._left -= wanted
