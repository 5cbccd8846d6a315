"""Runs proofs on mutants, inside a run of pytest that has collected them.

Each mutant is tried in a fork of this process: there, the code of one function is exchanged, and
the proofs run that passed through the changed lines, the quickest first, until one fails. A change
outside of functions needs a process of its own, that imports the module anew (`importing.py`); its
proofs are those that pass through a function that uses what was changed.
"""

from __future__ import annotations

import gc
import os
import selectors
import signal
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import CodeType, FrameType, FunctionType
from typing import Any, NamedTuple

import pytest

from tests.mutation.mutants import Mutant, modules
from tests.mutation.names import Names
from tests.mutation.results import INVALID, KILLED, SURVIVED, TIMEOUT, Result
from tests.mutation.running import SAY_FAILED, SAY_INVALID, SAY_SURVIVED
from tests.proofs import statements_of, test_of

FORGETFUL = ("staros_cli.chassis.definition", "tests")
"""Modules and packages whose cached functions begin anew with each test."""
MOST_RUNS = 8
"""On how many of the parameters of one test a change of a function is tried."""

PATIENCE = 10.0
"""Seconds that a proof has beside five times what it took when it was watched."""


class Proof(NamedTuple):
    """A test, the seconds it takes when it is watched, and the lines of modules that it passes."""

    item: pytest.Item
    seconds: float
    lines: frozenset[tuple[str, int]]


@dataclass
class Trial:
    """A mutant that is being tried: what its process has said, and until when it may be silent."""

    mutant: Mutant
    proofs: Sequence[Proof]
    pid: int
    pipe: int
    said: bytes = b""
    until: float = 0.0

    def hear(self, said: bytes) -> None:
        """Take down what was said."""
        self.said += said
        begun = self.begun
        seconds = PATIENCE * (3 if self.mutant.code is None and not begun else 1)
        if begun and begun[-1] < len(self.proofs):
            seconds += 5 * self.proofs[begun[-1]].seconds
        self.until = time.monotonic() + seconds

    @property
    def begun(self) -> list[int]:
        """The numbers of the proofs that have begun."""
        return [int(number) for number in self.said.rstrip(b"FSI").split()]


class Trials:
    """A plugin for pytest that tries mutants instead of running tests once."""

    def __init__(self, work: Callable[[Trials], None]) -> None:
        self._work = work
        self._failed = False
        self.proofs: list[Proof] = []
        self.problems: list[str] = []
        self._functions: dict[Any, list[FunctionType]] = {}
        self._names = Names(modules())

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note that a test failed."""
        self._failed |= report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Watch all proofs once, then try mutants."""
        for item in session.items:
            if statements_of(item) and _in_this_process(item):
                self._watch(item)
        if not self.problems:
            gc.collect()
            things = gc.get_objects()
            self._functions = by_place(f for f in things if isinstance(f, FunctionType))
            gc.freeze()
            self._work(self)
        return True

    def _run(self, item: pytest.Item) -> bool:
        """Run a test, and tell whether it passed."""
        self._failed = False
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        return not self._failed

    def _watch(self, item: pytest.Item) -> None:
        watched = {str(path) for path in modules()}
        lines: set[tuple[str, int]] = set()

        def line(frame: FrameType, event: str, argument: object) -> Any:
            lines.add((frame.f_code.co_filename, frame.f_lineno))
            return line

        def call(frame: FrameType, event: str, argument: object) -> Any:
            return line(frame, event, argument) if frame.f_code.co_filename in watched else None

        _clear_caches()
        began = time.perf_counter()
        sys.settrace(call)
        try:
            passed = self._run(item)
        finally:
            sys.settrace(None)
        if not passed:
            self.problems.append(f"fails without any mutant: {item.nodeid}")
        self.proofs.append(Proof(item, time.perf_counter() - began, frozenset(lines)))

    def passing(self, mutant: Mutant) -> list[Proof]:
        """The proofs that a change can concern, the quickest first."""
        if mutant.code is None:
            lines = self._names.lines(mutant.change.defines)
            if lines:
                return self._that_pass(lines)
            # Used outside of the modules only: whatever comes through its own may notice.
            return [p for p in self._by_seconds if any(f == str(mutant.file) for f, _ in p.lines)]
        by_test: dict[str, list[Proof]] = {}
        for proof in self._that_pass({(str(mutant.file), line) for line in mutant.lines}):
            by_test.setdefault(test_of(proof.item.nodeid), []).append(proof)
        chosen = (runs[:: -(-len(runs) // MOST_RUNS)] for runs in by_test.values())
        return sorted((run for runs in chosen for run in runs), key=lambda run: run.seconds)

    def _that_pass(self, lines: Collection[tuple[str, int]]) -> list[Proof]:
        return [proof for proof in self._by_seconds if not proof.lines.isdisjoint(lines)]

    @property
    def _by_seconds(self) -> list[Proof]:
        """All proofs, the quickest first."""
        return sorted(self.proofs, key=lambda proof: proof.seconds)

    def try_all(self, mutants: Iterator[Mutant], jobs: int) -> Iterator[tuple[Mutant, Result]]:
        """Try mutants, `jobs` at a time; tells what came of each."""
        with selectors.DefaultSelector() as selector:
            running = 0
            while True:
                while running < jobs and (mutant := next(mutants, None)) is not None:
                    proofs = self.passing(mutant)
                    if proofs:
                        trial = self._begin(mutant, proofs)
                        selector.register(trial.pipe, selectors.EVENT_READ, trial)
                        running += 1
                    else:
                        yield mutant, Result(SURVIVED)
                if not running:
                    return
                for trial, result in self._wait(selector):
                    running -= 1
                    yield trial.mutant, result

    def _begin(self, mutant: Mutant, proofs: Sequence[Proof]) -> Trial:
        reading, writing = os.pipe()
        pid = os.fork()
        if not pid:
            os.setpgid(0, 0)
            os.close(reading)
            self._child(mutant, proofs, writing)
        os.close(writing)
        trial = Trial(mutant, proofs, pid, reading)
        trial.hear(b"")
        return trial

    def _child(self, mutant: Mutant, proofs: Sequence[Proof], pipe: int) -> None:
        """Try a mutant, in a process that was forked for it."""
        try:
            if mutant.code is None:
                _import_anew(mutant, proofs, pipe)
            elif not exchange(mutant.code, self._functions):
                os.write(pipe, SAY_INVALID)
            else:
                os.write(pipe, self._first_failure(proofs, pipe))
        finally:
            os._exit(0)

    def _first_failure(self, proofs: Sequence[Proof], pipe: int) -> bytes:
        for number, proof in enumerate(proofs):
            _clear_caches()
            os.write(pipe, b"%d " % number)
            if not self._run(proof.item):
                return SAY_FAILED
        return SAY_SURVIVED

    def _wait(self, selector: selectors.BaseSelector) -> Iterator[tuple[Trial, Result]]:
        """Wait until something is said, and tell of the trials that have ended."""
        for key, _ in selector.select(timeout=0.5):
            trial = key.data
            if chunk := os.read(trial.pipe, 4096):
                trial.hear(chunk)
            else:
                yield trial, self._end(selector, trial)
        for key in list(selector.get_map().values()):
            trial = key.data
            if time.monotonic() > trial.until:
                os.killpg(trial.pid, signal.SIGKILL)
                yield trial, self._end(selector, trial, TIMEOUT)

    def _end(self, selector: selectors.BaseSelector, trial: Trial, verdict: str = "") -> Result:
        selector.unregister(trial.pipe)
        os.close(trial.pipe)
        os.waitpid(trial.pid, 0)
        if trial.said.endswith(SAY_SURVIVED):
            return Result(SURVIVED)
        if trial.said.endswith(SAY_INVALID) or not trial.begun:
            return Result(INVALID)
        # One that ended with its process was noticed as well.
        proof = trial.proofs[trial.begun[-1]]
        return Result(verdict or KILLED, proof.item.nodeid, tuple(statements_of(proof.item)))


def _in_this_process(item: pytest.Item) -> bool:
    if item.path.suffix == ".transcript":
        return item.name == "memory"
    return item.get_closest_marker("end_to_end") is None


def by_place(functions: Iterable[FunctionType]) -> dict[Any, list[FunctionType]]:
    """Functions by where their code stands."""
    found: dict[Any, list[FunctionType]] = {}
    for function in functions:
        found.setdefault(_place(function.__code__), []).append(function)
    return found


def _place(code: CodeType) -> tuple[str, int, str]:
    return code.co_filename, code.co_firstlineno, code.co_name


def exchange(code: CodeType, functions: Mapping[Any, Sequence[FunctionType]]) -> bool:
    """Give the functions that stand in one place other code; tells whether that can be done."""
    try:
        for function in functions[_place(code)]:
            function.__code__ = code
    except (KeyError, ValueError):
        return False
    return True


def _import_anew(mutant: Mutant, proofs: Sequence[Proof], pipe: int) -> None:
    os.set_inheritable(pipe, True)
    what = [str(mutant.file), str(mutant.number), str(pipe)]
    tests = [proof.item.nodeid for proof in proofs]
    os.execv(sys.executable, [sys.executable, "-m", "tests.mutation.importing", *what, *tests])


def _clear_caches() -> None:
    for name, module in list(sys.modules.items()):
        if name.startswith(FORGETFUL):
            for thing in list(vars(module).values()):
                if hasattr(thing, "cache_clear") and thing.__module__ == name:
                    thing.cache_clear()
