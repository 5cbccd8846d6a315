"""The traffic, counts and state of calls: SR-06, SR-09, SR-10."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staros_cli.chassis.allocations import SESSIONS_OF_A_SESSMGR
from staros_cli.chassis.call_lines import MICRO_PERIOD
from staros_cli.chassis.session import Session
from staros_cli.chassis.tasks import AAAMGR, SESSMGR
from staros_cli.chassis.traffic import Traffic, pattern
from tests.lab import Lab
from tests.recovery.support import ONE_KIND, events, is_recoverable, recovering, sessions_of, task


def count(lab: Lab, facility: str, instance: int, label: str) -> int:
    """A counter of a manager, as it is shown."""
    shown = lab.typed(f"show session subsystem facility {facility} instance {instance}")
    found = re.search(rf"(\d+) {label}", shown)
    assert found is not None, shown
    return int(found[1])


def octets(lab: Lab, session: Session) -> int:
    """Octets from a subscriber, as they are shown."""
    shown = lab.typed(f"show subscribers full callid {session.callid:08x}")
    found = re.search(r"input bytes: (\d+)", shown)
    assert found is not None
    return int(found[1])


def seconds(lab: Lab, session: Session, label: str) -> int:
    """A timer of a subscriber, as it is shown."""
    shown = lab.typed(f"show subscribers full callid {session.callid:08x}")
    found = re.search(rf"{label}: (\d+)h(\d+)m(\d+)s", shown)
    assert found is not None
    return int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3])


def again(lab: Lab, session: Session) -> Session:
    """A session as it stands now."""
    return lab.chassis.sessions.session(session.row, lab.chassis.now)


def busy(lab: Lab) -> Session:
    """A session that can be recovered, whose last checkpoint was a while ago, and that is busy.

    Time passes until there is one.
    """
    for _ in range(200):
        lab.wait(1.3)
        for session in sessions_of(lab):
            line = lab.chassis.sessions.lines(session.row, lab.chassis.now)[0]
            ages = (line.full.last_success, line.micro.last_success)
            bursts = session.pattern.is_busy(lab.chassis.now)
            if is_recoverable(lab, session) and min(ages) > 10_000 and bursts:
                return session
    raise AssertionError("no call is busy")


@pytest.mark.proves("SR-06")
def test_the_counts_of_a_manager_begin_at_zero_those_of_the_others_go_on() -> None:
    lab = recovering(groups=ONE_KIND)
    assert count(lab, SESSMGR, 2, "Total calls arrived") > 0
    other = count(lab, SESSMGR, 3, "Total calls arrived")
    current = count(lab, SESSMGR, 2, "Current sessions")
    lab.chassis.task_faults.kill(SESSMGR, 2)
    lab.wait(3)
    assert count(lab, SESSMGR, 2, "Total calls arrived") == 0
    assert count(lab, SESSMGR, 2, "Total calls recovered") == current
    assert count(lab, SESSMGR, 2, "Current sessions") == current
    assert count(lab, SESSMGR, 3, "Total calls arrived") == other


@pytest.mark.proves("SR-06")
def test_the_counts_of_an_aaamgr_begin_at_zero_its_accounting_goes_on() -> None:
    lab = recovering(groups=ONE_KIND)
    current = count(lab, AAAMGR, 2, "Current aaa acct sessions")
    assert count(lab, AAAMGR, 2, "Total aaa auth requests") == current > 0
    assert count(lab, AAAMGR, 2, "Current valid recovery records") == current
    lab.chassis.task_faults.kill(AAAMGR, 2)
    lab.wait(1)
    assert count(lab, AAAMGR, 2, "Current valid recovery records") == 0
    lab.wait(3)
    assert count(lab, AAAMGR, 2, "Total aaa auth requests") == 0
    assert count(lab, AAAMGR, 2, "Current aaa acct sessions") == current
    assert count(lab, AAAMGR, 2, "Current valid recovery records") == current


@pytest.mark.proves("SR-06")
def test_all_counts_begin_at_zero_when_the_system_restarts() -> None:
    lab = recovering(groups=ONE_KIND)
    lab.typed("clear subscribers all -noconfirm")
    assert count(lab, SESSMGR, 2, "Total calls disconnected") > 0
    lab.reload()
    for label in ("Total calls arrived", "Total calls disconnected"):
        assert count(lab, SESSMGR, 2, label) == 0
    assert count(lab, AAAMGR, 2, "Total aaa acct requests") == 0


@pytest.mark.proves("SR-06")
def test_what_was_carried_until_the_last_checkpoint_survives_and_no_more() -> None:
    lab = recovering(groups=ONE_KIND)
    session = busy(lab)
    line = lab.chassis.sessions.lines(session.row, lab.chassis.now)[0]
    age = min(line.full.last_success, line.micro.last_success) / 1000
    known_at = lab.chassis.now - age
    known = session.pattern.octets(session.counted_from, known_at)
    carried = octets(lab, session)
    assert 0 < known < carried
    lab.chassis.task_faults.kill(SESSMGR, session.sessmgr)
    lab.wait(1.5011)
    recovered_at = again(lab, session).counted_from
    since = session.pattern.octets(recovered_at, lab.chassis.now)
    assert octets(lab, session) == known + since < carried
    lab.wait(300)
    assert octets(lab, session) == known + session.pattern.octets(recovered_at, lab.chassis.now)


@pytest.mark.proves("SR-06")
def test_nothing_is_carried_while_the_sessmgr_is_away() -> None:
    lab = recovering(groups=ONE_KIND)
    session = busy(lab)
    lab.chassis.task_faults.kill(SESSMGR, session.sessmgr)
    carried = octets(lab, session)
    lab.wait(1.2)
    assert task(lab, SESSMGR, session.sessmgr).recovering
    assert octets(lab, session) == carried
    assert seconds(lab, session, "idle time") == 1


@pytest.mark.proves("SR-06")
def test_checkpoints_that_fail_let_more_be_lost() -> None:
    """While the aaamgr is away nothing is checkpointed; what it is filled with counts again."""
    lab = recovering(groups=ONE_KIND)
    session = busy(lab)
    sessions = lab.chassis.sessions
    before = sessions.lines(session.row, lab.chassis.now)[0]
    lab.chassis.task_faults.kill(AAAMGR, session.sessmgr)
    task(lab, AAAMGR, session.sessmgr).recovering = True
    lab.chassis.transfers.running.clear()
    lab.wait(2 * MICRO_PERIOD)
    line = sessions.lines(session.row, lab.chassis.now)[0]
    assert line.micro.attempts == before.micro.attempts + 2
    assert line.micro.success == before.micro.success
    assert line.micro.last_attempt < MICRO_PERIOD * 1000 < line.micro.last_success


@pytest.mark.proves("SR-06")
def test_idle_calls_carry_nothing() -> None:
    lab = recovering(groups=((6, "mme", "traffic = { rate = 0.0 }\n"),))
    session = sessions_of(lab)[0]
    lab.wait(500)
    assert octets(lab, session) == 0
    assert seconds(lab, session, "idle time") == seconds(lab, session, "call duration") > 500
    rates = lab.typed("show subscribers data-rate")
    assert re.search(r"ave rate from user\(bps\) *: +0 ", rates)


@pytest.mark.proves("SR-06")
def test_the_data_rate_follows_from_what_was_carried() -> None:
    lab = recovering(groups=ONE_KIND)
    session = sessions_of(lab)[0]
    line = f"show subscribers data-rate callid {session.callid:08x}"
    found = re.search(r"sust rate from user\(bps\) *: +(\d+) ", lab.typed(line))
    assert found is not None
    now = lab.chassis.now
    assert int(found[1]) == pytest.approx(session.pattern.octets(now - 300, now) * 8 / 300, abs=2)
    peak = re.search(r"peak rate from user\(bps\) *: +(\d+) ", lab.typed(line))
    assert peak is not None
    assert int(peak[1]) == session.pattern.rate * 8


@pytest.mark.proves("SR-09")
def test_call_duration_runs_on_through_a_recovery() -> None:
    lab = recovering(groups=ONE_KIND)
    session = sessions_of(lab)[0]
    before = seconds(lab, session, "call duration")
    lab.chassis.task_faults.kill(SESSMGR, session.sessmgr)
    lab.wait(7)
    after = seconds(lab, session, "call duration")
    assert after - before in (7, 8)
    assert before > 8


@pytest.mark.proves("SR-09")
def test_control_state_is_that_of_before() -> None:
    """Callid, identities, address and place of the call, and the connected state."""
    lab = recovering(groups=ONE_KIND)
    session = sessions_of(lab)[0]
    lab.chassis.task_faults.kill(SESSMGR, session.sessmgr)
    lab.wait(3)
    after = again(lab, session)
    for name in ("callid", "username", "msid", "address", "sessmgr", "connected_at"):
        assert getattr(after, name) == getattr(session, name)
    line = lab.chassis.sessions.lines(session.row, lab.chassis.now)[0]
    assert line.state.value == "SMGR_STATE_CONNECTED"


@pytest.mark.proves("SR-10")
def test_idle_time_is_zero_and_registration_at_its_maximum() -> None:
    lab = recovering(groups=ONE_KIND)
    for _ in range(300):
        lab.wait(1)
        idle = [s for s in sessions_of(lab) if s.idle(lab.chassis.now) > 20]
        if idle:
            break
    session = idle[0]
    assert seconds(lab, session, "idle time") >= 20
    assert seconds(lab, session, "Re-registration Time Left") < 1800
    lab.chassis.task_faults.kill(SESSMGR, session.sessmgr)
    lab.wait(1.5011)
    assert seconds(lab, session, "idle time") == 0
    assert seconds(lab, session, "Re-registration Time Left") in (1799, 1800)


@pytest.mark.proves("SR-10")
def test_idle_time_is_never_longer_than_the_call() -> None:
    lab = recovering(change=lambda text: text.replace("attach-rate = 0.0", "attach-rate = 5.0"))
    lab.reload(settle=12)
    for _ in range(40):
        lab.wait(3.7)
        for session in sessions_of(lab):
            if session.is_connected(lab.chassis.now):
                assert 0 <= session.idle(lab.chassis.now) <= session.duration(lab.chassis.now)


@pytest.mark.proves("SR-11")
def test_calls_that_are_connecting_are_not_active() -> None:
    lab = recovering()
    shown = lab.typed("show subscribers summary")
    connecting = sum(not s.is_connected(lab.chassis.now) for s in sessions_of(lab))
    total = len(lab.chassis.sessions)
    assert connecting == 3
    assert re.search(rf"Total Subscribers: +{total}\n", shown)
    assert re.search(rf"^Active: +{total - connecting} ", shown, re.MULTILINE)


def test_calls_go_to_the_sessmgr_with_the_fewest() -> None:
    lab = recovering(groups=((50, "mme", ""),))
    count_of = lab.chassis.sessions.count_of_sessmgr
    held = [count_of(instance) for instance in range(1, 7)]
    assert sum(held) == 50
    assert max(held) - min(held) <= 1


def test_a_sessmgr_takes_no_more_calls_than_it_may_and_says_so() -> None:
    def crowd(text: str) -> str:
        text = text.replace("sessmgr = 6", "sessmgr = 1").replace("MME = 100", "MME = 20000")
        return text.replace("attach-rate = 0.0", "attach-rate = 5000.0")

    lab = recovering(groups=((13000, "mme", ""),), change=crowd)
    assert lab.chassis.sessions.count_of_sessmgr(1) == SESSIONS_OF_A_SESSMGR
    shown = lab.typed("show task resources facility sessmgr instance 1")
    assert re.search(r"9\d\.\d+%  100% .* 12000 12000 I +warn", shown)
    (warned,) = events(lab, "CPUWarn")
    assert (warned["allocated"], warned["instance"]) == (1000, 1)
    assert len(events(lab, "CapacityReached")) == 1
    lab.wait(30)
    assert len(lab.chassis.sessions) == SESSIONS_OF_A_SESSMGR
    rows = list(lab.chassis.sessions.rows())
    for row in rows[: len(rows) // 2 + 100]:
        lab.chassis.sessions.disconnect(row, lab.chassis.now)
    lab.chassis.calls_changed()
    assert len(events(lab, "CPUWarnClear")) == 1
    assert "I   good" in lab.typed("show task resources facility sessmgr instance 1")


times = st.floats(0, 2_000_000_000)


@pytest.mark.proves("SR-06")
@given(st.integers(1, 0xFFFFFFFF), times, st.floats(0, 100_000), st.floats(0, 100_000))
def test_traffic_adds_up(callid: int, begin: float, first: float, second: float) -> None:
    """Two spans of time carry as much as both together."""
    found = pattern(callid, Traffic())
    middle, end = begin + first, begin + first + second
    whole = found.busy_between(begin, end)
    assert whole == pytest.approx(
        found.busy_between(begin, middle) + found.busy_between(middle, end), abs=1e-3
    )
    assert 0 <= whole <= end - begin + 1e-3
    assert found.idle(end) == 0 or not found.is_busy(end)


def test_subscribers_who_were_cleared_call_again() -> None:
    lab = recovering(change=lambda text: text.replace("attach-rate = 0.0", "attach-rate = 50.0"))
    total = len(lab.chassis.sessions)
    lab.typed("clear subscribers all -noconfirm")
    assert len(lab.chassis.sessions) == 0
    lab.wait(3)
    assert len(lab.chassis.sessions) == total
