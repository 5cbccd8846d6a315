"""The last login of every user, in memory and in a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from staros_cli.chassis.last_logins import MOST_USERS, LastLogins, Login

FIRST, SECOND = Login(1.0, "192.0.2.7"), Login(2.5, "192.0.2.8")


def test_a_login_is_told_at_the_next_one_of_the_same_user(tmp_path: Path) -> None:
    file = tmp_path / "last-logins"
    logins = LastLogins(file)
    assert logins.enter("ann", FIRST) is None
    assert logins.enter("bob", SECOND) is None
    assert logins.enter("ann", SECOND) == FIRST
    assert LastLogins(file).enter("ann", FIRST) == SECOND
    assert LastLogins().enter("ann", FIRST) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"ann": 3}', "\xff"])
def test_a_file_that_is_damaged_is_forgotten(tmp_path: Path, text: str) -> None:
    file = tmp_path / "last-logins"
    file.write_text(text)
    logins = LastLogins(file)
    assert logins.enter("ann", FIRST) is None
    assert LastLogins(file).enter("ann", SECOND) == FIRST


def test_a_directory_that_is_gone_is_no_reason_to_refuse(tmp_path: Path) -> None:
    logins = LastLogins(tmp_path / "none" / "last-logins")
    assert logins.enter("ann", FIRST) is None
    assert logins.enter("ann", SECOND) == FIRST


def test_who_logged_in_longest_ago_is_forgotten() -> None:
    logins = LastLogins()
    for number in range(MOST_USERS + 1):
        logins.enter(f"user{number}", FIRST)
    assert logins.enter("user0", SECOND) is None
    assert logins.enter(f"user{MOST_USERS}", SECOND) == FIRST
