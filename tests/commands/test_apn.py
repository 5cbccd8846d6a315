"""APNs as they are shown."""

from __future__ import annotations

from tests.lab import Lab

RECORD = f"""\
access point name (APN): lab.example
  authentication context: SAEGW
  pdp type: {"ipv4":<26}
  Selection Mode: sent-by-ms
  ip source violation: Ignored          drop limit: 10
  early pdu: Disabled
  gtpp accounting context: SAEGW        accounting mode: none
  Newcall Policy: None
  max-primary-pdp-contexts: 500         total-pdp-contexts: 1000000
  primary contexts: 1024                total contexts: 1024
  local ip: 0.0.0.0
  primary dns: 192.0.2.53               secondary dns: 0.0.0.0
  absolute timeout : 0                  idle timeout : 600
  ip output access-group:               ip input access-group: acl
  ip address pool name: p1, p2
  active-charging rulebase: rb
  IMS-auth-service: ims
"""
LINES = (
    "context SAEGW",
    "apn lab.example",
    "selection-mode sent-by-ms",
    "ip source-violation ignore",
    "accounting-mode none",
    "max-contexts primary 500",
    "dns primary 192.0.2.53",
    "timeout idle 600",
    "ip access-group acl in",
    "ip address pool name p1",
    "ip address pool name p2",
    "active-charging rulebase rb",
    "ims-auth-service ims",
)


def test_an_apn_is_shown_with_what_is_configured_and_its_calls() -> None:
    lab = Lab()
    assert lab.configure(*LINES) == ""
    assert lab.typed("show apn name LAB.EXAMPLE") == RECORD


def test_all_apns_are_shown_with_an_empty_line_between_two() -> None:
    lab = Lab()
    lab.configure(*LINES, "exit", "apn other")
    shown = lab.typed("show apn all")
    assert shown.startswith(RECORD + "\naccess point name (APN): other\n")
    assert lab.typed("show apn name missing") == "Failure: No APN found\n"


def test_statistics_follow_from_the_calls_and_count_anew() -> None:
    lab = Lab()
    lab.configure(*LINES)
    lab.wait(60)
    lab.typed("clear apn statistics name lab.example")
    data = lab.reply("show apn statistics name lab.example").data
    assert data["uplink_bytes"] == data["downlink_bytes"] == 0
    lab.wait(60)
    text = lab.typed("show apn statistics")
    assert text.startswith("APN Name: lab.example\nVPN Name: SAEGW\nData Statistics ('uplink'=to ")
    data = lab.reply("show apn statistics all").data
    octets = lab.reply("show port datalink counters 5/10").data
    assert 0 < data["uplink_bytes"] < octets["rx_bytes"]
    assert 0 <= 5 * data["uplink_bytes"] - data["downlink_bytes"] + 5 <= 10
    assert data["uplink_pkts"] == data["uplink_bytes"] // 500
    assert lab.typed("show apn statistics name x") == "Failure: No APN found\n"


def test_counters_are_those_of_the_calls_of_an_apn() -> None:
    lab = Lab()
    lab.configure(*LINES)
    rows = [line.split() for line in lab.typed("show apn counters all").splitlines()[2:]]
    assert rows == [["lab.example", "1024", "1024", "0", "0"]]
    lab.typed("clear subscribers apn lab.example -noconfirm")
    row = lab.typed("show apn counters name LAB.example").splitlines()[2].split()
    assert (row[2], row[3]) == ("1024", "1024")
    assert lab.typed("show apn counters name missing") == "Failure: No APN found\n"
