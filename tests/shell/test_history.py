"""The history of the lines typed holds no password, neither in memory nor on the disk."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from staros_cli.shell.history import LARGEST, lines_typed
from staros_cli.shell.session import CliSession
from tests.support import make_session, run

SECRET = "s3cret"
SECRETS: list[Sequence[str]] = [
    (f"operator joe password {SECRET}",),
    (f"operator joe pass {SECRET}",),
    (f"administrator bob password {SECRET} timeuot-idle 5",),
    (f"administrator bob pasword {SECRET}",),
    (f"local-user username bob password {SECRET}",),
    (f"copy sftp://bob:{SECRET}@192.0.2.1/x.cfg /flash/x.cfg",),
    (f"# operator joe password {SECRET}",),
    ("operator joe \\", f"password {SECRET}"),
    ("operator joe password \\", SECRET),
    ("operator joe password \\", f"{SECRET} \\", "timeout-idle 5"),
    (f"operator joe password {SECRET} \\", "timeout-idle 5"),
]


def in_context() -> CliSession:
    """A session where users can be configured."""
    session, _ = make_session()
    run(session, "configure", "context local")
    return session


@pytest.mark.parametrize("lines", SECRETS, ids="; ".join)
def test_no_password_is_remembered(lines: Sequence[str]) -> None:
    session = in_context()
    for line in lines:
        session.handle(line)
    assert SECRET not in "".join(session.history)


@pytest.mark.parametrize("in_file", [True, False])
@pytest.mark.parametrize("lines", SECRETS, ids="; ".join)
def test_no_password_is_in_the_lines_typed(
    lines: Sequence[str], in_file: bool, tmp_path: Path
) -> None:
    session, file = in_context(), tmp_path / "history"
    typed = lines_typed(session, file if in_file else None)
    for line in [*lines, "exit", "show clock"]:
        typed.append_string(line)
        session.handle(line)
    assert SECRET not in "".join(typed.get_strings())
    assert typed.get_strings()[-2:] == ["exit", "show clock"]
    if in_file:
        assert SECRET not in file.read_text()
        assert "+show clock\n" in file.read_text()


@pytest.mark.parametrize(
    "line",
    [
        "show prot",
        "no administrator password",
        "copy sftp://192.0.2.1:22/x@y.cfg /flash/x.cfg",
        "terminal length 0 \\",
    ],
)
def test_what_holds_no_password_is_kept(line: str) -> None:
    session = in_context()
    assert not session.holds_secret(line)
    session.handle(line)
    session.end_of_input()
    assert session.history[-1] == line.rstrip(" \\")


@pytest.mark.parametrize(
    "line",
    [
        "administrator bob pswd S3cret",
        "adminstrator bob password S3cret",
        "admin bob encryptd password S3cret",
        "local-user usrname bob S3cret",
        "cli test-comands pasword S3cret",
        "operator bob passwd S3cret",
        "snmp comunity S3cret read-only",
        "copy ftp://bob:S3cret@192.0.2.1/x /flash/x extra words",
    ],
)
def test_a_misspelt_line_with_a_password_is_not_kept(line: str) -> None:
    session, _ = make_session()
    session.handle("configure")
    session.handle("context local")
    assert session.holds_secret(line)
    session.handle(line)
    assert not any("S3cret" in kept for kept in session.history)


@pytest.mark.parametrize("line", ["shwo clock", "show clokc", "contxt A", "save confgiuration"])
def test_other_misspelt_lines_are_kept_to_be_mended(line: str) -> None:
    session, _ = make_session()
    session.handle(line)
    assert session.history == [line]


def test_the_file_does_not_grow_for_ever(tmp_path: Path) -> None:
    session, file = make_session()[0], tmp_path / "history"
    file.write_bytes(b"".join(b"\n+show clock %06d\n" % n for n in range(LARGEST // 19 + 1)))
    assert file.stat().st_size > LARGEST
    typed = lines_typed(session, file)
    assert file.stat().st_size <= LARGEST // 2
    lines = list(typed.load_history_strings())
    assert lines[0] == f"show clock {LARGEST // 19:06}"
    assert all(len(line) == len("show clock 000000") for line in lines)
    size = file.stat().st_size
    lines_typed(session, file)
    assert file.stat().st_size == size
