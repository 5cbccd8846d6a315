"""The history of calls: counted when something happens, and always in agreement."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staros_cli.chassis.call_history import INTERVAL, INTERVALS, RETRY, CallHistory
from staros_cli.chassis.invariants import violations
from tests.lab import Lab

PLACE = "context SAEGW"


def counts(history: CallHistory) -> tuple[int, ...]:
    total = history.total
    return (
        total.arrived,
        total.rejected,
        total.connected,
        total.disconnected,
        total.failed,
    )


def test_a_call_comes_is_connected_and_ends() -> None:
    history = CallHistory(1)
    history.arrived(0, 100.0, 100.8)
    assert history.setting_up(100.5) == {0: 1}
    assert history.connected(100.5) == 0
    assert history.connected(101.0) == 1
    history.ended(0, 500.0, 100.8, "Remote-disconnect")
    assert counts(history) == (1, 0, 1, 1, 0)
    assert history.reasons == {"Remote-disconnect": 1}
    assert sum(history.durations(600.0)) == 0


def test_a_call_that_ends_while_it_is_set_up_has_failed() -> None:
    history = CallHistory(1)
    history.arrived(0, 100.0, 100.8)
    history.arrived(0, 100.0, inf)
    assert history.authenticating(0) == 1
    history.ended(0, 100.2, 100.8, "Local-disconnect")
    history.ended(0, 100.2, inf, "Local-disconnect")
    assert counts(history) == (2, 0, 0, 0, 2)
    assert history.setting_up(100.3) == {}
    assert history.authenticating(0) == 0


@pytest.mark.parametrize(
    ("age", "place"),
    [(0, 0), (59, 0), (90, 1), (150, 2), (800, 3), (3000, 4), (40_000, 6), (90_000, 8)],
)
def test_current_calls_are_counted_by_their_age(age: float, place: int) -> None:
    history = CallHistory(1)
    history.arrived(0, 900_000.0 - 0.8, 900_000.0)
    found = history.durations(900_000.0 + age)
    assert found[place] == 1
    assert sum(found) == 1


def test_those_who_wait_are_refused_at_once_and_every_minute() -> None:
    history = CallHistory(2)
    history.refused([("No-resource", 5), ("", 7)], 1000.0)
    assert history.rejections == {"No-resource": 5}
    history.refused([("No-resource", 5), ("", 7)], 1000.0 + 3 * RETRY + 1)
    assert history.rejections == {"No-resource": 20}
    history.refused([("", 5), ("unknown-apn", 7)], 1000.0 + 3 * RETRY + 2)
    assert history.rejections == {"No-resource": 20, "unknown-apn": 7}
    assert counts(history) == (27, 27, 0, 0, 0)


def test_intervals_are_quarters_of_hours_of_two_days() -> None:
    history = CallHistory(1)
    now = 1_000_000 * INTERVAL + 10
    for back in (0, 1, INTERVALS - 1, INTERVALS + 5):
        at = now - back * INTERVAL
        history.arrived(0, at, at + 0.8)
    found = list(history.intervals(0.0, now))
    assert len(found) == INTERVALS
    assert [n for n, one in enumerate(found) if one.counts.arrived] == [0, 1, INTERVALS - 1]
    assert len(list(history.intervals(now - 100, now))) == 2
    history.clear_intervals(now)
    assert [one.counts.arrived for one in history.intervals(0.0, now)] == [0]


@given(
    st.lists(st.tuples(st.sampled_from(["come", "end", "wait"]), st.integers(0, 9)), max_size=60)
)
def test_any_order_of_events_adds_up(steps: list[tuple[str, int]]) -> None:
    history = CallHistory(1)
    now, there = 50_000.0, list[float]()
    for step, number in steps:
        if step == "come":
            there.append(inf if number == 9 else now + 0.8)
            history.arrived(0, now, there[-1])
        elif step == "end" and there:
            history.ended(0, now, there.pop(number % len(there)), "Remote-disconnect")
        else:
            now += number
        total = history.total
        waiting = history.authenticating(0)
        assert total.arrived == total.connected + total.failed + waiting
        assert len(there) == total.connected - total.disconnected + waiting
        up = sum(connected_at <= now for connected_at in there)
        assert sum(history.durations(now + 1000)) == len(there) - waiting
        assert history.setting_up(now)[0] == len(there) - up - waiting


# On a chassis


def test_every_end_has_its_reason() -> None:
    lab = Lab()
    lab.typed("clear subscribers username user1@lab.example -noconfirm")
    lab.configure(PLACE, "pgw-service PGW-SVC", "no associate egtp-service")
    shown = lab.typed("show session disconnect-reasons")
    assert "Admin-disconnect                                                1" in shown
    assert "Local-disconnect                                              799" in shown
    lab.device.fail_task("sessmgr", 1)
    assert "internal-error " in lab.typed("show session disconnect-reasons")
    assert violations(lab.chassis) == []
    numbered = lab.typed("show session disconnect-reasons verbose")
    assert (
        "\nUnknown (0)                                                     0     0.00000\n"
        in numbered
    )
    assert "\nAdmin-disconnect (1)                                            1     " in numbered
    lab.typed("clear session disconnect-reasons")
    assert "Total Disconnects: 0\n" in lab.typed("show session disconnect-reasons")


def test_calls_that_are_refused_are_counted() -> None:
    lab = Lab()
    lab.configure(PLACE, "apn other")
    lab.typed("clear subscribers all -noconfirm")
    assert lab.chassis.callers.history.rejections == {"unknown-apn": 1024}
    lab.wait(120)
    row = lab.reply("show session counters historical all").data[0]
    assert row["rejected"] == 3 * 1024
    assert row["callops"] == row["arrived"] + row["rejected"] + row["disconn"]
    assert violations(lab.chassis) == []


def test_a_restart_counts_from_zero() -> None:
    lab = Lab()
    lab.reload(1.0)
    assert lab.chassis.callers.history.total.arrived == 0
    lab.wait(60)
    assert lab.chassis.callers.history.total.arrived == 1024


def test_progress_has_all_states_and_adds_up() -> None:
    lab = Lab()
    lines = lab.typed("show session progress").splitlines()
    assert len(lines) == 55
    numbers = [int(line[:8]) for line in lines]
    assert numbers[0] == numbers[1] == sum(numbers[4:]) == 1024
    assert "     700 In-progress calls @ PDN-TYPE-IPv4 CONNECTED state" in lines
    assert "       0 In-progress calls @ CSCF-CALL-ARRIVED state " in lines
    lab.typed("clear subscribers all -noconfirm")
    lab.wait(1)
    lines = lab.typed("show session progress").splitlines()
    assert sum("ARRIVED state" in line and int(line[:8]) == 50 for line in lines) == 1


def _in_progress(lab: Lab, filters: str = "") -> list[int]:
    """The number of calls in every row."""
    lines = lab.typed(f"show session progress {filters}").splitlines()
    return [int(line[:8]) for line in lines]


def test_progress_is_shown_of_the_calls_that_are_asked_for() -> None:
    lab = Lab()
    everything = _in_progress(lab)
    services = ("pgw-service PGW-SVC", "ggsn-service GGSN-SVC")
    parts = [_in_progress(lab, service) for service in services]
    assert [numbers[0] for numbers in parts] == [800, 224]
    assert [sum(rows) for rows in zip(*parts, strict=True)] == everything
    managers = [_in_progress(lab, f"smgr-instance {n}") for n in range(1, 41)]
    assert [sum(rows) for rows in zip(*managers, strict=True)] == everything
    assert _in_progress(lab, "apn lab.example") == everything
    both = _in_progress(lab, "apn lab.example smgr-instance 4 pgw-service PGW-SVC")
    assert 0 < both[0] < managers[3][0]
    assert sum(_in_progress(lab, "sgw-service PGW-SVC")) == 0
    lab.typed("clear subscribers all -noconfirm")
    lab.wait(1)
    managers = [_in_progress(lab, f"smgr-instance {n}") for n in range(1, 41)]
    assert [sum(rows) for rows in zip(*managers, strict=True)] == _in_progress(lab)


def test_set_up_times_and_durations_have_the_columns_of_the_device() -> None:
    lab = Lab()
    assert "         >24hr           1006\n" in lab.typed("show session duration")
    assert "         800..900ms      1024\n" in lab.typed("show session setuptime")
    lab.typed("clear session setuptime")
    assert "         800..900ms         0\n" in lab.typed("show session setuptime")


@given(st.lists(st.floats(0, 500 * INTERVAL), min_size=1, max_size=40))
def test_calls_of_any_age_are_counted_and_old_intervals_are_not_kept(times: list[float]) -> None:
    """Each call is counted in its interval as far as that is kept, in whatever order they come."""
    history = CallHistory(1)
    for at in times:
        history.arrived(0, at, at)
    latest = int(max(times) // INTERVAL)
    kept = list(history.intervals(0.0, (latest + 1) * INTERVAL - 1))
    assert len(kept) <= INTERVALS
    for interval in kept:
        number = int(interval.began_at // INTERVAL)
        # One that came before a newer one that pushed it out may be missing, never too many.
        assert interval.counts.arrived <= sum(int(at // INTERVAL) == number for at in times)
    assert kept[0].counts.arrived == sum(int(at // INTERVAL) == latest for at in times)
    assert len(history._by_interval) <= INTERVALS
