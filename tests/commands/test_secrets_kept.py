"""Secrets that nothing has a use for: the configuration has stand-ins in their places."""

from __future__ import annotations

import re

import pytest

from tests.lab import Lab


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("snmp community hush", "snmp community encrypted name +B"),
        ("snmp community hush read-only", "snmp community encrypted name +B read-only"),
        ("snmp community name hush view all", "snmp community encrypted name +B view all"),
        ("snmp community encrypted name +Ahush", "snmp community encrypted name +Ahush"),
        ("crash enable url ftp://joe:hush@192.0.2.1/", "crash enable encrypted url +B"),
        (
            "snmp user joe password hush security-model usm auth md5 password hush",
            "snmp user joe encrypted password +B security-model usm auth md5 encrypted password +B",
        ),
    ],
)
def test_a_secret_has_a_stand_in_at_its_place(typed: str, kept: str) -> None:
    lab = Lab()
    lab.configure(typed)
    lines = lab.typed("show configuration").splitlines()
    assert f"  {kept}" in [re.sub(r"\+B[a-z2-7]{32}", "+B", line) for line in lines]


def test_a_community_is_removed_by_its_name_in_either_form() -> None:
    lab = Lab()
    for form in ("", "name "):
        lab.configure(
            "snmp community one", "snmp community name two", f"no snmp community {form}two"
        )
        assert lab.typed("show configuration").count("snmp community") == 1
