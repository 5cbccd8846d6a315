"""`python -m tests.fuzz MINUTES [SEED]`: random lines, files and streams until the time is over."""

from __future__ import annotations

import random
import sys
import time

from tests.fuzz.run import Tally, one_round


def main() -> int:
    """Fuzz for so many minutes, beginning with a seed; prints a line a minute."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(1 << 32)
    ends_at = time.monotonic() + 60 * minutes
    tally = Tally()
    told = time.monotonic()
    while time.monotonic() < ends_at:
        one_round(seed, tally, lines=2000, files=50, streams=500)
        seed += 1
        if time.monotonic() > told + 60:
            told = time.monotonic()
            print(tally, flush=True)
    print(tally)
    return int(bool(tally.faults))


sys.exit(main())
