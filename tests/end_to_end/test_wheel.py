"""The wheel works from an empty environment and any directory."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.end_to_end
ROOT = Path(__file__).parent.parent.parent


def test_built_installed_and_run_elsewhere(tmp_path: Path) -> None:
    def run(*command: str | Path, cwd: Path = tmp_path) -> str:
        done = subprocess.run(
            list(map(str, command)), cwd=cwd, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    build = ("-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT)
    run(sys.executable, *build)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "staros_cli/grammar/recovery.lark" in names
    assert "staros_cli/definitions/asr5500.toml" in names
    assert not any(name.startswith("tests") for name in names)
    run(sys.executable, "-m", "venv", tmp_path / "empty")
    run(tmp_path / "empty/bin/python", "-m", "pip", "install", "--quiet", wheel)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shown = run(
        tmp_path / "empty/bin/staros-cli",
        "--state",
        "none",
        "-c",
        "show session recovery status",
        cwd=elsewhere,
    )
    assert "Session Recovery Not Enabled" in shown
    assert list(elsewhere.iterdir()) == []
