"""Consoles that are closed at the end of a test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.end_to_end.support import Console


@pytest.fixture
def closing() -> Iterator[list[Console]]:
    consoles: list[Console] = []
    yield consoles
    for console in consoles:
        console.child.close(force=True)


@pytest.fixture
def person(closing: list[Console]) -> Console:
    """The console of a person, at its first prompt."""
    console = Console("--state", "none", term="xterm")
    closing.append(console)
    console.child.expect_exact("asr5500#")
    return console
