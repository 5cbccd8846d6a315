"""Pools of addresses: calls take theirs from them, and are refused when all are in use."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from staros_cli.chassis.clock import ManualClock, Timeline
from staros_cli.chassis.disconnect_reasons import ABSOLUTE_TIMEOUT
from staros_cli.chassis.invariants import violations
from staros_cli.chassis.pools import AddressConfiguration, Pool, PoolSettings
from staros_cli.chassis.time_limits import TimeLimits
from staros_cli.chassis.traffic import Traffic, pattern
from tests.lab import Lab
from tests.recovery.support import no_pools

PLACE = "context SAEGW"
SMALL = "ip pool small range 10.9.0.1 10.9.0.40 public 0"
APN = ("apn lab.example", "ip context-name SAEGW")


def called_again(lab: Lab) -> None:
    """All subscribers are cleared, and those who can have called again."""
    lab.typed("clear subscribers all -noconfirm")
    lab.wait(60)
    assert violations(lab.chassis) == []


def addresses_of(lab: Lab) -> list[str]:
    """The addresses of all sessions with IPv4."""
    table = lab.chassis.sessions
    sessions = (table.session(row, lab.chassis.now) for row in table.rows())
    return [session.address for session in sessions if not session.kind.is_ipv6]


def test_without_pools_subscribers_have_their_own_addresses() -> None:
    lab = Lab()
    before = sorted(addresses_of(lab))
    called_again(lab)
    assert sorted(addresses_of(lab)) == before


def test_calls_take_the_addresses_of_their_context_and_wait_when_all_are_used() -> None:
    lab = Lab()
    lab.configure(PLACE, SMALL)
    called_again(lab)
    found = [address for address in addresses_of(lab) if address.startswith("10.9.0.")]
    assert sorted(found, key=lambda text: int(text.rpartition(".")[2])) == [
        f"10.9.0.{number}" for number in range(1, 41)
    ]
    assert lab.chassis.sessions.count_of_service("SAEGW", "PGW-SVC") == 40 + 100  # 100 of IPv6
    assert lab.chassis.sessions.count_of_service("GGSN", "GGSN-SVC") == 224  # another context
    lab.configure(PLACE, "ip pool more 10.9.1.0/28 public 1")
    lab.wait(10)
    assert lab.chassis.sessions.count_of_service("SAEGW", "PGW-SVC") == 40 + 14 + 100


def test_the_pool_of_the_best_priority_comes_first_and_private_ones_must_be_named() -> None:
    lab = Lab()
    lab.configure(
        PLACE,
        "ip pool last range 10.9.3.1 10.9.3.200 public 9",
        "ip pool first range 10.9.1.1 10.9.1.30 public 1",
        "ip pool hidden range 10.9.2.1 10.9.2.200 private 0",
    )
    called_again(lab)
    counts = Counter(address.rpartition(".")[0] for address in addresses_of(lab))
    assert counts["10.9.1"] == 30
    assert counts["10.9.3"] == 200
    assert counts["10.9.2"] == 0
    lab.configure(PLACE, *APN, "ip address pool name hidden")
    called_again(lab)
    counts = Counter(address.rpartition(".")[0] for address in addresses_of(lab))
    assert counts == {"10.9.2": 200}


def test_a_call_of_an_apn_that_is_not_configured_is_refused() -> None:
    lab = Lab()
    lab.configure(PLACE, "apn other")
    called_again(lab)
    assert len(lab.chassis.sessions) == 0
    lab.configure(PLACE, "apn LAB.example")
    lab.wait(60)
    assert len(lab.chassis.sessions) == 1024


def test_an_address_is_found_and_belongs_to_one_call() -> None:
    lab = Lab()
    lab.configure(PLACE, SMALL)
    called_again(lab)
    for address in ("10.9.0.1", "10.9.0.40"):
        assert lab.typed(f"show subscribers ip-address {address}").count(address) == 1
    own = lab.chassis.sessions.groups[0].address(0)
    assert lab.chassis.sessions.with_address(own) == []


def test_addresses_survive_a_recovery() -> None:
    lab = Lab()
    lab.configure("require session recovery", PLACE, SMALL)
    lab.typed("save configuration -noconfirm")
    lab.reload(120)
    before = sorted(addresses_of(lab))
    assert any(address.startswith("10.9.0.") for address in before)
    lab.device.fail_task("sessmgr", 1)
    lab.wait(30)
    assert sorted(addresses_of(lab)) == before
    assert violations(lab.chassis) == []


def test_a_pool_that_is_removed_ends_when_its_last_address_comes_back() -> None:
    lab = Lab()
    lab.configure(PLACE, SMALL)
    called_again(lab)
    lab.configure(PLACE, f"no {' '.join(SMALL.split()[:3])}")
    lab.typed(PLACE)
    assert "PD00  small" in lab.typed("show ip pool")
    called_again(lab)
    assert "small" not in lab.typed("show ip pool")
    assert lab.chassis.sessions.count_of_service("SAEGW", "PGW-SVC") == 800


def test_a_pool_that_is_configured_again_goes_on_with_its_addresses() -> None:
    lab = Lab()
    lab.configure(PLACE, SMALL)
    called_again(lab)
    before = sorted(addresses_of(lab))
    lab.configure(PLACE, "no ip pool small", SMALL.replace("0.40", "0.60"))
    lab.typed(PLACE)
    shown = lab.typed("show ip pool")
    assert "PD00  small" in shown
    assert "PI00  small" in shown  # its addresses are in use until the other one ends
    lab.wait(10)
    assert sorted(addresses_of(lab)) == before
    lab.configure(PLACE, "no ip pool small", SMALL)
    assert lab.typed("show ip pool").count("small") == 1
    lab.wait(10)
    assert sorted(addresses_of(lab)) == before
    lab.configure(PLACE, "no ip pool small", SMALL.replace("0.40", "0.60"))
    called_again(lab)
    assert len([address for address in addresses_of(lab) if address.startswith("10.9.")]) == 60


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 8)), max_size=30))
def test_a_pool_gives_addresses_if_none_before_it_has_them(ranges: list[tuple[int, int]]) -> None:
    pools = no_pools([])
    found = [
        PoolSettings("A", f"p{number}", 4, first, first + more)
        for number, (first, more) in enumerate(ranges)
    ]
    pools.read = lambda: AddressConfiguration(tuple(found))
    pools.look()
    taken: set[int] = set()
    for pool in pools:
        its = set(range(pool.settings.first, pool.settings.last + 1))
        assert pool.active == taken.isdisjoint(its)
        taken |= its


def test_a_pool_keeps_its_addresses_and_one_that_overlaps_gives_none() -> None:
    lab = Lab()
    lab.configure(PLACE, SMALL)
    assert lab.configure(PLACE, SMALL.replace("0.40", "0.41")) == (
        "Failure: Cannot modify Pool, once pool is configured!\n"
    )
    assert lab.configure(PLACE, SMALL.replace("public 0", "public 3")) == ""
    lab.configure(PLACE, "ip pool second range 10.9.0.40 10.9.0.90")
    lab.typed(PLACE)
    assert "PI00  second" in lab.typed("show ip pool")
    assert "Pool second of context SAEGW is inactive" in lab.typed("show configuration errors")


def test_busyout_takes_no_more_calls() -> None:
    lab = Lab()
    lab.configure(PLACE, SMALL, "busyout ip pool pool-name small")
    called_again(lab)
    assert not [address for address in addresses_of(lab) if address.startswith("10.9.")]
    lab.configure(PLACE, "no busyout ip pool pool-name small")
    lab.wait(10)
    assert len([address for address in addresses_of(lab) if address.startswith("10.9.")]) == 40


def test_an_address_that_is_held_comes_back_when_it_has_rested() -> None:
    lab = Lab()
    lab.configure(PLACE, f"{SMALL} address-hold-timer 300")
    called_again(lab)
    first = lab.chassis.now
    lab.typed("clear subscribers all -noconfirm")
    lab.wait(200)
    assert not [address for address in addresses_of(lab) if address.startswith("10.9.")]
    lab.typed(PLACE)
    assert "Used: 0  Hold: 40  Release: 0  Free: 0" in lab.typed("show ip pool summary")
    lab.wait(first + 310 - lab.chassis.now)
    assert len([address for address in addresses_of(lab) if address.startswith("10.9.")]) == 40


def test_addresses_that_are_held_come_back_one_after_the_other() -> None:
    lab = Lab()
    lab.configure(PLACE, f"{SMALL} address-hold-timer 300")
    called_again(lab)
    rows = [row for n in range(1, 41) for row in lab.chassis.sessions.with_address(f"10.9.0.{n}")]
    for row in rows:
        lab.chassis.callers.end(row)
        lab.wait(5)
    counts: list[int] = []
    for _ in range(60):
        lab.wait(5)
        found = [address for address in addresses_of(lab) if address.startswith("10.9.0.")]
        counts.append(len(found))
    assert counts == [0] * 20 + list(range(1, 41))


def test_prefixes_of_a_pool_of_ipv6() -> None:
    lab = Lab()
    lab.configure(PLACE, "ipv6 pool six prefix 2001:db8:99::/58 public 0")
    called_again(lab)
    table = lab.chassis.sessions
    sessions = [table.session(row, lab.chassis.now) for row in table.rows()]
    found = sorted(session.address for session in sessions if session.kind.is_ipv6)
    assert len(set(found)) == 64
    assert found[0] == "2001:db8:99:10::"
    assert len(lab.chassis.sessions.with_address("2001:db8:99:3f::7")) == 1


@pytest.mark.parametrize(("line", "seconds"), [("timeout absolute 300", 300)])
def test_a_call_ends_when_its_time_is_over(line: str, seconds: int) -> None:
    lab = Lab()
    lab.configure(PLACE, *APN, line)
    called_again(lab)
    table = lab.chassis.sessions
    assert len(table) == 1024
    lab.wait(seconds + 30)
    ages = [table.session(row, lab.chassis.now).duration(lab.chassis.now) for row in table.rows()]
    assert len(ages) == 1024  # they call again
    assert max(ages) < seconds + 2
    assert violations(lab.chassis) == []


def test_a_subscriber_is_idle_for_no_longer_than_the_template_says() -> None:
    lab = Lab()
    lab.configure(PLACE, "subscriber default", "timeout idle 20")
    lab.wait(10)
    table = lab.chassis.sessions
    rows = [row for row in table.rows() if table.groups[table.group_of(row)].place[0] == "SAEGW"]
    idle = [table.session(row, lab.chassis.now).idle(lab.chassis.now) for row in rows]
    assert rows
    assert max(idle) < 22


def test_a_day_of_limits_takes_few_looks_at_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = Lab()
    lab.configure(PLACE, *APN, "timeout absolute 86400")
    called_again(lab)
    looks: list[int] = []
    look_at = TimeLimits._look_at

    def counted(self: TimeLimits, callid: int, second: int) -> bool:
        looks.append(callid)
        return look_at(self, callid, second)

    monkeypatch.setattr(TimeLimits, "_look_at", counted)
    reasons = lab.chassis.callers.history.reasons
    reasons.clear()
    lab.wait(86_300)
    assert reasons[ABSOLUTE_TIMEOUT] == 0
    lab.wait(160)
    assert reasons[ABSOLUTE_TIMEOUT] == 1024
    assert max(Counter(looks).values()) < 100


def test_limits_that_are_changed_or_removed_count_at_once() -> None:
    lab = Lab()
    lab.configure(PLACE, *APN, "timeout absolute 5000")
    called_again(lab)
    reasons = lab.chassis.callers.history.reasons
    reasons.clear()
    lab.configure(PLACE, APN[0], "timeout absolute 100")
    lab.wait(70)
    assert reasons[ABSOLUTE_TIMEOUT] == 1024
    lab.configure(PLACE, APN[0], "no timeout absolute")
    lab.wait(5000)
    assert reasons[ABSOLUTE_TIMEOUT] == 1024


@given(
    st.integers(0, 2**32 - 1), st.integers(1, 300), st.integers(0, 10_000), st.sampled_from((0, 1))
)
def test_when_a_subscriber_will_have_been_idle_for_so_long(
    callid: int, seconds: int, since: int, rate: int
) -> None:
    found = pattern(callid, Traffic(rate=float(rate)))
    moment = found.idle_for(seconds, since)
    steps = [since + tenths / 10 for tenths in range(6000)]
    by_trial = next((time for time in steps if found.idle(time) >= seconds), math.inf)
    assert moment <= by_trial
    assert moment == by_trial or by_trial == math.inf or by_trial - moment < 0.1 + 1e-6
    if moment < math.inf:
        assert found.idle(moment) == pytest.approx(seconds, abs=1e-6) or moment == since


def test_an_address_that_came_back_first_is_given_first() -> None:
    pool = Pool(1, PoolSettings("A", "p", 4, 100, 103))
    assert [pool.take(row) for row in range(4)] == [0, 1, 2, 3]
    for place in (2, 0, 3):
        pool.release(place, 10.0)
    assert pool.takes(10.0)
    assert [pool.take(row) for row in range(3)] == [2, 0, 3]
    assert not pool.takes(10.0)


# Any life of a pool


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(-1, 5), max_size=40),
    st.integers(1, 6),
    st.sampled_from([0.0, 5.0]),
)
def test_no_address_is_given_twice(steps: list[int], size: int, hold: float) -> None:
    clock = ManualClock(0.0)
    pools = no_pools([])
    pools._timeline = Timeline(clock)
    found = PoolSettings("A", "p", 4, 100, 100 + size - 1, hold=hold)
    pools.read = lambda: AddressConfiguration((found,))
    pools.look()
    (pool,) = pools
    taken: dict[int, int] = {}
    for row, step in enumerate(steps):
        if step < 0 and pool.takes(pools._timeline.now):
            offset = pool.take(row)
            assert offset not in taken
            assert 0 <= offset < size
            taken[offset] = row
        elif step in taken:
            pools.release(pool.number, step)
            del taken[step]
        elif step == 5:
            clock.advance(3)
            pools._timeline.catch_up()
        now = pools._timeline.now
        assert pool.used == len(taken)
        assert pool.free(now) + pool.held(now) + pool.used == size
        assert {pool.row_of(100 + offset) for offset in taken} == set(taken.values())


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    text = Lab().configure("context GGSN", "ip pool P range 10.6.0.9 10.6.0.1")
    assert "A range begins with its first address, got 10.6.0.9 to 10.6.0.1" in text


def test_an_address_of_a_pool_is_free_used_or_on_hold() -> None:
    lab = Lab()
    lab.configure(PLACE, f"{SMALL} address-hold-timer 300")
    called_again(lab)
    lab.typed(PLACE)
    line = "show ip pool address 10.9.0.1 pool small"
    row = lab.typed(line).splitlines()[2].split()
    assert row[:3] == ["10.9.0.1", "small", "used"]
    (found,) = lab.chassis.sessions.with_callid(int(row[3], 16))
    assert lab.chassis.sessions.session(found, lab.chassis.now).address == "10.9.0.1"
    assert lab.typed(f"{line} free") == "No address of these pools matches\n"
    lab.typed("clear subscribers all -noconfirm")
    assert lab.typed(f"{line} hold").splitlines()[2].split()[2:] == ["hold", "-"]
    assert lab.typed("show ip pool address 10.8.0.1 pool small all").startswith("No address")
