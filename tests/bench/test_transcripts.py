"""How fast transcripts replay; at least 300 commands a second are wanted in memory."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from staros_cli.transcripts import runs
from staros_cli.transcripts.format import parse
from staros_cli.transcripts.replay import replay
from staros_cli.transcripts.runs import Way

ROOT = Path(__file__).parent.parent.parent
COMMANDS = 100


@pytest.mark.benchmark(group="transcripts")
@pytest.mark.parametrize("way", [Way(in_memory=True), Way()], ids=["memory", "program"])
def test_a_hundred_commands(benchmark: BenchmarkFixture, way: Way) -> None:
    """The chassis, and the start of the program, are part of it."""
    step = "[local]host_name# show session recovery status verbose\n...\n"
    text = "# chassis asr5000-chapter\n" + step * COMMANDS
    transcript = parse(text, "bench")
    result = benchmark(lambda: replay(transcript, way.target()))
    assert result.passed
    benchmark.extra_info["commands a second"] = round(COMMANDS / benchmark.stats["mean"])


@pytest.mark.benchmark(group="transcripts")
@pytest.mark.parametrize("way", [Way(in_memory=True), Way()], ids=["memory", "program"])
def test_the_transcripts_of_the_repository(benchmark: BenchmarkFixture, way: Way) -> None:
    """All of them, a chassis or a process each."""
    paths = runs.find([str(ROOT / "transcripts")])
    outcomes = benchmark.pedantic(lambda: [runs.run(path, way) for path in paths], rounds=3)
    commands = sum(found.result.commands for found in outcomes if found.result)
    benchmark.extra_info["commands a second"] = round(commands / benchmark.stats["mean"])
