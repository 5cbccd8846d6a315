"""The two lines of a call and their checkpoints: SR-28 and SR-29."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staros_cli.chassis.call_lines import FULL_PERIOD, MICRO_PERIOD, LineTable
from staros_cli.chassis.session import Session
from staros_cli.chassis.tasks import AAAMGR, RESTART_TIME, SESSMGR
from tests.lab import Lab
from tests.recovery.support import (
    CHAPTER,
    ONE_KIND,
    events,
    lines_of,
    of_sessmgr,
    recoverable,
    recovering,
    sessions_of,
    task,
    words,
)


def blocks(lab: Lab, session: Session) -> tuple[str, str]:
    """The primary and the peer block of a subscriber's debug information."""
    shown = lab.typed(f"show subscribers debug-info callid {session.callid:08x}")
    primary, peer = shown.split("  Peer callline:\n")
    return primary, peer


def checkpoint_rows(block: str) -> list[list[str]]:
    """The rows Full and Micro of a block."""
    return [line.split()[1:] for line in block.splitlines() if re.match(r" +(Full|Micro):", line)]


@pytest.mark.proves("SR-28", "SR-29")
def test_the_debug_info_of_the_chapter() -> None:
    """The chapter's subscriber, word by word: primary line original, peer line recovered."""
    shown = Lab("asr5000-debug-info").typed("show subscriber debug-info callid 01ca11b1")
    assert words(shown) == words((CHAPTER / "debug-info.txt").read_text())
    lab = Lab("asr5000-debug-info")
    for line in ("msid 0000100003", "username user1"):
        assert lab.typed(f"show subscribers debug-info {line}") == shown


@pytest.mark.proves("SR-29")
def test_after_a_recovery_the_peer_of_the_chapters_subscriber_has_its_own_history() -> None:
    lab = Lab("asr5000-debug-info")
    session = next(s for s in sessions_of(lab) if s.callid == 0x01CA11B1)
    lab.wait(100)
    primary, peer = blocks(lab, session)
    assert checkpoint_rows(primary)[0][:2] == ["70", "69"]
    assert checkpoint_rows(peer) == [
        ["1", "1", "9000ms", "9000ms"],
        ["3", "3", "10000ms", "10000ms"],
    ]
    lab.chassis.task_faults.kill(SESSMGR, 7)
    lab.wait(1.5011)
    primary, peer = blocks(lab, session)
    assert "Redundancy Status: Recovered Session" in primary
    assert checkpoint_rows(primary) == [["0", "0", "0ms", "0ms"]] * 2
    assert "Redundancy Status: Recovered Session" in peer
    assert [row[:2] for row in checkpoint_rows(peer)] == [["1", "1"], ["3", "3"]]


@pytest.mark.proves("SR-29")
def test_before_and_after_the_recovery_of_a_sessmgr() -> None:
    lab = recovering(groups=ONE_KIND)
    session = sessions_of(lab, lab.chassis.sessions.rows_of_sessmgr(2))[0]
    lab.wait(200)
    primary, peer = blocks(lab, session)
    assert "Redundancy Status: Original Session" in primary
    assert "Redundancy Status: Original Session" in peer
    assert int(checkpoint_rows(primary)[0][0]) > 2
    attempts = int(checkpoint_rows(peer)[0][0])
    lab.chassis.task_faults.kill(SESSMGR, 2)
    lab.wait(1.5015)
    heading = primary.splitlines()[0]
    primary, peer = blocks(lab, session)
    assert primary.splitlines()[0] == heading
    assert "Redundancy Status: Recovered Session" in primary
    assert checkpoint_rows(primary) == [["0", "0", "0ms", "0ms"]] * 2
    assert primary.count("SMGR_EVT_AUTH_SUCCESS") == 6
    assert "Redundancy Status: Original Session" in peer
    assert int(checkpoint_rows(peer)[0][0]) >= attempts > 2
    assert "SMGR_EVT_MAKECALL" in peer
    lab.wait(FULL_PERIOD)
    assert checkpoint_rows(blocks(lab, session)[0])[0][:2] == ["1", "1"]


@pytest.mark.proves("SR-29")
def test_before_and_after_the_recovery_of_an_aaamgr() -> None:
    lab = recovering(groups=ONE_KIND)
    session = sessions_of(lab, lab.chassis.sessions.rows_of_sessmgr(2))[0]
    primary, _ = blocks(lab, session)
    attempts = int(checkpoint_rows(primary)[0][0])
    lab.chassis.task_faults.kill(AAAMGR, 2)
    lab.wait(1)
    assert blocks(lab, session)[1] == "  Redundancy Status: Not Available\n"
    lab.wait(1)
    primary, peer = blocks(lab, session)
    assert "Redundancy Status: Original Session" in primary
    assert int(checkpoint_rows(primary)[0][0]) >= attempts
    assert "Redundancy Status: Recovered Session" in peer
    assert checkpoint_rows(peer) == [["0", "0", "0ms", "0ms"]] * 2


@pytest.mark.proves("SR-28")
def test_the_two_lines_count_for_themselves() -> None:
    lab = recovering(groups=ONE_KIND)
    lab.wait(40)
    differ = 0
    for session in sessions_of(lab):
        primary, peer = lines_of(lab, session)
        assert peer is not None
        assert primary.full.attempts == primary.full.success > 0
        assert peer.full.attempts == peer.full.success > 0
        differ += primary.micro != peer.micro
    assert differ == len(lab.chassis.sessions)


@pytest.mark.proves("SR-28")
def test_without_the_feature_nothing_is_checkpointed() -> None:
    lab = recovering(feature=False, groups=ONE_KIND)
    primary, peer = blocks(lab, sessions_of(lab)[0])
    assert checkpoint_rows(primary) == checkpoint_rows(peer) == [["0", "0", "0ms", "0ms"]] * 2


@pytest.mark.proves("SR-28")
def test_what_is_not_covered_is_not_checkpointed() -> None:
    lab = recovering(groups=((6, "ha-mobile-ipv4", 'trait = "ipsec"\n'),))
    primary, _ = blocks(lab, sessions_of(lab)[0])
    assert checkpoint_rows(primary) == [["0", "0", "0ms", "0ms"]] * 2


@pytest.mark.proves("SR-28")
def test_while_the_aaamgr_is_away_checkpoints_are_attempted_and_fail() -> None:
    """All attempts between its death and the end of its recovery have failed."""
    lab = recovering(groups=ONE_KIND)
    sessions = lab.chassis.sessions
    found = sessions_of(lab, sessions.rows_of_sessmgr(2))
    before = {s.row: lines_of(lab, s)[0] for s in found}
    # An aaamgr without a standby-mode task to replace it starts anew and is filled after that.
    for standby in lab.chassis.tasks.of(AAAMGR, standby=True):
        standby.ready_at = lab.chassis.now + 1000
    began = lab.chassis.now
    for _ in range(30):
        lab.chassis.task_faults.kill(AAAMGR, 2)
        lab.wait(2)
    assert task(lab, AAAMGR, 2).recovering
    lab.wait(RESTART_TIME + 3)
    assert not task(lab, AAAMGR, 2).recovering
    away = lab.chassis.now - began
    assert away > 2 * MICRO_PERIOD
    for session in found:
        now = lines_of(lab, session)[0]
        made = now.micro.attempts - before[session.row].micro.attempts
        failed = now.micro.attempts - now.micro.success
        assert made in (2, 3)
        assert failed in (made - 1, made)
    lab.wait(MICRO_PERIOD)
    for session in found:
        line = lines_of(lab, session)[0]
        assert line.micro.last_success == line.micro.last_attempt


@pytest.mark.proves("SR-02", "SR-28")
def test_a_connected_call_is_checkpointed_at_once_and_can_be_recovered() -> None:
    """A call that is 16 seconds old shows its first full checkpoint, and survives."""
    lab = recovering(change=lambda text: text.replace("attach-rate = 0.0", "attach-rate = 100.0"))
    victim = next(s for s in sessions_of(lab) if s.username in recoverable(lab))
    lab.chassis.callers.end(victim.row)
    lab.chassis.callers.wake()
    lab.wait(16)
    young = next(s for s in sessions_of(lab) if s.username == victim.username)
    line = lines_of(lab, young)[0]
    assert (line.full.attempts, line.full.success) == (1, 1)
    lab.chassis.task_faults.kill(SESSMGR, young.sessmgr)
    lab.wait(3)
    assert of_sessmgr(lab, young.sessmgr)[young.username] == young.callid


@pytest.mark.proves("SR-04", "SR-11")
def test_a_call_that_was_never_checkpointed_is_lost() -> None:
    """Its only checkpoint failed because the aaamgr was away, which then came back empty."""
    lab = recovering(groups=ONE_KIND)
    sessions = lab.chassis.sessions
    session = sessions_of(lab, sessions.rows_of_sessmgr(2))[0]
    now = lab.chassis.now
    sessions.aaamgr_left(2, now - 60)
    row = sessions.connect(0x1234, 0, session.number, 2, now - 10, 5.0)
    sessions.begin_empty_aaamgr(2, now)
    assert sessions.lines(row, now)[0].full.success == 0
    assert sessions.lines(row, now)[0].full.attempts == 1
    good, bad = sessions.recoverable(2, now)
    assert row in bad
    assert session.row in good
    assert row in sessions.recoverable(2, now + FULL_PERIOD)[0]


@pytest.mark.proves("SR-28")
def test_reordering_reassembly_and_redirection_follow_from_the_traffic() -> None:
    extra = (
        "traffic = { reordered = 1000, fragmented = 500, fragments-lost = 20, redirected = true }\n"
    )
    lab = recovering(groups=((3, "mme", extra),))
    session = sessions_of(lab)[0]

    def figures(block: str) -> dict[str, int]:
        return {
            name: int(value)
            for name, value in re.findall(
                r"(Total out-of-seq arrived|Success|"
                r"Failure \(timeout\)|Added|Current|Deleted): +(\d+)",
                block,
            )
        }

    packets = session.usage().packets
    shown = figures(blocks(lab, session)[0])
    assert shown["Total out-of-seq arrived"] == packets * 1000 // 1_000_000 > 0
    assert shown["Success"] == packets * 500 // 1_000_000 > 0
    assert shown["Failure (timeout)"] == packets * 20 // 1_000_000
    assert shown["Added"] == shown["Current"] + shown["Deleted"] > 0
    assert shown["Current"] == session.pattern.is_busy(lab.chassis.now)
    lab.chassis.task_faults.kill(SESSMGR, session.sessmgr)
    lab.wait(1.5011)
    primary, peer = (figures(block) for block in blocks(lab, session))
    assert primary["Total out-of-seq arrived"] == 0
    assert peer["Total out-of-seq arrived"] >= shown["Total out-of-seq arrived"]


@pytest.mark.proves("SR-30")
def test_no_subscriber_no_block() -> None:
    lab = recovering()
    for line in ("callid 00000001", "msid 999999", "username nobody*"):
        assert lab.typed(f"show subscribers debug-info {line}") == (
            "No subscribers match the specified criteria\n"
        )
    both = lab.typed("show subscribers debug-info username 0-pgw-gtp-ipv4-*")
    assert both.count("\n\nusername: ") == both.count("username: ") - 1


class Stepped:
    """The checkpoints of one line, made one by one."""

    def __init__(self, period: float, at_once: bool) -> None:
        self.due = [0.0] if at_once else []
        self.period = period
        self.made: list[tuple[float, bool]] = []

    def run(self, end: float, outages: list[tuple[float, float]]) -> None:
        times = [*self.due, *(n * self.period for n in range(1, int(end // self.period) + 1))]
        for time in times:
            failed = any(first < time <= last for first, last in outages)
            self.made.append((time, not failed))


@given(
    st.lists(st.integers(1, 4000), min_size=0, max_size=12, unique=True),
    st.integers(1, 6000),
)
@pytest.mark.proves("SR-28")
def test_computed_checkpoints_are_those_made_one_by_one(marks: list[int], end: int) -> None:
    """Outages of the other side between pairs of times, in eighths so that no sum is inexact."""
    marks = sorted(marks)
    outages = [
        (first / 8 + 0.01, last / 8 + 0.01)
        for first, last in zip(marks[::2], marks[1::2], strict=False)
        if last < end
    ]
    now = end / 8 + 0.02
    table = LineTable()
    for column, value in zip(table.columns, LineTable.values(0.0, 0.0), strict=True):
        column.append(value)
    for first, last in outages:
        table.other_side_left(1, first)
        table.other_side_returned(1, [0], last)
    shown = table.checkpoints(0, 1, now)
    for made, period, at_once in zip(
        shown, (FULL_PERIOD, MICRO_PERIOD), (True, False), strict=True
    ):
        stepped = Stepped(period, at_once)
        stepped.run(now, outages)
        good = [time for time, success in stepped.made if success]
        assert made.attempts == len(stepped.made)
        assert made.success == len(good)
        ages = [
            round((now - times[-1]) * 1000) if times else 0
            for times in ([time for time, _ in stepped.made], good)
        ]
        assert [made.last_attempt, made.last_success] == ages


@pytest.mark.proves("SR-29")
def test_recovered_calls_can_be_recovered_again() -> None:
    lab = recovering(groups=ONE_KIND)
    before = of_sessmgr(lab, 2)
    for _ in range(2):
        lab.chassis.task_faults.kill(SESSMGR, 2)
        lab.wait(3)
        assert of_sessmgr(lab, 2) == before
    assert [v["lost"] for v in events(lab, "SessMgrRecoveryComplete")] == [0, 0]
