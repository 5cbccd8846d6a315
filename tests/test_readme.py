"""The documents show what the program does."""

from __future__ import annotations

import re
from pathlib import Path

from staros_cli.chassis.definition import parse
from tests.lab import Lab

ROOT = Path(__file__).parent.parent


def test_the_session_of_the_readme_is_what_the_program_prints() -> None:
    """SR-13, SR-15, SR-17, SR-18, SR-20, SR-21, SR-27: the tour of the README."""
    block = re.search(r"```\n(\[local\].*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert block is not None
    lab = Lab()
    shown: list[str] = []
    for line in block[1].splitlines():
        prompt = lab.session.prompt
        later = re.fullmatch(r"# (\d+) seconds later", line)
        if later:
            shown.append(line)
            lab.wait(int(later[1]))
        elif prompt and line.startswith(prompt.rstrip()):
            typed = line[len(prompt) :]
            reply = lab.session.handle(typed)
            shown += [f"{prompt}{typed}".rstrip(), *reply.lines]
            if not lab.chassis.is_up:
                shown += lab.wait(2.0).splitlines()
    assert "\n".join(shown) == block[1].rstrip()


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
