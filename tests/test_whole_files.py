"""Files that are written whole, and what is left of programs that were ended meanwhile."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from staros_cli.app import main
from staros_cli.chassis.definition import load
from staros_cli.emulator import StateError, directory_storage, remove_state
from staros_cli.labs import progress, schema
from staros_cli.labs.progress import Keeper
from staros_cli.network import host_key as host_keys
from staros_cli.whole_files import HALF_WRITTEN, remove_half_written, write_whole
from tests.lab import START


def left_in(directory: Path) -> Path:
    """The leavings of a program that is killed while it writes."""
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / f"{HALF_WRITTEN}x"
    file.write_bytes(b"half")
    return file


def test_what_is_being_written_stays_and_what_was_left_goes(tmp_path: Path) -> None:
    left, held = left_in(tmp_path), tmp_path / f"{HALF_WRITTEN}y"
    with held.open("wb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        remove_half_written(tmp_path)
        assert held.exists()
        assert not left.exists()


def test_a_link_that_looks_like_it_leads_nowhere(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_bytes(b"x")
    (tmp_path / f"{HALF_WRITTEN}z").symlink_to(kept)
    remove_half_written(tmp_path)
    assert kept.read_bytes() == b"x"


def test_a_file_that_was_removed_before_it_was_held_is_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between its making and its holding somebody may take it for one that was left."""
    held = fcntl.flock
    removed: list[Path] = []

    def flock(handle: int, operation: int) -> None:
        if not removed:
            removed.extend(tmp_path.glob(f"{HALF_WRITTEN}*"))
            removed[0].unlink()
        held(handle, operation)

    monkeypatch.setattr(fcntl, "flock", flock)
    write_whole(tmp_path / "file", b"whole")
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("file", b"whole")]


def test_every_place_is_tidied_at_the_next_start(tmp_path: Path) -> None:
    state, labs = tmp_path / "state", tmp_path / "labs"
    definition = load("asr5500")
    left = [left_in(tmp_path / "ssh"), left_in(state), left_in(labs), left_in(labs / "ann")]
    directory_storage(state, definition, START)
    host_keys.load_or_make(tmp_path / "ssh" / "host_key")
    lab = schema.load("disabling")
    with Keeper(labs / "x.lab.json").alone():
        pass
    assert Keeper(labs / "ann" / "x.lab.json").unfinished(lab) is None
    assert [str(file) for file in left if file.exists()] == []


def test_a_directory_is_removed_whole_even_if_that_is_broken_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    root, definition = tmp_path / "asr5500", load("asr5500")
    directory_storage(root, definition, START)
    (root / "flash/mine.cfg").write_bytes(b"x")
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", lambda path: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            remove_state(root)
    assert not root.exists()
    storage = directory_storage(root, definition, START)
    assert os.listdir(tmp_path) == ["asr5500"]
    assert not (root / "flash/mine.cfg").exists()
    assert (root / "flash/system.cfg").stat().st_size
    assert storage


def test_a_chassis_that_is_in_use_is_not_reset(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "asr5500"
    monkeypatch.setattr("staros_cli.paths.chassis_state", lambda name: root)
    root.mkdir()
    lock = os.open(root / ".lock", os.O_RDWR | os.O_CREAT)
    os.write(lock, b"4711\n")
    os.lseek(lock, 0, os.SEEK_SET)
    fcntl.flock(lock, fcntl.LOCK_EX)
    assert main(["chassis", "reset", "asr5500"]) == 2
    assert "in use by process 4711" in capsys.readouterr().err
    assert root.exists()
    with pytest.raises(StateError):
        remove_state(root)
    os.close(lock)
    assert main(["chassis", "reset", "asr5500"]) == 0
    assert not root.exists()


def test_progress_is_read_after_a_kill(tmp_path: Path) -> None:
    lab = schema.load("disabling")
    keeper = Keeper(tmp_path / f"disabling{progress.SUFFIX}")
    keeper.keep(progress.new(lab, START, "ann"))
    left_in(tmp_path)
    assert keeper.unfinished(lab) is not None
    assert os.listdir(tmp_path) == [f"disabling{progress.SUFFIX}"]
