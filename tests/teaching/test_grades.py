"""`lab grade` for a class."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from datetime import date
from pathlib import Path

import pexpect
import pytest

from staros_cli.app import main
from staros_cli.labs.attempt import Grade
from staros_cli.teaching import grade_page, grading
from tests.labs.support import Learner
from tests.teaching.support import LAB, take

ROOT = Path(__file__).parents[2]


def a_class(root: Path) -> None:
    """Two learners: one with a recorded session, one with progress."""
    import msgspec

    solution = Path(__file__).parents[2] / "transcripts" / "labs" / f"{LAB}.transcript"
    (root / "ann").mkdir(parents=True)
    (root / "ann" / "mine.transcript").write_text(solution.read_text())
    learner = Learner(LAB)
    learner.types(":hint", "show version")
    (root / "<bob>").mkdir()
    (root / "<bob>" / f"{LAB}.lab.json").write_bytes(msgspec.json.encode(learner.kept))


def test_a_class_is_graded(kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a_class(tmp_path / "class")
    files = {kind: tmp_path / f"grades.{kind}" for kind in ("json", "csv", "html")}
    options = [word for kind, file in files.items() for word in (f"--{kind}", str(file))]
    assert main(["lab", "grade", str(tmp_path / "class"), *options]) == 0
    assert "40/40" in capsys.readouterr().out
    grades = {each["learner"]: each["result"] for each in json.loads(files["json"].read_text())}
    assert (grades["ann"]["score"], grades["ann"]["finished"]) == (40, True)
    assert (grades["<bob>"]["score"], grades["<bob>"]["hints"]) == (0, 1)
    rows = list(csv.DictReader(io.StringIO(files["csv"].read_text())))
    assert len(rows) == 8
    assert sum(int(row["score"]) for row in rows if row["learner"] == "ann") == 40
    page = files["html"].read_text()
    assert "&lt;bob&gt;" in page
    assert "<bob>" not in page
    assert page.count("<svg") == 5
    assert "<title>Grades of class, " in page
    assert "src=" not in page
    assert "href=" not in page


def test_times_are_real_and_those_of_a_step_under_way_count() -> None:
    learner = Learner("a-card-fails")
    learner.waits(30)
    learner.types("show rct stats", ":answer 4")
    learner.waits(15)
    learner.types("show clock")
    assert [step.seconds for step in learner.session.result.steps[:3]] == [10.0, 5.0, 0.0]
    assert learner.kept is not None
    learner.kept.rate = 30.0
    assert learner.session.result.seconds == 1.5


def test_progress_without_a_rate_has_that_of_the_lab(kept: Path, tmp_path: Path) -> None:
    a_class(tmp_path)
    file = tmp_path / "<bob>" / f"{LAB}.lab.json"
    table = json.loads(file.read_text())
    del table["rate"]
    file.write_text(json.dumps(table))
    assert grading.grade_file(file).result.hints == 1


def test_the_rate_is_kept(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    take(monkeypatch, f"start {LAB} --clock-rate 7", ":quit")
    take(monkeypatch, "resume", "show clock")
    assert json.loads((kept / f"{LAB}.lab.json").read_text())["rate"] == 7


def test_what_is_under_way_is_in_no_mean() -> None:
    through, under_way = Learner("disabling"), Learner("disabling")
    through.types(":skip", ":skip")
    under_way.types(":hint")
    page = grade_page.page(
        [
            Grade(name, "", each.session.result)
            for name, each in (("ann", through), ("bob", under_way))
        ],
        "monday",
        date(2026, 3, 27),
    )
    assert "<h1>Grades of monday</h1>" in page
    assert "graded on 2026-03-27" in page
    assert "1 of 2 attempts finished, 0.0 hints" in page
    assert "0 passed of 1 who are through, 0 hints, 0 s" in page
    page = grade_page.page(
        [Grade("bob", "", under_way.session.result)], "<tuesday>", date(2026, 3, 28)
    )
    assert "Grades of &lt;tuesday&gt;" in page
    assert "0 of 1 attempt finished" in page


def test_what_costs_points_is_in_every_table(
    kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    take(monkeypatch, "start wrong-order", ":skip", ":answer 1", ":skip", "reload", "yes", ":skip")
    take(monkeypatch, "resume", ":skip")
    assert main(["lab", "report"]) == 0
    assert main(["lab", "grade", str(kept)]) == 0
    tables = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert sum("hints wrong mistakes" in line for line in tables) == 3
    assert sum("0/40 0 1 1" in line or "0/40 0 0 1 1" in line for line in tables) == 2


def test_where_nothing_could_be_graded_there_is_no_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken.lab.json").write_text("{}")
    assert main(["lab", "grade", str(tmp_path)]) == 1
    assert capsys.readouterr().out == ""


def test_a_score_that_a_file_claims_does_not_count(tmp_path: Path) -> None:
    a_class(tmp_path)
    file = tmp_path / "<bob>" / f"{LAB}.lab.json"
    table = json.loads(file.read_text())
    table["result"]["score"] = 40
    file.write_text(json.dumps(table))
    assert grading.grade_file(file).result.score == 0


def test_progress_that_makes_no_sense_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_class(tmp_path)
    file = tmp_path / "<bob>" / f"{LAB}.lab.json"
    good = json.loads(file.read_text())
    began = good["began"]
    for inputs, said in (
        ([[began - 5, "line", "show version"]], "inputs[0]: expected a time from"),
        ([[began + 1e12, "line", "show version"]], "inputs[0]: expected a time from"),
        ([[began, "sing", ""]], "expected progress at a lab"),
    ):
        file.write_text(json.dumps({**good, "inputs": inputs}))
        assert main(["lab", "grade", str(file)]) == 1
        assert said in capsys.readouterr().err
    file.write_text(json.dumps({**good, "inputs": [[began, "mistake", "77"]]}))
    assert main(["lab", "grade", str(file)]) == 0


def test_a_lab_of_your_own_is_graded_where_it_lies_elsewhere(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.labs.test_schema import GOOD

    file = tmp_path / "mine.toml"
    file.write_text(GOOD)
    take(monkeypatch, f"start {file}", "show version")
    (tmp_path / "elsewhere").mkdir()
    moved = file.rename(tmp_path / "elsewhere" / "mine.toml")
    progress = str(kept / "mine.lab.json")
    assert main(["lab", "grade", progress]) == 1
    assert main(["lab", "grade", progress, "--lab", str(moved)]) == 0


def test_a_lab_that_a_learner_wrote_proves_nothing(
    kept: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from tests.labs.test_schema import GOOD

    handed_in = tmp_path / "class" / "mallory"
    handed_in.mkdir(parents=True)
    easy = handed_in / f"{LAB}.toml"
    easy.write_text(GOOD.replace('"configured"', '"configured or not configured"'))
    take(monkeypatch, f"start {easy}", "show version")
    assert "10 of 10" in capsys.readouterr().out
    progress = (kept / f"{LAB}.lab.json").rename(handed_in / f"{LAB}.lab.json")
    lines = "[local]asr5500# show clock\n...\n[local]asr5500#\n"
    (handed_in / "own.transcript").write_text(
        f"# lab {easy.rename(handed_in / 'own.toml')}\n{lines}"
    )
    (handed_in / "same.transcript").write_text(f"# lab ./{LAB}.toml\n{lines}")
    assert main(["lab", "grade", str(tmp_path / "class")]) == 1
    shown = capsys.readouterr()
    assert "0/40" in shown.out
    assert "10/10" not in shown.out
    assert f"this is not the {LAB} that was taken" in shown.err
    assert "the lab own is not known; --lab FILE names" in shown.err
    progress.write_text(json.dumps({**json.loads(progress.read_text()), "lab": str(easy)}))
    assert main(["lab", "grade", str(progress)]) == 1
    assert "is not known; --lab FILE names" in capsys.readouterr().err


def test_a_transcript_of_a_lab_of_your_own_is_graded_with_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.labs.test_schema import GOOD

    file, other = tmp_path / "mine.toml", tmp_path / "other" / "mine.toml"
    file.write_text(GOOD)
    other.parent.mkdir()
    other.write_text(GOOD)
    taken = tmp_path / "taken.transcript"
    taken.write_text(
        "# lab mine.toml\n...\n[local]asr5500# configure\n"
        "[local]asr5500(config)# require session recovery\n...\n[local]asr5500(config)#\n"
    )
    assert main(["lab", "grade", str(taken)]) == 1
    assert main(["lab", "grade", str(taken), "--lab", str(file)]) == 0
    assert "10/10" in capsys.readouterr().out
    assert main(["lab", "grade", str(taken), "--lab", str(file), "--lab", str(other)]) == 2
    assert "expected one lab of the name mine" in capsys.readouterr().err


def test_what_cannot_be_graded_is_told_and_the_rest_is_graded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_class(tmp_path)
    (tmp_path / "plain.transcript").write_text("[local]asr5500# show clock\n")
    (tmp_path / "broken.lab.json").write_text("{}")
    assert main(["lab", "grade", str(tmp_path)]) == 1
    shown = capsys.readouterr()
    assert "40/40" in shown.out
    assert "expected a line such as # lab" in shown.err
    assert "broken.lab.json" in shown.err
    (tmp_path / "empty").mkdir()
    assert main(["lab", "grade", str(tmp_path / "empty")]) == 2


def test_a_chart_shows_each_bar_at_its_length() -> None:
    note = "3 passed of 3 who are through, 12 hints, 1234 s"
    drawn = grade_page.chart([grade_page.Bar("a & b", 40.0, note)], "t")
    assert 'width="100.0"' in drawn
    assert "a &amp; b" in drawn
    # A caption in the drawing would end at its edge; beside it, it takes the room that it needs.
    assert "<text" not in drawn
    assert f"<td>40 ({note})</td>" in drawn


def test_tables_fit_a_terminal_and_nothing_in_them_is_cut(
    kept: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("USER", "ann.with.a.name.of@many.letters.example")
    take(monkeypatch, "start reading-the-status-table", ":skip")
    for words in (["lab", "list"], ["lab", "report"], ["lab", "grade", str(kept)]):
        capsys.readouterr()
        assert main(words) == 0
        lines = capsys.readouterr().out.splitlines()
        assert max(map(len, lines)) <= 80
        shown = "".join("".join(lines).split())
        assert "reading-the-status-table" in shown
        assert "…" not in shown
    width = next(line.index("points") for line in lines if "points" in line)
    folded = "".join(line[:width].strip() for line in lines)
    assert "ann.with.a.name.of@many.letters.example" in folded


@pytest.mark.end_to_end
def test_a_newcomer_comes_to_the_end_of_the_first_lab(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path), "TERM": "xterm"}
    arguments = ["-m", "staros_cli", "lab", "start", LAB]
    console = pexpect.spawn(
        sys.executable,
        arguments,
        env=environment,
        encoding="utf-8",
        timeout=20,
        dimensions=(80, 90),
    )
    try:
        console.expect("Step 1 of 4")
        console.expect("asr5500#")
        console.send("show ver?")
        console.expect("version - .*asr5500#")
        console.send("sion\r")
        console.expect("Done: 10 of 10")
        for line in ("show subscribers summary", ":answer 1024"):
            console.send(f"{line}\r")
        console.expect("Done: 10 of 10")
        for line in ("show configuration | grep context", ":answer 2"):
            console.send(f"{line}\r")
        console.expect("Done: 10 of 10")
        for line in ("configure", "end"):
            console.send(f"{line}\r")
        console.expect("40 of 40 points")
        console.send(":quit\r")
        console.expect(pexpect.EOF)
    finally:
        console.close(force=True)
    assert console.exitstatus == 0


@pytest.mark.end_to_end
def test_the_greeting_mentions_the_labs(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path), "TERM": "xterm"}
    console = pexpect.spawn(
        sys.executable, ["-m", "staros_cli"], env=environment, encoding="utf-8", timeout=20
    )
    try:
        console.expect("staros-cli lab start finding-ones-way")
        console.expect("asr5500#")
    finally:
        console.close(force=True)


def test_a_solution_proves_that_every_step_can_be_reached(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    solution = ROOT / f"transcripts/labs/{LAB}.transcript"
    assert main(["lab", "check", LAB, "--solution", str(solution)]) == 0
    assert "passes every step, 40 of 40 points" in capsys.readouterr().out
    short = tmp_path / "short.transcript"
    short.write_text(
        f"# lab {LAB}\n...\n[local]asr5500# show version ?\n...\n[local]asr5500# show version\n"
        "...\n[local]asr5500# sh subs sum\n...\n[local]asr5500#\n"
    )
    assert main(["lab", "check", LAB, "--solution", str(short)]) == 1
    said = capsys.readouterr().err
    assert "short.transcript: step 2, " in said
    assert "The question waits for its answer." in said
    assert main(["lab", "check", LAB, "--solution", str(tmp_path / "none.transcript")]) == 2
    assert main(["lab", "check", LAB, LAB, "--solution", str(short)]) == 2
