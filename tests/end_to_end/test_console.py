"""The installed program at a pseudo-terminal, as a person or a script meets it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from tests.end_to_end.support import PROGRAM, Console

pytestmark = pytest.mark.end_to_end


@pytest.mark.proves("SR-13", "SR-15", "SR-17", "SR-18", "SR-20", "SR-21")
def test_the_in_service_procedure(closing: list[Console], tmp_path: Path) -> None:
    """The chapter's procedure, end to end."""
    console = Console("--state", str(tmp_path), "--clock-rate", "20")
    closing.append(console)
    console.typed("terminal length 0")
    assert "  Session Recovery       " in console.typed("show license info")
    console.typed("configure", "[local]asr5500(config)# ")
    told = console.typed("require session recovery", "[local]asr5500(config)# ")
    assert told.startswith("Warning: This change takes effect only after")
    console.typed("end")
    assert "Not Enabled" in console.typed("show session recovery status")
    console.typed("save configuration", "Are you sure? [Yes|No]: ")
    console.typed("yes")
    console.typed("reload", "Are you sure? [Yes|No]: ")
    started = console.typed("yes")
    assert "is going down" in started
    assert "asr5500 is up" in started
    verbose = console.until("show session recovery status verbose", ": Ready For Recovery")
    assert re.search(
        r" 3/0 Active   0      0        0      0        3       Good \(Demux\)", verbose
    )
    console.child.send("exit\r")
    console.child.expect(pexpect.EOF)
    assert console.child.wait() == 0
    # A configuration saved today is there tomorrow.
    second = Console("--state", str(tmp_path))
    closing.append(second)
    assert "Ready For Recovery" in second.typed("show session recovery status")


def test_a_plain_terminal_gets_no_escape_sequences(closing: list[Console]) -> None:
    console = Console("--state", "none")
    closing.append(console)
    console.child.send("show vers\t?")
    console.child.expect_exact("show version ?\r\n")
    console.child.expect_exact("verbose - Displays detailed version information\r\n")
    console.child.expect_exact("<cr>    - newline\r\n[local]asr5500# show version ")
    console.child.send("\r")
    console.child.expect_exact(console.prompt)
    assert "Image Version" in str(console.child.before)
    assert "\x1b" not in str(console.child.before)


def test_pages_at_a_plain_terminal(closing: list[Console]) -> None:
    console = Console("--state", "none")
    closing.append(console)
    console.typed("terminal length 6")
    console.child.send("show card table\r")
    console.child.expect(r"---\(more \d+%\)---")
    console.child.send(" ")
    console.child.expect(r"---\(more \d+%\)---")
    assert "4: DPC" in str(console.child.before)
    console.child.send("q")
    console.child.expect_exact(console.prompt)


def test_a_person_gets_help_completion_and_the_keys(closing: list[Console]) -> None:
    console = Console("--state", "none", term="xterm")
    closing.append(console)
    child = console.child
    child.expect_exact("not affiliated with Cisco")
    child.expect_exact("asr5500#")
    child.send("show ver?")
    child.expect_exact("version - Displays software version information")
    child.expect_exact("asr5500#")
    child.send("\x15conf\t\r")
    child.expect_exact("asr5500(config)#")
    child.send("\x1a")
    child.expect_exact("end")
    child.expect_exact("asr5500#")
    # The echo is waited for: before it is drawn the terminal may still be the driver's.
    child.send("nonsense")
    child.expect_exact("nonsense")
    child.send("\x03")
    child.expect_exact("asr5500#")
    child.send("reload")
    child.expect_exact("reload")
    child.send("\r")
    child.expect_exact("Are you sure? [Yes|No]:")
    child.send("x")
    child.expect_exact("x")
    child.send("\x03")
    child.expect_exact("Action aborted")
    child.expect_exact("asr5500#")
    child.send("y")
    child.expect_exact("y")
    child.send("\x7f\x04")
    child.expect(pexpect.EOF)
    assert child.wait() == 0


def test_a_person_sees_the_restart_and_is_back(person: Console) -> None:
    child = person.child
    child.send("reload -noconfirm\r")
    child.expect_exact("is going down for reload")
    child.expect_exact("Starting")
    child.expect_exact("asr5500 is up")
    child.expect_exact("[local]asr5500#")


SLOW_SAVES = """
base = "asr5500"
title = "Saves take their time"
serial = "LAB0000S001"
save-seconds = {seconds}
"""


def slow_saves(directory: Path, term: str, seconds: int, rate: int = 1) -> Console:
    """A console where a save takes so many seconds, at its first prompt."""
    file = directory / "slow.toml"
    file.write_text(SLOW_SAVES.format(seconds=seconds))
    options = ("--chassis", str(file), "--state", "none", "--clock-rate", str(rate))
    console = Console(*options, term=term)
    if term != "dumb":
        console.child.expect_exact("[local]asr5500#")
    return console


def begin_save(console: Console, term: str) -> None:
    """Type a save; what comes next belongs to its wait."""
    line = "save configuration /flash/new.cfg"
    console.child.send(line)
    console.child.expect_exact(line)
    console.child.send("\r")
    console.child.expect_exact("\r\n" if term == "dumb" else "Waiting, Ctrl-C gives it up")


@pytest.mark.parametrize("term", ["dumb", "xterm"])
def test_a_wait_for_a_save_comes_to_its_end(
    term: str, closing: list[Console], tmp_path: Path
) -> None:
    console = slow_saves(tmp_path, term, seconds=600, rate=1000)
    closing.append(console)
    begin_save(console, term)
    console.child.expect_exact("[local]asr5500#")
    assert "Starting" not in str(console.child.before)
    console.child.send("directory /flash\r")
    console.child.expect_exact("new.cfg")


@pytest.mark.parametrize("term", ["dumb", "xterm"])
def test_ctrl_c_gives_up_the_wait_for_a_save(
    term: str, closing: list[Console], tmp_path: Path
) -> None:
    console = slow_saves(tmp_path, term, seconds=600)
    closing.append(console)
    begin_save(console, term)
    console.child.send("\x03")
    console.child.expect_exact("[local]asr5500#")
    console.child.send("directory /flash\r")
    console.child.expect_exact("system.cfg")
    assert "new.cfg" not in str(console.child.before)
    console.child.expect_exact("[local]asr5500#")
    console.child.send("exit\r")
    console.child.expect(pexpect.EOF)
    assert console.child.wait() == 0


def test_history_survives(closing: list[Console], tmp_path: Path) -> None:
    for keys in ("show clock\r", "\x1b[A\r"):
        console = Console("--state", str(tmp_path), term="xterm")
        closing.append(console)
        console.child.expect_exact("asr5500#")
        console.child.send(keys)
        console.child.expect(r"UTC \d{4}")
        console.child.expect_exact("asr5500#")
        console.child.send("\x04")
        console.child.expect(pexpect.EOF)


def test_no_password_gets_into_the_history_file(closing: list[Console], tmp_path: Path) -> None:
    console = Console("--state", str(tmp_path), term="xterm")
    closing.append(console)
    console.child.expect_exact("asr5500#")
    for line in ("show clock", "operator joe pasword s3cret", "nonsense \\", "password s3cret"):
        console.child.send(line)
        console.child.expect_exact(line)
        console.child.send("\r")
        console.child.expect_exact(">" if line.endswith("\\") else "asr5500#")
    console.child.send("\x04")
    console.child.expect(pexpect.EOF)
    kept = (tmp_path / "history").read_text()
    assert "show clock" in kept
    assert "s3cret" not in kept


def program(*arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, *arguments], input=text, capture_output=True, text=True, timeout=60, check=False
    )


def test_commands_on_the_command_line_and_the_exit_status() -> None:
    done = program("shell", "--state", "none", "-c", "show version", "-c", "show clock | grep UTC")
    assert done.returncode == 0
    assert done.stdout.startswith("Active Software:\n")
    assert done.stdout.count("\n") == 8
    failed = program("--state", "none", "-c", "nonsense", "-c", "show context name X")
    assert failed.returncode == 1
    assert failed.stdout == (
        'Unknown command - "nonsense", unrecognized keyword\n'
        "Failure: The context X does not exist\n"
    )
    assert failed.stderr == ""


def test_commands_on_standard_input_need_nobody_to_answer() -> None:
    script = (
        "configure\nsystem hostname piped\nend\nsave configuration\nyes\nreload\nno\n"
        "show version ?\n"
    )
    done = program("shell", "--state", "none", text=script)
    assert done.returncode == 0
    assert done.stdout.startswith("Action aborted\n")
    assert done.stdout.endswith("<cr>    - newline\n")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["--chassis", "nonesuch"],
            "nonesuch: expected a definition file or one of asr5000-chapter",
        ),
        (["--clock-rate", "0"], "expected a number from 1 to 100000, got '0'"),
        (["--clock-start", "soon"], "expected an ISO 8601 date, got 'soon'"),
        (["--state", "/dev/null/x"], "/dev/null/x: Not a directory"),
        (["nonsense"], "invalid choice: 'nonsense'"),
    ],
)
def test_what_cannot_be_used_is_told_with_status_2(arguments: list[str], told: str) -> None:
    done = program(*arguments, text="")
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_state_of_another_chassis_is_not_touched(tmp_path: Path) -> None:
    program("--state", str(tmp_path), "-c", "show clock")
    done = program("--state", str(tmp_path), "--chassis", "vpc-di", "-c", "show clock")
    assert done.returncode == 2
    assert "belongs to chassis LAB0000E001, this is LAB0000V001" in done.stderr


def test_a_state_directory_with_strange_files_is_not_used(tmp_path: Path) -> None:
    new, pipe, outside = tmp_path / "new", tmp_path / "pipe", tmp_path / "outside"
    for directory in (new, pipe, outside):
        directory.mkdir()
    (new / "flash").symlink_to(outside)
    os.mkfifo(pipe / "chassis")
    for state, told in ((new, "/flash is or leads through a link"), (pipe, "Not a file")):
        done = program("--state", str(state), "-c", "show clock")
        assert done.returncode == 2
        assert told in done.stderr
        assert "Traceback" not in done.stderr
    assert list(outside.iterdir()) == []


def test_a_device_that_became_a_link_is_told_and_not_read(tmp_path: Path) -> None:
    state, outside = tmp_path / "state", tmp_path / "outside"
    program("--state", str(state), "-c", "show clock")
    (state / "flash").rename(outside)
    (state / "flash").symlink_to(outside)
    done = program("--state", str(state), "-c", "directory /flash")
    assert done.returncode == 1
    assert "Failure: /flash is or leads through a link" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_start_without_a_boot_stack_that_can_be_read(tmp_path: Path) -> None:
    program("--state", str(tmp_path), "-c", "show clock")
    (tmp_path / "flash/boot.sys").unlink()
    os.mkfifo(tmp_path / "flash/boot.sys")
    done = program("--state", str(tmp_path), "-c", "reload -noconfirm", "-c", "show version")
    assert "Failure: /flash/boot.sys is or leads through a link or special file" in done.stdout
    assert "Warning: No usable configuration was found" in done.stdout
    assert "Active Software" in done.stdout
    assert done.stderr == ""


def test_chassis_and_license_commands(tmp_path: Path) -> None:
    listed = program("chassis", "list")
    assert "asr5000-chapter" in listed.stdout
    assert "Session Recovery" in program("chassis", "show", "asr5500").stdout
    bad = tmp_path / "bad.toml"
    bad.write_text('title = "x"\n')
    checked = program("chassis", "check", "asr5500", str(bad))
    assert checked.returncode == 1
    assert f"{bad}: the file: missing required key" in checked.stderr
    assert "asr5500: good" in checked.stdout
    key = program("license", "make", "--feature", "session-recovery", "--feature", "pgw").stdout
    script = f"configure\n{key}end\nshow license information full\n"
    done = program("--state", "none", "--chassis", "asr5500-unlicensed", text=script)
    assert re.search(r"Session Recovery +Enabled", done.stdout)
    assert done.returncode == 0
    assert program("license", "make", "--feature", "magic").returncode == 2


LIFE = """
from tests.lab import Lab
lab = Lab("asr5000-chapter")
lab.chassis.task_faults.kill("sessmgr", 2)
lab.wait(2)
lab.chassis.card_faults.fail(1)
lab.wait(30)
for line in (
    "show subscribers all",
    "show subscribers full all",
    "show subscribers debug-info username *",
    "show task resources",
    "show task table",
    "show cpu table",
    "show session recovery status verbose",
    "show rct stats verbose",
    "show snmp trap history",
    "show crash list",
    "show license information full",
    "show configuration",
):
    print(lab.typed(line))
"""


def test_same_definition_seed_and_clock_give_the_same_bytes() -> None:
    """Two processes with different hash seeds print byte by byte the same."""
    printed = {
        subprocess.run(
            [sys.executable, "-c", LIFE],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parent.parent.parent,
            capture_output=True,
            timeout=60,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1
    assert len(printed.pop()) > 100_000


@pytest.mark.proves("SR-02", "SR-28", "SR-29")
def test_a_subscriber_before_and_after_its_sessmgr_dies(closing: list[Console]) -> None:
    """As a new user tries it, at the terminal."""
    console = Console("--state", "none", "--clock-rate", "20")
    closing.append(console)
    console.typed("terminal length 0")
    console.typed("configure", "[local]asr5500(config)# ")
    for line in ("require session recovery", "cli hidden", "cli test-commands password p"):
        console.typed(line, "[local]asr5500(config)# ")
    console.typed("end")
    console.typed("save configuration -noconfirm")
    console.typed("reload -noconfirm")
    console.until("show session recovery status", "  Overall Status        : Ready For Recovery")
    debug_info = "show subscribers debug-info username user1@lab.example"
    before = console.until(debug_info, "Current state: SMGR_STATE_CONNECTED")
    instance = re.search(r"Sessmgr Instance: (\d+)", before)
    callid = re.search(r"callid: (\w+)", before)
    assert instance is not None
    assert callid is not None
    assert "Recovered" not in before
    console.typed("cli test-commands password p")
    console.typed(f"task kill facility sessmgr instance {instance[1]}")
    after = console.until(debug_info, "Redundancy Status: Recovered Session")
    assert f"callid: {callid[1]}" in after
    assert f"instance {instance[1]} " in console.typed("show snmp trap history | grep TaskFailed")
    assert "sessmgr" in console.typed("show crash list")
    table = console.typed(f"show task table facility sessmgr instance {instance[1]}")
    assert len(re.findall(rf"sessmgr +{instance[1]} ", table)) == 1


@pytest.mark.parametrize("term", ["dumb", "xterm"])
def test_a_lab_tells_at_the_prompt_that_a_wait_is_over(
    term: str, closing: list[Console], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    lab = ("start", "too-little-hardware", "--clock-rate", "1000")
    console = Console(*lab, term=term, prompt="[local]host_name# ", command="lab")
    closing.append(console)
    for line in ("show session recovery status", "show card table | grep 4:", ":answer 2"):
        console.child.send(f"{line}\r")
        console.child.expect_exact(line)
    console.child.expect_exact("Step 2 of 3")
    console.child.send("card reboot 4\r")
    console.child.expect_exact("[Yes|No]:")
    console.child.send("yes\r")
    console.child.expect_exact("Step 3 of 3")


def test_the_greeting_leads_to_the_labs_by_a_command_that_is_there(
    closing: list[Console], tmp_path: Path
) -> None:
    console = Console("--state", str(tmp_path), term="xterm")
    closing.append(console)
    console.child.expect(r" +(\S+) lab start (\S+)\r\n")
    program, lab = console.child.match.groups()
    assert max(map(len, str(console.child.before).split("\r\n"))) < 80
    done = subprocess.run([program, "lab", "list"], capture_output=True, text=True, check=True)
    assert lab in done.stdout


def test_output_fits_a_window_that_changed_while_a_line_was_typed(
    closing: list[Console], tmp_path: Path
) -> None:
    console = Console("--state", str(tmp_path), term="xterm")
    closing.append(console)
    console.child.expect("lab start")
    console.child.setwinsize(30, 100)
    console.child.send("show terminal\r")
    console.child.expect_exact("Terminal length: 30 lines")
    console.child.expect_exact("100")
