"""A server for clients as people install them, its chassis 20 times as fast as real time."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent


@pytest.fixture
def served(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """The output of `staros-cli serve --json` about one chassis."""
    command = [sys.executable, "-m", "staros_cli", "serve", "--json", "--clock-rate", "20"]
    command += ["--state", str(tmp_path / "state"), "--host-key", str(tmp_path / "host_key")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        (found,) = json.loads(process.stdout.readline())
        yield found
        process.terminate()
        assert process.wait(10) == 0
