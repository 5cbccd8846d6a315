"""`lab grade` on files that anybody can have written: each is one file's fault, and told."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from staros_cli.app import main
from staros_cli.labs import schema
from staros_cli.labs.clock import LONGEST
from staros_cli.labs.progress import MOST_INPUTS
from staros_cli.teaching.submission import LARGEST, MOST_RESETS, plain

LAB = schema.load("enabling-in-service")
BEGAN = 1.8e9
GOOD: dict[str, object] = {
    "version": 1,
    "lab": LAB.name,
    "edition": LAB.edition,
    "began": BEGAN,
    "inputs": [],
}


def progress(**changed: object) -> bytes:
    return json.dumps({**GOOD, **changed}).encode()


def lines(count: int, line: str) -> list[tuple[float, str, str]]:
    return [(BEGAN, "line", line)] * count


def transcript(*rest: str) -> bytes:
    head = [f"# lab {LAB.name}", "...", "[local]asr5500# show clock", "..."]
    return "\n".join([*head, *rest, ""]).encode()


def a_file(name: str, data: bytes) -> Callable[[Path], None]:
    def write(directory: Path) -> None:
        directory.joinpath(name).write_bytes(data)

    return write


def deep() -> bytes:
    return b'{"version": 1, "x": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (a_file("x.lab.json", deep()), "nested too deep"),
        (a_file("x.lab.json", b" " * (LARGEST + 1)), f"expected at most {LARGEST} bytes"),
        (a_file("x.lab.json", progress(inputs=lines(1, ":reset"))), "progress without :reset"),
        (
            a_file("x.lab.json", progress(inputs=lines(MOST_INPUTS + 1, ""))),
            f"length <= {MOST_INPUTS}",
        ),
        (
            a_file("x.lab.json", progress(inputs=[(BEGAN + LONGEST + 1, "time", "")])),
            "inputs[0]: expected a time from",
        ),
        (a_file("x.lab.json", progress(lab="/dev/zero")), "the lab /dev/zero is not known"),
        (
            a_file("x.lab.json", progress(edition="other", file="/dev/zero")),
            "this is not the enabling-in-service that was taken",
        ),
        (lambda directory: os.mkfifo(directory / "x.lab.json"), "expected a regular file"),
        (lambda directory: os.mkfifo(directory / "x.transcript"), "expected a regular file"),
        (
            lambda directory: (directory / "x.lab.json").symlink_to("/dev/zero"),
            "expected a regular file, not a link",
        ),
        (lambda directory: (directory / "x.lab.json").mkdir(), "Is a directory"),
        (a_file("x.transcript", b"\xff"), "byte 1 is not UTF-8"),
        (
            a_file("x.transcript", transcript("# put /dev/zero /flash/x")),
            "# put: expected a file beside the transcript or below",
        ),
        (
            a_file("x.transcript", transcript("# put ../other/secret /flash/x")),
            "# put: expected a file beside the transcript or below",
        ),
        (a_file("x.transcript", transcript("# put . /flash/x")), "# put: "),
        (
            a_file("x.transcript", transcript("# advance 1s", "# advance 30d")),
            "# advance: expected at most",
        ),
        (
            a_file(
                "x.transcript",
                transcript(*["[local]asr5500# :reset", "..."] * (MOST_RESETS + 1)),
            ),
            f"expected :reset at most {MOST_RESETS} times",
        ),
    ],
)
def test_a_file_that_cannot_be_graded_is_told_and_the_others_are_graded(
    make: Callable[[Path], None],
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("mallory", "ann", "other"):
        (tmp_path / "class" / name).mkdir(parents=True)
    (tmp_path / "class" / "other" / "secret").write_text("system hostname secret")
    (tmp_path / "class" / "ann" / "x.lab.json").write_bytes(progress())
    make(tmp_path / "class" / "mallory")
    assert main(["lab", "grade", str(tmp_path / "class")]) == 1
    shown = capsys.readouterr()
    assert "ann" in shown.out
    assert "mallory" not in shown.out
    assert said in shown.err
    assert "Traceback" not in shown.err


def test_a_fault_of_the_program_is_told_as_that_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*arguments: object) -> None:
        raise MemoryError("too much")

    (tmp_path / "x.lab.json").write_bytes(progress())
    monkeypatch.setattr("staros_cli.teaching.grading.LabSession", fail)
    assert main(["lab", "grade", str(tmp_path)]) == 1
    assert "x.lab.json: cannot be graded: MemoryError: too much" in capsys.readouterr().err


def test_a_link_among_the_files_to_put_leads_nowhere_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = tmp_path / "mallory"
    directory.mkdir()
    (tmp_path / "secret").write_text("system hostname secret")
    (directory / "near").symlink_to(tmp_path / "secret")
    (directory / "x.transcript").write_bytes(transcript("# put near /flash/x"))
    assert main(["lab", "grade", str(directory)]) == 1
    assert "# put: expected a file beside" in capsys.readouterr().err
    (directory / "near").unlink()
    (directory / "near").write_text("system hostname mine")
    assert main(["lab", "grade", str(directory)]) == 0


@pytest.mark.parametrize("learner", ["[/x]", "[red]x", "=1+1", "\x1b]0;x\x07", "+\u202ex", "-1"])
def test_a_name_is_shown_as_what_it_is(
    learner: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.lab.json"
    file.write_bytes(progress(learner=learner))
    out = tmp_path / "grades.csv"
    assert main(["lab", "grade", str(file), "--csv", str(out)]) == 0
    shown = capsys.readouterr().out
    assert plain(learner) in shown
    assert "\x1b" not in shown
    row = next(csv.DictReader(io.StringIO(out.read_text())))
    assert row["learner"].lstrip("'") == plain(learner)
    assert row["learner"][0] not in "=+-@"


def test_a_directory_whose_name_is_no_text_is_graded(tmp_path: Path) -> None:
    directory = os.fsencode(tmp_path / "class") + b"/\xff"
    os.makedirs(directory)
    Path(os.fsdecode(directory), "x.lab.json").write_bytes(progress())
    out = [tmp_path / f"grades.{kind}" for kind in ("json", "csv", "html")]
    options = [word for file in out for word in (f"--{file.suffix[1:]}", str(file))]
    assert main(["lab", "grade", str(tmp_path / "class"), *options]) == 0
    (grade,) = json.loads(out[0].read_text())
    assert grade["learner"] == "\\udcff"


def test_grades_are_written_into_a_link_or_a_device_and_not_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "x.lab.json").write_bytes(progress())
    target, link, pipe = tmp_path / "target", tmp_path / "link", tmp_path / "pipe"
    target.write_text("")
    link.symlink_to(target)
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        options = ["--json", str(link), "--csv", str(pipe)]
        assert main(["lab", "grade", str(tmp_path / "x.lab.json"), *options]) == 0
        assert os.read(reader, 65536).startswith(b"learner,file,lab")
    finally:
        os.close(reader)
    assert link.is_symlink()
    assert pipe.is_fifo()
    assert json.loads(target.read_text())[0]["learner"] == "x"
