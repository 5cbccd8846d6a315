"""Whether the system is ready, and what it lacks: SR-05, SR-25 to SR-27."""

from __future__ import annotations

import re

import pytest

from staros_cli.chassis.cards import CardFault
from staros_cli.chassis.definition import DefinitionError, built_in_names
from staros_cli.chassis.hardware import Card, CardState, Hardware
from staros_cli.chassis.platform import CARD_KINDS, PLATFORMS
from staros_cli.chassis.recovery import missing_cards
from staros_cli.chassis.tasks import AAAMGR, SESSMGR
from tests.lab import Lab, service_lines
from tests.recovery.support import (
    NOT_READY,
    READY,
    of_sessmgr,
    recoverable,
    recovering,
    statuses,
    task,
)

NO_STANDBY = "Not Ready For Recovery (task recovery only, no standby packet card)"


@pytest.mark.proves("SR-05")
def test_without_a_standby_card_only_tasks_can_be_recovered() -> None:
    """The status says so, and what a dead sessmgr and a dead card do agrees with it."""
    lab = recovering()
    lab.chassis.card_actions.halt(4)
    assert lab.status() == NO_STANDBY
    kept = recoverable(lab, 2)
    lab.chassis.task_faults.kill(SESSMGR, 2)
    lab.wait(20)
    assert of_sessmgr(lab, 2) == kept != {}
    assert lab.status() == NO_STANDBY
    on_card = {t.instance for t in lab.chassis.tasks.on_card(1) if t.facility == SESSMGR}
    total = len(lab.chassis.sessions)
    there = sum(map(lab.chassis.sessions.count_of_sessmgr, on_card))
    lab.chassis.card_faults.fail(1, CardFault(usable=False))
    assert len(lab.chassis.sessions) == total - there < total
    assert lab.status() == "Not Ready For Recovery (no standby packet card)"


@pytest.mark.proves("SR-05")
def test_the_loss_of_the_last_standby_card_shows_at_once() -> None:
    lab = recovering()
    assert lab.status() == READY
    lab.chassis.card_faults.fail(4)
    shown = lab.typed("show session recovery status")
    assert NO_STANDBY in shown
    assert "Last Status Update    : 0 seconds ago" in shown


@pytest.mark.proves("SR-05")
def test_a_repaired_standby_card_makes_the_system_ready_again() -> None:
    lab = recovering()
    lab.chassis.card_actions.halt(4)
    lab.wait(12)
    lab.typed("card reboot 4 -noconfirm")
    lab.wait(90)
    assert lab.status() == READY


@pytest.mark.proves("SR-05")
@pytest.mark.parametrize(
    ("platform", "kind", "active", "standby"),
    [("asr5000", "PSC", 3, 1), ("asr5500", "DPC2", 2, 1), ("vpc-di", "SF", 3, 1)],
)
def test_how_many_cards_a_platform_needs(
    platform: str, kind: str, active: int, standby: int
) -> None:
    slots = [slot for slot, kinds in PLATFORMS[platform].slots.items() if kind in kinds]

    def missing(active: int, standby: int) -> str:
        states = [CardState.ACTIVE] * active + [CardState.STANDBY] * standby
        cards = [
            Card(slot, CARD_KINDS[kind], state, "")
            for slot, state in zip(slots, states, strict=False)
        ]
        return missing_cards(Hardware(PLATFORMS[platform], cards))

    assert missing(active, standby) == missing(active + 1, standby + 1) == ""
    assert missing(active - 1, standby) == f"{active - 1} of {active} active packet cards"
    assert missing(active, standby - 1) == "no standby packet card"


@pytest.mark.proves("SR-05")
def test_vpc_si_needs_no_second_card() -> None:
    assert recovering("vpc-si").status() == READY


@pytest.mark.proves("SR-05", "SR-27")
@pytest.mark.parametrize(
    ("platform", "sessmgr", "lacking"),
    [("vpc-si", 16, "memory"), ("asr5500", 220, "CPU time"), ("asr5500", 150, "")],
)
def test_too_little_memory_or_cpu_for_standby_tasks(
    platform: str, sessmgr: int, lacking: str
) -> None:
    """Standby-mode tasks are started only where there is room, and the status tells where not."""
    lab = recovering(
        platform, change=lambda text: text.replace("sessmgr = 6", f"sessmgr = {sessmgr}")
    )
    status = lab.status()
    if not lacking:
        assert status == READY
        return
    found = re.fullmatch(
        rf"Not Ready For Recovery \(no {lacking} on CPU (\d/\d) for standby-mode tasks\)", status
    )
    assert found is not None, status
    (row,) = [
        line.split()
        for line in lab.typed("show session recovery status verbose").splitlines()
        if line.strip().startswith(f"{found[1]} ")
    ]
    assert (
        int(row[3]) < max(1, int(row[2]))
        or int(row[5]) < max(1, int(row[4]))
        or (row[1] == "Standby")
    )


@pytest.mark.proves("SR-05")
def test_more_sessmgrs_than_there_is_memory_for_are_no_chassis() -> None:
    with pytest.raises(DefinitionError, match=r"tasks.sessmgr: expected at most 335 .* got 336"):
        recovering(change=lambda text: text.replace("sessmgr = 6", "sessmgr = 336"))


@pytest.mark.proves("SR-05")
def test_what_is_used_never_exceeds_the_memory_of_a_cpu() -> None:
    lab = recovering(change=lambda text: text.replace("sessmgr = 6", "sessmgr = 300"))
    for line in lab.typed("show cpu table").splitlines()[3:]:
        *_, used, _, _, total = line.split()
        sizes = [float(text[:-1]) * (1024 if text.endswith("G") else 1) for text in (used, total)]
        assert sizes[0] <= sizes[1]


@pytest.mark.proves("SR-26")
@pytest.mark.parametrize("facility", [SESSMGR, AAAMGR])
def test_the_status_goes_through_not_ready_and_back(facility: str) -> None:
    lab = recovering()
    lab.chassis.task_faults.kill(facility, 2)
    seen = list(statuses(lab, 30))
    changes = [b for a, b in zip(["", *seen], seen, strict=False) if a != b]
    assert changes == [NOT_READY, READY]


@pytest.mark.proves("SR-26")
@pytest.mark.parametrize("facility", [SESSMGR, AAAMGR])
@pytest.mark.parametrize("standby", [False, True])
def test_every_manager_has_to_be_up(facility: str, standby: bool) -> None:
    lab = recovering()
    found = next(lab.chassis.tasks.of(facility, standby=standby))
    found.ready_at = lab.chassis.now + 25
    lab.wait(11)
    assert lab.status() == NOT_READY
    lab.wait(30)
    assert lab.status() == READY


@pytest.mark.proves("SR-27")
def test_a_cpu_whose_tasks_are_not_all_up_is_not_ready() -> None:
    lab = recovering()
    found = next(lab.chassis.tasks.of(SESSMGR, standby=True))
    found.ready_at = lab.chassis.now + 25
    rows = lab.typed("show session recovery status verbose").splitlines()[7:]
    state = {line.split()[0]: line.split(None, 7)[7] for line in rows}
    assert state[str(found.cpu)] == "Not Ready"
    assert all(words.startswith("Good") for cpu, words in state.items() if cpu != str(found.cpu))


@pytest.mark.proves("SR-25")
def test_the_check_is_periodic_and_a_failure_is_noticed_at_once() -> None:
    lab = recovering()

    def age() -> int:
        shown = lab.typed("show session recovery status")
        found = re.search(r"Last Status Update    : (\d+) seconds? ago", shown)
        assert found is not None
        return int(found[1])

    ages = []
    for _ in range(12):
        ages.append(age())
        lab.wait(1)
    assert set(ages) == set(range(10))
    while age() != 4:
        lab.wait(1)
    lab.chassis.task_faults.kill(SESSMGR, 1)
    assert age() == 0


@pytest.mark.proves("SR-16", "SR-17")
def test_a_context_before_the_command_makes_it_wait_for_a_reload() -> None:
    """Nothing changes meanwhile: neither the status nor, with a service, any task."""
    lab = Lab("asr5500-oos")
    lab.configure("context A")
    assert "has been restarted" in lab.configure("require session recovery")
    for line in ([], ["context A", "interface I loopback", "ip address 192.0.2.9/32"]):
        lab.wait(20)
        assert lab.status() == "Session Recovery Not Enabled"
        lab.configure(*line) if line else None
    lab.configure("context A", *service_lines("pgw", "P", "192.0.2.9"))
    lab.wait(30)
    assert lab.status() == "Session Recovery Not Enabled"
    assert list(lab.chassis.tasks.of(SESSMGR))
    assert not [t for t in lab.chassis.tasks.tasks if t.standby]


@pytest.mark.parametrize("name", built_in_names())
def test_an_idle_chassis_has_nothing_due(name: str) -> None:
    """However much time passes, there is nothing to step through."""
    lab = Lab(name)
    lab.wait(60)
    assert lab.chassis.timeline.next_due is None
    before = lab.typed("show session recovery status")
    lab.wait(365 * 86400)
    assert lab.chassis.timeline.next_due is None
    assert lab.typed("show session recovery status") == before


def test_calls_that_come_and_go_cost_an_event_each() -> None:
    """The work of a day is linear in the calls, not in the seconds."""
    lab = recovering(
        change=lambda text: text.replace("attach-rate = 0.0", "attach-rate = 5.0, churn = 0.001")
    )
    lab.wait(5)
    timeline = lab.chassis.timeline
    runs = 0
    original = timeline.at

    def counted(time: float, event: object) -> None:
        nonlocal runs
        runs += 1
        original(time, event)  # type: ignore[arg-type]

    timeline.at = counted  # type: ignore[method-assign]
    lab.wait(86400)
    ended = sum(
        lab.chassis.sessions.statistics.sessmgr(n).disconnected
        + lab.chassis.sessions.statistics.sessmgr(n).failed
        for n in range(1, 7)
    )
    assert ended == pytest.approx(86, abs=2)
    assert runs < 4 * ended


def test_a_sessmgr_that_comes_up_is_noticed_by_callers() -> None:
    lab = recovering(
        feature=False, change=lambda text: text.replace("attach-rate = 0.0", "attach-rate = 10.0")
    )
    total = len(lab.chassis.sessions)
    lab.chassis.task_faults.kill(SESSMGR)
    assert len(lab.chassis.sessions) == 0
    lab.wait(10)
    assert len(lab.chassis.sessions) == total
    assert task(lab, SESSMGR, 1).is_up(lab.chassis.now)


@pytest.mark.proves("SR-05")
def test_who_is_logged_in_takes_no_room_from_standby_tasks() -> None:
    lab = recovering("vpc-si")
    for number in range(40):
        lab.device.session(user="joe", terminal=f"/dev/pts/{number}", console=False)
    (standby,) = lab.chassis.tasks.of(SESSMGR, standby=True)
    lab.chassis.task_faults.kill(SESSMGR, standby.instance)
    lab.wait(30)
    assert lab.status() == READY
