"""What services have counted, and what of it is counted anew."""

from __future__ import annotations

import pytest

from staros_cli.rendering.values import key_of
from tests.lab import Lab
from tests.recovery.support import recovering

PGW = """\
Service name: pgw
Context: A
Subscribers Total:
  Active:                        3             Setup:                         5
  Released:                      2             Rejected:                      {rejected}
PDNs Total:
  Active:                        3             Setup:                         5
  Released:                      2             Rejected:                      {rejected}
PDNs By PDN-Type:
  IPv4 PDNs:
      Active:                  2             Setup:                   3
      Released:                1             Rejected:                {rejected}
  IPv6 PDNs:
      Active:                  1             Setup:                   2
      Released:                1             Rejected:                0
Data Statistics:
"""
GTPC = """\
APN Name: a.example
Callid: 0a1b2c97
IMSI: 00100000000001
NSAPI: 5
Updates PDP Context:
  Update PDP Context RX:         0
  Accepted:                      0             Denied:                        0
Update PDP Context Denied:
  System Failure:                  0
  Invalid Message Format:          0
  Semantic Error in TFT:           0
  Syntactic Error in TFT:          0
  Semantic Error in Packet Filter: 0
  Mandatory IE Incorrect:          0
  Mandatory IE Missing:            0
"""


def test_statistics_of_a_p_gw() -> None:
    lab = recovering(groups=((3, "pgw-gtp-ipv4", ""), (2, "pgw-gtp-ipv6", ""), (4, "mme", "")))
    for name in ("0-pgw-gtp-ipv4-2", "1-pgw-gtp-ipv6-1"):
        lab.typed(f"clear subscribers username {name} -noconfirm")
    assert lab.typed("show pgw-service statistics all").startswith(PGW.format(rejected=0))
    *_, data = lab.reply("show pgw-service statistics name pgw").data
    lab.wait(100)
    *_, later = lab.reply("show pgw-service statistics name pgw").data
    assert 0 < data["uplink_bytes"] < later["uplink_bytes"]
    assert data["uplink_pkts"] == data["uplink_bytes"] // 500
    assert lab.typed("show pgw-service statistics name x") == "Failure: There is no pgw-service x\n"
    assert Lab().typed("show mme-service statistics") == "Failure: There is no mme-service\n"


def test_calls_that_are_refused_count() -> None:
    lab = recovering(groups=((3, "pgw-gtp-ipv4", 'apn = "a.example"\n'),))
    lab.configure("context A", "apn b.example")
    lab.typed("clear subscribers all -noconfirm")
    lab.wait(1)
    _, counts, *_ = lab.reply("show pgw-service statistics all").data
    assert (counts["active"], counts["setup"], counts["released"]) == (0, 3, 3)
    assert counts["rejected"] == 3


MME = """\
EMM Statistics:
    Attach Request:                   5
    Attach Accept:                    3
    Attach Complete:                  3
    Attach Reject:                    0
    No Attach Reject/Accept           2
    Detach Total:                     1
"""
ESM = """\
ESM Statistics:
    PDN Connectivity Request:         5
    PDN Connectivity Accept:          3
    ESM Failure:                      0
"""
S1AP = """\
S1AP Statistics:
    Initial UE Message:               5
    Initial Context Setup Response:   3
    UE Context Release Complete:      1
"""


def test_statistics_of_an_mme() -> None:
    lab = recovering(groups=((3, "mme", ""), (2, "mme", "authenticating = true\n")))
    lab.typed("clear subscribers username 0-mme-1 -noconfirm")
    assert lab.typed("show mme-service statistics") == f"{MME}\n{ESM}\n{S1AP}"
    for word, block in (("emm-only", MME), ("esm-only", ESM), ("s1ap", S1AP)):
        assert lab.typed(f"show mme-service statistics {word}") == block


def test_reasons_of_rejections() -> None:
    lab = recovering(
        groups=((3, "mme", ""),), change=lambda text: text.replace("MME = 100", "MME = 2")
    )
    lab.wait(61)
    counts = lab.reply("show mme-service statistics emm-only").data
    assert counts["attach_reject"] > 0
    assert counts["attach_request"] == 2 + counts["attach_reject"]
    shown = lab.typed("show mme-service statistics emm-only verbose")
    assert f"      No-resource:                    {counts['attach_reject']}\n" in shown
    assert "No-resource" not in lab.typed("show mme-service statistics emm-only")


def test_counts_follow_calls_that_come_and_go() -> None:
    lab = recovering(
        groups=((8, "mme", ""),),
        change=lambda text: text.replace("attach-rate = 0.0", "attach-rate = 3.0"),
    )
    for seconds in (0.5, 1, 1.3, 4, 30):
        lab.typed("clear subscribers username *-3 -noconfirm")
        lab.wait(seconds)
        chassis = lab.chassis
        counts = chassis.service_statistics.of([0], chassis.now)
        assert counts.active + counts.connecting == len(chassis.sessions)
        assert counts.setup == counts.active + counts.released


def test_services_count_anew() -> None:
    lab = recovering(
        groups=((8, "mme", ""), (4, "pgw-gtp-ipv4", "")),
        change=lambda text: text.replace("MME = 100", "MME = 5"),
    )
    lab.wait(61)
    lab.typed("clear subscribers username *-3 -noconfirm")
    lab.typed("clear mme-service statistics")
    shown = lab.reply("show mme-service statistics verbose").data
    assert {value for block in shown for key, value in block.items() if key != "title"} == {0}
    _, pgw, *_ = lab.reply("show pgw-service statistics all").data
    assert (pgw["active"], pgw["setup"], pgw["released"]) == (3, 4, 1)
    lab.typed("clear subscribers username *-2 -noconfirm")
    lab.typed("clear pgw-service statistics name pgw")
    _, pgw, *_, data = lab.reply("show pgw-service statistics all").data
    assert (pgw["active"], pgw["setup"], pgw["released"]) == (2, 0, 0)
    assert data["uplink_bytes"] == 0
    emm, _, s1ap = lab.reply("show mme-service statistics").data
    assert (emm["detach_total"], s1ap["ue_context_release_complete"]) == (1, 1)
    failed = lab.typed("clear pgw-service statistics name x")
    assert failed == "Failure: There is no pgw-service x\n"


def test_changes_of_the_calls_of_a_ggsn() -> None:
    extra = 'apn = "a.example"\ncallid = "0a1b2c97"\n'
    lab = recovering(groups=((1, "ggsn-pdp-type-ipv4", extra), (2, "mme", "")))
    assert lab.typed("show gtpc counters ggsn-service ggsn") == GTPC
    assert lab.typed("show gtpc counters ggsn-service x") == "Failure: There is no ggsn-service x\n"
    lab.typed("clear subscribers ggsn-only -noconfirm")
    none = "No subscribers match the specified criteria\n"
    assert lab.typed("show gtpc counters ggsn-service ggsn") == none


# Managers


@pytest.mark.parametrize("facility", ["sessmgr", "aaamgr"])
def test_managers_count_anew(facility: str) -> None:
    lab = recovering(
        groups=((12, "mme", ""),),
        change=lambda text: text.replace("attach-rate = 0.0", "attach-rate = 100.0"),
    )
    lab.typed("clear subscribers all -noconfirm")
    lab.wait(1)
    lab.typed("clear session subsystem")  # while calls are being connected
    lab.wait(10)
    counted = lab.reply(f"show session subsystem facility {facility} all").data
    first = "total_calls_arrived" if facility == "sessmgr" else "total_aaa_auth_requests"
    done = "total_calls_connected" if facility == "sessmgr" else "total_aaa_auth_success"
    assert sum(data[first] for data in counted) == 0
    assert sum(data[done] for data in counted) == 12
    lab.typed("clear session subsystem")
    counted = lab.reply(f"show session subsystem facility {facility} all").data
    assert sum(data[done] for data in counted) == 0


def test_verbose_shows_every_manager_below_the_sums() -> None:
    lab = recovering(groups=((12, "mme", ""),))
    sums = lab.typed("show session subsystem")
    each = [
        lab.typed(f"show session subsystem facility {name} all") for name in ("sessmgr", "aaamgr")
    ]
    shown = lab.typed("show session subsystem verbose")
    assert shown == "\n".join([sums, *each])
    assert key_of("Total calls rejected") in lab.reply("show session subsystem").data[0]


def test_rejections_count_anew() -> None:
    lab = recovering(
        groups=((3, "mme", ""),), change=lambda text: text.replace("MME = 100", "MME = 2")
    )
    lab.wait(61)
    assert lab.reply("show session subsystem").data[0]["total_calls_rejected"] > 0
    lab.typed("clear session subsystem")
    assert lab.reply("show session subsystem").data[0]["total_calls_rejected"] == 0


def test_services_of_other_kinds_have_the_same_shape() -> None:
    lab = Lab()
    text = lab.typed("show ggsn-service statistics all")
    assert text.startswith("Service name: ")
    assert "Data Statistics:\n" in text
    assert lab.typed("show sgw-service statistics all").startswith("Failure: There is no sgw")
