"""The OpenSSH client, interactively and for one command, and its `sftp`."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pexpect
import pytest

pytestmark = pytest.mark.skipif(shutil.which("ssh") is None, reason="needs the OpenSSH client")

PROMPT = r"\[local\]asr5500# $"
OPTIONS = [
    "-F",
    "none",
    "-o",
    "StrictHostKeyChecking=accept-new",
    "-o",
    "PreferredAuthentications=password",
    "-o",
    "NumberOfPasswordPrompts=1",
]


def _spawn(program: str, served: dict[str, Any], tmp_path: Path, *words: str) -> Any:
    port = "-P" if program == "sftp" else "-p"
    arguments = [port, str(served["ssh"]["port"]), *OPTIONS]
    arguments += ["-o", f"UserKnownHostsFile={tmp_path / 'known_hosts'}"]
    child = pexpect.spawn(
        program,
        [*arguments, f"admin@{served['ssh']['host']}", *words],
        encoding="utf-8",
        timeout=15,
        dimensions=(24, 80),
    )
    child.expect("password: ")
    child.sendline("admin")
    return child


def test_interactively(served: dict[str, Any], tmp_path: Path) -> None:
    child = _spawn("ssh", served, tmp_path)
    assert "Cisco Systems ASR5500 Intelligent Mobile Gateway" in child.before
    child.expect(PROMPT)
    child.send("show ver\t?")
    child.expect(r"verbose - .*\[local\]asr5500# show version $")
    child.send("\r")
    child.expect(PROMPT)
    assert "Image Version:" in child.before
    assert "\x1b" not in child.before
    child.send("terminal length 24\r")
    child.expect(PROMPT)
    child.send("show subscribers all\r")
    child.expect(r"---\(more \d+%\)---$")
    child.send(" ")
    child.expect(r"---\(more \d+%\)---$")
    child.send("q")
    child.expect(PROMPT)
    child.send("exit\r")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_a_script_that_sets_no_length_reads_to_the_end(
    served: dict[str, Any], tmp_path: Path
) -> None:
    child = _spawn("ssh", served, tmp_path)
    child.expect(PROMPT)
    child.send("show subscribers full all\r")
    child.expect(PROMPT)
    assert child.before.count("Username: ") > 1000
    assert "---(more" not in child.before
    child.send("exit\r")
    child.expect(pexpect.EOF)


def test_reload_closes_the_connection_and_a_new_one_works(
    served: dict[str, Any], tmp_path: Path
) -> None:
    child = _spawn("ssh", served, tmp_path)
    child.expect(PROMPT)
    child.send("reload\r")
    child.expect(r"Are you sure\? \[Yes\|No\]: $")
    child.send("yes\r")
    child.expect(pexpect.EOF)
    assert "going down for reload" in child.before
    child.close()
    assert child.exitstatus == 255
    for _ in range(200):
        try:
            again = _spawn("ssh", served, tmp_path)
        except pexpect.EOF:
            continue
        again.expect(PROMPT)
        again.send("show system uptime\r")
        again.expect(r"0D 0H 0M")
        again.close()
        return
    pytest.fail("the address does not answer again")


def test_one_command(served: dict[str, Any], tmp_path: Path) -> None:
    child = _spawn("ssh", served, tmp_path, "show", "version")
    child.expect(pexpect.EOF)
    child.close()
    assert re.match(r"\s*Active Software:\r\n", child.before)
    assert child.exitstatus == 0
    child = _spawn("ssh", served, tmp_path, "show", "nothing")
    child.expect(pexpect.EOF)
    child.close()
    assert 'Unknown command - "nothing"' in child.before
    assert child.exitstatus == 1


def test_sftp(served: dict[str, Any], tmp_path: Path) -> None:
    own = tmp_path / "own.cfg"
    own.write_text("config\nend\n")
    child = _spawn("sftp", served, tmp_path)
    for line, seen in (
        ("pwd", "Remote working directory: /flash\r\n"),
        ("ls -l", r"system\.cfg"),
        (f"put {own} /hd-raid/own.cfg", "100%"),
        (f"get /hd-raid/own.cfg {tmp_path / 'back.cfg'}", "100%"),
        ("get /etc/passwd", "not found|No such file|no file system"),
        ("rm /hd-raid/own.cfg", "Removing"),
    ):
        child.expect("sftp> $")
        child.sendline(line)
        child.expect(seen)
    child.expect("sftp> $")
    child.sendline("exit")
    child.expect(pexpect.EOF)
    assert (tmp_path / "back.cfg").read_text() == "config\nend\n"
    assert not (tmp_path / "state/hd-raid/own.cfg").exists()


def test_scp(served: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "by-scp.cfg"
    file.write_text("config\nend\n")
    arguments = ["-P", str(served["ssh"]["port"]), *OPTIONS]
    arguments += ["-o", f"UserKnownHostsFile={tmp_path / 'known_hosts'}"]
    target = f"admin@{served['ssh']['host']}:/flash/by-scp.cfg"
    child = pexpect.spawn("scp", [*arguments, str(file), target], encoding="utf-8", timeout=15)
    child.expect("password: ")
    child.sendline("admin")
    child.expect(pexpect.EOF)
    child.wait()
    assert child.exitstatus == 0


def test_a_public_key(served: dict[str, Any], tmp_path: Path) -> None:
    key = tmp_path / "id_ed25519"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    public = key.with_suffix(".pub").read_text().rsplit(" ", 1)[0]
    child = _spawn("ssh", served, tmp_path)
    for line in (
        "configure",
        "context local",
        "administrator joe password secret",
        f'authorized-key username joe key "{public}"',
        "end",
    ):
        child.expect("# $")
        child.send(f"{line}\r")
    child.expect(PROMPT)
    child.close()
    options = ["-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "BatchMode=yes"]
    options += ["-o", f"UserKnownHostsFile={tmp_path / 'known_hosts'}", "-i", str(key)]
    options += ["-p", str(served["ssh"]["port"])]
    done = subprocess.run(
        ["ssh", *options, "joe@127.0.0.1", "show", "administrators"],
        capture_output=True,
        text=True,
        timeout=15,
        check=True,
    )
    assert "joe" in done.stdout
    assert (tmp_path / "host_key").stat().st_mode & 0o777 == 0o600
