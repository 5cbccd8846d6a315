"""The rules of cards: what may be done with them, what takes over, and what is told of it.

They stand in the docstrings of the model; the statements are SR-02, SR-12, SR-31, SR-34 and SR-35.
"""

from __future__ import annotations

import pytest

from staros_cli import messages
from staros_cli.chassis import rct
from staros_cli.chassis.card_actions import PlannedFailure, migration_time
from staros_cli.chassis.cards import REBOOT_TIME, CardFault
from staros_cli.chassis.hardware import CardState, Cpu
from staros_cli.chassis.invariants import violations
from staros_cli.chassis.platform import Role
from staros_cli.chassis.rct import Action
from staros_cli.chassis.tasks import (
    AAAMGR,
    MANAGEMENT_TASKS,
    SESSMGR,
)
from tests.lab import Lab
from tests.recovery.card_support import (
    COVERED,
    GRACEFUL,
    calls_on,
    managers_on,
    refused,
    state,
    told,
)
from tests.recovery.support import PAIR, UNUSABLE, events, recovering, task, traps

# Conditions


@pytest.mark.proves("SR-31")
def test_only_an_active_card_hands_over_to_a_standby_card_of_its_kind() -> None:
    lab = recovering()
    actions = lab.chassis.card_actions
    for source, target in ((1, 5), (5, 6), (1, 9)):
        missing = target not in lab.chassis.hardware.cards
        message = messages.NO_CARD if missing else messages.WRONG_CARDS
        refused(lab, message, actions.migrate, source, target)
    for source, target in ((1, 4), (5, 1)):
        refused(lab, messages.WRONG_CARDS, actions.switch, source, target)
    refused(lab, messages.NOT_IN_STATE, actions.migrate, 4, 1)
    refused(lab, messages.NOT_IN_STATE, actions.migrate, 1, 2)
    refused(lab, messages.NOT_IN_STATE, actions.switch, 6, 5)


@pytest.mark.proves("SR-31")
def test_one_thing_is_done_with_cards_at_a_time() -> None:
    lab = recovering("asr5000")
    actions = lab.chassis.card_actions
    actions.halt(5)
    actions.migrate(1, 4)
    refused(lab, messages.CARDS_BUSY, actions.migrate, 2, 4)
    refused(lab, messages.CARDS_BUSY, actions.switch, 8, 9)
    refused(lab, messages.CARDS_BUSY, actions.halt, 9)
    refused(lab, messages.CARDS_BUSY, actions.reboot, 9)
    refused(lab, messages.CARDS_BUSY, actions.reboot, 5)
    refused(lab, messages.CARDS_BUSY, actions.check_reboot, 5)
    refused(lab, messages.CARDS_BUSY, lab.chassis.card_faults.fail, 2, GRACEFUL)
    lab.wait(30)
    actions.migrate(2, 1)
    lab.wait(30)
    actions.switch(8, 9)
    lab.wait(3)
    actions.check_reboot(5)
    actions.reboot(5)


@pytest.mark.proves("SR-31")
def test_what_cannot_be_halted_or_rebooted() -> None:
    lab = recovering()
    actions = lab.chassis.card_actions
    actions.halt(4)
    for slot in (1, 2, 3):
        refused(lab, messages.NO_STANDBY_FOR, actions.halt, slot)
        refused(lab, messages.NO_STANDBY_FOR, actions.reboot, slot)
        refused(lab, messages.NO_STANDBY_FOR, actions.check_reboot, slot)
    refused(lab, messages.CANNOT_STOP, actions.halt, 4)
    actions.reboot(4)
    for action in (actions.halt, actions.reboot, actions.check_reboot):
        refused(lab, messages.CANNOT_STOP, action, 4)
    built_in = Lab()
    cards = built_in.chassis.hardware.cards.values()
    support = [card.slot for card in cards if card.kind.role is Role.SUPPORT]
    for slot in support:
        refused(built_in, messages.CANNOT_STOP, built_in.chassis.card_actions.halt, slot)
    assert support
    refused(lab, messages.NO_CPU, lab.chassis.card_faults.fail_cpu, 1, 2)
    refused(lab, messages.CANNOT_STOP, lab.chassis.card_faults.fail_cpu, 4, 0)
    refused(lab, messages.CANNOT_STOP, lab.chassis.card_faults.fail, 4)
    refused(lab, messages.NO_HOSTS, lab.chassis.card_faults.fail_host, 1)


# Planned


@pytest.mark.proves("SR-31")
def test_a_migration_is_told_from_its_start_to_its_end() -> None:
    lab = recovering()
    lab.chassis.card_actions.migrate(1, 4)
    lab.wait(60)
    about = [name for name in traps(lab) if not name.startswith(("CardSPOF", "Task", "Manager"))]
    assert about == ["MigrateStart", "CardActive", "MigrateComplete", "CardStandby"]
    (active,) = events(lab, "CardActive")
    (standby,) = events(lab, "CardStandby")
    assert (active["card"], standby["card"]) == (4, 1)
    for name in ("MigrateStart", "MigrateComplete"):
        assert events(lab, name) == [{"source": 1, "target": 4}]


@pytest.mark.proves("SR-31")
def test_a_switchover_moves_the_tasks_of_the_system_and_restarts_the_card() -> None:
    lab = recovering()
    names = (*MANAGEMENT_TASKS, "vpnmgr")
    before = {(t.facility, t.instance): t for t in lab.chassis.tasks.on_card(5)}
    moving = {key for key in before if key[0] in names}
    pids = {key: before[key].pid for key in moving}
    assert {facility for facility, _ in moving} == set(names)
    lab.chassis.card_actions.switch(5, 6)
    lab.wait(1.9)
    assert state(lab, 5) is CardState.ACTIVE
    lab.wait(0.2)
    assert (state(lab, 5), state(lab, 6)) == (CardState.BOOTING, CardState.ACTIVE)
    assert lab.chassis.tasks.on_card(5) == []
    for facility, instance in moving:
        found = task(lab, facility, instance)
        assert found.cpu == Cpu(6, 0)
        assert found.pid != pids[facility, instance]
    lab.wait(REBOOT_TIME)
    about = [name for name in traps(lab) if not name.startswith("CardSPOF")]
    assert about == [
        "SwitchoverStart",
        "CardActive",
        "SwitchoverComplete",
        "CardDown",
        "CardUp",
        "CardStandby",
    ]
    lab.chassis.card_actions.switch(6, 5)
    lab.wait(3)
    assert lab.chassis.hardware.active_management.slot == 5
    assert violations(lab.chassis) == []


@pytest.mark.proves("SR-31")
@pytest.mark.parametrize("slot", [1, 4, 5])
def test_a_rebooted_card_comes_back_as_standby(slot: int) -> None:
    """An active one hands over before."""
    lab = recovering()
    total = len(lab.chassis.sessions)
    lab.chassis.card_actions.reboot(slot)
    assert told(lab)[-1] != "CardUp"
    lab.wait(10)
    assert state(lab, slot) is CardState.BOOTING
    lab.wait(REBOOT_TIME)
    assert state(lab, slot) is CardState.STANDBY
    assert len(lab.chassis.sessions) == total
    (record,) = lab.chassis.rct.records
    kinds = {1: Action.MIGRATION, 4: Action.SHUTDOWN, 5: Action.SWITCHOVER}
    targets = {1: 4, 4: 0, 5: 6}
    assert (record.action, record.source, record.target) == (kinds[slot], slot, targets[slot])
    assert (record.planned, record.status) == (True, rct.SUCCESS)
    asked = [v["card"] for v in events(lab, "CardRebootRequest")]
    assert asked == [slot]
    down = [v["card"] for v in events(lab, "CardDown")]
    up = [v["card"] for v in events(lab, "CardUp")]
    assert down == up == [slot]


@pytest.mark.proves("SR-34")
def test_a_card_beyond_use_can_be_tried_again() -> None:
    lab = recovering()
    lab.chassis.card_faults.fail(4, UNUSABLE)
    card = lab.chassis.hardware.cards[4]
    assert not lab.chassis.cards.is_usable(card)
    lab.chassis.card_actions.reboot(4)
    lab.wait(REBOOT_TIME + 1)
    assert lab.chassis.cards.is_usable(card)
    assert [v["card"] for v in events(lab, "CardRebootRequest")] == [4]
    lab.chassis.card_actions.halt(4)
    assert lab.chassis.rct.records[-1].usable is True


@pytest.mark.proves("SR-31", "SR-35")
def test_the_time_of_a_migration_goes_to_the_calls_of_its_tasks() -> None:
    """A loaded card takes minutes; a sessmgr with calls takes longer to move than other tasks."""
    assert migration_time(0) == 3.0
    assert migration_time(1000) > 10 * migration_time(10)
    assert migration_time(10**6) == 300.0
    lab = recovering(groups=((60, "mme", ""),))
    lab.chassis.card_actions.migrate(1, 4)
    times: dict[tuple[str, int], float] = {}
    began = lab.chassis.now
    last = began
    for _ in range(400):
        lab.wait(0.02)
        for key in managers_on(lab, 4) - times.keys():
            times[key] = lab.chassis.now - last
            last = lab.chassis.now
    of = {f: [seconds for (name, _), seconds in times.items() if name == f] for f in PAIR}
    assert min(of[SESSMGR][1:]) > 3 * max(of[AAAMGR][1:])
    (record,) = lab.chassis.rct.records
    assert record.duration == pytest.approx(migration_time(calls_on(lab, 4)))


@pytest.mark.proves("SR-31")
@pytest.mark.parametrize("facility", PAIR)
def test_a_migration_goes_on_when_the_task_dies_that_is_being_moved(facility: str) -> None:
    lab = recovering(groups=COVERED)
    total = len(lab.chassis.sessions)
    lab.chassis.card_actions.migrate(1, 4)
    for _ in range(300):
        lab.wait(0.02)
        current = lab.chassis.card_actions.current
        if current is None or (current.moving is not None and current.moving.facility == facility):
            break
    assert current is not None
    assert current.moving is not None
    victim = current.moving.instance
    lab.chassis.task_faults.kill(facility, victim)
    lab.wait(30)
    (record,) = lab.chassis.rct.records
    assert record.status == rct.SUCCESS
    assert managers_on(lab, 1) == set()
    assert len(lab.chassis.sessions) == total
    assert violations(lab.chassis) == []


@pytest.mark.proves("SR-34")
def test_a_planned_failure_happens_once_and_is_forgotten_at_a_restart() -> None:
    lab = recovering()
    instance = min(n for facility, n in managers_on(lab, 1) if facility == SESSMGR)
    failure = PlannedFailure(rct.FAIL_PREMIGRATE, SESSMGR, instance)
    lab.chassis.card_actions.plan_failure(failure)
    lab.chassis.card_actions.migrate(1, 4)
    lab.wait(30)
    lab.chassis.card_actions.migrate(1, 4)
    lab.wait(30)
    assert [r.status for r in lab.chassis.rct.records] == [rct.FAIL_PREMIGRATE, rct.SUCCESS]
    lab.chassis.card_actions.plan_failure(PlannedFailure(rct.FAIL_RENAME, SESSMGR, 1))
    lab.reload()
    assert lab.chassis.card_actions.next_failure is None


@pytest.mark.proves("SR-34")
def test_what_was_moved_goes_back_when_a_migration_fails() -> None:
    """Also when one of the tasks that were moved died meanwhile, and was started elsewhere."""
    lab = recovering(groups=COVERED)
    everything = managers_on(lab, 1)
    total = len(lab.chassis.sessions)
    last = max(n for facility, n in everything if facility == SESSMGR)
    lab.chassis.card_actions.plan_failure(PlannedFailure(rct.FAIL_RENAME, SESSMGR, last))
    lab.chassis.card_actions.migrate(1, 4)
    for _ in range(300):
        lab.wait(0.02)
        moved = [key for key in managers_on(lab, 4) if key[0] == SESSMGR]
        if moved:
            break
    facility, victim = moved[0]
    lab.chassis.task_faults.kill(facility, victim)
    lab.wait(30)
    (record,) = lab.chassis.rct.records
    assert record.status == rct.FAIL_RENAME
    assert managers_on(lab, 4) == set()
    assert everything - {(facility, victim)} <= managers_on(lab, 1)
    assert len(lab.chassis.sessions) == total
    assert lab.chassis.hardware.cards[4].taking_over is False
    assert violations(lab.chassis) == []


# Failures that leave time


@pytest.mark.proves("SR-34")
@pytest.mark.parametrize("usable", [True, False])
def test_a_graceful_failure_hands_over_first(usable: bool) -> None:
    lab = recovering(groups=COVERED)
    total = len(lab.chassis.sessions)
    lab.chassis.card_faults.fail(1, CardFault("R", "D", usable=usable, graceful=True))
    assert state(lab, 1) is CardState.ACTIVE
    lab.wait(10)
    assert len(lab.chassis.sessions) == total
    (record,) = lab.chassis.rct.records
    assert (record.reason, record.device, record.usable) == ("R", "D", usable)
    assert (record.action, record.planned) == (Action.MIGRATION, True)
    assert lab.chassis.cards.is_usable(lab.chassis.hardware.cards[1]) is usable
    lab.wait(REBOOT_TIME)
    assert state(lab, 1) is (CardState.STANDBY if usable else CardState.OFFLINE)
    lab.reload()
    assert state(lab, 1) is (CardState.STANDBY if usable else CardState.OFFLINE)


@pytest.mark.proves("SR-34")
def test_a_management_card_that_fails_gracefully_switches_over() -> None:
    lab = recovering()
    lab.chassis.card_faults.fail(5, CardFault("R", graceful=True))
    lab.wait(3)
    (record,) = lab.chassis.rct.records
    assert (record.action, record.planned, record.reason) == (Action.SWITCHOVER, True, "R")
    assert lab.chassis.is_up


@pytest.mark.proves("SR-34")
def test_what_cannot_hand_over_fails_at_once() -> None:
    """A standby card, and an active one that none is standby for."""
    lab = recovering()
    lab.chassis.card_faults.fail(4, CardFault(usable=False, graceful=True))
    assert state(lab, 4) is CardState.OFFLINE
    lab.chassis.card_faults.fail(1, CardFault("R", usable=False, graceful=True))
    assert state(lab, 1) is CardState.OFFLINE
    first, second = lab.chassis.rct.records
    for record, slot in ((first, 4), (second, 1)):
        assert (record.action, record.source) == (Action.SHUTDOWN, slot)
        assert (record.planned, record.graceful) == (False, False)
