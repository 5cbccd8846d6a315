"""Replaying on a live target: a real SSH client, a real server."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

import pytest

from staros_cli.transcripts.errors import TargetError, TranscriptError
from staros_cli.transcripts.format import parse
from staros_cli.transcripts.over_ssh import ServedTarget, SshAddress, SshTarget
from staros_cli.transcripts.replay import Result, replay
from staros_cli.transcripts.spawned import Child
from tests.transcripts.ssh_server import PASSWORD, ssh_server

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.skipif(shutil.which("ssh") is None, reason="needs the OpenSSH client"),
]
OPTIONS = ("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "PubkeyAuthentication=no")


def over_ssh(
    text: str,
    port: int,
    password: str | None = PASSWORD,
    options: tuple[str, ...] = OPTIONS,
    timeout: float = 20.0,
) -> Result:
    target = SshTarget(SshAddress(f"admin@127.0.0.1:{port}"), password, options, timeout)
    return replay(parse(text, "live.transcript"), target)


def test_a_session_replays_over_ssh(tmp_path: Path) -> None:
    with ssh_server(tmp_path) as port:
        result = over_ssh(
            "# timestamps\n"
            "[local]asr5500# show clock\n"
            "*UTC 2026 (glob)\n"
            "*UTC 2026 (glob)\n"
            "[local]asr5500# no timestamps\n"
            "...\n"
            "[local]asr5500# show version ?\n"
            "...\n"
            "[local]asr5500# show version\n"
            "Active Software:\n"
            "...\n"
            "# session second operator\n"
            "[local]asr5500> configure\n"
            "Failure: This command needs the privilege of Administrator\n"
            '[local]asr5500> show administrators | grep -E "^operator|^admin"\n'
            "admin .* (re)\n"
            "operator .* (re)\n"
            "# session console\n"
            "# advance 0.05\n"
            "[local]asr5500# terminal length 10\n"
            "[local]asr5500# show configuration\n"
            "config\n"
            "...\n"
            "end\n"
            "[local]asr5500# exit\n"
            "[local]asr5500> exit\n",
            port,
        )
    assert result.report() == [], "\n".join(result.report())
    assert result.commands == 10


def test_a_difference_on_a_live_target_does_not_go_on(tmp_path: Path) -> None:
    with ssh_server(tmp_path) as port:
        result = over_ssh("[local]other# configure\n[local]other(config)#\n", port)
    assert result.stopped
    assert result.commands == 0


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[local]asr5500#\n# fault test card 1 fail\n", 2, "# fault is not possible"),
        ("[local]asr5500#\n# put a /flash/a\n", 2, "# put is not possible on a live target"),
    ],
)
def test_what_a_live_target_cannot_do(tmp_path: Path, text: str, line: int, words: str) -> None:
    with ssh_server(tmp_path) as port, pytest.raises(TranscriptError, match=words) as raised:
        over_ssh(text, port)
    assert raised.value.line == line


def test_a_target_that_hangs_up(tmp_path: Path) -> None:
    text = "[local]asr5500# show clock\n...\n[local]asr5500# show version\n"
    hung_up = pytest.raises(TranscriptError, match=r"live.transcript:3: the target hung up")
    with ssh_server(tmp_path, hang_up_after="show clock") as port, hung_up:
        over_ssh(text, port)


def test_a_prompt_that_never_comes(tmp_path: Path) -> None:
    text = "[local]asr5500# show clock\n[local]asr5500# show version\n"
    silent = ssh_server(tmp_path, silent_after="show version")
    with silent as port, pytest.raises(TranscriptError) as raised:
        over_ssh(text, port, timeout=1.5)
    assert raised.value.line == 2
    assert "no prompt came within 1.5 seconds; seen so far:\n" in str(raised.value)
    assert "thinking" in str(raised.value)


@pytest.mark.parametrize(
    ("password", "words"),
    [(None, "STAROS_CLI_PASSWORD can hold it"), ("wrong", "no session on 127.0.0.1 for admin")],
)
def test_a_login_that_fails(tmp_path: Path, password: str | None, words: str) -> None:
    with ssh_server(tmp_path) as port, pytest.raises(TranscriptError, match=words):
        over_ssh("[local]asr5500#\n", port, password)


def test_a_host_key_that_nobody_knows(tmp_path: Path) -> None:
    options = ("StrictHostKeyChecking=ask", f"UserKnownHostsFile={tmp_path / 'none'}")
    with ssh_server(tmp_path) as port, pytest.raises(TranscriptError, match="is not known"):
        over_ssh("[local]asr5500#\n", port, PASSWORD, options)


def test_what_comes_while_time_passes_comes_once() -> None:
    """A message that arrives during `# advance` belongs there and not to the next command."""
    child = Child(["/bin/sh", "-c", "echo first; read line; echo $line"], length=24, width=80)
    try:
        shown = ""
        while len(shown) < len("first\r\n"):
            shown += child.listen(0.05)
        assert shown == "first\r\n"
        child.write("second\r")
        assert child.wait_for(re.compile("second\r\n"))[1] == "second\r\n"
        assert child.listen(20.0) == ""
        assert child.closed
    finally:
        child.close()


@pytest.mark.parametrize("count", [10, 2000, 50_000])
def test_as_much_is_read_as_was_asked_for(count: int) -> None:
    """A directive may print more than a prompt is long."""
    script = f"printf '%0{count}d|' 7; read line; echo $line"
    child = Child(["/bin/sh", "-c", script], length=24, width=80, timeout=20)
    try:
        assert child.read(count) == "7".zfill(count)
        assert child.read(1) == "|"
        assert child.received == count + 1
        child.write("second\r")
        assert child.read(len("second\r\n")) == "second\r\n"
        with pytest.raises(TargetError, match="hung up"):
            child.read(1)
    finally:
        child.close()


def program_that(directory: Path, does: str) -> list[str]:
    """A command that is there, and is not our program."""
    file = directory / "program"
    file.write_text(f"#!/bin/sh\n{does}\n")
    file.chmod(0o755)
    return [str(file)]


@pytest.mark.parametrize(
    ("does", "words"),
    [
        ("exit 1", "did not start"),
        ("echo nonsense", "did not start; it said:\nnonsense"),
        ("printf '[' ; exec sleep 600", r"did not start; it said:\n\["),
        ("exec sleep 600", "did not start"),
        (None, "No such file or directory"),
    ],
)
def test_a_program_that_does_not_serve_leaves_nothing(
    does: str | None, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [str(tmp_path / "none")] if does is None else program_that(tmp_path, does)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    with pytest.raises(TargetError, match=words):
        ServedTarget(command, timeout=0.5)
    assert list(temporary.iterdir()) == []


def test_nobody_listens() -> None:
    with pytest.raises(TranscriptError, match=r"no session on 127.0.0.1 for admin: .*refused"):
        over_ssh("[local]asr5500#\n", 1)


@pytest.mark.parametrize(
    "text", ["host", "a@b:x", "a@b:70000", "-x@b", "a@-x", "a b@c", "@b", "a@"]
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match="expected user@host:port"):
        SshAddress(text)


def test_addresses() -> None:
    address = SshAddress("joe@[::1]:2222")
    assert (address.user, address.host, address.port) == ("joe", "::1", 2222)
    assert SshAddress("joe@lab").port == 22
