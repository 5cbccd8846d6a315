"""`staros-cli scenario`, and scenarios that a shell, a transcript or a server plays."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from staros_cli.app import main
from staros_cli.chassis.definition import shipped
from staros_cli.language import compiled
from tests.transcripts.support import in_memory

DOCUMENT = (Path(__file__).parent.parent.parent / "docs/scenarios.md").read_text()


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(["scenario", *arguments])
    found = capsys.readouterr()
    return status, found.out, found.err


def test_those_that_ship_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = printed(capsys, "list", "--json")
    assert status == 0
    names = [row["name"] for row in json.loads(out)]
    assert names == sorted(names)
    assert "fibre-cut" in names
    text = printed(capsys, "list")[1]
    assert all(name in text for name in names)


def test_one_is_shown_with_its_steps(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "show", "fibre-cut")[1]
    assert "A fibre cut: both links of a port are lost" in out
    assert "test port 6/10 restore" in out
    assert "the other one goes" in " ".join(out.split())


def test_one_is_told_at_once_with_the_time_of_each_step_and_trap(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, out, _ = printed(capsys, "run", "fibre-cut", "-c", "show alarm outstanding")
    assert status == 0
    lines = out.splitlines()
    assert lines[0].endswith("A fibre cut: both links of a port are lost")
    assert lines[1] == "00:01:00  An excavator takes the first fibre: port 5/10 has no link"
    assert lines[2].startswith("00:01:00    Internal trap notification 35 (PortLinkDown) card 5 po")
    assert (
        "00:20:00  The end: 1,024 of 1,024 subscribers have a call, 0 alarms outstanding" in lines
    )
    assert lines[-2:] == ["[local]asr5500# show alarm outstanding", "No alarms are outstanding"]


def test_traps_of_one_kind_at_one_time_are_told_of_together(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = printed(capsys, "run", "fan-failure")[1]
    assert re.search(r"\(TaskFailed\) facility npumgr .* \(and \d+ more\)", out)
    assert out.count("(TaskFailed)") == 1


def test_what_the_chassis_refuses_makes_the_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        'title = "T"\nsummary = "S"\n[[steps]]\nat = "1s"\nnote = "N"\ndo = ["test card 48 fail"]'
    )
    status, out, _ = printed(capsys, "run", str(file))
    assert status == 1
    assert "refused: test card 48 fail: Failure:" in out
    assert printed(capsys, "run", str(file), "--chassis", "nothing")[0] == 2


def test_files_are_checked_all_of_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text('title = "T"\nsteps = []\nx = 1\n')
    status, out, err = printed(capsys, "check", "fibre-cut", str(bad), "a-day")
    assert status == 1
    assert out == "fibre-cut: 4 steps, 20 min\na-day: 24 steps, 24 h\n"
    assert err.count(f"{bad}: ") == 3


def test_a_shell_plays_one_while_somebody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    shell = ["shell", "--state", "none", "-c", "show emulator scenarios"]
    assert main([*shell, "--live"]) == 0
    assert "a-day" in capsys.readouterr().out
    assert main([*shell, "--scenario", "fibre-cut"]) == 0
    assert "fibre-cut" in capsys.readouterr().out
    assert main([*shell, "--scenario", "nothing"]) == 2
    assert "expected a scenario file or one of a-day" in capsys.readouterr().err


def test_a_transcript_plays_one() -> None:
    outcome = in_memory(
        "[local]asr5500#\n"
        "# scenario fibre-cut\n"
        "# advance 61\n"
        "[local]asr5500# show alarm outstanding | grep 5/10\n"
        "MN  Port 5/10       Port link down\n"
    )
    assert outcome.passed


def test_the_document_names_all_that_can_happen() -> None:
    """Every test command stands in the table of `docs/scenarios.md`."""
    section = DOCUMENT.partition("## What can happen")[2]
    for rule in compiled.mode("exec").rules:
        if rule.hidden:
            first = " ".join(re.findall(r"^[a-z ]+", rule.syntax)[0].split()[:2])
            assert f"`{first}" in section, rule.syntax


def test_the_example_of_the_document_can_be_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    example = re.search(r"```toml\n(.*?)```", DOCUMENT, re.DOTALL)
    assert example is not None
    file = tmp_path / "mine.toml"
    file.write_text(example[1])
    status, out, _ = printed(capsys, "run", str(file))
    assert status == 0, out


def scenario(directory: Path, steps: str, **keys: object) -> Path:
    """A scenario file with steps and further keys."""
    file = directory / "mine.toml"
    more = "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
    file.write_text(f'title = "T"\nsummary = "S"\n{more}{steps}')
    return file


RESTART = '[[steps]]\nat = "{}"\nnote = "N"\ndo = ["test card 5 fail", "test card 6 fail"]\n'


def test_a_step_that_is_due_in_a_restart_does_not_hold_the_program_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = scenario(tmp_path, RESTART.format("1s") + RESTART.format("2s"))
    _, out, _ = printed(capsys, "run", str(file))
    assert out.count("(SystemReboot)") == 2
    assert "The end: 1,024 of 1,024" in out


def test_what_a_step_would_do_to_a_system_that_is_down_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = RESTART.format("1s").replace("6 fail", '6 fail", "test card 2 fail')
    status, out, _ = printed(capsys, "run", str(scenario(tmp_path, steps)))
    assert status == 1
    assert "refused: test card 2 fail: The system has gone down and starts again" in out
    assert "MigrateStart" not in out


def test_texts_of_files_are_no_markup_and_steer_no_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = '[[steps]]\nat = "1s"\nnote = "[red]x[/foo]"\ndo = ["test calls restore"]\n'
    file = scenario(tmp_path, steps)
    assert "[red]x[/foo]" in printed(capsys, "show", str(file))[1]
    file.write_text('"\\u001b[31mred" = 1\n')
    for arguments in (["scenario", "check", str(file)], ["--scenario", str(file), "-c", "exit"]):
        assert main(arguments) > 0
        err = capsys.readouterr().err
        assert "\x1b" not in err
        assert ".[31mred: unknown key" in err


def test_a_pipe_is_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for arguments in (
        ["scenario", "check", str(pipe)],
        ["shell", "--chassis", str(pipe), "-c", "exit"],
        ["lab", "check", str(pipe)],
    ):
        assert main(arguments) > 0
        assert "expected a regular file" in capsys.readouterr().err


def test_the_check_looks_for_the_chassis_and_at_the_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = '[[steps]]\nat = "5h"\nnote = "N"\ndo = ["test calls restore"]\n'
    file = scenario(tmp_path, steps, chassis="nothing")
    assert "nothing: expected a definition file" in printed(capsys, "check", str(file))[2]
    file = scenario(tmp_path, steps, lasts="30s")
    assert "lasts: expected a span that the last step" in printed(capsys, "check", str(file))[2]
    file = scenario(tmp_path, steps)
    assert printed(capsys, "check", str(file))[1].endswith(": 1 step, 301 min\n")


def test_a_run_plays_one_scenario_and_not_that_of_the_definition(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (shipped() / "vpc-si.toml").read_text()
    definition = tmp_path / "chassis.toml"
    definition.write_text('scenario = "overload"\n' + text)
    arguments = ["--chassis", str(definition), "-c", "show emulator scenarios"]
    status, out, _ = printed(capsys, "run", "overload", *arguments)
    assert status == 0
    assert out.count("\noverload ") == 1


def test_a_definition_finds_its_scenario_beside_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = '[[steps]]\nat = "0s"\nnote = "N"\ndo = ["test calls share 0"]\n'
    scenario(tmp_path, steps)
    definition = tmp_path / "chassis.toml"
    definition.write_text('scenario = "mine.toml"\n' + (shipped() / "vpc-si.toml").read_text())
    line = ["-c", "show emulator scenarios"]
    assert main(["shell", "--chassis", str(definition), "--state", "none", *line]) == 0
    assert "mine " in capsys.readouterr().out
