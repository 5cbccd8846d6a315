"""The figures of the model, as numbers: what takes how long, has room for how much, and how many.

Rules are proved elsewhere by the names of these figures; here are those that a user can see.
"""

from __future__ import annotations

import pytest

from staros_cli import messages
from staros_cli.chassis import rct
from staros_cli.chassis.allocations import room
from staros_cli.chassis.card_actions import PlannedFailure
from staros_cli.chassis.hardware import Card, CardState, Cpu, Hardware
from staros_cli.chassis.licence import License
from staros_cli.chassis.placement import place
from staros_cli.chassis.platform import CARD_KINDS, PLATFORMS
from staros_cli.chassis.task_faults import refill_time
from staros_cli.chassis.tasks import CPU_TASKS, DEMUX, SESSMGR, Task, TaskTable
from staros_cli.chassis.traffic import LineCounters, Pattern, Traffic, Usage, counters, pattern
from tests.lab import START, Lab
from tests.recovery.card_support import COVERED, managers_on, only_record
from tests.recovery.support import PAIR, events, recovering, table_of
from tests.recovery.test_reading import URL, applied

# Times


def moving(lab: Lab, slot: int) -> list[Task]:
    """The tasks of a card that a migration moves, in their order."""
    tasks = [t for t in lab.chassis.tasks.on_card(slot) if not t.standby]
    found = [t for t in tasks if t.facility not in CPU_TASKS]
    return sorted(found, key=lambda t: (t.cpu, t.facility, t.instance))


@pytest.mark.proves("SR-34", "SR-35")
@pytest.mark.parametrize("status", [rct.FAIL_PREMIGRATE, rct.FAIL_RENAME])
@pytest.mark.parametrize("facility", PAIR)
def test_a_migration_prepares_for_a_fifth_of_its_time_and_moves_in_the_rest(
    status: str, facility: str
) -> None:
    """The rest goes to the tasks: 2 parts to each, and a part more to every call."""
    lab = recovering(groups=COVERED)
    tasks, count = moving(lab, 1), lab.chassis.sessions.count_of_sessmgr
    parts = [2 + (count(t.instance) if t.facility == SESSMGR else 0) for t in tasks]
    calls = sum(parts) - 2 * len(parts)
    blamed = [t.facility for t in tasks].index(facility)
    failure = PlannedFailure(status, facility, tasks[blamed].instance)
    lab.chassis.card_actions.plan_failure(failure)
    lab.chassis.card_actions.migrate(1, 4)
    lab.wait(30)
    record, whole = only_record(lab), 3.0 + 0.05 * calls
    assert record.status == status
    moved = sum(parts[: blamed + 1]) / sum(parts) if status == rct.FAIL_RENAME else 0.0
    assert record.duration == pytest.approx(whole * (0.2 + 0.8 * moved), abs=1e-4)


@pytest.mark.proves("SR-02", "SR-35")
def test_the_managers_of_a_failed_card_share_its_time_by_their_calls() -> None:
    """One and a half seconds pass before; then a part goes to each, and one to every call."""
    lab = recovering(groups=COVERED)
    order = sorted(managers_on(lab, 1), key=lambda manager: (manager[1], manager[0]))
    count = lab.chassis.sessions.count_of_sessmgr
    lab.chassis.callers.end(next(iter(lab.chassis.sessions.rows_of_sessmgr(order[0][1]))))
    parts = [1 + count(instance) for _, instance in order]
    assert len(set(parts)) > 1
    calls = sum(count(instance) for facility, instance in order if facility == SESSMGR)
    began, spread = lab.chassis.now, 1.0 + 0.00002 * calls
    lab.chassis.card_faults.fail(1)
    lab.wait(10)
    filled = {
        (event.values["facility"], event.values["instance"]): event.time - began
        for event in lab.chassis.events.log
        if event.kind.name == "ManagerRestart"
    }
    for place_in_line, manager in enumerate(order, 1):
        share = sum(parts[:place_in_line]) / sum(parts)
        assert filled[manager] == pytest.approx(1.5 + spread * share, abs=1e-4)


@pytest.mark.proves("SR-02")
def test_a_manager_is_filled_in_one_and_a_half_to_three_seconds() -> None:
    assert [refill_time(sessions) for sessions in (0, 5000, 15_000, 90_000)] == [1.5, 2.0, 3.0, 3.0]


@pytest.mark.proves("SR-28")
def test_the_peer_line_begins_a_fifth_of_a_second_after_the_call() -> None:
    table = table_of(1)
    row = table.connect(1, 0, 0, 1, 1000.0, 30.0)
    for seconds, attempts in ((0.19, 0), (0.21, 1)):
        _, peer = table.lines(row, 1000.0 + seconds)
        assert peer is not None
        assert peer.full.attempts == attempts


# Calls


@pytest.mark.proves("SR-06", "SR-09")
def test_the_rhythm_of_a_call_follows_from_its_identifier() -> None:
    """Its saved state is that alone, so that it goes on as it was."""
    assert pattern(0x04D2A7B3, Traffic()) == Pattern(
        cycle=95, busy=95 * 55 / 100, phase=316_071, rate=1155.0, ratio=3
    )
    assert pattern(239, Traffic(rate=0.5)) == Pattern(299, 299 * 79 / 100, 0, 219.5, 7)


@pytest.mark.proves("SR-28")
def test_of_calls_that_nothing_is_said_of_all_packets_arrive_whole_and_in_order() -> None:
    found = pattern(239, Traffic())
    assert found.rate == 439.0
    year = 365 * 86_400.0
    assert Usage(found.octets(0.0, year), 0).packets > 2_000_000
    assert counters(found, Traffic(), 0.0, year) == LineCounters(0, 0, 0, 0, 0)


@pytest.mark.proves("SR-06")
def test_a_sessmgr_without_calls_does_no_work_for_any() -> None:
    table = table_of(2)
    rows = [table.connect(n + 1, 0, n, 1, 0.0, 0.0) for n in range(2)]
    assert table.load_of(1) > 0
    for row in rows:
        table.disconnect(row, 1.0)
    assert table.load_of(1) == 0.0


# Tasks


@pytest.mark.proves("SR-31")
def test_the_numbers_of_processes_are_new_and_such_as_a_system_has() -> None:
    tasks = TaskTable()
    numbers = [tasks.new_pid() for _ in range(20_000)]
    assert numbers == sorted(set(numbers))
    assert 0 < numbers[0] < numbers[-1] < 4_194_304


@pytest.mark.proves("SR-27")
def test_demux_tasks_go_round_their_cpus_in_the_order_of_their_names() -> None:
    groups = tuple(
        (1, access, "")
        for access in (
            "pdsn-simple-ipv4",
            "ggsn-pdp-type-ipv4",
            "ha-mobile-ipv4",
            "lns-l2tp",
            "mme",
            "pgw-gtp-ipv4",
            "ipcf",
            "samog-cgw",
        )
    )
    lab = recovering("asr5000", groups=groups)
    demux = {t.facility: t for t in lab.chassis.tasks.tasks if t.facility in DEMUX}
    names = sorted(demux)
    assert len(names) > 8
    cpus = [Cpu(3, 0), Cpu(3, 2)]
    assert [demux[name].cpu for name in names] == [cpus[n % 2] for n in range(len(names))]
    assert sorted(names, key=lambda name: demux[name].pid) == names


# Cards


@pytest.mark.proves("SR-05", "SR-27")
def test_a_cpu_has_room_for_tasks_by_its_memory_and_its_cores() -> None:
    """Half a gigabyte of its memory goes to the operating system."""
    kinds = [kind for kind in CARD_KINDS.values() if kind.cpus]
    assert {kind.name: (room(kind, []).memory, room(kind, []).cpu) for kind in kinds} == {
        "PSC": (4096 - 512, 800),
        "SMC": (4096 - 512, 1600),
        "DPC2": (65536 - 512, 4800),
        "MMIO": (65536 - 512, 1600),
        "CF": (16384 - 512, 1600),
        "SF": (16384 - 512, 1600),
        "VC": (16384 - 512, 2400),
    }


@pytest.mark.proves("SR-05", "SR-27")
@pytest.mark.parametrize(("cards", "reserved"), [(2, False), (3, True)])
def test_vpc_di_reserves_a_card_for_demux_tasks_when_two_others_are_left(
    cards: int, reserved: bool
) -> None:
    kind = CARD_KINDS["SF"]
    slots = range(3, 3 + cards)
    hardware = Hardware(
        PLATFORMS["vpc-di"], [Card(slot, kind, CardState.ACTIVE, "") for slot in slots]
    )
    found = place(hardware, 6, reserve_demux=True)
    used = {cpu.slot for cpu in (*found.sessmgr.values(), *found.aaamgr.values())}
    assert used == set(slots) - ({slots[-1]} if reserved else set())
    assert all(cpu.slot != found.aaamgr[n].slot for n, cpu in found.sessmgr.items())


@pytest.mark.proves("SR-05")
def test_cards_that_nothing_could_take_over_from_are_told_in_the_order_of_their_slots() -> None:
    lab = recovering("asr5000")
    alone = recovering("asr5000", change=without_cards_to_spare)
    assert events(lab, "CardSPOFAlarm") == []
    assert [v["card"] for v in events(alone, "CardSPOFAlarm")] == [1, 2, 3, 8]
    for slot in (4, 5, 9):
        lab.chassis.card_actions.halt(slot)
    lab.reload()
    assert [v["card"] for v in events(lab, "CardSPOFClear")] == [1, 2, 3, 8]


def without_cards_to_spare(text: str) -> str:
    """A definition of an ASR 5000 without its standby cards."""
    for slot, kind in ((4, "PSC"), (5, "PSC"), (9, "SMC")):
        card = f'[[cards]]\nslot = {slot}\nkind = "{kind}"\nstate = "standby"\n'
        assert card in text
        text = text.replace(card, "")
    return text


# Shortage of a CPU


def placed(*placements: str) -> str:
    """Tables of a definition that place tasks: CPU, sessmgrs and aaamgrs of each."""
    text = ""
    for placement in placements:
        cpu, sessmgr, aaamgr = placement.split()
        text += f'[[placement]]\ncpu = "{cpu}"\nsessmgr = {sessmgr}\naaamgr = {aaamgr}\n'
    return text


@pytest.mark.proves("SR-05")
@pytest.mark.parametrize(
    ("platform", "placements", "lacking"),
    [
        # 1/1 lacks time for an aaamgr beside a sessmgr in standby-mode, 2/1 for either.
        ("asr5500", ("1/1 36 36", "2/1 37 35", "3/1 0 2"), "CPU time on CPU 1/1"),
        # 1/1 has memory for a sessmgr in standby-mode, though not for an active one.
        (
            "asr5000",
            ("1/1 2 17", "2/1 3 0", "2/2 3 0", "2/3 3 0", "3/1 3 0", "3/2 3 0"),
            "CPU time on CPU 1/1",
        ),
    ],
)
def test_the_status_names_the_first_cpu_and_the_resource_that_it_lacks(
    platform: str, placements: tuple[str, ...], lacking: str
) -> None:
    sessmgrs = sum(int(placement.split()[1]) for placement in placements)

    def change(text: str) -> str:
        text = text.replace("sessmgr = 6", f"sessmgr = {sessmgrs}")
        return text.replace("[files]", placed(*placements) + "[files]")

    lab = recovering(platform, change=change)
    assert lab.status() == f"Not Ready For Recovery (no {lacking} for standby-mode tasks)"


# Files and keys


@pytest.mark.proves("SR-22")
def test_a_thousand_refused_lines_of_a_file_are_told() -> None:
    lab = Lab("asr5500-oos")
    problems = applied(lab, "bogus\n" * 1001)
    assert [problem.number for problem in problems] == [*range(1, 1001), 0]
    assert problems[-1].text == messages.MORE_REFUSED(url=URL, count=1)


@pytest.mark.proves("SR-22")
def test_a_line_of_a_file_has_no_more_than_16384_characters() -> None:
    lab = Lab("asr5500-oos")
    longest = "#" * 16384
    assert applied(lab, f"{longest}\n") == []
    (problem,) = applied(lab, f"{longest}#\n")
    assert problem.text == f"Failure: {messages.LINE_TOO_LONG(limit=16384)}"


@pytest.mark.proves("SR-24")
def test_a_key_that_runs_out_now_has_run_out_and_its_alarm_goes_with_it() -> None:
    lab = Lab()
    key = License(lab.chassis.license.serial, ("pgw",), expires=lab.chassis.now)
    assert lab.chassis.now >= START
    lab.chassis.install_license(key.key())
    assert [alarm.name for alarm in lab.chassis.events.outstanding] == ["LicenseExpired"]
    lab.chassis.remove_license()
    assert list(lab.chassis.events.outstanding) == []
