"""A client can make the file server hold, leave behind or spoil nothing."""

from __future__ import annotations

import asyncio
import struct
from pathlib import Path, PurePosixPath
from typing import Any

import asyncssh
import pytest

import staros_cli
from staros_cli.chassis.storage import (
    DEVICE_SIZE,
    MOST_DEPTH,
    DirectoryStorage,
    MemoryStorage,
    Storage,
    locate,
)
from staros_cli.emulator import StateError, directory_storage
from staros_cli.messages import Refused
from staros_cli.network.sftp import HELD, READ_SIZE, FileServer, OpenFile
from staros_cli.network.ssh import NoVariables
from tests.lab import START, Lab
from tests.network.wire import complete, connected


def packet(kind: int, *parts: bytes) -> bytes:
    """A packet of the protocol."""
    body = bytes([kind]) + b"".join(parts)
    return struct.pack(">I", len(body)) + body


def number(value: int) -> bytes:
    return struct.pack(">I", value)


def string(value: bytes) -> bytes:
    return number(len(value)) + value


async def answer_of(channel: Any) -> bytes:
    """The next packet that the server sends."""
    size = await channel.stdout.readexactly(4)
    answer = await channel.stdout.readexactly(int.from_bytes(size))
    assert isinstance(answer, bytes)
    return answer


INIT, OPEN, WRITE, CLOSE = 1, 3, 6, 4
WRITE_TRUNCATE = 0x02 | 0x08 | 0x10
HANDLE = string(b"\0\0\0\0")


@pytest.mark.end_to_end
@pytest.mark.parametrize("ending", ["malformed", "end of input", "closed"])
def test_an_upload_that_breaks_off_leaves_the_old_file(
    ending: str, host_key: Path, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with (
            staros_cli.serve(host_key_file=host_key, state=tmp_path) as lab,
            connected(lab["asr5500"]) as connection,
        ):
            before = (tmp_path / "flash/system.cfg").read_bytes()
            channel = await connection.create_process(subsystem="sftp", encoding=None)
            channel.stdin.write(
                packet(INIT, number(3))
                + packet(
                    OPEN, number(1), string(b"/flash/system.cfg"), number(WRITE_TRUNCATE), number(0)
                )
            )
            await answer_of(channel)
            handle = (await answer_of(channel))[5:]
            channel.stdin.write(
                packet(WRITE, number(2), handle, struct.pack(">Q", 0), string(b"half of it"))
            )
            await answer_of(channel)
            if ending == "malformed":
                channel.stdin.write(packet(WRITE, number(3), handle, b"\0"))
            elif ending == "closed":
                channel.stdin.write(packet(CLOSE, number(3), handle))
            channel.stdin.write_eof()
            await channel.stdout.read()
            after = (tmp_path / "flash/system.cfg").read_bytes()
            assert after == (b"half of it" if ending == "closed" else before)

    complete(scenario())


class Uncollected:
    """A channel whose client collects nothing."""

    def __init__(self) -> None:
        self.waiting = HELD + 1

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def is_closing(self) -> bool:
        return False


def test_no_more_is_read_than_the_client_collects() -> None:
    """280 reads that were never collected held more than a gigabyte."""

    async def scenario() -> None:
        server = FileServer.__new__(FileServer)
        channel: Any = Uncollected()
        server._chan = channel
        server.client_is_gone = False
        file = OpenFile(PurePosixPath("flash/x"), b"x" * (READ_SIZE * 3), asyncssh.FXF_READ)
        reading = asyncio.ensure_future(server.read(file, 0, 1 << 30))
        await asyncio.sleep(0)
        assert not reading.done()
        channel.waiting = 0
        assert len(await reading) == READ_SIZE

    complete(scenario())


@pytest.mark.end_to_end
def test_variables_of_a_client_are_not_kept(host_key: Path) -> None:
    async def scenario() -> None:
        async with (
            staros_cli.serve(host_key_file=host_key) as lab,
            connected(lab["asr5500"]) as connection,
        ):
            env = {f"V{n}": "x" * 10_000 for n in range(50)}
            done = await connection.run("show clock", env=env)
            assert done.stdout
        kept = NoVariables()
        kept[b"a"] = b"b"
        assert not kept

    complete(scenario())


def deep(storage: Storage, device: str, levels: int) -> PurePosixPath:
    """A directory so many levels below a device."""
    path = PurePosixPath(device)
    for _ in range(levels):
        path /= "d"
        storage.make_directory(path, START)
    return path


@pytest.fixture(params=["memory", "directory"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """Both kinds of storage."""
    return MemoryStorage() if request.param == "memory" else DirectoryStorage(tmp_path)


def test_names_lie_only_so_deep(storage: Storage) -> None:
    with pytest.raises(Refused):
        locate("/flash/" + "d/" * MOST_DEPTH)
    deep(storage, "flash", 10)
    deep(storage, "usb1", 10)
    with pytest.raises(Refused):
        storage.rename(PurePosixPath("usb1/d"), PurePosixPath("flash/d/d/d/d/d/d/d/moved"))
    assert storage.entry(PurePosixPath("usb1/d/d/d")) is not None


def test_a_directory_does_not_move_past_the_size_of_a_device(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("staros_cli.chassis.storage.DEVICE_SIZE", 1000)
    assert DEVICE_SIZE > 1000
    for device in ("flash", "usb1"):
        storage.make_directory(PurePosixPath(device) / "d", START)
        storage.write(PurePosixPath(device) / "d/x", b"x" * 600, START)
    with pytest.raises(Refused, match="is full"):
        storage.rename(PurePosixPath("usb1/d"), PurePosixPath("flash/e"))
    assert storage.read(PurePosixPath("usb1/d/x")) == b"x" * 600
    storage.rename(PurePosixPath("usb1/d"), PurePosixPath("hd-raid/e"))
    assert storage.read(PurePosixPath("hd-raid/e/x")) == b"x" * 600


def test_what_a_killed_program_left_is_removed_at_the_next_start(tmp_path: Path) -> None:
    DirectoryStorage(tmp_path)
    left = [tmp_path / "flash/.half-written-1", tmp_path / "usb1/d/.half-written-2"]
    left[1].parent.mkdir()
    for file in left:
        file.write_bytes(b"x")
    DirectoryStorage(tmp_path)
    assert not any(file.exists() for file in left)


HOLDER = """
import sys, pathlib
from staros_cli.chassis.definition import load
from staros_cli.emulator import directory_storage
directory_storage(pathlib.Path(sys.argv[1]), load("asr5500"), 0.0)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.mark.end_to_end
def test_two_programs_do_not_share_a_state_directory(tmp_path: Path) -> None:
    """The second is told which process holds it; when that ends it is free."""
    import subprocess
    import sys

    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    definition = Lab().chassis.definition
    with pytest.raises(StateError, match=f"in use by process {holder.pid}"):
        directory_storage(tmp_path, definition, START)
    holder.communicate("")
    assert directory_storage(tmp_path, definition, START)


@pytest.mark.parametrize("name", ["..", ".", "", "a/b", "/etc", "-x", "a\x1bb", "x" * 101])
def test_a_name_that_leads_elsewhere_is_no_name_of_a_chassis(name: str, tmp_path: Path) -> None:
    """`chassis reset` removed everything for a definition called `...toml`."""
    import tomllib

    from staros_cli.chassis.definition import DefinitionError, from_table, shipped

    table = tomllib.loads((shipped() / "vpc-si.toml").read_text())
    with pytest.raises(DefinitionError, match="the name of the file"):
        from_table(name, table, "source")
