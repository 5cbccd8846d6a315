"""How pytest runs for a mutation test."""

from __future__ import annotations

import pytest
from hypothesis import Phase, settings

OPTIONS = (
    "-q",
    "-s",
    "-p",
    "no:xdist",
    "-p",
    "no:benchmark",
    "-p",
    "no:cacheprovider",
    "--override-ini=addopts=",
    "--assert=plain",
    "--tb=no",
    "--staros-replay=memory",
    "--ignore=tests/bench",
    "--ignore=tests/test_proofs.py",
)
SAY_FAILED, SAY_SURVIVED, SAY_INVALID = b"F", b"S", b"I"
"""The last words of a process; before, it says the number of each proof that begins."""


class Profile:
    """A plugin for pytest: properties try the same few examples each time, and no simpler ones."""

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        """Choose that before tests are collected."""
        phases = (Phase.explicit, Phase.generate)
        settings.register_profile(
            "mutants",
            settings.default,
            max_examples=10,
            derandomize=True,
            database=None,
            phases=phases,
        )
        settings.load_profile("mutants")


PROFILE = Profile()
