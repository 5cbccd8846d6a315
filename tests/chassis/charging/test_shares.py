"""How the traffic of a rulebase is divided among its rules."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staros_cli.chassis.charging.checks import findings
from staros_cli.chassis.charging.credit import CreditGroup
from staros_cli.chassis.charging.objects import (
    ALL_PACKETS,
    CHARGING,
    DYNAMIC_ONLY,
    ROUTING,
    TIMED,
    ChargingConfiguration,
    Rule,
    Rulebase,
    Ruledef,
    RuledefGroup,
)
from staros_cli.chassis.charging.shares import Match, shares_of

WEB = Ruledef("web", ("tcp either-port = 80",))
MAIL = Ruledef("mail", ("tcp either-port = 25",))
EVERY = Ruledef("every", (ALL_PACKETS,))
EMPTY = Ruledef("empty")
ROUTE = Ruledef("route", ("tcp either-port = 80",), ROUTING)
ACTION = "action"


def rule(priority: int, name: str, **others: Any) -> Rule:
    fields: dict[str, Any] = {"use": CHARGING, "target": ACTION, "line": f"{priority} {name}"}
    fields |= others
    return Rule(priority=priority, name=name, **fields)


def configuration(*rules: Rule) -> ChargingConfiguration:
    ruledefs = {each.name: each for each in (WEB, MAIL, EVERY, EMPTY, ROUTE)}
    group = RuledefGroup("both", ((5, "mail"), (10, "web")))
    rulebase = Rulebase("R", rules)
    return ChargingConfiguration(
        "acs", ruledefs, {"both": group}, frozenset((ACTION,)), {"R": rulebase}, frozenset(("t",))
    )


def parts(*rules: Rule) -> dict[str, float]:
    """The parts of the traffic by ruledef."""
    found = configuration(*rules)
    return {share.match.ruledef: share.part for share in shares_of(found, found.rulebases["R"])}


def reasons(*rules: Rule) -> list[str]:
    """Why rules match nothing."""
    texts = [each.text.partition("\n- ")[2] for each in findings(configuration(*rules))]
    return [text for text in texts if text]


def test_what_matches_every_packet_takes_the_rest_and_leaves_nothing() -> None:
    assert parts(rule(1, "web"), rule(2, "every"), rule(3, "mail")) == pytest.approx(
        {"web": 0.35, "every": 0.65}
    )
    assert reasons(rule(1, "web"), rule(2, "every"), rule(3, "mail")) == [
        "2 every leaves it nothing, it matches every packet"
    ]


def test_rules_that_match_some_packets_leave_some() -> None:
    found = parts(rule(1, "web"), rule(2, "mail"))
    assert set(found) == {"web", "mail"}
    assert sum(found.values()) == pytest.approx(0.7 * 0.75)


@pytest.mark.parametrize(
    "idle",
    [
        rule(1, "web", target="missing"),
        rule(1, "missing"),
        rule(1, "missing", is_group=True),
        rule(1, "empty"),
        rule(1, "route"),
        rule(1, "web", when=DYNAMIC_ONLY),
        rule(1, "web", when=TIMED, timedef="missing"),
    ],
)
def test_a_rule_that_cannot_match_gets_nothing(idle: Rule) -> None:
    assert parts(idle, rule(2, "every")) == {"every": 1.0}


def test_a_timed_rule_and_one_that_is_always_there_count() -> None:
    assert set(parts(rule(1, "web", when=TIMED, timedef="t"))) == {"web"}
    assert set(parts(rule(1, "web", when="static-and-dynamic"))) == {"web"}


def test_the_ruledefs_of_a_group_match_by_their_priorities() -> None:
    found = configuration(rule(1, "both", is_group=True))
    shares = shares_of(found, found.rulebases["R"])
    assert [share.match for share in shares] == [
        Match(CHARGING, "R", "mail", ACTION),
        Match(CHARGING, "R", "web", ACTION),
    ]


def test_a_ruledef_matches_in_its_first_rule_only() -> None:
    assert reasons(rule(1, "web"), rule(2, "web")) == ["1 web takes what the ruledef web matches"]
    assert sum(parts(rule(1, "web"), rule(2, "web")).values()) == pytest.approx(0.35)


def test_what_a_ruledef_is_for_and_that_it_is_empty_is_told() -> None:
    assert reasons(rule(1, "route"), rule(2, "empty")) == [
        "the ruledef route is for routing",
        "the ruledef empty has no line that matches packets",
    ]


def test_a_missing_group_of_credit_control_is_an_error() -> None:
    rulebase = Rulebase("R", (), credit_group="cc")
    missing = ChargingConfiguration("acs", rulebases={"R": rulebase})
    (found,) = findings(missing)
    assert found.text == "rulebase R\n- credit-control group cc is not configured"
    there = ChargingConfiguration(
        "acs", rulebases={"R": rulebase}, credit_groups={"cc": CreditGroup("cc")}
    )
    assert list(findings(there)) == []


@pytest.mark.parametrize(
    ("lines", "any_line", "matches"),
    [
        ((ALL_PACKETS,), False, True),
        ((ALL_PACKETS, "tcp any-match = TRUE"), False, False),
        ((ALL_PACKETS, "tcp any-match = TRUE"), True, True),
        (("ip any-match = FALSE",), True, False),
        ((), False, False),
    ],
)
def test_which_ruledefs_match_every_packet(
    lines: tuple[str, ...], any_line: bool, matches: bool
) -> None:
    assert Ruledef("r", lines, any_line=any_line).matches_all is matches


NAMES = st.lists(st.sampled_from(["web", "mail", "every", "empty", "route", "missing"]))


@given(NAMES, st.booleans())
def test_no_more_is_divided_than_there_is(names: list[str], last: bool) -> None:
    rules = [rule(place, name) for place, name in enumerate(names)]
    found = parts(*rules, *([rule(99, "every")] if last else []))
    assert all(part > 0 for part in found.values())
    assert sum(found.values()) == pytest.approx(1) if "every" in found else sum(found.values()) <= 1
    assert found == parts(*rules, *([rule(99, "every")] if last else []))
