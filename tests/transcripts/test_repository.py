"""The transcripts of the repository; pytest replays them by itself, in both ways."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from staros_cli.app import main
from staros_cli.transcripts import runs
from staros_cli.transcripts.format import parse
from staros_cli.transcripts.over_ssh import TO_OURS, SshAddress, SshTarget
from staros_cli.transcripts.paths import ANYWHERE
from staros_cli.transcripts.replay import replay
from staros_cli.transcripts.runs import Way
from staros_cli.transcripts.spawned import ProgramTarget, installed_program
from staros_cli.transcripts.targets import MemoryTarget
from tests.transcripts.support import ROOT, TRANSCRIPTS, RecordingTarget

ALL = sorted((ROOT / "transcripts").rglob("*.transcript"))


@pytest.mark.end_to_end
@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_a_recording_replays_at_once(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ANYWHERE, "1")  # it names the files beside the original
    recorded = tmp_path / "recorded.transcript"
    original = runs.load(path)
    assert replay(original, RecordingTarget(recorded)).report() == []
    transcript = runs.load(recorded)
    assert transcript.commands == original.commands
    assert replay(transcript, MemoryTarget()).report() == []
    assert replay(transcript, ProgramTarget()).report() == []


@pytest.fixture(scope="module")
def controlled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SshAddress, Path]]:
    """A chassis served over SSH whose time the tests move: its address and its socket."""
    directory = tmp_path_factory.mktemp("controlled")
    control = directory / "control"
    command = [*installed_program(), "serve", "--json", "--control", str(control)]
    command += ["--host-key", str(directory / "key")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        (found,) = json.loads(process.stdout.readline())
        yield SshAddress(f"admin@{found['ssh']['host']}:{found['ssh']['port']}"), control
        process.kill()


@pytest.mark.end_to_end
@pytest.mark.skipif(shutil.which("ssh") is None, reason="needs the OpenSSH client")
@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_every_transcript_replays_over_ssh(path: Path, controlled: tuple[SshAddress, Path]) -> None:
    address, control = controlled
    target = SshTarget(address, "admin", TO_OURS, control=control)
    result = replay(runs.load(path), target)
    assert result.report() == []
    assert result.commands == runs.load(path).commands


@pytest.mark.end_to_end
@pytest.mark.skipif(shutil.which("ssh") is None, reason="needs the OpenSSH client")
def test_the_program_serves_what_it_replays_over_ssh(capsys: pytest.CaptureFixture[str]) -> None:
    paths = [str(ROOT / "transcripts" / f"{name}.transcript") for name in ("status", "errors")]
    assert main(["transcript", "replay", "--ssh", "serve", *paths]) == 0
    assert capsys.readouterr().out.endswith(": 2 passed\n")


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


@pytest.mark.proves("SR-13", "SR-15", "SR-17", "SR-18", "SR-20", "SR-21", "SR-27")
@pytest.mark.parametrize("way", [Way(in_memory=True), Way()], ids=["memory", "program"])
def test_the_session_of_the_readme_replays(way: Way) -> None:
    """The tour, pasted as it stands."""
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
