"""The memory of closed connections is given back."""

from __future__ import annotations

import asyncio
import ctypes
from pathlib import Path

import asyncssh
import pytest

from staros_cli.network import host_key as keys
from staros_cli.network import memory
from staros_cli.network.memory import Leavings, give_back
from tests.network.wire import complete


def test_many_that_go_at_once_are_followed_by_one_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "AFTER", 0.0)
    monkeypatch.setattr(memory, "EVERY", 3600.0)
    found: list[bool] = []

    async def scenario() -> None:
        leavings = Leavings(lambda: found.append(True))
        for _ in range(100):
            leavings.soon()
        while not found:
            await asyncio.sleep(0)
        leavings.soon()
        for _ in range(10):
            await asyncio.sleep(0)

    complete(scenario())
    assert found == [True]


def test_a_library_that_gives_nothing_back_is_no_reason_to_fail(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    give_back()
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    give_back()


def test_two_servers_that_make_a_host_key_at_once_have_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "host_key"
    others = asyncssh.generate_private_key(keys.ALGORITHM)
    make = asyncssh.generate_private_key

    def meanwhile(algorithm: str) -> asyncssh.SSHKey:
        file.write_bytes(others.export_private_key())
        return make(algorithm)

    monkeypatch.setattr(asyncssh, "generate_private_key", meanwhile)
    found = keys.load_or_make(file)
    assert found.export_public_key() == others.export_public_key()
    assert [path.name for path in tmp_path.iterdir()] == ["host_key"]
    assert file.stat().st_mode & 0o077 == 0


def test_a_host_key_is_made_where_files_have_no_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", refuse)
    found = keys.load_or_make(tmp_path / "host_key")
    assert keys.load_or_make(tmp_path / "host_key") == found
    assert [path.name for path in tmp_path.iterdir()] == ["host_key"]
