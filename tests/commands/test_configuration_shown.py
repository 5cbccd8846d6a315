"""`show configuration` and its parts."""

from __future__ import annotations

import pytest

from tests.lab import Lab

NONE = "Failure: No matching configuration data\n"


def test_a_part_is_shown_with_the_lines_around_it() -> None:
    lab = Lab()
    whole = lab.typed("show configuration").splitlines()
    for part, begin in (
        ("context SAEGW", "  context SAEGW"),
        ("port 5/10", "  port ethernet 5/10"),
    ):
        start = whole.index(begin)
        end = whole.index("  #exit", start) + 1
        shown = lab.typed(f"show configuration {part}").splitlines()
        assert shown == ["config", *whole[start:end], "end"]


@pytest.mark.parametrize("part", ["context nowhere", "port 5/29"])
def test_a_part_that_is_not_configured(part: str) -> None:
    assert Lab().typed(f"show configuration {part}") == NONE


@pytest.mark.parametrize("word", ["brief", "verbose", "showsecrets"])
def test_variants_show_all_lines(word: str) -> None:
    lab = Lab()
    assert lab.typed(f"show configuration {word}") == lab.typed("show configuration")


def test_the_checksum_changes_with_the_configuration_and_only_then() -> None:
    lab = Lab()

    def checksum() -> str:
        found = lab.typed("show configuration checksum")
        assert len(found) == 33
        return found

    first = checksum()
    lab.wait(3600)
    assert checksum() == first
    lab.configure("system hostname other")
    second = checksum()
    assert second != first
    lab.configure("context local", "administrator bob password secret")
    assert checksum() not in (first, second)
    assert checksum() == checksum()
    lab.configure("context local", "no administrator bob", "exit", "system hostname asr5500")
    assert checksum() == first


SOME = (
    "context A",
    "apn internet",
    "timeout idle 30",
    "exit",
    "apn ims",
    "exit",
    "service-redundancy-protocol",
    "exit",
    "exit",
    "context B",
    "apn internet",
    "exit",
    "exit",
    "active-charging service ACS",
    "rulebase one",
    "cca quota retry-time 60",
    "exit",
    "rulebase two",
    "exit",
    "exit",
    "bulkstats collection",
    "port ethernet 5/11",
    "link-aggregation master group 3",
    "exit",
    "port ethernet 5/12",
    "link-aggregation member group 33",
)


@pytest.mark.parametrize(
    ("part", "shown"),
    [
        (
            "apn internet",
            "  context A\n    apn internet\n      timeout idle 30\n    exit\n  #exit\n"
            "  context B\n    apn internet\n    exit\n  #exit\n",
        ),
        (
            "rulebase one",
            "  active-charging service ACS\n    rulebase one\n      cca quota retry-time 60\n"
            "    #exit\n  #exit\n",
        ),
        ("bulkstats", "  bulkstats collection\n"),
        ("srp", "  context A\n    service-redundancy-protocol\n    #exit\n  #exit\n"),
    ],
)
def test_a_part_inside_stands_in_the_modes_around_it(part: str, shown: str) -> None:
    lab = Lab()
    assert lab.configure(*SOME) == ""
    assert lab.typed(f"show configuration {part}") == f"config\n{shown}end\n"


def test_the_ports_of_a_group_are_those_of_its_number() -> None:
    lab = Lab()
    lab.configure(*SOME)
    shown = lab.typed("show configuration link-aggregation group 3")
    assert "port ethernet 5/11\n" in shown
    assert "5/12" not in shown
    assert lab.typed("show configuration link-aggregation group 4") == NONE


@pytest.mark.parametrize("part", ["apn x", "rulebase x", "card 7", "active-charging service x"])
def test_a_part_inside_that_is_not_configured(part: str) -> None:
    assert Lab().typed(f"show configuration {part}") == NONE
