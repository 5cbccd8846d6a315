"""The compiled language is kept between two runs: right, or built anew."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from staros_cli.language import compiled
from staros_cli.language.compiled import CompiledLanguage, load
from tests.language.small_grammar import write_grammar
from tests.language.test_grammar import GOOD


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A directory of grammar files."""
    found = tmp_path / "grammar"
    found.mkdir()
    write_grammar(found, GOOD)
    return found


def content(language: CompiledLanguage) -> list[object]:
    return [language.mode(name) for name in language.names]


def test_what_is_kept_is_not_built_again(
    directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "language"
    built = load(directory, file)
    monkeypatch.delattr(compiled, "_build")
    assert content(load(directory, file)) == content(built)


@pytest.mark.parametrize("name", ["test.lark", "words.txt", "modes.toml", "values.lark"])
def test_a_change_of_any_file_has_it_built_anew(directory: Path, tmp_path: Path, name: str) -> None:
    file = tmp_path / "language"
    load(directory, file)
    before = file.read_bytes()
    path = directory / name
    mark = "//" if name.endswith(".lark") else "#"
    path.write_text(f"{path.read_text()}{mark} a remark\n")
    load(directory, file)
    assert file.read_bytes() != before


def test_a_flipped_bit_anywhere_has_it_built_anew(directory: Path, tmp_path: Path) -> None:
    file = tmp_path / "language"
    built = content(load(directory, file))
    whole = file.read_bytes()
    for place in range(0, len(whole), 7):
        damaged = bytearray(whole)
        damaged[place] ^= 1
        file.write_bytes(damaged)
        assert content(load(directory, file)) == built, place
        assert file.read_bytes() == whole, place


@pytest.mark.parametrize(
    "damage",
    [b"", b"\0", b"\xff" * 32, b"\x91" * 100_000, hashlib.sha256(b"\x90").digest() + b"\x90"],
    ids=["empty", "a byte", "a checksum alone", "deep lists", "another version"],
)
def test_a_damaged_file_is_replaced(damage: bytes, directory: Path, tmp_path: Path) -> None:
    file = tmp_path / "language"
    built = content(load(directory, file))
    whole = file.read_bytes()
    file.write_bytes(damage)
    assert content(load(directory, file)) == built
    assert file.read_bytes() == whole


def test_without_a_place_to_keep_it_it_is_built_every_time(directory: Path) -> None:
    built = content(load(directory, directory / "no" / "such" / "place"))
    assert content(load(directory, None)) == built
