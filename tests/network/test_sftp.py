"""The file systems of a chassis over SFTP, and that there is no way out of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path

import asyncssh
import pytest
from hypothesis import given
from hypothesis import strategies as st

import staros_cli
from staros_cli.chassis.storage import DEVICES
from staros_cli.network.limits import Limits
from staros_cli.network.sftp import FileServer
from tests.network.wire import complete, connected, eventually, shell


@pytest.mark.end_to_end
def test_files_come_and_go(host_key: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with (
            staros_cli.serve(host_key_file=host_key, state=tmp_path) as lab,
            connected(lab["asr5500"]) as connection,
            connection.start_sftp_client() as files,
        ):
            assert await files.realpath(".") == "/flash"
            assert {".", "..", *DEVICES} == set(await files.listdir("/"))
            async with files.open("new.cfg", "w") as file:
                await file.write("config\n" * 10_000)
            assert (tmp_path / "flash/new.cfg").read_text() == "config\n" * 10_000
            async with files.open("/flash/new.cfg") as file:
                assert await file.read() == "config\n" * 10_000
            await files.mkdir("/hd-raid/kept")
            await files.rename("new.cfg", "/flash/old.cfg")
            assert (await files.stat("old.cfg")).size == 70_000
            await files.remove("old.cfg")
            await files.rmdir("/hd-raid/kept")
            with pytest.raises(asyncssh.SFTPNoSuchFile):
                await files.stat("old.cfg")
            for name in ("nowhere/x.cfg", "/x.cfg", "/flash"):
                with pytest.raises(asyncssh.SFTPError):
                    await files.open(name, "w")

    complete(scenario())


@pytest.mark.end_to_end
def test_no_name_and_no_link_leads_out(host_key: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    state = tmp_path / "state"

    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key, state=state) as lab:
            (state / "flash/file").symlink_to(secret)
            (state / "flash/directory").symlink_to(tmp_path)
            async with (
                connected(lab["asr5500"]) as connection,
                connection.start_sftp_client() as files,
            ):
                names = await files.listdir("/flash")
                assert "file" not in names
                assert "directory" not in names
                for name in (
                    str(secret),
                    "/flash/file",
                    "/flash/directory/secret",
                    "../../secret",
                    "/flash/../../secret",
                    "/flash/hd-raid/../../../secret",
                ):
                    with pytest.raises(asyncssh.SFTPError):
                        await files.open(name, "r")
                    with pytest.raises(asyncssh.SFTPError):
                        await files.open(name, "w")
                    with pytest.raises(asyncssh.SFTPError):
                        await files.remove(name)
                for link in (files.symlink, files.link):
                    with pytest.raises(asyncssh.SFTPError):
                        await link(str(secret), "/flash/out")
            assert secret.read_text() == "secret"

    complete(scenario())


def test_nothing_is_left_to_the_server_that_works_on_the_host() -> None:
    harmless = {"channel", "connection", "env", "logger", "convert_attrs", "_to_sftpname"}
    harmless |= {"format_longname", "reverse_map_path", "exit"}
    inherited = {
        name
        for name, member in inspect.getmembers(asyncssh.SFTPServer)
        if (inspect.isfunction(member) or isinstance(member, property))
        and not name.startswith("__")
        and name not in FileServer.__dict__
    }
    assert inherited <= harmless


@given(st.binary(max_size=60), st.sampled_from([b"", b"/", b"/flash/", b"../"]))
def test_every_name_leads_to_a_device_or_nowhere(name: bytes, before: bytes) -> None:
    files = object.__new__(FileServer)
    try:
        place = files._locate(before + name)
    except asyncssh.SFTPNoSuchFile:
        return
    assert place.parts[0] in DEVICES
    assert ".." not in place.parts


@pytest.mark.end_to_end
def test_levels_read_or_write(host_key: Path) -> None:
    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key) as lab:
            (served,) = lab
            async with shell(served) as line:
                await line.run("configure")
                await line.run("context local")
                for level in ("operator", "inspector", "config-administrator"):
                    await line.run(f"{level} {level} password secret")
            for level, reads, writes in (
                ("operator", True, False),
                ("inspector", False, False),
                ("config-administrator", True, True),
            ):
                async with (
                    connected(served, level, "secret") as connection,
                    connection.start_sftp_client() as files,
                ):
                    assert await _does(lambda: files.stat("system.cfg")) is reads
                    assert await _does(lambda: files.mkdir("made")) is writes

    complete(scenario())


async def _does(action: Callable[[], object]) -> bool:
    try:
        await action()  # type: ignore[misc]
    except asyncssh.SFTPPermissionDenied:
        return False
    return True


@pytest.mark.end_to_end
def test_an_upload_that_is_left_open_leaves_nothing(host_key: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key, state=tmp_path) as lab:
            (served,) = lab
            before = (tmp_path / "flash/system.cfg").read_bytes()
            async with connected(served) as connection:
                files = await connection.start_sftp_client()
                for name in ("system.cfg", "half.cfg"):
                    file = await files.open(name, "w")
                    await file.write("half")
                connection.abort()
            node = served._endpoint
            await eventually(lambda: node.uploads == 0 and not node.connections)
            assert (tmp_path / "flash/system.cfg").read_bytes() == before
            assert sorted(path.name for path in (tmp_path / "flash").iterdir()) == [
                "asr5500-21.28.1.bin",
                "boot.sys",
                "system.cfg",
            ]

    complete(scenario())


@pytest.mark.end_to_end
def test_uploads_are_limited(host_key: Path) -> None:
    async def scenario() -> None:
        limits = Limits(upload=2048, uploads=3000)
        async with (
            staros_cli.serve(host_key_file=host_key, limits=limits) as lab,
            connected(lab["asr5500"]) as connection,
            connection.start_sftp_client() as files,
        ):
            async with files.open("kept", "wb") as kept:
                await kept.write(b"before")
            file = await files.open("kept", "wb")
            for action in (file.write(b"x" * 2049), file.write(b"x"), file.close()):
                with pytest.raises(asyncssh.SFTPFailure, match="larger than 2048"):
                    await action
            async with files.open("kept", "rb") as kept:
                assert await kept.read() == b"before"
            file = await files.open("large", "wb")
            await file.write(b"x" * 2048)
            other = await files.open("other", "wb")
            with pytest.raises(asyncssh.SFTPFailure, match="Too much"):
                await other.write(b"x" * 2048)

    complete(scenario())
