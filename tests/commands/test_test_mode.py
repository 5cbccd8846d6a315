"""The password of test commands in its two spellings."""

from __future__ import annotations

import pytest

from tests.lab import Lab

NEWER = "tech-support test-commands"
OLDER = "cli test-commands"


def opened(lab: Lab, password: str) -> bool:
    return not lab.reply(f"cli test-commands password {password}").failed


def test_the_newer_spelling_needs_no_cli_hidden() -> None:
    lab = Lab()
    lab.configure(f"{OLDER} password one")
    assert not opened(lab, "one")
    lab.configure(f"{NEWER} password two")
    assert opened(lab, "two")


def test_the_newer_spelling_counts_where_both_stand() -> None:
    lab = Lab()
    lab.configure("cli hidden", f"{OLDER} password one", f"{NEWER} password two")
    assert not opened(lab, "one")
    assert opened(lab, "two")


@pytest.mark.parametrize("spelling", [NEWER, OLDER])
def test_the_line_is_kept_encrypted_and_loads_again(spelling: str) -> None:
    lab = Lab()
    lab.configure("cli hidden", f"{spelling} password one")
    line = next(
        line for line in lab.typed("show configuration").splitlines() if "test-commands" in line
    )
    assert line.startswith(f"  {spelling} encrypted password ")
    assert "one" not in line.split()
    lab.configure(f"no {spelling} password")
    assert not opened(lab, "one")
    lab.configure(line.strip())
    assert opened(lab, "one")


def test_an_old_password_has_to_be_right() -> None:
    lab = Lab()
    lab.configure(f"{NEWER} password one")
    refused = lab.configure(f"{NEWER} password two old-password wrong")
    assert "Failure: " in refused
    assert opened(lab, "one")
    lab.configure(f"{NEWER} password two old-password one")
    assert "old-password" not in lab.typed("show configuration")
    assert opened(lab, "two")
    assert not opened(lab, "one")


def test_the_trap_names_no_address_at_the_console() -> None:
    lab = Lab()
    lab.configure(f"{NEWER} password two")
    assert opened(lab, "two")
    history = lab.typed("show snmp trap history").splitlines()
    trap = next(line for line in history if "TestModeEntered" in line)
    assert trap.endswith("(TestModeEntered) context local user admin ttyname /dev/console")
