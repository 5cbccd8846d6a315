"""Sessions of calls with servers that grant what they may use."""

from __future__ import annotations

import pytest

from staros_cli.chassis.charging.credit import INITIAL, UPDATE
from staros_cli.chassis.credit import control
from staros_cli.chassis.credit.counts import Counted
from staros_cli.chassis.disconnect_reasons import ADMIN, CHARGING_SERVER, INTERNAL_ERROR, NO_CREDIT
from staros_cli.chassis.traffic import MEAN_RATE, MEAN_RATIO
from tests.chassis.credit.labs import (
    CALLS,
    FIRST,
    SECOND,
    charged,
    configured,
    connected,
    counts,
    found,
)
from tests.lab import Lab

OCTETS = MEAN_RATE * (1 + MEAN_RATIO)
"""What a call carries a second."""


def silence(lab: Lab) -> None:
    """Let no server answer."""
    for address in (FIRST, SECOND):
        lab.device.peer_down(address)


def test_a_call_begins_and_ends_a_session() -> None:
    lab = charged()
    assert counts(lab, Counted.STARTS, Counted.INITIAL, Counted.INITIAL_ANSWERS) == (CALLS,) * 3
    assert found(lab).current == CALLS == connected(lab)
    lab.typed("clear subscribers username user1@lab.example -noconfirm")
    assert found(lab).current == CALLS - 1 == connected(lab)
    ended = (Counted.TERMINATED, Counted.FINAL, Counted.FINAL_ANSWERS, Counted.ADMINISTRATIVE)
    assert counts(lab, *ended) == (1, 1, 1, 1)
    lab.wait(5)
    assert counts(lab, Counted.STARTS) == (CALLS + 1,)
    peer = next(p for p in lab.chassis.peers.servers.diameter if p.settings.name == "ocs1")
    requests = counts(lab, Counted.INITIAL, Counted.UPDATES, Counted.FINAL)
    assert peer.counts(lab.chassis.now).requests == sum(requests)


def test_calls_that_were_there_before_have_no_session() -> None:
    lab = Lab()
    lab.configure(*configured())
    lab.wait(5)
    assert (found(lab).current, connected(lab)) == (0, CALLS)
    lab.typed("clear subscribers username user1@lab.example -noconfirm")
    assert counts(lab, Counted.TERMINATED) == (0,)
    lab.wait(5)
    assert (found(lab).current, connected(lab)) == (1, CALLS)
    groups = [lab.chassis.credit.group_of(row) for row in lab.chassis.sessions.rows()]
    assert groups.count("gy") == 1
    lab.typed("clear subscribers username user1@lab.example -noconfirm")
    assert (found(lab).current, *counts(lab, Counted.TERMINATED)) == (0, 1)


@pytest.mark.parametrize(
    ("group", "rulebase", "why", "period"),
    [
        ((), (), Counted.EXHAUSTED, 10_000_000 / OCTETS),
        (("quota volume-threshold percent 25",), (), Counted.THRESHOLD, 7_500_000 / OCTETS),
        (("quota volume-threshold 4000000",), (), Counted.THRESHOLD, 6_000_000 / OCTETS),
        (("quota validity-time 600",), (), Counted.VALIDITY, 600.0),
        (
            (),
            ("cca diameter requested-service-unit sub-avp volume cc-total-octets 2000000",),
            Counted.EXHAUSTED,
            2_000_000 / OCTETS,
        ),
        (
            (),
            ("cca diameter requested-service-unit sub-avp volume cc-total-octets 1",),
            Counted.EXHAUSTED,
            1.0,
        ),
        (
            ("quota time-threshold 20",),
            ("cca diameter requested-service-unit sub-avp time cc-time 120",),
            Counted.THRESHOLD,
            100.0,
        ),
    ],
)
def test_quota_is_asked_for_as_it_is_used(
    group: tuple[str, ...], rulebase: tuple[str, ...], why: Counted, period: float
) -> None:
    lab = charged(*group, rulebase=rulebase)
    (before,) = counts(lab, Counted.UPDATES)
    lab.wait(3600)
    after, answers, for_this = counts(lab, Counted.UPDATES, Counted.UPDATE_ANSWERS, why)
    assert after - before == pytest.approx(CALLS * 3600 / period, abs=2)
    assert after == answers == for_this


def test_a_server_that_is_silent_is_left_for_the_other() -> None:
    lab = charged("diameter peer-select peer ocs1 secondary-peer ocs2", "quota validity-time 60")
    lab.device.peer_down(FIRST)
    lab.wait(5)
    timeouts, answers, moved = counts(
        lab, Counted.UPDATE_TIMEOUTS, Counted.UPDATE_ANSWERS, Counted.SWITCHOVERS
    )
    assert timeouts == moved > 0
    lab.wait(100)
    later = counts(lab, Counted.UPDATE_TIMEOUTS, Counted.UPDATE_ANSWERS)
    lab.wait(100)
    last = counts(lab, Counted.UPDATE_TIMEOUTS, Counted.UPDATE_ANSWERS)
    assert later[0] == last[0]
    assert answers < later[1] < last[1]
    assert connected(lab) == CALLS


def test_the_rule_of_failures_says_whether_another_server_is_asked() -> None:
    lab = charged("failure-handling update-request terminate", "quota validity-time 60")
    lab.device.peer_down(FIRST)
    lab.wait(15)
    assert counts(lab, Counted.SWITCHOVERS) == (0,)
    assert connected(lab) < CALLS


def test_without_a_server_new_calls_are_refused_and_others_end() -> None:
    lab = charged("quota validity-time 600")
    silence(lab)
    lab.wait(300)
    there, history = connected(lab), lab.chassis.callers.history
    lost = CALLS - there
    assert lost == pytest.approx(CALLS * (1 - 2.718 ** (-300 / 600)), rel=0.1)
    assert history.reasons[CHARGING_SERVER] == lost
    statistics = found(lab)
    assert statistics.current == there
    refused = history.rejections[NO_CREDIT]
    assert refused >= lost
    assert statistics.tally[Counted.ACTION_TERMINATED] == lost + refused
    assert statistics.tally[Counted.TERMINATED] == lost
    for address in (FIRST, SECOND):
        lab.device.peer_up(address)
    lab.wait(120)
    assert connected(lab) == CALLS == found(lab).current


def test_a_chassis_without_a_silent_server_has_nothing_due() -> None:
    lab = charged()
    assert lab.chassis.timeline.next_due is None
    silence(lab)
    lab.wait(100)
    assert lab.chassis.timeline.next_due is not None


def test_sessions_go_on_without_a_server_where_that_is_configured() -> None:
    lab = charged(
        "failure-handling initial-request continue",
        "failure-handling update-request continue",
        "quota validity-time 600",
    )
    silence(lab)
    lab.typed("clear subscribers username user1@lab.example -noconfirm")
    lab.wait(300)
    statistics = found(lab)
    assert connected(lab) == CALLS == statistics.current
    assert statistics.offline == statistics.tally[Counted.ACTION_CONTINUE]
    assert statistics.offline == pytest.approx(CALLS / 2, rel=0.3)
    assert statistics.tally[Counted.TX_EXPIRY] == 0
    lab.wait(36_000)
    assert found(lab).offline == pytest.approx(CALLS, abs=2)
    lab.device.peer_up(FIRST)
    lab.wait(100)
    updates = counts(lab, Counted.UPDATE_ANSWERS)
    assert found(lab).offline == pytest.approx(CALLS, abs=2)
    lab.wait(6000)
    assert counts(lab, Counted.UPDATE_ANSWERS)[0] - updates[0] < 30


def test_sessions_that_went_offline_ask_again_where_that_is_configured() -> None:
    lab = charged("failure-handling update-request continue", "offline-session re-enable")
    silence(lab)
    lab.wait(36_000)
    assert found(lab).offline > CALLS / 2
    lab.device.peer_up(FIRST)
    lab.wait(100)
    assert found(lab).offline == 0


def test_quota_is_assumed_while_no_server_is_reached() -> None:
    lab = charged(
        "servers-unreachable initial-request continue after-interim-time 300 server-retries 2",
        "servers-unreachable update-request continue",
        "quota validity-time 600",
    )
    silence(lab)
    lab.typed("clear subscribers username user1@lab.example -noconfirm")
    lab.wait(100)
    statistics = found(lab)
    assert connected(lab) == CALLS == statistics.current
    assert statistics.assumed == statistics.tally[Counted.ASSUMED_POSITIVE] > 0
    expired = statistics.tally[Counted.TX_EXPIRY] + statistics.tally[Counted.CONNECTION_FAILURE]
    assert expired == statistics.tally[Counted.UNREACHABLE_CONTINUE] == statistics.assumed
    lab.wait(1000)
    assert counts(lab, Counted.SERVER_RETRIES) > (0,)
    assert found(lab).offline == 1
    lab.device.peer_up(FIRST)
    lab.wait(100)
    assert found(lab).assumed == 0


def test_an_interim_ends_and_its_sessions_with_it() -> None:
    lab = charged(
        "servers-unreachable update-request terminate after-interim-time 100 server-retries 1",
        "quota validity-time 60",
    )
    silence(lab)
    lab.wait(190)
    assert connected(lab) == CALLS
    lab.wait(100)
    statistics = found(lab)
    lost = lab.chassis.callers.history.reasons[CHARGING_SERVER]
    assert lost == CALLS - connected(lab) == statistics.tally[Counted.UNREACHABLE_TERMINATED] > 0
    assert statistics.current == connected(lab)


@pytest.mark.parametrize(
    "line",
    [
        "no credit-control group gy",
        "charging-action pay\nno cca charging",
        "credit-control group gy\nmode radius",
        "credit-control group gy\nno diameter origin endpoint",
    ],
)
def test_without_its_configuration_there_is_no_session(line: str) -> None:
    lab = charged()
    lab.configure("active-charging service acs", *line.split("\n"))
    lab.wait(2)
    rows = list(lab.chassis.sessions.rows())
    assert not any(map(lab.chassis.credit.group_of, rows))
    silence(lab)
    lab.typed("clear subscribers username user1@lab.example -noconfirm")
    lab.wait(50)
    assert connected(lab) == CALLS


def test_the_group_of_the_apn_comes_before_that_of_the_rulebase() -> None:
    lab = charged()
    lab.configure(
        *("active-charging service acs", "credit-control group other", "mode diameter"),
        *("diameter origin endpoint gy", "exit", "rulebase R", "credit-control-group other"),
    )
    lab.wait(2)
    assert found(lab).current == CALLS
    lab.configure("context SAEGW", "apn lab.example", "no credit-control-group")
    lab.typed("clear subscribers username user1@lab.example -noconfirm")
    lab.wait(5)
    groups = {lab.chassis.credit.group_of(row) for row in lab.chassis.sessions.rows()}
    assert groups == {"", "other"}


def test_no_server_is_told_of_sessions_that_were_lost() -> None:
    lab = charged()
    row = next(iter(lab.chassis.sessions.rows()))
    lab.chassis.callers.end(row, INTERNAL_ERROR)
    other = next(iter(lab.chassis.sessions.rows()))
    lab.chassis.callers.end(other, ADMIN)
    assert counts(lab, Counted.TERMINATED, Counted.FINAL) == (2, 1)


def test_a_restart_of_the_system_begins_anew() -> None:
    lab = charged()
    lab.wait(1000)
    lab.reload(60)
    assert counts(lab, Counted.STARTS, Counted.TERMINATED) == (CALLS, 0)


def test_lines_choose_servers_for_some_subscribers() -> None:
    lab = charged(
        "diameter peer-select peer ocs2 imsi-based prefix imsi-value 001 to 002",
        "diameter peer-select peer ocs1",
    )
    assert lab.chassis.credit.servers == {"ocs2"}
    lab = charged(
        "diameter peer-select peer ocs2 imsi-based prefix imsi-value 7 to 9",
        "diameter peer-select peer ocs1 peer-realm core.example",
    )
    assert lab.chassis.credit.servers == {"ocs1"}


def test_the_configuration_is_read() -> None:
    lab = Lab()
    lab.configure(
        *configured(
            "failure-handling initial-request continue go-offline-after-tx-expiry",
            "failure-handling update-request continue",
            "servers-unreachable update-request terminate",
            "servers-unreachable initial-request terminate after-interim-volume 5000",
            "diameter pending-timeout 35 deciseconds msg-type ccr-update",
            "diameter peer-select peer a realm x secondary-peer b realm y msisdn-based prefix "
            "msisdn-value 12 to 13",
        )
    )
    lab.wait(2)
    lab.chassis.charging.look()
    group = lab.chassis.charging.configuration.credit_groups["gy"]
    assert (group.timeout, group.endpoint) == (3.5, "gy")
    assert group.goes_on(INITIAL)
    assert not group.asks_another(INITIAL)
    assert group.asks_another(UPDATE)
    assert not group.goes_on(UPDATE)
    assert group.unreachable[INITIAL].octets == 5000
    (choice,) = group.choices
    assert (choice.peer, choice.realm, choice.secondary, choice.secondary_realm) == tuple("axby")
    assert choice.takes("1299")
    assert not choice.takes("1499")


def test_no_more_subscribers_are_looked_at_than_one_step_allows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(control, "LOOKED_AT", 10)
    lab = charged("quota validity-time 60")
    silence(lab)
    lab.wait(30)
    before = connected(lab)
    lab.wait(10)
    ended = before - connected(lab)
    assert 0 < ended <= 2 * 10 * 10
    assert found(lab).current == connected(lab)
    assert lab.chassis.callers.history.reasons[CHARGING_SERVER] == CALLS - connected(lab)
    assert counts(lab, Counted.TERMINATED) == (CALLS - connected(lab),)


def test_calls_that_need_no_quota_go_on_without_a_server() -> None:
    """An action that no packet leads to takes no credit."""
    lab = charged()
    lab.configure("active-charging service acs", "ruledef every", "no ip any-match = TRUE")
    lab.wait(5)
    before = counts(lab, Counted.UPDATES)
    silence(lab)
    lab.wait(2000)
    assert connected(lab) == CALLS
    assert counts(lab, Counted.UPDATES) == before
