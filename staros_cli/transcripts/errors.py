"""Errors of transcripts and of their targets."""

from __future__ import annotations

from staros_cli.errors import StarosError, UsageError


class TranscriptError(UsageError):
    """A transcript, or its replay, cannot go on; its text begins with file and line."""

    def __init__(self, path: str, line: int, reason: str) -> None:
        super().__init__(f"{path}:{line}: {reason}" if line else f"{path}: {reason}")
        self.path = path
        self.line = line
        self.reason = reason


class TargetError(StarosError):
    """A target that failed: it hung up, kept silent, or cannot do something."""


class DirectiveError(StarosError):
    """A directive that means nothing or cannot be carried out."""
