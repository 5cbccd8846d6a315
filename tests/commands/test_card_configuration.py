"""Cards that the configuration takes out of use."""

from __future__ import annotations

from staros_cli.chassis.hardware import CardState
from staros_cli.chassis.storage import locate
from tests.lab import Lab


def state(lab: Lab, slot: int) -> CardState:
    return lab.chassis.hardware.cards[slot].state


def test_a_card_that_is_shut_hands_over_and_stays_down() -> None:
    lab = Lab()
    lab.configure("require session recovery")
    lab.typed("save configuration -noconfirm")
    lab.reload(60)
    sessions = len(lab.chassis.sessions)
    assert lab.configure("card 2", "shutdown") == ""
    lab.wait(120)
    assert state(lab, 2) is CardState.OFFLINE
    assert state(lab, 4) is CardState.ACTIVE
    assert len(lab.chassis.sessions) == sessions
    assert "  card 2\n    shutdown\n" in lab.typed("show configuration")
    lab.configure("card 2", "no shutdown")
    lab.wait(120)
    assert state(lab, 2) is CardState.STANDBY


def test_it_is_down_after_a_start_and_the_standby_card_has_its_role() -> None:
    lab = Lab()
    lab.configure("card 2", "shutdown")
    lab.wait(120)
    lab.typed("save configuration -noconfirm")
    lab.reload(120)
    assert state(lab, 2) is CardState.OFFLINE
    active = [slot for slot in (1, 2, 3, 4) if state(lab, slot) is CardState.ACTIVE]
    assert active == [1, 3, 4]
    assert "MJ  Card 2 " in lab.typed("show alarm outstanding")
    assert "  Administrative State    : Disabled\n" in lab.typed("show card info 2")
    lab.typed("card reboot 2 -noconfirm")
    lab.wait(120)
    assert state(lab, 2) is CardState.STANDBY


def test_the_last_management_card_cannot_be_shut() -> None:
    lab = Lab()
    lab.configure("card 6", "shutdown")
    lab.wait(120)
    assert state(lab, 6) is CardState.OFFLINE
    text = lab.configure("card 5", "shutdown")
    assert text.startswith("Failure: ")
    assert "card 5\n    shutdown" not in lab.typed("show configuration")
    assert state(lab, 5) is CardState.ACTIVE


def test_a_file_cannot_shut_the_only_card_either() -> None:
    lab = Lab("vpc-si")
    lab.typed("save configuration -noconfirm")
    file = locate(lab.chassis.boot_stack.entries()[0].config)
    text = lab.chassis.storage.read(file).decode()
    text = text.replace("\nend\n", "\n  card 1\n    shutdown\n  #exit\nend\n")
    lab.chassis.storage.write(file, text.encode(), lab.chassis.now)
    lab.reload(60)
    assert "  card 1\n    shutdown\n" in lab.typed("show configuration")
    assert state(lab, 1) is CardState.ACTIVE


def test_a_slot_without_a_card_is_configured_only() -> None:
    lab = Lab()
    assert lab.configure("card 9", "shutdown") == ""
    assert "  card 9\n    shutdown\n" in lab.typed("show configuration")


def test_a_file_that_is_applied_to_a_running_system_shuts_a_card() -> None:
    lab = Lab()
    text = b"config\n  card 2\n    shutdown\n  #exit\nend\n"
    lab.chassis.storage.write(locate("/flash/x.cfg"), text, lab.chassis.now)
    lab.typed("configure /flash/x.cfg")
    lab.wait(120)
    assert state(lab, 2) is CardState.OFFLINE


def roles(lab: Lab) -> dict[int, CardState]:
    return {slot: state(lab, slot) for slot in (1, 2, 3, 4)}


ACTIVE, STANDBY = CardState.ACTIVE, CardState.STANDBY


def test_an_active_card_that_is_to_be_standby_hands_over() -> None:
    lab = Lab()
    sessions = len(lab.chassis.sessions)
    assert lab.configure("card 2", "mode standby") == ""
    lab.wait(300)
    assert roles(lab) == {1: ACTIVE, 2: STANDBY, 3: ACTIVE, 4: ACTIVE}
    assert len(lab.chassis.sessions) == sessions
    lab.typed("save configuration -noconfirm")
    lab.reload(60)
    assert roles(lab) == {1: ACTIVE, 2: STANDBY, 3: ACTIVE, 4: ACTIVE}


def test_roles_are_taken_at_a_start() -> None:
    lab = Lab()
    for slot in (2, 3, 4):
        assert lab.configure(f"card {slot}", "mode active pc") == ""
    assert state(lab, 4) is STANDBY
    lab.typed("save configuration -noconfirm")
    lab.reload(60)
    assert roles(lab) == {1: STANDBY, 2: ACTIVE, 3: ACTIVE, 4: ACTIVE}
    lab.device.fail_card(3, usable=False)
    lab.wait(120)
    lab.reload(60)
    assert roles(lab) == {1: ACTIVE, 2: ACTIVE, 3: CardState.OFFLINE, 4: ACTIVE}
    assert len(lab.chassis.sessions) == lab.chassis.callers.total


def test_a_card_without_a_stand_in_cannot_be_standby() -> None:
    lab = Lab()
    lab.configure("card 4", "shutdown")
    lab.wait(60)
    assert lab.configure("card 2", "mode standby").startswith("Failure: ")
    assert "card 2\n    mode standby" not in lab.typed("show configuration")
    lab.configure("card 3", "mode active", "default mode")
    assert "mode active" not in lab.typed("show configuration")
