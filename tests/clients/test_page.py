"""The scripts of the page on clients run as they stand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PAGE = (Path(__file__).parent.parent.parent / "docs" / "clients.md").read_text()
SCRIPTS = dict(
    re.findall(r"^## ([^\n]+)\n(?:(?!## )[^\n]*\n)*?```python\n(.*?)^```", PAGE, re.M | re.S)
)


def test_the_page_has_a_script_for_each_client() -> None:
    assert list(SCRIPTS) == ["netmiko", "scrapli", "Unicon and pyATS", "pexpect"]


@pytest.mark.parametrize("client", SCRIPTS)
def test_a_script(client: str, served: dict[str, Any]) -> None:
    environment = {**os.environ, "HOST": served["ssh"]["host"], "PORT": str(served["ssh"]["port"])}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPTS[client]],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "Image Version:" in done.stdout or "Overall Status" in done.stdout
