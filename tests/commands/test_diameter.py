"""Screens about Diameter endpoints, and how many requests a second they send."""

from __future__ import annotations

import re

from tests.chassis.credit.labs import charged
from tests.configuration.test_peers import with_peers
from tests.lab import Lab

ENDPOINT = """\
-------------------------------------------------------------------------------
  Context: SAEGW                    Endpoint: gx
-------------------------------------------------------------------------------
  Description:                N/A
  Origin Host:                pgw.lab.example
  Origin Realm:               lab.example
  Origin Address:             192.0.2.1
  Use Proxy:                  No
  Connection Timeout:         30 secs
  Connection Retry Timeout:   30 secs
  CEA Timeout:                30 secs
  Watchdog Timeout:           10 secs
  Response Timeout:           60 secs
  Max Outstanding:            256
  Peers Configured:           2
  Peers in OPEN state:        {opened}
  Route Entries:              0

Total Diameter endpoints: 1
"""


def test_endpoints_and_their_connections() -> None:
    lab = with_peers()
    assert lab.typed("show diameter endpoints") == ENDPOINT.format(opened=2)
    lab.device.peer_down("192.0.2.9")
    lab.wait(60)
    assert lab.typed("show diameter endpoints all") == ENDPOINT.format(opened=1)
    lab.configure("context SAEGW", "diameter endpoint other", "use-proxy", "description text")
    text = lab.typed("show diameter endpoints endpoint other")
    assert "  Description:                text\n" in text
    assert "  Use Proxy:                  Yes\n" in text
    assert "  Peers Configured:           0\n" in text
    assert lab.typed("show diameter endpoints").endswith("Total Diameter endpoints: 2\n")
    assert lab.reply("show diameter endpoints endpoint nothing").failed


def shown(lab: Lab, interface: str) -> list[int]:
    """The rates of an interface over 1, 10, 30 and 60 seconds."""
    lines = lab.typed("show diameter tps-statistics").splitlines()
    assert re.match(r"Last  1  Sec Average TPS ", lines[0])
    return list(map(int, lines[lines.index(interface) + 1].split()))


def test_requests_a_second_follow_from_calls() -> None:
    lab = charged()
    lab.wait(100)
    usual = shown(lab, "Gy")
    assert usual == [1, 1, 1, 1]
    lab.typed("clear subscribers username user1* -noconfirm")
    ended = 1024 - len(lab.chassis.sessions)
    assert ended > 100
    assert shown(lab, "Gy") == [round(ended / n + 0.6) for n in (1, 10, 30, 60)]
    assert shown(lab, "Gx") == [0, 0, 0, 0]
    lab.wait(100)
    assert shown(lab, "Gy") == usual


def test_a_chassis_without_diameter_sends_no_requests() -> None:
    lab = Lab()
    assert shown(lab, "Gx") == shown(lab, "Gy") == [0, 0, 0, 0]
    assert lab.typed("show diameter endpoints") == "Total Diameter endpoints: 0\n"


def test_no_more_than_a_minute_is_kept() -> None:
    lab = charged()
    for number in range(100):
        lab.typed(f"clear subscribers username user{number}@lab.example -noconfirm")
        lab.wait(1)
    assert len(lab.chassis.message_rates._seconds) <= 62
