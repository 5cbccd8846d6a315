"""`staros-cli transcript` as a user meets it."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree as Xml

import pexpect
import pytest

from staros_cli.app import main
from staros_cli.transcripts.format import read
from staros_cli.transcripts.paths import ANYWHERE
from staros_cli.transcripts.spawned import installed_program
from tests.transcripts.support import ROOT

GOOD = "[local]asr5500# show system uptime\nSystem uptime: 69D 13H 34M\n[local]asr5500#\n"
PROGRAM = installed_program()[0]


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.transcript"
    path.write_text(GOOD)
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.transcript"
    path.write_text(GOOD.replace("69D", "70D"))
    return path


def transcript(*arguments: object) -> int:
    return main(["transcript", *map(str, arguments)])


def test_what_passes(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert transcript("replay", "--in-memory", good) == 0
    assert capsys.readouterr().out == "1 transcript, 1 commands: 1 passed\n"


def test_what_differs(good: Path, bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert transcript("replay", "--in-memory", good.parent) == 1
    shown = capsys.readouterr().out
    assert f"{bad}:2: the output differs\n--- {bad}\n" in shown
    assert "-System uptime: 70D 13H 34M\n+System uptime: 69D 13H 34M\n" in shown
    assert shown.endswith("2 transcripts, 2 commands: 1 passed, 1 failed\n")
    assert "\x1b" not in shown


def test_an_update(bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert transcript("replay", "--in-memory", "--update", bad) == 0
    assert bad.read_text() == GOOD
    assert f"{bad}: updated\n" in capsys.readouterr().out


def test_junit(good: Path, bad: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.transcript"
    broken.write_text("[local]asr5500#\n# fly\n")
    file = tmp_path / "results.xml"
    assert transcript("replay", "--in-memory", good, bad, broken, "--junit", file) == 2
    suite = Xml.parse(file).getroot()[0]
    counts = {key: suite.get(key) for key in ("tests", "failures", "errors")}
    assert counts == {"tests": "3", "failures": "1", "errors": "1"}
    passed, failed, faulty = suite
    assert (passed.get("name"), len(passed)) == ("good", 0)
    assert failed[0].tag == "failure"
    assert "+System uptime: 69D" in str(failed[0].text)
    assert faulty[0].tag == "error"
    assert str(faulty[0].text).startswith(f"{broken}:2: # fly is not known")


@pytest.mark.end_to_end
@pytest.mark.parametrize("way", [["--in-memory"], []], ids=["memory", "program"])
def test_several_at_a_time(good: Path, bad: Path, way: list[str]) -> None:
    done = subprocess.run(
        [PROGRAM, "transcript", "replay", "-j", "2", *way, good.parent],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert done.stdout.endswith("2 transcripts, 2 commands: 1 passed, 1 failed\n")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[local]asr5500#\n# fly\n", ":2: # fly is not known"),
        (b"\xff\xfe", ": expected a text file, byte 1 is not UTF-8"),
        (b"", ": expected lines that begin with a prompt"),
        (b"# chassis nowhere\n[local]a#\n", "# chassis: nowhere"),
        (None, ": No such file or directory"),
    ],
)
def test_bad_input_is_told_with_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, words: str
) -> None:
    path = tmp_path / "broken.transcript"
    if content is not None:
        path.write_bytes(content)
    for action in (["check"], ["replay", "--in-memory"]):
        assert transcript(*action, path) == 2
        said = capsys.readouterr().err
        assert said.startswith(f"staros-cli: {path}:")
        assert words in said
        assert "Traceback" not in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["replay", "--in-memory", "EMPTY"], "there is no *.transcript file in it"),
        (["check", "EMPTY"], "there is no *.transcript file in it"),
        (["replay", "--ssh", "nowhere", "x"], "--ssh: expected user@host:port, got 'nowhere'"),
        (["from-log", "EMPTY/none"], "No such file"),
        (["from-log", "EMPTY"], "Is a directory"),
        (["record", "EMPTY"], "exists already; --force writes over it"),
        (["record", "EMPTY/a/b"], "there is no directory"),
        (["record", "EMPTY/new", "--seed", "x"], "seed: expected a number"),
        (["record", "EMPTY/new", "--chassis", "none"], "chassis: none"),
    ],
)
def test_what_cannot_be_done(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    words: str,
) -> None:
    assert transcript(*(word.replace("EMPTY", str(tmp_path)) for word in arguments)) == 2
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_put_has_to_be_there(tmp_path: Path) -> None:
    path = tmp_path / "put.transcript"
    path.write_text("[local]asr5500#\n# put some.cfg /flash/some.cfg\n")
    assert transcript("check", path) == 2
    (tmp_path / "some.cfg").touch()
    assert transcript("check", path) == 0


def test_a_definition_beside_the_transcript(tmp_path: Path) -> None:
    definition = (ROOT / "staros_cli/definitions/vpc-si.toml").read_text()
    (tmp_path / "mine.toml").write_text(definition.replace("hostname ", "hostname my-"))
    path = tmp_path / "mine.transcript"
    path.write_text("# chassis mine.toml\n[local]my-qvpc-si# show clock\n...\n")
    assert transcript("check", path) == 0
    status = transcript("replay", "--in-memory", "--update", path)
    assert status in (0, 1)
    assert "my-" in path.read_text()


def test_from_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"[local]asr5500# show sys\x1b[Ktem uptime\r\nSystem uptime: 69D 13H 34M\r\n")
    assert transcript("from-log", log) == 0
    text = capsys.readouterr().out
    made = tmp_path / "made.transcript"
    assert transcript("from-log", log, "-o", made) == 0
    assert made.read_text() == text
    assert transcript("replay", "--in-memory", made) == 0
    assert transcript("from-log", log, "-o", made) == 2


@pytest.mark.end_to_end
def test_a_recording_with_directives_keys_and_remarks(tmp_path: Path) -> None:
    file = tmp_path / "new.transcript"
    child = pexpect.spawn(
        PROGRAM, ["transcript", "record", str(file)], encoding="utf-8", timeout=20, echo=False
    )
    child.delaybeforesend = None
    for keys, answer in (
        ("", "asr5500# "),
        ("## What a trainer says.\r", "asr5500# "),
        ("# device remark\r", "asr5500# "),
        ("show clo\x7f\x7f\t", "clock"),
        ("loc\t\r", "2026\r\n.*# "),
        ("# advance 61\r", "asr5500# "),
        ("# advance soon\r", "expected up to a year.*# "),
        ("show clock\r", "17:13:26.*# "),
        ("show configuration\r", "more"),
        ("\r", "more"),
        ("q", "asr5500# "),
        ("half a li\x03", "asr5500# "),
        ("# stop\r", "goes on until you leave it.*asr5500# "),
        ("show version | grep Number\r", "90001.*asr5500# "),
        ("# stop\r", "goes on until you leave it.*asr5500# "),
        ("exit\r", pexpect.EOF),
    ):
        child.send(keys)
        child.expect(answer)
    child.close()
    assert child.exitstatus == 0
    text = file.read_text()
    assert text.startswith("# chassis asr5500\n# clock 2026-03-27T17:12:25Z\n## What a trainer")
    assert "[local]asr5500# # device remark\n[local]asr5500# show c\n# type tab\n" in text
    assert "[local]asr5500# show clock\nFriday March 27 17:12:25 UTC 2026\n# advance 61\n" in text
    assert "soon" not in text
    assert "show version" not in text
    assert len(re.findall("# type enter\n.*\n# type q\n", text)) == 1
    assert text.endswith("[local]asr5500# half a li\n# type ctrl-c\n[local]asr5500#\n")
    assert transcript("replay", "--in-memory", file) == 0
    assert transcript("replay", file) == 0


@pytest.mark.end_to_end
def test_colour_and_progress_at_a_real_terminal_only(bad: Path) -> None:
    child = pexpect.spawn(
        PROGRAM,
        ["transcript", "replay", "--in-memory", str(bad)],
        env={**os.environ, "TERM": "xterm"},
        encoding="utf-8",
        dimensions=(50, 400),
        timeout=20,
    )
    child.expect(pexpect.EOF)
    assert isinstance(child.before, str)
    assert "\x1b[31m-System uptime: 70D" in child.before
    assert "\x1b[32m+System uptime: 69D" in child.before
    assert "Replaying" in child.before


@pytest.mark.end_to_end
def test_a_program_that_does_not_serve(tmp_path: Path) -> None:
    """A program that ends, one that says nothing: told with what was seen, and none is left."""
    from staros_cli.transcripts.errors import TranscriptError
    from staros_cli.transcripts.replay import replay
    from staros_cli.transcripts.spawned import ProgramTarget

    path = tmp_path / "good.transcript"
    path.write_text(GOOD)
    for command, words in (
        (["/bin/sh", "-c", "echo out of order"], "out of order"),
        (["/bin/sh", "-c", f"echo $$ > {tmp_path}/pid; exec sleep 60"], "did not start"),
        (["/nowhere/staros-cli"], "not found"),
    ):
        with pytest.raises(TranscriptError, match=words) as raised:
            replay(read(path), ProgramTarget(command, timeout=1.0))
        assert raised.value.line == 1
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_control_needs_somebody_to_control(tmp_path: Path) -> None:
    done = subprocess.run(
        [PROGRAM, "shell", "--control", tmp_path / "none"],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 2
    assert "--control needs a terminal" in done.stderr


def test_a_recording_finds_the_definition_from_where_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from staros_cli.transcripts.directives import Settings
    from staros_cli.transcripts.recorder import Recorder

    definition = (ROOT / "staros_cli/definitions/vpc-si.toml").read_text()
    (tmp_path / "mine.toml").write_text(definition)
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path)
    recorder = Recorder(Settings(chassis="mine.toml"), tmp_path / "deep")
    recorder.begin()
    recorder.feed("show version\r")
    path = tmp_path / "deep" / "new.transcript"
    path.write_text(recorder.transcript())
    assert path.read_text().startswith("# chassis ../mine.toml\n")
    monkeypatch.chdir("/")
    assert transcript("replay", "--in-memory", path) == 2
    monkeypatch.setenv(ANYWHERE, "1")
    assert transcript("replay", "--in-memory", path) == 0


@pytest.mark.parametrize(
    "lines",
    [
        ["# put ../secret /flash/x", "[local]asr5500# show file url /flash/x"],
        ["# put link /flash/x"],
        ["# put /etc/hostname /flash/x"],
        ["# chassis ../secret"],
        ["# lab ../secret"],
        ["# put 'a\0b' /flash/x"],
    ],
)
def test_a_strangers_transcript_reads_no_file_outside_its_directory(
    lines: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "secret").write_text("s3cret")
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "link").symlink_to(tmp_path / "secret")
    path = inner / "strange.transcript"
    path.write_text("\n".join(["[local]asr5500# show clock", *lines]) + "\n")
    if lines[0].startswith(("# chassis", "# lab")):
        path.write_text("\n".join(lines) + "\n[local]asr5500# show clock\n")
    assert transcript("replay", "--in-memory", path) == 2
    printed = capsys.readouterr()
    assert "s3cret" not in printed.out + printed.err
    assert "Traceback" not in printed.err


def test_a_captured_name_leads_out_of_the_directory_no_more_than_a_written_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "secret").write_text("s3cret")
    inner = tmp_path / "inner"
    (inner / "${up}").mkdir(parents=True)
    path = inner / "strange.transcript"
    path.write_text(
        "[local]asr5500# show file url /flash/system.cfg | grep hostname\n"
        "  system (?P<up>\\w+).* (re)\n# put ${up}/../../secret /flash/x\n"
        "[local]asr5500# show file url /flash/x\n"
    )
    transcript("replay", "--in-memory", path)
    printed = capsys.readouterr()
    assert "s3cret" not in printed.out + printed.err
