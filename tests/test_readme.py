"""The documents show what the program does."""

from __future__ import annotations

import re
from pathlib import Path

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
