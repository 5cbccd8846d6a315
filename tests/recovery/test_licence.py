"""The licence of the feature, wherever its key stands and whenever it ends: SR-13, SR-22, SR-24."""

from __future__ import annotations

import pytest

from staros_cli.chassis.contexts import LOCAL
from staros_cli.chassis.invariants import violations
from staros_cli.chassis.licence import License
from staros_cli.chassis.storage import locate
from tests.lab import START, Lab
from tests.recovery.support import NOT_ENABLED, READY, events, traps

SERVICE = """  context A
    interface I loopback
      ip address 198.51.100.1 255.255.255.255
    #exit
    ha-service P
      bind address 198.51.100.1
    #exit
  #exit
"""
REQUIRE = "  require session recovery\n"
WITHOUT = "Warning: Session Recovery is configured and not licensed\n- the system runs without it\n"
FOUND = WITHOUT.replace("Warning: ", "Warning : ")
TYPED = tuple(line.strip().replace("#exit", "exit") for line in SERVICE.splitlines())


def key(*features: str, expires: float | None = None) -> str:
    made = License("LAB0000E001", ("pgw", *features), {"PGW": 100}, START, expires)
    return '  license key "\\\n' + made.key() + '"\n'


def started_from(*parts: str) -> tuple[Lab, str]:
    """A chassis that started from a file of these parts, and what the console showed."""
    lab = Lab()
    text = "config\n" + "".join(parts) + "end\n"
    lab.chassis.storage.write(locate("/flash/system.cfg"), text.encode(), START)
    return lab, lab.reload()


@pytest.mark.proves("SR-22", "SR-24")
@pytest.mark.parametrize(
    "parts",
    [
        (REQUIRE, key("session-recovery"), SERVICE),
        (key("session-recovery"), REQUIRE, SERVICE),
        (REQUIRE, SERVICE, key("session-recovery")),
    ],
    ids=["command first", "key first", "key last"],
)
def test_the_place_of_the_key_in_a_file_does_not_matter(parts: tuple[str, ...]) -> None:
    lab, console = started_from(*parts)
    assert "Warning" not in console
    assert lab.status() == READY
    assert lab.typed("show configuration errors") == "No errors were found in the configuration\n"


@pytest.mark.proves("SR-22")
def test_the_command_behind_a_context_is_late_wherever_the_key_stands() -> None:
    lab, console = started_from(SERVICE, REQUIRE, key("session-recovery"))
    assert "system.cfg line 10: require session recovery\nWarning: This change takes" in console
    assert lab.status() == NOT_ENABLED


@pytest.mark.proves("SR-24")
@pytest.mark.parametrize("parts", [(REQUIRE, key(), SERVICE), (key(), REQUIRE, SERVICE)])
def test_without_a_licence_console_status_and_errors_say_the_same(parts: tuple[str, ...]) -> None:
    lab, console = started_from(*parts)
    assert f"require session recovery\n{WITHOUT}" in console
    assert lab.status() == NOT_ENABLED
    assert WITHOUT in lab.typed("show configuration errors")
    assert REQUIRE in lab.typed("show configuration")
    assert not [task for task in lab.chassis.tasks.tasks if task.standby]


@pytest.mark.proves("SR-24")
def test_a_licence_removed_out_of_service_is_said_when_the_feature_should_take_effect() -> None:
    lab = Lab("asr5500-oos")
    assert lab.configure("require session recovery", "no license key") == ""
    assert lab.status() == NOT_ENABLED or lab.wait(10) == ""
    lab.wait(10)
    assert lab.status() == NOT_ENABLED
    printed = lab.configure(*TYPED)
    assert printed == WITHOUT
    lab.wait(30)
    assert lab.status() == NOT_ENABLED
    assert FOUND in lab.typed("show configuration errors")
    assert "the system runs without it" in lab.typed("show logs")


@pytest.mark.proves("SR-13")
def test_a_file_applied_to_a_running_system_is_judged_at_its_end() -> None:
    """Refused without a licence, as when typed, and accepted with a key that follows."""
    lab = Lab("asr5500-unlicensed")
    made = License("LAB0000E003", ("pgw", "session-recovery"), {"PGW": 10})
    line = '  license key "\\\n' + made.key() + '"\n'
    for name, text in (("a", REQUIRE), ("b", REQUIRE + line)):
        data = f"config\n{text}end\n".encode()
        lab.chassis.storage.write(locate(f"/flash/{name}.cfg"), data, START)
    before = lab.typed("show configuration")
    assert lab.typed("configure /flash/a.cfg") == (
        "/flash/a.cfg line 2: require session recovery\n"
        "Failure: Session Recovery is not licensed on this system\n"
    )
    assert lab.typed("show configuration") == before
    assert not lab.chassis.recovery.configured
    assert "Warning: This change takes effect only after" in lab.typed("configure /flash/b.cfg")
    assert lab.chassis.recovery.configured


@pytest.mark.proves("SR-24")
def test_a_licence_that_expires_with_calls_up_leaves_its_trace() -> None:
    lab, _ = started_from(key("session-recovery", expires=START + 3600), REQUIRE, SERVICE)
    lab.wait(3000)
    assert "LicenseExpired" not in traps(lab)
    lab.wait(600)
    (told,) = events(lab, "LicenseExpired")
    assert told["key"] == 100000
    assert "The license key 100000 expired on" in lab.typed("show alarm outstanding")
    assert "LicenseExpired" in lab.typed("show logs")
    assert lab.status() == READY  # until a reload, as SR-24 has it
    lab.reload()
    assert violations(lab.chassis) == []
    assert "expired on" in lab.typed("show alarm outstanding")
    lab.configure(*key("session-recovery").splitlines())
    assert "expired on" not in lab.typed("show alarm outstanding")
    assert violations(lab.chassis) == []


@pytest.mark.proves("SR-16", "SR-17", "SR-22")
@pytest.mark.parametrize("name", ["A", "B"])
def test_only_the_first_context_brings_the_feature_into_effect(name: str) -> None:
    lab = Lab("asr5500-oos")
    lab.configure("context A")
    lab.configure("require session recovery")
    lab.configure(f"context {name}")
    lab.configure("context C")
    assert not lab.chassis.recovery.in_effect
    other = Lab("asr5500-oos")
    other.configure("require session recovery")
    other.configure(f"context {LOCAL}")
    assert not other.chassis.recovery.in_effect
    other.configure(f"context {name}")
    assert other.chassis.recovery.in_effect


def test_a_service_follows_its_address_and_the_configuration_says_so() -> None:
    """Model and configuration agree: the service stays bound, stops, and starts again."""
    lab = Lab()
    lines = ("context SAEGW", "interface S5")
    carried = lab.chassis.sessions.count_of_service("SAEGW", "PGW-SVC")
    assert carried == 800
    assert lab.configure(*lines, "ip address 198.51.100.77 255.255.255.0") == ""
    assert lab.chassis.sessions.count_of_service("SAEGW", "PGW-SVC") == 0
    assert "PGW-SVC       Initialized" in lab.typed("show service all")
    assert "bind ipv4-address 198.51.100.1\n" in lab.typed("show configuration context SAEGW")
    errors = lab.typed("show configuration errors")
    assert "is not started\n- no interface of the context has its address 198.51.100.1" in errors
    assert "PGW-SVC of context SAEGW is not started\n- the egtp-service EGTP-SVC" in errors
    lab.typed("save configuration -noconfirm")
    lab.reload()
    assert "bind ipv4-address 198.51.100.1\n" in lab.typed("show configuration context SAEGW")
    assert "PGW-SVC       Initialized" in lab.typed("show service all")
    lab.configure(*lines, "ip address 198.51.100.1 255.255.255.0")
    lab.wait(60)
    assert lab.chassis.sessions.count_of_service("SAEGW", "PGW-SVC") == 800
    assert lab.typed("show configuration errors") == "No errors were found in the configuration\n"
