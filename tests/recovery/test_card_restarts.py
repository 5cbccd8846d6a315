"""Failures of aaamgrs and restarts of the system while something is done with cards."""

from __future__ import annotations

import pytest

from staros_cli.chassis.cards import CardFault
from staros_cli.chassis.event_kind import Severity
from staros_cli.chassis.hardware import CardState
from staros_cli.chassis.invariants import violations
from staros_cli.chassis.tasks import AAAMGR
from tests.recovery.card_support import COVERED, managers_on
from tests.recovery.support import (
    lines_of,
    recovering,
    sessions_of,
    traps,
)

# AAA managers


@pytest.mark.proves("SR-29")
def test_an_aaamgr_of_a_failed_card_is_filled_again() -> None:
    lab = recovering(groups=COVERED)
    instance = min(n for facility, n in managers_on(lab, 1) if facility == AAAMGR)
    session = sessions_of(lab, lab.chassis.sessions.rows_of_sessmgr(instance))[0]
    lab.chassis.card_faults.fail(1)
    assert lines_of(lab, session)[1] is None
    lab.wait(6)
    peer = lines_of(lab, session)[1]
    assert peer is not None
    assert peer.recovered


@pytest.mark.proves("SR-29")
def test_an_aaamgr_that_waited_for_a_card_is_filled_again() -> None:
    lab = recovering(groups=COVERED)
    lab.chassis.card_faults.fail(4, CardFault(usable=False))
    instance = min(n for facility, n in managers_on(lab, 1) if facility == AAAMGR)
    session = sessions_of(lab, lab.chassis.sessions.rows_of_sessmgr(instance))[0]
    lab.chassis.card_faults.fail(1)
    lab.wait(50)
    assert lines_of(lab, session)[1] is None
    lab.wait(20)
    peer = lines_of(lab, session)[1]
    assert peer is not None
    assert peer.recovered
    assert violations(lab.chassis) == []


# Restart of the system


@pytest.mark.proves("SR-20")
def test_a_reload_leaves_its_traps_and_brings_every_card_up() -> None:
    lab = recovering()
    lab.typed("card halt 4 -noconfirm")
    lab.reload()
    assert lab.chassis.hardware.cards[4].state is CardState.STANDBY
    told = traps(lab)
    told = told[told.index("SystemReboot") :]
    assert [name for name in told if name.startswith("System")] == ["SystemReboot", "SystemStartup"]
    assert told.count("CardUp") == len(lab.chassis.hardware.cards)
    assert "No alarms" in lab.typed("show alarm outstanding")


@pytest.mark.proves("SR-20")
@pytest.mark.parametrize("after", [1, 30, 59, 61])
def test_no_alarm_about_a_card_outlives_a_reload(after: float) -> None:
    lab = recovering()
    lab.chassis.card_faults.fail(4)
    lab.wait(after)
    lab.reload()
    assert "No alarms" in lab.typed("show alarm outstanding")
    assert violations(lab.chassis) == []


@pytest.mark.proves("SR-05")
@pytest.mark.parametrize("name", ["CardUp", "CardActive", "CardStandby"])
def test_each_trap_of_a_card_that_runs_ends_the_alarm_about_it(name: str) -> None:
    lab = recovering()
    lab.chassis.card_faults.fail(4)
    assert "in slot 4 has failed" in lab.typed("show alarm outstanding")
    lab.chassis.cards.notify(name, lab.chassis.hardware.cards[4])
    assert "in slot 4 has failed" not in lab.typed("show alarm outstanding")
    assert lab.chassis.events.alarms_raised[Severity.MAJOR] == 1
