"""Standard output that is full, closed or not read: told in one line, without a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

PROGRAM = Path(sys.executable).with_name("staros-cli")
FULL = "staros-cli: standard output: No space left on device"
TRANSCRIPT = "[local]asr5500# show version\n[local]asr5500#\n"

pytestmark = pytest.mark.end_to_end

COMMANDS = [
    ("--version",),
    ("serve", "--help"),
    ("--state", "none", "-c", "show version"),
    ("--state", "none", "-c", "show version", "--json"),
    ("chassis", "list"),
    ("chassis", "list", "--json"),
    ("chassis", "show", "asr5500"),
    ("chassis", "check", "asr5500"),
    ("chassis", "reset", "asr5500"),
    ("license", "make"),
    ("transcript", "check", "x.transcript"),
    ("transcript", "replay", "--in-memory", "x.transcript"),
    ("transcript", "from-log", "x.transcript"),
    ("lab", "list"),
    ("lab", "check", "finding-ones-way"),
    ("lab", "report"),
    ("lab", "grade", "x.transcript"),
    ("completion", "bash"),
]


def environment(home: Path) -> dict[str, str]:
    given = {name: text for name, text in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return given | {"HOME": str(home), "XDG_STATE_HOME": str(home)}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "x.transcript").write_text(TRANSCRIPT)
    return tmp_path


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_output_that_is_full_or_closed_or_not_read(place: Path, words: tuple[str, ...]) -> None:
    if words == ("lab", "grade", "x.transcript"):
        (place / "x.transcript").write_text("# lab finding-ones-way\n" + TRANSCRIPT)
    full = shell(place, words, ">/dev/full")
    assert (full.returncode, full.stderr.splitlines()[-1]) == (2, FULL)
    reader, writer = os.pipe()
    os.close(reader)
    try:
        unread = subprocess.run(
            [PROGRAM, *words],
            cwd=place,
            env=environment(place),
            stdin=subprocess.DEVNULL,
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        os.close(writer)
    closed = shell(place, words, ">&-")
    assert unread.returncode == 0
    assert closed.returncode in (0, 1)  # 1 where a transcript differs
    for done in (full, unread, closed):
        assert "Traceback" not in done.stderr
        assert "Exception" not in done.stderr


def shell(place: Path, words: tuple[str, ...], where: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "-c", f'exec "$0" "$@" {where}', PROGRAM, *words],
        cwd=place,
        env=environment(place),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )


SESSIONS = [
    ("--state", "none"),
    ("lab", "start", "finding-ones-way"),
    ("transcript", "record", "new.transcript"),
]


@pytest.mark.parametrize(
    ("words", "where", "status"),
    [
        *((words, "| true", 0) for words in SESSIONS),
        *((words, ">/dev/full", 2) for words in [*SESSIONS, ("serve", "--state", "none")]),
    ],
)
def test_a_session_at_a_terminal_whose_output_goes_elsewhere(
    place: Path, words: tuple[str, ...], where: str, status: int
) -> None:
    line = f"set -o pipefail; {PROGRAM} {' '.join(words)} {where}; echo status $?"
    child = pexpect.spawn(
        "/bin/bash",
        ["-c", line],
        cwd=str(place),
        env=environment(place),
        encoding="utf-8",
        timeout=30,
    )
    child.expect(f"status {status}\r\n")
    assert isinstance(child.before, str)
    assert "Traceback" not in child.before
    assert status == 0 or FULL in child.before
