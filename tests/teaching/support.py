"""Taking labs by the program, in a place of its own."""

from __future__ import annotations

import io
import sys

import pytest

from staros_cli.app import main

LAB = "finding-ones-way"


def take(monkeypatch: pytest.MonkeyPatch, action: str, *lines: str) -> int:
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
    return main(["lab", *action.split()])
