"""Starts that fail: after three in a row the system comes up without its configuration."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from staros_cli.chassis.failed_starts import MOST_FAILED_STARTS, FailedStarts
from staros_cli.commands import configuration_file
from staros_cli.device import Device
from staros_cli.emulator import STARTS_FILE


def break_reading(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Have every configuration bring its start to an end; counts the starts."""
    tried: list[int] = []

    def step(reading: object) -> bool:
        tried.append(1)
        raise RecursionError("too deep")

    monkeypatch.setattr(configuration_file.FileReading, "step", step)
    return tried


def test_a_chassis_is_switched_on_with_local_alone_after_three_failed_starts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = break_reading(monkeypatch)
    device = Device()
    assert len(tried) == MOST_FAILED_STARTS
    assert device.chassis.is_up
    assert [c.name for c in device.chassis.contexts] == ["local"]
    assert device.console.start_notes == [
        "Failure: The last 3 starts failed (/flash/system.cfg: RecursionError: too deep), "
        "only the context local is configured"
    ]


def test_a_restart_comes_up_with_local_alone_after_three_failed_starts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    device = Device()
    with monkeypatch.context() as patch:
        tried = break_reading(patch)
        shown = device.reload()
        assert "only the context local is configured" in shown
    assert len(tried) == MOST_FAILED_STARTS
    assert [c.name for c in device.chassis.contexts] == ["local"]
    assert device.chassis.booted_from is None
    # The next start tries the configuration again.
    device.reload()
    assert len(list(device.chassis.contexts)) > 1


def test_programs_that_end_in_a_start_are_counted(tmp_path: Path) -> None:
    Device(state=tmp_path).close()
    assert not (tmp_path / STARTS_FILE).exists()
    for count in range(1, MOST_FAILED_STARTS + 1):
        if (child := os.fork()) == 0:
            configuration_file.FileReading.step = lambda reading: os.kill(  # type: ignore[method-assign,assignment,return-value]
                os.getpid(), signal.SIGKILL
            )
            Device(state=tmp_path)
            os._exit(0)
        assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
        assert (tmp_path / STARTS_FILE).read_text().startswith(f"{count} ")
    with Device(state=tmp_path) as device:
        assert "(the program ended meanwhile)" in device.console.start_notes[0]
        assert [c.name for c in device.chassis.contexts] == ["local"]
    with Device(state=tmp_path) as device:
        assert len(list(device.chassis.contexts)) > 1


@pytest.mark.parametrize("data", [b"", b"many", b"-1 x", b"9" * 5000, b"\xff\x00"])
def test_a_damaged_count_does_no_harm(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "count").write_bytes(data)
    found = FailedStarts(tmp_path / "count")
    assert 0 <= found.count <= MOST_FAILED_STARTS
    found.succeed()
    assert FailedStarts(tmp_path / "count").count == 0


def test_a_place_that_cannot_be_written_counts_in_memory(tmp_path: Path) -> None:
    found = FailedStarts(tmp_path / "missing" / "count")
    found.begin()
    found.fail("bad")
    assert (found.count, found.reason) == (1, "bad")
    found.succeed()
    assert found.count == 0
