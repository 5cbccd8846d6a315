"""The program's own command line: usage, lists for programs, completion."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from staros_cli.app import main
from staros_cli.language.errors import GrammarError

PROGRAM = Path(sys.executable).with_name("staros-cli")


@pytest.mark.parametrize(
    ("arguments", "usage"),
    [
        (["--foo"], "usage: staros-cli ["),
        (["shell", "--foo"], "usage: staros-cli shell"),
        (["chassis", "list", "--foo"], "usage: staros-cli chassis list"),
        (["lab", "start", "x", "y"], "usage: staros-cli lab start"),
        (["transcript", "replay"], "usage: staros-cli transcript replay"),
        (["completion", "tcsh"], "usage: staros-cli completion"),
    ],
)
def test_a_mistake_shows_the_usage_of_its_command(
    capsys: pytest.CaptureFixture[str], arguments: list[str], usage: str
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith(usage)


def test_a_grammar_file_that_cannot_be_used_is_told_without_a_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(*given: object) -> object:
        raise GrammarError("cards.lark", 3, 7, "unknown piece integer")

    monkeypatch.setattr("staros_cli.shell.local.build", build)
    assert main(["shell", "--state", "none", "-c", "show clock"]) == 2
    assert capsys.readouterr().err == "staros-cli: cards.lark:3:7: unknown piece integer\n"


def test_the_chassis_are_listed_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chassis", "list", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {"asr5500", "vpc-si"} <= {entry["name"] for entry in found}
    assert set(found[0]) == {"name", "platform", "title"}


def test_a_definition_is_shown_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chassis", "show", "vpc-si", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["definition"]["cards"][0]["slot"] == 1


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_there_is_completion_for_shells(capsys: pytest.CaptureFixture[str], shell: str) -> None:
    assert main(["completion", shell]) == 0
    assert "staros-cli" in capsys.readouterr().out


@pytest.mark.end_to_end
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("staros-cli ch", {"chassis"}),
        ("staros-cli chassis show vpc", {"vpc-di", "vpc-si"}),
        ("staros-cli lab start finding", {"finding-ones-way"}),
        ("staros-cli --chassis asr5000-d", {"asr5000-debug-info"}),
    ],
)
def test_a_shell_completes_commands_and_names(
    tmp_path: Path, line: str, expected: set[str]
) -> None:
    out = tmp_path / "out"
    environment = {
        **os.environ,
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_STDOUT_FILENAME": str(out),
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
    }
    subprocess.run([PROGRAM], env=environment, check=False, capture_output=True)
    assert {word.strip() for word in out.read_text().split("\x0b")} == expected


@pytest.mark.end_to_end
def test_commands_give_json() -> None:
    arguments = ["shell", "--state", "none", "-c", "show card table", "-c", "foo", "--json"]
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    table, refused = json.loads(done.stdout)
    assert (table["command"], table["failed"]) == ("show card table", False)
    assert table["data"][0]["oper_state"] == "Active"
    assert table["lines"][0].startswith("Slot")
    assert refused["failed"]
    assert refused["data"] == ['Unknown command - "foo", unrecognized keyword']
