"""One host key for all tests of the network."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def host_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a host key, which the first server makes."""
    return tmp_path_factory.mktemp("ssh") / "host_key"
