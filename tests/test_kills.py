"""The short form of `make kills`, and that it would notice what it is for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.kills.lives import LIVES

pytestmark = pytest.mark.end_to_end
HERE = Path(__file__).parents[1]

IN_PLACE = """
import sys
from pathlib import Path
from tests.kills.lives import LIVES, Fault, Life
from tests.kills.run import WRITES, Moment, Trial
import tests.kills.run as runs

class InPlace(Life):
    def prepare(self, root):
        (root / "file").write_bytes(b"0" * 9)

    def live(self, root, after, told):
        while True:
            after += 1
            with (root / "file").open("wb") as stream:
                for _ in range(9):
                    stream.write(str(after).encode())
                    stream.flush()
            (root / f"left-{after}").touch()
            told(after)
            (root / f"left-{after}").unlink()
            yield

    def version(self, root, told):
        text = (root / "file").read_text()
        if len(text) != 9:
            raise Fault("half")
        return int(text[0])

LIVES["in place"] = InPlace
runs.WRITES = {"<string>"}
trial = Trial("in place", Path(sys.argv[1]) / "root")
for line in range(1, 80):
    trial.kill(Moment(line=line))
print(sum(fault.endswith(": half") for fault in trial.tally.faults))
print(sum("left behind" in fault for fault in trial.tally.faults))
"""


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """Run Python; forking is for processes of one thread, which this one may not be."""
    return subprocess.run(
        [sys.executable, *words], cwd=HERE, capture_output=True, text=True, check=False
    )


def test_what_is_killed_leaves_old_or_new_and_nothing_else() -> None:
    done = run("-m", "tests.kills", str(5 * len(LIVES)), "7", "lines")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing is left behind" in done.stdout


def test_half_a_file_and_one_that_is_left_are_noticed(tmp_path: Path) -> None:
    done = run("-c", IN_PLACE, str(tmp_path))
    assert done.returncode == 0, done.stderr
    half, left = map(int, done.stdout.split())
    assert half
    assert left
