"""Secrets of lines that are kept: a stand-in is shown and saved, and loads again as it is."""

from __future__ import annotations

import re

import pytest

from tests.lab import Lab


def shown(lab: Lab, word: str) -> list[str]:
    return [line for line in lab.typed("show configuration").splitlines() if word in line]


@pytest.mark.parametrize(
    ("opening", "line", "beginning"),
    [
        ("subscriber name joe", "password hunter2", "encrypted password +"),
        ("apn internet", "outbound password hunter2", "outbound encrypted password +"),
        (
            "apn internet",
            "tunnel l2tp peer-address 192.0.2.1 secret hunter2 preference 1",
            "tunnel l2tp peer-address 192.0.2.1 encrypted secret +",
        ),
        (
            "mrme-service m1",
            "radius client 192.0.2.2 key hunter2",
            "radius client 192.0.2.2 encrypted key +",
        ),
    ],
)
def test_a_secret_is_kept_as_a_stand_in(opening: str, line: str, beginning: str) -> None:
    lab = Lab()
    lab.configure("autoconfirm", "context c1", opening, line)
    (kept,) = shown(lab, beginning.split()[0])
    assert kept.strip().startswith(beginning)
    assert "hunter2" not in kept
    lab.configure("context c1", opening, kept.strip())
    assert shown(lab, beginning.split()[0]) == [kept]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("crash enable url ftp://joe:hush@192.0.2.1/", "crash enable encrypted url +B"),
        (
            "snmp user joe password hush security-model usm auth md5 password hush",
            "snmp user joe encrypted password +B security-model usm auth md5 encrypted password +B",
        ),
        # A value that is spelled as the word which marks what is encrypted.
        ("snmp user encrypted password hush", "snmp user encrypted encrypted password +B"),
        (
            "snmp user joe group encrypted password hush",
            "snmp user joe group encrypted encrypted password +B",
        ),
    ],
)
def test_a_secret_has_a_stand_in_at_its_place(typed: str, kept: str) -> None:
    lab = Lab()
    lab.configure(typed)
    lines = lab.typed("show configuration").splitlines()
    assert f"  {kept}" in [re.sub(r"\+B[a-z2-7]{32}", "+B", line) for line in lines]


@pytest.mark.parametrize(
    ("opening", "line"),
    [
        ((), "bulkstats config schema ftp://joe{}@192.0.2.1/x"),
        ((), "diameter dynamic-dictionary d sftp://joe{}@192.0.2.1/x"),
        (("bulkstats mode",), "local-file storage sftp://joe{}@192.0.2.1/x"),
    ],
)
def test_the_password_in_a_url_is_left_out(opening: tuple[str, ...], line: str) -> None:
    lab = Lab()
    for password in (":hush", ""):
        lab.configure(*opening, line.format(password))
        assert [kept.strip() for kept in shown(lab, "joe")] == [line.format("")]


def test_a_line_with_a_password_in_a_url_is_removed_by_itself() -> None:
    lab = Lab()
    line = "bulkstats config schema ftp://joe:hush@192.0.2.1/x"
    lab.configure(line, f"no {line}")
    assert shown(lab, "bulkstats config") == []
