"""A limit to the time of work, and grading that goes on with the next file."""

from __future__ import annotations

import contextlib
import signal
from pathlib import Path

import pytest

from staros_cli.app import main
from staros_cli.labs.attempt import Grade
from staros_cli.teaching import grading
from staros_cli.time_limit import at_most
from tests.teaching.test_submission import progress

SHORT = 0.02


def work_for_ever() -> None:
    while True:
        with contextlib.suppress(Exception):
            while True:
                pass


def test_work_without_end_is_interrupted_even_where_it_catches_exceptions() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with pytest.raises(TimeoutError, match=r"not done within 0\.02 seconds"), at_most(SHORT):
        work_for_ever()
    assert signal.getsignal(signal.SIGALRM) == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_errors_of_the_work_stay_what_they_are() -> None:
    with pytest.raises(KeyError), at_most(60):
        raise KeyError
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_no_limit_is_no_limit() -> None:
    with at_most(0):
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_grading_goes_on_with_the_next_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.lab.json").write_bytes(progress())
    good = grading.grade_file(tmp_path / "b.lab.json")

    def slow(path: Path, *_: object) -> Grade:
        if path.name.startswith("a"):
            work_for_ever()
        return good

    monkeypatch.setattr(grading, "grade_file", slow)
    assert main(["lab", "grade", str(tmp_path), "--time-limit", str(SHORT)]) == 1
    printed = capsys.readouterr()
    assert printed.err == (
        f"staros-cli: {tmp_path}/a.lab.json: cannot be graded: not done within 0.02 seconds; "
        "--time-limit gives it more\n"
    )
    assert "under way" in printed.out


@pytest.mark.parametrize("text", ["-1", "nan", "inf", "soon", "9" * 5000])
def test_a_limit_is_a_number_of_seconds(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["lab", "grade", "x", "--time-limit", text])
    assert "expected seconds from 0 to 86400" in capsys.readouterr().err
