"""Where tasks run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staros_cli.chassis.definition import load
from staros_cli.chassis.hardware import Card, CardState, Hardware
from staros_cli.chassis.placement import place, place_at
from staros_cli.chassis.platform import CARD_KINDS, PLATFORMS
from staros_cli.chassis.tasks import AAAMGR, SESSMGR
from tests.lab import Lab


def hardware(active: int) -> Hardware:
    cards = [
        Card(slot, CARD_KINDS["DPC2"], CardState.ACTIVE, "")
        for slot in (1, 2, 3, 4, 7, 8, 9, 10)[:active]
    ]
    return Hardware(PLATFORMS["asr5500"], cards)


@pytest.mark.proves("SR-02", "SR-21")
@given(st.integers(2, 8), st.integers(1, 200), st.booleans())
def test_pairs_stand_on_two_cards_and_load_is_even(
    active: int, instances: int, reserve: bool
) -> None:
    placement = place(hardware(active), instances, reserve)
    assert sorted(placement.sessmgr) == sorted(placement.aaamgr) == list(range(1, instances + 1))
    load: dict[object, int] = {}
    for instance, cpu in placement.sessmgr.items():
        assert placement.aaamgr[instance].slot != cpu.slot
        load[cpu] = load.get(cpu, 0) + 1
    assert max(load.values()) - min(load.values()) <= 1 or instances < len(load)
    if reserve:
        used = {*placement.sessmgr.values(), *placement.aaamgr.values()}
        assert not used & set(placement.demux)


def test_one_card_holds_both() -> None:
    placement = place(hardware(1), 3, True)
    assert {cpu.slot for cpu in placement.aaamgr.values()} == {1}


@pytest.mark.proves("SR-27")
def test_seats_of_a_definition_are_taken_as_they_stand() -> None:
    """The chapter's table has its pairs on two cards."""
    seats = load("asr5000-chapter").placements()
    placement = place_at(seats)
    assert all(placement.aaamgr[n].slot != cpu.slot for n, cpu in placement.sessmgr.items())
    for seat in seats:
        assert list(placement.sessmgr.values()).count(seat.cpu) == seat.sessmgr
        assert list(placement.aaamgr.values()).count(seat.cpu) == seat.aaamgr


@pytest.mark.proves("SR-01")
def test_standby_mode_tasks_only_with_the_feature_in_effect() -> None:
    lab = Lab()
    assert not [task for task in lab.chassis.tasks.tasks if task.standby]
    lab.configure("require session recovery")
    lab.typed("save configuration -noconfirm")
    lab.reload()
    for facility in (SESSMGR, AAAMGR):
        active = {task.cpu for task in lab.chassis.tasks.of(facility, standby=False)}
        standby = list(lab.chassis.tasks.of(facility, standby=True))
        assert active <= {task.cpu for task in standby}
        assert all(task.instance > 5000 for task in standby)
    text = lab.typed("show task resources facility sessmgr all")
    assert all("    --    -- S " in line for line in text.splitlines() if " 50" in line[18:23])


@pytest.mark.parametrize("name", ["asr5500", "vpc-di", "asr5000-chapter"])
def test_a_standby_card_mirrors_a_full_one(name: str) -> None:
    lab = Lab(name)
    lab.configure("require session recovery")
    lab.typed("save configuration -noconfirm")
    lab.reload()
    rows = lab.chassis.recovery_rows()
    for row in rows:
        if row.state is CardState.STANDBY:
            peers = [
                other.count
                for other in rows
                if other.cpu.number == row.cpu.number and other.state is CardState.ACTIVE
            ]
            assert row.count.sessmgr_standby == max(peer.sessmgr_active for peer in peers)
            assert row.count.aaamgr_standby == max(peer.aaamgr_active for peer in peers)
