"""Shared by all tests: hypothesis without deadlines, since shared machines stall at times, and
the marks of what they prove."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests.proofs import Proofs

settings.register_profile("staros-cli", deadline=None, max_examples=100)
settings.load_profile("staros-cli")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--requirements", metavar="FILE", help="write the table of proofs to FILE")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Proofs(config), "proofs")


@pytest.fixture(scope="session")
def host_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a host key, which the first server makes."""
    return tmp_path_factory.mktemp("ssh") / "host_key"
