"""Which of two chassis is preferred, and what tells them apart."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staros_cli.chassis.pools import PoolSettings
from staros_cli.chassis.session_columns import MovedCall
from staros_cli.chassis.srp.checkpoints import MICRO_EVERY, Flow
from staros_cli.chassis.srp.handover import HeldCalls
from staros_cli.chassis.srp.monitors import counts_from
from staros_cli.chassis.srp.partner import Partner, tiebreaker_of
from staros_cli.chassis.srp.settings import Mode, SrpSettings
from staros_cli.chassis.srp.states import Hello, State, after_switchover, wins


def hello(mode: Mode = Mode.PRIMARY, priority: int = 125, mac: str = "02-00-00-00-00-01") -> Hello:
    return Hello(State.INIT, mode, priority, mac, 3)


@pytest.mark.parametrize(
    ("mine", "other", "expected"),
    [
        (hello(), hello(Mode.BACKUP), True),
        (hello(Mode.BACKUP, 1), hello(priority=200), False),
        (hello(priority=10), hello(priority=20), True),
        (hello(priority=20), hello(priority=10), False),
        (hello(mac="00-05-47-03-1C-2B"), hello(mac="00-05-47-03-01-3B"), True),
        (hello(mac="00-05-47-03-01-3B"), hello(mac="00-05-47-03-1C-2B"), False),
        (hello(mac="FF-FF-FF-00-00-01"), hello(mac="00-00-00-00-00-02"), False),
    ],
)
def test_mode_then_the_lower_priority_then_the_higher_mac_decides(
    mine: Hello, other: Hello, expected: bool
) -> None:
    assert wins(mine, other) is expected


def test_one_of_two_chassis_wins() -> None:
    partner = Partner("LAB1").hello(SrpSettings("x", mode=Mode.BACKUP))
    mine = hello(Mode.PRIMARY, mac=tiebreaker_of("LAB1"))
    assert partner.tiebreaker != mine.tiebreaker
    assert wins(mine, partner) is not wins(partner, mine)


def test_the_standby_chassis_has_the_higher_route_modifier_up_to_a_threshold() -> None:
    assert after_switchover(3, 16) == (3, 4)
    assert after_switchover(15, 16) == (15, 16)
    assert after_switchover(16, 16) == (3, 4)


def test_a_failure_within_the_guard_period_counts_later() -> None:
    assert counts_from(130.0, 100.0, None) == 130.0
    assert counts_from(130.0, 100.0, (60.0, 20.0)) == 150.0
    assert counts_from(160.0, 100.0, (60.0, 20.0)) == 160.0


@given(
    st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 9), st.integers(0, 1000)), max_size=9)
)
def test_checkpoints_follow_from_how_long_calls_are_known(
    stays: list[tuple[int, int, int]],
) -> None:
    flow, period = Flow(), 200.0
    flow.set_period(period, 0.0)
    for begin, calls, lasts in stays:
        flow.add(1, calls, begin)
        flow.remove(1, calls, begin + lasts)
    seconds = sum(calls * lasts for _, calls, lasts in stays)
    assert flow.micro(1, 5000.0) == seconds // MICRO_EVERY
    assert flow.full(1, 5000.0) == sum(calls for _, calls, _ in stays) + seconds // period
    before = flow.full(1, 5000.0)
    flow.set_period(50.0, 5000.0)
    assert flow.full(1, 5000.0) == before
    flow.add(1, 2, 5000.0)
    flow.stop(5100.0)
    assert flow.full(1, 9999.0) == before + 2 + 4


def test_calls_are_held_as_they_were() -> None:
    key = PoolSettings("isp", "p", 4, 1, 9).key
    calls = [
        MovedCall(0xFFFFFFFF, 2, 70_000, 40, 1, 1.5, key, 8),
        MovedCall(7, 0, 0, 1, 0, 2.5, None, 0),
    ]
    held = HeldCalls()
    for call in calls:
        held.add(call)
    assert held.by_sessmgr == Counter({40: 1, 1: 1})
    assert list(held.take(9)) == calls[::-1]
    assert len(held) == 0
    assert not +held.by_sessmgr
