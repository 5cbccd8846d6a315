"""Details of the chapter and the model: kinds of calls, counts, and moments in between."""

from __future__ import annotations

import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staros_cli import messages
from staros_cli.chassis.access import ACCESS_KINDS, CALL_TRACE, TRAITS, Fsm
from staros_cli.chassis.call_lines import FULL_PERIOD, MICRO_PERIOD, LineTable
from staros_cli.chassis.licence import License, read_key
from staros_cli.chassis.manager_statistics import AaamgrStatistics, SessmgrStatistics
from staros_cli.chassis.session_columns import PEER_DELAY
from staros_cli.chassis.tasks import AAAMGR
from staros_cli.chassis.traffic import Traffic, counters, pattern
from staros_cli.messages import Refused
from tests.lab import START, Lab
from tests.recovery.support import (
    ONE_KIND,
    events,
    lines_of,
    recovering,
    sessions_of,
    table_of,
)

# Kinds of calls


@pytest.mark.proves("SR-10")
@pytest.mark.parametrize("access", ["ha-proxy-mobile-ip", "nemo", "pgw-gtp-ipv4"])
def test_calls_of_a_home_agent_register_again_and_no_others(access: str) -> None:
    lab = recovering(groups=((3, access, ""),))
    shown = lab.typed("show subscribers full all")
    kind = next(kind for kind in ACCESS_KINDS if kind.name == access)
    assert ("Re-registration Time Left" in shown) is (kind.service == "ha")
    assert dict(lab.chassis.sessions.kinds())[kind] == 3


@pytest.mark.proves("SR-08")
def test_what_is_not_recovered_occurs_with_the_kinds_of_calls_that_have_it() -> None:
    """Nothing that is said of an HA or a GGSN occurs with another service, and so on."""
    services = {
        name: {kind.service for kind in ACCESS_KINDS if kind.name in trait.kinds}
        for name, trait in TRAITS.items()
    }
    assert services["destination-based-accounting"] == {"pdsn", "ha", "ggsn"}
    assert services["network-initiated"] == services["several-service-instances"] == {"ggsn"}
    assert services["regenerated-ppp"] == {"ha", "ggsn"}
    assert services["ipsec"] == {"pdsn", "closedrp", "ha", "lac", "lns"}
    lab = recovering(groups=((2, "ha-mobile-ipv4", 'trait = "regenerated-ppp"\n'),))
    assert lab.chassis.not_covered(0) == TRAITS["regenerated-ppp"].title


@pytest.mark.proves("SR-11", "SR-28")
def test_a_call_that_waits_for_its_authentication_has_asked_for_it_and_no_more() -> None:
    lab = recovering()
    (session, *_) = [s for s in sessions_of(lab) if not s.is_connected(lab.chassis.now)]
    line, _ = lines_of(lab, session)
    assert line.trace[-1] == (Fsm.LINE_CONNECTED, "SMGR_EVT_AUTH_REQ")
    assert line.trace == CALL_TRACE[: len(line.trace)]


# Counts


@pytest.mark.proves("SR-06")
def test_what_the_managers_of_an_instance_count_of_a_call() -> None:
    """It arrives and asks for authentication; it is disconnected, or fails before it connects."""
    table = table_of(4)
    rows = [table.connect(n, 0, n, 1, connected, 0.0) for n, connected in enumerate((1, 1, 1, 99))]
    table.connect(9, 0, 3, 2, 1.0, 0.0)
    table.disconnect(rows[0], 5.0)
    table.disconnect(rows[1], 5.0)
    table.disconnect(rows[3], 5.0)
    assert table.statistics.sessmgr(1) == SessmgrStatistics(4, 1, 2, 0)
    assert table.statistics.aaamgr(1) == AaamgrStatistics(4, 1, 2, 0)
    assert table.statistics.sessmgr(2) == SessmgrStatistics(1, 0, 0, 0)
    assert table.statistics.aaamgr(2) == AaamgrStatistics(1, 0, 0, 0)


@pytest.mark.proves("SR-06")
@given(st.integers(1, 0xFFFFFFFF), st.integers(0, 50_000), st.integers(1, 3000))
def test_bursts_are_counted_and_what_they_carry_goes_both_ways(
    callid: int, first: int, seconds: int
) -> None:
    found, last = pattern(callid, Traffic(redirected=True)), first + seconds
    starts = sum((t + found.phase) % found.cycle == 0 for t in range(first + 1, last + 1))
    assert found.bursts_between(first, last) == starts + 1
    assert 0 < found.busy <= found.cycle
    assert found.ratio > 0
    assert found.idle(last) == pytest.approx(
        max(0.0, (last + found.phase) % found.cycle - found.busy)
    )
    made = counters(found, Traffic(redirected=True), first, last)
    assert made.redirections_current == int(found.is_busy(last))


@pytest.mark.proves("SR-06")
def test_more_goes_to_a_subscriber_than_comes_from_it() -> None:
    lab = recovering(groups=ONE_KIND)
    for session in sessions_of(lab):
        received, sent = session.rate(600.0)
        assert sent == pytest.approx(received * session.pattern.ratio)
        assert session.usage().sent == session.usage().received * session.pattern.ratio


@pytest.mark.proves("SR-28")
def test_a_call_may_have_two_thousand_redirected_sessions_and_has_none() -> None:
    lab = recovering(groups=ONE_KIND)
    shown = lab.typed("show subscribers debug-info username 0-ha-mobile-ipv4-1")
    assert re.findall(r"Allowed: +(\d+)", shown) == ["2000", "2000"]
    rest = shown[shown.index("Data Reorder") :]
    for label in ("Total out-of-seq arrived", "Success", "Failure (timeout)", "Added", "Current"):
        assert set(re.findall(rf"\b{re.escape(label)}: +(\d+)", rest)) == {"0"}


@pytest.mark.proves("SR-28")
def test_both_lines_of_a_call_count_the_same_until_one_begins_anew() -> None:
    extra = "traffic = { rate = 1000.0, reordered = 1000000 }\n"
    lab = recovering(groups=((12, "ha-mobile-ipv4", extra),))
    sessions, now = lab.chassis.sessions, lab.chassis.now
    for row in sessions.rows():
        first, second = sessions.counters(row, now)
        assert first == second
    lab.chassis.task_faults.kill(AAAMGR, 2)
    lab.wait(20)
    for row in sessions.rows_of_sessmgr(2):
        session = sessions.session(row, lab.chassis.now)
        first, second = sessions.counters(row, lab.chassis.now)
        recent = session.pattern.octets(lab.chassis.now - 30, lab.chassis.now)
        assert second.out_of_sequence <= recent * (1 + session.pattern.ratio) / 500 + 1
        assert second.out_of_sequence < first.out_of_sequence


# Checkpoints


@pytest.mark.proves("SR-28")
def test_the_peer_line_begins_after_the_call_is_connected() -> None:
    table = table_of(1)
    row = table.connect(1, 0, 0, 1, 1000.0, 30.0)
    for seconds, attempts in ((0.0, 0), (PEER_DELAY / 2, 0), (PEER_DELAY + 0.01, 1)):
        primary, peer = table.lines(row, 1000.0 + seconds)
        assert peer is not None
        assert (primary.full.attempts, peer.full.attempts) == (1, attempts)


@pytest.mark.proves("SR-04", "SR-28")
def test_only_a_full_checkpoint_tells_a_peer_of_a_call() -> None:
    """A call that came while its aaamgr was away is held with the next one."""
    table = table_of(1)
    table.aaamgr_left(1, 990.0)
    row = table.connect(1, 0, 0, 1, 1000.0, 0.0)
    table.begin_empty_aaamgr(1, 1005.0)
    later = 1000.0 + MICRO_PERIOD + 1
    assert table.lines(row, later)[0].micro.success == 1
    assert table.recoverable(1, later) == ([], [row])
    later = 1000.0 + FULL_PERIOD + 1
    assert table.recoverable(1, later) == ([row], [])


def one_line() -> LineTable:
    """A table of one line that began at 0."""
    table = LineTable()
    for column, value in zip(table.columns, LineTable.values(0.0, 0.0), strict=True):
        column.append(value)
    return table


@pytest.mark.proves("SR-28")
def test_what_is_attempted_at_the_moment_of_a_return_has_failed() -> None:
    table = one_line()
    table.other_side_left(1, FULL_PERIOD / 2)
    table.other_side_returned(1, [0], FULL_PERIOD)
    full, _ = table.checkpoints(0, 1, FULL_PERIOD + 9)
    assert (full.attempts, full.success) == (2, 1)
    assert full.last_success == round((FULL_PERIOD + 9) * 1000)


@pytest.mark.proves("SR-28")
def test_however_many_checkpoints_fail_they_can_be_counted() -> None:
    table = one_line()
    table.other_side_left(1, 1.0)
    years = 10 * 365 * 86400.0
    table.other_side_returned(1, [0], years)
    _, micro = table.checkpoints(0, 1, years + MICRO_PERIOD + 1)
    assert micro.attempts > micro.success > 0
    assert table.last_success(0, 1, years) == 0.0


@pytest.mark.proves("SR-30")
def test_a_subscriber_whose_call_has_ended_matches_nothing() -> None:
    table = table_of(2)
    group = table.groups[0]
    rows = [table.connect(n + 1, 0, n, 1, 0.0, 0.0) for n in range(2)]
    table.disconnect(rows[0], 1.0)
    lab = recovering(groups=ONE_KIND)
    name = "0-ha-mobile-ipv4-1"
    assert "username: " in lab.typed(f"show subscribers debug-info username {name}")
    lab.typed(f"clear subscribers username {name} -noconfirm")
    assert lab.typed(f"show subscribers debug-info username {name}") == (
        "No subscribers match the specified criteria\n"
    )
    assert group.username(0) != group.username(1)


@pytest.mark.proves("SR-06")
def test_calls_that_end_by_themselves_are_calls_that_are_there() -> None:
    table = table_of(40)
    rows = [table.connect(n + 1, 0, n, 1, 0.0, 0.0) for n in range(40)]
    for row in rows[::2]:
        table.disconnect(row, 1.0)
    rng = Random(1)
    drawn = {table.random_row(rng) for _ in range(500)}
    assert drawn == set(rows[1::2])
    again = [table.connect(100 + n, 0, 2 * n, 1, 2.0, 0.0) for n in range(20)]
    assert set(again) == set(rows[::2])


# Licences


@pytest.mark.proves("SR-13")
@pytest.mark.parametrize("part", ["comment", "chassis"])
def test_a_key_with_control_characters_is_damaged(part: str) -> None:
    whole = {"chassis": "S1", "features": ("pgw",), "comment": "x"}
    assert read_key(License(**whole).key()).features == ("pgw",)  # type: ignore[arg-type]
    with pytest.raises(Refused) as found:
        read_key(License(**{**whole, part: "a\x1b[2J"}).key())  # type: ignore[arg-type]
    assert found.value.message is messages.KEY_DAMAGED
    assert "control characters" in str(found.value)


@pytest.mark.proves("SR-24")
def test_a_key_that_was_taken_out_does_not_run_out() -> None:
    lab = Lab()
    chassis, serial = lab.chassis, lab.chassis.license.serial
    chassis.install_license(License(serial, ("pgw",), expires=START + 100).key())
    chassis.remove_license()
    chassis.install_license(License(serial, ("pgw",), expires=START + 10_000).key())
    lab.wait(200)
    assert events(lab, "LicenseExpired") == []
    lab.wait(10_000)
    assert len(events(lab, "LicenseExpired")) == 1


@pytest.mark.proves("SR-16")
def test_the_first_context_of_a_running_system_lets_checkpoints_begin() -> None:
    lab = Lab("asr5500-oos")
    assert not lab.chassis.sessions.checkpointing
    lab.configure("require session recovery", "context A")
    assert lab.chassis.recovery.in_effect
    assert lab.chassis.sessions.checkpointing
