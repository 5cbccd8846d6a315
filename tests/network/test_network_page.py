"""The commands of the page on the network can be typed and run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from staros_cli.network.limits import Limits

PAGE = Path(__file__).resolve().parents[2] / "docs/network.md"


@pytest.mark.end_to_end
def test_the_example_in_python_runs(tmp_path: Path) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", example],
        capture_output=True,
        text=True,
        timeout=30,
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path)},
    )
    assert done.stderr == ""
    assert done.stdout.startswith("Active Software:")


def test_every_limit_stands_in_the_table() -> None:
    text = PAGE.read_text()
    for name in Limits.__struct_fields__:
        assert f"`{name.replace('_', '-')}`" in text, name


def test_every_option_stands_in_the_table() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "staros_cli", "serve", "--help"],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    text = PAGE.read_text()
    for option in set(re.findall(r"--[a-z-]+", done.stdout)) - {"--help"}:
        assert f"`{option}" in text, option
