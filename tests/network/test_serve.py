"""`staros-cli serve` as a process."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncssh
import pytest

from staros_cli.errors import UsageError
from staros_cli.network.chassis_server import ChassisServer
from staros_cli.network.limits import Limits, limits_of
from staros_cli.network.listeners import Address
from tests.network.wire import complete, telnet

pytestmark = pytest.mark.end_to_end


@contextmanager
def serving(*words: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "staros_cli", "serve", *words]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_one_line_of_json_and_a_graceful_end(host_key: Path, number: signal.Signals) -> None:
    words = ("--json", "--count", "3", "--chassis", "vpc-si", "--state", "none")
    with serving(*words, "--host-key", str(host_key)) as process:
        found = json.loads(line_of(process))
        assert [chassis["name"] for chassis in found] == ["vpc-si-1", "vpc-si-2", "vpc-si-3"]
        assert all(chassis["login"] == {"user": "admin", "password": "admin"} for chassis in found)
        ports = {chassis[kind]["port"] for chassis in found for kind in ("ssh", "telnet")}
        assert len(ports) == 6

        async def scenario() -> None:
            async with telnet(Address(**found[2]["telnet"])) as line:
                prompt = await line.log_in()
                assert f"[local]{found[2]['hostname']}# ".encode() in prompt
                process.send_signal(number)
                await line.rest()

        complete(scenario())
        assert process.wait(10) == 0
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read() == ""
        assert process.stderr.read() == ""


def test_the_table_announces_the_lab_login(host_key: Path) -> None:
    with serving("--state", "none", "--host-key", str(host_key)) as process:
        assert line_of(process).split() == [
            *("chassis", "hostname", "SSH", "and", "SFTP", "telnet", "login")
        ]
        row = line_of(process)
        assert row.startswith("asr5500  asr5500   127.0.0.1 ")
        assert row.endswith("admin, password admin (no user is configured)\n")


def test_require_auth_refuses_the_lab_login_and_says_so(host_key: Path) -> None:
    words = ("--json", "--require-auth", "--state", "none", "--host-key", str(host_key))
    with serving(*words) as process:
        (found,) = json.loads(line_of(process))
        assert found["login"] == {"user": None, "password": None}
        assert process.stderr is not None
        assert "no user is configured" in process.stderr.readline()

        async def scenario() -> None:
            async with telnet(Address(**found["telnet"])) as line:
                await line.until(b"login: ")
                await line.type(b"admin\r\0", b"password: ")
                assert await line.type(b"admin\r\0", b"t\r\n") == b"\r\nLogin incorrect\r\n"

        complete(scenario())


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("nothing",), "expected a definition file or one of asr5000-chapter, "),
        (("--count", "0"), "expected a number from 1 to 1000"),
        (("--ssh-port", "65535", "--count", "2"), "cannot listen on 127.0.0.1"),
        (("--host", "192.0.2.1"), "asr5500: cannot listen on 192.0.2.1"),
        (("--limit", "speed=1"), "expected NAME=N with a name of sessions, connections, "),
        (("--limit", "sessions=0"), "--limit sessions: expected int >= 1"),
        (("--authorized-keys", "/nowhere"), "--authorized-keys /nowhere: "),
        (("--host-key", "/dev/null/key"), "host key /dev/null/key: "),
    ],
)
def test_what_cannot_be_served_is_told_in_one_line(
    host_key: Path, words: tuple[str, ...], text: str
) -> None:
    fixed = [sys.executable, "-m", "staros_cli", "serve", "--state", "none"]
    own = () if "--host-key" in words else ("--host-key", str(host_key))
    done = subprocess.run([*fixed, *own, *words], capture_output=True, text=True, timeout=20)
    assert done.returncode == 2
    assert text in done.stderr
    assert "Traceback" not in done.stderr


def test_a_host_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "ssh/host_key"

    async def scenario() -> None:
        async with ChassisServer(host_key_file=file):
            pass

    complete(scenario())
    made = file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o644)
    complete(scenario())
    assert file.read_bytes() == made
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_text("no key")
    with pytest.raises(UsageError, match="expected a private key of OpenSSH"):
        asyncio.run(ChassisServer(host_key_file=file).__aenter__())


def test_a_home_that_cannot_be_written_is_served_with_a_key_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "no directory"
    home.write_text("")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_STATE_HOME", str(home))
    with serving("--json", "--state", "none") as process:
        (found,) = json.loads(line_of(process))
        assert process.stderr is not None
        told = process.stderr.readline()
        assert told.startswith(f"staros-cli: host key {home}")
        assert told.endswith("; this one lives in memory, --host-key names a file to keep\n")

        async def scenario() -> None:
            async with asyncssh.connect(
                found["ssh"]["host"],
                found["ssh"]["port"],
                username="admin",
                password="admin",
                known_hosts=None,
            ) as connection:
                done = await connection.run("show version | grep Number")
                assert done.stdout == "  Image Build Number:             90001\n"

        complete(scenario())


def test_what_is_saved_is_there_the_next_time(host_key: Path, tmp_path: Path) -> None:
    async def first() -> None:
        async with (
            ChassisServer(host_key_file=host_key, state=tmp_path) as lab,
            telnet(lab["asr5500"].telnet) as line,
        ):
            await line.log_in()
            for text in (b"configure", b"system hostname kept", b"end"):
                await line.type(text + b"\r\0", b"# ")
            await line.type(b"save configuration -noconfirm\r\0", b"]kept# ")

    async def second() -> None:
        async with ChassisServer(host_key_file=host_key, state=tmp_path) as lab:
            assert lab["asr5500"].hostname == "kept"

    complete(first())
    complete(second())


def test_a_save_that_runs_is_finished_at_the_end(host_key: Path, tmp_path: Path) -> None:
    slow = tmp_path / "slow.toml"
    slow.write_text('base = "asr5500"\ntitle = "Slow"\nserial = "SLOW1"\nsave-seconds = 600\n')
    words = ("--json", str(slow), "--state", str(tmp_path / "state"), "--host-key", str(host_key))
    with serving(*words) as process:
        (found,) = json.loads(line_of(process))

        async def scenario() -> None:
            async with telnet(Address(**found["telnet"])) as line:
                await line.log_in()
                await line.type(b"save configuration /flash/late.cfg\r\0", b"late.cfg\r\n")
                process.send_signal(signal.SIGTERM)
                await line.rest()

        complete(scenario())
        assert process.wait(10) == 0
    (file,) = (tmp_path / "state").rglob("late.cfg")
    assert file.read_text().startswith("#!$$ StarOS ")
    assert file.read_text().rstrip().endswith("end")


def test_limits_by_name() -> None:
    assert limits_of(["held-output=8192", "line=100"]) == Limits(held_output=8192, line=100)


def test_who_can_be_reached_from_elsewhere_is_told_of(host_key: Path) -> None:
    words = ("--json", "--host", "0.0.0.0", "--state", "none", "--host-key", str(host_key))
    with serving(*words) as process:
        line_of(process)
        assert process.stderr is not None
        assert "whoever reaches 0.0.0.0 can log in as admin" in process.stderr.readline()


def test_an_empty_address_is_none(host_key: Path) -> None:
    with pytest.raises(UsageError, match="--host: expected an address, got none"):
        asyncio.run(ChassisServer(host="", host_key_file=host_key).__aenter__())
