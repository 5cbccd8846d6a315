"""`make mutants`: try all mutants, and say which of them no proof noticed."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest

from tests.mutation.accepted import FILE as ACCEPTED_FILE
from tests.mutation.accepted import Accepted
from tests.mutation.mutants import ROOT, Mutant, modules, mutants
from tests.mutation.results import FILE, INVALID, Result, Results
from tests.mutation.running import OPTIONS, PROFILE
from tests.mutation.trials import Trials

GOAL = 0.9
"""The share of mutants that proofs have to notice."""


class Run:
    """A mutation test: what was chosen, and what came of it so far."""

    def __init__(self, options: argparse.Namespace, out: TextIO) -> None:
        self._out = out
        self._jobs = options.jobs
        self._until = time.monotonic() + 60 * options.minutes
        self._began = time.monotonic()
        self._results = Results(options.results, fresh=options.fresh)
        self._accepted = Accepted()
        self._modules = modules(options.modules)
        self.outcomes: list[tuple[Mutant, Result]] = []
        self._left = 0

    def work(self, trials: Trials) -> None:
        """Try what is not known, for as long as there is time."""
        seconds = sum(proof.seconds for proof in trials.proofs)
        self._say(f"{len(trials.proofs)} proofs, {seconds:.0f} s")
        tests = {proof.item.nodeid for proof in trials.proofs}
        for mutant, result in trials.try_all(self._unknown(tests), self._jobs):
            self._results.add(mutant, result)
            self._note(mutant, result)

    def _unknown(self, tests: set[str]) -> Iterator[Mutant]:
        everything = [
            mutant
            for path in self._modules
            for mutant in mutants(path)
            if not self._accepted.leaves_out(mutant)
        ]
        # In no order, so that a run that is cut short has tried something of everything; those
        # outside of functions come last, since they take longer.
        for mutant in sorted(everything, key=lambda mutant: (mutant.code is None, mutant.key)):
            result = self._results.get(mutant, tests)
            if result is not None:
                self._note(mutant, result)
            elif time.monotonic() > self._until:
                self._left += 1
            else:
                yield mutant

    def _note(self, mutant: Mutant, result: Result) -> None:
        self.outcomes.append((mutant, result))
        proof = f"{' '.join(result.statements)}  {result.test}" if result.test else ""
        self._say(f"{result.verdict:9} {mutant.where}  {proof}".rstrip())

    def _say(self, text: str = "") -> None:
        print(text, file=self._out, flush=True)

    def report(self) -> bool:
        """Print survivors and figures; tells whether all is as it should be."""
        self._say()
        survivors = [mutant for mutant, result in self.outcomes if _survived(result)]
        unlisted = [mutant for mutant in survivors if self._accepted.get(mutant) is None]
        for mutant in sorted(unlisted, key=lambda m: (m.file, m.number)):
            self._say(f"survived: {mutant.where} {mutant.change.path}".rstrip())
            self._say(f"  - {mutant.change.before}\n  + {mutant.change.after}")
        stale = self._accepted.stale(self._modules if not self._left else (), survivors)
        for entry in stale:
            name = ACCEPTED_FILE.relative_to(ROOT)
            self._say(f"{name}: does not survive: {entry.where}")
            self._say(f"  - {entry.before}\n  + {entry.after}")
        self._figures()
        share = self._share()
        minutes = (time.monotonic() - self._began) / 60
        self._say(
            f"noticed {share:.1%} of those that change something, {len(unlisted)} survivors are "
            f"not listed, {self._left} were not tried, {minutes:.1f} minutes"
        )
        return share >= GOAL and not unlisted and not stale and not self._left

    def _kinds(self) -> Iterator[tuple[Path, str, Result]]:
        """By module, what kind of result each mutant has."""
        for mutant, result in self.outcomes:
            entry = self._accepted.get(mutant) if _survived(result) else None
            kind = "noticed" if result.noticed else entry.kind if entry else result.verdict
            yield mutant.file, kind, result

    def _share(self) -> float:
        counts = Counter(kind for _, kind, _ in self._kinds())
        total = counts["noticed"] + counts["accepted"] + counts["survived"]
        return counts["noticed"] / total if total else 1.0

    def _figures(self) -> None:
        columns = ("noticed", "survived", "accepted", "equivalent", INVALID)
        rows: dict[str, Counter[str]] = {}
        statements: Counter[str] = Counter()
        for path, kind, result in self._kinds():
            for name in (str(path.relative_to(ROOT)), "all"):
                rows.setdefault(name, Counter())[kind] += 1
            statements.update(result.statements)
        self._say(f"\n{'':44}{'tried':>10}" + "".join(f"{column:>11}" for column in columns))
        for name, counts in sorted(rows.items(), key=lambda row: (row[0] == "all", row[0])):
            figures = "".join(f"{counts[column]:11}" for column in columns)
            self._say(f"{name:44}{counts.total():10}{figures}")
        noticed = ", ".join(f"{name} {count}" for name, count in sorted(statements.items()))
        self._say(f"\nnoticed by proofs of: {noticed}\n")


def _survived(result: Result) -> bool:
    return not result.noticed and result.verdict != INVALID


def main() -> int:
    """Run a mutation test; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", help="names of modules, such as recovery")
    parser.add_argument("--minutes", type=float, default=60, help="at most so many (default 60)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="mutants at a time")
    parser.add_argument("--fresh", action="store_true", help="forget earlier results")
    parser.add_argument("--results", type=Path, default=FILE, help="file that keeps the results")
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    run = Run(parser.parse_args(), out)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
    os.chdir(ROOT)
    trials = Trials(run.work)
    code = pytest.main([*OPTIONS], plugins=[PROFILE, trials])
    for problem in trials.problems:
        print(problem, file=out)
    if code != pytest.ExitCode.OK or trials.problems:
        print(f"the proofs do not pass without mutants (pytest: {code})", file=out)
        return 2
    return 0 if run.report() else 1


if __name__ == "__main__":
    sys.exit(main())
