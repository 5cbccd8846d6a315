"""Objects that are shown as they are configured."""

from __future__ import annotations

import pytest

from tests.lab import Lab


def with_objects() -> Lab:
    lab = Lab()
    lab.configure(
        "operator-policy name p1",
        "associate call-control-profile c1",
        "exit",
        "operator-policy name p2",
        "exit",
        "call-control-profile c1",
        "exit",
        "context SAEGW",
        "policy-map name m1",
        "exit",
        "gtpp group g1",
    )
    return lab


def test_objects_are_listed_and_shown_in_full() -> None:
    lab = with_objects()
    assert lab.typed("show operator-policy all") == (
        "Operator Policy Name: p1\nOperator Policy Name: p2\nTotal: 2\n"
    )
    one = "Operator Policy Name: p1\n  associate call-control-profile c1\n"
    assert lab.typed("show operator-policy full name p1") == one
    assert lab.typed("show operator-policy name p1") == one
    assert lab.typed("show operator-policy full all") == f"{one}\nOperator Policy Name: p2\n"


def test_objects_of_a_context_are_shown_there() -> None:
    lab = with_objects()
    assert lab.typed("show policy-map all") == "Failure: No policy-map is configured\n"
    lab.typed("context SAEGW")
    assert "Policy Map Name: m1\n" in lab.typed("show policy-map full all")
    assert "Gtpp Group Name: g1\n" in lab.typed("show gtpp group all")


@pytest.mark.parametrize(
    "line", ["sgs-service all", "hss-peer-service service name x", "qci-qos-mapping table all"]
)
def test_what_is_not_configured_is_refused(line: str) -> None:
    assert Lab().typed(f"show {line}").startswith("Failure: No ")


def test_policies_of_lte_are_shown() -> None:
    lab = Lab()
    lab.configure("lte-policy", "subscriber-map s1", "exit", "subscriber-map s2")
    assert lab.typed("show lte-policy subscriber-map summary") == (
        "Subscriber Map Name: s1\nSubscriber Map Name: s2\nTotal: 2\n"
    )
    assert lab.typed("show lte-policy subscriber-map name s2") == "Subscriber Map Name: s2\n"


def test_banners_and_keys_are_told() -> None:
    lab = Lab()
    assert lab.typed("show banner all") == "Failure: No banner is configured\n"
    lab.configure('banner motd "Lab only"')
    assert lab.typed("show banner motd") == "motd: Lab only\n"
    assert lab.typed("show banner pre-login").startswith("Failure: ")
    assert (
        lab.typed("show system ssh key status") == "System SSH key status: no context has a key\n"
    )
    lab.configure("context local", "ssh generate key")
    assert "1 context(s) with a key" in lab.typed("show system ssh key status")


@pytest.mark.parametrize("level", ["inspector", "operator"])
def test_lines_of_the_configuration_are_for_those_who_may_see_it(level: str) -> None:
    lab = Lab()
    lab.configure("apn-profile p", "apn-remap-table t")
    other = lab.device.session("other", level)
    for line in (
        "show apn-profile full all",
        "show apn-profile all",
        "show apn-remap-table name t",
    ):
        assert "privilege" in other.handle(line).text
    assert "privilege" in other.handle("show configuration").text
