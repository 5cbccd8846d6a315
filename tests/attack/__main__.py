"""`python -m tests.attack SECONDS [NAME ...]`: attacks in turn, and a table of what they came to.

It ends with status 1 when a server kept another client waiting, grew, or did not end.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.attack.attacks import ATTACKS, OF_CLASS
from tests.attack.run import run

HEAD = ("attack", "rounds", "waits", "p50 ms", "p95 ms", "max ms", "MiB", "peak", "after", "end s")


def main(seconds: float, names: list[str]) -> int:
    """Attack and tell."""
    row = "{:20}{:>9}{:>8}{:>9}{:>9}{:>9}{:>7}{:>7}{:>7}{:>8}"
    print(row.format(*HEAD), flush=True)
    faults = []
    for name in names or [*ATTACKS, *OF_CLASS]:
        with TemporaryDirectory(prefix="attack-") as directory:
            found = run(name, seconds, Path(directory))
        times = (f"{1000 * time:.1f}" for time in (found.p50, found.p95, found.longest))
        sizes = (f"{size:.0f}" for size in (found.before, found.peak, found.after))
        end = f"{found.end:.2f}"
        print(row.format(name, found.rounds, found.count, *times, *sizes, end), flush=True)
        faults += [f"{name}: {fault}" for fault in found.faults]
    print("\n".join(faults) or "nobody was kept waiting, nothing grew, every server ended")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), sys.argv[2:]))
