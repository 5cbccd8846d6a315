"""Benchmarks, run by `make bench`; none of them passes or fails a build."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.lab import Lab

PROGRAM = str(Path(sys.executable).with_name("staros-cli"))


@pytest.mark.benchmark(group="commands of one session")
def test_show_clock(benchmark: BenchmarkFixture) -> None:
    session = Lab().session
    reply = benchmark(session.handle, "show clock")
    assert reply.lines


@pytest.mark.benchmark(group="commands of one session")
def test_show_session_recovery_status_verbose(benchmark: BenchmarkFixture) -> None:
    lab = Lab("asr5000-chapter")
    reply = benchmark(lab.session.handle, "show session recovery status verbose")
    assert len(reply.lines) > 10


@pytest.mark.benchmark(group="commands of one session")
def test_show_session_recovery_status_verbose_default_chassis(benchmark: BenchmarkFixture) -> None:
    lab = Lab()
    lab.configure("require session recovery")
    lab.typed("save configuration -noconfirm")
    lab.reload()
    reply = benchmark(lab.session.handle, "show session recovery status verbose")
    assert len(reply.lines) > 10


@pytest.mark.benchmark(group="first prompt", min_rounds=10)
def test_importing_lark_and_prompt_toolkit(benchmark: BenchmarkFixture) -> None:
    benchmark(subprocess.run, [sys.executable, "-c", "import lark, prompt_toolkit"], check=True)


@pytest.mark.benchmark(group="first prompt", min_rounds=10)
@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_first_prompt(benchmark: BenchmarkFixture, term: str) -> None:
    environment = {**os.environ, "TERM": term, "PROMPT_TOOLKIT_NO_CPR": "1"}

    children: list[pexpect.spawn[bytes]] = []

    def end() -> None:
        while children:
            children.pop().close(force=True)

    def first_prompt() -> None:
        children.append(pexpect.spawn(PROGRAM, env=environment))
        children[-1].expect_exact("asr5500#")

    # A program that still runs holds the state directory.
    benchmark.pedantic(first_prompt, setup=end, rounds=10, warmup_rounds=1)
    end()
