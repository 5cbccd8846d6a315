"""`python -m tests.kills KILLS SEED [lines]`: kills in turn, and a table of what came of them.

With `lines` all kills come before lines of the program, the same for the same seed. It ends with
status 1 when something was neither old nor new, or was left behind.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.kills.run import run


def main(kills: int, seed: int, by_time: bool) -> int:
    """Kill and tell."""
    began = time.monotonic()
    with TemporaryDirectory(prefix="kills-") as directory:
        trials = run(kills, seed, by_time, Path(directory))
    print(f"{'':14}{'kills':>7}{'outlived':>10}{'written':>9}{'old':>6}{'new':>6}{'faults':>8}")
    for trial in trials:
        tally = trial.tally
        numbers = f"{tally.kills:7}{tally.outlived:10}{tally.written:9}{tally.old:6}{tally.new:6}"
        print(f"{trial.name:14}{numbers}{len(tally.faults):8}")
    faults = [fault for trial in trials for fault in trial.tally.faults]
    print("\n".join(faults) or "everything is old or new, whole, and nothing is left behind")
    total = sum(trial.tally.kills for trial in trials)
    print(f"seed {seed}: {total} kills in {time.monotonic() - began:.0f} s")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), "lines" not in sys.argv[3:]))
