"""References within the configuration: what a line names has to be configured."""

from __future__ import annotations

import pytest

from staros_cli.chassis.definition import built_in_names
from staros_cli.language.compiled import compiled
from tests.lab import Lab

ERROR = "Error   : {line} ({place})\n- {name} is not configured\n"


def errors_of(*lines: str) -> str:
    """What is said about the configuration of these lines, typed on a chassis."""
    lab = Lab()
    lab.configure(*lines)
    return lab.typed("show configuration errors")


CASES = [
    (("context A", "apn x"), "ims-auth-service IMS", "ims-auth-service IMS", "apn-config"),
    (("context A", "apn x"), "aaa group g", "aaa group g", "apn-config"),
    (("context A", "apn x"), "gtpp group g accounting-context A", "gtpp group g", "apn-config"),
    (("context A", "apn x"), "ip context-name B", "context B", "apn-config"),
    (("context A", "apn x"), "ip access-group acl in", "ip access-list acl", "apn-config"),
    (("context A", "apn x"), "active-charging rulebase rb", "rulebase rb", "apn-config"),
    (
        ("context A", "subscriber name s"),
        "active-charging rulebase rb",
        "rulebase rb",
        "subscriber-config",
    ),
    (
        ("operator-policy name op",),
        "associate call-control-profile ccp",
        "call-control-profile ccp",
        "operator-policy",
    ),
    (
        ("context A", "mme-service m"),
        "associate hss-peer-service h context A",
        "hss-peer-service h of context A",
        "mme-service",
    ),
]


@pytest.mark.parametrize(("modes", "line", "name", "section"), CASES, ids=[c[1] for c in CASES])
def test_a_line_that_names_what_is_missing_is_an_error(
    modes: tuple[str, ...], line: str, name: str, section: str
) -> None:
    place = ", ".join(reversed(modes))
    told = ERROR.format(line=line, place=place, name=name)
    lab = Lab()
    assert lab.configure(*modes, line) == ""
    assert told in lab.typed(f"show configuration errors section {section}")


def test_what_is_configured_is_no_error() -> None:
    lines = ("context A", "aaa group g", "exit", "apn x", "aaa group g", "aaa group default")
    assert "aaa group" not in errors_of(*lines)


def test_an_object_of_another_context_than_the_one_named_is_missing() -> None:
    lines = ("context A", "hss-peer-service h", "exit", "mme-service m")
    assert "h of context B is not configured" in errors_of(
        *lines, "associate hss-peer-service h context B"
    )
    assert "hss-peer-service" not in errors_of(*lines, "associate hss-peer-service h context A")


def test_texts_and_words_of_a_command_are_no_names() -> None:
    errors = errors_of(
        "operator-policy name op",
        "apn network-identifier foo apn-profile p",
        "exit",
        "context A",
        'description "apn internet"',
    )
    assert "- apn-profile p is not configured" in errors
    assert "network-identifier is not" not in errors
    assert "apn internet" not in errors


@pytest.mark.parametrize("chassis", built_in_names())
def test_no_chassis_that_ships_names_what_is_missing(chassis: str) -> None:
    assert "is not configured" not in Lab(chassis).typed("show configuration errors")


def test_the_kinds_of_objects_follow_from_the_grammar() -> None:
    assert {"apn", "context", "aaa group", "pgw-service", "ruledef"} <= compiled().objects
    assert "subscriber" not in compiled().objects  # its default has no name
