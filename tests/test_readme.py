"""The documents show what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from staros_cli.chassis.definition import parse
from tests.lab import Lab

ROOT = Path(__file__).parent.parent


def test_the_definition_of_the_documents_is_good() -> None:
    text = (ROOT / "docs/definitions.md").read_text()
    block = re.search(r"```toml\n(title.*?)```", text, re.DOTALL)
    assert block is not None
    lab = Lab(parse("small", block[1], "docs/definitions.md"))
    assert lab.session.prompt == "[local]small# "
    assert lab.system.problems == []
    assert lab.chassis.sessions.count_of_type("PGW") == 100


def test_the_licence_and_whose_names_these_are() -> None:
    assert (ROOT / "LICENSE").read_text().startswith("MIT License")
    assert "not affiliated with Cisco" in (ROOT / "README.md").read_text()


@pytest.mark.proves("SR-34")
def test_the_python_of_the_documents_runs() -> None:
    """Reason and device of a failure are the given ones."""
    block = re.search(r"```python\n(.*?)```", (ROOT / "docs/python.md").read_text(), re.DOTALL)
    assert block is not None
    printed: list[str] = []
    exec(block[1], {"print": printed.append})
    assert "Ready For Recovery" in printed[0]
    assert "PAC_LC_CONNECT_HARDWARE" in printed[1]
    assert "Recovered [1]" in printed[1]
