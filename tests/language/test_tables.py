"""Tables that are kept between two runs: right, or made anew."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from staros_cli.language import tables

SOURCE = 'start: SHOW (CLOCK | VERSION)\nSHOW: "1"\nCLOCK: "2"\nVERSION: "3"\n'


def test_kept_tables_are_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "exec.tables"
    made = tables.load(SOURCE, file)
    monkeypatch.delattr(tables, "_make")
    assert tables.load(SOURCE, file) == made


def test_a_flipped_bit_anywhere_has_the_tables_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "exec.tables"
    made = tables.load(SOURCE, file)
    whole = file.read_bytes()
    monkeypatch.setattr(tables, "_make", lambda source, key: made)
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 1
        file.write_bytes(damaged)
        assert tables.load(SOURCE, file) == made, place
        assert file.read_bytes() == whole, place


@pytest.mark.parametrize(
    "content",
    [b"", b"\0", b"\xff" * 32, b"\x91" * 100_000, hashlib.sha256(b"\x90").digest() + b"\x90"],
    ids=["empty", "a byte", "a checksum alone", "deep lists", "another version"],
)
def test_what_is_no_table_is_replaced(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "exec.tables"
    file.write_bytes(content)
    made = tables.load(SOURCE, file)
    monkeypatch.delattr(tables, "_make")
    assert tables.load(SOURCE, file) == made
