"""The transcripts of the repository; pytest replays them by itself, in both ways."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from staros_cli.transcripts import runs
from staros_cli.transcripts.format import parse
from staros_cli.transcripts.replay import replay
from staros_cli.transcripts.runs import Way
from staros_cli.transcripts.spawned import ProgramTarget
from staros_cli.transcripts.targets import MemoryTarget
from tests.transcripts.support import ROOT, TRANSCRIPTS, RecordingTarget


@pytest.mark.end_to_end
@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_a_recording_replays_at_once(path: Path, tmp_path: Path) -> None:
    recorded = tmp_path / "recorded.transcript"
    original = runs.load(path)
    assert replay(original, RecordingTarget(recorded)).report() == []
    transcript = runs.load(recorded)
    assert transcript.commands == original.commands
    assert replay(transcript, MemoryTarget()).report() == []
    assert replay(transcript, ProgramTarget()).report() == []


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_every_transcript_is_good(path: Path) -> None:
    assert runs.check(path).commands > 0


def test_the_chapter_and_each_part_of_the_command_line_have_one() -> None:
    assert {path.stem for path in TRANSCRIPTS} >= {
        "licence",
        "enabling-in-service",
        "enabling-out-of-service",
        "disabling",
        "hand-edited-file",
        "status",
        "chapter-subscriber",
        "chapter-rct",
        "chapter-rct-verbose",
        "recovered-session",
        "card-migration",
        "help",
        "abbreviation",
        "errors",
        "pipes",
        "confirmation",
        "two-administrators",
        "pager",
    }


@pytest.mark.parametrize("way", [Way(in_memory=True), Way()], ids=["memory", "program"])
def test_the_session_of_the_readme_replays(way: Way) -> None:
    """SR-13, SR-15, SR-17, SR-18, SR-20, SR-21, SR-27: the tour, pasted as it stands."""
    block = re.search(r"```\n(\[local\].*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert block is not None
    result = replay(parse(block[1], "README.md"), way.target())
    assert result.report() == []
    assert result.commands == 10


def test_the_examples_of_the_documents_are_good() -> None:
    """Every block of the documentation that is a whole transcript replays."""
    text = (ROOT / "docs/transcripts.md").read_text()
    blocks = re.findall(r"```transcript\n(.*?)```", text, re.DOTALL)
    assert len(blocks) > 3
    for block in blocks:
        assert replay(parse(block, "docs/transcripts.md"), MemoryTarget()).report() == []
