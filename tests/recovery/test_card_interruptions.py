"""Actions with cards that are cut short: SR-31, SR-34, SR-35."""

from __future__ import annotations

import pytest

from staros_cli.chassis import rct
from staros_cli.chassis.invariants import violations
from staros_cli.chassis.rct import Action
from tests.recovery.card_support import COVERED, calls_on, managers_on, only_record
from tests.recovery.support import (
    lost_in_traps,
    recovering,
    traps,
)

# Cut short


@pytest.mark.proves("SR-31")
@pytest.mark.parametrize("slot", [1, 4])
def test_a_migration_cut_short_by_the_loss_of_a_card(slot: int) -> None:
    """Recorded with the task it was at, ended in the traps, and nothing covered is lost."""
    lab = recovering(groups=COVERED)
    total = len(lab.chassis.sessions)
    everything = managers_on(lab, 1)
    lab.chassis.card_actions.migrate(1, 4)
    lab.wait(2.4)
    moved = managers_on(lab, 4)
    assert moved
    lab.chassis.card_faults.fail(slot)
    first = lab.chassis.rct.records[0]
    assert (first.action, first.planned, first.status) == (
        Action.MIGRATION,
        True,
        rct.FAIL_CARD_LOST,
    )
    assert first.facility
    assert first.instance is not None
    assert {(t.facility, t.instance) for t in first.recovered} == moved
    assert violations(lab.chassis) == []
    lab.wait(10)
    assert len(lab.chassis.sessions) == total
    assert managers_on(lab, 4 if slot == 1 else 1) == everything
    second = lab.chassis.rct.records[1]
    assert (second.source, second.planned, second.status) == (slot, False, "Success")
    assert traps(lab).count("MigrateStart") == 2
    assert traps(lab).count("CardMigrateFailed") == traps(lab).count("MigrateComplete") == 1
    assert violations(lab.chassis) == []


@pytest.mark.proves("SR-31")
def test_a_migration_gives_way_when_its_standby_card_is_needed() -> None:
    lab = recovering(groups=COVERED)
    total = len(lab.chassis.sessions)
    first, second = managers_on(lab, 1), managers_on(lab, 2)
    lab.chassis.card_actions.migrate(1, 4)
    lab.wait(2.4)
    lab.chassis.card_faults.fail(2)
    assert managers_on(lab, 1) == first
    lab.wait(10)
    assert managers_on(lab, 4) == second
    assert len(lab.chassis.sessions) == total
    assert [r.status for r in lab.chassis.rct.records] == [rct.FAIL_CARD_LOST, "Success"]


@pytest.mark.proves("SR-31")
@pytest.mark.parametrize("planned", [True, False])
def test_a_migration_cut_short_by_a_reload(planned: bool) -> None:
    lab = recovering()
    if planned:
        lab.chassis.card_actions.migrate(1, 4)
    else:
        lab.chassis.card_faults.fail(1)
    lab.wait(1.2)
    lab.reload()
    record = only_record(lab)
    assert (record.action, record.planned) == (Action.MIGRATION, planned)
    assert record.status == rct.FAIL_RELOAD
    assert record.duration == pytest.approx(1.2)
    assert traps(lab).count("CardMigrateFailed") == 1
    assert violations(lab.chassis) == []


@pytest.mark.proves("SR-31")
@pytest.mark.parametrize(
    ("slot", "statuses"),
    [(6, [rct.FAIL_CARD_LOST, "Success"]), (5, [rct.FAIL_CARD_LOST, "Success"])],
)
def test_a_switchover_cut_short_by_the_failure_of_a_card(slot: int, statuses: list[str]) -> None:
    lab = recovering()
    lab.chassis.card_actions.switch(5, 6)
    lab.wait(1)
    lab.chassis.card_faults.fail(slot)
    lab.wait(5)
    assert [record.status for record in lab.chassis.rct.records] == statuses
    assert lab.chassis.rct.records[0].action is Action.SWITCHOVER
    assert lab.chassis.rct.records[0].planned is True
    assert traps(lab).count("CardSwitchoverFailed") == 1
    assert lab.chassis.hardware.active_management.slot == 11 - slot


@pytest.mark.proves("SR-31")
def test_a_recovery_cut_short_by_the_failure_of_the_card_that_takes_over() -> None:
    lab = recovering(groups=COVERED)
    gone = calls_on(lab, 1)
    lab.chassis.card_faults.fail(1)
    lab.wait(0.5)
    lab.chassis.card_faults.fail(4)
    first = lab.chassis.rct.records[0]
    assert (first.source, first.target, first.status) == (1, 4, rct.FAIL_CARD_LOST)
    assert sum(task.calls for task in first.lost) == gone == lost_in_traps(lab)
    assert violations(lab.chassis) == []
