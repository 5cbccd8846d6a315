"""What each command does, one module a family."""

from __future__ import annotations

from functools import cache


@cache
def load() -> None:
    """Load all families, so that every rule of the grammar has its handler."""
    from staros_cli.commands import (  # noqa: F401
        contexts,
        emulator,
        evidence,
        faults,
        files,
        recovery,
        session,
        subscribers,
        system,
        users,
    )
