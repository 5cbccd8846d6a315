"""Runs proofs in a process of its own, in which a module is imported with a change.

`python -m tests.mutation.importing FILE NUMBER PIPE TESTS`; what it says into the pipe is that of
`trials.py`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, ModuleType

import pytest

from tests.mutation.mutants import ROOT, mutated
from tests.mutation.running import OPTIONS, PROFILE, SAY_FAILED, SAY_INVALID, SAY_SURVIVED


class Changed(MetaPathFinder, InspectLoader):
    """Finds one module, with code that is given."""

    def __init__(self, path: Path, code: CodeType) -> None:
        self._path = path
        self._name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        self._code = code

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of the module, if it is the one."""
        if name != self._name:
            return None
        spec = spec_from_loader(name, self, origin=str(self._path))
        if spec is not None:
            spec.has_location = True
        return spec

    def get_code(self, fullname: str) -> CodeType:
        """The code of the module."""
        return self._code

    def get_source(self, fullname: str) -> str:
        """The text of the module as it was."""
        return self._path.read_text()


class Teller:
    """A plugin for pytest that says which of the tests has begun."""

    def __init__(self, tests: Sequence[str], pipe: int) -> None:
        self._tests = tests
        self._pipe = pipe

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """A test begins."""
        os.write(self._pipe, b"%d " % self._tests.index(nodeid))


def main(file: str, number: str, pipe: str, *tests: str) -> None:
    """Run `tests` with the change of that number in `file`."""
    path = Path(file)
    sys.meta_path.insert(0, Changed(path, mutated(path, int(number))))
    code = pytest.main([*OPTIONS, "-x", *tests], plugins=[PROFILE, Teller(tests, int(pipe))])
    said = {pytest.ExitCode.OK: SAY_SURVIVED, pytest.ExitCode.TESTS_FAILED: SAY_FAILED}
    os.write(int(pipe), said.get(pytest.ExitCode(code), SAY_INVALID))
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
