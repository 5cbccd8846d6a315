"""File systems: the same rules in memory and in a directory, and files that are whole."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from staros_cli.chassis import storage as storage_module
from staros_cli.chassis.storage import DirectoryStorage, MemoryStorage, Storage, locate
from staros_cli.messages import Refused

Maker = Callable[[], Storage]


@pytest.fixture(params=["memory", "directory"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    return MemoryStorage() if request.param == "memory" else DirectoryStorage(tmp_path)


def test_written_read_listed_and_deleted(storage: Storage) -> None:
    path = locate("/flash/a.cfg")
    storage.write(path, b"one", 1000.0)
    storage.write(path, b"three", 2000.0)
    assert storage.read(path) == b"three"
    (entry,) = storage.entries(PurePosixPath("flash"))
    assert (entry.name, entry.size, entry.modified) == ("a.cfg", 5, 2000.0)
    storage.delete(path)
    assert storage.entries(PurePosixPath("flash")) == []


def test_what_is_missing_or_of_the_wrong_kind_is_refused(storage: Storage) -> None:
    file, directory = locate("/flash/f"), locate("/flash/d")
    storage.write(file, b"", 0.0)
    storage.make_directory(directory, 0.0)
    storage.write(directory / "inside", b"", 0.0)
    for action in (
        lambda: storage.read(locate("/flash/none")),
        lambda: storage.read(directory),
        lambda: storage.delete(directory),
        lambda: storage.delete(locate("/flash/none")),
        lambda: storage.write(directory, b"", 0.0),
        lambda: storage.write(locate("/flash/none/x"), b"", 0.0),
        lambda: storage.write(locate("/flash/f/x"), b"", 0.0),
        lambda: storage.write(locate("/flash"), b"", 0.0),
        lambda: storage.make_directory(file, 0.0),
        lambda: storage.make_directory(directory, 0.0),
        lambda: storage.remove_directory(directory),
        lambda: storage.remove_directory(file),
        lambda: storage.remove_directory(locate("/flash")),
        lambda: storage.rename(locate("/flash/none"), locate("/flash/x")),
        lambda: storage.rename(file, file),
        lambda: storage.rename(directory, directory / "inside" / "x"),
        lambda: storage.rename(locate("/flash"), locate("/usb1/x")),
        lambda: storage.entries(file),
        lambda: storage.entries(locate("/flash/none")),
    ):
        with pytest.raises(Refused):
            action()
    assert [entry.name for entry in storage.entries(PurePosixPath("flash"))] == ["d", "f"]


def test_a_directory_moves_with_what_is_in_it(storage: Storage) -> None:
    storage.make_directory(locate("/flash/old"), 0.0)
    storage.write(locate("/flash/old/x"), b"x", 0.0)
    storage.rename(locate("/flash/old"), locate("/flash/new"))
    assert storage.read(locate("/flash/new/x")) == b"x"
    assert storage.entry(locate("/flash/old")) is None


@pytest.mark.parametrize("url", ["/flash/x", "file:/flash/x", "file:///flash/x", "/flash//x"])
def test_spellings_of_one_file(url: str) -> None:
    assert locate(url) == PurePosixPath("flash/x")


@pytest.mark.parametrize(
    "url",
    [
        "/flash/../x",
        "/flash/a/../../etc/passwd",
        "/etc/passwd",
        "flash/x",
        "/",
        "",
        "/flash/\0",
        "/flash/a\nb",
        "ftp://host/x",
        "sftp://host/x",
        "http://host/x",
        "tftp://host/x",
    ],
)
def test_what_leads_elsewhere_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        locate(url)


@given(st.text(max_size=60))
def test_no_url_leads_out_of_the_file_systems(url: str) -> None:
    try:
        path = locate(url)
    except Refused:
        return
    assert path.parts[0] in ("flash", "hd-raid", "usb1")
    assert ".." not in path.parts


def test_symbolic_links_lead_nowhere(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    storage = DirectoryStorage(tmp_path / "root")
    (tmp_path / "root/flash/link").symlink_to(outside / "secret")
    (tmp_path / "root/flash/dir").symlink_to(outside)
    for url in ("/flash/link", "/flash/dir/secret"):
        with pytest.raises(Refused):
            storage.read(locate(url))
        with pytest.raises(Refused):
            storage.write(locate(url), b"overwritten", 0.0)
    assert (outside / "secret").read_text() == "secret"
    assert storage.entries(PurePosixPath("flash")) == []


def test_a_device_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    outside.mkdir()
    root.mkdir()
    (outside / "secret").write_text("secret")
    (root / "flash").symlink_to(outside)
    storage = DirectoryStorage(root)
    path = locate("/flash/secret")
    for action in (
        lambda: storage.read(path),
        lambda: storage.write(path, b"overwritten", 0.0),
        lambda: storage.write(locate("/flash/new"), b"", 0.0),
        lambda: storage.make_directory(locate("/flash/new"), 0.0),
        lambda: storage.delete(path),
        lambda: storage.entries(PurePosixPath("flash")),
    ):
        with pytest.raises(Refused, match="is or leads through a link"):
            action()
    assert [child.name for child in outside.iterdir()] == ["secret"]
    assert (outside / "secret").read_text() == "secret"


def make_loop(host: Path) -> None:
    host.symlink_to(host.name)


def make_socket(host: Path) -> None:
    os.mknod(host, stat.S_IFSOCK | 0o600)


@pytest.mark.parametrize("make", [make_loop, os.mkfifo, make_socket])
def test_what_is_no_file_is_left_alone(make: Callable[[Path], None], tmp_path: Path) -> None:
    """A loop of links has no end, a pipe would be waited for."""
    storage = DirectoryStorage(tmp_path)
    strange, file = locate("/flash/strange"), locate("/flash/file")
    make(tmp_path / "flash/strange")
    storage.write(file, b"", 0.0)
    for action in (
        lambda: storage.entry(strange),
        lambda: storage.read(strange),
        lambda: storage.read(strange / "x"),
        lambda: storage.write(strange, b"", 0.0),
        lambda: storage.delete(strange),
        lambda: storage.rename(strange, locate("/flash/other")),
        lambda: storage.rename(file, strange),
        lambda: storage.make_directory(strange / "x", 0.0),
    ):
        with pytest.raises(Refused, match=r"link or special file of the host|not a directory"):
            action()
    assert [entry.name for entry in storage.entries(PurePosixPath("flash"))] == ["file"]
    assert os.path.lexists(tmp_path / "flash/strange")


def test_a_path_that_is_too_long_for_the_host_is_refused(tmp_path: Path) -> None:
    storage = DirectoryStorage(tmp_path)
    path = PurePosixPath("flash", *["a" * 250] * 20)
    for action in (lambda: storage.entries(path), lambda: storage.write(path, b"", 0.0)):
        with pytest.raises(Refused, match="File name too long"):
            action()


def test_a_full_disk_is_told_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = DirectoryStorage(tmp_path)
    path = locate("/flash/a.cfg")
    storage.write(path, b"old", 0.0)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Refused, match="No space left on device"):
        storage.write(path, b"new", 0.0)
    assert storage.read(path) == b"old"
    assert [child.name for child in (tmp_path / "flash").iterdir()] == ["a.cfg"]


WRITER = """
import sys
from pathlib import Path
from staros_cli.chassis.storage import DirectoryStorage, locate
storage = DirectoryStorage(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    for letter in (b"a", b"b"):
        storage.write(locate("/flash/system.cfg"), letter * 300_000, 0.0)
"""


@pytest.mark.end_to_end
def test_killed_at_any_moment_the_old_or_the_new_file_is_there(tmp_path: Path) -> None:
    storage = DirectoryStorage(tmp_path)
    for _ in range(8):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE
        )
        assert writer.stdout is not None
        writer.stdout.readline()
        # Reading until both versions were seen puts the kill into the midst of the writing.
        seen: set[bytes] = set()
        while len(seen) < 2:
            if storage.entry(locate("/flash/system.cfg")):
                data = storage.read(locate("/flash/system.cfg"))
                assert data in (b"a" * 300_000, b"b" * 300_000)
                seen.add(data[:1])
        writer.kill()
        writer.wait()
        writer.stdout.close()
        data = storage.read(locate("/flash/system.cfg"))
        assert data in (b"a" * 300_000, b"b" * 300_000)
    names = [entry.name for entry in storage.entries(PurePosixPath("flash"))]
    assert names == ["system.cfg"]


names = st.sampled_from(["a", "b", "c"])
paths = st.builds(lambda parts: PurePosixPath("flash", *parts), st.lists(names, max_size=3))
steps = st.lists(
    st.tuples(st.sampled_from(["write", "delete", "rename", "mkdir", "rmdir"]), paths, paths),
    max_size=25,
)


def outcome(storage: Storage, action: str, path: PurePosixPath, other: PurePosixPath) -> str:
    try:
        if action == "write":
            storage.write(path, str(other).encode(), 5.0)
        elif action == "delete":
            storage.delete(path)
        elif action == "rename":
            storage.rename(path, other)
        elif action == "mkdir":
            storage.make_directory(path, 5.0)
        else:
            storage.remove_directory(path)
    except Refused as refusal:
        return str(refusal)
    return "done"


def contents(storage: Storage, path: PurePosixPath) -> dict[str, bytes | None]:
    found: dict[str, bytes | None] = {}
    for entry in storage.entries(path):
        inner = path / entry.name
        found[str(inner)] = None if entry.is_directory else storage.read(inner)
        if entry.is_directory:
            found |= contents(storage, inner)
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps)
def test_memory_and_directory_behave_alike(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, PurePosixPath, PurePosixPath]]
) -> None:
    memory, directory = MemoryStorage(), DirectoryStorage(tmp_path_factory.mktemp("state"))
    for step in steps:
        assert outcome(memory, *step) == outcome(directory, *step)
    root = PurePosixPath("flash")
    assert contents(memory, root) == contents(directory, root)


def test_a_device_that_is_full_takes_no_more(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage_module, "DEVICE_SIZE", 100)
    monkeypatch.setattr(storage_module, "MOST_ENTRIES", 4)
    storage.write(locate("/flash/a"), b"x" * 60, 0.0)
    with pytest.raises(Refused, match="/flash is full"):
        storage.write(locate("/flash/b"), b"x" * 41, 0.0)
    storage.write(locate("/flash/a"), b"x" * 100, 0.0)  # in place of what was there
    storage.write(locate("/usb1/b"), b"x" * 100, 0.0)  # every device has its own room
    for name in ("c", "d", "e"):
        with suppress(Refused):
            storage.write(locate(f"/flash/{name}"), b"", 0.0)
    with pytest.raises(Refused, match="/flash is full"):
        storage.make_directory(locate("/flash/more"), 0.0)
    storage.delete(locate("/flash/c"))
    storage.make_directory(locate("/flash/more"), 0.0)
