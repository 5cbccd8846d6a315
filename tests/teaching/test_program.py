"""`staros-cli lab` as its user meets it: keeping, resuming, reporting, grading, bad files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from staros_cli.app import main
from staros_cli.labs import schema
from staros_cli.labs.progress import Keeper
from tests.labs.support import Learner
from tests.teaching.support import LAB, take

ROOT = Path(__file__).parents[2]


def test_list_names_level_and_minutes(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", "list", "--json"]) == 0
    labs = json.loads(capsys.readouterr().out)
    assert labs[0]["name"] == LAB
    assert {lab["level"] for lab in labs} == {"beginner", "intermediate", "advanced"}
    assert labs[0]["result"] is None


def test_the_names_to_type_are_shown_whole(
    kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["lab", "list"]) == 0
    shown = capsys.readouterr().out
    assert all(lab.name in shown.split() for lab in schema.built_in())
    assert all(lab.schema.level in shown.split() for lab in schema.built_in())
    assert shown.count(" 10 ") == sum(lab.schema.minutes == 10 for lab in schema.built_in())
    assert len(shown.splitlines()) < 24
    assert max(map(len, shown.splitlines())) <= 80


def test_labs_stand_in_the_order_of_their_levels() -> None:
    levels = [lab.schema.level for lab in schema.built_in()]
    assert levels == sorted(levels, key=["beginner", "intermediate", "advanced"].index)


def test_progress_is_kept_and_resumed(
    kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    take(monkeypatch, f"start {LAB}", "show ?", "show version", ":quit")
    assert "goes on with step 2 of 4" in capsys.readouterr().out
    assert main(["lab", "start", LAB]) == 2
    assert f"`staros-cli lab resume {LAB}` goes on" in capsys.readouterr().err
    take(monkeypatch, "resume", "show subscribers summary", ":answer 1024")
    assert "Done: 10 of 10" in capsys.readouterr().out
    assert main(["lab", "report", "--json"]) == 0
    (result,) = json.loads(capsys.readouterr().out)
    assert [step["score"] for step in result["steps"]] == [10, 10, 0, 0]


def test_a_line_for_the_lab_is_no_answer_to_the_chassis(
    kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    take(monkeypatch, "start disabling", ":quit")
    take(monkeypatch, "resume", "reload", ":hint", "no")
    shown = capsys.readouterr().out
    assert "Going on with Disabling Session Recovery: step 1 of 2." in shown
    assert "Action aborted" in shown
    assert "going down" not in shown


@pytest.mark.end_to_end
@pytest.mark.parametrize(
    "encoding",
    [
        {"PYTHONIOENCODING": "latin-1"},
        {"PYTHONIOENCODING": "utf-8:strict"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
)
def test_a_terminal_of_another_encoding_is_no_reason_to_stop(
    tmp_path: Path, encoding: dict[str, str]
) -> None:
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path), **encoding}
    for action in ("start disabling", "report", "list"):
        done = subprocess.run(
            [sys.executable, "-m", "staros_cli", "lab", *action.split()],
            env=environment,
            input=b"\xff:task\n:task\n",
            capture_output=True,
        )
        assert (done.returncode, done.stderr) == (int(action.startswith("start")), b"")


def test_beginning_again_loses_nothing(
    kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    take(monkeypatch, f"start {LAB}", ":hint")
    before = (kept / f"{LAB}.lab.json").read_bytes()
    take(monkeypatch, f"start {LAB} --again", "show version")
    assert (kept / f"{LAB}.1.lab.json").read_bytes() == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b'{"version": 99}', "kept by another version of the program"),
        (b"not json", "expected progress at a lab"),
        (b'{"version": 1}', "expected progress at a lab"),
    ],
)
def test_progress_of_another_kind_is_told_and_left_alone(
    kept: Path, capsys: pytest.CaptureFixture[str], text: bytes, said: str
) -> None:
    file = kept / f"{LAB}.lab.json"
    file.parent.mkdir(parents=True)
    file.write_bytes(text)
    assert main(["lab", "resume", LAB]) == 2
    assert said in capsys.readouterr().err
    assert file.read_bytes() == text


def test_a_lab_is_taken_at_one_place_at_a_time(
    kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    take(monkeypatch, f"start {LAB}", "show version", ":quit")
    file = kept / f"{LAB}.lab.json"
    before = file.read_bytes()
    with Keeper(file).alone():
        for action in (f"resume {LAB}", "resume", f"start {LAB} --again"):
            assert take(monkeypatch, action, ":skip") == 2
            assert "somebody is taking this lab elsewhere" in capsys.readouterr().err
    assert (
        [file.read_bytes()] == [each.read_bytes() for each in kept.glob("*.lab.json")] == [before]
    )
    assert take(monkeypatch, f"resume {LAB}", ":quit") == 0


@pytest.mark.parametrize("title", ["Look at [/flash]", "The prompt [local]asr5500#"])
def test_titles_are_shown_as_they_are_written(
    kept: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    title: str,
) -> None:
    from tests.labs.test_schema import GOOD

    monkeypatch.setenv("COLUMNS", "120")
    file = tmp_path / "mine.toml"
    file.write_text(GOOD.replace('"First"', f'"{title}"').replace('"A lab"', f'"{title} (lab)"'))
    take(monkeypatch, f"start {file}", "show version")
    capsys.readouterr()
    main(["lab", "report"])
    assert title in capsys.readouterr().out
    learner = Learner(str(file))
    learner.session.state.width = 120
    shown = "\n".join(learner.session.start_notes)
    assert f"{title} (lab)" in shown
    assert f"Step 1 of 1: {title}" in shown
    assert f" {title} " in learner.types(":skip")
    assert f"Step 1: {title}" in learner.types(":explain")


def test_the_way_out_of_progress_that_is_no_good_is_one(
    kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = kept / f"{LAB}.lab.json"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"not json")
    assert main(["lab", "resume", LAB]) == 2
    assert f"`staros-cli lab start {LAB} --again` keeps it aside" in capsys.readouterr().err
    assert take(monkeypatch, f"start {LAB} --again", "show clock") == 0
    assert (kept / f"{LAB}.1.lab.json").read_bytes() == b"not json"


@pytest.mark.parametrize(
    "words",
    [
        "--class D",
        "--password sesame",
        "--host 192.0.2.1",
        "--json",
        "--ssh-port 2222",
        "--limit lines=3",
    ],
)
def test_what_is_for_a_class_is_refused_without_one(
    kept: Path, capsys: pytest.CaptureFixture[str], words: str
) -> None:
    assert main(["lab", "start", LAB, *words.split()]) == 2
    assert f"{words.split()[0]}: only for a class; --ssh opens" in capsys.readouterr().err
    assert not kept.exists()


def test_a_class_has_a_password(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["lab", "start", LAB, "--ssh", "--password", ""])
    assert "--password: expected a word, got nothing" in capsys.readouterr().err


def test_a_lab_that_is_none_is_not_to_be_started(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lab", "resume", "nosuch"]) == 2
    said = capsys.readouterr().err
    assert "lab start nosuch" not in said
    assert LAB in said


def test_a_lab_that_has_changed_is_not_resumed(
    kept: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from tests.labs.test_schema import GOOD

    file = tmp_path / "mine.toml"
    file.write_text(GOOD)
    take(monkeypatch, f"start {file}", "show version")
    file.write_text(GOOD.replace("Do it.", "Do it well."))
    assert main(["lab", "resume", "mine"]) == 2
    assert "has changed since this was begun" in capsys.readouterr().err


def test_a_lab_that_does_not_exist_names_those_that_do(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lab", "start", "nothing"]) == 2
    assert LAB in capsys.readouterr().err
