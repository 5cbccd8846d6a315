"""Actions with cards and their records: SR-31, SR-34, SR-35, SR-12."""

from __future__ import annotations

import re

import pytest

from staros_cli.chassis import rct
from staros_cli.chassis.cards import CardFault
from staros_cli.chassis.event_kind import Severity
from staros_cli.chassis.hardware import CardState
from staros_cli.chassis.invariants import violations
from staros_cli.chassis.rct import Action
from staros_cli.chassis.tasks import AAAMGR, SESSMGR
from tests.recovery.card_support import COVERED, calls_on, managers_on, only_record
from tests.recovery.support import (
    READY,
    events,
    lines_of,
    lost_in_traps,
    recoverable,
    recovering,
    sessions_of,
    traps,
    with_test_commands,
)

# Planned


@pytest.mark.proves("SR-31", "SR-35")
def test_a_planned_migration_moves_everything_and_loses_nothing() -> None:
    lab = recovering()
    total = len(lab.chassis.sessions)
    there = managers_on(lab, 1)
    began = lab.chassis.now
    asked = lab.reply("card migration from 1 to 4")
    assert asked.prompt == "Are you sure? [Yes|No]: "
    assert lab.typed("yes") == ""
    refused = lab.typed("card migration from 2 to 4 -noconfirm")
    assert refused == "Failure: A migration from card 1 to card 4 is under way\n"
    lab.wait(60)
    assert len(lab.chassis.sessions) == total
    record = only_record(lab)
    assert (record.action, record.planned, record.graceful) == (Action.MIGRATION, True, True)
    assert (record.status, record.failed_at) == ("Success", None)
    assert record.started_at == began
    assert 3 < record.duration < 5
    assert {(t.facility, t.instance) for t in record.recovered} == there == managers_on(lab, 4)
    assert {(t.slot) for t in record.recovered} == {1}
    assert record.lost == ()
    assert lab.chassis.hardware.cards[1].state is CardState.STANDBY
    assert not any(
        line.recovered for s in sessions_of(lab) for line in lines_of(lab, s) if line is not None
    )
    assert [name for name in traps(lab) if "Migrate" in name] == ["MigrateStart", "MigrateComplete"]


@pytest.mark.proves("SR-31", "SR-35")
def test_the_tasks_of_a_migration_move_one_after_the_other() -> None:
    lab = recovering()
    everything = managers_on(lab, 1)
    lab.chassis.card_actions.migrate(1, 4)
    seen = []
    for _ in range(50):
        lab.wait(0.1)
        seen.append(len(managers_on(lab, 4)))
        assert managers_on(lab, 1) | managers_on(lab, 4) == everything
        assert violations(lab.chassis) == []
    assert seen == sorted(seen)
    assert len(set(seen)) == len(everything) + 1


@pytest.mark.proves("SR-31")
def test_a_switchover_of_the_management_cards() -> None:
    lab = recovering()
    lab.typed("card switch from 5 to 6 -noconfirm")
    lab.wait(2.5)
    assert lab.chassis.hardware.active_management.slot == 6
    record = only_record(lab)
    assert (record.action, record.duration) == (Action.SWITCHOVER, pytest.approx(2.0))
    assert "Switchovers = 1, Average time - 2.000 sec" in lab.typed("show rct stats")
    lab.wait(90)
    assert lab.chassis.hardware.cards[5].state is CardState.STANDBY


@pytest.mark.proves("SR-31")
def test_halting_an_active_card_is_a_shutdown_with_a_type() -> None:
    lab = recovering()
    total = len(lab.chassis.sessions)
    lab.typed("card halt 1 -noconfirm")
    lab.wait(60)
    assert lab.chassis.hardware.cards[1].state is CardState.OFFLINE
    assert len(lab.chassis.sessions) == total
    block = lab.typed("show rct stats verbose")
    assert (
        "  Action          : Shutdown\n  Type            : Planned\n  From            : 1\n"
        in block
    )


@pytest.mark.proves("SR-31")
def test_halting_a_standby_card_is_recorded_and_raises_an_alarm() -> None:
    lab = recovering()
    lab.typed("card halt 4 -noconfirm")
    record = only_record(lab)
    assert (record.action, record.planned, record.target) == (Action.SHUTDOWN, True, 0)
    assert (record.status, record.duration, record.graceful) == ("Success", 0.0, True)
    assert "CardDown" in traps(lab)
    assert "in slot 4 has been halted" in lab.typed("show alarm outstanding")
    lab.typed("card reboot 4 -noconfirm")
    lab.wait(61)
    assert "halted" not in lab.typed("show alarm outstanding")
    assert traps(lab)[-3:] == ["CardUp", "CardStandby", "CardSPOFClear"] or (
        "CardRebootRequest" in traps(lab)
    )


@pytest.mark.proves("SR-34")
@pytest.mark.parametrize("word", ["premigrate", "rename"])
def test_a_migration_that_fails_with_a_task(word: str) -> None:
    status = f"TASK_MIGRATION_FAIL_{word.upper()}"
    lab = with_test_commands(recovering())
    everything = managers_on(lab, 1)
    instance = max(n for facility, n in everything if facility == SESSMGR)
    line = f"test migration fail {word} facility sessmgr instance {instance}"
    assert lab.typed(line) == ""
    lab.typed("card migration from 1 to 4 -noconfirm")
    lab.wait(60)
    assert lab.chassis.hardware.cards[1].state is CardState.ACTIVE
    assert managers_on(lab, 1) == everything
    block = lab.typed("show rct stats verbose")
    assert f"  Recovery Status : {status}\n  Failure Time    : 2026-Mar-27+" in block
    assert f"  Facility        : sessmgr\n  Instance        : {instance}\n" in block
    assert "Migrations = 1, Average time = " in block
    record = only_record(lab)
    assert record.failed_at == record.started_at + record.duration
    assert bool(record.recovered) == (word == "rename")
    assert traps(lab)[-1] == "CardMigrateFailed" or "CardMigrateFailed" in traps(lab)
    assert violations(lab.chassis) == []


@pytest.mark.proves("SR-34")
def test_only_a_task_that_runs_can_be_named_to_fail() -> None:
    lab = with_test_commands(recovering())
    line = "test migration fail rename facility {} instance {}"
    assert lab.typed(line.format("bogus", 1)) == "Failure: There is no facility bogus\n"
    assert lab.typed(line.format("sessmgr", 77)).startswith("Failure: No task of facility sessmgr")
    assert lab.chassis.card_actions.next_failure is None


@pytest.mark.proves("SR-34")
def test_a_planned_failure_waits_for_the_card_of_its_task() -> None:
    lab = recovering("asr5000")
    elsewhere = next(t for t in lab.chassis.tasks.of(SESSMGR, standby=False) if t.cpu.slot == 2)
    failure = rct_failure(elsewhere.instance)
    lab.chassis.card_actions.plan_failure(failure)
    lab.chassis.card_actions.migrate(1, 4)
    lab.wait(60)
    assert only_record(lab).status == "Success"
    lab.chassis.card_actions.migrate(2, 5)
    lab.wait(60)
    assert lab.chassis.rct.records[-1].status == rct.FAIL_RENAME


def rct_failure(instance: int):  # type: ignore[no-untyped-def]
    from staros_cli.chassis.card_actions import PlannedFailure

    return PlannedFailure(rct.FAIL_RENAME, SESSMGR, instance)


@pytest.mark.proves("SR-34")
def test_a_planned_action_with_the_reason_of_the_chapters_record_arises_from_a_failure() -> None:
    """A critical task of a CPU fails gracefully: the system itself plans the migration."""
    lab = with_test_commands(recovering())
    total = len(lab.chassis.sessions)
    assert lab.typed("test cpu 1 0 fail graceful") == ""
    lab.wait(30)
    record = only_record(lab)
    assert (record.action, record.planned, record.graceful) == (Action.MIGRATION, True, True)
    assert (record.reason, record.device) == ("CPU_CRITICAL_TASK_FAILURE", "CPU_0")
    assert (record.usable, record.status) == (True, "Success")
    assert len(lab.chassis.sessions) == total
    assert lab.chassis.rct.summary().migrations.count == 0
    lab.wait(60)
    assert lab.chassis.hardware.cards[1].state is CardState.STANDBY


@pytest.mark.proves("SR-34")
@pytest.mark.parametrize("graceful", ["", " graceful"])
def test_a_shutdown_with_the_reason_of_the_chapters_record(graceful: str) -> None:
    lab = with_test_commands(recovering())
    words = "reason NPU_LC_CONNECT_TOP_FAIL device PAC_LC_CONNECT_HARDWARE"
    assert lab.typed(f"test card 2 fail {words}{graceful}") == ""
    lab.wait(30)
    record = only_record(lab)
    assert (record.action, record.target, record.status) == (Action.SHUTDOWN, 4, "Success")
    assert (record.reason, record.device) == (words.split()[1], words.split()[3])
    assert record.planned is record.graceful is bool(graceful)
    assert record.recovered


@pytest.mark.proves("SR-34")
def test_a_card_beyond_use_stays_down_and_its_record_says_so() -> None:
    lab = with_test_commands(recovering())
    assert lab.typed("test card 2 fail reason SOME_REASON unusable") == ""
    lab.wait(10)
    block = lab.typed("show rct stats verbose")
    assert "  Failure Reason  : SOME_REASON\n" in block
    assert "  Is Card Usable  : No\n" in block
    lab.wait(600)
    assert lab.chassis.hardware.cards[2].state is CardState.OFFLINE
    assert "    Card Diagnostics      : Fail" in lab.typed("show card diag 2")
    lab.reload()
    assert lab.chassis.hardware.cards[2].state is CardState.OFFLINE


# Unplanned


@pytest.mark.proves("SR-02", "SR-31", "SR-34", "SR-35")
def test_the_standby_card_recovers_a_card_that_fails() -> None:
    """Under five seconds, recorded, and nothing falls back."""
    lab = recovering()
    before = recoverable(lab)
    there = managers_on(lab, 1)
    began = lab.chassis.now
    lab.chassis.task_faults.kill("sitmain", 10)
    assert lab.chassis.hardware.cards[4].state is CardState.ACTIVE
    assert "single point of failure" in lab.typed("show alarm outstanding")
    lab.wait(5)
    names = {session.username: session.callid for session in sessions_of(lab)}
    assert before.items() <= names.items()
    record = only_record(lab)
    assert (record.source, record.target, record.planned) == (1, 4, False)
    assert (record.reason, record.device) == ("CPU_CRITICAL_TASK_FAILURE", "CPU_0")
    assert (record.graceful, record.status) == (False, "Success")
    assert record.started_at == began
    assert 2 <= record.duration < 5
    assert {(t.facility, t.instance) for t in record.recovered} == there == managers_on(lab, 4)
    lab.wait(120)
    assert lab.chassis.hardware.cards[1].state is CardState.STANDBY
    assert lab.chassis.hardware.cards[4].state is CardState.ACTIVE
    assert lab.status() == READY
    assert "No alarms" in lab.typed("show alarm outstanding")
    assert lab.chassis.events.alarms_raised[Severity.MAJOR] == 1
    assert violations(lab.chassis) == []


@pytest.mark.proves("SR-35")
def test_the_managers_of_a_failed_card_are_filled_one_after_the_other() -> None:
    lab = recovering(groups=COVERED)
    sessmgrs = sum(facility == SESSMGR for facility, _ in managers_on(lab, 1))
    lab.chassis.card_faults.fail(1)
    lab.wait(5)
    times = [
        event.time
        for event in lab.chassis.events.log
        if event.kind.name == "SessMgrRecoveryComplete"
    ]
    assert len(set(times)) == len(times) == sessmgrs > 1
    record = only_record(lab)
    assert record.started_at + record.duration >= max(times)


@pytest.mark.proves("SR-35")
def test_every_manager_of_a_failed_card_has_its_traps() -> None:
    lab = recovering(groups=COVERED)
    there = managers_on(lab, 1)
    lab.chassis.card_faults.fail(1)
    lab.wait(10)
    for name in ("ManagerFailure", "TaskFailed", "TaskRestart", "ManagerRestart"):
        told = {(v["facility"], v["instance"]) for v in events(lab, name)}
        assert there <= told


@pytest.mark.proves("SR-03", "SR-35")
def test_a_record_tells_the_loss_where_the_feature_is_off() -> None:
    lab = recovering(feature=False)
    gone = calls_on(lab, 1)
    total = len(lab.chassis.sessions)
    lab.chassis.card_faults.fail(1)
    lab.wait(10)
    assert len(lab.chassis.sessions) == total - gone < total
    record = only_record(lab)
    assert record.status == rct.NOT_IN_EFFECT
    assert record.recovered == ()
    assert sum(task.calls for task in record.lost) == gone
    assert (record.facility, record.failed_at) == (SESSMGR, lab.chassis.rct.records[0].failed_at)
    assert record.failed_at == record.started_at + record.duration
    block = lab.typed("show rct stats verbose")
    assert re.search(r"Lost \[1\] +: \[f:sessmgr, i:\d+, cpu:1\d, pid:\d+, calls:\d+\]", block)


@pytest.mark.proves("SR-08", "SR-35")
def test_a_record_names_the_calls_that_are_not_covered() -> None:
    lab = recovering()
    kept = recoverable(lab)
    total = len(lab.chassis.sessions)
    lab.chassis.card_faults.fail(1)
    lab.wait(10)
    record = only_record(lab)
    lost = total - len(lab.chassis.sessions)
    assert record.status == "Success"
    assert sum(task.calls for task in record.lost) == lost == lost_in_traps(lab)
    assert kept.keys() <= {session.username for session in sessions_of(lab)}


@pytest.mark.proves("SR-04", "SR-35")
def test_a_record_blames_the_manager_without_a_peer() -> None:
    lab = recovering(groups=COVERED)
    victim = min(n for facility, n in managers_on(lab, 1) if facility == SESSMGR)
    lab.chassis.task_faults.kill(AAAMGR, victim)
    lab.chassis.card_faults.fail(1)
    lab.wait(10)
    record = only_record(lab)
    assert record.status == rct.FAIL_NO_PEER
    assert (record.facility, record.instance) == (SESSMGR, victim)
    assert [task.instance for task in record.lost] == [victim]
    assert (SESSMGR, victim) not in {(t.facility, t.instance) for t in record.recovered}


@pytest.mark.proves("SR-12", "SR-35")
@pytest.mark.parametrize("line", ["test host 3 fail", "test card 3 fail"])
def test_the_host_of_a_virtual_card_is_not_covered(line: str) -> None:
    """The failure of a host and of its virtual machine are one thing."""
    lab = with_test_commands(recovering("vpc-di", groups=COVERED))
    gone, total = calls_on(lab, 3), len(lab.chassis.sessions)
    assert gone
    assert lab.typed(line) == ""
    lab.wait(10)
    assert len(lab.chassis.sessions) == total - gone
    record = only_record(lab)
    assert (record.reason, record.device, record.usable) == ("HOST_FAILURE", "VM_3", True)
    assert record.status == rct.NOT_COVERED
    assert sum(task.calls for task in record.lost) == gone
    lab.wait(60)
    assert lab.chassis.hardware.cards[3].state is CardState.STANDBY


@pytest.mark.proves("SR-12")
@pytest.mark.parametrize("line", ["test host 3 fail unusable", "test card 3 fail unusable"])
def test_a_host_can_stay_offline(line: str) -> None:
    lab = with_test_commands(recovering("vpc-di"))
    assert lab.typed(line) == ""
    lab.wait(600)
    assert lab.chassis.hardware.cards[3].state is CardState.OFFLINE
    assert only_record(lab).usable is False


@pytest.mark.proves("SR-12")
def test_the_host_of_a_single_virtual_machine_takes_the_system_down() -> None:
    lab = recovering("vpc-si")
    lab.chassis.card_faults.fail_host(1)
    assert not lab.chassis.is_up
    assert len(lab.chassis.sessions) == 0


@pytest.mark.proves("SR-31")
def test_the_failure_of_a_standby_card_is_recorded() -> None:
    lab = recovering()
    lab.chassis.card_faults.fail(4)
    record = only_record(lab)
    assert (record.action, record.source, record.target) == (Action.SHUTDOWN, 4, 0)
    assert (record.planned, record.reason) == (False, "CARD_FAILURE")
    assert "Unplanned" in lab.typed("show rct stats")


@pytest.mark.proves("SR-31", "SR-35")
def test_a_failure_without_a_standby_card_is_recorded_with_its_loss() -> None:
    lab = recovering()
    lab.chassis.card_faults.fail(4, CardFault(usable=False))
    gone = calls_on(lab, 1)
    lab.chassis.card_faults.fail(1)
    record = lab.chassis.rct.records[-1]
    assert (record.action, record.status) == (Action.SHUTDOWN, rct.NO_STANDBY_CARD)
    assert sum(task.calls for task in record.lost) == gone > 0
    assert record.failed_at == lab.chassis.now
    assert record.graceful is False


@pytest.mark.proves("SR-31")
def test_an_unplanned_switchover_is_recorded() -> None:
    lab = recovering()
    lab.chassis.card_faults.fail(5)
    assert lab.chassis.rct.records == []
    lab.wait(2.1)
    record = only_record(lab)
    assert (record.action, record.planned) == (Action.SWITCHOVER, False)
    assert (record.source, record.target, record.duration) == (5, 6, pytest.approx(2.0))
    assert record.management is True
    assert [n for n in traps(lab) if "Switch" in n] == ["SwitchoverStart", "SwitchoverComplete"]


@pytest.mark.proves("SR-32")
def test_unplanned_migrations_and_switchovers_are_counted() -> None:
    lab = recovering()
    lab.chassis.card_faults.fail(1)
    lab.chassis.card_faults.fail(5)
    lab.wait(10)
    migration = next(r for r in lab.chassis.rct.records if r.action is Action.MIGRATION)
    shown = lab.typed("show rct stats")
    assert "Migrations = 1\n" in shown
    assert f"Packet Card    : 1 Average time: {migration.duration:.3f} sec" in shown
    assert "Switchovers = 1, Average time - 2.000 sec" in shown
