"""Screens about peers, and the commands that clear, reset and test."""

from __future__ import annotations

import pytest

from tests.configuration.test_peers import POLICY, with_peers
from tests.lab import Lab

RECORD = """\
-------------------------------------------------------------------------------
  Context: SAEGW                    Endpoint: gx
-------------------------------------------------------------------------------

 Peer Hostname: pcrf1
  Local Hostname: pgw.lab.example
  Peer Realm: core.example
  Local Realm: lab.example
  Priority channel: No
  DSCP configured: N/A
  Peer Address: 192.0.2.9:3870
"""
SUMMARY = """
 Peers Summary:
  Peers in OPEN state: {open}\x20
  Peers in CLOSED state: {closed}\x20
  Peers in intermediate state: {between}\x20
  Total peers matching specified criteria: {total}
"""


@pytest.fixture(name="lab")
def made() -> Lab:
    return with_peers()


def summary(opened: int, closed: int, between: int) -> str:
    total = opened + closed + between
    return SUMMARY.format(open=opened, closed=closed, between=between, total=total)


def test_diameter_peers_in_full(lab: Lab) -> None:
    text = lab.typed("show diameter peers full all")
    assert text.startswith(RECORD)
    assert "  State: OPEN [TCP]\n" in text
    assert "  State: OPEN [SCTP]\n" in text
    assert f"{'  CPU: 1/0':<42}{'Task: sessmgr-1':<38}\n" in text
    assert "  Messages Out/Queued: N/A              \n" in text
    assert summary(2, 0, 0) in text


def test_states_of_diameter_peers(lab: Lab) -> None:
    lab.device.peer_down("192.0.2.9")
    lab.wait(41)
    assert summary(1, 1, 0) in lab.typed("show diameter peers")
    lab.wait(30)
    assert "WAIT_CONN_ACK" in lab.typed("show diameter peers endpoint gx")
    assert summary(1, 0, 1) in lab.typed("show diameter peers")
    lab.configure("context SAEGW", "interface GX loopback", "no ip address")
    assert lab.typed("show diameter peers full | grep IDLE").count("IDLE") == 2
    assert lab.reply("show diameter peers endpoint nothing").failed


def test_counts_of_diameter_peers_are_cleared(lab: Lab) -> None:
    lab.wait(100)
    text = lab.typed("show diameter statistics endpoint gx")
    assert (
        "  CER sent:                      2             CEA received:                  2\n" in text
    )
    lab.typed("clear diameter statistics")
    assert "  CER sent:                      0 " in lab.typed("show diameter statistics")


def test_connections_are_reset(lab: Lab) -> None:
    assert not lab.reply("diameter reset connection endpoint gx peer pcrf2 -noconfirm").failed
    assert summary(1, 0, 1) in lab.typed("show diameter peers")
    lab.wait(1)
    assert summary(2, 0, 0) in lab.typed("show diameter peers")


def rows(text: str) -> list[str]:
    lines = text.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("-----"))
    return lines[start + 1 :]


def test_radius_servers_and_their_states(lab: Lab) -> None:
    text = lab.typed("show radius authentication servers")
    assert text.splitlines()[-5] == "vvvvv IP               PORT GROUP"
    assert rows(text) == [
        "APAE. 192.0.2.30       1645 default",
        "ASAD. 192.0.2.31       1812 default",
        "APAE. 192.0.2.33       1812 corp",
    ]
    assert rows(lab.typed("show radius accounting servers")) == [
        "aPAE. 192.0.2.32       1646 default"
    ]
    assert lab.reply("show radius accounting servers radius group corp").failed


def test_the_history_of_a_radius_server(lab: Lab) -> None:
    lab.configure("context SAEGW", "radius server 192.0.2.34 key s")
    lab.device.peer_down("192.0.2.34")
    lab.wait(121)
    text = lab.typed("show radius authentication servers detail radius group default")
    assert "AN" not in text
    assert "ASDE. 192.0.2.34 " in text
    assert text.endswith(
        "Event History: 192.0.2.34, port 1812\n"
        "  2026-Mar-27+17:12:26   Active\n"
        "  2026-Mar-27+17:12:56   Not Responding\n"
        "  2026-Mar-27+17:14:26   Down\n"
    )


def test_counters_of_radius_servers(lab: Lab) -> None:
    lab.device.peer_down("192.0.2.33")
    lab.wait(55)
    text = lab.typed("show radius counters server 192.0.2.33")
    line = "  Access-Request Current Consecutive Failures in a mgr:      3\n"
    assert line in text
    assert "  Access-Request Retried:                                    15\n" in text
    lab.typed("clear radius counters server 192.0.2.33")
    text = lab.typed("show radius counters all")
    assert "Timeouts:                                   3" not in text
    assert "Per-Context RADIUS Accounting Counters\n" in lab.typed("show radius counters summary")


def test_requests_follow_from_calls(lab: Lab) -> None:
    before = lab.typed("show radius counters server 192.0.2.32")
    assert "  Accounting-Stop Sent:                                      0\n" in before
    lab.typed("clear subscribers username user1@lab.example -noconfirm")
    lab.wait(5)
    after = lab.typed("show radius counters server 192.0.2.32")
    assert "  Accounting-Stop Sent:                                      1\n" in after
    assert "  Accounting-Start Sent:                                     1\n" in after
    assert "  Total G-CDR accepted:                   1\n" in lab.typed("show gtpp statistics")


def test_requests_to_a_silent_server_are_not_answered(lab: Lab) -> None:
    lab.device.peer_down("192.0.2.40")
    lab.typed("clear subscribers username user1@lab.example -noconfirm")
    text = lab.typed("show gtpp statistics gtpp-group default")
    assert "  Total G-CDR transmission failures:      1\n" in text


def test_charging_gateways_and_their_states(lab: Lab) -> None:
    lab.device.peer_down("192.0.2.40")
    lab.wait(100)
    assert lab.typed("show gtpp accounting servers") == (
        "context: SAEGW\n"
        "Primary Accounting server address 192.0.2.40, port 3386, priority 3\n"
        "    state Inactive, group default\n"
        "Primary Accounting server address 192.0.2.41, port 3386, priority 1\n"
        "    state Active, group fast\n"
    )
    assert lab.typed("show gtpp counters all").startswith("Outstanding GCDRs: 0\n")


def test_tests_of_servers_take_as_long_as_they_take(lab: Lab) -> None:
    text = lab.typed("radius test authentication server 192.0.2.30 port 1645 joe secret")
    assert text.endswith(
        "Authentication from authentication server 192.0.2.30, port 1645\n"
        "Authentication Success: Access-Accept received\n"
        "Round-trip time for response was 2.0 ms\n\n"
    )
    lab.device.peer_down("192.0.2.30")
    assert lab.typed("radius test authentication server 192.0.2.30 port 1645 joe") == ""
    assert "Failure" not in lab.wait(29)
    assert "Authentication Failure: No response from server\n" in lab.wait(2)
    assert "Echo Success" in lab.typed("gtpp test accounting cgf-server 192.0.2.41")


def test_nodes_of_calls(lab: Lab) -> None:
    lab.device.peer_down("198.18.1.1")
    lab.wait(160)
    found = [line.split() for line in lab.typed("show egtpc peers").splitlines()]
    assert ["IESKS", "2", "198.18.1.1", "4", "0", "0", "350"] in found
    assert ["AESKS", "2", "198.18.1.2", "20", "0", "700", "700"] in found
    assert found[-1] == ["Total", "Peers:", "4"]
    assert "no-response-from-peer" in lab.typed("show egtpc peers path-failure-history")
    lab.typed("clear egtpc peers")
    assert "198.18.1.1 " not in lab.typed("show egtpc peers interface pgw-ingress")


def _failure_reasons(lab: Lab) -> list[int]:
    lines = lab.typed("show egtpc statistics path-failure-reasons").splitlines()
    assert lines[0] == "Path Failure Reasons:"
    assert lines[1].startswith("  no-response-from-peer:               ")
    return [int(line.split()[-1]) for line in lines[1:]]


def test_paths_fail_for_reasons(lab: Lab) -> None:
    assert _failure_reasons(lab) == [0, 0, 0, 0, 0]
    lab.device.peer_down("198.18.1.1")
    lab.device.peer_restart("198.18.1.2")
    lab.wait(160)
    assert _failure_reasons(lab) == [1, 0, 0, 1, 0]
    lab.typed("clear egtpc statistics")
    assert _failure_reasons(lab) == [0, 0, 0, 0, 0]
    for service in ("interface", "mme"):
        text = lab.typed(f"show egtpc peers egtp-service {service}")
        assert text == "No peers match the specified criteria\n"
    none = lab.typed("show egtpc peers interface nothing | grep x")
    assert none.startswith('Unknown command - "nothing"')
    assert lab.typed("show egtpc peers interface sgw-egress") == (
        "No peers match the specified criteria\n"
    )


def test_messages_over_gtp(lab: Lab) -> None:
    assert "Total RX:   800  Initial RX: 800" in lab.typed("show egtpc statistics")
    assert "Total RX:   224  Initial RX: 224" in lab.typed("show gtpc statistics")
    lab.typed("clear egtpc statistics")
    assert "Total RX:   0  Initial RX: 0" in lab.typed("show egtpc statistics")
    text = lab.typed("show gtpu statistics gtpu-service GTPU-SVC")
    assert (
        "  Current:                       800           Maximum:                       800" in text
    )


def test_an_echo_to_a_node(lab: Lab) -> None:
    line = "egtpc test echo gtp-version 2 src-address 198.51.100.1 peer-address {}"
    told = "Peer: {:<24}Tx/Rx:  {}"
    text = lab.typed(line.format("198.18.1.1"))
    assert text.endswith(
        told.format("198.18.1.1", "1/1   RTT(ms):   2   (COMPLETE)  Recovery: 4 (0x04)") + "\n"
    )
    lab.device.peer_down("198.18.1.1")
    assert "Peer" not in lab.typed(line.format("198.18.1.1"))
    assert "(FAILURE)" in lab.wait(16)


def test_services_of_gtp(lab: Lab) -> None:
    lab.configure("context SAEGW", "egtp-service EGTP-SVC", "gtpc echo-interval 90 dynamic")
    text = lab.typed("show egtp-service all")
    assert text.startswith("Service name: EGTP-SVC\n   Service-Id: 2\n   Context: SAEGW\n")
    assert "   GTPC Echo Mode: Dynamic\n   GTPC Echo Interval: 90\n" in text
    assert lab.typed("show egtp-service all | grep Restart") == "   Restart Counter: 9\n"
    assert "  State:                   Started\n" in lab.typed("show gtpu-service name GTPU-SVC")
    lab.configure("context SAEGW", "gtpu-service GTPU-SVC", "no bind")
    assert "  State:                   Initialized\n" in lab.typed("show gtpu-service all")
    assert "   Status: NOT STARTED\n" in lab.typed("show egtp-service all")
    assert lab.reply("show egtp-service name nothing").failed


def test_sessions_that_are_authorized(lab: Lab) -> None:
    lab.configure(*POLICY)
    lab.device.peer_restart("198.18.1.1")
    lab.wait(100)
    text = lab.typed("show ims-authorization sessions summary")
    assert text.startswith("   Total IMS Auth sessions: 350\n\nSession State:\n")
    assert (
        "Auth Issued:                   0             Auth Done:                     350\n" in text
    )
    text = lab.typed("show ims-authorization policy-control statistics service ims")
    assert (
        "      CCR-Initial:             350           CCA-Initial:             350           \n"
        in text
    )
    lab.typed("clear ims-authorization policy-control statistics")
    text = lab.typed("show ims-authorization policy-control statistics")
    assert "      CCR-Initial:             0             CCA-Initial:             0" in text
    assert lab.reply("show ims-authorization sessions service nothing").failed


def test_servers_are_those_of_the_context_of_the_session(lab: Lab) -> None:
    lab.typed("context GGSN")
    assert lab.reply("show radius authentication servers").failed
    assert lab.reply("show gtpp accounting servers").failed
    lab.typed("context SAEGW")
    assert not lab.reply("show radius authentication servers").failed


@pytest.mark.parametrize(
    "line",
    [
        "show diameter peers",
        "show diameter aaa-statistics",
        "show egtpc peers",
        "show gtpu statistics",
        "show gtpp counters all",
        "show ims-authorization policy-control statistics",
    ],
)
def test_a_system_without_peers_has_screens(line: str) -> None:
    assert not Lab("asr5500-oos").reply(line).failed
