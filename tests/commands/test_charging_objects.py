"""The active charging service and its objects, shown as they are configured."""

from __future__ import annotations

from tests.lab import Lab

SERVICE = """\
Service name: ECS
  TCP Flow Idle Timeout       : 600 (secs)
  UDP Flow Idle Timeout       : 300 (secs)
  ICMP Flow Idle Timeout      : 300 (secs)
  ALG Media Idle Timeout      : 120 (secs)
  Flow-Mapping Idle Timeout   : 300 (secs)
  Passive Mode                : Enabled
  Ruledefs                    : 1
  Groups of Ruledefs          : 0
  Charging Actions            : 1
  Rulebases                   : 1
"""
NONE = "Failure: "


def with_service() -> Lab:
    lab = Lab("vpc-si")
    lab.configure(
        "active-charging service ECS",
        "idle-timeout tcp 600",
        "passive-mode",
        "ruledef r1",
        "ip any-match = TRUE",
        "exit",
        "charging-action c1",
        "exit",
        "rulebase b1",
        "exit",
        "edr-format e1",
        "attribute sn-start-time priority 1",
        "exit",
        "edr-format e2",
    )
    return lab


def test_the_service_is_shown() -> None:
    lab = with_service()
    assert lab.typed("show active-charging service all") == SERVICE
    assert lab.typed("show active-charging service name ECS") == SERVICE
    assert lab.typed("show active-charging service name other").startswith(NONE)


def test_objects_are_shown_with_their_lines() -> None:
    lab = with_service()
    first = "Edr Format Name: e1\n  attribute sn-start-time priority 1\n"
    assert lab.typed("show active-charging edr-format name e1") == first
    assert lab.typed("show active-charging edr-format all") == f"{first}\nEdr Format Name: e2\n"
    assert lab.typed("show active-charging timedef all") == "Failure: No timedef is configured\n"


def test_there_may_be_no_service() -> None:
    lab = Lab("vpc-si")
    assert lab.typed("show active-charging service all") == (
        "Failure: There is no active charging service\n"
    )
