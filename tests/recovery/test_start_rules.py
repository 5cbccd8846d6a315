"""The rules of a start of the system, one by one."""

from __future__ import annotations

import pytest

from staros_cli.chassis.cards import CardFault
from staros_cli.chassis.hardware import CardState, Cpu
from staros_cli.chassis.invariants import violations
from staros_cli.chassis.platform import Role
from staros_cli.chassis.tasks import (
    CPU_TASKS,
    RESTART_TIME,
    SESSMGR,
)
from tests.recovery.support import (
    ONE_KIND,
    READY,
    UNUSABLE,
    active,
    events,
    recovering,
    task,
    traps,
)

# A start of the system


@pytest.mark.proves("SR-20", "SR-21")
def test_every_card_that_can_run_comes_up_with_the_system() -> None:
    """One that was halted or is restarting as well, not one that is beyond use."""
    lab = recovering("asr5000")
    lab.chassis.card_actions.halt(4)
    lab.chassis.card_faults.fail(5)
    lab.chassis.card_faults.fail(9, UNUSABLE)
    lab.reload()
    states = {slot: card.state for slot, card in lab.chassis.hardware.cards.items()}
    assert (states[4], states[5], states[9]) == (
        CardState.STANDBY,
        CardState.STANDBY,
        CardState.OFFLINE,
    )
    told = traps(lab)[traps(lab).index("SystemStartup") :]
    assert told.count("CardUp") == len(states) - 1
    log = list(lab.chassis.events.log)
    start = max(n for n, event in enumerate(log) if event.kind.name == "SystemStartup")
    for name, state in (("CardActive", CardState.ACTIVE), ("CardStandby", CardState.STANDBY)):
        said = {event.values["card"] for event in log[start:] if event.kind.name == name}
        assert said == {slot for slot in states if states[slot] is state}
    for card in lab.chassis.hardware.running:
        for number in card.kind.cpus:
            names = {t.facility for t in lab.chassis.tasks.tasks if t.cpu == Cpu(card.slot, number)}
            assert set(CPU_TASKS) <= names


@pytest.mark.proves("SR-21")
def test_a_standby_card_takes_the_role_at_a_start_that_nobody_fills() -> None:
    """Of a packet card that failed with nothing to take over, and of a management card."""
    lab = recovering("asr5000")
    for slot in (4, 5, 1):
        lab.chassis.card_faults.fail(slot, UNUSABLE if slot == 5 else CardFault())
    assert active(lab, Role.PACKET) == {2, 3}
    lab.reload()
    assert active(lab, Role.PACKET) == {1, 2, 3}
    assert active(lab, Role.MANAGEMENT) == {8}
    assert lab.chassis.cards.waiting == {}
    assert lab.status() == READY
    assert violations(lab.chassis) == []
    lab.chassis.card_faults.fail(9)
    lab.chassis.card_faults.fail(8, UNUSABLE)
    assert not lab.chassis.is_up
    lab.wait(3)
    assert active(lab, Role.MANAGEMENT) == {9}


@pytest.mark.proves("SR-21", "SR-31")
@pytest.mark.parametrize("seconds", [0.5, 2.5])
def test_a_reload_in_the_midst_of_a_migration_leaves_every_card_in_its_role(seconds: float) -> None:
    lab = recovering()
    lab.chassis.card_actions.migrate(1, 4)
    lab.wait(seconds)
    lab.reload()
    assert lab.status() == READY
    assert not any(card.taking_over for card in lab.chassis.hardware.cards.values())
    assert active(lab, Role.PACKET) == {1, 2, 3}
    assert violations(lab.chassis) == []


@pytest.mark.proves("SR-20")
def test_nothing_of_before_goes_on_after_a_reload() -> None:
    """Neither recoveries, nor what was to be told, nor cards that come up, nor calls."""
    lab = recovering(groups=ONE_KIND)
    lab.chassis.task_faults.kill(SESSMGR, 1)
    lab.chassis.task_faults.kill("vpnmgr", 1)
    lab.chassis.card_faults.fail(4)
    lab.typed("reload -noconfirm")
    assert len(lab.chassis.sessions) == 0
    assert lab.chassis.tasks.tasks == []
    assert lab.chassis.transfers.running == []
    count = len(lab.chassis.events.log)
    lab.wait(70)
    later = {event.kind.name for event in list(lab.chassis.events.log)[count:]}
    assert not later & {"SessMgrRecoveryComplete", "TaskRestart", "ManagerRestart"}
    assert lab.status() == READY
    assert violations(lab.chassis) == []


@pytest.mark.proves("SR-12")
def test_a_halted_card_runs_no_tasks_and_one_that_comes_up_runs_those_of_its_cpus() -> None:
    lab = recovering()
    lab.chassis.card_actions.halt(4)
    assert lab.chassis.tasks.on_card(4) == []
    lab.chassis.card_actions.reboot(4)
    lab.wait(61)
    names = {t.facility for t in lab.chassis.tasks.on_card(4) if not t.standby}
    assert names == set(CPU_TASKS)
    assert {v["card"] for v in events(lab, "CardUp")} == {4}


@pytest.mark.proves("SR-04", "SR-31")
def test_the_tasks_of_a_failed_card_start_again_on_the_next_that_comes_up() -> None:
    lab = recovering(groups=ONE_KIND)
    lab.chassis.card_faults.fail(4, UNUSABLE)
    there = {
        (t.facility, t.instance)
        for t in lab.chassis.tasks.on_card(1)
        if not t.standby and t.facility not in CPU_TASKS
    }
    lab.chassis.card_faults.fail(1)
    assert lab.chassis.cards.sessions_wait
    lab.wait(60)
    assert not lab.chassis.cards.sessions_wait
    assert active(lab, Role.PACKET) == {1, 2, 3}
    assert [v["card"] for v in events(lab, "CardActive")] == [1]
    for facility, instance in there:
        found = task(lab, facility, instance)
        assert found.cpu.slot == 1
        assert not found.is_up(lab.chassis.now)
    lab.wait(RESTART_TIME)
    restarted = {(v["facility"], v["instance"]) for v in events(lab, "TaskRestart")}
    assert there <= restarted
    assert violations(lab.chassis) == []


@pytest.mark.proves("SR-05")
def test_only_where_a_second_card_could_help_one_is_a_single_point_of_failure() -> None:
    assert recovering("vpc-si").chassis.events.outstanding == []
    lab = recovering()
    lab.chassis.card_actions.halt(4)
    spofs = [v["card"] for v in events(lab, "CardSPOFAlarm")]
    assert spofs == [1, 2, 3]
    lab.chassis.card_actions.reboot(4)
    lab.wait(61)
    assert [v["card"] for v in events(lab, "CardSPOFClear")] == spofs
