"""paramiko: a shell, a command, files."""

from __future__ import annotations

import time
from typing import Any

import paramiko


def _client(served: dict[str, Any]) -> paramiko.SSHClient:
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
    client.connect(
        served["ssh"]["host"],
        served["ssh"]["port"],
        username=served["login"]["user"],
        password=served["login"]["password"],
        allow_agent=False,
        look_for_keys=False,
        timeout=15,
    )
    return client


def _until(channel: paramiko.Channel, text: bytes) -> bytes:
    held = b""
    end = time.monotonic() + 15
    while not held.endswith(text):
        assert time.monotonic() < end, held
        held += channel.recv(65536)
    return held


def test_a_shell(served: dict[str, Any]) -> None:
    with _client(served) as client:
        channel = client.invoke_shell(width=512, height=0)
        _until(channel, b"# ")
        for line in (b"terminal length 0", b"terminal width 512", b"no timestamps"):
            channel.sendall(line + b"\n")
            assert _until(channel, b"# ") == line + b"\r\n[local]asr5500# "
        channel.sendall(b"show subscribers all\n")
        assert _until(channel, b"# ").count(b"\r\n") > 1000


def test_commands_and_files_over_one_connection(served: dict[str, Any]) -> None:
    with _client(served) as client:
        for line, status in (("show clock", 0), ("show nothing", 1)):
            _, out, _ = client.exec_command(line, timeout=15)
            assert out.read()
            assert out.channel.recv_exit_status() == status
        with client.open_sftp() as files:
            assert files.normalize(".") == "/flash"
            with files.open("paramiko.cfg", "w") as file:
                file.write("config\nend\n")
            assert "paramiko.cfg" in files.listdir()
            with files.open("paramiko.cfg") as file:
                assert file.read() == b"config\nend\n"
