"""What the chapter and the model say in passing: kinds of calls, counts, and moments in between."""

from __future__ import annotations

import re
from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from staros_cli import messages
from staros_cli.chassis import rct
from staros_cli.chassis.access import ACCESS_KINDS, CALL_TRACE, TRAITS, Fsm
from staros_cli.chassis.call_lines import FULL_PERIOD, MICRO_PERIOD, LineTable
from staros_cli.chassis.card_faults import CardRecovery
from staros_cli.chassis.cards import REBOOT_TIME, CardFault
from staros_cli.chassis.definition import load
from staros_cli.chassis.hardware import Card, CardState
from staros_cli.chassis.invariants import violations
from staros_cli.chassis.licence import License, read_key
from staros_cli.chassis.manager_statistics import AaamgrStatistics, SessmgrStatistics
from staros_cli.chassis.platform import CARD_KINDS
from staros_cli.chassis.rct import Action, TaskRef
from staros_cli.chassis.sessions import PEER_DELAY, SessionTable
from staros_cli.chassis.state_transfer import Result
from staros_cli.chassis.subscribers import Group
from staros_cli.chassis.tasks import AAAMGR, DEMUX, PEER, RESTART_TIME, SESSMGR
from staros_cli.chassis.traffic import Traffic, counters, pattern
from staros_cli.messages import Refused
from tests.lab import START, Lab
from tests.recovery.support import (
    PAIR,
    events,
    lines_of,
    lost_in_traps,
    of_sessmgr,
    recovering,
    sessions_of,
    task,
)
from tests.recovery.test_cards import COVERED, managers_on

UNUSABLE = CardFault(usable=False)
ONE_KIND = ((12, "ha-mobile-ipv4", ""),)


def table_of(*counts: int) -> SessionTable:
    """A table for groups of so many subscribers, all covered."""
    schema = load("asr5500").schema.subscribers[0]
    table = SessionTable([Group(structs.replace(schema, count=count)) for count in counts])
    table.covered, table.checkpointing = frozenset(range(len(counts))), True
    return table


# Kinds of calls


@pytest.mark.proves("SR-10")
@pytest.mark.parametrize("access", ["ha-proxy-mobile-ip", "nemo", "pgw-gtp-ipv4"])
def test_calls_of_a_home_agent_register_again_and_no_others(access: str) -> None:
    lab = recovering(groups=((3, access, ""),))
    shown = lab.typed("show subscribers full all")
    kind = next(kind for kind in ACCESS_KINDS if kind.name == access)
    assert ("Re-registration Time Left" in shown) is (kind.service == "ha")
    assert lab.chassis.sessions.count_of_kind(kind) == 3


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


# Cards


@pytest.mark.proves("SR-31")
def test_a_standby_card_hands_nothing_over() -> None:
    """Neither to another standby card, nor when it is halted: it just stops."""
    lab = recovering("asr5000")
    for source, target in ((4, 5), (5, 4)):
        with pytest.raises(Refused) as found:
            lab.chassis.card_actions.migrate(source, target)
        assert found.value.message is messages.NOT_IN_STATE
    lab.chassis.card_actions.halt(4)
    assert lab.chassis.card_actions.current is None
    assert lab.chassis.hardware.cards[4].state is CardState.OFFLINE
    (record,) = lab.chassis.rct.records
    assert (record.action, record.source, record.target) == (Action.SHUTDOWN, 4, 0)
    assert record.duration == 0
    lab.chassis.card_actions.halt(5)
    assert lab.chassis.hardware.cards[5].state is CardState.OFFLINE


@pytest.mark.proves("SR-31", "SR-35")
@pytest.mark.parametrize("facility", PAIR)
def test_a_task_that_dies_before_it_is_moved_is_not_among_those_that_were(facility: str) -> None:
    lab = recovering(groups=COVERED)
    lab.chassis.card_actions.migrate(1, 4)
    current = lab.chassis.card_actions.current
    for _ in range(300):
        lab.wait(0.02)
        assert current is not None
        if current.moving is not None and current.moving.facility == facility:
            break
    victim = current.moving
    assert victim is not None
    pid = victim.pid
    lab.chassis.task_faults.kill(facility, victim.instance)
    lab.wait(30)
    (record,) = lab.chassis.rct.records
    assert pid not in {ref.pid for ref in record.recovered}
    assert victim not in [moved for moved, _ in current.moved]


@pytest.mark.proves("SR-02", "SR-31")
def test_while_tasks_move_a_standby_task_waits_for_each_that_is_still_to_come() -> None:
    lab = recovering(groups=COVERED)
    lab.chassis.card_actions.migrate(1, 4)
    seen = set()
    for _ in range(400):
        lab.wait(0.05)
        if lab.chassis.card_actions.current is None:
            break
        tasks = lab.chassis.tasks
        pids = [t.pid for t in tasks.tasks]
        assert len(pids) == len(set(pids))
        for facility in PAIR:
            to_come = Counter(
                t.cpu.number for t in tasks.of(facility, standby=False) if t.cpu.slot == 1
            )
            waiting = Counter(
                t.cpu.number for t in tasks.of(facility, standby=True) if t.cpu.slot == 4
            )
            assert waiting == to_come
            seen.add(to_come.total())
    assert len(seen) > 2


@pytest.mark.proves("SR-34")
def test_a_cpu_that_fails_leaves_no_time_to_hand_over_unless_it_is_said_so() -> None:
    for arguments, planned in (((1, 0), False), ((1, 0, True), True)):
        lab = recovering(groups=COVERED)
        lab.chassis.card_faults.fail_cpu(*arguments)
        assert (lab.chassis.hardware.cards[1].state is CardState.ACTIVE) is planned
        lab.wait(60)
        (record,) = lab.chassis.rct.records
        assert (record.planned, record.reason, record.device) == (
            planned,
            rct.CRITICAL_TASK,
            "CPU_0",
        )


@pytest.mark.proves("SR-12")
def test_a_host_that_dies_starts_its_card_again() -> None:
    lab = recovering("vpc-di")
    lab.chassis.card_faults.fail_host(4)
    assert lab.chassis.cards.is_usable(lab.chassis.hardware.cards[4])
    lab.wait(REBOOT_TIME + 1)
    assert lab.chassis.hardware.cards[4].state is CardState.STANDBY


@pytest.mark.proves("SR-35")
def test_a_manager_that_was_not_filled_is_blamed_also_when_it_had_no_calls() -> None:
    """Unless the feature is not in effect: then nothing was to be filled."""
    card = Card(1, CARD_KINDS["PSC"], CardState.OFFLINE, "")
    ref = TaskRef(SESSMGR, 1, 1, 0, 4711)
    lab = recovering()
    found = task(lab, SESSMGR, 1)
    for cause, lost, status, blamed in (
        (rct.FAIL_NO_PEER, 0, rct.FAIL_NO_PEER, ref),
        (rct.NOT_IN_EFFECT, 0, rct.SUCCESS, None),
        (rct.NOT_IN_EFFECT, 3, rct.NOT_IN_EFFECT, ref),
        ("", 0, rct.SUCCESS, None),
    ):
        recovery = CardRecovery(Action.MIGRATION, card, card, CardFault(), 0.0, 2.0, pending=2)
        recovery.receive(ref, Result(found, 0, lost, cause))
        assert recovery.pending == 1
        assert recovery.status == (status, blamed)
        assert [r.calls for r in recovery.lost] == ([lost] if lost else [])
        assert bool(recovery.recovered) is (cause == "")


@pytest.mark.proves("SR-35")
def test_a_recovery_lasts_until_the_tasks_of_the_card_run_again() -> None:
    """Also when everything that was to be filled lost its peer at once."""
    lab = recovering(groups=ONE_KIND)
    there = managers_on(lab, 1)
    lab.chassis.card_faults.fail(1)
    lab.wait(0.5)
    for facility, instance in sorted(there):
        lab.chassis.task_faults.kill(PEER[facility], instance)
    assert lab.chassis.rct.records == []
    lab.wait(10)
    (record,) = lab.chassis.rct.records
    assert record.duration >= RESTART_TIME
    assert record.status == rct.FAIL_NO_PEER


@pytest.mark.proves("SR-04", "SR-31")
def test_a_management_card_takes_no_tasks_of_a_packet_card() -> None:
    lab = recovering()
    lab.chassis.card_faults.fail(4, UNUSABLE)
    lab.chassis.card_faults.fail(1, UNUSABLE)
    lab.chassis.card_actions.reboot(6)
    lab.wait(REBOOT_TIME + 1)
    assert lab.chassis.hardware.cards[6].state is CardState.STANDBY
    assert list(lab.chassis.cards.waiting) == [1]
    lab.chassis.card_actions.reboot(4)
    lab.wait(REBOOT_TIME + 1)
    assert lab.chassis.hardware.cards[4].state is CardState.ACTIVE
    assert lab.chassis.cards.waiting == {}


@pytest.mark.proves("SR-04", "SR-29")
@pytest.mark.parametrize("feature", [True, False])
def test_on_a_card_that_comes_up_an_aaamgr_is_filled_and_a_sessmgr_is_empty(feature: bool) -> None:
    """Each on the CPU of its number. Without the feature nothing is filled."""
    lab = recovering(feature=feature, groups=ONE_KIND)
    lab.chassis.card_faults.fail(4, UNUSABLE)
    before = {
        (t.facility, t.instance): t.cpu.number
        for t in lab.chassis.tasks.on_card(1)
        if t.facility in PAIR and not t.standby
    }
    assert {facility for facility, _ in before} == set(PAIR)
    assert len(set(before.values())) > 1
    held = {n: len(of_sessmgr(lab, n)) for f, n in before if f == AAAMGR}
    lab.chassis.card_faults.fail(1)
    told = len(lab.chassis.events.log)
    lab.wait(REBOOT_TIME + 0.1)
    for (facility, instance), number in before.items():
        found = task(lab, facility, instance)
        assert (found.cpu.slot, found.cpu.number) == (1, number)
        assert found.recovering is (feature and facility == AAAMGR)
    filled = {
        (event.values["facility"], event.values["instance"])
        for event in list(lab.chassis.events.log)[told:]
        if event.kind.name == "Readdress requested"
    }
    assert filled == ({key for key in before if key[0] == AAAMGR} if feature else set())
    lab.wait(10)
    for instance, count in held.items():
        assert lab.chassis.sessions.statistics.aaamgr(instance).filled == (count if feature else 0)
        if feature:
            assert lab.chassis.sessions.recovery_records(instance, lab.chassis.now) == count
    assert violations(lab.chassis) == []


@pytest.mark.proves("SR-27", "SR-31")
def test_demux_tasks_go_with_their_cpus_to_the_card_that_comes_up() -> None:
    """And those of a service that was stopped meanwhile do not come back."""
    lab = recovering("vpc-di")
    demux = {t.cpu.slot for name in DEMUX for t in lab.chassis.tasks.of(name)}
    (slot,) = demux
    lab.chassis.card_faults.fail(6, UNUSABLE)
    lab.chassis.card_faults.fail(slot, UNUSABLE)
    assert not lab.chassis.cards.sessions_wait
    lab.configure("context A", "no epdg-service epdg")
    lab.chassis.card_actions.reboot(6)
    lab.wait(REBOOT_TIME + 5)
    running = {t.facility: t.cpu.slot for name in DEMUX for t in lab.chassis.tasks.of(name)}
    assert set(running.values()) == {6}
    assert "egtpegmgr" not in running
    lab.configure("context A", "epdg-service epdg", "bind address 192.0.2.1")
    assert {t.cpu.slot for t in lab.chassis.tasks.of("egtpegmgr")} == {6}
    assert violations(lab.chassis) == []


# Tasks


@pytest.mark.proves("SR-04")
def test_a_sessmgr_that_dies_before_it_runs_has_its_loss_told_once() -> None:
    lab = recovering()
    lost = len(of_sessmgr(lab, 2))
    for standby in lab.chassis.tasks.of(SESSMGR, standby=True):
        standby.ready_at = lab.chassis.now + 1000
    lab.chassis.task_faults.kill(SESSMGR, 2)
    assert events(lab, "SessMgrRecoveryComplete") == []
    lab.wait(0.5)
    lab.chassis.task_faults.kill(SESSMGR, 2)
    lab.wait(10)
    told = [
        (v["fetched"], v["recovered"], v["lost"]) for v in events(lab, "SessMgrRecoveryComplete")
    ]
    assert told == [(0, 0, lost), (0, 0, 0)]
    assert lost_in_traps(lab) == lost > 0


@pytest.mark.proves("SR-04")
def test_of_a_sessmgr_that_dies_while_it_is_filled_nothing_was_fetched() -> None:
    lab = recovering()
    lost = len(of_sessmgr(lab, 2))
    lab.chassis.task_faults.kill(SESSMGR, 2)
    lab.wait(0.5)
    lab.chassis.task_faults.kill(SESSMGR, 2)
    (told, *_) = events(lab, "SessMgrRecoveryComplete")
    assert (told["fetched"], told["recovered"], told["lost"]) == (0, 0, lost)


@pytest.mark.proves("SR-03", "SR-04")
def test_a_sessmgr_whose_aaamgr_waits_for_a_card_starts_empty() -> None:
    lab = recovering(groups=ONE_KIND)
    lab.chassis.card_faults.fail(4, UNUSABLE)
    peers = [n for facility, n in managers_on(lab, 1) if facility == AAAMGR]
    lab.chassis.card_faults.fail(1, UNUSABLE)
    alive = [n for n in peers if lab.chassis.tasks.get(SESSMGR, n) is not None]
    assert alive
    lost = len(of_sessmgr(lab, alive[0]))
    assert lab.chassis.task_faults.kill(SESSMGR, alive[0]) == 1
    lab.wait(RESTART_TIME + 1)
    assert of_sessmgr(lab, alive[0]) == {}
    told = [v for v in events(lab, "SessMgrRecoveryComplete") if v["instance"] == alive[0]]
    assert [(v["recovered"], v["lost"]) for v in told] == [(0, lost)]


@pytest.mark.proves("SR-04")
def test_an_aaamgr_without_its_source_is_told_to_run_and_counts_from_zero() -> None:
    lab = recovering(groups=ONE_KIND)
    lab.chassis.task_faults.kill(AAAMGR, 2)
    lab.wait(0.5)
    lab.chassis.task_faults.kill(SESSMGR, 2)
    lab.wait(RESTART_TIME + 0.1)
    restarted = [v["instance"] for v in events(lab, "TaskRestart") if v["facility"] == AAAMGR]
    assert restarted == [2]
    assert lab.chassis.sessions.statistics.aaamgr(2) == AaamgrStatistics()


@pytest.mark.proves("SR-35")
def test_the_record_of_a_crash_names_card_cpu_and_process() -> None:
    lab = recovering()
    victim = task(lab, SESSMGR, 2)
    assert victim.cpu.slot != victim.cpu.number
    lab.chassis.task_faults.kill(SESSMGR, 2)
    (record,) = lab.chassis.crashes.records
    place = record.place
    assert (place.slot, place.cpu, place.pid) == (victim.cpu.slot, victim.cpu.number, victim.pid)
