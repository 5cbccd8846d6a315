"""The outcomes of mutants, in a file of the user's cache, so that a run can be gone on with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from platformdirs import user_cache_path

from tests.mutation.mutants import ROOT, Mutant

KILLED, SURVIVED, TIMEOUT, INVALID = "killed", "survived", "timeout", "invalid"
"""The verdicts; a mutant is invalid when its module cannot be imported any more."""
FILE = user_cache_path("staros-cli") / "mutants.jsonl"


class Result(NamedTuple):
    """The outcome of a mutant; `test` and its statements are those of the proof that noticed it."""

    verdict: str
    test: str = ""
    statements: tuple[str, ...] = ()

    @property
    def noticed(self) -> bool:
        """Whether a proof failed or did not end."""
        return self.verdict in (KILLED, TIMEOUT)


def fingerprint() -> str:
    """Stands for all the program and all its tests as they are."""
    digest = hashlib.sha256()
    for directory in ("staros_cli", "grammar", "tests", "transcripts"):
        for path in sorted((ROOT / directory).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and "mutation" not in path.parts:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:20]


class Results:
    """The results so far.

    That a mutant survived is good for as long as nothing at all changes; that it was noticed, for
    as long as its module and the name of the proof stay.
    """

    def __init__(self, path: Path = FILE, *, fresh: bool = False) -> None:
        self._path = path
        self._state = fingerprint()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._known: dict[str, Result] = {}
        if fresh:
            path.unlink(missing_ok=True)
        elif path.exists():
            self._read(path.read_text().splitlines())

    def _read(self, lines: Iterable[str]) -> None:
        for line in lines:
            try:
                key, state, verdict, test, statements = json.loads(line)
            except ValueError:
                continue  # the last line of a run that was ended
            if verdict != SURVIVED or state == self._state:
                self._known[key] = Result(verdict, test, tuple(statements))
            else:
                self._known.pop(key, None)

    def get(self, mutant: Mutant, tests: Iterable[str]) -> Result | None:
        """The known outcome of a mutant, given the tests that there are."""
        result = self._known.get(mutant.key)
        return result if result and (not result.test or result.test in tests) else None

    def add(self, mutant: Mutant, result: Result) -> None:
        """Keep what came of a mutant."""
        self._known[mutant.key] = result
        row = [mutant.key, self._state, *result]
        with self._path.open("a") as file:
            file.write(json.dumps(row) + "\n")
