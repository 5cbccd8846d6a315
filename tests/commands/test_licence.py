"""Licence keys: what is shown of them, and what can be wrong with one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staros_cli.chassis.definition import parse, shipped
from staros_cli.chassis.licence import FEATURES, SESSION_TYPES, License, read_key
from staros_cli.messages import Refused
from tests.lab import START, Lab

licences = st.builds(
    License,
    chassis=st.from_regex(r"[A-Za-z0-9-]{1,30}", fullmatch=True),
    features=st.lists(st.sampled_from(list(FEATURES)), unique=True).map(tuple),
    sessions=st.dictionaries(st.sampled_from(list(SESSION_TYPES)), st.integers(0, 10**9)),
    issued=st.integers(0, 4 * 10**9).map(float),
    expires=st.none() | st.integers(0, 4 * 10**9).map(float),
    number=st.integers(0, 10**9),
    comment=st.text(max_size=40).filter(str.isprintable),
)


def one_line(license: License) -> str:
    return 'license key "' + license.key().replace("\n", "") + '"'


@pytest.mark.proves("SR-13")
@given(licences)
def test_a_key_says_what_went_into_it(license: License) -> None:
    assert read_key(license.key()) == license


def test_a_key_is_forced_and_stored_without_that_word() -> None:
    lab = Lab()
    license = License("LAB0000E001", ("pgw",), issued=START)
    lab.configure(f"{one_line(license)} -force")
    assert lab.chassis.license.license == license
    assert "-force" not in lab.typed("show configuration")


@pytest.mark.parametrize("comment", ["a\x1b[2Jb", "a\x9bb", "a\u202eb"])
def test_a_key_with_control_characters_is_refused(comment: str) -> None:
    """They would reach the terminal of whoever shows the license."""
    with pytest.raises(Refused, match="it holds control characters"):
        read_key(License("ANY", (), comment=comment).key())


@pytest.mark.proves("SR-13")
@given(licences, st.data())
def test_one_changed_character_is_found_out(license: License, data: st.DataObject) -> None:
    text = license.key()
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="\\"))
    changed = text[:place] + other + text[place + 1 :]
    if changed == text or text[place].isspace():
        return
    with pytest.raises(Refused):
        read_key(changed)


@pytest.mark.proves("SR-13")
@given(st.text(max_size=200))
def test_arbitrary_text_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="The license key is damaged"):
        read_key(text)


@pytest.mark.proves("SR-13")
def test_damaged_key_is_refused_and_the_old_one_stays() -> None:
    lab = Lab()
    before = lab.typed("show license information")
    reply = lab.reply("configure", 'license key "VER=1|nonsense"')
    assert reply.text == "Failure: The license key is damaged: it has no signature\n"
    lab.typed("end")
    assert lab.typed("show license information") == before


@pytest.mark.proves("SR-13")
def test_key_of_another_chassis_is_told_and_enables_nothing() -> None:
    lab = Lab()
    printed = lab.configure(one_line(License("OTHER", ("ggsn", "session-recovery"))))
    assert printed.startswith("Warning: The license key is for chassis OTHER, this is LAB0000E001")
    shown = lab.typed("show license information")
    assert "  Chassis MEC SN         Does Not Match\n  License Status         Not Valid\n" in shown
    assert "  [none]\nSession Limits" in shown


@pytest.mark.proves("SR-13")
def test_expired_key_is_told_and_enables_nothing() -> None:
    lab = Lab()
    license = License("LAB0000E001", ("session-recovery",), expires=START - 1)
    assert "expired on Friday March 27 17:12:24 UTC 2026" in lab.configure(one_line(license))
    shown = lab.typed("show license information")
    assert "  Chassis MEC SN         Matches\n  License Status         Expired\n" in shown


@pytest.mark.proves("SR-13")
def test_a_key_expires_while_the_system_runs() -> None:
    lab = Lab()
    lab.configure(one_line(License("LAB0000E001", ("session-recovery",), expires=START + 10)))
    assert "License Status         Good" in lab.typed("show license information")
    lab.wait(10)
    assert "License Status         Expired" in lab.typed("show license information")
    assert "not licensed" in lab.configure("require session recovery")


def test_without_a_key_the_sections_stay() -> None:
    lab = Lab()
    assert lab.configure("no license key") == ""
    shown = lab.typed("show license information").splitlines()
    assert [line for line in shown if not line.startswith(" ")] == [
        "Key Information (installed key):",
        "Enabled Features:",
        "Session Limits:",
        "CARD License Counts:",
        "Status:",
    ]
    assert "  License Status         Not Installed" in shown
    assert lab.typed("show license key") == "Failure: No license key is installed\n"


def test_the_key_that_is_shown_can_be_typed_again() -> None:
    lab = Lab()
    before = lab.typed("show license information")
    key = lab.typed("show license key").splitlines()
    lab.configure("no license key")
    lab.typed("configure")
    for line in key:
        reply = lab.session.handle(line)
    assert (reply.text, reply.failed) == ("", False)
    lab.typed("end")
    assert lab.typed("show license information") == before


def test_layout_of_bundle_and_part_numbers() -> None:
    shown = Lab().typed("show license info")
    assert (
        "  GGSN:                                               "
        "[ ASR5K-00-GN10SESS / ASR5K-00-GN01SESS ]\n"
        "   + DHCP                                             [ ASR5K-00-CSXXDHCP ]\n"
    ) in shown
    assert (
        "  Session Recovery                                    "
        "[ ASR5K-00-PN01REC / ASR5K-00-HA01REC\n"
        "                                                        "
        "ASR5K-00-00000000 / ASR5K-00-GN01REC\n"
        "                                                        ASR5K-00-S301SR ]\n"
    ) in shown
    assert "                   100000  GGSN\n" in shown


def test_a_virtual_chassis_has_no_serial_number_in_its_licence() -> None:
    shown = Lab("vpc-di").typed("show license information")
    assert "  Device 1      None Specified\n" in shown
    assert "  Chassis Type           qvpc-di (Any Hardware)\n" in shown
    assert "  License Status         Good (Any Hardware)\n" in shown


def test_the_session_limit_of_the_licence_holds() -> None:
    lab = Lab()
    license = License("LAB0000E001", ("pgw", "ggsn"), {"PGW": 300, "GGSN": 10})
    lab.configure(one_line(license))
    lab.typed("save configuration -noconfirm")
    lab.reload(settle=60)
    assert lab.chassis.sessions.count_of_type("PGW") == 300
    assert lab.chassis.sessions.count_of_type("GGSN") == 10


def test_the_screen_is_that_of_a_device() -> None:
    text = (shipped() / "asr5500.toml").read_text()
    text = text.replace(
        '"pgw", "routing", "session-recovery"]', '"pgw", "routing", "session-recovery", "icsr"]'
    )
    text = text.replace("number = 100042", 'number = 100042\nexpires = "2026-09-30T19:22:43Z"')
    shown = Lab(parse("licensed", text, "licensed")).typed("show license information")
    assert shown == (Path(__file__).parent / "screens" / "license_information.txt").read_text()
