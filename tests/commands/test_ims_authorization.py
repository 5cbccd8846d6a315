"""Screens about sessions that policy servers have authorized."""

from __future__ import annotations

import re

import pytest

from staros_cli.chassis.disconnect_reasons import INTERNAL_ERROR, REMOTE
from tests.configuration.test_peers import POLICY, with_peers
from tests.lab import Lab

RECORD = """\
  Service Name: ims
  IMSI:               001010000000007
  MSISDN:             99900000000007
  APN:                lab.example
  Framed IP Address:  10.10.0.7
"""
SERVICE = """\
Context:                        SAEGW
IMS Authorization Service name: ims
  Service State:      Enabled
  Current Sessions:   350
  P-CSCF Discovery:   Not Configured
  Diameter Policy Control:
    Endpoint:           gx
    Origin-Realm:       lab.example
    Dictionary:         r8-gx-standard
    Request Timeout:    2.5 secs
    Failure Handling:
      any-request:        terminate
"""


@pytest.fixture(name="lab")
def made() -> Lab:
    """A chassis of which one node's calls were authorized, and those of others not."""
    lab = with_peers()
    lab.configure(*POLICY)
    lab.device.peer_restart("198.18.1.1")
    lab.wait(100)
    return lab


def total(text: str) -> int:
    found = re.search(r"^   Total IMS Auth sessions: (\d+)$", text, re.MULTILINE)
    assert found
    return int(found[1])


def test_calls_from_before_the_service_are_not_authorized(lab: Lab) -> None:
    rows = lab.typed("show ims-auth sessions all").splitlines()
    assert rows[0] == "CallId   IMSI            Service Name         State"
    assert len(rows) - 4 == total("\n".join(rows)) == 350
    assert total(lab.typed("show ims-authorization sessions summary service ims")) == 350
    assert total(lab.typed("show ims-authorization sessions imsi 001010000000007")) == 1
    assert total(lab.typed("show ims-authorization sessions imsi 001010000000008")) == 0
    lab.typed("clear subscribers imsi 001010000000008 -noconfirm")
    assert total(lab.typed("show ims-authorization sessions summary")) == 350
    lab.wait(5)
    assert total(lab.typed("show ims-authorization sessions summary")) == 351


def test_a_record_has_the_identity_of_a_session(lab: Lab) -> None:
    line = "show ims-authorization sessions full service ims imsi 001010000000007"
    text = lab.typed(line)
    assert RECORD in text
    assert re.search(
        r"^  Session ID:  +pgw.lab.example;\d+-001010000000007;\d+;", text, re.MULTILINE
    )
    assert "  PCRF Host:          pcrf1\n" in text
    callid = text[len("CallId: ") :][:8]
    assert lab.typed(f"show ims-authorization sessions full callid {callid}") == text
    lab.device.peer_down("192.0.2.9")
    assert "  PCRF Host:          pcrf2\n" in lab.typed(line)


def test_a_service_shows_its_configuration(lab: Lab) -> None:
    lab.configure(
        *("context SAEGW", "ims-auth-service ims", "policy-control"),
        *("diameter dictionary r8-gx-standard", "diameter request-timeout 25 deciseconds"),
    )
    assert lab.typed("show ims-authorization service name ims") == SERVICE
    lab.configure(
        *("context SAEGW", "ims-auth-service ims", "policy-control"),
        "failure-handling cc-request-type initial-request continue",
    )
    text = lab.typed("show ims-authorization service all")
    assert "      initial-request:    continue\n" in text
    assert lab.reply("show ims-authorization service name other").failed
    assert Lab().reply("show ims-authorization service all").failed


def test_calls_that_were_not_authorized_are_counted(lab: Lab) -> None:
    for address in ("192.0.2.9", "192.0.2.10"):
        lab.device.peer_down(address)
    lab.typed("clear subscribers imsi 001010000000007 -noconfirm")
    lab.wait(5)
    text = lab.typed("show ims-authorization policy-control statistics")
    assert "CCR-Initial:             351           CCA-Initial:             350 " in text
    assert "CCA-Initial Timeouts:    1 " in text
    assert "CCR-Final:               1             CCA-Final:               0 " in text
    text = lab.typed("show ims-authorization service all statistics")
    assert "      Total Setup:             350           Total Released:          1\n" in text
    assert "      Total Failed:            1\n" in text


def test_statistics_are_cleared_apart(lab: Lab) -> None:
    lab.typed("clear ims-auth service statistics")
    text = lab.typed("show ims-authorization service all statistics")
    assert "Total Current Sessions:  350\n      Total Setup:             0 " in text
    shown = "CCR-Initial:             350 "
    assert shown in lab.typed("show ims-authorization policy-control statistics")
    lab.typed("clear ims-auth policy-control statistics")
    assert shown not in lab.typed("show ims-authorization policy-control statistics")


def test_a_filter_behind_a_name_takes_its_own_value(lab: Lab) -> None:
    line = "show ims-authorization sessions service ims imsi 001010000000007"
    assert total(lab.typed(line)) == 1
    assert total(lab.typed(f"{line} callid 00000001")) == 0


def test_no_server_is_told_of_sessions_that_were_lost(lab: Lab) -> None:
    rows = [
        row for row in lab.chassis.sessions.rows() if lab.chassis.peers.policies.service_of(row)
    ]
    lab.chassis.callers.end(rows[0], INTERNAL_ERROR)
    lab.chassis.callers.end(rows[1], REMOTE)
    text = lab.typed("show ims-authorization policy-control statistics")
    assert "CCR-Final:               1 " in text
    assert "Total Current Sessions:  348 " in text
