"""A lab over the network: a chassis for everybody who logs in."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncssh
import pexpect
import pytest
from msgspec import Struct

from staros_cli.chassis.clock import ManualClock
from staros_cli.labs import progress, schema
from staros_cli.labs.progress import SUFFIX, Progress
from staros_cli.network.clock_driver import ManualDriver
from staros_cli.network.endpoint import Rules
from staros_cli.network.limits import Limits, LoginGate
from staros_cli.network.listeners import LOOPBACK, Address, Listeners
from staros_cli.teaching.classroom import Classroom
from tests.lab import START
from tests.network.wire import PATIENCE, Shell, complete, connected, eventually, shell, telnet

pytestmark = pytest.mark.end_to_end

FIRST = "finding-ones-way"
SAVED = "saved-or-not"


class Class(Struct):
    """A class that a test holds."""

    room: Classroom
    clock: ManualClock
    root: Path
    ssh: Address
    telnet: Address
    warnings: list[str]

    def kept(self, learner: str) -> Progress:
        return progress.read(self.root / learner / f"{self.room.lab.name}{SUFFIX}")

    def outcomes(self, learner: str) -> list[str]:
        result = self.kept(learner).result
        assert result is not None
        return [step.outcome for step in result.steps]


@asynccontextmanager
async def a_class(
    lab: str, root: Path, host_key: Path, limits: Limits | None = None
) -> AsyncIterator[Class]:
    clock, warnings = ManualClock(START), list[str]()
    limits = limits or Limits()
    rules = Rules(limits, LoginGate(limits.failed_logins, lambda: 0.0))
    room = Classroom(
        schema.load(lab), rules, ManualDriver(clock), clock, root=root, warn=warnings.append
    )
    listeners = Listeners(LOOPBACK, rules.limits, host_key)
    try:
        ssh, telnet_ = await listeners.open(lab, lambda: room)
        yield Class(room, clock, root, ssh, telnet_, warnings)
    finally:
        await listeners.close([room])


@asynccontextmanager
async def console(
    taught: Class, learner: str, prompt: bytes = b"asr5500# ", **options: Any
) -> AsyncIterator[Shell]:
    """The console of a learner, behind the panels that come first."""
    first = b" well.\r\n[local]" + prompt
    async with shell(taught, learner, size=(80, 100), first=first, **options) as line:
        line.prompt = re.compile(rb"\r\n\[local\][^ \r\n]+# $")
        yield line


def test_two_people_take_a_lab_at_once_on_chassis_of_their_own(
    host_key: Path, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with (
            a_class(SAVED, tmp_path, host_key) as taught,
            console(taught, "alice") as alice,
            console(taught, "bob") as bob,
        ):
            await alice.run("configure")
            await alice.run("require session recovery")
            await alice.run("end")
            recovery = "show configuration | grep require"
            assert "require session recovery" in await alice.run(recovery)
            assert "require session recovery" not in await bob.run(recovery)
            assert "alice" not in await bob.run("show administrators")
            assert len((await bob.run("show administrators")).splitlines()) == 3
            await bob.run(":hint")
            assert taught.kept("alice").result != taught.kept("bob").result
            assert [taught.kept(name).learner for name in ("alice", "bob")] == ["alice", "bob"]

    complete(scenario())


def test_the_end_of_the_class_is_told_to_everybody(host_key: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with (
            a_class(FIRST, tmp_path, host_key) as taught,
            console(taught, "alice") as alice,
            telnet(taught.telnet) as bob,
        ):
            await bob.until(b"login: ")
            await bob.type(b"bob\r\0", b"password: ")
            await bob.type(b"admin\r\0", b"[local]asr5500# ")
            await taught.room.stop()
            for rest in (await alice.rest(), await bob.rest()):
                assert rest.decode().splitlines()[-2:] == [
                    "The class is over.",
                    "What was done is kept; log in again to go on with step 1 of 4.",
                ]

    complete(scenario())


def test_the_first_lab_is_taken_to_full_marks(host_key: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with (
            a_class(FIRST, tmp_path, host_key) as taught,
            console(taught, "carol", term="dumb") as line,
        ):
            await line.type("show version ?", b"# show version ")
            assert "Done: 10 of 10" in (await line.type("\r")).decode()
            for typed in ("sh subs sum", ":answer 1024", "sh conf | grep con", ":answer 2"):
                await line.type(f"{typed}\r")
            await line.run("configure")
            assert "40 of 40" in await line.run("end")
            assert taught.outcomes("carol") == ["passed"] * 4

    complete(scenario())


def test_who_comes_back_goes_on_where_the_line_was_lost(host_key: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with a_class(SAVED, tmp_path, host_key) as taught:
            async with console(taught, "dave") as line:
                await line.run("configure")
                await line.type("require session recov", b"recov")
            await eventually(lambda: not taught.room.lines)
            async with console(taught, "dave", b"asr5500(config)# ") as line:
                await line.run("require session recovery")
                await line.run("end")
                assert "require" in await line.run("show configuration | grep require")

    complete(scenario())


def test_a_line_over_the_limit_is_refused_and_not_cut(host_key: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        limits = Limits(line=80)
        async with (
            a_class(SAVED, tmp_path, host_key, limits) as taught,
            console(taught, "ned") as line,
        ):
            for before in ("show clock", ":reset"):
                await line.run(before)
                shown = await line.type(f"show clock{' ' * 75}| grep -c x\r")
                assert b"longer than 80 characters" in shown

    complete(scenario())


def test_a_finished_attempt_is_put_aside_for_a_new_one(host_key: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with a_class(FIRST, tmp_path, host_key) as taught, console(taught, "erin") as line:
            for _ in range(4):
                await line.type(":skip\r")
            assert taught.outcomes("erin") == ["skipped"] * 4
            async with console(taught, "erin"):
                assert taught.outcomes("erin") == ["open"] * 4
            assert (tmp_path / "erin" / f"{FIRST}.1{SUFFIX}").exists()

    complete(scenario())


def test_the_latest_terminal_of_a_learner_has_the_chassis(host_key: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with a_class(FIRST, tmp_path, host_key) as taught, console(taught, "fay") as old:
            await old.run("configure")
            async with console(taught, "fay", b"asr5500(config)# ") as new:
                assert b"You have gone on from another terminal." in await old.rest()
                await new.run("end")
                assert taught.outcomes("fay")[0] == "open"
                assert len(taught.room.lines) == 1

    complete(scenario())


def test_progress_that_was_moved_belongs_to_whoever_opens_it(
    host_key: Path, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with a_class(FIRST, tmp_path, host_key) as taught:
            async with console(taught, "alic") as line:
                await line.run("show clock")
            (tmp_path / "alic").rename(tmp_path / "alice")
            async with console(taught, "alice") as old, console(taught, "alice"):
                assert b"You have gone on from another terminal." in await old.rest()
                assert len(taught.room.lines) == 1
            assert taught.kept("alice").learner == "alice"

    complete(scenario())


def test_one_server_has_the_progress_of_a_class(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from staros_cli.app import main

    with progress.alone(tmp_path / f".{FIRST}.lock", "held"):
        words = ["--ssh", "--class", str(tmp_path), "--host", "192.0.2.1"]
        assert main(["lab", "start", FIRST, *words]) == 2
    assert f"another server keeps what is done in {FIRST} there" in capsys.readouterr().err


def test_a_restart_is_seen_at_the_console_and_ends_nothing(host_key: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with (
            a_class(SAVED, tmp_path, host_key) as taught,
            console(taught, "gil") as line,
        ):
            await line.type("reload\r", b": ")
            shown = (await line.type("yes\r", b"asr5500# ")).decode()
            assert "The system is going down for reload" in shown
            assert "asr5500 is up" in shown
            assert "Number" in await line.run("show version | grep Number")

    complete(scenario())


def test_a_step_that_waits_for_time_is_told_of_without_a_key(
    host_key: Path, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with (
            a_class("too-little-hardware", tmp_path, host_key) as taught,
            console(taught, "hal", b"host_name# ") as line,
        ):
            await line.run("show session recovery status")
            await line.run("show card table")
            await line.run(":answer 2")
            await line.type("card reboot 4\r", b": ")
            await line.type("yes\r")
            taught.clock.advance(90)
            taught.room.look()
            assert b"Done: 10 of 10" in await line.until()

    complete(scenario())


@pytest.mark.parametrize(
    ("user", "password"),
    [
        ("ivy", "wrong"),
        ("ivy", ""),
        ("..", "admin"),
        ("a/b", "admin"),
        (".hidden", "admin"),
    ],
)
def test_who_has_no_password_or_no_name_is_not_let_in(
    host_key: Path, tmp_path: Path, user: str, password: str
) -> None:
    async def scenario() -> None:
        async with a_class(FIRST, tmp_path, host_key) as taught:
            with pytest.raises(asyncssh.PermissionDenied):
                async with connected(taught, user, password):
                    pass
            assert list(tmp_path.iterdir()) == []

    complete(scenario())


def test_a_name_is_no_longer_than_a_host_takes(host_key: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with a_class(FIRST, tmp_path, host_key) as taught:
            check = taught.room.check_password
            assert await check("peer", "\U0001d4b3" * 64, "admin") is None
            assert await check("peer", "x" * 64, "admin") is not None

    complete(scenario())


def test_there_are_no_files_to_transfer(host_key: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with (
            a_class(FIRST, tmp_path, host_key) as taught,
            connected(taught, "jo") as connection,
        ):
            with pytest.raises((asyncssh.ChannelOpenError, asyncssh.SFTPError)):
                await connection.start_sftp_client()

    complete(scenario())


def test_telnet_leads_there_too(host_key: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with a_class(FIRST, tmp_path, host_key) as taught, telnet(taught.telnet) as line:
            await line.log_in(b"kim")
            shown = (await line.until(b" well.\r\n[local]asr5500# ")).decode()
            assert "Step 1 of 4" in shown
            assert "\x1b" not in shown
            assert taught.kept("kim").learner == "kim"

    complete(scenario())


def test_progress_that_cannot_be_used_is_told_and_left_alone(
    host_key: Path, tmp_path: Path
) -> None:
    file = tmp_path / "liz" / f"{FIRST}{SUFFIX}"
    file.parent.mkdir()
    file.write_text('{"version": 99}')

    async def scenario() -> None:
        async with (
            a_class(FIRST, tmp_path, host_key) as taught,
            connected(taught, "liz") as connection,
        ):
            found = await connection.run("", term_type="vt100", timeout=PATIENCE)
            assert "kept by another version of the program" in str(found.stdout)
            assert found.exit_status == 1

    complete(scenario())
    assert file.read_text() == '{"version": 99}'


def test_a_lab_goes_on_when_progress_cannot_be_kept(host_key: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with a_class(FIRST, tmp_path, host_key) as taught, console(taught, "mia") as line:
            directory = tmp_path / "mia"
            for file in directory.iterdir():
                file.unlink()
            directory.rmdir()
            directory.write_text("in the way")
            assert "Number" in await line.run("show version")
            assert "Number" in await line.run("show version")
            (warning,) = taught.warnings
            assert warning.startswith("the progress of mia is not kept: ")

    complete(scenario())


def test_the_program_opens_a_class_and_grades_it(host_key: Path, tmp_path: Path) -> None:
    program = [sys.executable, "-m", "staros_cli", "lab"]
    words = ["--ssh", "--json", "--class", str(tmp_path), "--password", "sesame"]
    with subprocess.Popen(
        [*program, "start", FIRST, *words, "--host-key", str(host_key)],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        (found,) = json.loads(process.stdout.readline())
        assert found["name"] == FIRST
        assert found["login"] == {"user": None, "password": "sesame"}
        assert found["class"] == str(tmp_path)

        class Reached:
            ssh = Address(**found["ssh"])

        async def scenario() -> None:
            async with shell(Reached(), "nina", "sesame", first=b" well.\r\n") as line:
                await line.type(":skip\r", b"Step 2 of 4")

        try:
            complete(scenario())
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    grades = subprocess.run(
        [*program, "grade", str(tmp_path), "--json", str(tmp_path / "grades.json")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "nina" in grades.stdout


def test_ctrl_c_says_good_bye_to_who_is_on_with_openssh(host_key: Path, tmp_path: Path) -> None:
    """That client shows nothing more once the connection is taken from it."""
    command = [sys.executable, "-m", "staros_cli", "lab", "start", FIRST, "--ssh", "--json"]
    command += ["--host-key", str(host_key), "--class", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        (found,) = json.loads(server.stdout.readline())
        try:
            options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null"]
            options += ["PubkeyAuthentication=no", f"Port={found['ssh']['port']}"]
            client = pexpect.spawn(
                "ssh",
                [*(word for option in options for word in ("-o", option)), "alice@127.0.0.1"],
                encoding="utf-8",
                timeout=PATIENCE,
            )
            client.expect("assword: ")
            client.sendline("admin")
            client.expect_exact(" as well.\r\n[local]asr5500# ")
            server.send_signal(signal.SIGINT)
            client.expect_exact("The class is over.")
            client.expect_exact("log in again to go on with step 1 of 4.")
            client.close(force=True)
            assert server.wait(PATIENCE) == 0
        finally:
            server.kill()


def test_what_only_one_learner_has_goes_with_no_class(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from staros_cli.app import main

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert main(["lab", "start", FIRST, "--ssh", "--again"]) == 2
    assert not list(tmp_path.iterdir())
