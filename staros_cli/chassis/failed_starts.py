"""Counting the starts in a row that came to nothing, so that a configuration can be left out."""

from __future__ import annotations

import contextlib
from pathlib import Path

from staros_cli.errors import StarosError
from staros_cli.whole_files import write_whole

MOST_FAILED_STARTS = 3
"""After so many failed starts in a row the system comes up without its configuration."""

UNKNOWN = "the program ended meanwhile"
_LONGEST = 300


class StartFailed(StarosError):
    """A configuration that brought the start of the system to an end."""


class FailedStarts:
    """The starts since the last one that succeeded.

    With `path` they are counted in a file as well, so that starts count that ended the program.
    Where it cannot be written, only those of this program count.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self.count, self.reason = self._read()

    def begin(self) -> None:
        """A start begins; it counts as failed until it has succeeded."""
        self._write(self.count + 1, UNKNOWN)

    def fail(self, reason: str) -> None:
        """The start that has begun has failed for a reason."""
        self.count, self.reason = self.count + 1, reason[:_LONGEST]
        self._write(self.count, self.reason)

    def succeed(self) -> None:
        """The system is up."""
        self.count, self.reason = 0, ""
        if self._path is not None:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)

    def _read(self) -> tuple[int, str]:
        if self._path is None:
            return 0, ""
        try:
            with self._path.open(encoding="utf-8", errors="replace") as stream:
                count, _, reason = stream.read(2 * _LONGEST).partition(" ")
            return max(0, min(int(count), MOST_FAILED_STARTS)), reason.strip()
        except (OSError, ValueError):
            return 0, ""

    def _write(self, count: int, reason: str) -> None:
        if self._path is not None:
            with contextlib.suppress(OSError):
                write_whole(self._path, f"{count} {reason}\n".encode(), durable=False)
